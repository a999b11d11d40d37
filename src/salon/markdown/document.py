"""A document that is written while it is read: source text in, leaf blocks out."""

from collections.abc import Sequence
from math import inf
from time import perf_counter
from typing import overload

from salon.markdown.blocks import BlockParser
from salon.markdown.citations import without_marks
from salon.markdown.definitions import Definition
from salon.markdown.holding import is_held_back
from salon.markdown.leaf import Leaf
from salon.markdown.limits import DEFAULT_LIMITS, Limits
from salon.markdown.sourcetext import SourceText


class Document:
    """The text of one answer, growing at its end.

    `append` only takes note of the text; the work is done by `parse`, which every layout of the document calls within
    its own budget. Lines are split at ``\\n``. What a line means is decided once it is complete; until then `preview`
    tells what it would mean.
    """

    def __init__(
        self, text: str = "", *, limits: Limits = DEFAULT_LIMITS, definitions: Sequence[Definition] = ()
    ) -> None:
        """`definitions` are link targets that stand elsewhere and hold here, too."""
        self.limits = limits
        self._lent = list(definitions)
        self.cited: dict[int, str] = {}
        """Where the marks of citations lead, by their numbers."""
        self.finished = False
        self.revision = 0
        self._parser = BlockParser(limits)
        self._source = SourceText(text)
        self._borrowed = 0  # so many leaves have been asked whether they are as they stand in the source
        self._incoming = [text] if text else []
        self._rest = ""  # taken from `_incoming`, parsed up to `_position`
        self._position = 0
        self._offset = 0  # of `_position` in the source
        self._in_long_line = False
        self._closed = False
        self._preview: tuple[int, list[Leaf]] = (-1, [])

    def append(self, text: str) -> None:
        """Add text at the end; ValueError once the document is finished."""
        if self.finished:
            raise ValueError("a finished document does not grow")
        if text:
            self._source.append(text)
            self._incoming.append(text)
            self.revision += 1

    def finish(self) -> None:
        """Declare the text complete."""
        if not self.finished:
            self.finished = True
            self.revision += 1

    @property
    def source(self) -> str:
        """The whole text."""
        return self._source.whole()

    @property
    def blocks(self) -> Sequence[Leaf]:
        """All leaves so far; those after ``len(leaves)`` may still become something else. `Line.block` is an index."""
        self.parse()
        return _Joined(self._parser.leaves, self.preview())

    @property
    def leaves(self) -> Sequence[Leaf]:
        """The leaves that are decided and complete, as far as parsed."""
        return self._parser.leaves

    @property
    def open_leaf(self) -> Leaf | None:
        """The leaf that the complete lines have left open."""
        return self._parser.leaf

    @property
    def definitions(self) -> Sequence[Definition]:
        """Link reference definitions in the order of the text; of several for a label the first counts."""
        return [*self._lent, *self._parser.definitions] if self._lent else self._parser.definitions

    def parse(self, deadline: float = inf) -> bool:
        """Parse what has been appended, at least a little, and until `deadline` (of ``perf_counter``).

        True if all complete lines have been parsed.
        """
        if self._incoming:
            self._rest = self._rest[self._position :] + "".join(self._incoming)
            self._position = 0
            self._incoming.clear()
        while self._parse_line():
            self._borrow()
            if perf_counter() >= deadline:
                return False
        if self.finished and not self._closed:
            self._finish_line()
            self._parser.close()
            self._closed = True
            self._rest, self._position = "", 0  # of a streamed text it would be a second copy
            self._borrow()
            self._source.whole()
        return True

    def preview(self) -> list[Leaf]:
        """What follows `leaves` if the text ended here. The first of them may have the open leaf as its base."""
        if self._closed:
            return []
        revision, leaves = self._preview
        if revision != self.revision:
            partial = self._rest[self._position :]
            if not self._in_long_line and is_held_back(partial, self._parser.leaf):
                partial = ""
            leaves = self._parser.preview(partial, self._offset, in_long_line=self._in_long_line)
            self._preview = (self.revision, leaves)
        return leaves

    def _borrow(self) -> None:
        """Have the leaves that are complete keep no copy of the source."""
        leaves = self._parser.leaves
        while self._borrowed < len(leaves):
            leaves[self._borrowed].borrow(self._source)
            self._borrowed += 1

    def _parse_line(self) -> bool:
        """Parse the next line, or the next part of a long one; False if none is complete."""
        limit = self.limits.long_line
        text, position = self._rest, self._position
        end = text.find("\n", position, position + limit + 1)
        if end != -1:
            line = text[position:end]
            if self._in_long_line:
                self._parser.extend_long_line(line)
                self._parser.end_long_line()
                self._in_long_line = False
            else:
                self._parser.line(line, self._offset)
            self._move(len(line) + 1)
            return True
        if self._in_long_line:
            part = text[position : position + limit]
            self._parser.extend_long_line(part)
            self._move(len(part))
            return bool(part)
        if len(text) - position > limit:
            self._parser.begin_long_line(text[position : position + limit], self._offset)
            self._in_long_line = True
            self._move(limit)
            return True
        return False

    def _finish_line(self) -> None:
        if self._in_long_line:
            self._parser.end_long_line()
            self._in_long_line = False
        elif self._position < len(self._rest):
            self._parser.line(self._rest[self._position :], self._offset)
        self._move(len(self._rest) - self._position)

    def _move(self, count: int) -> None:
        self._position += count
        self._offset += count


class _Joined(Sequence[Leaf]):
    """Two lists, read as one."""

    def __init__(self, first: Sequence[Leaf], second: Sequence[Leaf]) -> None:
        self._first, self._second = first, second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    @overload
    def __getitem__(self, index: int) -> Leaf: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Leaf]: ...
    def __getitem__(self, index: int | slice) -> Leaf | Sequence[Leaf]:
        if isinstance(index, slice):
            return [*self._first, *self._second][index]
        position = index + len(self) if index < 0 else index
        size = len(self._first)
        return self._first[position] if 0 <= position < size else self._second[position - size]


def block_source(document: Document, index: int) -> str:
    """The lines of the source that the leaf at `index` stands in, containers' marks included."""
    leaf = document.blocks[index]
    return without_marks(document.source[leaf.start : leaf.end])


def raw_code(leaf: Leaf) -> str:
    """A code block's text as written, without fences and indentation, for "copy code"; of other leaves the content."""
    return without_marks(leaf.text).removesuffix("\n")
