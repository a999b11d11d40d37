"""Markdown as lines that can be listened to: said block by block, with a word for what the eye would see."""

import csv
import io
from collections.abc import Iterator

from salon.chat.overlap import Overlap
from salon.markdown import (
    Document,
    Item,
    Leaf,
    MarkdownLines,
    Quote,
    alone,
    code_language,
    copy_text,
    raw_code,
    table_source,
)
from salon.untrusted import clean
from salon.words import plural, tr

UNWRAPPED = 1_000_000
"""Columns; the terminal wraps, and a screen reader reads a paragraph as one line."""


class Speaker:
    """Takes an answer as it arrives and gives its blocks, each once it is whole."""

    def __init__(self, continues: str = "") -> None:
        """`continues` is a cut answer that the text goes on from: its last block is said once more, whole."""
        self._document = Document(clean(continues))
        self._document.parse()
        self._said = len(self._document.leaves)
        self._overlap = Overlap(continues)

    def feed(self, text: str) -> list[str]:
        """Take more Markdown, cleaned or not; the lines that can be said now."""
        self._document.append(clean(self._overlap.trim(text)))
        self._document.parse()
        return self._whole()

    def finish(self) -> list[str]:
        """The text is over; the lines that are left."""
        self._document.append(clean(self._overlap.release()))
        self._document.finish()
        self._document.parse()
        return self._whole()

    def _whole(self) -> list[str]:
        lines: list[str] = []
        while self._said < len(self._document.leaves):
            lines += spoken_lines(self._document, self._said)
            self._said += 1
        return lines


def spoken_lines(document: Document, index: int) -> Iterator[str]:
    """The lines of one block."""
    leaf = document.blocks[index]
    if leaf.kind == "code":
        yield from _code(leaf)
    elif leaf.kind == "table":
        yield from _table(leaf)
    elif leaf.kind == "alert":
        yield f"{leaf.text.strip().capitalize()}:"
    elif leaf.kind == "rule":
        yield tr("Separator.")
    elif leaf.kind == "heading":
        yield tr("Heading {level}: {alone}", level=leaf.level, alone=" ".join(_shown(alone(document, index))))
    else:
        yield from (before + line for before, line in zip(_befores(leaf), _shown(alone(document, index)), strict=False))


def _befores(leaf: Leaf) -> Iterator[str]:
    """What stands before the lines of a block: its item's number or mark, and that it is quoted."""
    inner = leaf.containers[-1] if leaf.containers else None
    marker = ""
    if leaf.first_in_item and isinstance(inner, Item):
        marker = f"{inner.ordinal}. " if inner.ordinal is not None else "• "
    quoted = any(isinstance(container, Quote) and not container.alert for container in leaf.containers)
    yield (tr("Quote: ") if quoted else "") + marker
    while True:
        yield ""


def _shown(document: Document) -> list[str]:
    rows = MarkdownLines(document, UNWRAPPED, measure=UNWRAPPED)
    rows.update()
    shown = copy_text([rows.line(number) for number in range(rows.height)])
    return [line for line in shown.split("\n") if line.strip()]


def _code(leaf: Leaf) -> Iterator[str]:
    lines = raw_code(leaf).split("\n")
    language = code_language(leaf.info or "")
    about = f"{language}, " if language else ""
    yield plural("Code, {about}{n} line:", "Code, {about}{n} lines:", len(lines), about=about)
    yield from lines
    yield tr("End of code.")


def _table(leaf: Leaf) -> Iterator[str]:
    header, *rows = list(csv.reader(io.StringIO(table_source(leaf).csv)))
    columns = plural("{n} column", "{n} columns", len(header))
    yield plural("Table, {columns}, {n} row.", "Table, {columns}, {n} rows.", len(rows), columns=columns)
    for number, row in enumerate(rows, start=1):
        told = "; ".join(f"{label}: {cell}" if label else cell for label, cell in zip(header, row, strict=False))
        yield tr("Row {number}. {told}", number=number, told=told)
    yield tr("End of table.")
