"""Where a motion takes the caret, and what is remembered of it."""

from dataclasses import replace

from salon.editing.vi.language import Order
from salon.editing.vi.lines import ENDLESS, clamp
from salon.editing.vi.motions import move
from salon.editing.vi.state import State
from salon.editing.vi.step import Step


def go(state: State, order: Order, text: str, caret: int) -> Step:
    """Move the caret as an order says."""
    if order.target in {"gj", "gk"}:
        return Step(caret, rows=order.times if order.target == "gj" else -order.times)
    motion = move(text, caret, order, state.memory)
    state.remember(order, text, caret)
    if motion is None:
        edge = {"j": 1, "k": -1}.get(order.target, 0)
        return Step(caret, failed=True, edge=0 if state.visual else edge)
    target = clamp(text, motion.target)
    if order.target == "$":
        state.memory = replace(state.memory, wished=ENDLESS)
    elif order.target not in {"j", "k"}:
        state.keep_column(text, target)
    return Step(target)
