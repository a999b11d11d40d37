"""A table taken away: as Markdown, and as what spreadsheets read."""

import csv
import io
from typing import NamedTuple

from salon.markdown.citations import without_marks
from salon.markdown.inline import References
from salon.markdown.leaf import Leaf
from salon.markdown.marks import cells
from salon.markdown.table import Cell, cell_of


class TableSource(NamedTuple):
    """One table in three forms; each row ends with a newline."""

    markdown: str
    tsv: str
    csv: str


def table_source(leaf: Leaf) -> TableSource:
    """The table that `leaf` is, ValueError if it is none.

    TSV and CSV have the text of the cells as it is seen, and formulas as their source. Rows have as many cells as the
    header. A line break within a cell is one in CSV and a blank in TSV, which has no way to say it.
    """
    if leaf.kind != "table":
        raise ValueError(f"a {leaf.kind} is no table")
    text = without_marks(leaf.text)
    header, _, *rows = text.removesuffix("\n").split("\n")
    labels = cells(header)
    table = [[_text(cell_of(text, References())) for text in labels]]
    for row in rows:
        texts = cells(row)[: len(labels)]
        table.append([_text(cell_of(text, References())) for text in texts] + [""] * (len(labels) - len(texts)))
    comma_separated = io.StringIO()
    csv.writer(comma_separated, lineterminator="\n").writerows(table)
    tab_separated = "".join("\t".join(" ".join(text.split()) for text in row) + "\n" for row in table)
    return TableSource(text, tab_separated, comma_separated.getvalue())


def _text(cell: Cell) -> str:
    return "".join(span.source or span.text for span in cell if not span.decoration)
