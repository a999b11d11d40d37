"""What a reader wants of single leaves: long code unfolded, a table unwrapped and moved sideways, a source shown."""

from dataclasses import dataclass, field
from typing import Final

UNWRAPPED: Final = 2000
"""Cells that a leaf which is not wrapped may take; beyond them its lines go on below all the same."""


@dataclass(slots=True)
class Choices:
    """How the leaves of one document are shown, by their index in ``Document.blocks``.

    `fold` is how many lines a block of code shows before the rest is folded (0: all of it), `scroll_code` whether lines
    of code run on beyond the pane's edge.
    """

    fold: int = 0
    scroll_code: bool = False
    opened: set[int] = field(default_factory=set)
    """Code that is shown whole, however long it is."""
    sources: set[int] = field(default_factory=set)
    """Leaves shown as they were written: a diagram as its fence, a formula as LaTeX, a table as its bars."""
    moved: dict[int, int] = field(default_factory=dict)
    """Leaves that are not wrapped, and the cells of them that lie left of the pane."""

    def room(self, index: int, kind: str, wrapped: int) -> int:
        """How many cells the leaf's rows may take: `wrapped`, or far more."""
        return UNWRAPPED if index in self.moved or (kind == "code" and self.scroll_code) else wrapped
