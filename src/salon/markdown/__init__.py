"""Source text to styled lines; no app, no widget."""

from salon.markdown.document import Document, block_source, raw_code
from salon.markdown.layout import MarkdownLines
from salon.markdown.leaf import Item, Leaf, Quote
from salon.markdown.lines import Line, Lines, Look, Span, copy_text, look
from salon.markdown.plain import PlainLines
from salon.markdown.tablesource import TableSource, table_source
from salon.markdown.warming import warm_up

__all__ = [
    "Document",
    "Item",
    "Leaf",
    "Line",
    "Lines",
    "Look",
    "MarkdownLines",
    "PlainLines",
    "Quote",
    "Span",
    "TableSource",
    "block_source",
    "copy_text",
    "look",
    "raw_code",
    "table_source",
    "warm_up",
]
