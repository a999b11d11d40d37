"""Leaves that are shown as a picture once they are complete, and as their source until then or for ever."""

from collections.abc import Callable

from salon.markdown.math import MAX_SOURCE
from salon.markdown.text import Flow
from salon.markdown.wrap import Row


class DrawnFlow:
    """Holds its rows back until it is finished: the picture's if `draw` makes one of the whole content, else `shown`'s.

    What is longer than any picture's source flows through `shown` as it comes.
    """

    def __init__(self, shown: Flow, draw: Callable[[str], list[Row] | None]) -> None:
        self._shown = shown
        self._draw = draw
        self._content = ""
        self._held = shown.rows
        shown.rows = []
        self.rows: list[Row] = []

    def feed(self, text: str) -> None:
        """Take more content."""
        self._shown.feed(text)
        self._held += self._shown.rows
        self._shown.rows = []
        if len(self._content) <= MAX_SOURCE:
            self._content += text
        if len(self._content) > MAX_SOURCE:
            self.rows += self._held
            self._held = []

    def finish(self) -> None:
        """Draw, or show what has been held back."""
        drawn = self._draw(self._content) if len(self._content) <= MAX_SOURCE else None
        if drawn is not None:
            self.rows = drawn
            return
        self._shown.finish()
        self.rows += self._held + self._shown.rows
        self._held, self._shown.rows = [], []

    def fork(self) -> "DrawnFlow":
        """A flow that goes its own way from here."""
        other = DrawnFlow(self._shown.fork(), self._draw)
        other._content, other._held = self._content, self._held[:]
        return other
