"""What vi remembers from one key to the next, and the few things that every command does with that."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from salon.editing.graphemes import following
from salon.editing.text import Change
from salon.editing.vi.language import Order
from salon.editing.vi.lines import clamp, column
from salon.editing.vi.motions import Memory, word_under
from salon.editing.vi.objects import Span
from salon.editing.vi.operators import whole_lines
from salon.editing.vi.registers import Registers
from salon.editing.vi.step import Mode, Step


@dataclass(frozen=True, slots=True)
class Insertion:
    """What is being inserted: how the text stood when it began, and how often it is to be there in the end."""

    before: str
    after: str
    times: int = 1
    lines: bool = False

    def typed(self, text: str) -> str:
        """What was typed since then; "" if it was done elsewhere."""
        end = len(text) - len(self.after)
        around = text.startswith(self.before) and text.endswith(self.after) and end >= len(self.before)
        return text[len(self.before) : end] if around else ""


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The last change, for the dot: what was ordered, what was typed, and how much was chosen in a visual mode."""

    order: Order
    typed: str = ""
    lines: int = 0
    length: int = 0
    """Lines or, if those are 0, characters that were chosen; both 0 without a visual mode."""


class State:
    """The mode, the registers, and what is remembered for ``.``, ``;``, ``n``, ``gi`` and ``gv``."""

    def __init__(self, read_clipboard: Callable[[], str]) -> None:
        self.mode = Mode.INSERT
        self.anchor = 0
        """Where the visual modes began."""
        self.registers = Registers(read_clipboard)
        self.memory = Memory()
        self.insertion: Insertion | None = Insertion("", "")
        self.last: Repeatable | None = None
        """The last change."""
        self.recording: Repeatable | None = None
        """The change that will be the last one, once what is inserted for it is known."""
        self.chosen_before: tuple[Mode, int, int] | None = None
        """Mode, anchor and caret of the last choice."""
        self.replaced: list[str] = []
        """What the replace mode has taken away, a cluster a key."""
        self.typed_over: list[str] = []
        """What was typed in its place."""
        self.inserted_at = 0

    @property
    def inserting(self) -> bool:
        """Whether keys are text."""
        return self.mode in {Mode.INSERT, Mode.REPLACE}

    @property
    def visual(self) -> bool:
        """Whether a part of the text is chosen."""
        return self.mode in {Mode.VISUAL, Mode.VISUAL_LINE}

    def chosen(self, text: str, caret: int) -> Span | None:
        """What is chosen in a visual mode."""
        if not self.visual:
            return None
        first, last = sorted((min(self.anchor, len(text)), caret))
        if self.mode is Mode.VISUAL_LINE:
            return whole_lines(text, first, last)
        return Span(first, following(text, last))

    def begin_insertion(self, text: str, caret: int, *, times: int = 1, lines: bool = False) -> None:
        """Insert from here on; what is typed is to be there so many times, on ``lines`` of its own."""
        self.mode = Mode.INSERT
        self.insertion = Insertion(text[:caret], text[caret:], times, lines)
        self.inserted_at = caret

    def note_change(self, remembered: Repeatable) -> None:
        """Have the dot repeat this, together with what is about to be inserted."""
        if self.inserting:
            self.recording = remembered
        else:
            self.last = remembered

    def step(self, change: Change | None, text: str, caret: int, copied: str | None = None) -> Step:
        """What a change leads to; outside an insertion the caret goes where it may be."""
        after = change.apply(text) if change is not None else text
        caret = caret if self.inserting else clamp(after, caret)
        self.keep_column(after, caret)
        return Step(caret, (change,) if change is not None else (), copied=copied)

    def keep_column(self, text: str, caret: int) -> None:
        """Have ``j`` and ``k`` keep to the column of the caret."""
        self.memory = replace(self.memory, wished=column(text, caret))

    def remember(self, order: Order, text: str, caret: int) -> None:
        """Remember what ``;``, ``,``, ``n`` and ``N`` are to look for."""
        if order.target in {"f", "F", "t", "T"}:
            self.memory = replace(self.memory, found=order)
        elif order.target in {"/", "?"} and order.argument:
            self.memory = replace(self.memory, searched=order)
        elif order.target in {"*", "#"}:
            words = word_under(text, caret)
            self.memory = replace(
                self.memory, searched=Order(target="/" if order.target == "*" else "?", argument=words)
            )
