"""Textual's wrapped document, whose costs do not grow with the length of a line.

Textual 8.2.8 wraps a whole line anew for every letter in it and cuts all of it into Rich texts for every row that is
drawn: 70 ms a key in a line of 100 KB (measured). Here a letter costs the rows around it.
"""

import re
from bisect import bisect_left, bisect_right

from textual._wrap import compute_wrap_offsets
from textual.document._document import Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import expand_tabs_inline
from textual.geometry import Offset

from salon.markdown.cells import cell_len

LONG = 1_000
"""Code points; shorter lines are wrapped as Textual does it."""
_WORD_BEGINS = re.compile(r"(?<=\s)(?=\S)")


class QuickWrap(WrappedDocument):
    """A wrapped document that looks at sections, not at lines."""

    @property
    def height(self) -> int:
        """The rows of all lines."""
        return len(self._offset_to_line_info)

    def section(self, line_index: int, section_index: int) -> tuple[int, int]:
        """Where a section of a line begins and ends in it; a negative index counts from the last one."""
        offsets = self._wrap_offsets[line_index]
        if section_index < 0:
            section_index += len(offsets) + 1
        start = offsets[section_index - 1] if section_index else 0
        end = offsets[section_index] if section_index < len(offsets) else len(self.document.get_line(line_index))
        return start, end

    def location_to_offset(self, location: Location) -> Offset:
        """See `WrappedDocument`."""
        row, column = location
        section_index = bisect_right(self.get_offsets(row), column)
        start, _ = self.section(row, section_index)
        before = self.document.get_line(row)[start:column]
        x = cell_len(expand_tabs_inline(before, self._tab_width) if "\t" in before else before)
        return Offset(x, self._line_index_to_offsets[row][section_index])

    def get_sections(self, line_index: int) -> list[str]:
        """See `WrappedDocument`."""
        line, bounds = self.document.get_line(line_index), [0, *self._wrap_offsets[line_index]]
        return [line[start:end] for start, end in zip(bounds, [*bounds[1:], len(line)], strict=True)]

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """See `WrappedDocument`: within one long line only what may have changed is wrapped."""
        row = start[0]
        line = self.document.get_line(row) if row < self.document.line_count else ""
        within = row == old_end[0] == new_end[0] and self._width > 0
        if not within or len(line) < LONG or "\t" in line:
            super().wrap_range(start, old_end, new_end)
            return
        old = self._wrap_offsets[row]
        new = wrapped_anew(line, old, start[1], old_end[1], new_end[1], self._width)
        self._wrap_offsets[row] = new
        self._tab_width_cache[row] = []
        if len(new) != len(old):
            self._shift_rows(row, len(old), len(new))

    def _shift_rows(self, row: int, before: int, now: int) -> None:
        first = self._line_index_to_offsets[row][0]
        self._offset_to_line_info[first : first + before + 1] = [(row, section) for section in range(now + 1)]
        self._line_index_to_offsets[row] = list(range(first, first + now + 1))
        for below in range(row + 1, len(self._line_index_to_offsets)):
            self._line_index_to_offsets[below] = [each + now - before for each in self._line_index_to_offsets[below]]


def wrapped_anew(line: str, old: list[int], start: int, old_end: int, new_end: int, width: int) -> list[int]:
    """Where a line breaks after what stood from `start` up to `old_end` has become what stands up to `new_end`.

    `old` is where it broke before. Breaks are looked for from a row or two above the change on, until one is found
    where there was one before: all that follow are the old ones.
    """
    shift = new_end - old_end
    first = _restart(line, old, start)
    begin = old[first - 1] if first else 0
    kept = old[:first]
    size = 16 * width + (new_end - begin)
    while True:
        end = min(begin + size, len(line))
        found = [begin + offset for offset in compute_wrap_offsets(line[begin:end], width, 4)]
        if end < len(line):
            found = [offset for offset in found if offset < _trusted(line, begin, end, width)]
        for number, offset in enumerate(found):
            place = bisect_left(old, offset - shift)
            if offset > new_end + 1 and place < len(old) and old[place] == offset - shift:
                return [*kept, *found[:number], *(each + shift for each in old[place:])]
        if end == len(line):
            return [*kept, *found]
        size *= 8


def _restart(line: str, old: list[int], start: int) -> int:
    """How many of the old breaks cannot have moved, because the word that was changed begins after them."""
    here = bisect_right(old, max(0, start - 1))
    above = max(0, here - 2)
    begin = old[above - 1] if above else 0
    words = [match.start() for match in _WORD_BEGINS.finditer(line, begin, max(begin, start))]
    if not words:
        return above  # one word over several rows, or the beginning of the line
    return max(0, bisect_right(old, words[-1]) - 1)


def _trusted(line: str, begin: int, end: int, width: int) -> int:
    """Up to where the breaks of a part of a line are those of the line: its last word may be cut."""
    tail = end - 3 * width
    last = None
    for match in _WORD_BEGINS.finditer(line, max(begin, tail), end):
        last = match.start()
    return max(begin, tail) if last is None else last
