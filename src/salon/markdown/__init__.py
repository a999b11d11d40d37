"""Source text to styled lines; no app, no widget."""

from salon.markdown.alone import alone
from salon.markdown.choices import Choices
from salon.markdown.citations import marks, without_marks, without_sign
from salon.markdown.code import is_fold_row
from salon.markdown.document import Document, block_source, raw_code
from salon.markdown.highlight import language as code_language
from salon.markdown.layout import MarkdownLines
from salon.markdown.leaf import Item, Leaf, Quote
from salon.markdown.lines import Line, Lines, Look, Span, copy_text, look
from salon.markdown.plain import PlainLines
from salon.markdown.sideways import goes_on
from salon.markdown.tablesource import TableSource, table_source
from salon.markdown.warming import warm_up, warm_up_for

__all__ = [
    "Choices",
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
    "alone",
    "block_source",
    "code_language",
    "copy_text",
    "goes_on",
    "is_fold_row",
    "look",
    "marks",
    "raw_code",
    "table_source",
    "warm_up",
    "warm_up_for",
    "without_marks",
    "without_sign",
]
