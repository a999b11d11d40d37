"""The welcome screen: a key, the demo, a server of one's own, or chats from elsewhere first."""

import asyncio
from collections.abc import Callable

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Static

from salon.errors import SalonError
from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.ui.services import Carrier, Connection, Connector
from salon.ui.targets import are_large
from salon.words import tr

KEY_PAGE = "console.anthropic.com/settings/keys"
LOW = 20
"""Fewer rows have no room for air."""
LOW_FOR_LARGE = 42
"""The same with large targets."""
_WAYS = tr("Tab moves · Enter goes on · F10 colours · Ctrl+Q quits · Esc leaves")
_WAYS_TOUCHED = tr("Enter goes on · F2 demo · F3 import · F10 colours · Ctrl+Q quits · Esc leaves")


class Choice(Checkbox):
    """A checkbox whose state can be read, where Textual's own tells it by colour alone."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    BUTTON_INNER = "[ ]"

    def watch_value(self) -> None:
        """Draw the mark or take it away."""
        self.BUTTON_INNER = "[x]" if self.value else "[ ]"
        super().watch_value()


class WelcomeScreen(ModalScreen[Connection | None]):
    """Ends with a connection that was checked, or with None when it was left."""

    AUTO_FOCUS = "#key"
    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("f2", "demo", "Demo", show=False),
        Binding("f3", "bring_in", "Import", show=False),
    ]

    def __init__(self, connector: Connector, carrier: Carrier) -> None:
        super().__init__()
        self._connector = connector
        self._carrier = carrier
        self._busy = False

    def compose(self) -> ComposeResult:
        """What this is, and the ways in."""
        with VerticalScroll(classes="panel"):
            yield Static("Salon", classes="heading", markup=False)
            yield Static(tr("Conversation with Claude, in your terminal. Chats stay on this computer."), markup=False)
            yield Static(tr("An API key"), classes="heading way", markup=False)
            yield Field(placeholder=tr("Paste it and press Enter; not shown"), password=True, id="key")
            yield Choice(tr("Keep it for the next start, in a file that only you can read"), id="keep")
            yield Static(tr("Get one at {page}", page=KEY_PAGE), classes="muted aside", markup=False)
            yield Static(tr("No key: F2 opens the demo"), classes="heading way", markup=False)
            yield Static(tr("Scripted answers, no network, nothing to pay."), classes="muted aside", markup=False)
            yield Static(tr("A server of your own"), classes="heading way", markup=False)
            yield Field(placeholder="http://127.0.0.1:8080", id="address")
            yield Static("llama-server, Ollama, LM Studio, LiteLLM …", classes="muted aside", markup=False)
            yield Static(tr("Chats from elsewhere: F3 imports them"), classes="heading way", markup=False)
            yield Static(tr("claude.ai, ChatGPT, Claude Code, another Salon."), classes="muted aside", markup=False)
            yield Static("", id="outcome", markup=False)
            yield KeyLine(_WAYS, id="ways")

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room, leave the air out."""
        large = are_large(self)
        self.set_class(event.size.height < (LOW_FOR_LARGE if large else LOW), "-low")
        self.query_one(KeyLine).show(_WAYS_TOUCHED if large else _WAYS)
        self.call_after_refresh(self._show_focus)

    def _show_focus(self) -> None:
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Try the key or the address."""
        value = event.value.strip()
        if not value or self._busy:
            return
        self._busy = True
        self._say(tr("Checking …"))
        if event.input.id == "key":
            self.try_key(value, keep=self.query_one("#keep", Choice).value)
        else:
            self.try_address(value)

    @work(group="connect", exit_on_error=False)
    async def try_key(self, key: str, *, keep: bool) -> None:
        """Check a key; keep it if that was asked for."""
        connection = await self._checked(lambda: self._connector.connect_with_key(key))
        if connection is None:
            return
        if keep:
            try:
                await asyncio.to_thread(self._connector.save_key, key)
            except SalonError as error:
                self._say(
                    tr(
                        "The key works, but could not be kept: {sentence} Enter once more goes on.",
                        sentence=error.sentence(),
                    ),
                    problem=True,
                )
                self.query_one("#keep", Choice).value = False
                return
        self.dismiss(connection)

    @work(group="connect", exit_on_error=False)
    async def try_address(self, address: str) -> None:
        """Check a server."""
        connection = await self._checked(lambda: self._connector.connect_to(address))
        if connection is not None:
            self.dismiss(connection)

    @work(group="connect", exit_on_error=False)
    async def action_demo(self) -> None:
        """Talk to the scripted server."""
        if not self._busy:
            self._busy = True
            self.dismiss(await asyncio.to_thread(self._connector.connect_to_demo))

    def action_bring_in(self) -> None:
        """Take in chats from elsewhere, for which no key is needed."""
        from salon.ui.importscreen import ImportScreen  # not needed to begin a chat

        def tell(outcome: str | None) -> None:
            if outcome is not None:
                self._say(outcome)

        self.app.push_screen(ImportScreen(self._carrier, demo=False), tell)

    def action_leave(self) -> None:
        """Back to the chat, without a connection."""
        self.dismiss(None)

    async def _checked(self, connect: Callable[[], Connection]) -> Connection | None:
        try:
            connection = await asyncio.to_thread(connect)
            await connection.client.prepare()
            await connection.client.check()
        except SalonError as error:
            self._say(error.sentence(), problem=True)
            return None
        finally:
            self._busy = False
        return connection

    def _say(self, sentence: str, *, problem: bool = False) -> None:
        outcome = self.query_one("#outcome", Static)
        outcome.set_class(problem, "problem")
        outcome.update(Content(f"\n{sentence}"))
        outcome.scroll_visible(animate=False)
