"""Literal text as lines: thinking, tool output, anything that is not Markdown."""

from math import inf
from time import perf_counter

from salon.markdown.cells import cell_len
from salon.markdown.lines import Line, Look, Span
from salon.markdown.packed import PackedRows, Packer
from salon.markdown.text import LiteralFlow

_SLICE = 4096


class PlainLines:
    """`text` wrapped by words in a pane `width` cells wide, `measure` of them at most; `append` adds to it.

    `prefix` stands before every row, inside the width.
    """

    def __init__(self, text: str, width: int, *, look: Look, measure: int = 100, prefix: tuple[Span, ...] = ()) -> None:
        self._prefix = tuple(span._replace(decoration=True) for span in prefix)
        room = min(width, measure) - sum(cell_len(span.text) for span in prefix)
        self._flow = LiteralFlow(max(1, room), look)
        self._packer = Packer()
        self._rows = PackedRows()
        self._tail: list[Line] = []
        self._incoming = [text] if text else []
        self._changed = 0

    def append(self, text: str) -> None:
        """Add text at the end; `update` lays it out."""
        if text:
            self._incoming.append(text)

    @property
    def height(self) -> int:
        """How many rows there are so far."""
        return len(self._rows) + len(self._tail)

    @property
    def first_changed(self) -> int:
        """The lowest row that may differ since `take_changed` was last called."""
        return min(self._changed, self.height)

    def take_changed(self) -> int:
        """Return `first_changed` and set it to `height`, which means that nothing has changed."""
        changed, self._changed = self.first_changed, self.height
        return changed

    def line(self, index: int) -> Line:
        """The row at `index`; IndexError beyond ``height - 1``."""
        if index < 0:
            raise IndexError(index)
        if index < len(self._rows):
            return self._rows.line(index, -1, self._packer)
        return self._tail[index - len(self._rows)]

    def update(self, budget: float = inf) -> bool:
        """Lay out what is new, for about `budget` seconds; True if nothing is left to do."""
        if not self._incoming:
            return True
        deadline = perf_counter() + budget
        self._changed = min(self._changed, len(self._rows))
        text = "".join(self._incoming)
        position = 0
        while position < len(text):
            self._flow.feed(text[position : position + _SLICE])
            position += _SLICE
            self._rows.extend(self._framed(self._flow), self._packer)
            self._flow.rows = []
            if perf_counter() >= deadline:
                break
        rest = text[position:]
        self._incoming = [rest] if rest else []
        provisional = self._flow.fork()
        provisional.finish()
        self._tail = self._framed(provisional)
        return not rest

    def _framed(self, flow: LiteralFlow) -> list[Line]:
        return [Line(self._prefix + row.spans, -1, row.wrapped, row.joint) for row in flow.rows]
