"""Formulas and diagrams as spans and rows: what is seen is a picture, what is copied is its source.

The first cells of a picture carry its source, all others are decoration; its rows count as one wrapped line, so that
copying does not leave empty lines behind.
"""

from salon.markdown import math
from salon.markdown.lines import Look, Span, look
from salon.markdown.wrap import Row
from salon.untrusted import clean

_FORMULA = look()
_SOURCE_ROLE = "code.text"
_INDENT = 4
_ROOMY = 24  # narrower panes have no cells to spare for an indent


def formula_span(latex: str, source: str, current: Look, href: str = "") -> Span:
    """A formula in a line of text; what cannot be drawn is its source."""
    source = clean(source).replace("\n", " ")
    drawn = math.inline(clean(latex).replace("\n", " "))
    if drawn is not None:
        return Span(clean(drawn), current, False, href, source)
    as_code = look(_SOURCE_ROLE, bold=current.bold, italic=current.italic, underline=current.underline)
    return Span(source, as_code, False, href, source)


def displayed_formula(latex: str, source: str, width: int, after: str = "") -> list[Row] | None:
    """A formula on rows of its own, indented; `after` is punctuation that ends it. None if it cannot be drawn."""
    indent = _INDENT if width >= _ROOMY else 0
    drawn = math.display(clean(latex).strip(), width - indent - len(after))
    if not drawn:
        return None
    return picture([*drawn[:-1], drawn[-1].rstrip() + after], clean(source), _FORMULA, indent)


def picture(lines: list[str], source: str, ink: Look, indent: int) -> list[Row]:
    """The rows of a picture that stands for `source`."""
    before = (Span(" " * indent, look(), True),) if indent else ()
    rows: list[Row] = []
    for index, line in enumerate(lines):
        text = clean(line).rstrip() or " "
        if index:
            rows.append(Row((*before, Span(text, ink, True)), True))
        else:
            rows.append(Row((*before, Span(text, ink, False, "", source))))
    return rows
