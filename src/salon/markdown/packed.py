"""Rows at rest. A transcript holds many thousand, looks at few, and so keeps them small.

A packed row is its text in one string, and its form: how the text divides into spans. Forms repeat and are shared.
"""

from collections.abc import Sequence
from typing import NamedTuple

from salon.markdown.lines import Line, Look, Span


class Ink(NamedTuple):
    """What the spans of a form have beside their length."""

    look: Look
    href: str


Form = tuple[bool, str, tuple[int | Ink | Span, ...]]
"""Whether the row is wrapped, its joint, and its spans: each a length and an ink, or decoration as it is."""


class Packer:
    """Packs rows for one layout, sharing what repeats."""

    def __init__(self) -> None:
        self._forms: dict[Form, Form] = {}
        self._parts: dict[Ink | Span, Ink | Span] = {}

    def pack(self, line: Line) -> tuple[str, Form]:
        """The row's text and form."""
        parts: list[int | Ink | Span] = []
        texts: list[str] = []
        for span in line.spans:
            if span.decoration:
                parts.append(self._parts.setdefault(span, span))
            else:
                ink = Ink(span.look, span.href)
                texts.append(span.text)
                parts += (len(span.text), self._parts.setdefault(ink, ink))
        form: Form = (line.wrapped, line.joint, tuple(parts))
        return texts[0] if len(texts) == 1 else "".join(texts), self._forms.setdefault(form, form)


def unpack(text: str, form: Form, block: int) -> Line:
    """The row again."""
    wrapped, joint, parts = form
    spans: list[Span] = []
    position = 0
    length = 0
    for part in parts:
        if isinstance(part, int):
            length = part
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans.append(Span(text[position : position + length], part.look, False, part.href))
            position += length
    return Line(tuple(spans), block, wrapped, joint)


class PackedRows:
    """The rows of one block, packed."""

    __slots__ = ("_forms", "_texts")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._forms: list[Form] = []

    def __len__(self) -> int:
        return len(self._texts)

    def extend(self, lines: Sequence[Line], packer: Packer) -> None:
        """Add rows at the end."""
        for line in lines:
            text, form = packer.pack(line)
            self._texts.append(text)
            self._forms.append(form)

    def line(self, index: int, block: int) -> Line:
        """The row at `index`, as one of the leaf `block`."""
        return unpack(self._texts[index], self._forms[index], block)
