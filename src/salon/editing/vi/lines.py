"""Lines and columns of a text, in the way vi sees them."""

import unicodedata

from salon.editing.graphemes import following, is_extender, preceding, snapped
from salon.editing.text import line_end, line_start

ENDLESS = 1 << 30
"""The column that `$` wishes for."""


def clamp(text: str, at: int) -> int:
    """The nearest place where the caret of the normal mode may be: on a cluster, or on an empty line."""
    at = snapped(text, at)
    start, end = line_start(text, at), line_end(text, at)
    return preceding(text, end) if at >= end > start else at


def first_nonblank(text: str, at: int) -> int:
    """The first character of the line that is not blank; the last one of a blank line."""
    end = line_end(text, at)
    place = line_start(text, at)
    while place < end and text[place].isspace():
        place += 1
    return clamp(text, place)


def column(text: str, at: int) -> int:
    """The cells to the left of `at` on its line."""
    return sum(map(cells, text[line_start(text, at) : at]))


def at_column(text: str, start: int, wished: int) -> int:
    """The place on the line that begins at `start` that lies in the wished column, or its last one."""
    end = line_end(text, start)
    place = start
    passed = 0
    while place < end:
        step = following(text, place)
        passed += sum(map(cells, text[place:step]))
        if passed > wished:
            return place
        place = step
    return clamp(text, end)


def cells(character: str) -> int:
    """How wide a character is on the screen, near enough for staying in a column."""
    if character.isascii():
        return 1
    if is_extender(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def line_after(text: str, at: int, lines: int) -> int | None:
    """Where the line begins that is `lines` below (or above, if negative) that of `at`; None where there is none."""
    place = line_start(text, at)
    for _ in range(abs(lines)):
        if lines > 0:
            end = line_end(text, place)
            if end == len(text):
                return None
            place = end + 1
        else:
            if place == 0:
                return None
            place = line_start(text, place - 1)
    return place
