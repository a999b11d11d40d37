"""LaTeX formulas as text: on one line, or drawn on several.

Sources are what stands between the dollars, cleaned by `salon.untrusted` like all that comes from outside. None always
means that the formula cannot be drawn and its source should be shown: unknown commands, definitions and files, errors,
what is too deep, too long or too wide. Nothing here raises, waits or reads anything but latex2mathml's table of names,
once; the first formula costs some 40 ms for that.
"""

import re
from functools import lru_cache
from typing import Final

from salon.markdown.cells import cell_len
from salon.markdown.latex import parse
from salon.markdown.mathbreak import draw_within
from salon.markdown.mathline import line
from salon.markdown.mathnodes import UndrawableError

MAX_SOURCE: Final = 4096
"""Characters; a longer source is not drawn."""
MAX_LINE: Final = 2000
"""Cells of a formula on one line."""
# Characters that change the width or the look of those before them, in ways that terminals disagree about.
_UNSTEADY = re.compile("[\u034f\u115f-\u11ff\u200b-\u200f\ufe00-\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")


@lru_cache(maxsize=512)
def inline(source: str) -> str | None:
    """The formula on one line of at most `MAX_LINE` cells, or None if it cannot be drawn."""
    if not _is_clean(source):
        return None
    try:
        text = line(parse(source), is_tight=False).strip()
    except (UndrawableError, RecursionError):  # the stack may be nearly used up where we are called
        return None
    return text if text and cell_len(text) <= MAX_LINE else None


def display(source: str, width: int) -> list[str] | None:
    """The formula drawn on lines that all are equally many cells wide, at most `width`, or None if it cannot be.

    A formula that is too wide is cut before relations and sums. Blanks fill the lines up; no line has a newline.
    """
    lines = _display(source, width)
    return None if lines is None else list(lines)


@lru_cache(maxsize=256)
def _display(source: str, width: int) -> tuple[str, ...] | None:
    if not _is_clean(source) or width < 1:
        return None
    try:
        box = draw_within(parse(source), width)
    except (UndrawableError, RecursionError):  # as above
        return None
    # A character that joins its neighbour would shift the rest of its line; such a drawing is not shown.
    if not box.width or any(cell_len(row) != box.width for row in box.rows):
        return None
    return box.rows


def _is_clean(source: str) -> bool:
    if len(source) > MAX_SOURCE or _UNSTEADY.search(source):
        return False
    return "".join(source.split()).isprintable()
