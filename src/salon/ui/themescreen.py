"""The list of themes at the right of the screen; what is behind it shows each as one moves."""

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static

from salon.themes import Theme
from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.ui.picker import PickerScreen, Row
from salon.ui.targets import Options
from salon.words import tr

LOW = 20
"""Fewer rows have no room for the sample."""

_SAMPLE: tuple[tuple[tuple[str, str], ...], ...] = (
    (("heading", tr("A heading")), ("text", tr(" and text, ")), ("link", tr("a link"))),
    (("text-muted", tr("what recedes, ")), ("text-faint", tr("and more so"))),
    (
        ("code.keyword", "return "),
        ("code.function", "tide"),
        ("code.string", '("sea") '),
        ("code.comment", tr("# a note")),
    ),
    (("diff-added", tr("+ added  ")), ("diff-removed", tr("- removed"))),
    (("success", "saved  "), ("warning", "warning  "), ("error", "error")),
)
"""Rows of pieces, each a role and words."""


class ThemeScreen(PickerScreen):
    """Ends with a theme's name, or with None where the one before is wanted back."""

    HINT = tr("↑ ↓ show · Enter keeps · Esc leaves")
    LOW = 20

    class Highlighted(Message):
        """A row is under the cursor."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, rows: Sequence[Row], chosen: str, place: str) -> None:
        super().__init__(tr("Themes"), rows, "", chosen=chosen)
        self._place = place

    def compose(self) -> ComposeResult:
        """Heading, filter, rows, a sample."""
        with Vertical(classes="panel"):
            yield Static(tr("Themes"), classes="heading", markup=False)
            yield Field("", placeholder=tr("Type to filter"), select_on_focus=False)
            yield Options(markup=False)
            yield Static("", id="theme-sample", markup=False)
            yield Static(Text(self._place), id="theme-place", classes="faint")
            yield KeyLine(id="picker-hint", classes="faint")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Have it shown."""
        if event.option.id is not None:
            self._chosen = event.option.id
            self.post_message(self.Highlighted(event.option.id))

    def show_themes(self, rows: Sequence[Row]) -> None:
        """The themes have changed."""
        if self.is_mounted:
            self.show_rows(rows)

    def show_sample(self, theme: Theme) -> None:
        """Show words in the colours of a theme."""
        if self.is_mounted:
            self.query_one("#theme-sample", Static).update(sample(theme))


def sample(theme: Theme) -> Text:
    """A few words of each kind."""
    rows = [
        Text.assemble(*((words, Style(color=theme.roles[role].removeprefix("ansi_"))) for role, words in row))
        for row in _SAMPLE
    ]
    return Text("\n").join([Text(), *rows])
