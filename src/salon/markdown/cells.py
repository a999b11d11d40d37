"""What cannot be torn apart: grapheme clusters, as the terminal will show them.

Widths are Rich's, because Textual places text by them.

Right-to-left text stays in the order in which it is written, and at the left like all text. Some terminals reorder such
runs by themselves and others do not, and none tells which it is: text reordered here would be reordered twice in the
former. Characters that would reorder what stands around them never get here (`salon.untrusted`), so the bars, gaps and
numbers of a row keep their columns.
"""

import re

from rich.cells import cell_len as measured_cell_len
from rich.cells import split_graphemes

_EXTENDS = re.compile("[\u0300-\u036f\u200c\u200d\ufe00-\ufe0f\u20d0-\u20ff\U0001f3fb-\U0001f3ff]+")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
_JOINER = "\u200d"
_TAB_STOP = 4


def cell_len(text: str) -> int:
    """The width of `text` in cells.

    Rich remembers every text that it measures, 4,096 of them: a megabyte of rows that nobody looks at any more.
    """
    return len(text) if text.isascii() and text.isprintable() else measured_cell_len(text)


def clusters(text: str) -> list[tuple[str, int]]:
    """`text` as clusters that a line break must not split, each with its width in cells.

    Beyond what Rich joins (combining marks, joiners, variation selectors) skin tones stay with their emoji and the two
    letters of a flag with each other.
    """
    if text.isascii():
        return [(char, 1) for char in text]
    if text[0] == _JOINER:  # Rich counts what follows a joiner that joins nothing as part of it, and as no cells
        rest = text.lstrip(_JOINER)
        return [(text[: len(text) - len(rest)], 0), *clusters(rest)]
    spans, _ = split_graphemes(text)
    found: list[tuple[str, int]] = []
    lone_regional = False
    for start, end, cells in spans:
        piece = text[start:end]
        regional = _REGIONAL.match(piece) is not None
        if found and ((regional and lone_regional) or _TONE.match(piece)):
            before, width = found[-1]
            found[-1] = (before + piece, width + cells)
            lone_regional = False
        else:
            found.append((piece, cells))
            lone_regional = regional
    return found


def cluster_end(text: str, end: int) -> int:
    """`end`, or where the cluster ends that `end` lies in."""
    while 0 < end < len(text) and (text[end - 1] == _JOINER or _EXTENDS.match(text, end)):
        end += 1
    return end


def extenders(text: str) -> int:
    """How many characters at the beginning of `text` belong to the character before it."""
    if text.isascii():
        return 0
    match = _EXTENDS.match(text)
    return match.end() if match else 0


def expand_tabs(text: str, column: int = 0) -> str:
    """A part of a line of code, which begins at `column`, with its tabs as spaces up to the next multiple of four."""
    if "\t" not in text:
        return text
    before = column % _TAB_STOP
    return (" " * before + text).expandtabs(_TAB_STOP)[before:]


__all__ = ["cell_len", "clusters", "expand_tabs", "extenders"]
