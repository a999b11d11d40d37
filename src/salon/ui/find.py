"""Search inside a conversation: which entries have the words, and where in their rows."""

from dataclasses import dataclass

from salon.markdown import Line
from salon.markdown.cells import cell_len
from salon.ui.viewport import Viewport

SETTLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence in the rows: entry, row, first column and the column after the last."""

    entry: int
    row: int
    start: int
    end: int


class Finder:
    """Finds words in a conversation, from any place on, in either direction.

    Whether an entry has them is looked up in its source, which needs no layout; only entries that have are laid out.
    Words are found within a row, in any case.
    """

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.words = ""
        self._counts: dict[int, int] = {}

    def look_for(self, words: str, also: int | None = None) -> int:
        """Look for other words; how often the conversation has them.

        In the entry `also` they are looked for in what is shown of it, such as its thinking.
        """
        self.words = words.casefold()
        self._counts = {}
        if self.words:
            for index, entry in enumerate(self._viewport.entries):
                if count := entry.source().casefold().count(self.words):
                    self._counts[index] = count
            if also is not None and (shown := len(self.hits_in(also))) > self._counts.get(also, 0):
                self._counts[also] = shown
        return sum(self._counts.values())

    def number_of(self, hit: Hit) -> int:
        """Which of all occurrences `hit` is, counted from 1."""
        before = sum(count for entry, count in self._counts.items() if entry < hit.entry)
        return before + 1 + sum(other < (hit.row, hit.start) for other in self._places(hit.entry))

    def next(self, entry: int, row: int, column: int, direction: int = 1) -> Hit | None:
        """The first occurrence after a place (before it with -1), going round at the end; None where there is none."""
        having = sorted(self._counts, reverse=direction < 0)
        ahead = [index for index in having if (index - entry) * direction >= 0]
        for turn, index in enumerate([*ahead, *having]):
            hits = self.hits_in(index)
            if turn == 0 and index == entry:
                here = (row, column)
                hits = [
                    hit
                    for hit in hits
                    if ((hit.row, hit.start) > here if direction > 0 else (hit.row, hit.start) < here)
                ]
            if hits:
                return hits[0] if direction > 0 else hits[-1]
        return None

    def hits_in(self, entry: int) -> list[Hit]:
        """The occurrences in an entry's rows, which are laid out for it."""
        self._viewport.settle_entry(entry, SETTLE_SECONDS)
        shown = self._viewport.entries[entry]
        if self.words and shown.unfold(self.words):
            self._viewport.touch(entry)
            self._viewport.settle_entry(entry, SETTLE_SECONDS)
        return [
            Hit(entry, row, start, end)
            for row in range(shown.height)
            for start, end in columns_of(shown.line(row), self.words)
        ]

    def _places(self, entry: int) -> list[tuple[int, int]]:
        return [(hit.row, hit.start) for hit in self.hits_in(entry)]


def columns_of(line: Line, words: str) -> list[tuple[int, int]]:
    """Where a row has `words`, which are casefolded, as pairs of columns."""
    if not words:
        return []
    text = line.plain()
    folded = "".join(char.casefold() if len(char.casefold()) == 1 else char for char in text)
    found = []
    at = folded.find(words)
    while at >= 0:
        start = cell_len(text[:at])
        found.append((start, start + cell_len(text[at : at + len(words)])))
        at = folded.find(words, at + len(words))
    return found
