"""The form before a comparison: which models, with which efforts."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from salon.chat.comparing import FEWEST, MOST
from salon.chat.model import ModelInfo
from salon.ui.field import Field
from salon.ui.keyline import LOW, KeyLine
from salon.ui.targets import Options
from salon.untrusted import clean_line
from salon.words import tr


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model, with an effort or with "" for the one that the chat has or the model chooses."""

    model: ModelInfo
    effort: str = ""

    @property
    def id(self) -> str:
        """What tells it from others."""
        return f"{self.model.id} {self.effort}"

    @property
    def label(self) -> str:
        """How it is called, clean."""
        effort = f" · {clean_line(self.effort, 20)}" if self.effort else ""
        return f"{clean_line(self.model.label, 40)}{effort}"


def candidates(models: Sequence[ModelInfo], own: ModelInfo) -> list[Candidate]:
    """All that can be asked: the chat's own model first, and behind each model its efforts."""
    known = {model.id: model for model in (own, *models)}
    return [Candidate(model, effort) for model in known.values() for effort in ("", *model.efforts)]


class CompareForm(ModalScreen[Sequence[Candidate] | None]):
    """Type to filter, Tab to mark, Enter to ask; the result is what was marked, in the order of the list."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("tab", "mark", "Mark", show=False, priority=True),
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "move(10)", "Next page", show=False, priority=True),
        Binding("pageup", "move(-10)", "Previous page", show=False, priority=True),
    ]

    def __init__(self, prompt: str, rows: Sequence[Candidate], marked: Sequence[str]) -> None:
        super().__init__()
        self._prompt = prompt
        self._rows = rows
        self._marked = [an_id for an_id in marked if any(row.id == an_id for row in rows)][:MOST]
        self._too_many = False

    def compose(self) -> ComposeResult:
        """Heading, what is asked, filter, rows."""
        with Vertical(classes="panel"):
            yield Static(tr("Ask side by side"), classes="heading", markup=False)
            yield Static(f"“{clean_line(self._prompt, 60)}”", classes="muted", markup=False)
            yield Static("", markup=False)
            yield Field(placeholder=tr("Type to filter"), select_on_focus=False)
            yield Static("", markup=False)
            yield Options(markup=False)
            yield KeyLine(id="compare-hint", classes="faint")

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room, leave the air out."""
        self.set_class(event.size.height < LOW, "-low")

    def on_mount(self) -> None:
        """Show all."""
        self._fill()

    def on_input_changed(self) -> None:
        """Filter."""
        self._fill()

    def on_input_submitted(self) -> None:
        """Ask, if enough are marked; with one fewer the row under the cursor counts as marked."""
        current = self._current()
        if len(self._marked) == FEWEST - 1 and current is not None and current not in self._marked:
            self._marked.append(current)
        if len(self._marked) >= FEWEST:
            self.dismiss([row for row in self._rows if row.id in self._marked])
        else:
            self._say()

    def on_option_list_option_selected(self) -> None:
        """A click marks."""
        self.action_mark()

    def action_move(self, rows: int) -> None:
        """Move the highlight."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + rows))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        current = self._current()
        if current is None:
            return
        self._too_many = current not in self._marked and len(self._marked) == MOST
        if current in self._marked:
            self._marked.remove(current)
        elif not self._too_many:
            self._marked.append(current)
        options = self.query_one(OptionList)
        row = next(row for row in self._rows if row.id == current)
        options.replace_option_prompt(current, self._row(row))
        self._say()

    def action_leave(self) -> None:
        """Ask nobody."""
        self.dismiss(None)

    def _current(self) -> str | None:
        options = self.query_one(OptionList)
        return None if options.highlighted is None else options.get_option_at_index(options.highlighted).id

    def _fill(self) -> None:
        words = self.query_one(Input).value.casefold().split()
        found = [row for row in self._rows if all(word in f"{row.label} {row.id}".casefold() for word in words)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._row(row), id=row.id) for row in found])
        if found:
            options.highlighted = 0
        self._say()

    def _row(self, row: Candidate) -> Text:
        mark = "✓ " if row.id in self._marked else "  "
        text = Text(mark, no_wrap=True, overflow="ellipsis", end="")
        if row.effort:
            text.append(f"  {row.label}")
        else:
            text.append(row.label)
            text.append(f"  {clean_line(row.model.id, 60)}", "dim")
        return text

    def _say(self) -> None:
        count = len(self._marked)
        said = tr("{count} marked", count=count) if count else tr("Mark {fewest} to {most}", fewest=FEWEST, most=MOST)
        if self._too_many:
            said = tr("Not more than {most} at once", most=MOST)
        asks = (
            tr("Enter asks all {count}", count=count)
            if count >= FEWEST
            else tr("at least {fewest} are needed", fewest=FEWEST)
        )
        self.query_one(KeyLine).show(tr("{said} · Tab marks · {asks} · Esc leaves", said=said, asks=asks))
