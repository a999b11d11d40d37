"""A question that must be answered before something is done."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from salon.ui.keyline import KeyLine
from salon.ui.picker import Row
from salon.ui.targets import Options
from salon.untrusted import clean
from salon.words import tr


class QuestionScreen(ModalScreen[str | None]):
    """A few sentences and the ways to answer them; Esc is the answer that changes nothing. The result is a row's id."""

    AUTO_FOCUS = "OptionList"
    BINDINGS = [Binding("escape", "leave", "Leave", show=False)]  # noqa: RUF012 - Textual's own convention

    def __init__(self, heading: str, sentences: str, rows: Sequence[Row]) -> None:
        super().__init__()
        self._heading = heading
        self._sentences = sentences
        self._rows = rows

    def compose(self) -> ComposeResult:
        """Heading, sentences, answers."""
        with Vertical(classes="panel"):
            yield Static(clean(self._heading), classes="heading", markup=False)
            yield Static(f"\n{clean(self._sentences)}\n", markup=False)
            yield Options(markup=False)
            yield KeyLine(tr("↑ ↓ move · Enter chooses · Esc changes nothing"), classes="faint")

    def on_mount(self) -> None:
        """The first answer is the one that is meant most."""
        options = self.query_one(OptionList)
        options.add_options([Option(_prompt(row), id=row.id) for row in self._rows])
        options.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """It was answered."""
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Nothing is to be done."""
        self.dismiss(None)


def _prompt(row: Row) -> Text:
    text = Text(row.title, end="")
    if row.rest:
        text.append(f"  {row.rest}", "dim not bold")
    return text
