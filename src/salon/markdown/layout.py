"""The layout of a document at one width: leaf blocks to lines, a little at a time.

Leaves that are complete are laid out once and packed. The open leaf is laid out as far as its content is decided; what
the unfinished last line would add is laid out provisionally on top (the tail) and thrown away at the next update. So
the cost of an update depends on what is new, and what is shown in the end depends on the text alone.

What happens to complete leaves later is in `salon.markdown.later`.
"""

import logging
from array import array
from bisect import bisect_right
from math import inf
from time import perf_counter

from salon.markdown.choices import Choices
from salon.markdown.code import BLOCK_INDENT
from salon.markdown.document import Document
from salon.markdown.flows import FlowMaker
from salon.markdown.frame import Frame
from salon.markdown.inline import References
from salon.markdown.later import LaterLayout
from salon.markdown.leaf import Leaf
from salon.markdown.lines import Line, look
from salon.markdown.packed import PackedRows, Packer
from salon.markdown.pieces import completed
from salon.markdown.sideways import in_view
from salon.markdown.text import Flow, LiteralFlow
from salon.markdown.wrap import Row

_log = logging.getLogger(__name__)
_SLICE = 1024  # characters of content between two looks at the clock
_PARSE_SLICE = 0.002  # seconds of parsing between two layouts


class _OpenBlock:
    """The leaf being laid out: how far its content has been fed to its flow, and the rows that came of it."""

    __slots__ = ("fed", "flow", "frame", "leaf", "missed", "rows")

    def __init__(self, leaf: Leaf, frame: Frame, flow: Flow) -> None:
        self.leaf = leaf
        self.frame = frame
        self.flow = flow
        self.fed = frame.skipped
        self.rows = PackedRows()
        self.missed: set[str] = set()


class MarkdownLines:
    """The lines of `document` in a pane `width` cells wide. Text uses `measure` of them at most, code and tables all.

    Call `update` after the document has changed, again until it returns True. A document may have several layouts.
    """

    def __init__(self, document: Document, width: int, *, measure: int = 100, choices: Choices | None = None) -> None:
        self.document = document
        self.choices = choices or Choices()
        self.width = max(1, width)
        self._references = References()
        self._references.cited = document.cited
        reading = min(self.width, max(1, measure))
        self._maker = FlowMaker(self.width, reading, self._references, document.limits, self.choices)
        self._packer = Packer()
        self._blocks: list[PackedRows] = []  # of the leaves that are complete, and then perhaps of `_open`
        self._complete = 0
        self._open: _OpenBlock | None = None
        self._starts = array("q")  # the first rows of as many blocks as are known to be right
        self._tail: list[Line] = []
        self._tail_leaves: list[Leaf] = []  # what it shows
        self._tail_revision = -1
        self._changed = 0
        self._learned = 0
        self._waiting: dict[str, list[int]] = {}  # label -> the blocks that missed it
        self._later = LaterLayout(document, self._maker, self._packer, self._put)

    @property
    def height(self) -> int:
        """How many rows there are so far."""
        return self._settled_height() + len(self._tail)

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
        line = self._whole_line(index)
        offset = self.choices.moved.get(line.block, 0)
        if not offset and not (self.choices.moved or self.choices.scroll_code):
            return line
        return self._in_view(line, offset) if offset or line.cells() > self.width else line

    def redo(self, index: int) -> None:
        """Lay the leaf at `index` out again: the choices for it are others now."""
        if index < self._complete:
            self._later.enqueue(index, waits=False)
        else:
            self._drop_open()
            self._drop_tail()

    def move(self, index: int, offset: int) -> None:
        """Show the leaf at `index`, which is not wrapped, from another column on."""
        self.choices.moved[index] = offset
        if index < len(self._blocks):
            self._mark_changed(self._start_of(index))

    def update(self, budget: float = inf) -> bool:
        """Lay out what is new, for about `budget` seconds; True if nothing is left to do."""
        deadline = perf_counter() + budget
        while True:
            parsed = self.document.parse(min(deadline, perf_counter() + _PARSE_SLICE) if budget < inf else inf)
            self._learn()
            if not self._lay_out_complete(deadline):
                return False
            if parsed:
                break
            if perf_counter() >= deadline:
                return False
        if self._tail_revision != self.document.revision:
            if not self._lay_out_open(deadline):
                return False
            self._tail_revision = self.document.revision
        if not self._later.work_off(deadline):
            return False
        self._references.missed.clear()
        return True

    # Where rows are.

    def _whole_line(self, index: int) -> Line:
        settled = self._settled_height()
        if index < 0:
            raise IndexError(index)
        if index >= settled:
            return self._tail[index - settled]
        block = bisect_right(self._starts, index) - 1
        return self._blocks[block].line(index - self._starts[block], block, self._packer)

    def _in_view(self, line: Line, offset: int) -> Line:
        leaf = self._leaf_shown(line.block)
        kept = self._maker.reading - Frame(leaf, self._maker.reading).room
        return in_view(line, self.width, kept + (BLOCK_INDENT if leaf.kind == "code" else 0), offset)

    def _leaf_shown(self, index: int) -> Leaf:
        """What the rows of the leaf at `index` were made of: the text may have gone on since, and made it another."""
        if index < self._complete:
            return self.document.leaves[index]
        if self._open is not None and index == self._complete:
            return self._open.leaf
        return self._tail_leaves[index - self._complete]

    def _settled_height(self) -> int:
        starts, blocks = self._starts, self._blocks
        if not blocks:
            return 0
        while len(starts) < len(blocks):
            starts.append(starts[-1] + len(blocks[len(starts) - 1]) if starts else 0)
        return starts[-1] + len(blocks[-1])

    def _mark_changed(self, row: int) -> None:
        self._changed = min(self._changed, row)

    def _start_of(self, index: int) -> int:
        self._settled_height()
        return self._starts[index]

    # New content.

    def _learn(self) -> None:
        """Note new definitions, and have the leaves laid out again that asked for them."""
        definitions = self.document.definitions
        while self._learned < len(definitions):
            definition = definitions[self._learned]
            self._learned += 1
            if self._references.define(definition):
                for index in self._waiting.pop(definition.label, ()):
                    self._later.enqueue(index)

    def _lay_out_complete(self, deadline: float) -> bool:
        leaves = self.document.leaves
        while self._complete < len(leaves):
            block = self._block(leaves[self._complete])
            if not self._advance(block, deadline):
                return False
            self._settle(block)
            if perf_counter() >= deadline:
                return False
        return True

    def _lay_out_open(self, deadline: float) -> bool:
        """Lay out the open leaf's content, and on top of it what the unfinished line would make."""
        preview = self.document.preview()
        open_leaf = self.document.open_leaf
        if open_leaf is not None and preview and preview[0].base is open_leaf:
            if not self._advance(self._block(open_leaf), deadline):
                return False
        else:
            self._drop_open()
        tail: list[Line] = []
        for index, leaf in enumerate(preview, start=self._complete):
            tail += self._provisional(leaf, index)
        settled = self._settled_height()
        same = 0
        while same < min(len(tail), len(self._tail)) and tail[same] == self._tail[same]:
            same += 1
        if same < max(len(tail), len(self._tail)):
            self._mark_changed(settled + same)
        self._tail, self._tail_leaves = tail, preview
        return True

    def _block(self, leaf: Leaf) -> _OpenBlock:
        """The block of the first leaf that is not complete; it starts anew if another leaf has taken the place."""
        if self._open is not None and self._open.leaf is leaf:
            return self._open
        self._drop_open()
        self._drop_tail()
        frame = Frame(leaf, self._maker.reading)
        highlight = not (leaf.closed and self._maker.lexed_whole(leaf))
        self._open = _OpenBlock(leaf, frame, self._maker.flow(leaf, frame, self._complete, highlight=highlight))
        self._blocks.append(self._open.rows)
        return self._open

    def _drop_open(self) -> None:
        if self._open is not None:
            self._mark_changed(self._start_of(self._complete))
            del self._blocks[self._complete :], self._starts[self._complete :]
            self._open = None

    def _drop_tail(self) -> None:
        if self._tail:
            self._mark_changed(self._settled_height())
            self._tail, self._tail_leaves = [], []
        self._tail_revision = -1

    def _advance(self, block: _OpenBlock, deadline: float) -> bool:
        """Feed the block what it has not seen; False if the deadline came first."""
        leaf = block.leaf
        while block.fed < leaf.size:
            end = min(block.fed + _SLICE, leaf.size)
            part = leaf.slice(block.fed, end) if leaf.closed else leaf.text_from(block.fed)[:_SLICE]
            self._grow(block, part)
            if block.fed < leaf.size and perf_counter() >= deadline:
                return False
        if leaf.closed:
            self._grow(block, None)
        elif block.flow.rows:
            self._grow(block, "")  # rows that come before any content
        return True

    def _grow(self, block: _OpenBlock, part: str | None) -> None:
        """Feed `part` to the block's flow (None: finish), or give up on its kind and show it as plain text."""
        self._drop_tail()
        self._mark_changed(self._settled_height())
        self._references.missed.clear()
        try:
            if part is None:
                block.flow.finish()
            else:
                block.flow.feed(part)
        except Exception:  # noqa: BLE001 - whatever a text brings out in a parser, it must not cost the session: shown plain
            _log.exception("a %s cannot be laid out", block.leaf.kind)
            self._make_plain(block)
        block.missed |= self._references.missed
        block.fed += len(part or "")
        block.rows.extend(block.frame.lines(block.flow.rows, self._complete), self._packer)
        block.flow.rows = []
        if part is None and not block.frame.begun:
            block.rows.extend(block.frame.lines([Row(())], self._complete), self._packer)

    def _make_plain(self, block: _OpenBlock) -> None:
        block.frame = Frame(block.leaf, self._maker.reading)
        block.flow = LiteralFlow(block.frame.room, look())
        block.rows = self._blocks[self._complete] = PackedRows()
        self._mark_changed(self._start_of(self._complete))
        block.flow.feed(block.leaf.text)
        if block.leaf.closed:
            block.flow.finish()

    def _settle(self, block: _OpenBlock) -> None:
        """The open block is complete: keep its rows, and note what may happen to them later."""
        index = self._complete
        self._complete, self._open = index + 1, None
        block.rows.freeze(self._packer)
        late = False
        for label in block.missed:
            self._waiting.setdefault(label, []).append(index)
            late = late or self._references.get(label) is not None
        if late or self._maker.laid_out_again(block.leaf, index):
            self._later.enqueue(index)

    def _provisional(self, leaf: Leaf, index: int) -> list[Line]:
        """The lines of a leaf of the preview; of one that goes on with the open leaf, those that come after its own."""
        try:
            block, text = self._open, leaf.own_text
            if block is not None and leaf.base is block.leaf:
                frame, flow = block.frame.fork(), block.flow.fork()
            else:
                frame = Frame(leaf, self._maker.reading)
                flow = self._maker.flow(leaf, frame, index, highlight=True)
                text = leaf.text[frame.skipped :]
            flow.feed(_completed_line(text) if leaf.kind in {"paragraph", "heading"} else text)
            flow.finish()
            return frame.lines(flow.rows if flow.rows or frame.begun else [Row(())], index)
        except Exception:  # noqa: BLE001 - as in `_grow`: a preview that fails is shown plain
            _log.exception("a %s cannot be laid out", leaf.kind)
            frame = Frame(leaf, self._maker.reading)
            plain = LiteralFlow(frame.room, look())
            plain.feed(leaf.own_text)
            plain.finish()
            return frame.lines(plain.rows, index)

    def _put(self, index: int, rows: PackedRows) -> None:
        self._mark_changed(self._start_of(index))
        if len(rows) != len(self._blocks[index]):
            del self._starts[index + 1 :]
        self._blocks[index] = rows


def _completed_line(text: str) -> str:
    before, newline, line = text.rpartition("\n")
    return before + newline + completed(line)
