"""A formula as a drawing of several lines."""

from collections.abc import Sequence

from salon.markdown.cells import cell_len
from salon.markdown.mathbox import (
    EMPTY,
    Box,
    beside,
    blank,
    centred_on,
    fraction,
    framed,
    root,
    stacked,
    text_box,
    widened,
)
from salon.markdown.mathfences import fenced
from salon.markdown.mathline import line, lowered_line, marked, raised_line, root_sign
from salon.markdown.mathnodes import (
    Accent,
    Arrow,
    BigDelimiter,
    Boxed,
    Brace,
    Fence,
    Fraction,
    Grid,
    Node,
    Root,
    Row,
    Scripts,
    Space,
    Symbol,
    Underlined,
    UndrawableError,
    Words,
    items_of,
)
from salon.markdown.mathspacing import gaps

_NOTHING = Row(())
_CELL_GAP = 2
_MIN_BRACE = 3
_SIGNS = frozenset("−+±∓")
_MAX_CELLS = 2000


def draw(node: Node) -> Box:
    """The drawing of `node`. Raises `UndrawableError`."""
    match node:
        case Symbol(text=text) | Words(text=text) | BigDelimiter(text=text):
            return text_box(text)
        case Space(cells=cells):
            return blank(cells)
        case Row(items=items):
            return draw_row(items)
        case Fraction(top=top, bottom=bottom, has_bar=has_bar):
            return fraction(draw(top), draw(bottom), has_bar=has_bar)
        case Root(radicand=radicand, index=index):
            return _root(radicand, index)
        case Scripts():
            return _with_limits(node) if node.has_limits else _with_scripts(node)
        case Fence(left=left, parts=parts, bars=bars, right=right):
            return fenced(left, [draw(part) for part in parts], list(bars), right)
        case Accent():
            return _accent(node)
        case Underlined(body=body):
            inner = draw(body)
            return stacked([inner, text_box("‾" * inner.width)], 0)
        case Brace(body=body, is_below=is_below):
            return _brace(draw(body), is_below)
        case Arrow(tip=tip, note=note, points_left=points_left):
            above = text_box(line(note, is_tight=True))
            shaft = "─" * (above.width + 1)
            return stacked([above, text_box(tip + shaft if points_left else shaft + tip)], 1)
        case Boxed(body=body):
            return framed(draw(body))
        case Grid():
            return _grid(node)


def draw_row(items: Sequence[Node]) -> Box:
    """`items` from left to right, at the distances that TeX would give them."""
    boxes: list[Box] = []
    previous: Node | None = None
    for item, gap in zip(items, gaps(items, is_tight=False), strict=True):
        if isinstance(item, Space):
            continue
        is_sign_at_bar = isinstance(item, Fraction) and isinstance(previous, Symbol) and previous.text in _SIGNS
        if gap or is_sign_at_bar:  # or else the two would make one line
            boxes.append(blank(gap or 1))
        boxes.append(draw(item))
        previous = item
    return beside(boxes)


def _root(radicand: Node, index: Node | None) -> Box:
    inner = draw(radicand)
    sign = root_sign(index)
    if sign is None:
        raise UndrawableError("no characters for this root's index")
    # Only a root of one row can begin with ∛; the others are drawn, their index raised.
    if inner.height == 1 and len(sign) == 1:
        return stacked([text_box("_" * inner.width), beside([text_box(sign), inner])], 1, "r")
    return root(inner, {"√": "", "∛": "³", "∜": "⁴"}.get(sign, sign[:-1]))


def _script(node: Node) -> Box:
    return draw(node) if isinstance(node, Grid) else text_box(line(node, is_tight=True))


def _with_limits(node: Scripts) -> Box:
    parts = [draw(node.base)]
    if node.above is not None:
        parts.insert(0, _script(node.above))
    level = len(parts) - 1
    if node.below is not None:
        parts.append(_script(node.below))
    return stacked(parts, level)


def _with_scripts(node: Scripts) -> Box:
    base = node.base
    if isinstance(base, Symbol) and base.text == "∫":
        return _integral(node)
    inner = draw(base)
    low = None if node.below is None else lowered_line(node.below)
    high = None if node.above is None else raised_line(node.above)
    if inner.height == 1 and (node.below is None or low is not None) and (node.above is None or high is not None):
        return beside([inner, text_box((low or "") + (high or ""))])
    above = EMPTY if node.above is None else text_box(high) if high is not None else _script(node.above)
    below = EMPTY if node.below is None else text_box(low) if low is not None else _script(node.below)
    return beside([inner, _corners(inner, above, below, high is not None, low is not None)])


def _corners(inner: Box, above: Box, below: Box, is_raised: bool, is_lowered: bool) -> Box:
    """Both scripts, one above the other, to be put to the right of `inner`.

    Raised and lowered characters are high and low by themselves: they stand in the first and last row of `inner`, or
    beside it if that is the same row. Others stand outside it, except where it is tall enough to keep them apart.
    """
    width = max(above.width, below.width)
    is_tall = inner.height > 1
    upper = list(widened(above, width, "l").rows) if above.width else []
    lower = list(widened(below, width, "l").rows) if below.width else []
    inside = (1 if upper and (is_tall or is_raised) else 0) + (1 if lower and (is_tall or is_lowered) else 0)
    between = [" " * width] * (inner.height - inside)
    outside = len(upper) - (1 if upper and (is_tall or is_raised) else 0)
    return Box((*upper, *between, *lower), width, outside + inner.baseline)


def _integral(node: Scripts) -> Box:
    """An integral sign of three rows, its limits at its ends."""
    above = "" if node.above is None else line(node.above, is_tight=True)
    below = "" if node.below is None else line(node.below, is_tight=True)
    width = 1 + max(cell_len(above), cell_len(below))
    rows = [text_box("⌠" + above), text_box("⎮"), text_box("⌡" + below)]
    return stacked([widened(row, width, "l") for row in rows], 1)


def _accent(node: Accent) -> Box:
    inner = draw(node.body)
    if inner.width == 1 and inner.height == 1:
        return text_box(marked(inner.rows[0], node.mark))
    left, middle, right = node.wide
    if not left:
        return stacked([text_box(middle), inner], 1)
    return stacked([text_box(left + middle * (inner.width - 2) + right), inner], 1)


def _brace(inner: Box, is_below: bool) -> Box:
    inner = widened(inner, _MIN_BRACE)
    before, after = (inner.width - 3) // 2, inner.width - 3 - (inner.width - 3) // 2
    if is_below:
        return stacked([inner, text_box(f"╰{'─' * before}┬{'─' * after}╯")], 0)
    return stacked([text_box(f"╭{'─' * before}┴{'─' * after}╮"), inner], 1)


def _grid(node: Grid) -> Box:
    cells = [[_cell(cell, index, node.pairs) for index, cell in enumerate(row)] for row in node.rows]
    columns = max(map(len, cells))
    if columns * len(cells) > _MAX_CELLS:
        raise UndrawableError("too many cells")
    widths = [max(row[column].width if column < len(row) else 0 for row in cells) for column in range(columns)]
    rows = [_grid_row(row, widths, node) for row in cells]
    is_loose = any(row.height > 1 for row in rows) or (node.is_loose and len(rows) == 2)
    if is_loose:
        rows = [part for row in rows for part in (row, EMPTY)][:-1]
    box = stacked(rows, 0)
    middle = rows[len(rows) // 2] if len(rows) % 2 else None
    baseline = (box.height - 1) // 2
    if middle is not None and middle.width:
        baseline = sum(row.height for row in rows[: len(rows) // 2]) + middle.baseline
    return fenced(node.left, [centred_on(box, baseline)], [], node.right)


def _cell(node: Node, index: int, in_pairs: bool) -> Box:
    if not in_pairs:
        return draw(node)
    # An empty node stands for the other half: a relation keeps its distance to it across the alignment mark.
    items = items_of(node)
    return draw_row((_NOTHING, *items) if index % 2 else (*items, _NOTHING))


def _grid_row(row: list[Box], widths: list[int], node: Grid) -> Box:
    parts: list[Box] = []
    for column, width in enumerate(widths):
        if column and not (node.pairs and column % 2):
            parts.append(blank(_CELL_GAP))
        alignment = "rl"[column % 2] if node.pairs else node.columns[min(column, len(node.columns) - 1)]
        parts.append(widened(row[column] if column < len(row) else EMPTY, width, alignment))
    return beside(parts)
