"""The visual modes: choosing a part of the text, and what is done with it."""

from dataclasses import replace

from salon.editing.graphemes import following, preceding, snapped
from salon.editing.text import Change, line_start
from salon.editing.vi.changing import operate_on
from salon.editing.vi.language import Order
from salon.editing.vi.lines import clamp, first_nonblank
from salon.editing.vi.moving import go
from salon.editing.vi.objects import Span, object_at
from salon.editing.vi.operators import join, operate, recase, whole_lines
from salon.editing.vi.registers import Held
from salon.editing.vi.state import Repeatable, State
from salon.editing.vi.step import Mode, Step

_VISUAL_VERBS = {
    "x": "d",
    "delete": "d",
    "X": "d",
    "D": "d",
    "s": "c",
    "S": "c",
    "C": "c",
    "R": "c",
    "Y": "y",
    "u": "gu",
    "U": "gU",
    "~": "g~",
}


def begin_choosing(state: State, order: Order, text: str, caret: int) -> Step:
    """``v``, ``V`` and ``gv``."""
    if order.verb == "gv":
        if state.chosen_before is None:
            return Step(caret, failed=True)
        state.mode, state.anchor, end = state.chosen_before
        state.anchor = snapped(text, state.anchor)
        return Step(clamp(text, end))
    state.mode = Mode.VISUAL if order.verb == "v" else Mode.VISUAL_LINE
    state.anchor = caret
    return Step(caret)


def end_choosing(state: State, text: str, caret: int) -> None:
    """Go back to the normal mode; ``gv`` brings the choice back."""
    state.chosen_before = (state.mode, state.anchor, caret)
    state.mode = Mode.NORMAL
    state.keep_column(text, clamp(text, caret))


def obey_choosing(state: State, order: Order, text: str, caret: int) -> Step:
    """Do what an order means while something is chosen."""
    if order.verb in {"v", "V"}:
        mode = Mode.VISUAL if order.verb == "v" else Mode.VISUAL_LINE
        if mode is state.mode:
            end_choosing(state, text, caret)
            return Step(clamp(text, caret))
        state.mode = mode
        return Step(caret)
    if order.verb in {"o", "O"}:
        caret, state.anchor = state.anchor, caret
        return Step(clamp(text, caret))
    if not order.verb:
        return _choose(state, order, text, caret)
    span = state.chosen(text, caret)
    assert span is not None
    lines = text.count("\n", span.start, span.end) + 1 if span.lines else 0
    remembered = Repeatable(order, lines=lines, length=0 if lines else _clusters(text, span))
    end_choosing(state, text, caret)
    step = do_to_chosen(state, order, text, span, caret)
    if order.verb not in {"y", "Y", "p", "P", "I", "A"} and not step.failed:
        state.note_change(remembered)
    return step


def _choose(state: State, order: Order, text: str, caret: int) -> Step:
    """A motion or a text object that makes the choice larger or smaller."""
    if order.target[:1] not in {"i", "a"} or len(order.target) != 2:
        return go(state, order, text, caret)
    span = object_at(text, caret, order.target, order.times)
    before = state.chosen(text, caret)
    for more in range(1, 1 + 9 * (order.target[1] in "()b[]{}B<>" and state.anchor != caret)):
        if span is None or before is None or (span.start <= before.start and span.end > before.end):
            break
        span = object_at(text, caret, order.target, order.times + more)
    if span is None or span.end <= span.start:
        return Step(caret, failed=True)
    state.anchor = min(span.start, state.anchor) if state.anchor < caret else span.start
    if span.lines:
        state.mode = Mode.VISUAL_LINE
        return Step(clamp(text, line_start(text, span.end)))
    return Step(clamp(text, preceding(text, span.end)))


def do_to_chosen(state: State, order: Order, text: str, span: Span, caret: int) -> Step:
    """Do to a span what a command of the visual modes does."""
    verb = order.verb
    if verb in {"D", "X", "Y", "C", "S", "R"}:
        span = whole_lines(text, span.start, max(span.start, span.end - 1))
    verb = _VISUAL_VERBS.get(verb, verb)
    if verb in {"d", "c", "y"}:
        return operate_on(state, replace(order, verb=verb, target="iv"), text, span, caret)
    if verb in {">", "<"}:
        done = operate(verb, text, span, order.times)
        return state.step(done.change, text, done.caret)
    if verb in {"g~", "gu", "gU"}:
        done = recase(verb, text, span)
        return state.step(done.change, text, done.caret)
    if verb == "r":
        new = "".join("\n" if char == "\n" else order.argument for char in _pieces(text, span))
        return state.step(Change(span.start, span.end, new), text, span.start)
    if verb in {"J", "gJ"}:
        joined = join(text, span.start, text.count("\n", span.start, span.end) + 1, blanks=verb == "J")
        return Step(caret, failed=True) if joined is None else state.step(joined.change, text, joined.caret)
    if verb in {"p", "P"}:
        return _put_over(state, order, text, span)
    place = span.start if verb == "I" else span.end
    state.begin_insertion(text, place)
    return Step(place)


def _put_over(state: State, order: Order, text: str, span: Span) -> Step:
    held = state.registers.get(order.register)
    if order.verb == "p":
        state.registers.put("", Held(text[span.start : span.end], span.lines), copied=False)
    new = "\n".join([held.text] * order.times) if held.lines else held.text * order.times
    if held.lines and not span.lines:
        new = f"\n{new}\n"
    change = Change(span.start, span.end, new)
    last = span.start if held.lines or span.lines or not new else span.start + len(new)
    after = change.apply(text)
    if held.lines and not span.lines:
        return state.step(change, text, first_nonblank(after, span.start + 1))
    return state.step(change, text, last if last == span.start else preceding(after, last))


def _clusters(text: str, span: Span) -> int:
    return len(_pieces(text, span))


def _pieces(text: str, span: Span) -> list[str]:
    pieces = []
    at = span.start
    while at < span.end:
        after = following(text, at)
        pieces.append(text[at:after])
        at = after
    return pieces
