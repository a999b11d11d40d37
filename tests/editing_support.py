"""A sheet of text that keys are typed on, without a screen: it does with vi's answers what the prompt does."""

import re
from collections.abc import Iterator

from salon.editing.graphemes import preceding
from salon.editing.history import Deed, History, Journey
from salon.editing.text import Buffer, Change
from salon.editing.vi.machine import Vi
from salon.editing.vi.step import Step

_NAMED = {"esc": "escape", "cr": "enter", "bs": "backspace", "c-r": "ctrl+r", "lt": "<", "bar": "|"}


def keys_of(notation: str) -> Iterator[str]:
    """`dw<esc>` as the keys d, w and escape."""
    for named, plain in re.findall(r"<([a-z-]+)>|(.)", notation, re.DOTALL):
        yield _NAMED[named] if named else plain


def unmarked(marked: str) -> tuple[str, int]:
    """The text, and the place of the ``|`` that stands for the caret in it."""
    caret = marked.index("|")
    return marked[:caret] + marked[caret + 1 :], caret


class Sheet:
    """A text with its caret, its history, and vi in the normal mode."""

    def __init__(self, marked: str = "|", clipboard: str = "") -> None:
        self.text, self.caret = unmarked(marked)
        self.clipboard = clipboard
        self.history = History()
        self.vi = Vi(lambda: self.clipboard)
        self.vi.reset(self.text, self.caret)
        self.steps: list[Step] = []
        self.clock = 0.0
        self.vi.press("escape", self.text, self.caret)
        self.caret = self.vi.settle(self.text, self.caret)

    @property
    def marked(self) -> str:
        return f"{self.text[: self.caret]}|{self.text[self.caret :]}"

    def press(self, notation: str) -> "Sheet":
        for key in keys_of(notation):
            self.take(key)
        return self

    def take(self, key: str) -> None:
        inserting = self.vi.inserting
        step = self.vi.press(key, self.text, self.caret)
        self.steps.append(step)
        if not inserting:
            self.history.hold_open()
        if step.passed and inserting:
            self._insert(key)
        elif step.history:
            for _ in range(step.times):
                self.travel(getattr(self.history, step.history)())
        else:
            for change in step.changes:
                self.change(change, change.start + len(change.text))
            self.caret = step.caret
            if step.copied is not None:
                self.clipboard = step.copied
        if not self.vi.inserting:
            self.history.part()

    def _insert(self, key: str) -> None:
        if key == "backspace":
            start = preceding(self.text, self.caret)
            if start != self.caret:
                self.change(Change(start, self.caret), start)
        elif key == "enter" or len(key) == 1 or not key.isascii():
            typed = "\n" if key == "enter" else key
            self.change(Change(self.caret, self.caret, typed), self.caret + len(typed))

    def change(self, change: Change, caret: int) -> None:
        deed = Deed(change.start, self.text[change.start : change.end], change.text)
        self.clock += 0.1
        self.history.record(deed, before=self.caret, after=caret, now=self.clock)
        self.text, self.caret = change.apply(self.text), caret

    def travel(self, journey: Journey) -> None:
        for deed in journey.deeds:
            assert self.text.startswith(deed.removed, deed.start)
            self.text = Change(deed.start, deed.start + len(deed.removed), deed.inserted).apply(self.text)
        if journey:
            self.caret = self.vi.settle(self.text, journey.deeds[-1].start)

    @property
    def buffer(self) -> Buffer:
        return Buffer(self.text, self.caret)
