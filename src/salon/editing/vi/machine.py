"""The machine that takes keys one by one and says what becomes of the text."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from salon.editing.graphemes import following, preceding, snapped
from salon.editing.text import Change, line_end, line_start
from salon.editing.vi.language import OPERATORS, WHOLE_LINES, NoSuchCommandError, Order, read
from salon.editing.vi.lines import ENDLESS, at_column, clamp, column, first_nonblank
from salon.editing.vi.motions import Memory, Motion, Reach, move, word_under
from salon.editing.vi.objects import Span, object_at
from salon.editing.vi.operators import join, operate, recase, whole_lines
from salon.editing.vi.registers import Held, Registers
from salon.editing.words import blank_class, keyword_class, run_end


class Mode(StrEnum):
    """What the keys mean."""

    INSERT = "INSERT"
    NORMAL = "NORMAL"
    VISUAL = "VISUAL"
    VISUAL_LINE = "VISUAL LINE"
    REPLACE = "REPLACE"


@dataclass(frozen=True, slots=True)
class Step:
    """What a key did. `caret` is where it is after all `changes`, which are made in their order."""

    caret: int
    changes: tuple[Change, ...] = ()
    history: str = ""
    """undo, redo, older or newer: what the keeper of the text shall do, `times` times."""
    times: int = 1
    passed: bool = False
    """The key is none of vi's here: it means what it means without vi."""
    send: bool = False
    edge: int = 0
    """-1 or +1: up or down was pressed on the first or the last line."""
    rows: int = 0
    """The caret is to go so many rows of the screen down."""
    copied: str | None = None
    """What is to be on the clipboard."""
    failed: bool = False
    """There was nothing to do, or no such command."""


@dataclass(frozen=True, slots=True)
class _Insertion:
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
class _Repeatable:
    """The last change, for the dot: what was ordered, what was typed, and how much was chosen in a visual mode."""

    order: Order
    typed: str = ""
    lines: int = 0
    length: int = 0
    """Lines or, if those are 0, characters that were chosen; both 0 without a visual mode."""


class Vi:
    """vi's state: mode, keys that wait for more, registers, and what is remembered for ``.``, ``;`` and ``n``."""

    def __init__(self, read_clipboard: Callable[[], str] = lambda: "") -> None:
        self.mode = Mode.INSERT
        self.anchor = 0
        """Where the visual modes began."""
        self._pending: list[str] = []
        self._registers = Registers(read_clipboard)
        self._memory = Memory()
        self._insertion: _Insertion | None = _Insertion("", "")
        self._last: _Repeatable | None = None
        self._recording: _Repeatable | None = None
        self._chosen_before: tuple[Mode, int, int] | None = None
        self._replaced: list[str] = []
        self._typed_over: list[str] = []
        self._inserted_at = 0
        self._left_at = 0
        """Where the caret was left: the column to keep to is another one if something else has moved it."""

    # what is to be seen

    @property
    def inserting(self) -> bool:
        """Whether keys are text."""
        return self.mode in {Mode.INSERT, Mode.REPLACE}

    @property
    def visual(self) -> bool:
        """Whether a part of the text is chosen."""
        return self.mode in {Mode.VISUAL, Mode.VISUAL_LINE}

    @property
    def pending(self) -> str:
        """The keys that wait for more."""
        return "".join(key if len(key) == 1 else f"<{key}>" for key in self._pending)

    def chosen(self, text: str, caret: int) -> Span | None:
        """What is chosen in a visual mode."""
        if not self.visual:
            return None
        first, last = sorted((min(self.anchor, len(text)), caret))
        if self.mode is Mode.VISUAL_LINE:
            return whole_lines(text, first, last)
        return Span(first, following(text, last))

    def settle(self, text: str, caret: int) -> int:
        """The nearest place where the caret may be in this mode, after something else has moved it."""
        return snapped(text, caret) if self.inserting else clamp(text, caret)

    def reset(self, text: str = "", caret: int = 0) -> None:
        """Begin another text, in the insert mode; registers and searches stay."""
        self._pending.clear()
        self._begin_insertion(text, caret)
        self._recording = None

    # keys

    def press(self, key: str, text: str, caret: int) -> Step:
        """Take a key: a character of its own, or a name such as ``escape`` or ``ctrl+r``."""
        caret = snapped(text, caret)
        if caret != self._left_at:
            self._keep_column(text, caret)
        step = self._take(key, text, caret)
        self._left_at = step.caret
        return step

    def _take(self, key: str, text: str, caret: int) -> Step:
        if self.mode is Mode.INSERT:
            return self._leave_insert(text, caret) if key in {"escape", "ctrl+["} else Step(caret, passed=True)
        if self.mode is Mode.REPLACE:
            return self._overtype(key, text, caret)
        if key in {"escape", "ctrl+["}:
            return self._escape(text, caret)
        if key == "backspace" and self._in_search():
            if self._pending.pop() in {"/", "?"} and not self._in_search():
                self._pending.clear()
            return Step(caret)
        if key == "enter" and not self._pending and not self.visual:
            return Step(caret, send=True)
        self._pending.append(key)
        try:
            order = read(self._pending, visual=self.visual)
        except NoSuchCommandError:
            unknown = len(self._pending) == 1 and len(key) > 1 and key.isascii()
            self._pending.clear()
            return Step(caret, passed=unknown, failed=not unknown)
        if order is None:
            return Step(caret)
        self._pending.clear()
        return self._obey_visual(order, text, caret) if self.visual else self._obey(order, text, caret)

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
        if self.visual:
            self._end_visual(text, caret)
            return Step(clamp(text, caret))
        return Step(caret, passed=True)

    # the insert mode

    def _begin_insertion(self, text: str, caret: int, *, times: int = 1, lines: bool = False) -> None:
        self.mode = Mode.INSERT
        self._insertion = _Insertion(text[:caret], text[caret:], times, lines)
        self._inserted_at = caret

    def _leave_insert(self, text: str, caret: int) -> Step:
        insertion, self._insertion = self._insertion, None
        self.mode = Mode.NORMAL
        changes: tuple[Change, ...] = ()
        typed = insertion.typed(text) if insertion is not None else ""
        if insertion is not None and insertion.times > 1 and typed:
            more = (("\n" if insertion.lines else "") + typed) * (insertion.times - 1)
            changes = (Change(caret, caret, more),)
            text, caret = changes[0].apply(text), caret + len(more)
        if self._recording is not None:
            self._last, self._recording = replace(self._recording, typed=typed), None
        caret = max(preceding(text, caret), line_start(text, caret)) if caret > line_start(text, caret) else caret
        caret = clamp(text, caret)
        self._keep_column(text, caret)
        return Step(caret, changes)

    def _overtype(self, key: str, text: str, caret: int) -> Step:
        if key in {"escape", "ctrl+["}:
            if self._recording is not None:
                self._last, self._recording = replace(self._recording, typed="".join(self._typed_over)), None
            self.mode = Mode.NORMAL
            caret = clamp(text, max(preceding(text, caret), line_start(text, caret)))
            self._keep_column(text, caret)
            return Step(caret)
        if key == "backspace":
            if not self._replaced:
                return Step(caret, failed=True)
            before, typed = self._replaced.pop(), self._typed_over.pop()
            start = caret - len(typed)
            return Step(start, (Change(start, caret, before),))
        if len(key) > 1 and key.isascii():
            return Step(caret, passed=True)
        end = following(text, caret) if caret < line_end(text, caret) else caret
        self._replaced.append(text[caret:end])
        self._typed_over.append(key)
        return Step(caret + len(key), (Change(caret, end, key),))

    # the normal mode

    def _obey(self, order: Order, text: str, caret: int) -> Step:
        if order.verb in {"u", "ctrl+r", "g-", "g+"}:
            kinds = {"u": "undo", "ctrl+r": "redo", "g-": "older", "g+": "newer"}
            return Step(caret, history=kinds[order.verb], times=order.times)
        if order.verb == ".":
            return self._repeat(order, text, caret)
        if order.verb in {"v", "V", "gv"}:
            return self._begin_visual(order, text, caret)
        if not order.verb:
            return self._move(order, text, caret)
        step = self._do(order, text, caret)
        if not step.failed and order.verb != "y" and order.verb != "Y":
            remembered = _Repeatable(order)
            if self.inserting:
                self._recording = remembered
            else:
                self._last = remembered
        return step

    def _move(self, order: Order, text: str, caret: int) -> Step:
        if order.target in {"gj", "gk"}:
            return Step(caret, rows=order.times if order.target == "gj" else -order.times)
        motion = move(text, caret, order, self._memory)
        self._remember(order, text, caret)
        if motion is None:
            edge = {"j": 1, "k": -1}.get(order.target, 0)
            return Step(caret, failed=True, edge=0 if self.visual else edge)
        target = clamp(text, motion.target)
        if order.target == "$":
            self._memory = replace(self._memory, wished=ENDLESS)
        elif order.target not in {"j", "k"}:
            self._keep_column(text, target)
        return Step(target)

    def _keep_column(self, text: str, caret: int) -> None:
        self._memory = replace(self._memory, wished=column(text, caret))

    def _remember(self, order: Order, text: str, caret: int) -> None:
        if order.target in {"f", "F", "t", "T"}:
            self._memory = replace(self._memory, found=order)
        elif order.target in {"/", "?"} and order.argument:
            self._memory = replace(self._memory, searched=order)
        elif order.target in {"*", "#"}:
            words = word_under(text, caret)
            self._memory = replace(
                self._memory, searched=Order(target="/" if order.target == "*" else "?", argument=words)
            )

    def _do(self, order: Order, text: str, caret: int) -> Step:
        """A command that may change the text."""
        if order.verb in OPERATORS:
            span = self._span(order, text, caret)
            return Step(caret, failed=True) if span is None else self._operate(order, text, span, caret)
        if order.verb in _SHORTHANDS:
            verb, target = _SHORTHANDS[order.verb]
            return self._do(replace(order, verb=verb, target=target), text, caret)
        if order.verb in {"p", "P"}:
            return self._put(order, text, caret)
        if order.verb in {"J", "gJ"}:
            joined = join(text, caret, order.times, blanks=order.verb == "J")
            return Step(caret, failed=True) if joined is None else self._step(joined.change, text, joined.caret)
        if order.verb in {"r", "~"}:
            return self._change_characters(order, text, caret)
        if order.verb == "R":
            self.mode = Mode.REPLACE
            self._replaced, self._typed_over = [], []
            return Step(caret)
        return self._open(order, text, caret)

    def _open(self, order: Order, text: str, caret: int) -> Step:
        """The commands that begin to insert."""
        verb = order.verb
        if verb in {"o", "O"}:
            place = line_end(text, caret) if verb == "o" else line_start(text, caret)
            change = Change(place, place, "\n")
            text = change.apply(text)
            caret = place + 1 if verb == "o" else place
            self._begin_insertion(text, caret, times=order.times, lines=True)
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
            caret = snapped(text, self._inserted_at)
        self._begin_insertion(text, caret, times=order.times)
        return Step(caret)

    def _change_characters(self, order: Order, text: str, caret: int) -> Step:
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
            return self._step(change, text, caret + 1)
        change = Change(caret, end, "".join(pieces))
        after_change = change.apply(text)
        last = caret + len(change.text)
        return self._step(change, text, last if order.verb == "~" else preceding(after_change, last))

    def _step(self, change: Change | None, text: str, caret: int, copied: str | None = None) -> Step:
        after = change.apply(text) if change is not None else text
        caret = caret if self.inserting else clamp(after, caret)
        self._keep_column(after, caret)
        return Step(caret, (change,) if change is not None else (), copied=copied)

    # operators

    def _span(self, order: Order, text: str, caret: int) -> Span | None:
        """What an operator is to work on."""
        if order.target == WHOLE_LINES:
            end = caret
            for _ in range(order.times - 1):
                end = min(line_end(text, end) + 1, len(text))
            return whole_lines(text, caret, end)
        if order.target[:1] in {"i", "a"} and len(order.target) == 2:
            return object_at(text, caret, order.target, order.times)
        if order.verb == "c" and order.target in {"w", "W"} and caret < len(text) and not text[caret].isspace():
            return self._to_word_end(order, text, caret)
        empty_line = line_start(text, caret) == line_end(text, caret)
        if order.target in {"w", "W"} and empty_line and (caret < len(text) or order.verb == "c"):
            return Span(caret, caret, lines=True)
        motion = move(text, caret, order, self._memory)
        self._remember(order, text, caret)
        if motion is None:
            return None
        return _reached(text, caret, motion, words=order.target in {"w", "W"})

    @staticmethod
    def _to_word_end(order: Order, text: str, caret: int) -> Span:
        """``cw`` leaves the blanks after the word."""
        classify = keyword_class if order.target == "w" else blank_class
        end = min(run_end(text, caret, classify), line_end(text, caret))
        if order.times > 1:
            further = Order(target="e" if order.target == "w" else "E", count=order.times - 1)
            motion = move(text, preceding(text, end), further, Memory())
            end = following(text, motion.target) if motion is not None else end
        return Span(caret, end)

    def _operate(self, order: Order, text: str, span: Span, caret: int) -> Step:
        held = Held(text[span.start : span.end], span.lines)
        copied = None
        if order.verb in {"d", "c", "y"}:
            copied = self._registers.put(order.register, held, copied=order.verb == "y")
        done = operate(order.verb, text, span, 1)
        if done.inserting:
            after = done.change.apply(text) if done.change is not None else text
            self._begin_insertion(after, done.caret)
        place = done.caret
        if order.verb in {"y", "gu", "gU", "g~"} and span.lines and order.target[:1] not in {"i", "a"}:
            place = at_column(text, span.start, column(text, caret))  # these do not move the caret aside
        return self._step(done.change, text, place, copied)

    def _put(self, order: Order, text: str, caret: int) -> Step:
        held = self._registers.get(order.register)
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
            return self._step(change, text, first_nonblank(change.apply(text), start))
        place = following(text, caret) if order.verb == "p" and caret < line_end(text, caret) else caret
        change = Change(place, place, held.text * order.times)
        end = place + len(change.text)
        after = change.apply(text)
        return self._step(change, text, place if "\n" in held.text else preceding(after, end))

    # the dot

    def _repeat(self, dot: Order, text: str, caret: int) -> Step:
        last = self._last
        if last is None:
            return Step(caret, failed=True)
        order = replace(last.order, count=dot.count) if dot.count is not None else last.order
        if dot.count is not None:
            self._last = last = replace(last, order=order)
        if last.lines or last.length:
            step = self._operate_as_before(last, order, text, caret)
        elif order.verb == "R":
            return self._type_over(last.typed, text, caret)
        else:
            step = self._do(order, text, caret)
        if self.mode is not Mode.INSERT or step.failed:
            return step
        for change in step.changes:
            text = change.apply(text)
        place = step.caret
        changes = list(step.changes)
        if last.typed:
            changes.append(Change(place, place, last.typed))
            text = changes[-1].apply(text)
        done = self._leave_insert(text, place + len(last.typed))
        return replace(done, changes=(*changes, *done.changes))

    def _operate_as_before(self, last: _Repeatable, order: Order, text: str, caret: int) -> Step:
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
        return self._visual_deed(order, text, span, caret)

    def _type_over(self, typed: str, text: str, caret: int) -> Step:
        end = caret
        for _ in range(len(typed)):
            end = following(text, end) if end < line_end(text, caret) else end
        if not typed:
            return Step(caret)
        change = Change(caret, end, typed)
        return self._step(change, text, preceding(change.apply(text), caret + len(typed)))

    # the visual modes

    def _begin_visual(self, order: Order, text: str, caret: int) -> Step:
        if order.verb == "gv":
            if self._chosen_before is None:
                return Step(caret, failed=True)
            self.mode, self.anchor, end = self._chosen_before
            self.anchor = snapped(text, self.anchor)
            return Step(clamp(text, end))
        self.mode = Mode.VISUAL if order.verb == "v" else Mode.VISUAL_LINE
        self.anchor = caret
        return Step(caret)

    def _end_visual(self, text: str, caret: int) -> None:
        self._chosen_before = (self.mode, self.anchor, caret)
        self.mode = Mode.NORMAL
        self._keep_column(text, clamp(text, caret))

    def _obey_visual(self, order: Order, text: str, caret: int) -> Step:
        if order.verb in {"v", "V"}:
            mode = Mode.VISUAL if order.verb == "v" else Mode.VISUAL_LINE
            if mode is self.mode:
                self._end_visual(text, caret)
                return Step(clamp(text, caret))
            self.mode = mode
            return Step(caret)
        if order.verb in {"o", "O"}:
            caret, self.anchor = self.anchor, caret
            return Step(clamp(text, caret))
        if not order.verb:
            return self._choose(order, text, caret)
        span = self.chosen(text, caret)
        assert span is not None
        lines = text.count("\n", span.start, span.end) + 1 if span.lines else 0
        remembered = _Repeatable(order, lines=lines, length=0 if lines else _clusters(text, span))
        self._end_visual(text, caret)
        step = self._visual_deed(order, text, span, caret)
        if order.verb not in {"y", "Y", "p", "P", "I", "A"} and not step.failed:
            if self.inserting:
                self._recording = remembered
            else:
                self._last = remembered
        return step

    def _choose(self, order: Order, text: str, caret: int) -> Step:
        """A motion or a text object that makes the choice larger or smaller."""
        if order.target[:1] not in {"i", "a"} or len(order.target) != 2:
            return self._move(order, text, caret)
        span = object_at(text, caret, order.target, order.times)
        before = self.chosen(text, caret)
        for more in range(1, 1 + 9 * (order.target[1] in "()b[]{}B<>" and self.anchor != caret)):
            if span is None or before is None or (span.start <= before.start and span.end > before.end):
                break
            span = object_at(text, caret, order.target, order.times + more)
        if span is None or span.end <= span.start:
            return Step(caret, failed=True)
        self.anchor = min(span.start, self.anchor) if self.anchor < caret else span.start
        if span.lines:
            self.mode = Mode.VISUAL_LINE
            return Step(clamp(text, line_start(text, span.end)))
        return Step(clamp(text, preceding(text, span.end)))

    def _visual_deed(self, order: Order, text: str, span: Span, caret: int) -> Step:
        verb = order.verb
        if verb in {"D", "X", "Y", "C", "S", "R"}:
            span = whole_lines(text, span.start, max(span.start, span.end - 1))
        verb = _VISUAL_VERBS.get(verb, verb)
        if verb in {"d", "c", "y"}:
            return self._operate(replace(order, verb=verb, target="iv"), text, span, caret)
        if verb in {">", "<"}:
            done = operate(verb, text, span, order.times)
            return self._step(done.change, text, done.caret)
        if verb in {"g~", "gu", "gU"}:
            done = recase(verb, text, span)
            return self._step(done.change, text, done.caret)
        if verb == "r":
            new = "".join("\n" if char == "\n" else order.argument for char in _pieces(text, span))
            return self._step(Change(span.start, span.end, new), text, span.start)
        if verb in {"J", "gJ"}:
            joined = join(text, span.start, text.count("\n", span.start, span.end) + 1, blanks=verb == "J")
            return Step(caret, failed=True) if joined is None else self._step(joined.change, text, joined.caret)
        if verb in {"p", "P"}:
            return self._put_over(order, text, span)
        place = span.start if verb == "I" else span.end
        self._begin_insertion(text, place)
        return Step(place)

    def _put_over(self, order: Order, text: str, span: Span) -> Step:
        held = self._registers.get(order.register)
        if order.verb == "p":
            self._registers.put("", Held(text[span.start : span.end], span.lines), copied=False)
        new = "\n".join([held.text] * order.times) if held.lines else held.text * order.times
        if held.lines and not span.lines:
            new = f"\n{new}\n"
        change = Change(span.start, span.end, new)
        last = span.start if held.lines or span.lines or not new else span.start + len(new)
        after = change.apply(text)
        if held.lines and not span.lines:
            return self._step(change, text, first_nonblank(after, span.start + 1))
        return self._step(change, text, last if last == span.start else preceding(after, last))


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
