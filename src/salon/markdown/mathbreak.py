"""A drawing that is too wide, cut before its relations and, where that is not enough, before its sums."""

from collections.abc import Iterable, Sequence

from salon.markdown.mathbox import EMPTY, Box, beside, blank, stacked
from salon.markdown.mathdraw import draw, draw_row
from salon.markdown.mathnodes import Grid, Kind, Node, Row, Symbol, UndrawableError, items_of

_INDENT = 2


def draw_within(node: Node, width: int) -> Box:
    """The drawing of `node`, in several parts one below the other if it is wider than `width` cells.

    Raises `UndrawableError` if it has no drawing or none so narrow.
    """
    box = draw(node)
    if box.width <= width:
        return box
    if isinstance(node, Grid) and not (node.left or node.right):
        rows = [tuple(item for cell in row for item in items_of(cell)) for row in node.rows]
        return _piled([part for row in rows for part in _parts(row, width)])
    return _piled(_parts(items_of(node), width))


def _piled(parts: list[Box]) -> Box:
    if any(part.height > 1 for part in parts):
        parts = [box for part in parts for box in (part, EMPTY)][:-1]
    return stacked(parts, 0, "l")


def _parts(items: Sequence[Node], width: int) -> list[Box]:
    """`items` in as many lines as they need, all but the first indented."""
    parts: list[Box] = []
    for segment in _segments(items, width):
        if parts and parts[-1].width + segment.width <= width:
            parts[-1] = beside([parts[-1], segment])
        else:
            parts.append(beside([blank(_INDENT), segment]) if parts else segment)
    if any(part.width > width for part in parts):
        raise UndrawableError("too wide")
    return parts


def _segments(items: Sequence[Node], width: int) -> Iterable[Box]:
    for index, segment in enumerate(_cut(items, Kind.RELATION)):
        # The empty node before a segment is what an operator at its beginning keeps its distance to.
        box = draw_row(segment if index == 0 else (Row(()), *segment))
        if box.width <= width - _INDENT:
            yield box
            continue
        for number, piece in enumerate(_cut(segment, Kind.BINARY)):
            yield draw_row(piece if index == number == 0 else (Row(()), *piece))


def _cut(items: Sequence[Node], kind: Kind) -> list[tuple[Node, ...]]:
    """`items` in segments that begin with a symbol of this kind."""
    segments: list[list[Node]] = [[]]
    for item in items:
        if isinstance(item, Symbol) and item.kind is kind and segments[-1]:
            segments.append([])
        segments[-1].append(item)
    return [tuple(segment) for segment in segments]
