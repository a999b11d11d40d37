"""Large targets: what can be clicked is large enough for touch and for hands that tremble.

The text of a conversation stays as it is, and so does its scrollbar, which nobody needs: wheel and keys do the same.
"""

from collections.abc import Iterable
from typing import Self

from rich.text import Text
from textual.dom import DOMNode
from textual.widgets import OptionList
from textual.widgets.option_list import Option

CLASS = "-large-targets"
"""The app's class while the setting holds."""
ROWS = 3
CELLS = 8
"""What can be clicked is at least so many rows high and cells wide."""


def are_large(node: DOMNode) -> bool:
    """Whether the setting holds."""
    return node.app.has_class(CLASS)


def row_height(node: DOMNode) -> int:
    """How many rows a row of a list takes."""
    return ROWS if are_large(node) else 1


class Options(OptionList):
    """A list to choose from, whose rows are as high as targets are to be."""

    def add_options(self, new_options: Iterable[object]) -> Self:
        """Add them at the end."""
        options = list(new_options)
        if are_large(self):
            options = [_high(option) if isinstance(option, Option) else option for option in options]
        return super().add_options(options)  # type: ignore[arg-type]


def _high(option: Option) -> Option:
    """The same with air above and below; headings cannot be chosen and need none."""
    prompt = option.prompt
    if option.disabled or not isinstance(prompt, str | Text):
        return option
    text = Text(prompt, no_wrap=True, overflow="ellipsis", end="") if isinstance(prompt, str) else prompt
    high = Text("\n", no_wrap=text.no_wrap, overflow=text.overflow, end="")
    high.append_text(text).append("\n ")
    return Option(high, id=option.id)
