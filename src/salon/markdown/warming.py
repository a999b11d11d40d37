"""Work that the first document would otherwise pay for."""

import gc

from salon.markdown.document import Document
from salon.markdown.highlight import lexer_for, spans_of
from salon.markdown.inline import References, inline_spans
from salon.markdown.layout import MarkdownLines
from salon.markdown.lines import look

_LANGUAGES = (
    *("python", "bash", "sh", "json", "yaml", "javascript", "typescript", "html", "css", "sql", "diff", "toml", "go"),
    *("rust", "c", "c++", "java", "csharp", "kotlin", "swift", "ruby", "php", "jsx", "tsx", "dockerfile", "markdown"),
)

_LONG_ENOUGH = 0.2
"""Seconds, within which a text has named what it needs."""


def warm_up() -> None:
    """Build the inline parser, and import the lexers of common languages and the reader of formulas.

    Each takes 5 to 130 ms when it is first used, which would be while an answer streams.

    Meant for a thread, once the first screen is painted. Nothing depends on it.
    """
    inline_spans("*a* http://host/ $\\alpha_2$", look(), References())
    for name in _LANGUAGES:
        lexer = lexer_for(name)
        if lexer is not None:
            for _ in spans_of("x = 1\n", lexer):
                pass
    gc.freeze()  # 50,000 objects that stay; to look for garbage among them stops the screen for 0.05 s (measured)


def warm_up_for(text: str) -> None:
    """Lay `text` out for nobody, so that what drawing it needs is imported and built.

    Meant for a thread, before a text is shown: the event loop would spend 0.02 s on the inline parser and as much on
    the lexer of each language in it.
    """
    document = Document(text)
    document.finish()
    MarkdownLines(document, 80).update(_LONG_ENOUGH)
