"""The keys, from the action table."""

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from salon.actions import ACTIONS, Place


class HelpScreen(ModalScreen[None]):
    """Every action with its keys; any of Esc, q and F1 leaves."""

    BINDINGS = [Binding("escape,q,f1", "leave", "Leave", show=False)]  # noqa: RUF012 - Textual's own convention

    def compose(self) -> ComposeResult:
        """One table a place."""
        with VerticalScroll(classes="panel"):
            yield Static("Keys", classes="heading", markup=False)
            for place in Place:
                yield Static(Text(f"\n{place.value}", "bold"))
                yield Static(_table(place))
            yield Static(Text("\nEsc leaves this page."), classes="faint")

    def action_leave(self) -> None:
        """Back to the chat."""
        self.dismiss(None)


def _table(place: Place) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=14)
    table.add_column()
    for action in ACTIONS:
        if action.place is place and action.keys:
            table.add_row(Text(" ".join(action.key_names()[:2]), "bold"), Text(action.help))
    return table
