"""A list to choose from, filtered as one types: models, links."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from salon.ui.field import Field
from salon.ui.keyline import LOW, PARTED, KeyLine
from salon.ui.targets import Options
from salon.words import tr

SHOWN = 500
"""More rows than this are reached by typing, not by scrolling."""
_PANEL, _AROUND = 84, 7
"""Cells of the list and of what is beside it, its scrollbar among that."""


@dataclass(frozen=True, slots=True)
class Row:
    """One choice; the texts are clean."""

    id: str
    title: str
    rest: str = ""
    detail: str = ""
    """What stands on a row of its own below."""
    _folded: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Once, because there may be a hundred thousand rows and each key looks at all of them.
        object.__setattr__(self, "_folded", f"{self.title} {self.rest} {self.detail} {self.id}".casefold())

    def matches(self, words: Sequence[str]) -> bool:
        """Whether the row has all these words, casefolded."""
        return all(word in self._folded for word in words)


class PickerScreen(ModalScreen[str | None]):
    """Type to filter, arrows to move, Enter to choose, Esc to leave. The result is the row's id."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "move(10)", "Next page", show=False, priority=True),
        Binding("pageup", "move(-10)", "Previous page", show=False, priority=True),
    ]

    HINT = tr("↑ ↓ move · Enter chooses · Esc leaves")
    LOW = LOW
    """Rows; on a lower screen there is no air."""

    def __init__(
        self,
        heading: str,
        rows: Sequence[Row] | None,
        empty: str,
        words: str = "",
        *,
        about: str = "",
        chosen: str = "",
    ) -> None:
        """`rows` may be None until `show_rows` gives what was found; `about` stands below the heading.

        `chosen` is the row under the cursor at first.
        """
        super().__init__()
        self._heading = heading
        self._about = about
        self._rows = rows
        self._empty = empty
        self._words = f"{words} " if words else ""
        self._entered = False
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """Heading, filter, rows."""
        with Vertical(classes="panel"):
            yield Static(self._heading, classes="heading", markup=False)
            yield Static(self._about, classes="muted", markup=False)
            yield Field(self._words, placeholder=tr("Type to filter"), select_on_focus=False)
            yield Static("", classes="gap", markup=False)
            yield Options(markup=False)
            yield KeyLine(id="picker-hint", classes="faint")

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room, leave the air out."""
        self.set_class(event.size.height < self.LOW, "-low")

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show what was found in the meantime, and choose if Enter was pressed in it."""
        self._rows = rows
        if self.is_current:
            self._fill()
            if self._entered:
                self.on_input_submitted()

    def on_mount(self) -> None:
        """Show the rows."""
        self._fill()

    def on_input_changed(self) -> None:
        """Filter."""
        self._fill()

    def on_input_submitted(self) -> None:
        """Choose the highlighted row."""
        options = self.query_one(OptionList)
        self._entered = self._rows is None
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A row was clicked."""
        self.dismiss(event.option.id)

    def action_move(self, rows: int) -> None:
        """Move the highlight."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + rows))

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    @property
    def rows(self) -> Sequence[Row]:
        """All that can be chosen, as far as it is known."""
        return self._rows or ()

    def matching(self, typed: str) -> list[Row]:
        """The rows that have what was typed, in the order in which they are shown."""
        words = typed.casefold().split()
        return [row for row in self.rows if row.matches(words)]

    def shown(self, row: Row) -> Text:
        """A row as the list has it."""
        return _prompt(row, max(20, min(_PANEL, self.app.size.width) - _AROUND))

    def _fill(self) -> None:
        # A list of options takes an id once; a session copied to another month's folder is found twice.
        found = list({row.id: row for row in self.matching(self.query_one(Input).value)}.values())
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self.shown(row), id=row.id) for row in found[:SHOWN]])
        if found:
            options.highlighted = next((place for place, row in enumerate(found[:SHOWN]) if row.id == self._chosen), 0)
        hint = self.HINT
        if self._rows is None:
            hint = tr("Looking …")
        elif not found:
            hint = tr(
                "{empty}{parted}Esc leaves",
                empty=self._empty if not self._rows else tr("Nothing has these words."),
                parted=PARTED,
            )
        elif len(found) > SHOWN:
            hint = tr("{count:,} found, the first {shown} are shown · {hint}", count=len(found), shown=SHOWN, hint=hint)
        self.query_one(KeyLine).show(hint)


def _prompt(row: Row, width: int) -> Text:
    text = Text(row.title, no_wrap=True, overflow="ellipsis", end="")
    if row.rest:
        text.append(f"  {row.rest}", "dim")
    if row.detail:
        for line in wrap(row.detail, width, initial_indent="  ", subsequent_indent="  "):
            text.append(f"\n{line}", "dim not bold")
    return text
