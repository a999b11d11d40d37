"""Writes to the terminal only what differs from what it shows already, and scrolls rows instead of sending them again.

Textual's compositor sends every row of a region that was refreshed. While an answer streams the view moves up by a row
at a time, so that is the whole pane, about thirty times a second: 1.2 MB for an answer of 20 KB (measured). Below the
compositor the rows are strings with a position, and two strings that are equal look equal, so this filter needs to
know nothing of what they show.

It understands the one form that the compositor writes, cursor moves followed by styled text. Everything else is passed
on; what could change the screen in another way (another buffer, a reset) also makes the filter forget what it knew, so
the worst that can happen is that rows are sent once too often.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import eq
from zlib import crc32

from textual.driver import Driver

from salon.markdown.cells import cell_len

_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_LINK = r"\x1b\]8;[^;\x00-\x1f]*+;[^\x00-\x1f]*+\x1b\\"
_STYLED_TEXT = re.compile(rf"(?:[^\x00-\x1f\x7f-\x9f]++|\x1b\[[\d;:]*+m|{_LINK}|\n)*+")
_HARMLESS = re.compile(
    r"(?:\x1b\[\?(?:2026|1000|1002|1003|1004|1006|1015|1016|2004|2031|2048|25)[hl]|\x1b\][^\x07\x1b]*\x07|\x07)+"
)
"""Sequences that leave the rows as they are: synchronised output, mouse and paste modes, caret, title, clipboard."""

_LINK_BEGINNING = re.compile(r"\x1b\]8;[^;\x00-\x1f]*;([^\x00-\x1f]+)\x1b\\")
_STYLE = re.compile(rf"\x1b\[[\d;:]*m|{_LINK}")

_LINK_END = "\x1b]8;;\x1b\\"
_SEGMENT = re.compile(rf"({_LINK})?(\x1b\[[\d;:]*m)?([^\x1b]+)(?:\x1b\[0m)?(?:{re.escape(_LINK_END)})?")
_RESET = "\x1b[0m"

LEAST_ROWS = 4
"""With fewer rows to save, scrolling is not worth its sequences."""

ROWS_KEPT = 128
"""Of so many rows the parts are remembered; what is longer ago has left the screen."""

Chunk = tuple[int, str]
"""A column, counted from 1, and the styled text that begins there."""


class RowFilter:
    """Knows what the terminal shows, row by row, as far as it was written through here."""

    def __init__(self) -> None:
        self._shown: dict[int, tuple[Chunk, ...]] = {}

    def forget(self) -> None:
        """Know nothing: the terminal may show anything now."""
        self._shown.clear()

    def filter(self, data: str) -> str:
        """What has to be written so that the terminal shows what `data` would have shown."""
        if "\x1b]8;" in data:
            data = _LINK_BEGINNING.sub(_with_lasting_id, data)
        rows = self._rows_of(data)
        if rows is None:
            if _HARMLESS.fullmatch(data) is None:
                self.forget()
            return data
        updates, cursor = rows
        written = [self._scroll(updates)]
        for row, chunks in updates.items():
            written.append(self._difference(row, chunks))
            self._shown[row] = chunks
        return "".join(written) + cursor

    def _rows_of(self, data: str) -> tuple[dict[int, tuple[Chunk, ...]], str] | None:
        """The chunks of `data` by row, and the caret's move at its end; None if it is anything else."""
        moves = list(_MOVE.finditer(data))
        if not moves or moves[0].start() != 0:
            return None
        rows: dict[int, list[Chunk]] = {}
        cursor = ""
        ends = [move.start() for move in moves[1:]] + [len(data)]
        for move, end in zip(moves, ends, strict=True):
            text = data[move.end() : end]
            if _STYLED_TEXT.fullmatch(text) is None:
                return None
            if text:
                rows.setdefault(int(move[1]), []).append((int(move[2]), text.replace("\n", "")))
            cursor = "" if text else move[0]
        return {row: tuple(chunks) for row, chunks in rows.items()}, cursor

    def _difference(self, row: int, chunks: tuple[Chunk, ...]) -> str:
        shown = self._shown.get(row, ())
        if chunks == shown:
            return ""
        if [column for column, _ in shown] != [column for column, _ in chunks]:
            return "".join(f"\x1b[{row};{column}H{briefly(text)}" for column, text in chunks)
        written = []
        for (column, text), (_, before) in zip(chunks, shown, strict=True):
            if text != before:
                skipped, rest = changed_part(before, text)
                written.append(f"\x1b[{row};{column + skipped}H{briefly(rest)}")
        return "".join(written)

    def _scroll(self, updates: dict[int, tuple[Chunk, ...]]) -> str:
        """Move rows that are shown already to where `updates` wants them, if that saves enough."""
        top, bottom = self._full_rows(updates)
        if bottom - top < LEAST_ROWS:
            return ""
        shift, votes = self._best_shift(updates, top, bottom)
        in_place = sum(updates[row] == self._shown.get(row) for row in range(top, bottom + 1))
        if not shift or votes < in_place + LEAST_ROWS:
            return ""
        if len({_cells(self._shown[row][0][1]) for row in range(top, bottom + 1)}) > 1:
            return ""  # a chunk that is shorter than its row would take the unknown rest of the row along
        before = {row: self._shown.pop(row) for row in range(top, bottom + 1)}
        for row in range(top, bottom + 1):
            if top <= row + shift <= bottom:
                self._shown[row] = before[row + shift]
        verb = "M" if shift > 0 else "L"
        return f"\x1b[{top};{bottom}r\x1b[{top};1H\x1b[0m\x1b[{abs(shift)}{verb}\x1b[r"

    def _full_rows(self, updates: dict[int, tuple[Chunk, ...]]) -> tuple[int, int]:
        """The longest run of neighbouring rows that are one chunk from the first column, before and after."""
        best = run = (0, -1)
        for row in sorted(updates):
            if not _is_whole(updates[row]) or not _is_whole(self._shown.get(row, ())):
                continue
            run = (run[0], row) if row == run[1] + 1 else (row, row)
            best = max(best, run, key=lambda rows: rows[1] - rows[0])
        return best

    def _best_shift(self, updates: dict[int, tuple[Chunk, ...]], top: int, bottom: int) -> tuple[int, int]:
        """By how many rows what is shown should move up (down if negative), and how many rows that puts in place."""
        rows = range(top, bottom + 1)
        wanted = [updates[row] for row in rows]
        shown = [self._shown[row] for row in rows]
        best = (0, 0)
        for size in range(1, len(wanted) - LEAST_ROWS + 1):
            up = sum(map(eq, wanted, shown[size:]))
            down = sum(map(eq, wanted[size:], shown))
            best = max(best, (size, up), (-size, down), key=lambda found: found[1])
        return best


def _with_lasting_id(beginning: re.Match[str]) -> str:
    """A link's beginning with an id made of its target, so that a link which was wrapped is one link.

    Rich numbers a link anew whenever its style is combined with another, which would make every row a new one.
    """
    return f"\x1b]8;id={crc32(beginning[1].encode()):x};{beginning[1]}\x1b\\"


def _is_whole(chunks: tuple[Chunk, ...]) -> bool:
    return len(chunks) == 1 and chunks[0][0] == 1


@lru_cache(maxsize=ROWS_KEPT)
def _cells(text: str) -> int:
    return cell_len(_STYLE.sub("", text))


@lru_cache(maxsize=ROWS_KEPT)
def _segments(text: str) -> tuple[tuple[str, str], ...]:
    """Styled text as pairs of a style's sequences and the text in it; () if it is not written the way Rich writes.

    A link's sequence comes before the style's.
    """
    segments = tuple(((match[1] or "") + (match[2] or ""), match[3]) for match in _SEGMENT.finditer(text))
    return segments if "".join(_written(style, plain) for style, plain in segments) == text else ()


def _written(style: str, plain: str) -> str:
    """A run of text the way Rich writes it."""
    link, colours = _parted(style)
    return f"{style}{plain}{colours and _RESET}{link and _LINK_END}"


def _parted(style: str) -> tuple[str, str]:
    """A link's sequence and a style's; "" for what is not there."""
    if not style.startswith("\x1b]"):
        return "", style
    end = style.index("\x1b\\") + 2
    return style[:end], style[end:]


def changed_part(before: str, after: str) -> tuple[int, str]:
    """What has to be written to turn a chunk into another of the same width: how many cells to skip, and the text."""
    old, new = _segments(before), _segments(after)
    if not old or not new or _cells(before) != _cells(after):
        return 0, after
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    ending = 0
    while ending < min(len(old), len(new)) - same and old[-1 - ending] == new[-1 - ending]:
        ending += 1
    skipped = sum(cell_len(plain) for _, plain in new[:same])
    middle = list(new[same : len(new) - ending])
    if middle and same < len(old) - ending and old[same][0] == middle[0][0]:
        style, plain = middle[0]
        begun = _common_ascii(old[same][1], plain)
        skipped += begun
        middle[0] = (style, plain[begun:])
    return skipped, "".join(_written(style, plain) for style, plain in middle if plain)


@dataclass(frozen=True, slots=True)
class _Style:
    """What sequences set: colours as their parameters, "" for the terminal's own, attributes, and a link's sequence."""

    foreground: str = ""
    background: str = ""
    attributes: frozenset[str] = frozenset()
    link: str = ""


@lru_cache(maxsize=256)
def _style_of(sequence: str) -> _Style:
    link, sgr = _parted(sequence)
    parameters = sgr[2:-1].split(";") if sgr else []
    colours = {"3": "", "4": ""}
    attributes = set()
    at = 0
    while at < len(parameters):
        first = parameters[at]
        if first in {"38", "48"}:
            length = 5 if parameters[at + 1 : at + 2] == ["2"] else 3
            colours[first[0]] = ";".join(parameters[at : at + length])
            at += length
            continue
        if len(first) >= 2 and first[:-1] in {"3", "4", "9", "10"}:
            colours["3" if first[:-1] in {"3", "9"} else "4"] = first
        else:
            attributes.add(first)
        at += 1
    return _Style(colours["3"], colours["4"], frozenset(attributes), link)


@lru_cache(maxsize=ROWS_KEPT)
def briefly(text: str) -> str:
    """The same styled text with each change of style said once, where Rich resets and says all of it for each run."""
    segments = _segments(text)
    if not segments:
        return text
    written = []
    now = _Style()
    for sequence, plain in segments:
        wanted = _style_of(sequence)
        lost = now.attributes - wanted.attributes
        lost_colour = (now.foreground and not wanted.foreground) or (now.background and not wanted.background)
        if lost or lost_colour:
            written.append(_RESET)
            now = _Style(link=now.link)
        if wanted.link != now.link:
            written.append(wanted.link or _LINK_END)
        changes = [
            *sorted(wanted.attributes - now.attributes),
            *([wanted.foreground] if wanted.foreground != now.foreground else []),
            *([wanted.background] if wanted.background != now.background else []),
        ]
        written.append((f"\x1b[{';'.join(changes)}m" if changes else "") + plain)
        now = wanted
    return "".join(written) + (_RESET if now != _Style(link=now.link) else "") + (now.link and _LINK_END)


def _common_ascii(before: str, after: str) -> int:
    """The length of a common beginning, short enough that neither it nor what follows is part of a wider character."""
    length = 0
    for old, new in zip(before, after, strict=False):
        if old != new or not new.isascii():
            break
        length += 1
    return max(0, length - 1)


def lean(driver_class: type[Driver]) -> tuple[type[Driver], RowFilter]:
    """The driver class with a filter before its terminal, and that filter."""
    rows = RowFilter()

    def write(self: Driver, data: str) -> None:
        if lean_data := rows.filter(data):
            driver_class.write(self, lean_data)

    return type(f"Lean{driver_class.__name__}", (driver_class,), {"write": write}), rows
