"""The dot: the last change once more, with what was typed for it."""

from dataclasses import replace

from salon.editing.graphemes import following, preceding
from salon.editing.text import Change, line_end
from salon.editing.vi.changing import carry_out
from salon.editing.vi.choosing import do_to_chosen
from salon.editing.vi.inserting import leave_insertion
from salon.editing.vi.language import Order
from salon.editing.vi.objects import Span
from salon.editing.vi.operators import whole_lines
from salon.editing.vi.state import Repeatable, State
from salon.editing.vi.step import Mode, Step


def repeat(state: State, dot: Order, text: str, caret: int) -> Step:
    """Do the last change once more; a count takes the place of its own."""
    last = state.last
    if last is None:
        return Step(caret, failed=True)
    order = replace(last.order, count=dot.count) if dot.count is not None else last.order
    if dot.count is not None:
        state.last = last = replace(last, order=order)
    if last.lines or last.length:
        step = _operate_as_before(state, last, order, text, caret)
    elif order.verb == "R":
        return _type_again(state, last.typed, text, caret)
    else:
        step = carry_out(state, order, text, caret)
    if state.mode is not Mode.INSERT or step.failed:
        return step
    for change in step.changes:
        text = change.apply(text)
    place = step.caret
    changes = list(step.changes)
    if last.typed:
        changes.append(Change(place, place, last.typed))
        text = changes[-1].apply(text)
    done = leave_insertion(state, text, place + len(last.typed))
    return replace(done, changes=(*changes, *done.changes))


def _operate_as_before(state: State, last: Repeatable, order: Order, text: str, caret: int) -> Step:
    if last.lines:
        end = caret
        for _ in range(last.lines - 1):
            end = min(line_end(text, end) + 1, len(text))
        span = whole_lines(text, caret, end)
    else:
        end = caret
        for _ in range(last.length):
            end = following(text, end)
        span = Span(caret, end)
    return do_to_chosen(state, order, text, span, caret)


def _type_again(state: State, typed: str, text: str, caret: int) -> Step:
    end = caret
    for _ in range(len(typed)):
        end = following(text, end) if end < line_end(text, caret) else end
    if not typed:
        return Step(caret)
    change = Change(caret, end, typed)
    return state.step(change, text, preceding(change.apply(text), caret + len(typed)))
