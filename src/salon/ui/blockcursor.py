"""The block cursor: one block of the conversation at a time, moved from the keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

from salon.ui.viewport import Viewport

SETTLE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """A block: its entry, and its first and last row in it."""

    entry: int
    first: int
    last: int


class BlockCursor:
    """Finds blocks from rows. Costs what the blocks passed over have in rows, whatever lies beyond."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport

    def at(self, entry: int, row: int) -> BlockPlace | None:
        """The block at a row; None on a blank one."""
        self._viewport.settle_entry(entry, SETTLE_SECONDS)
        shown = self._viewport.entries[entry]
        key = shown.block_at(row)
        if key is None:
            return None
        first = last = row
        while first > 0 and shown.block_at(first - 1) == key:
            first -= 1
        while last + 1 < shown.height and shown.block_at(last + 1) == key:
            last += 1
        return BlockPlace(entry, first, last)

    def nearest(self, y: int) -> BlockPlace | None:
        """The first block at or above row `y` of the view, else the first below."""
        for row in [*range(y, -1, -1), *range(y + 1, self._viewport.height)]:
            place = self._viewport.place(row)
            if place is not None and (block := self.at(*place)) is not None:
                return block
        return None

    def step(self, here: BlockPlace, direction: int) -> BlockPlace | None:
        """The next block (+1) or the previous one (-1); None at the end of the conversation."""
        return self._search(here, direction, lambda _entry, _row: True)

    def step_code(self, here: BlockPlace, direction: int) -> BlockPlace | None:
        """The next or previous code block."""
        return self._search(here, direction, lambda entry, row: self._viewport.entries[entry].is_code_at(row))

    def step_message(self, here: BlockPlace, direction: int) -> BlockPlace | None:
        """The first block of the next message, or of this one, or of the one before."""
        first = self.first_of(here.entry)
        if direction < 0 and first is not None and first != here:
            return first
        entry = here.entry + direction
        while 0 <= entry < len(self._viewport.entries):
            if (block := self.first_of(entry)) is not None:
                return block
            entry += direction
        return None

    def first_of(self, entry: int) -> BlockPlace | None:
        """The first block of an entry."""
        self._viewport.settle_entry(entry, SETTLE_SECONDS)
        rows = range(self._viewport.entries[entry].height)
        return next((block for row in rows if (block := self.at(entry, row)) is not None), None)

    def _search(self, here: BlockPlace, direction: int, wanted: Callable[[int, int], bool]) -> BlockPlace | None:
        entry = here.entry
        row = here.last + 1 if direction > 0 else here.first - 1
        entries = self._viewport.entries
        while 0 <= entry < len(entries):
            self._viewport.settle_entry(entry, SETTLE_SECONDS)
            while 0 <= row < entries[entry].height:
                if entries[entry].block_at(row) is not None and wanted(entry, row):
                    return self.at(entry, row)
                row += direction
            entry += direction
            if 0 <= entry < len(entries):
                self._viewport.settle_entry(entry, SETTLE_SECONDS)
                row = 0 if direction > 0 else entries[entry].height - 1
        return None
