"""A small form: a few lines to fill in, by name."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.untrusted import clean_line
from salon.words import tr


class FormScreen(ModalScreen[dict[str, str] | None]):
    """Asks for the fields one below the other; the result is what was filled in, by field, or None."""

    AUTO_FOCUS = "Input"
    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, heading: str, fields: Sequence[str]) -> None:
        super().__init__()
        self._heading = heading
        self._fields = fields

    def compose(self) -> ComposeResult:
        """Heading, and a name and a box for each field."""
        with VerticalScroll(classes="panel"):
            yield Static(clean_line(self._heading, 80), classes="heading", markup=False)
            for field in self._fields:
                yield Static(f"\n{clean_line(field, 60)}", classes="muted", markup=False)
                yield Field()
            yield KeyLine(tr("Enter goes on, and finishes in the last line · Esc leaves"), classes="faint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next field; behind the last one the form is done."""
        boxes = list(self.query(Input))
        if event.input is boxes[-1]:
            self.dismiss(dict(zip(self._fields, (box.value for box in boxes), strict=True)))
        else:
            boxes[boxes.index(event.input) + 1].focus()

    def action_leave(self) -> None:
        """Fill in nothing."""
        self.dismiss(None)
