"""What an editing command is given, and what it answers. All places are counted in code points from the beginning."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Buffer:
    """A text, the caret in it, and the other end of the selection, None where nothing is selected."""

    text: str
    caret: int
    anchor: int | None = None

    @property
    def selection(self) -> tuple[int, int] | None:
        """Where the selection begins and ends; None where there is none or it is empty."""
        if self.anchor is None or self.anchor == self.caret:
            return None
        return min(self.anchor, self.caret), max(self.anchor, self.caret)


@dataclass(frozen=True, slots=True)
class Change:
    """`text` takes the place of what stands from `start` up to `end`."""

    start: int
    end: int
    text: str = ""

    def apply(self, text: str) -> str:
        """The text after the change."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command does: at most one change, and where the caret is then."""

    caret: int
    change: Change | None = None
    killed: str = ""
    """What goes to the kill ring."""
    backwards: bool = False
    """Whether what was killed stood before the caret: kills in a row are put together in the order of the text."""


def line_start(text: str, at: int) -> int:
    """Where the line of `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of `at` ends, before its newline."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end
