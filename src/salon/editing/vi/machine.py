"""The machine that takes keys one by one and says what becomes of the text."""

from collections.abc import Callable

from salon.editing.graphemes import snapped
from salon.editing.vi.changing import carry_out
from salon.editing.vi.choosing import begin_choosing, end_choosing, obey_choosing
from salon.editing.vi.inserting import leave_insertion, type_over
from salon.editing.vi.language import NoSuchCommandError, Order, read
from salon.editing.vi.lines import clamp
from salon.editing.vi.moving import go
from salon.editing.vi.objects import Span
from salon.editing.vi.repeating import repeat
from salon.editing.vi.state import Repeatable, State
from salon.editing.vi.step import Mode, Step


class Vi:
    """vi, a key at a time: the keys that wait for more, and the state that the commands work on."""

    def __init__(self, read_clipboard: Callable[[], str] = lambda: "") -> None:
        self._state = State(read_clipboard)
        self._pending: list[str] = []
        self._left_at = 0
        """Where the caret was left: the column to keep to is another one if something else has moved it."""

    # what is to be seen

    @property
    def mode(self) -> Mode:
        """What the keys mean."""
        return self._state.mode

    @property
    def anchor(self) -> int:
        """Where the visual modes began."""
        return self._state.anchor

    @property
    def inserting(self) -> bool:
        """Whether keys are text."""
        return self._state.inserting

    @property
    def visual(self) -> bool:
        """Whether a part of the text is chosen."""
        return self._state.visual

    @property
    def pending(self) -> str:
        """The keys that wait for more."""
        return "".join(key if len(key) == 1 else f"<{key}>" for key in self._pending)

    def chosen(self, text: str, caret: int) -> Span | None:
        """What is chosen in a visual mode."""
        return self._state.chosen(text, caret)

    def settle(self, text: str, caret: int) -> int:
        """The nearest place where the caret may be in this mode, after something else has moved it."""
        return snapped(text, caret) if self._state.inserting else clamp(text, caret)

    def reset(self, text: str = "", caret: int = 0) -> None:
        """Begin another text, in the insert mode; registers and searches stay."""
        self._pending.clear()
        self._state.begin_insertion(text, caret)
        self._state.recording = None

    # keys

    def press(self, key: str, text: str, caret: int) -> Step:
        """Take a key: a character of its own, or a name such as ``escape`` or ``ctrl+r``."""
        caret = snapped(text, caret)
        if caret != self._left_at:
            self._state.keep_column(text, caret)
        step = self._take(key, text, caret)
        self._left_at = step.caret
        return step

    def _take(self, key: str, text: str, caret: int) -> Step:
        if self._state.mode is Mode.INSERT:
            leaves = key in {"escape", "ctrl+["}
            return leave_insertion(self._state, text, caret) if leaves else Step(caret, passed=True)
        if self._state.mode is Mode.REPLACE:
            return type_over(self._state, key, text, caret)
        if key in {"escape", "ctrl+["}:
            return self._escape(text, caret)
        if key == "backspace" and self._in_search():
            if self._pending.pop() in {"/", "?"} and not self._in_search():
                self._pending.clear()
            return Step(caret)
        if key == "enter" and not self._pending and not self._state.visual:
            return Step(caret, send=True)
        self._pending.append(key)
        try:
            order = read(self._pending, visual=self._state.visual)
        except NoSuchCommandError:
            unknown = len(self._pending) == 1 and len(key) > 1 and key.isascii()
            self._pending.clear()
            return Step(caret, passed=unknown, failed=not unknown)
        if order is None:
            return Step(caret)
        self._pending.clear()
        return obey_choosing(self._state, order, text, caret) if self._state.visual else self._obey(order, text, caret)

    def _in_search(self) -> bool:
        """Whether the keys are the words of a search."""
        for at, key in enumerate(self._pending):
            if key in {"/", "?"} and (at == 0 or self._pending[at - 1] not in {"f", "F", "t", "T", "r", '"', "i", "a"}):
                return True
        return False

    def _escape(self, text: str, caret: int) -> Step:
        if self._pending:
            self._pending.clear()
            return Step(caret)
        if self._state.visual:
            end_choosing(self._state, text, caret)
            return Step(clamp(text, caret))
        return Step(caret, passed=True)

    def _obey(self, order: Order, text: str, caret: int) -> Step:
        if order.verb in {"u", "ctrl+r", "g-", "g+"}:
            kinds = {"u": "undo", "ctrl+r": "redo", "g-": "older", "g+": "newer"}
            return Step(caret, history=kinds[order.verb], times=order.times)
        if order.verb == ".":
            return repeat(self._state, order, text, caret)
        if order.verb in {"v", "V", "gv"}:
            return begin_choosing(self._state, order, text, caret)
        if not order.verb:
            return go(self._state, order, text, caret)
        step = carry_out(self._state, order, text, caret)
        if not step.failed and order.verb != "y" and order.verb != "Y":
            self._state.note_change(Repeatable(order))
        return step
