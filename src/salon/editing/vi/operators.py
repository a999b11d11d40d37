"""vi's operators: what is done to a part of the text."""

from dataclasses import dataclass

from salon.editing.text import Change, line_end, line_start
from salon.editing.vi.lines import clamp, first_nonblank
from salon.editing.vi.objects import Span

SHIFT = 4
"""Columns that > and < move lines by."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an operator did: its change, None where nothing had to be changed, and the caret then."""

    caret: int
    change: Change | None = None
    inserting: bool = False


def whole_lines(text: str, start: int, end: int) -> Span:
    """The lines that `start` and `end` (itself included) are on."""
    return Span(line_start(text, start), line_end(text, max(start, end)), lines=True)


def operate(verb: str, text: str, span: Span, times: int = 1) -> Done:
    """Do what an operator does to a span; what it takes away or copies is `text[span.start : span.end]`."""
    if verb == "y":
        return Done(span.start)
    if verb == "d":
        return _delete(text, span)
    if verb == "c":
        return Done(span.start, _change(span.start, span.end, ""), inserting=True)
    if verb in {">", "<"}:
        return _shift(text, whole_lines(text, span.start, max(span.start, span.end - 1)), verb, times)
    return recase(verb, text, span)


def recase(verb: str, text: str, span: Span) -> Done:
    """Change the case of letters: `g~`, `gu` or `gU`."""
    old = text[span.start : span.end]
    new = {"g~": str.swapcase, "gu": str.lower, "gU": str.upper}[verb](old)
    return Done(span.start, Change(span.start, span.end, new) if new != old else None)


def join(text: str, at: int, lines: int, *, blanks: bool) -> Done | None:
    """Join `lines` lines (at least two) from that of `at` on, with a blank between them where `blanks` says so."""
    start = line_start(text, at)
    end = line_end(text, start)
    if end == len(text):
        return None
    joined = text[start:end]
    caret = start
    for _ in range(max(lines, 2) - 1):
        if end == len(text):
            break
        after = text[end + 1 : line_end(text, end + 1)]
        end = line_end(text, end + 1)
        caret = start + len(joined)
        if blanks:
            after = after.lstrip()
            joint = "" if not after or joined[-1:].isspace() or not joined or after.startswith(")") else " "
            joined += joint
        joined += after
    change = Change(start, end, joined)
    return Done(clamp(change.apply(text), caret), change)


def _delete(text: str, span: Span) -> Done:
    if not span.lines:
        return Done(span.start, _change(span.start, span.end, ""))
    if span.end < len(text):
        change = Change(span.start, span.end + 1)
    elif span.start > 0:
        change = Change(span.start - 1, span.end)
    else:
        change = Change(span.start, span.end)
    after = change.apply(text)
    return Done(first_nonblank(after, min(span.start, len(after))), change)


def _shift(text: str, span: Span, verb: str, times: int) -> Done:
    shifted = []
    for line in text[span.start : span.end].split("\n"):
        moved = line
        for _ in range(times):
            if verb == ">":
                moved = " " * SHIFT + moved if moved else moved
            elif moved.startswith("\t"):
                moved = moved[1:]
            else:
                moved = moved[min(SHIFT, len(moved) - len(moved.lstrip(" "))) :]
        shifted.append(moved)
    change = _change(span.start, span.end, "\n".join(shifted))
    after = change.apply(text) if change else text
    return Done(first_nonblank(after, span.start), change)


def _change(start: int, end: int, text: str) -> Change | None:
    return Change(start, end, text) if end > start or text else None
