"""The commands of the normal mode that may change the text: operators, their short forms, putting, joining."""

from dataclasses import replace

from salon.editing.graphemes import following, preceding
from salon.editing.text import Change, line_end, line_start
from salon.editing.vi.inserting import begin_to_insert
from salon.editing.vi.language import OPERATORS, WHOLE_LINES, Order
from salon.editing.vi.lines import at_column, column, first_nonblank
from salon.editing.vi.motions import Memory, Motion, Reach, move
from salon.editing.vi.objects import Span, object_at
from salon.editing.vi.operators import join, operate, whole_lines
from salon.editing.vi.registers import Held
from salon.editing.vi.state import State
from salon.editing.vi.step import Mode, Step
from salon.editing.words import blank_class, keyword_class, run_end

_SHORTHANDS = {
    "x": ("d", "l"),
    "delete": ("d", "l"),
    "X": ("d", "h"),
    "s": ("c", "l"),
    "S": ("c", WHOLE_LINES),
    "D": ("d", "$"),
    "C": ("c", "$"),
    "Y": ("y", WHOLE_LINES),
}


def carry_out(state: State, order: Order, text: str, caret: int) -> Step:
    """A command that may change the text."""
    if order.verb in OPERATORS:
        span = _span(state, order, text, caret)
        return Step(caret, failed=True) if span is None else operate_on(state, order, text, span, caret)
    if order.verb in _SHORTHANDS:
        verb, target = _SHORTHANDS[order.verb]
        return carry_out(state, replace(order, verb=verb, target=target), text, caret)
    if order.verb in {"p", "P"}:
        return _put(state, order, text, caret)
    if order.verb in {"J", "gJ"}:
        joined = join(text, caret, order.times, blanks=order.verb == "J")
        return Step(caret, failed=True) if joined is None else state.step(joined.change, text, joined.caret)
    if order.verb in {"r", "~"}:
        return _change_characters(state, order, text, caret)
    if order.verb == "R":
        state.mode = Mode.REPLACE
        state.replaced, state.typed_over = [], []
        return Step(caret)
    return begin_to_insert(state, order, text, caret)


def operate_on(state: State, order: Order, text: str, span: Span, caret: int) -> Step:
    """Do what an operator does to a span, and have its register hold what it took."""
    held = Held(text[span.start : span.end], span.lines)
    copied = None
    if order.verb in {"d", "c", "y"}:
        copied = state.registers.put(order.register, held, copied=order.verb == "y")
    done = operate(order.verb, text, span, 1)
    if done.inserting:
        after = done.change.apply(text) if done.change is not None else text
        state.begin_insertion(after, done.caret)
    place = done.caret
    if order.verb in {"y", "gu", "gU", "g~"} and span.lines and order.target[:1] not in {"i", "a"}:
        place = at_column(text, span.start, column(text, caret))  # these do not move the caret aside
    return state.step(done.change, text, place, copied)


def _put(state: State, order: Order, text: str, caret: int) -> Step:
    held = state.registers.get(order.register)
    if not held.text and not held.lines:
        return Step(caret, failed=True)
    if held.lines:
        lines = "\n".join([held.text] * order.times)
        if order.verb == "p":
            place = line_end(text, caret)
            change = Change(place, place, "\n" + lines)
            start = place + 1
        else:
            start = line_start(text, caret)
            change = Change(start, start, lines + "\n")
        return state.step(change, text, first_nonblank(change.apply(text), start))
    place = following(text, caret) if order.verb == "p" and caret < line_end(text, caret) else caret
    change = Change(place, place, held.text * order.times)
    end = place + len(change.text)
    after = change.apply(text)
    return state.step(change, text, place if "\n" in held.text else preceding(after, end))


def _change_characters(state: State, order: Order, text: str, caret: int) -> Step:
    """``r`` and ``~``: so many clusters of this line."""
    end = caret
    pieces = []
    for _ in range(order.times):
        if end >= line_end(text, caret):
            if order.verb == "r":
                return Step(caret, failed=True)
            break
        after = following(text, end)
        pieces.append(text[end:after].swapcase() if order.verb == "~" else order.argument)
        end = after
    if not pieces:
        return Step(caret, failed=True)
    if order.verb == "r" and order.argument == "\n":
        change = Change(caret, end, "\n")
        return state.step(change, text, caret + 1)
    change = Change(caret, end, "".join(pieces))
    after_change = change.apply(text)
    last = caret + len(change.text)
    return state.step(change, text, last if order.verb == "~" else preceding(after_change, last))


def _span(state: State, order: Order, text: str, caret: int) -> Span | None:
    """What an operator is to work on."""
    if order.target == WHOLE_LINES:
        end = caret
        for _ in range(order.times - 1):
            end = min(line_end(text, end) + 1, len(text))
        return whole_lines(text, caret, end)
    if order.target[:1] in {"i", "a"} and len(order.target) == 2:
        return object_at(text, caret, order.target, order.times)
    if order.verb == "c" and order.target in {"w", "W"} and caret < len(text) and not text[caret].isspace():
        return _to_word_end(order, text, caret)
    empty_line = line_start(text, caret) == line_end(text, caret)
    if order.target in {"w", "W"} and empty_line and (caret < len(text) or order.verb == "c"):
        return Span(caret, caret, lines=True)
    motion = move(text, caret, order, state.memory)
    state.remember(order, text, caret)
    if motion is None:
        return None
    return _reached(text, caret, motion, words=order.target in {"w", "W"})


def _to_word_end(order: Order, text: str, caret: int) -> Span:
    """``cw`` leaves the blanks after the word."""
    classify = keyword_class if order.target == "w" else blank_class
    end = min(run_end(text, caret, classify), line_end(text, caret))
    if order.times > 1:
        further = Order(target="e" if order.target == "w" else "E", count=order.times - 1)
        motion = move(text, preceding(text, end), further, Memory())
        end = following(text, motion.target) if motion is not None else end
    return Span(caret, end)


def _reached(text: str, caret: int, motion: Motion, *, words: bool) -> Span | None:
    """What lies between the caret and where a motion led, as an operator takes it."""
    start, end = sorted((caret, motion.target))
    if motion.reach is Reach.LINES:
        return whole_lines(text, start, end)
    if motion.reach is Reach.INCLUSIVE:
        at_line_end = end >= line_end(text, end)
        return Span(start, end if at_line_end else following(text, end))
    if words and "\n" in text[start:end]:
        # The last word of a line: its newline and the next line's indent are not part of it.
        last = text.rfind("\n", start, end)
        if not text[last:end].strip() and text[start:last].strip():
            while last > start and text[last - 1] == "\n":
                last -= 1
            return Span(start, last)
    elif end > start and end == line_start(text, end) and line_start(text, start) != end:
        if not text[line_start(text, start) : start].strip():
            return Span(line_start(text, start), end - 1, lines=True)
        end -= 1
    return Span(start, end) if end > start else None
