"""Rows at rest. A transcript holds many thousand, looks at few, and so keeps them small.

A packed row is its text in one string, and its form: how the text divides into spans. A form is a string too, because a
string is the smallest thing Python has for a few small numbers: the number of the row's `_Head`, and then for each span
its length and the number of its `_Ink`. Decoration is no part of the text; its length is 0, and its number is that of
the whole span. Forms repeat and are shared.
"""

from collections.abc import Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

from salon.markdown.lines import Line, Look, Span


class _Head(NamedTuple):
    """What a row has beside its spans."""

    wrapped: bool
    joint: str


class _Ink(NamedTuple):
    """What a span has beside its text."""

    look: Look
    href: str
    source: str


_Thing = TypeVar("_Thing", bound=Hashable)


class _Numbers(Generic[_Thing]):
    """Things by number, the same thing always under the same."""

    def __init__(self) -> None:
        self._things: list[_Thing] = []
        self._numbers: dict[_Thing, int] = {}

    def __getitem__(self, number: int) -> _Thing:
        return self._things[number]

    def number(self, thing: _Thing) -> int:
        number = self._numbers.setdefault(thing, len(self._things))
        if number == len(self._things):
            self._things.append(thing)
        return number


class Packer:
    """Packs and unpacks the rows of one layout."""

    def __init__(self) -> None:
        self._forms: dict[str, str] = {}
        self._heads = _Numbers[_Head]()
        self._inks = _Numbers[_Ink]()
        self._decorations = _Numbers[Span]()

    def pack(self, line: Line) -> tuple[str, str]:
        """The row's text and form."""
        numbers = [self._heads.number(_Head(line.wrapped, line.joint))]
        texts: list[str] = []
        for span in line.spans:
            if span.decoration:
                numbers += (0, self._decorations.number(span))
            elif span.text:
                texts.append(span.text)
                numbers += (len(span.text), self._inks.number(_Ink(span.look, span.href, span.source)))
        form = "".join(map(chr, numbers))
        return texts[0] if len(texts) == 1 else "".join(texts), self._forms.setdefault(form, form)

    def unpack(self, text: str, form: str, block: int) -> Line:
        """The row again, as one of the leaf `block`."""
        wrapped, joint = self._heads[ord(form[0])]
        spans: list[Span] = []
        position = 0
        for index in range(1, len(form), 2):
            length, number = ord(form[index]), ord(form[index + 1])
            if length:
                look, href, source = self._inks[number]
                spans.append(Span(text[position : position + length], look, False, href, source))
                position += length
            else:
                spans.append(self._decorations[number])
        return Line(tuple(spans), block, wrapped, joint)


class PackedRows:
    """The rows of one block, packed: texts and forms by turns."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: tuple[str, ...] | list[str] = []

    def __len__(self) -> int:
        return len(self._rows) // 2

    def extend(self, lines: Sequence[Line], packer: Packer) -> None:
        """Add rows at the end."""
        rows = list(self._rows) if isinstance(self._rows, tuple) else self._rows
        for line in lines:
            rows += packer.pack(line)
        self._rows = rows

    def freeze(self) -> None:
        """Take no more room than needed, there being no more rows to come."""
        self._rows = tuple(self._rows)

    def line(self, index: int, block: int, packer: Packer) -> Line:
        """The row at `index`, as one of the leaf `block`; `packer` is the one that packed it."""
        return packer.unpack(self._rows[2 * index], self._rows[2 * index + 1], block)
