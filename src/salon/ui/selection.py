"""A selection across entries, and its text as source: without decoration, with soft wraps undone."""

from dataclasses import dataclass, replace

from salon.markdown import Line, Span, copy_text, is_fold_row, look
from salon.markdown.cells import clusters
from salon.ui.viewport import Viewport


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A cell of the conversation: entry, row in it, column."""

    entry: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Selection:
    """From where the button went down to where the pointer is; either may come first."""

    start: Spot
    end: Spot

    @property
    def ordered(self) -> tuple[Spot, Spot]:
        """The first and the last cell."""
        first, last = sorted((self.start, self.end))
        return first, replace(last, column=last.column + 1)

    def columns(self, entry: int, row: int, width: int) -> tuple[int, int] | None:
        """The selected columns of a row, end exclusive; None where there are none."""
        first, last = self.ordered
        place = (entry, row)
        if place < (first.entry, first.row) or place > (last.entry, last.row):
            return None
        start = first.column if place == (first.entry, first.row) else 0
        end = last.column if place == (last.entry, last.row) else width
        return start, max(start, end)


def selected_text(viewport: Viewport, selection: Selection) -> str:
    """The text of a selection, blank rows between paragraphs included."""
    first, last = selection.ordered
    lines: list[Line] = []
    for index in range(first.entry, last.entry + 1):
        viewport.settle_entry(index, 1.0)
        entry = viewport.entries[index]
        start = first.row if index == first.entry else 0
        end = last.row if index == last.entry else entry.height - 1
        for row in range(start, min(end, entry.height - 1) + 1):
            line = entry.line(row)
            columns = selection.columns(index, row, line.cells())
            if is_fold_row(line) and (leaf := entry.leaf_at(row)) is not None:
                if hidden := leaf.hidden():
                    lines.append(Line((Span(hidden, look()),)))
            else:
                lines.append(crop(line, *columns) if columns is not None else line)
    return copy_text(lines).strip("\n")


def crop(line: Line, start: int, end: int) -> Line:
    """The cells of a line from column `start` to `end`; a wide character belongs where it begins."""
    spans: list[Span] = []
    column = 0
    for span in line.spans:
        kept = []
        for cluster, cells in clusters(span.text):
            if start <= column < end:
                kept.append(cluster)
            column += cells
        if kept:
            spans.append(span._replace(text="".join(kept)))
    return line._replace(spans=tuple(spans))
