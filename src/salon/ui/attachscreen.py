"""A line to type a path or an address into, with the files that it may become."""

from collections.abc import Callable, Sequence

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.ui.targets import Options
from salon.untrusted import clean_line
from salon.words import tr


class AttachScreen(ModalScreen[str | None]):
    """Asks what to attach; the path or address, or None where the person thought better of it."""

    AUTO_FOCUS = "Input"
    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
    ]

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        super().__init__()
        self._complete = complete
        self._found: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """Heading, line, list, keys."""
        with Vertical(classes="panel"):
            yield Static(tr("Attach a file, a folder or an address"), classes="heading", markup=False)
            yield Field(placeholder="notes.pdf   ~/Pictures/   https://example.org/plan.png", id="attach-path")
            yield Options(id="attach-files", markup=False)
            yield KeyLine(tr("Tab completes · Enter attaches · Esc closes"), classes="faint")

    def on_mount(self) -> None:
        """Show what lies here."""
        self.query_one(OptionList).can_focus = False
        self._look("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what goes on from here."""
        self._look(event.value)

    @work(exclusive=True, thread=True, exit_on_error=False)
    def _look(self, typed: str) -> None:
        found = self._complete(typed) if "://" not in typed else ()
        self.app.call_from_thread(self._show, typed, found)

    def _show(self, typed: str, found: Sequence[str]) -> None:
        if not self.is_mounted or self.query_one(Input).value != typed:
            return
        self._found = found
        files = self.query_one(OptionList)
        files.clear_options()
        files.add_options([Option(clean_line(path, 300)) for path in found])
        files.highlighted = None

    def action_move(self, step: int) -> None:
        """Choose another of the files."""
        files = self.query_one(OptionList)
        if self._found:
            at = -1 if files.highlighted is None and step > 0 else files.highlighted or 0
            files.highlighted = (at + step) % len(self._found)

    def action_complete(self) -> None:
        """Put the chosen file, or as much as all of them begin with, into the line."""
        chosen = self.query_one(OptionList).highlighted
        if not self._found:
            return
        path = self._found[chosen] if chosen is not None else _common(self._found)
        line = self.query_one(Input)
        if len(path) >= len(line.value):
            line.value = path
            line.cursor_position = len(path)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the chosen file, or what is typed."""
        chosen = self.query_one(OptionList).highlighted
        path = self._found[chosen] if chosen is not None and chosen < len(self._found) else event.value
        self.dismiss(path.strip() or None)

    def action_cancel(self) -> None:
        """Attach nothing."""
        self.dismiss(None)


def _common(paths: Sequence[str]) -> str:
    """What all paths begin with, whatever the case of their letters."""
    first, last = min(paths, key=str.lower), max(paths, key=str.lower)
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a.lower() != b.lower()), None)
    return first if same is None else first[:same]
