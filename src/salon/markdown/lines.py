"""Lines: what the transcript can draw, scroll, select and copy.

A `Line` is one row of cells. It names theme roles and never colours, so a change of theme needs no new layout. The
text of its spans is what the row shows; what the source meant beyond that (a link's target, that the row continues
the one above, what a wrap swallowed) is kept beside the text as data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from salon.markdown.cells import cell_len


@dataclass(frozen=True, slots=True)
class Look:
    """How a span looks, in words that every theme can translate; `look()` makes them, one instance per look."""

    role: str = "text"
    background: str = ""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


@lru_cache(maxsize=4096)
def look(
    role: str = "text",
    background: str = "",
    *,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    strike: bool = False,
) -> Look:
    """The shared instance of a `Look`: layouts hold one for thousands of spans."""
    return Look(role, background, bold, italic, underline, strike)


class Span(NamedTuple):
    """Neighbouring cells of one look.

    `decoration` marks what the layout drew and the source does not say (bars, bullets, rules, padding): it is never
    copied. `href` is a link's target as the source wrote it, cleaned but neither checked nor decoded. `source` is what
    is copied in place of the text, where the text is a picture of it (formulas, diagrams); more cells of the same
    picture are decoration.
    """

    text: str
    look: Look
    decoration: bool = False
    href: str = ""
    source: str = ""


class Line(NamedTuple):
    """One row.

    `block` is the index of the leaf in ``Document.blocks`` that it belongs to (-1: none), `wrapped` says that it
    continues the row above, and `joint` is the white space that the wrap between the two swallowed.
    """

    spans: tuple[Span, ...]
    block: int = -1
    wrapped: bool = False
    joint: str = ""

    def plain(self) -> str:
        """The text as it stands in the row, decoration included."""
        return "".join(span.text for span in self.spans)

    def cells(self) -> int:
        """The row's width in terminal cells."""
        return sum(cell_len(span.text) for span in self.spans)


class Lines(Protocol):
    """What the transcript needs of anything that it shows; heights and indices count rows."""

    def update(self, budget: float = ...) -> bool:
        """Do outstanding layout work for about `budget` seconds; True when nothing is left to do."""
        ...

    @property
    def height(self) -> int:
        """How many rows there are so far."""
        ...

    def line(self, index: int) -> Line:
        """The row at `index`, from 0 to ``height - 1``; IndexError beyond."""
        ...

    @property
    def first_changed(self) -> int:
        """The lowest row that may differ since `take_changed` was last called."""
        ...

    def take_changed(self) -> int:
        """Return `first_changed` and set it to `height`, which means that nothing has changed."""
        ...


def copy_text(lines: Iterable[Line]) -> str:
    """The text of `lines` for the clipboard: without decoration, and with soft wraps undone."""
    rows: list[str] = []
    for line in lines:
        text = "".join(span.source or span.text for span in line.spans if not span.decoration)
        if line.wrapped and rows:
            rows[-1] += line.joint + text
        else:
            rows.append(text)
    return "\n".join(row.rstrip() for row in rows)
