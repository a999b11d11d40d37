"""The motions and edits of readline, as functions of a buffer."""

from collections.abc import Callable, Mapping

from salon.editing.graphemes import following, preceding
from salon.editing.text import Buffer, Change, Outcome, line_end, line_start
from salon.editing.words import blank_class, word_end, word_start

Command = Callable[[Buffer], Outcome]


def _to(place: Callable[[str, int], int]) -> Command:
    return lambda buffer: Outcome(place(buffer.text, buffer.caret))


def _left(buffer: Buffer) -> Outcome:
    chosen = buffer.selection
    return Outcome(chosen[0] if chosen else preceding(buffer.text, buffer.caret))


def _right(buffer: Buffer) -> Outcome:
    chosen = buffer.selection
    return Outcome(chosen[1] if chosen else following(buffer.text, buffer.caret))


def _delete(place: Callable[[str, int], int]) -> Command:
    def delete(buffer: Buffer) -> Outcome:
        start, end = buffer.selection or sorted((buffer.caret, place(buffer.text, buffer.caret)))
        return Outcome(start, Change(start, end) if start != end else None)

    return delete


def _kill(place: Callable[[str, int], int]) -> Command:
    def kill(buffer: Buffer) -> Outcome:
        target = place(buffer.text, buffer.caret)
        start, end = buffer.selection or sorted((buffer.caret, target))
        if start == end:
            return Outcome(buffer.caret)
        return Outcome(start, Change(start, end), buffer.text[start:end], backwards=target < buffer.caret)

    return kill


def _to_line_end(text: str, at: int) -> int:
    """The end of the line; from there its newline goes too, so that the key may be pressed on and on."""
    end = line_end(text, at)
    return min(end + 1, len(text)) if end == at else end


def _to_line_start(text: str, at: int) -> int:
    start = line_start(text, at)
    return max(0, at - 1) if start == at else start


def _blank_word_start(text: str, at: int) -> int:
    return word_start(text, at, blank_class)


def _transpose(buffer: Buffer) -> Outcome:
    """The cluster before the caret changes places with the one at it, at the end of a line with the one before."""
    text, caret = buffer.text, buffer.caret
    middle = caret if caret < line_end(text, caret) else preceding(text, caret)
    start, end = preceding(text, middle), following(text, middle)
    if middle <= line_start(text, caret) or start == middle or middle >= line_end(text, caret):
        return Outcome(caret)
    return Outcome(end, Change(start, end, text[middle:end] + text[start:middle]))


def _transpose_words(buffer: Buffer) -> Outcome:
    """The word before the caret changes places with the one at or after it."""
    text = buffer.text
    second_end = word_end(text, buffer.caret)
    second_start = word_start(text, second_end)
    first_start = word_start(text, second_start)
    first_end = word_end(text, first_start)
    if first_end > second_start or second_end == second_start or first_start == first_end:
        return Outcome(buffer.caret)
    swapped = text[second_start:second_end] + text[first_end:second_start] + text[first_start:first_end]
    return Outcome(second_end, Change(first_start, second_end, swapped))


def _recase(recased: Callable[[str], str]) -> Command:
    def recase(buffer: Buffer) -> Outcome:
        start, end = buffer.selection or (buffer.caret, word_end(buffer.text, buffer.caret))
        new = recased(buffer.text[start:end])
        if new == buffer.text[start:end]:
            return Outcome(end)
        return Outcome(start + len(new), Change(start, end, new))

    return recase


def _capitalized(text: str) -> str:
    first = next((at for at, character in enumerate(text) if character.isalnum()), 0)
    return text[:first] + text[first : first + 1].title() + text[first + 1 :].lower()


COMMANDS: Mapping[str, Command] = {
    "cursor_left": _left,
    "cursor_right": _right,
    "word_left": _to(word_start),
    "word_right": _to(word_end),
    "line_start": _to(line_start),
    "line_end": _to(line_end),
    "text_start": _to(lambda _text, _at: 0),
    "text_end": _to(lambda text, _at: len(text)),
    "delete_left": _delete(preceding),
    "delete_right": _delete(following),
    "kill_word_left": _kill(word_start),
    "kill_word_right": _kill(word_end),
    "kill_blank_word_left": _kill(_blank_word_start),
    "kill_to_end": _kill(_to_line_end),
    "kill_to_start": _kill(_to_line_start),
    "transpose": _transpose,
    "transpose_words": _transpose_words,
    "upcase_word": _recase(str.upper),
    "downcase_word": _recase(str.lower),
    "capitalize_word": _recase(_capitalized),
}
"""By the id of the action."""

SELECTING: Mapping[str, str] = {
    "select_left": "cursor_left",
    "select_right": "cursor_right",
    "select_word_left": "word_left",
    "select_word_right": "word_right",
    "select_line_start": "line_start",
    "select_line_end": "line_end",
}
"""Actions that take the selection along with a motion."""
