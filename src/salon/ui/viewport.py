"""Which rows of a long conversation are in view, without a screen.

The scroll contract:

* The view follows new text only if it was at the end before that text came.
* It never moves while the person has scrolled up, whatever arrives below and however wrong an estimated height above
  turns out to be: the place is kept as an entry and a row in it, not as a number of rows from the top.
* It does not move when an answer ends.
* `unread` counts the rows that came below what was in view since the person left the end, and nothing else: neither a
  wrong estimate above nor a fold that opens is news. `to_end` follows again, and so does every way to the last row.
* A new width keeps the first visible line in place.
"""

import time
from collections.abc import Sequence

from salon.markdown import Line
from salon.ui.entry import Entry
from salon.ui.heights import Heights
from salon.ui.sections import Frame

FAR = 2_000
"""Beyond so many rows into one entry, a place is kept by proportion instead of by counting lines."""


class Viewport:
    """Entries, their heights, and the window on them."""

    def __init__(self, frame: Frame, height: int) -> None:
        self.frame = frame
        self.height = height
        self.entries: list[Entry] = []
        self.following = True
        self._heights = Heights()
        self._entry = 0
        self._row = 0
        self._read = (0, 0)
        """An entry and the row in it before which everything has been in view."""
        self._read_share: float | None = None
        """The same row as a share of its entry, until that is laid out again."""
        self._pin: tuple[int, int] | None = None
        self._unsettled: set[int] = set()

    # contents

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries and nothing else, at their end."""
        self.entries = list(entries)
        self._heights = Heights(entry.estimate(self.frame) for entry in self.entries)
        self._unsettled.clear()
        self._pin = None
        self.to_end()

    def append(self, entry: Entry) -> int:
        """Add an entry at the end; its index."""
        self.entries.append(entry)
        self._heights.append(entry.estimate(self.frame))
        index = len(self.entries) - 1
        self._unsettled.add(index)
        return index

    def truncate(self, count: int) -> None:
        """Keep the first `count` entries only."""
        self.entries = self.entries[:count]
        self._heights = Heights(self._heights[index] for index in range(len(self.entries)))
        self._unsettled = {index for index in self._unsettled if index < count}
        if self._pin is not None and self._pin[0] >= count:
            self._pin = None
        if self._read[0] >= count:
            self._read_all()
        self._clamp()

    def change(self, count: int, entries: Sequence[Entry]) -> None:
        """Keep the first `count` entries and show these after them; what is in view of the kept ones stays there."""
        changed_at = self.row_of(count, 0) if count < len(self.entries) else self.total - self.top
        self.truncate(count)
        for entry in entries:
            self.append(entry)
        if not 0 <= changed_at < self.height:
            self.to_end()
            return
        top = max(0, min(self._heights.before(count) - changed_at, self.total - 1))
        self._leave_end(*(self._heights.find(top) if self.entries else (0, 0)))
        self._read_all()
        self._follow_if_at_end()

    def touch(self, index: int) -> None:
        """The entry at `index` has something new to lay out."""
        self._unsettled.add(index)

    def resize(self, frame: Frame, height: int) -> None:
        """Take a new size, with the first visible line in place."""
        self.height = max(1, height)
        if frame == self.frame:
            return
        if not self.following and self.entries:
            # A size that changes again before the last one was laid out must not take the place from a wrong row.
            self._pin = self._pin or (self._entry, self._logical_line(self._entry, self._row))
            if self._read_share is None:
                read, row = self._read
                self._read_share = min(1.0, row / max(1, self._heights[read]))
        self.frame = frame
        for entry in self.entries:
            if entry.is_laid_out:
                entry.forget()
        self._heights = Heights(entry.estimate(frame) for entry in self.entries)
        self._unsettled.clear()
        self._row = min(self._row, self._heights[self._entry] - 1) if self.entries else 0

    def refold(self, frame: Frame) -> None:
        """Take a frame in which other folds are open; entries that are laid out change where they stand."""
        if self.unread == 0:
            self._read_share = 1.0
        self.frame = frame
        for index, entry in enumerate(self.entries):
            if entry.is_laid_out:
                entry.lay_out(frame)
                self.touch(index)

    # what is in view

    @property
    def total(self) -> int:
        """The rows of the whole conversation, partly estimated."""
        return self._heights.total

    @property
    def top(self) -> int:
        """The number of the first visible row."""
        if self.following:
            return max(0, self.total - self.height)
        return min(self._heights.before(self._entry) + self._row, max(0, self.total - self.height))

    @property
    def unread(self) -> int:
        """How many rows have come below what was ever in view."""
        return 0 if self.following else max(0, self.total - max(self._read_end(), self.top + self.height))

    def place(self, y: int) -> tuple[int, int] | None:
        """The entry and the row in it at row `y` of the view; None below the end."""
        row = self.top + y
        return self._heights.find(row) if 0 <= row < self.total else None

    def row_of(self, entry: int, row: int) -> int:
        """The row of the view at which a row of an entry stands; may lie outside the view."""
        return self._heights.before(entry) + row - self.top

    def line(self, entry: int, row: int) -> Line | None:
        """The line at a place; None where nothing is laid out yet."""
        shown = self.entries[entry]
        return shown.line(row) if shown.is_laid_out and row < shown.height else None

    # moving

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self.following = True
        self._pin = None

    def to_top(self) -> None:
        """Go to the first row."""
        self._leave_end(0, 0)
        self._follow_if_at_end()

    def scroll(self, rows: int) -> None:
        """Move by so many rows, down if positive; entries on the way up are laid out so that the way is exact."""
        if not self.entries:
            return
        entry, row = self._heights.find(self.top)
        row += rows
        while row < 0 and entry > 0:
            entry -= 1
            self.settle_entry(entry, 0.03)
            row += self._heights[entry]
        while row >= self._heights[entry] and entry < len(self.entries) - 1:
            self.settle_entry(entry, 0.03)
            if row < self._heights[entry]:
                break
            row -= self._heights[entry]
            entry += 1
        self._leave_end(entry, max(0, row))
        self._follow_if_at_end()
        self._note_read()

    def reveal(self, entry: int, first: int, last: int) -> None:
        """Bring rows of an entry into view, moving no further than it takes."""
        self.settle_entry(entry, 0.05)
        top, bottom = self.row_of(entry, first), self.row_of(entry, last)
        if top < 0:
            self.scroll(top)
        elif bottom >= self.height:
            self.scroll(min(top, bottom - self.height + 1))

    # laying out

    def settle(self, budget: float) -> bool:
        """Lay out what is in view, and what has been touched, for about `budget` seconds; True when nothing is left."""
        deadline = time.perf_counter() + budget
        settled = True
        for index in sorted(self._unsettled, reverse=True):
            settled = self.settle_entry(index, deadline - time.perf_counter()) and settled
            if self._unsettled and time.perf_counter() > deadline:
                return False
        for _ in range(len(self.entries) + 1):
            pending = [index for index in self._visible() if not self.entries[index].is_laid_out]
            if not pending:
                break
            for index in reversed(pending) if self.following else pending:
                settled = self.settle_entry(index, deadline - time.perf_counter()) and settled
                if time.perf_counter() > deadline:
                    return False
        if settled and not self.following and self._pin is None and self.top + self.height >= self.total:
            self.following = True
        return settled

    def settle_entry(self, index: int, budget: float) -> bool:
        """Lay one entry out; True when it is whole."""
        entry = self.entries[index]
        if entry.is_laid_out and index not in self._unsettled:
            return True
        entry.lay_out(self.frame)
        settled = entry.update(max(0.001, budget))
        if settled:
            self._unsettled.discard(index)
        else:
            self._unsettled.add(index)
        self._heights.set(index, entry.height)
        if settled and self._read_share is not None and index == self._read[0]:
            self._read, self._read_share = (index, round(self._read_share * entry.height)), None
        self._return_to_pin(index, settled)
        return settled

    def keep_place(self, entry: int, row: int) -> None:
        """Stop following, with a row of an entry where it stands, before something below it opens or closes."""
        if self.row_of(entry, row) >= 0:
            top_entry, top_row = self._heights.find(self.top)
            self._leave_end(top_entry, top_row)
        if self.unread == 0:
            self._read_share = 1.0

    def visible_or_last(self) -> set[int]:
        """The entries in view, and the last one, which may be growing below it."""
        return {*self._visible(), len(self.entries) - 1} if self.entries else set()

    def _visible(self) -> range:
        if not self.entries:
            return range(0)
        first, _ = self._heights.find(self.top)
        last, _ = self._heights.find(self.top + self.height - 1)
        return range(first, last + 1)

    def _leave_end(self, entry: int, row: int) -> None:
        if self.following:
            self._read_all()
        self.following = False
        self._pin = None
        self._entry, self._row = entry, row
        self._clamp()

    def _read_all(self) -> None:
        last = len(self.entries) - 1
        self._read = (last, self._heights[last]) if last >= 0 else (0, 0)
        laid_out = last >= 0 and self.entries[last].is_laid_out and last not in self._unsettled
        self._read_share = None if laid_out else 1.0

    def _read_end(self) -> int:
        entry, row = self._read
        if entry >= len(self.entries):
            return self.total
        height = self._heights[entry]
        row = min(row, height) if self._read_share is None else round(self._read_share * height)
        return self._heights.before(entry) + row

    def _note_read(self) -> None:
        """What is in view now has been in view."""
        bottom = min(self.total, self.top + self.height)
        if self.entries and not self.following and bottom > self._read_end():
            entry, row = self._heights.find(bottom - 1)
            self._read, self._read_share = (entry, row + 1), None

    def _clamp(self) -> None:
        if not self.entries:
            self._entry = self._row = 0
            return
        self._entry = min(self._entry, len(self.entries) - 1)
        self._row = max(0, min(self._row, self._heights[self._entry] - 1))

    def _follow_if_at_end(self) -> None:
        if self._heights.before(self._entry) + self._row + self.height >= self.total:
            for index in reversed(self._visible()):
                self.settle_entry(index, 0.01)
            if self._heights.before(self._entry) + self._row + self.height >= self.total:
                self.following = True

    def _logical_line(self, index: int, row: int) -> int:
        """How many lines of the source (or, far in, which per mille of the entry) lie above a row."""
        entry = self.entries[index]
        if not entry.is_laid_out:
            return 0
        if row > FAR:
            return -(row * 1000 // max(1, entry.height))
        return sum(not entry.line(above).wrapped for above in range(min(row + 1, entry.height))) - 1

    def _return_to_pin(self, index: int, settled: bool) -> None:
        if self._pin is None or self._pin[0] != index:
            return
        entry, wanted = self.entries[index], self._pin[1]
        if wanted < 0:
            self._row = entry.height * -wanted // 1000
        else:
            seen = -1
            for row in range(entry.height):
                seen += not entry.line(row).wrapped
                if seen == wanted:
                    self._row = row
                    break
        if settled:
            self._pin = None
        self._clamp()
