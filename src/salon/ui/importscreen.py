"""The screen for an import: a place, how far it is, and what came of it."""

import asyncio
from collections.abc import Sequence

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from salon.errors import SalonError
from salon.ui.field import Field
from salon.ui.keyline import LOW, KeyLine
from salon.ui.services import Carried, Carrier
from salon.ui.targets import Options, row_height
from salon.untrusted import clean, clean_line
from salon.words import tr

_BAR = 30
_REDRAWN = 0.1
"""Seconds between two looks at how far it is; nothing ticks before and after."""
_MOST_LINES = 40


class ImportScreen(ModalScreen[str | None]):
    """Ends with the first line of what was imported, or with None when nothing was."""

    AUTO_FOCUS = "#place"
    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def __init__(self, carrier: Carrier, *, demo: bool, place: str = "") -> None:
        super().__init__()
        self._carrier = carrier
        self._demo = demo
        self._place = place
        self._importing = False
        self._stopping = False
        self._progress: Carried | None = None
        self._done: str | None = None
        self._clock: Timer

    def compose(self) -> ComposeResult:
        """What can be imported, the place, the bar, the summary."""
        with VerticalScroll(classes="panel"):
            yield Static(tr("Import chats"), classes="heading", markup=False)
            yield Static(
                tr(
                    "The data export of claude.ai or ChatGPT (zip or conversations.json), Claude Code's sessions, "
                    "or what Salon exported as JSON. Importing the same twice makes no doubles.\n"
                ),
                classes="muted",
                markup=False,
            )
            yield Field(self._place, placeholder=tr("A file or a folder"), select_on_focus=False, id="place")
            yield Options(id="places", markup=False)
            yield Static("", id="outcome", markup=False)
            yield KeyLine(id="import-hint", classes="faint")

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room, leave the air out."""
        self.set_class(event.size.height < LOW * row_height(self), "-low")

    def on_mount(self) -> None:
        """Offer the usual places."""
        self.query_one("#places", OptionList).can_focus = False
        self._clock = self.set_interval(_REDRAWN, self._show_progress, pause=True)
        self._hint(tr("Enter imports · Tab completes · ↑ ↓ choose · Esc leaves"))
        self.complete(self._place)

    def on_unmount(self) -> None:
        """Whoever quits does not wait for the rest."""
        self._stopping = True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what could be meant."""
        self.complete(event.value)

    @work(group="places", exclusive=True, exit_on_error=False)
    async def complete(self, typed: str) -> None:
        """Show the places that begin with what is typed."""
        places = await asyncio.to_thread(self._carrier.places, typed)
        options = self.query_one("#places", OptionList)
        options.clear_options()
        options.add_options([Option(clean_line(place, 4_000), id=place) for place in dict.fromkeys(places)])
        options.highlighted = 0 if places else None

    def action_move(self, rows: int) -> None:
        """Choose another place, or look further down the summary."""
        options = self.query_one("#places", OptionList)
        if not options.display:
            self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
        elif options.option_count:
            options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + rows))

    def action_complete(self) -> None:
        """Write the chosen place, to go on from it."""
        if (chosen := self._chosen()) and not self._importing:
            place = self.query_one("#place", Input)
            place.value = chosen
            place.cursor_position = len(chosen)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A place was clicked."""
        self._begin(event.option.id or "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Import the chosen place, or what is typed where nothing is offered; close what is done."""
        if self._done is not None:
            self.dismiss(self._done)
        elif place := self._chosen() or event.value.strip():
            self._begin(place)

    def action_leave(self) -> None:
        """Stop what runs, keeping what came; otherwise leave."""
        if self._importing:
            self._stopping = True
            self._hint(tr("Stopping …"))
        else:
            self.dismiss(self._done)

    def _chosen(self) -> str:
        options = self.query_one("#places", OptionList)
        if not options.display or options.highlighted is None:
            return ""
        return options.get_option_at_index(options.highlighted).id or ""

    def _begin(self, place: str) -> None:
        if self._importing or self._done is not None:
            return
        self._importing, self._stopping, self._progress = True, False, None
        self.query_one("#places", OptionList).display = False
        self.query_one("#place", Input).value = clean_line(place, 4_000)
        self._hint(tr("Esc stops, and keeps what has come"))
        self._say(tr("Reading …"))
        self._clock.resume()
        self.bring_in(place)

    @work(group="import", exit_on_error=False)
    async def bring_in(self, place: str) -> None:
        """Import in a thread."""
        try:
            lines = await asyncio.to_thread(
                self._carrier.bring_in, place, demo=self._demo, on_progress=self._note_progress
            )
        except SalonError as error:
            self._say(clean_line(error.sentence(), 400), problem=True)
            self._again()
            return
        finally:
            self._importing = False
            self._clock.pause()
        self._done = clean_line(lines[0], 300)
        self._say("\n".join(_shown(lines)))
        self._hint(tr("Enter goes back to the chat"))

    def _again(self) -> None:
        self.query_one("#places", OptionList).display = True
        self._hint(tr("Enter tries again · Esc leaves"))

    def _note_progress(self, progress: Carried) -> bool:
        """In the importing thread: only remember; the clock draws."""
        self._progress = progress
        return not self._stopping

    def _show_progress(self) -> None:
        progress = self._progress
        if progress is None or not self._importing:
            return
        done = round(progress.fraction * _BAR)
        bar = "▰" * done + "▱" * (_BAR - done)
        self._say(
            tr(
                "{bar} {fraction:.0%}\n{chats:,} chats, {messages:,} messages",
                bar=bar,
                fraction=progress.fraction,
                chats=progress.chats,
                messages=progress.messages,
            )
        )

    def _say(self, sentence: str, *, problem: bool = False) -> None:
        outcome = self.query_one("#outcome", Static)
        outcome.set_class(problem, "problem")
        outcome.update(Content(clean(f"\n{sentence}")))

    def _hint(self, words: str) -> None:
        self.query_one(KeyLine).show(words)


def _shown(lines: Sequence[str]) -> list[str]:
    shown = [clean_line(line, 600) for line in lines[:_MOST_LINES]]
    rest = len(lines) - len(shown)
    return [*shown, tr("… and {rest:,} lines more; `salon import` shows all.", rest=rest)] if rest > 0 else shown
