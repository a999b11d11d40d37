"""Rows at rest. A transcript holds many thousand, looks at few, and so keeps them small.

What a Python object costs by itself is as much as the text of a row, so rows are kept by the dozen: the texts of
`CHUNK` neighbours in one run of UTF-8, and their forms, which say how to divide it, in one string, because a string is
the smallest thing Python has for a few small numbers. A row's form is:

* the number of its `_Head`, how many bytes of text it has, and how many numbers follow for its spans
* for each span the characters of its text and the number of its `_Ink`; where the ink says that the span has a target
  or a source, how many characters these have, which follow in the text
* for a span that stands in many rows (bars, bullets, indents) 0 and its number among those
"""

from collections.abc import Hashable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from salon.markdown.lines import Line, Look, Span

CHUNK: Final = 16
_SHORT = 4  # characters of a decoration that is likely to come again
_LONGEST = 100_000  # characters that are kept apart; more than a form can count is over a million
_HEADER = 3
_FORMS_REMEMBERED = 256
_ENCODING: Final = "utf-8"
_ERRORS: Final = "surrogatepass"


class _Head(NamedTuple):
    """What a row has beside its spans."""

    wrapped: bool
    joint: str


class _Ink(NamedTuple):
    """What a span has beside its text; `refers` to a target or a source."""

    look: Look
    decoration: bool
    refers: bool


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
        self._heads = _Numbers[_Head]()
        self._inks = _Numbers[_Ink]()
        self._spans = _Numbers[Span]()
        self._forms: dict[str, str] = {}

    def pack(self, line: Line) -> tuple[bytes, str]:
        """The row's text and form."""
        numbers: list[int] = []
        texts: list[str] = []
        for span in line.spans:
            if _comes_again(span):
                numbers += (0, self._spans.number(span))
            elif span.text:
                refers = bool(span.href or span.source)
                texts.append(span.text)
                numbers += (len(span.text), self._inks.number(_Ink(span.look, span.decoration, refers)))
                if refers:
                    texts += (span.href, span.source)
                    numbers += (len(span.href), len(span.source))
        text = (texts[0] if len(texts) == 1 else "".join(texts)).encode(_ENCODING, _ERRORS)
        header = (self._heads.number(_Head(line.wrapped, line.joint)), len(text), len(numbers))
        return text, "".join(map(chr, (*header, *numbers)))

    def shared(self, forms: str) -> str:
        """The same forms, once for blocks that are alike; of few are they remembered, since most are not."""
        if len(self._forms) >= _FORMS_REMEMBERED:
            self._forms.clear()
        return self._forms.setdefault(forms, forms)

    def unpack(self, packed: bytes, form: str, block: int) -> Line:
        """The row again, as one of the leaf `block`."""
        text = packed.decode(_ENCODING, _ERRORS)
        numbers = list(map(ord, form))
        spans: list[Span] = []
        position, at = 0, _HEADER
        while at < len(numbers):
            length, number = numbers[at], numbers[at + 1]
            at += 2
            if not length:
                spans.append(self._spans[number])
                continue
            look, decoration, refers = self._inks[number]
            shown, position = text[position : position + length], position + length
            href = source = ""
            if refers:
                middle = position + numbers[at]
                href, source = text[position:middle], text[middle : middle + numbers[at + 1]]
                position = middle + numbers[at + 1]
                at += 2
            spans.append(Span(shown, look, decoration, href, source))
        wrapped, joint = self._heads[numbers[0]]
        return Line(tuple(spans), block, wrapped, joint)


def _comes_again(span: Span) -> bool:
    """Whether a span is kept once for all rows that have it; one that is too long to be counted is kept so, too."""
    text = span.text
    if span.decoration and not span.href and not span.source:
        return len(text) <= _SHORT or text == text[0] * len(text)
    return bool(text) and max(len(text), len(span.href), len(span.source)) > _LONGEST


class PackedRows:
    """The rows of one block, packed."""

    __slots__ = ("_chunks", "_height", "_pending")

    def __init__(self) -> None:
        self._chunks: tuple[bytes | str, ...] | list[bytes | str] = []  # texts and forms by turns
        self._pending: list[tuple[bytes, str]] | None = []  # of the last chunk, while more may come
        self._height = 0

    def __len__(self) -> int:
        return self._height

    def extend(self, lines: Sequence[Line], packer: Packer) -> None:
        """Add rows at the end; not after `freeze`."""
        if self._pending is None:
            raise ValueError("frozen rows do not grow")
        for line in lines:
            if len(self._pending) == CHUNK:
                self._close_chunk(self._pending, packer)
            self._pending.append(packer.pack(line))
        self._height += len(lines)

    def freeze(self, packer: Packer) -> None:
        """Take no more room than needed, there being no more rows to come."""
        if self._pending:
            self._close_chunk(self._pending, packer)
        self._pending = None
        self._chunks = tuple(self._chunks)

    def line(self, index: int, block: int, packer: Packer) -> Line:
        """The row at `index`, as one of the leaf `block`; `packer` is the one that packed it."""
        if not 0 <= index < self._height:
            raise IndexError(index)
        chunk, row = divmod(index, CHUNK)
        if 2 * chunk == len(self._chunks) and self._pending:
            text, form = self._pending[row]
            return packer.unpack(text, form, block)
        texts, forms = self._chunks[2 * chunk], self._chunks[2 * chunk + 1]
        assert isinstance(texts, bytes)
        assert isinstance(forms, str)
        position = at = 0
        for _ in range(row):
            position += ord(forms[at + 1])
            at += _HEADER + ord(forms[at + 2])
        end = at + _HEADER + ord(forms[at + 2])
        return packer.unpack(texts[position : position + ord(forms[at + 1])], forms[at:end], block)

    def _close_chunk(self, rows: list[tuple[bytes, str]], packer: Packer) -> None:
        forms = packer.shared("".join([form for _, form in rows]))
        if isinstance(self._chunks, list):
            self._chunks += (b"".join([text for text, _ in rows]), forms)
        rows.clear()
