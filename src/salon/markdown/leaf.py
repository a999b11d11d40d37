"""The parser's product: a flat list of leaf blocks, each knowing the containers it stands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from salon.markdown.sourcetext import SourceText

_LONGEST_FIRST_LINE = 512

Kind = Literal["paragraph", "heading", "code", "math", "html", "rule", "table", "alert", "term", "empty"]


@dataclass(frozen=True, slots=True, eq=False)
class Quote:
    """A block quote; two are the same only if they are one object. An alert is a quote of that kind."""

    alert: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A list: what its items have in common. `marker` is ``-``, ``+``, ``*``, ``.`` or ``)``.

    Definitions of a term are a list too (``:``), and so are footnotes (``^``).
    """

    marker: str


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An item of a list: its number (None: none) and the columns by which its source sets its content in.

    `label` is a footnote's.
    """

    series: Series
    ordinal: int | None
    hang: int
    label: str = ""


Container = Quote | Item


class Leaf:
    """One leaf block. Its content only ever grows at the end, until it is closed.

    `containers` are those it stands in, outermost first; the leaf is the first in those from index `fresh` on.
    `gap_before` asks for an empty row above. `start` and `end` are offsets in the document's source: from the beginning
    of its first line to the end of its last, without the newline. `level` is a heading's, `info` a fence's info string
    (None: code that is indented). Content is the text without the containers' marks: paragraphs join their lines with
    newlines, code, formulas (their marks included) and HTML end each line with one, and so do tables, whose first two
    lines are header and delimiters. An alert's label has its kind as content. `ended` says that a fence has been closed
    by its own mark, and not by what follows.

    A leaf with a `base` is a preview: the base's content, and then its own.
    """

    __slots__ = (
        "_at",
        "_content",
        "base",
        "closed",
        "containers",
        "end",
        "ended",
        "fresh",
        "gap_before",
        "info",
        "kind",
        "level",
        "size",
        "start",
    )

    def __init__(
        self,
        kind: Kind,
        containers: tuple[Container, ...],
        fresh: int,
        gap_before: bool,
        start: int,
        *,
        text: str = "",
        level: int = 0,
        info: str | None = None,
    ) -> None:
        self.kind: Kind = kind
        self.containers = containers
        self.fresh = fresh
        self.gap_before = gap_before
        self.start = start
        self.end = start
        self.level = level
        self.info = info
        self.base: Leaf | None = None
        self.closed = False
        self.ended = False
        self.size = len(text)
        # A string once closed. If it stands in the document's source as it is, it is that, and begins at `_at` there.
        self._content: str | list[str] | SourceText = [text] if text else []
        self._at = -1

    def __repr__(self) -> str:
        return f"Leaf({self.kind!r}, {self.text!r}, containers={self.containers!r})"

    @property
    def first_in_item(self) -> bool:
        """Whether the leaf opens the item it stands in, and so carries its marker."""
        return self.fresh < len(self.containers) and isinstance(self.containers[-1], Item)

    @property
    def text(self) -> str:
        """The whole content."""
        return self.own_text if self.base is None else self.base.text + self.own_text

    @property
    def own_text(self) -> str:
        """The content without the base's."""
        if isinstance(self._content, SourceText):
            return self.slice(0, self.size)
        return self._content if isinstance(self._content, str) else "".join(self._content)

    def text_from(self, offset: int) -> str:
        """The content after its first `offset` characters, at a cost that depends on what is after them."""
        wanted = self.size - offset
        newest: list[str] = []
        for chunk in reversed(self._chunks()):
            if wanted <= 0:
                break
            newest.append(chunk if len(chunk) <= wanted else chunk[len(chunk) - wanted :])
            wanted -= len(chunk)
        newest.reverse()
        return "".join(newest)

    def slice(self, start: int, end: int) -> str:
        """A part of a closed leaf's content; of an open one's at least what its first line has of that part."""
        if isinstance(self._content, SourceText):
            return self._content.slice(self._at + start, self._at + min(end, self.size))
        chunks = self._chunks()
        return chunks[0][start:end] if chunks else ""

    def add(self, text: str) -> None:
        """Append to the content."""
        chunks = self._chunks()
        chunks.append(text)
        self._content = chunks
        self.size += len(text)

    def extended(self) -> "Leaf":
        """An empty preview on top of this leaf."""
        preview = self.replaced(self.kind, "")
        preview.level, preview.info, preview.base = self.level, self.info, self
        return preview

    def replaced(self, kind: Kind, text: str) -> "Leaf":
        """What this leaf turns out to be instead, in the same place."""
        leaf = Leaf(kind, self.containers, self.fresh, self.gap_before, self.start, text=text)
        leaf.end = self.end
        return leaf

    def close(self) -> None:
        """Declare the content complete, and keep it as one string."""
        self.closed = True
        self._content = self.own_text

    def borrow(self, source: SourceText) -> None:
        """Keep no copy of the content if it stands in `source` as it is.

        It is looked for at the leaf's end, and after the first line of a fence. Without that a document of short
        leaves would be in memory twice.
        """
        if not self.closed or self._at >= 0 or not self.size:
            return
        text = self.own_text
        first_line = source.slice(self.start, min(self.end, self.start + _LONGEST_FIRST_LINE)).find("\n")
        for place in (self.end - self.size, self.start + first_line + 1):
            if place >= 0 and source.slice(place, place + self.size) == text:
                self._content, self._at = source, place
                return

    def _chunks(self) -> list[str]:
        return self._content if isinstance(self._content, list) else [self.own_text]


def common_depth(some: Sequence[Container], others: Sequence[Container]) -> int:
    """How many containers two leaves share, from the outermost on."""
    depth = 0
    for one, other in zip(some, others, strict=False):
        if one is not other:
            break
        depth += 1
    return depth
