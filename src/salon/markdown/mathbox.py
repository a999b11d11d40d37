"""Boxes of characters and how they are put together.

A box is as wide in every row; its baseline is the row that lies level with its neighbours'. All widths are cells, all
heights rows. Everything here raises `UndrawableError` rather than make a box beyond `MAX_WIDTH` or `MAX_HEIGHT`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from salon.markdown.cells import cell_len
from salon.markdown.mathnodes import UndrawableError

MAX_WIDTH: Final = 1000
MAX_HEIGHT: Final = 80


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of text."""

    rows: tuple[str, ...]
    width: int
    baseline: int = 0

    def __post_init__(self) -> None:
        if self.width > MAX_WIDTH or len(self.rows) > MAX_HEIGHT:
            raise UndrawableError("too large")

    @property
    def height(self) -> int:
        """In rows."""
        return len(self.rows)


EMPTY = Box(("",), 0)


def text_box(text: str) -> Box:
    """One row."""
    return Box((text,), cell_len(text))


def blank(width: int) -> Box:
    """One row of blanks."""
    return Box((" " * width,), width)


def beside(boxes: Sequence[Box]) -> Box:
    """`boxes` from left to right, their baselines level."""
    boxes = [box for box in boxes if box.width] or [EMPTY]
    if len(boxes) == 1:
        return boxes[0]
    above = max(box.baseline for box in boxes)
    below = max(box.height - box.baseline for box in boxes)
    width = sum(box.width for box in boxes)
    if width > MAX_WIDTH or above + below > MAX_HEIGHT:
        raise UndrawableError("too large")
    columns = [_extended(box, above - box.baseline, below - (box.height - box.baseline)).rows for box in boxes]
    return Box(tuple("".join(parts) for parts in zip(*columns, strict=True)), width, above)


def stacked(boxes: Sequence[Box], level: int, alignment: str = "c") -> Box:
    """`boxes` from top to bottom; the baseline is that of the one at index `level`. `alignment` is l, c or r."""
    width = max(box.width for box in boxes)
    rows = tuple(row for box in boxes for row in widened(box, width, alignment).rows)
    return Box(rows, width, sum(box.height for box in boxes[:level]) + boxes[level].baseline)


def widened(box: Box, width: int, alignment: str = "c") -> Box:
    """`box` with blanks at its sides."""
    missing = max(0, width - box.width)
    if not missing:
        return box
    before = {"l": 0, "r": missing}.get(alignment, missing // 2)
    left, right = " " * before, " " * (missing - before)
    return Box(tuple(f"{left}{row}{right}" for row in box.rows), box.width + missing, box.baseline)


def centred_on(box: Box, baseline: int) -> Box:
    """`box` with another of its rows as baseline."""
    return Box(box.rows, box.width, baseline)


def _extended(box: Box, above: int, below: int) -> Box:
    if not above and not below:
        return box
    empty = (" " * box.width,)
    return Box(empty * above + box.rows + empty * below, box.width, box.baseline + above)


def fraction(top: Box, bottom: Box, *, has_bar: bool = True) -> Box:
    """One over the other; around a fraction within a fraction the bar is longer."""
    width = max(top.width, bottom.width, 1) + (2 if top.height > 1 or bottom.height > 1 else 0)
    bar = Box(("─" * width,), width) if has_bar else blank(width)
    return stacked([top, bar, bottom], 1)


def root(radicand: Box, index: str) -> Box:
    """A root; `index` stands at its foot and is "" for the square root."""
    radicand = radicand if radicand.width else blank(1)
    if radicand.height == 1:
        sign = text_box(index + "√")
        return stacked([text_box("_" * radicand.width), beside([sign, radicand])], 1, "r")
    height = radicand.height
    foot = " " * cell_len(index)
    slope = [foot + " " * (height - row) + "╱" + " " * row for row in range(height - 1)]
    slope.append(f"{index}╲╱{' ' * (height - 1)}")
    width = cell_len(index) + height + 1
    sign = Box(tuple(slope), width, radicand.baseline)
    line = Box((" " * width + "_" * radicand.width,), width + radicand.width)
    return stacked([line, beside([sign, radicand])], 1)


def framed(box: Box) -> Box:
    """A border around `box`."""
    line = "─" * (box.width + 2)
    rows = (f"┌{line}┐", *(f"│ {row} │" for row in box.rows), f"└{line}┘")
    return Box(rows, box.width + 4, box.baseline + 1)
