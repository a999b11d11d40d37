"""Tables: aligned columns without a box, and records where the pane is too narrow for columns.

The header and the first rows (`Limits.sampled_rows`) decide how wide the columns are; from then on each row is laid out
once, at a cost that depends on the row alone.
"""

import math
import re
from typing import Literal, NamedTuple

from salon.markdown.cells import cell_len
from salon.markdown.inline import References, inline_spans
from salon.markdown.limits import Limits
from salon.markdown.lines import Look, Span, look
from salon.markdown.marks import cells
from salon.markdown.wrap import Row, WordWrapper

Alignment = Literal["left", "center", "right"]
Cell = tuple[Span, ...]

_GAP = "  "
_TEXT = look()
_HEADER = look(bold=True)
_LABEL = look("text-muted")
_RULE = look("table-rule")
_WORD_CAP = 16  # a longer word does not claim a column of its own width
_NARROWEST = 8
"""Cells that a column keeps when words have to be broken: with fewer, records are easier to read."""
_BLANKS = re.compile(r"[ \t\n]+")
_NUMBER = re.compile(r"[-+−±~≈<>]?[^\w\s]?\d[\d.,:/'’]*[^\w\s]?", re.ASCII)
_LINE_BREAK = re.compile(r"<br[ ]*/?>", re.IGNORECASE)


class Measure(NamedTuple):
    """A column's needs in cells: with no line wrapped, with no word broken, and with no number broken."""

    natural: int
    least: int
    firm: int = 0


def alignments(delimiters: str) -> list[Alignment]:
    """The columns' alignments from a table's second line."""
    return [_alignment(cell) for cell in cells(delimiters)]


def _alignment(cell: str) -> Alignment:
    if cell.endswith(":"):
        return "center" if cell.startswith(":") else "right"
    return "left"


def measure_cell(cell: Cell) -> Measure:
    """What one cell needs."""
    text = "".join(span.text for span in cell)
    lines, words = text.split("\n"), _BLANKS.split(text)
    firm = max((len(word) for word in words if _NUMBER.fullmatch(word)), default=0)
    return Measure(max(map(cell_len, lines)), min(_WORD_CAP, max(map(cell_len, words))), min(_WORD_CAP, firm))


def column_widths(needs: list[Measure], room: int) -> list[int] | None:
    """How wide the columns are in `room` cells; None if they cannot stand side by side.

    Each gets what its longest word needs, and then an equal share of the rest until it is content, so that the longest
    texts wrap. When not even the longest words fit, words are broken, down to `_NARROWEST` cells a column, and numbers
    never.
    """
    space = room - len(_GAP) * (len(needs) - 1)
    natural = [max(1, need.natural) for need in needs]
    if sum(natural) <= space:
        return natural
    least = [min(max(1, need.least), wide) for need, wide in zip(needs, natural, strict=True)]
    if sum(least) > space:
        least = [max(need.firm, min(_NARROWEST, narrow)) for need, narrow in zip(needs, least, strict=True)]
        if sum(least) > space:
            return None
    widths = least
    spare = space - sum(widths)
    wanting = [index for index, width in enumerate(widths) if width < natural[index]]
    while spare and wanting:
        share = max(1, spare // len(wanting))
        for index in wanting:
            more = min(share, natural[index] - widths[index], spare)
            widths[index] += more
            spare -= more
        wanting = [index for index in wanting if widths[index] < natural[index]]
    return widths


class TableFlow:
    """The rows of a table, which is fed as its leaf keeps it: header, delimiters and rows, a line each."""

    def __init__(self, width: int, references: References, limits: Limits) -> None:
        self._width = width
        self._references = references
        self._limits = limits
        self._rest = ""
        self._header: list[Cell] = []
        self._labels: list[str] = []
        self._alignments: list[Alignment] = []
        self._needs: list[Measure] = []
        self._sample: list[list[Cell]] | None = []
        self._widths: list[int] | None = None
        self._drafts: dict[int, tuple[list[int] | None, list[Row]]] = {}
        """Rows of the sample as previews laid them out last, and the columns' widths then."""
        self._shared = math.inf
        """How many rows of the sample previews have in common."""
        self.rows: list[Row] = []

    def feed(self, text: str) -> None:
        """Take more content."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._take_line(line)

    def finish(self) -> None:
        """Lay out what is left."""
        if self._rest:
            self._take_line(self._rest)
            self._rest = ""
        self._freeze()

    def fork(self) -> "TableFlow":
        """A flow that goes its own way from here."""
        other = TableFlow(self._width, self._references, self._limits)
        other._rest, other._header, other._labels = self._rest, self._header, self._labels
        other._alignments, other._needs, other._widths = self._alignments, self._needs[:], self._widths
        if self._sample is None:
            other._sample = None
        else:
            other._sample = self._sample[:]
            other._drafts, other._shared = self._drafts, min(self._shared, len(self._sample))
        return other

    def _take_line(self, line: str) -> None:
        if not self._header:
            self._header = [cell_of(text, self._references, _HEADER) for text in cells(line)]
            self._labels = ["".join(span.text for span in cell).replace("\n", " ") for cell in self._header]
            self._needs = [measure_cell(cell) for cell in self._header]
        elif not self._alignments:
            self._alignments = alignments(line)
        else:
            self._take_row(line)

    def _take_row(self, line: str) -> None:
        texts = cells(line)[: len(self._header)]
        row = [cell_of(text, self._references) for text in texts] + [()] * (len(self._header) - len(texts))
        if self._sample is None:
            self._lay_out(row)
            return
        self._sample.append(row)
        for index, cell in enumerate(row):
            self._needs[index] = Measure(*map(max, self._needs[index], measure_cell(cell)))
        limits, rows = self._limits, len(self._sample)
        if rows >= limits.sampled_rows or rows * len(row) >= limits.sampled_cells:
            self._freeze()

    def _freeze(self) -> None:
        """Decide the widths by what has been seen, and lay that out."""
        if self._sample is None:
            return
        sample, self._sample = self._sample, None
        self._widths = column_widths(self._needs, self._width)
        if self._widths is None:
            if not sample:
                self._lay_out_record(self._header)
        else:
            self._lay_out(self._header)
            rule = sum(self._widths) + len(_GAP) * (len(self._widths) - 1)
            self.rows.append(Row((Span("─" * rule, _RULE, True),)))
        for number, row in enumerate(sample):
            self._lay_out_sampled(number, row)
        self._drafts = {}

    def _lay_out_sampled(self, number: int, row: list[Cell]) -> None:
        """Lay out a row that every preview of a young table shows again: mostly nothing has changed for it."""
        widths, rows = self._drafts.get(number, (None, []))
        if not rows or widths != self._widths:
            begin = len(self.rows)
            self._lay_out(row)
            if number < self._shared:
                self._drafts[number] = (self._widths, self.rows[begin:])
        else:
            self.rows += rows

    def _lay_out(self, row: list[Cell]) -> None:
        if self._widths is None:
            self._lay_out_record(row)
            return
        columns = [_wrapped(cell, width) for cell, width in zip(row, self._widths, strict=True)]
        for index in range(max(map(len, columns))):
            spans: list[Span] = []
            for column, width, alignment in zip(columns, self._widths, self._alignments, strict=True):
                if spans:
                    spans.append(Span(_GAP, _TEXT))
                spans += _aligned(column[index] if index < len(column) else (), width, alignment)
            while spans and not spans[-1].text.strip():
                spans.pop()
            self.rows.append(Row(tuple(spans)))

    def _lay_out_record(self, row: list[Cell]) -> None:
        """A row as lines of ``label: value``, and a rule below."""
        for label, cell in zip(self._labels, row, strict=True):
            wrapper = WordWrapper(self._width)
            if row is not self._header and label:
                wrapper.feed(Span(f"{label}: ", _LABEL))
            _feed(wrapper, cell)
            wrapper.end_line()
            self.rows += wrapper.rows
        self.rows.append(Row((Span("─" * min(self._width, 12), _RULE, True),)))


def cell_of(text: str, references: References, base: Look = _TEXT) -> Cell:
    """A cell's spans; a line break is a span that is a newline."""
    return tuple(_in_cell(span) for span in inline_spans(text, base, references) if span.text != "\n")


def _in_cell(span: Span) -> Span:
    """The span without tabs; ``<br>`` is the one way to begin a line within a cell."""
    if span.text.startswith("<") and _LINE_BREAK.fullmatch(span.text) and span.look.role == _TEXT.role:
        return Span("\n", _TEXT)
    return span._replace(text=span.text.replace("\t", " "))


def _feed(wrapper: WordWrapper, cell: Cell) -> None:
    for span in cell:
        if span.text == "\n":
            wrapper.end_line()
        else:
            wrapper.feed(span)


def _wrapped(cell: Cell, width: int) -> list[tuple[Span, ...]]:
    wrapper = WordWrapper(width)
    _feed(wrapper, cell)
    wrapper.finish()
    return [row.spans for row in wrapper.rows] or [()]


def _aligned(spans: tuple[Span, ...], width: int, alignment: Alignment) -> list[Span]:
    missing = max(0, width - sum(cell_len(span.text) for span in spans))
    before = missing if alignment == "right" else missing // 2 if alignment == "center" else 0
    padded = [Span(" " * before, _TEXT, True), *spans, Span(" " * (missing - before), _TEXT, True)]
    return [span for span in padded if span.text]
