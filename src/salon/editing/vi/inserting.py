"""The modes in which keys are text: how an insertion begins and ends, and typing over what is there."""

from dataclasses import replace

from salon.editing.graphemes import following, preceding, snapped
from salon.editing.text import Change, line_end, line_start
from salon.editing.vi.language import Order
from salon.editing.vi.lines import clamp
from salon.editing.vi.state import State
from salon.editing.vi.step import Mode, Step


def begin_to_insert(state: State, order: Order, text: str, caret: int) -> Step:
    """The commands that begin to insert."""
    verb = order.verb
    if verb in {"o", "O"}:
        place = line_end(text, caret) if verb == "o" else line_start(text, caret)
        change = Change(place, place, "\n")
        text = change.apply(text)
        caret = place + 1 if verb == "o" else place
        state.begin_insertion(text, caret, times=order.times, lines=True)
        return Step(caret, (change,))
    if verb == "a" and caret < line_end(text, caret):
        caret = following(text, caret)
    elif verb == "A":
        caret = line_end(text, caret)
    elif verb == "I":
        start = line_start(text, caret)
        line = text[start : line_end(text, caret)]
        caret = start + len(line) - len(line.lstrip())
    elif verb == "gi":
        caret = snapped(text, state.inserted_at)
    state.begin_insertion(text, caret, times=order.times)
    return Step(caret)


def leave_insertion(state: State, text: str, caret: int) -> Step:
    """Go back to the normal mode, and have what was typed there as often as it was ordered."""
    insertion, state.insertion = state.insertion, None
    state.mode = Mode.NORMAL
    changes: tuple[Change, ...] = ()
    typed = insertion.typed(text) if insertion is not None else ""
    if insertion is not None and insertion.times > 1 and typed:
        more = (("\n" if insertion.lines else "") + typed) * (insertion.times - 1)
        changes = (Change(caret, caret, more),)
        text, caret = changes[0].apply(text), caret + len(more)
    if state.recording is not None:
        state.last, state.recording = replace(state.recording, typed=typed), None
    caret = max(preceding(text, caret), line_start(text, caret)) if caret > line_start(text, caret) else caret
    caret = clamp(text, caret)
    state.keep_column(text, caret)
    return Step(caret, changes)


def type_over(state: State, key: str, text: str, caret: int) -> Step:
    """Take a key in the replace mode."""
    if key in {"escape", "ctrl+["}:
        if state.recording is not None:
            state.last, state.recording = replace(state.recording, typed="".join(state.typed_over)), None
        state.mode = Mode.NORMAL
        caret = clamp(text, max(preceding(text, caret), line_start(text, caret)))
        state.keep_column(text, caret)
        return Step(caret)
    if key == "backspace":
        if not state.replaced:
            return Step(caret, failed=True)
        before, typed = state.replaced.pop(), state.typed_over.pop()
        start = caret - len(typed)
        return Step(start, (Change(start, caret, before),))
    if len(key) > 1 and key.isascii():
        return Step(caret, passed=True)
    end = following(text, caret) if caret < line_end(text, caret) else caret
    state.replaced.append(text[caret:end])
    state.typed_over.append(key)
    return Step(caret + len(key), (Change(caret, end, key),))
