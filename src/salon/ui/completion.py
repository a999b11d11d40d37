"""What completes the prompt: a list above it, of commands after `/` and of files after `@`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text
from textual.message import Message as WidgetMessage
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from salon.markdown.cells import cell_len
from salon.ui.targets import Options

How = Literal["tab", "enter"]
LABEL_CELLS = 32
"""No label pushes the hints farther to the right than this."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to go on; all texts are clean."""

    value: str
    hint: str = ""
    label: str = ""
    """How it is shown, where that is not the value."""


class CompletionList(Options, can_focus=False):
    """The candidates, one of them chosen; it never has the focus, the prompt lends it a few keys while it is open."""

    @dataclass
    class Accepted(WidgetMessage):
        """A candidate was taken, with Tab to write on or with Enter to be done."""

        value: str
        how: How

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self._candidates: Sequence[Candidate] = ()
        self.display = False

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return bool(self.display)

    def show(self, candidates: Sequence[Candidate]) -> None:
        """Show these candidates, the first one chosen; none close the list."""
        if candidates == self._candidates:
            return
        self._candidates = candidates
        self.clear_options()
        width = min(LABEL_CELLS, max((cell_len(each.label or each.value) for each in candidates), default=0))
        self.add_options([Option(_row(each, width)) for each in candidates])
        self.display = bool(candidates)
        self.highlighted = 0 if candidates else None

    def close(self) -> bool:
        """Take no room; whether it was open."""
        was_open = self.is_open
        self.show(())
        return was_open

    def take_key(self, key: str) -> bool:
        """Use a key of the prompt's; whether it was one for this list."""
        if not self.is_open or self.highlighted is None:
            return False
        if key in {"up", "down"}:
            self.highlighted = (self.highlighted + (1 if key == "down" else -1)) % len(self._candidates)
        elif key in {"tab", "enter"}:
            self._accept(self.highlighted, "tab" if key == "tab" else "enter")
        else:
            return False
        return True

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A row was clicked."""
        event.stop()
        self._accept(event.option_index, "enter")

    def _accept(self, index: int, how: How) -> None:
        self.post_message(self.Accepted(self._candidates[index].value, how))


def _row(candidate: Candidate, width: int) -> Text:
    label = candidate.label or candidate.value
    text = Text(label, no_wrap=True, overflow="ellipsis", end="")
    if candidate.hint:
        text.append(" " * (max(0, width - cell_len(label)) + 2))
        text.append(candidate.hint, "dim")
    return text
