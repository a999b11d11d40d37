"""vi's text objects: the word, the quotation, the brackets or the paragraph that the caret is in."""

from dataclasses import dataclass

from salon.editing.graphemes import following
from salon.editing.text import line_end, line_start
from salon.editing.vi.motions import closer_of, opener_of
from salon.editing.words import Classify, blank_class, class_at, keyword_class, run_end, run_start

_BRACKETS = {
    "(": "()",
    ")": "()",
    "b": "()",
    "[": "[]",
    "]": "[]",
    "{": "{}",
    "}": "{}",
    "B": "{}",
    "<": "<>",
    ">": "<>",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, and whether it is made of whole lines (their newlines left out)."""

    start: int
    end: int
    lines: bool = False


def object_at(text: str, at: int, name: str, times: int = 1) -> Span | None:
    """What a text object such as ``iw`` or ``a(`` is around `at`; None where there is none."""
    around, kind = name[0] == "a", name[1]
    if kind in {"w", "W"}:
        return _word(text, at, keyword_class if kind == "w" else blank_class, times, around=around)
    if kind in "\"'`":
        return _quotation(text, at, kind, around=around)
    if kind == "p":
        return _paragraph(text, at, times, around=around)
    if kind == "s":
        return _sentence(text, at, around=around)
    return _brackets(text, at, _BRACKETS[kind], times, around=around)


def _class(text: str, at: int, classify: Classify) -> int:
    """The class of a character of a line; a newline is in none."""
    return -1 if text[at] == "\n" else class_at(text, at, classify)


def _end_of_run(text: str, at: int, classify: Classify) -> int:
    return min(run_end(text, at, classify), line_end(text, at))


def _word(text: str, at: int, classify: Classify, times: int, *, around: bool) -> Span | None:
    if at >= line_end(text, at):
        return None
    on_blank = _class(text, at, classify) == 0
    start = max(run_start(text, at, classify), line_start(text, at))
    end = start
    for _ in range(times):
        if end >= line_end(text, end):
            break
        end = _end_of_run(text, end, classify)
        if around and end < line_end(text, end) and (on_blank or _class(text, end, classify) == 0):
            end = _end_of_run(text, end, classify)
    if around and not on_blank and _class(text, end - 1, classify) != 0:
        first = line_start(text, start)
        while start > first and _class(text, start - 1, classify) == 0:
            start -= 1
    return Span(start, end)


def _quotation(text: str, at: int, mark: str, *, around: bool) -> Span | None:
    first, last = line_start(text, at), line_end(text, at)
    marks = [place for place in range(first, last) if text[place] == mark and not _escaped(text, place, first)]
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        if at <= closing:
            if not around:
                return Span(opening + 1, closing)
            end = closing + 1
            while end < last and text[end] in " \t":
                end += 1
            if end == closing + 1:
                while opening > first and text[opening - 1] in " \t":
                    opening -= 1
            return Span(opening, end)
    return None


def _escaped(text: str, place: int, first: int) -> bool:
    slashes = 0
    while place - slashes > first and text[place - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _brackets(text: str, at: int, pair: str, times: int, *, around: bool) -> Span | None:
    opener, closer = pair[0], pair[1]
    start: int | None = at + 1 if at < len(text) and text[at] == opener else at
    for _ in range(times):
        start = opener_of(text, start, opener, closer) if start is not None else None
    if start is None and times == 1:  # as in vim: the next pair of the line will do
        found = text.find(opener, at, line_end(text, at))
        start = found if found >= 0 else None
    if start is None:
        return None
    end = closer_of(text, start + 1, opener, closer)
    if end is None:
        return None
    return Span(start, end + 1) if around else Span(start + 1, end)


def _paragraph(text: str, at: int, times: int, *, around: bool) -> Span | None:
    start = _block_start(text, line_start(text, at))
    end = line_end(text, at)
    for number in range(times):
        if number:
            if end == len(text):
                break
            end = line_end(text, end + 1)
        end = _block_end(text, end)
        if around and end < len(text):
            end = _block_end(text, line_end(text, end + 1))
        elif around and start > 0 and not _blank_line(text, start):
            start = _block_start(text, line_start(text, start - 1))
    return Span(start, end, lines=True)


def _blank_line(text: str, start: int) -> bool:
    return not text[start : line_end(text, start)].strip()


def _block_start(text: str, start: int) -> int:
    """Where the blank lines, or those that are not, begin that the line at `start` is one of."""
    blank = _blank_line(text, start)
    while start > 0 and _blank_line(text, line_start(text, start - 1)) == blank:
        start = line_start(text, start - 1)
    return start


def _block_end(text: str, end: int) -> int:
    blank = _blank_line(text, line_start(text, end))
    while end < len(text) and _blank_line(text, end + 1) == blank:
        end = line_end(text, end + 1)
    return end


def _sentence(text: str, at: int, *, around: bool) -> Span | None:
    """From after the end of the sentence before up to the mark that ends this one, within the paragraph."""
    paragraph = _paragraph(text, at, 1, around=False)
    if paragraph is None or at >= paragraph.end:
        return None
    place = paragraph.start
    while place < paragraph.end:
        end = place
        while end < paragraph.end and not _ends_sentence(text, end, paragraph.end):
            end = following(text, end)
        end = min(end + 1, paragraph.end)
        while end < paragraph.end and text[end] in ")]\"'”’":
            end += 1
        blanks = end
        while blanks < paragraph.end and text[blanks].isspace():
            blanks += 1
        if at < blanks or blanks == paragraph.end:
            if around and blanks == end:
                while place > paragraph.start and text[place - 1].isspace():
                    place -= 1
            return Span(place, blanks if around else end)
        place = blanks
    return None


def _ends_sentence(text: str, at: int, end: int) -> bool:
    if text[at] in "。！？":
        return True
    after = text[at + 1 : at + 2]
    return text[at] in ".!?" and (at + 1 == end or after.isspace() or after in ")]\"'”’")
