"""The search box of a conversation: words, how often they are there, and which occurrence is shown."""

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message as WidgetMessage
from textual.widgets import Input, Static

from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.words import tr

KEYS_FROM = 70
"""Columns from which on the box has room for more keys than the one that closes it."""


class FindBar(Horizontal):
    """One row above the prompt while it is open."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("down", "step(1)", "Next", show=False, priority=True),
        Binding("up,shift+enter", "step(-1)", "Previous", show=False, priority=True),
    ]

    @dataclass
    class Sought(WidgetMessage):
        """Other words are looked for."""

        words: str

    @dataclass
    class Stepped(WidgetMessage):
        """The next occurrence (+1) or the previous one (-1) is wanted."""

        direction: int

    def compose(self) -> ComposeResult:
        """Label, box, count."""
        yield Static(tr("Find"), id="find-label", markup=False)
        yield Field(placeholder=tr("words in this chat"), id="find-words")
        yield Static("", id="find-count", markup=False)
        yield KeyLine(tr("Enter next · ↑ previous · Esc closes"), rows=1, id="find-keys")

    def on_mount(self) -> None:
        """Take no room until it is opened."""
        self.display = False

    def on_resize(self, event: events.Resize) -> None:
        """The words that are looked for need room more than the keys do."""
        self.set_class(event.size.width < KEYS_FROM, "-narrow")

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return bool(self.display)

    def open(self, words: str | None = None) -> None:
        """Show it and take the keys; with `words` they are what was looked for already."""
        self.display = True
        box = self.query_one(Input)
        if words is not None:
            with box.prevent(Input.Changed):
                box.value = words
        box.focus()
        box.select_all()

    def close(self) -> None:
        """Hide it; the words stay for the next time."""
        self.display = False

    def tell(self, number: int, count: int) -> None:
        """Which occurrence is shown, of how many."""
        words = self.query_one(Input).value
        told = tr("{number} of {count}", number=number, count=count) if count else tr("not found") if words else ""
        self.query_one("#find-count", Static).update(told)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look while the person types."""
        event.stop()
        self.post_message(self.Sought(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next one."""
        event.stop()
        self.post_message(self.Stepped(1))

    def action_step(self, direction: int) -> None:
        """Go on, or back."""
        self.post_message(self.Stepped(direction))
