"""Where formulas stand in text: ``$x$``, ``\\(x\\)``, and displayed ``$$x$$``, ``\\[x\\]``.

The same marks mean money, shell variables and escaped brackets. All of it is decided by what is between them, so that
a formula is one wherever it is looked at: in a line, as a block, and where a long paragraph may be cut.
"""

import re
from typing import Final, NamedTuple

from salon.markdown.dollars import MAX_INLINE, is_math

MAX_DISPLAY: Final = 2000
"""Characters; a longer formula has to stand on lines of its own."""
CLOSINGS: Final = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_CLOSING_MARKS = {
    "$": re.compile(r"\\.|(\$)", re.DOTALL),
    "$$": re.compile(r"\\.|(\$\$)", re.DOTALL),
    "\\(": re.compile(r"(\\\))|\\.", re.DOTALL),
    "\\[": re.compile(r"(\\\])|\\.", re.DOTALL),
}
_OPENING = re.compile(r"\$\$?|\\[(\[]")
_SAYS_MATH = re.compile(r"\\[A-Za-z]|[=^]|_\{?\w")
_ACTIVE = re.compile(r"[\\*_`~<&$]")
_PUNCTUATION = re.compile(r"[ \t]*[.,;:!?]?[ \t]*$")


class Formula(NamedTuple):
    """A formula: its LaTeX, the same with its marks, and whether it is displayed, on rows of its own."""

    latex: str
    source: str
    displayed: bool


def formula_at(text: str, position: int) -> Formula | None:
    """The formula that begins at `position`, if one does and ends."""
    opening = _opening_at(text, position)
    if opening is None:
        return None
    begin = position + len(opening)
    closing = _closing(text, begin, opening)
    if closing == -1:
        return None
    end = closing + len(CLOSINGS[opening])
    latex = text[begin:closing]
    if not _is_formula(opening, latex, text[max(0, position - 1) : position], text[end : end + 1]):
        return None
    return Formula(latex, text[position:end], is_displayed(opening))


def may_begin_unclosed(text: str, position: int) -> bool:
    """Whether a formula may begin at `position` that only more text could close."""
    opening = _opening_at(text, position)
    if opening is None:
        return False
    begin = position + len(opening)
    if opening == "$" and text[begin : begin + 1].isspace():
        return False
    return len(text) - begin <= _reach(opening) and _closing(text, begin, opening) == -1


def is_displayed(source: str) -> bool:
    """Whether a formula that begins like `source` is displayed."""
    return source.startswith(("$$", "\\["))


def literal(text: str) -> str:
    """Markdown that shows `text` as it is, for a formula that is not complete."""
    return _ACTIVE.sub(r"\\\g<0>", text)


def closing_of_block(line: str) -> str | None:
    """If `line` begins a block that is a formula: the mark that ends it, perhaps in this line."""
    if not is_displayed(line):
        return None
    opening, rest = line[:2], line[2:]
    formula = formula_at(line, 0)
    if formula is not None:
        return CLOSINGS[opening] if _PUNCTUATION.match(line, len(formula.source)) else None
    if opening[0] in rest and _closing(line, 2, opening) != -1:
        return None
    return CLOSINGS[opening] if not rest.strip() or ("$" not in rest and _SAYS_MATH.search(rest)) else None


def end_of_block(line: str, closing: str) -> int:
    """Where a formula ends that is closed by `closing` in `line` (the first line's opening mark left out), or -1.

    A mark of punctuation at the end of the line belongs to the formula.
    """
    position = _closing(line, 0, "$$" if closing == "$$" else "\\[")
    if position == -1:
        return -1
    end = position + len(closing)
    return len(line) if _PUNCTUATION.match(line, end) else end


def split_block(text: str) -> tuple[str, str] | None:
    """A block's LaTeX and what comes after its closing mark; None if it is not closed."""
    closing = _closing(text, 2, text[:2], reach=len(text)) if is_displayed(text) else -1
    return None if closing == -1 else (text[2:closing], text[closing + 2 :].strip())


def _opening_at(text: str, position: int) -> str | None:
    match = _OPENING.match(text, position)
    return match[0] if match else None


def _reach(opening: str) -> int:
    return MAX_INLINE + 1 if opening == "$" else MAX_DISPLAY


def _closing(text: str, begin: int, opening: str, reach: int = 0) -> int:
    """Where the mark stands that closes what `opening` before `begin` has opened, or -1."""
    marks = _CLOSING_MARKS[opening].finditer(text, begin, begin + (reach or _reach(opening)))
    return next((match.start() for match in marks if match[1]), -1)


def _is_formula(opening: str, latex: str, before: str, after: str) -> bool:
    inside = latex.strip()
    if opening == "$":
        return is_math(latex, before, after)
    if not inside or (opening == "$$" and "$" in (before, after)):
        return False
    if opening == "\\[":
        return _SAYS_MATH.search(inside) is not None
    return is_math(inside) or (opening == "$$" and _SAYS_MATH.search(inside) is not None)
