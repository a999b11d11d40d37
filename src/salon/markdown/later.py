"""What happens to leaves after they are complete, in small steps, when there is nothing more urgent.

Code is coloured by lexing the whole block, a diagram is drawn, and a leaf that refers to a label is laid out again once
that is defined. The new rows of a leaf take the place of the old ones all at once.
"""

import logging
from collections.abc import Callable, Iterator
from time import perf_counter

from salon.markdown.code import highlighted_rows
from salon.markdown.document import Document
from salon.markdown.flows import FlowMaker
from salon.markdown.frame import Frame
from salon.markdown.highlight import language, lexer_for
from salon.markdown.leaf import Leaf
from salon.markdown.packed import PackedRows, Packer
from salon.markdown.text import Flow
from salon.markdown.wrap import Row

_log = logging.getLogger(__name__)
_SLICE = 1024  # characters of content between two looks at the clock


class LaterLayout:
    """A queue of leaves to be laid out again; `put` is told the index of each, and its rows."""

    def __init__(
        self, document: Document, maker: FlowMaker, packer: Packer, put: Callable[[int, PackedRows], None]
    ) -> None:
        self._document = document
        self._maker = maker
        self._packer = packer
        self._put = put
        self._queue: dict[int, bool] = {}  # in order, each leaf once, with whether it may have to wait
        self._job: tuple[int, PackedRows, Iterator[None]] | None = None

    def enqueue(self, index: int, *, waits: bool = True) -> None:
        """Have the leaf at `index` laid out again; a large one waits for the document's end, unless told not to."""
        self._queue[index] = waits and self._queue.get(index, True)

    def work_off(self, deadline: float) -> bool:
        """Go on until `deadline` (of ``perf_counter``); True if all is done that can be done yet."""
        while self._job is not None or self._begin():
            if self._job is not None and not self._go_on(*self._job, deadline):
                return False
        return True

    def _begin(self) -> bool:
        """Begin with the first leaf that need not wait; False if there is none."""
        limits, leaves = self._document.limits, self._document.leaves
        for index, waits in self._queue.items():
            if not waits or leaves[index].size <= limits.prompt_redo or self._document.finished:
                del self._queue[index]
                rows = PackedRows()
                self._job = (index, rows, self._steps(leaves[index], index, rows))
                return True
        return False

    def _go_on(self, index: int, rows: PackedRows, steps: Iterator[None], deadline: float) -> bool:
        try:
            for _ in steps:
                if perf_counter() >= deadline:
                    return False
        except Exception:  # noqa: BLE001 - a text that its parser cannot stand must not cost the session: it stays as it is
            _log.exception("a %s cannot be laid out again", self._document.leaves[index].kind)
        else:
            rows.freeze(self._packer)
            self._put(index, rows)
        self._job = None
        return True

    def _steps(self, leaf: Leaf, index: int, rows: PackedRows) -> Iterator[None]:
        frame = Frame(leaf, self._maker.reading)
        if self._maker.is_diagram(leaf, index):
            drawn: list[Row] = []
            yield from self._maker.diagram_rows(leaf, frame, index, drawn)
            if drawn:
                rows.extend(frame.lines(drawn, index), self._packer)
                return
        lexer = lexer_for(language(leaf.info)) if self._maker.lexed_whole(leaf) else None
        if lexer is not None:
            code = self._maker.code_flow(leaf, frame, index, highlight=False)
            flow: Flow = code
            steps = highlighted_rows(code, leaf.text, lexer)
        else:
            flow = self._maker.flow(leaf, frame, index, highlight=True)
            steps = _fed(flow, leaf, frame.skipped)
        for _ in steps:
            rows.extend(frame.lines(flow.rows, index), self._packer)
            flow.rows = []
            yield
        rows.extend(frame.lines(flow.rows if flow.rows or frame.begun else [Row(())], index), self._packer)


def _fed(flow: Flow, leaf: Leaf, begin: int) -> Iterator[None]:
    for start in range(begin, leaf.size, _SLICE):
        flow.feed(leaf.slice(start, start + _SLICE))
        yield
    flow.finish()
