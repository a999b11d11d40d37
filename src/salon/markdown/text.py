"""Flows of text: paragraphs and headings piece by piece, and literal text line by line."""

from collections.abc import Iterator
from typing import Protocol, Self

from salon.markdown.citations import without_sign
from salon.markdown.formulas import is_displayed
from salon.markdown.inline import References, inline_spans
from salon.markdown.limits import Limits
from salon.markdown.lines import Look, Span
from salon.markdown.pictures import displayed_formula
from salon.markdown.pieces import find_cut
from salon.markdown.wrap import Row, WordWrapper


class Flow(Protocol):
    """Lays out the content of one leaf, which it is fed in order, in parts of any size.

    Finished rows gather in `rows`, from which the owner takes them. `fork` gives a flow that goes on from the same
    place, without `rows` and without disturbing this one.
    """

    rows: list[Row]

    def feed(self, text: str) -> None:
        """Take more content."""
        ...

    def finish(self) -> None:
        """There is no more content."""
        ...

    def fork(self) -> "Flow":
        """A flow that goes its own way from here."""
        ...


class TextFlow:
    """A paragraph or a heading: inline Markdown, wrapped by words."""

    def __init__(self, width: int, base: Look, references: References, limits: Limits) -> None:
        self._wrapper = WordWrapper(width)
        self._base = base
        self._references = references
        self._limits = limits
        self._pending = ""
        self._after_display = False  # what follows begins a line without saying so

    @property
    def rows(self) -> list[Row]:
        """The finished rows."""
        return self._wrapper.rows

    @rows.setter
    def rows(self, rows: list[Row]) -> None:
        self._wrapper.rows = rows

    def feed(self, text: str) -> None:
        """Take more content, and lay out the pieces that are complete."""
        self._pending += text
        while cut := find_cut(self._pending, self._limits):
            self._lay_out(self._pending[:cut])
            self._pending = self._pending[cut:]

    def finish(self) -> None:
        """Lay out what is left."""
        self._lay_out(self._pending)
        self._pending = ""
        self._wrapper.finish()

    def fork(self) -> "TextFlow":
        """A flow that goes its own way from here."""
        other = TextFlow(self._wrapper.width, self._base, self._references, self._limits)
        other._wrapper = self._wrapper.fork()
        other._pending, other._after_display = self._pending, self._after_display
        return other

    def _lay_out(self, text: str) -> None:
        for span in inline_spans(text, self._base, self._references):
            if is_displayed(span.source):
                self._display(span)
            elif span.text == "\n":
                if not self._after_display:
                    self._wrapper.end_line()
                self._after_display = False
            elif rest := span.text.lstrip(" ") if self._after_display else span.text:
                self._wrapper.feed(span._replace(text=rest))
                self._after_display = False

    def _display(self, span: Span) -> None:
        """A formula on rows of its own, within the paragraph."""
        self._wrapper.break_line()
        drawn = displayed_formula(span.source[2:-2], span.source, self._wrapper.width)
        if drawn is None:
            self._wrapper.feed(span)
            self._wrapper.break_line()
        else:
            self._wrapper.rows += drawn
        self._after_display = True


class LineSplitter:
    """Cuts growing text into lines, and long lines into blocks of one size, wherever the text was cut before."""

    def __init__(self, block: int) -> None:
        self._block = block
        self._rest = ""
        self._in_long_line = False

    def feed(self, text: str) -> Iterator[tuple[str, bool, bool]]:
        """Parts of lines, with whether each is a whole line's beginning, and whether it is its end."""
        rest = self._rest + text
        position = 0
        while True:
            end = rest.find("\n", position, position + self._block + 1)
            if end != -1:
                yield rest[position:end], not self._in_long_line, True
                self._in_long_line = False
                position = end + 1
            elif len(rest) - position > self._block:
                yield rest[position : position + self._block], not self._in_long_line, False
                self._in_long_line = True
                position += self._block
            else:
                break
        self._rest = rest[position:]

    def finish(self) -> Iterator[tuple[str, bool, bool]]:
        """The last line, if it has begun without a newline."""
        if self._rest or self._in_long_line:
            yield self._rest, not self._in_long_line, True
        self._rest, self._in_long_line = "", False

    def fork(self) -> "LineSplitter":
        """A splitter that goes its own way from here."""
        other = LineSplitter(self._block)
        other._rest, other._in_long_line = self._rest, self._in_long_line
        return other


class LiteralFlow:
    """Text that means nothing but itself, wrapped by words."""

    _BLOCK = 512

    def __init__(self, width: int, base: Look) -> None:
        self._wrapper = WordWrapper(width)
        self._base = base
        self._splitter = LineSplitter(self._BLOCK)

    @property
    def rows(self) -> list[Row]:
        """The finished rows."""
        return self._wrapper.rows

    @rows.setter
    def rows(self, rows: list[Row]) -> None:
        self._wrapper.rows = rows

    def feed(self, text: str) -> None:
        """Take more content."""
        self._lay_out(self._splitter.feed(without_sign(text)))

    def finish(self) -> None:
        """Lay out what is left."""
        self._lay_out(self._splitter.finish())

    def fork(self) -> Self:
        """A flow that goes its own way from here."""
        other = type(self)(self._wrapper.width, self._base)
        other._wrapper = self._wrapper.fork()
        other._splitter = self._splitter.fork()
        return other

    def _lay_out(self, parts: Iterator[tuple[str, bool, bool]]) -> None:
        for text, _, ends_line in parts:
            if text:
                self._wrapper.feed(Span(text, self._base))
            if ends_line:
                self._wrapper.end_line()
