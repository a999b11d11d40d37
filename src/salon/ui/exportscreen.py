"""The form for an export: how it is written, what goes in, and where it goes."""

import asyncio
from dataclasses import dataclass

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from salon.chat.conversation import Conversation
from salon.errors import SalonError
from salon.store.exporting.selecting import Format, Wanted
from salon.ui.field import Field
from salon.ui.keyline import LOW, KeyLine
from salon.ui.services import Carrier
from salon.ui.targets import Options, row_height
from salon.ui.welcome import Choice
from salon.untrusted import clean, clean_line
from salon.words import tr

_FORMATS = (
    (Format.MARKDOWN, tr("Markdown      the words exactly as they were written")),
    (Format.HTML, tr("HTML          one file for a browser, without scripts")),
    (Format.TEXT, tr("Plain text    for everything else")),
    (Format.JSON, tr("JSON          all there is; Salon can import it again")),
)


def _row(label: str) -> Text:
    return Text(label, no_wrap=True, overflow="ellipsis")


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of an export: the file that it is in, or the text that is wanted on the clipboard."""

    place: str = ""
    text: str = ""


class ExportScreen(ModalScreen[Exported | None]):
    """Ends when the file is written or the text is made, or with None when it was left."""

    AUTO_FOCUS = "#format"
    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("f3", "copy", "Copy", show=False, priority=True),
    ]

    def __init__(self, carrier: Carrier, conversation: Conversation) -> None:
        super().__init__()
        self._carrier = carrier
        self._conversation = conversation
        self._suggested = ""
        self._busy = False

    def compose(self) -> ComposeResult:
        """Format, extras, place."""
        variants = len(self._conversation.messages)
        with VerticalScroll(classes="panel"):
            yield Static(tr("Export this chat"), classes="heading", markup=False)
            yield Static(clean_line(self._conversation.title, 70) or tr("Untitled"), classes="muted", markup=False)
            yield Static("", markup=False)
            yield Options(id="format", markup=False)
            yield Static("", markup=False)
            yield Choice(
                tr("All branches ({variants:,} messages), not only the one that is shown", variants=variants),
                id="whole",
            )
            yield Choice(tr("With what the model thought"), id="thinking")
            yield Choice(tr("With tokens and costs"), id="costs")
            yield Static(tr("\nTo this file (one that is there is never written over)"), classes="muted", markup=False)
            yield Field(id="place", select_on_focus=False)
            yield Static("", id="outcome", markup=False)
            yield KeyLine(tr("Enter writes the file · F3 copies instead · Tab moves · Esc leaves"), classes="faint")

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room, leave the air out."""
        self.set_class(event.size.height < LOW * row_height(self), "-low")

    def on_mount(self) -> None:
        """Choose Markdown."""
        formats = self.query_one("#format", OptionList)
        formats.add_options([Option(_row(label), id=each.value) for each, label in _FORMATS])
        formats.highlighted = 0

    def on_option_list_option_highlighted(self) -> None:
        """Suggest a name for the format, unless the person has typed one."""
        place = self.query_one("#place", Input)
        if place.value == self._suggested:
            self._suggested = self._carrier.place_for(self._conversation.title, self._format.value)
            place.value = clean_line(self._suggested, 4_000)
            self._suggested = place.value
        everything = self._format is Format.JSON
        for choice in ("#thinking", "#costs"):
            self.query_one(choice, Choice).disabled = everything

    def on_option_list_option_selected(self) -> None:
        """Write, as Enter does everywhere here."""
        self._begin(self.query_one("#place", Input).value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write to the file."""
        self._begin(event.value)

    def action_copy(self) -> None:
        """Have the text on the clipboard instead."""
        self._begin(None)

    def action_leave(self) -> None:
        """Export nothing."""
        self.dismiss(None)

    @property
    def _format(self) -> Format:
        highlighted = self.query_one("#format", OptionList).highlighted
        return _FORMATS[highlighted or 0][0]

    def _begin(self, place: str | None) -> None:
        if not self._busy:
            self._busy = True
            self._say(tr("Writing …"))
            self.export(place)

    @work(group="export", exit_on_error=False)
    async def export(self, place: str | None) -> None:
        """Make the text, and write it to `place` if one is given."""
        whole, thinking, costs = (self.query_one(f"#{name}", Choice).value for name in ("whole", "thinking", "costs"))
        wanted = Wanted(format=self._format, whole=whole, thinking=thinking, costs=costs)
        try:
            text = await asyncio.to_thread(self._carrier.text_of, self._conversation, wanted)
            written = "" if place is None else await asyncio.to_thread(self._carrier.write, place, text)
        except SalonError as error:
            self._say(clean_line(error.sentence(), 400), problem=True)
            return
        finally:
            self._busy = False
        self.dismiss(Exported(place=written) if written else Exported(text=text))

    def _say(self, sentence: str, *, problem: bool = False) -> None:
        outcome = self.query_one("#outcome", Static)
        outcome.set_class(problem, "problem")
        outcome.update(Content(clean(f"\n{sentence}")))
