"""A block of Markdown in the transcript, and what a person can do with it: fold, move, take away."""

from dataclasses import dataclass

from salon.markdown import (
    Document,
    Leaf,
    MarkdownLines,
    alone,
    block_source,
    code_language,
    goes_on,
    is_fold_row,
    raw_code,
    table_source,
)
from salon.ui.sections import TextSection

STEP = 8
"""Cells by which an unwrapped block moves sideways."""
_DRAWN = {"paragraph", "heading", "math", "table", "term"}
"""Blocks that look otherwise than they were written; of code only diagrams and formulas do."""
_DRAWN_LANGUAGES = {"mermaid", "math"}
_FEW_ROWS = 400
"""Rows of a block that are looked at to find out whether it goes on beyond the edge."""


@dataclass(frozen=True, slots=True)
class ShownLeaf:
    """The leaf at `index` of a section's document, in one of its layouts; `row` is one of the leaf's."""

    section: TextSection
    lines: MarkdownLines
    index: int
    row: int

    @property
    def leaf(self) -> Leaf:
        """The leaf itself."""
        return self.section.document.blocks[self.index]

    @property
    def is_drawn(self) -> bool:
        """Whether it may look otherwise than it was written."""
        return self.leaf.kind in _DRAWN or code_language(self.leaf.info).lower() in _DRAWN_LANGUAGES

    def text(self) -> str:
        """Its source: code as it is, everything else as the model wrote it."""
        leaf = self.leaf
        return raw_code(leaf) if leaf.kind == "code" else block_source(self.section.document, self.index)

    def table(self) -> tuple[str, str, str] | None:
        """A table as Markdown, tab-separated and comma-separated values."""
        return table_source(self.leaf) if self.leaf.kind == "table" else None

    def alone(self) -> Document:
        """The leaf as a document of its own."""
        return alone(self.section.document, self.index)

    def last_row(self) -> int:
        """The row of the layout that the leaf ends in."""
        row = self.row
        while row + 1 < self.lines.height and self.lines.line(row + 1).block == self.index:
            row += 1
        return row

    def hidden(self) -> str:
        """The lines of code that are folded away below `row`; "" where it is not a fold's."""
        if not is_fold_row(self.lines.line(self.row)) or self.index in self.section.choices.opened:
            return ""
        return "\n".join(self.text().split("\n")[self.section.choices.fold :])

    def toggle_fold(self) -> bool:
        """Unfold long code, or fold it; whether there is anything to fold."""
        if not is_fold_row(self.lines.line(self.last_row())):
            return False
        self._toggle(self.section.choices.opened)
        return True

    def toggle_source(self) -> bool:
        """Show what is drawn as it was written, or draw it again; whether it is drawn at all."""
        if not self.is_drawn:
            return False
        self._toggle(self.section.choices.sources)
        return True

    def move(self, direction: int) -> bool:
        """Move sideways, right if positive; whether anything changed.

        A wrapped block is unwrapped first, and wrapped again by a move to the left from its beginning.
        """
        choices = self.section.choices
        if self.leaf.kind not in {"code", "table"}:
            return False
        offset = choices.moved.get(self.index)
        unwrapped = choices.scroll_code and self.leaf.kind == "code"
        if offset is None and not unwrapped:
            if direction > 0:
                choices.moved[self.index] = 0
                self.lines.redo(self.index)
            return direction > 0
        if direction < 0 and not offset:
            if offset is None:
                return False
            del choices.moved[self.index]
            self.lines.redo(self.index)
            return True
        if direction > 0 and not self._goes_on():
            return False
        self.lines.move(self.index, max(0, (offset or 0) + direction * STEP))
        return True

    def _goes_on(self) -> bool:
        last = self.last_row()
        rows = range(max(0, last - _FEW_ROWS), last + 1)
        return any(goes_on(line) for line in map(self.lines.line, rows) if line.block == self.index)

    def _toggle(self, chosen: set[int]) -> None:
        chosen.symmetric_difference_update({self.index})
        self.lines.redo(self.index)
