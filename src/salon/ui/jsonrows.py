"""A JSON value as rows that can be folded: what is small stands on one row, what is large is counted until opened."""

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from salon.markdown import Line, Span, look
from salon.markdown.cells import cell_len
from salon.untrusted import clean, clean_line
from salon.words import plural, tr

Path = tuple[str | int, ...]

_SMALL = 60
"""Characters of a value without values inside that have a row of their own."""


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One row: where in the value it is, and what it says, raw."""

    path: Path
    name: str
    words: str
    role: str = "text"
    folds: bool = False
    open: bool = False
    """Whether what is inside follows."""

    @property
    def depth(self) -> int:
        """How far in it stands; the rows of a text as far as the text."""
        return max(0, len(self.path) - 1)


def json_rows(value: Any, opened: Set[Path], width: int) -> list[JsonRow]:
    """The rows of `value`, those in `opened` with what is inside them; texts are cut at `width` cells."""
    return list(_inside(value, (), opened, width))


def value_at(value: Any, path: Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


def _inside(value: Any, path: Path, opened: Set[Path], width: int) -> Iterator[JsonRow]:
    members = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, inner in members:
        yield from _rows(inner, (*path, key), opened, width)


def _rows(value: Any, path: Path, opened: Set[Path], width: int) -> Iterator[JsonRow]:
    name, is_open = str(path[-1]), path in opened
    if isinstance(value, (Mapping, list, tuple)):
        if len(path) > 1 and (small := _on_one_row(value)) is not None:
            yield JsonRow(path, name, small)
            return
        yield JsonRow(path, name, _counted(value), "text-faint", folds=True, open=is_open)
        if is_open:
            yield from _inside(value, path, opened, width)
    elif isinstance(value, str):
        yield from _text(value, path, name, is_open, width)
    else:
        yield JsonRow(path, name, json.dumps(value))


def _text(value: str, path: Path, name: str, is_open: bool, width: int) -> Iterator[JsonRow]:
    room = max(10, width - 2 * len(path) - len(name) - 6)
    if "\n" not in value and len(value) <= room:
        yield JsonRow(path, name, value)
        return
    if not is_open:
        yield JsonRow(
            path, name, tr("{value} … {count:,} characters", value=value[: room - 20], count=len(value)), folds=True
        )
        return
    yield JsonRow(path, name, tr("{count:,} characters", count=len(value)), "text-faint", folds=True, open=True)
    cells = max(10, width - 2 * len(path) - 6)
    for line in clean(value).split("\n"):
        for start in range(0, max(1, len(line)), cells):
            yield JsonRow(path, "", line[start : start + cells])


def _on_one_row(value: Any) -> str | None:
    """A value in so few characters that it need not be opened; None where that cannot be."""
    inner = list(value.values()) if isinstance(value, Mapping) else list(value[:20])
    if len(value) > 8 or any(isinstance(each, (Mapping, list, tuple)) and each for each in inner):
        return None
    if any(isinstance(each, str) and len(each) > _SMALL for each in inner):
        return None
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= _SMALL else None


def _counted(value: Any) -> str:
    count, kind = len(value), value.get("type") or value.get("role") if isinstance(value, Mapping) else None
    counted = (
        plural("{n:,} field", "{n:,} fields", count)
        if isinstance(value, Mapping)
        else plural("{n:,} item", "{n:,} items", count)
    )
    return f"{kind} · {counted}" if isinstance(kind, str) else counted


def row_line(row: JsonRow, width: int) -> Line:
    """The row as it is drawn."""
    section = len(row.path) == 1
    mark = ("▾ " if row.open else "▸ ") if row.folds else "  "
    name = f"{clean_line(row.name, 60)}  " if row.name else ""
    indent = " " + "  " * row.depth
    room = max(4, width - cell_len(indent + mark + name) - 1)
    role = "heading" if section else "text-muted"
    return Line(
        (
            Span(indent + mark, look("text-faint")),
            Span(name, look(role, bold=section)),
            Span(clean_line(row.words, room), look(row.role)),
        )
    )
