"""The application: themes, screens, sessions coming and going. Wiring only; what a chat does is the chat screen's."""

import asyncio
import io
import logging
import os
import signal
from collections.abc import Iterator, Mapping
from time import monotonic

from rich.console import Console, RenderableType
from rich.text import Text
from textual import events, work
from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.driver import Driver
from textual.widget import AwaitMount
from textual.worker import Worker, WorkerState

from salon import clipboard
from salon.actions import BY_ID, Place, use_keys
from salon.browser import open_address
from salon.chat.conversation import Message
from salon.errors import SalonError
from salon.mistakes import kept_in, told
from salon.ui.asking import SETTLE_SECONDS, AskingActions
from salon.ui.blockscreen import BlockScreen, CopyWanted
from salon.ui.chat import ChatScreen
from salon.ui.chats import Contact
from salon.ui.chatstates import ChatState
from salon.ui.comparescreen import CompareScreen
from salon.ui.editingarea import EditingArea
from salon.ui.inspectscreen import InspectScreen
from salon.ui.keyboard import careful
from salon.ui.keys import Chords, bind_actions
from salon.ui.libraryscreen import LibraryScreen
from salon.ui.modelpicker import model_picker
from salon.ui.mouse import Mouse
from salon.ui.notice import NoticeText
from salon.ui.preferring import PreferringApp
from salon.ui.presence import Presence
from salon.ui.printing import printed
from salon.ui.rowfilter import lean
from salon.ui.services import Connection, Opening, Services
from salon.ui.shelf import Shelf
from salon.ui.targets import CLASS
from salon.ui.welcome import WelcomeScreen
from salon.untrusted import clean_line
from salon.words import tr

logger = logging.getLogger(__name__)


class SalonApp(PreferringApp):
    """Salon on the screen."""

    CSS_PATH = "salon.tcss"
    TITLE = "Salon"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, services: Services, opening: Opening | None = None) -> None:
        use_keys(services.keys)
        self._opening = opening or Opening()
        super().__init__(services)
        self.animation_level = "none"
        self.set_class(services.settings.large_targets, CLASS)
        bind_actions(self, Place.EVERYWHERE, priority=True)
        self._chords = Chords()
        self._prompt_given = self._opening.prompt
        self._attach_given = self._opening.attach
        self._quitting = False
        self._lent = False
        self._warned = False
        self._mouse = Mouse(self._write, taken=services.settings.mouse)
        self._prints = False
        self._presence = Presence(self._write, services.manners, lambda: self._services.settings)
        self._began: dict[AskingActions, float] = {}
        """When the answer that is arriving in a chat was asked for."""
        self._printout: tuple[Message, ...] = ()

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver, with an input that is careful and a filter that keeps rows from being sent twice."""
        driver_class, self._rows = lean(careful(super().get_driver_class()))
        return driver_class

    def on_resize(self) -> None:
        """A terminal may wrap or clear its rows when its size changes."""
        self._rows.forget()

    def _write(self, sequences: str) -> None:
        """Send sequences to the terminal that have nothing to do with rows."""
        if self._driver is not None:
            self._driver.write(sequences)
            self._driver.flush()

    def _lend(self) -> None:
        """Another program has the terminal from here on."""
        self._lent = True
        self._presence.leave()

    def _end_on(self, number: int) -> None:
        """A signal to end; a Ctrl+C that is meant for the program that has the terminal is none."""
        if not (self._lent and number == signal.SIGINT):
            self.run_worker(self.end(), group="quit")

    def _draw_anew(self) -> None:
        """Another program had the terminal, and has written on the screen."""
        self._lent = False
        self._mouse.remind()
        self._presence.come_back()
        self._rows.forget()
        self.refresh(layout=True)

    # keys

    async def on_event(self, event: events.Event) -> None:
        """Put chords together, and give the prompt the keys that are its own although the app has bound them."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            key = self._chords.feed(event.key, self.places())
            if key is None:
                return
            if key != event.key:
                event = events.Key(key, None)
            prompt = self.focused
            if prompt is not None and isinstance(self.screen, ChatScreen):
                self.screen.transcript.pace.make_way()
            if isinstance(prompt, EditingArea) and prompt.claims(key):
                prompt._forward_event(event)
                return
        await super().on_event(event)

    # starting

    def on_mount(self) -> None:
        """Show the chat, then do what takes time."""
        shown = self.push_screen(self.chat)
        self.app_suspend_signal.subscribe(self, lambda _app: self._lend(), immediate=True)
        self.app_resume_signal.subscribe(self, lambda _app: self._draw_anew(), immediate=True)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):  # Ctrl+C is a key here, `kill -INT` is not
            try:
                loop.add_signal_handler(number, self._end_on, number)
            except (NotImplementedError, RuntimeError, ValueError) as error:
                logger.info("No orderly end on signal %s: %s", number, error)
        self.call_after_refresh(self.begin, shown)

    @work(group="begin", exit_on_error=False)
    async def begin(self, shown: AwaitMount) -> None:
        """Connect, open what the command line asks for, and say what was wrong with files.

        On a busy machine the chat is not there yet at the first refresh, so it is waited for.
        """
        await shown
        try:
            connection = await asyncio.to_thread(self._connect)
        except SalonError as error:
            await self.open_first(None)
            self._keep_given_prompt()
            self.chat.notice.show(NoticeText(error.sentence(), ("change_key",), "error"))
            return
        opening = self._opening
        self._contact = None if connection is None else Contact(connection)
        await self.open_first(opening.session_id, temporary=opening.temporary)
        self.keep_index()
        if self._services.problems:
            self.chat.notice.show(NoticeText("\n".join(self._services.problems), (), "warning"))
        if self._contact is None:
            self._welcome()
            return
        self._use(self._contact)
        if opening.choose:
            await self._choose_session(opening.words)
        else:
            self._begin_chat()

    def _connect(self) -> Connection | None:
        self._services.uses.load()
        return self._services.connector.connect()

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key is bound to, and count it: hints that are not needed any more go away."""
        name = action if isinstance(action, str) else action[1]
        _, _, action_id = name.rpartition(".")
        if action_id in BY_ID:
            self._services.uses.note(action_id)
        return await super().run_action(action, default_namespace, namespaces)

    def _begin_chat(self) -> None:
        """Send what waits for a chat: the prompt of the command line, or what was typed too early."""
        self.chat.begin_chat()
        prompt, self._prompt_given = self._prompt_given, ""
        if self._attach_what_was_given():
            self.chat.prompt.insert(prompt)
            if prompt:
                self.chat.prompt.submit()
        elif prompt:
            self.chat.submit(self.chat.prompt.Submitted(prompt))

    def _attach_what_was_given(self) -> bool:
        """Attach what the command line names; whether it names anything."""
        given, self._attach_given = self._attach_given, ()
        if given:
            self.chat.attach_paths(given)
        return bool(given)

    def _keep_given_prompt(self) -> None:
        """The person left the screen that the prompt of the command line was waiting for."""
        self.chat.begin_chat()
        prompt, self._prompt_given = self._prompt_given, ""
        self._attach_what_was_given()
        self.chat.prompt.insert(prompt)
        if self._connection is None:
            self.chat.notice.show(
                NoticeText(tr("No API key yet. Without one there is the demo."), ("change_key",), "info")
            )

    # sessions

    async def _choose_session(self, words: str = "") -> None:
        # At once, and filled later: the words that a person types next must not land in the prompt.
        session = self.chat.session
        screen = LibraryScreen(
            Shelf(self.library, self.open_session, self.give_up_chat),
            self._painter,
            self._services.model_info,
            words=words,
            open_id="" if session is None else session.id,
            states=self.chat_states(),
        )
        await self.push_screen(screen, self._session_chosen)

    def on_browsing_actions_sidebar_chosen(self, event: ChatScreen.SidebarChosen) -> None:
        """Open what was chosen in the sidebar."""
        self._session_chosen(event.session_id)

    def _session_chosen(self, session_id: str | None) -> None:
        if session_id is None:
            self._keep_given_prompt()
        else:
            if self.chat.session is not None and self.chat.session.id != session_id:
                self.chat.part()
            self._open_chosen(session_id)

    @work(group="switch", exit_on_error=False)
    async def _open_chosen(self, session_id: str) -> None:
        await self.show_chat(session_id)
        self._begin_chat()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def on_browsing_actions_chat_list_wanted(self) -> None:
        """Show the list of chats."""
        await self._choose_session()

    def on_asking_actions_model_wanted(self) -> None:
        """Show the list of models."""
        if self._connection is not None:
            connector = self._services.connector
            offered, as_of = connector.models_of(self._connection), connector.models_as_of(self._connection)
            self.push_screen(model_picker(tr("Choose a model"), offered, as_of), self._model_chosen)

    def _model_chosen(self, model: str | None) -> None:
        if model is not None:
            self.chat.choose_model(model)

    # connections

    def on_asking_actions_connection_wanted(self) -> None:
        """Ask for a key or a server."""
        self._welcome()

    def _welcome(self) -> None:
        self.push_screen(WelcomeScreen(self._services.connector, self._services.carrier), self._connected)

    def _connected(self, connection: Connection | None) -> None:
        if connection is None:
            self._keep_given_prompt()
            return
        before = self._connection
        if connection.demo != (before is not None and before.demo):
            self._change_house(connection)
            return
        self._use(Contact(connection))
        self._close_unused(before)
        self._begin_chat()

    @work(group="switch", exit_on_error=False)
    async def _change_house(self, connection: Connection) -> None:
        """Real chats and scripted ones lie apart, so another kind of server means another session."""
        before = self._contact
        self._contact = contact = Contact(connection)
        if not await self.show_chat(None):
            self._contact = before
            await connection.client.aclose()
            return
        self._use(contact)
        self._begin_chat()

    # the clipboard

    @work(group="copy", exit_on_error=False)
    async def on_copy_wanted(self, event: CopyWanted) -> None:
        """Copy, and say what really happened."""
        size = tr("{count:,} characters", count=len(event.text))
        self._clipboard = event.text  # for pasting within the app
        sequences: list[str] = []
        copied = await asyncio.to_thread(clipboard.copy, event.text, sequences.append)
        self._write("".join(sequences))
        if copied is None:
            place = await asyncio.to_thread(self._services.keep_copy, event.text)
            sentence = tr(
                "Too large for the terminal's clipboard ({size}): {what} is in {place}",
                size=size,
                what=event.what,
                place=place,
            )
        elif copied.certain:
            sentence = tr("Copied {what} {how} ({size}).", what=event.what, how=copied.how, size=size)
        else:
            sentence = tr(
                "Sent {what} {how} ({size}); whether the terminal took it, it does not say.",
                what=event.what,
                how=copied.how,
                size=size,
            )
        if isinstance(self.screen, BlockScreen | CompareScreen | InspectScreen):
            self.screen.say(sentence)
        else:
            self.chat.notice.show(NoticeText(sentence, (), "info"))

    # what the terminal is told beside the screen

    def chats_changed(self) -> None:
        """Have the lists and the terminal's title say how the chats are."""
        super().chats_changed()
        states = self.chat_states()
        if isinstance(self.screen, LibraryScreen):
            self.screen.show_states(states)
        session = self.chat.session
        busy = any(chat.answering for chat in self.chats)
        failed = ChatState.FAILED in states.values()
        title = "" if session is None else session.conversation.title
        self._presence.show(title, "answering" if self.chat.answering else "", busy=busy, failed=failed)

    def on_asking_actions_turn_began(self, event: ChatScreen.TurnBegan) -> None:
        """Remember when."""
        self._began[event.screen] = monotonic()

    def on_asking_actions_turn_ended(self, event: ChatScreen.TurnEnded) -> None:
        """Tell somebody who has waited long and looks elsewhere."""
        began = self._began.pop(event.screen, None)
        if began is not None and monotonic() - began >= self._services.settings.notify_after:
            self._tell_outside(event.screen, tr("has its answer"))

    def on_asking_actions_person_wanted(self, event: ChatScreen.PersonWanted) -> None:
        """Tell somebody who looks elsewhere that nothing goes on without them."""
        self._tell_outside(event.screen, event.asks)

    def _tell_outside(self, chat: AskingActions, what: str) -> None:
        if not self.app_focus and chat.session is not None and not self._quitting:
            title = clean_line(chat.session.conversation.title, 40)
            self._presence.notify(f"“{title}” {what}" if title else tr("A chat {what}", what=what))

    # the browser

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open an address that was checked, always in a tab or window of its own."""
        self._open_address(url)

    @work(group="browser", exit_on_error=False)
    async def _open_address(self, url: str) -> None:
        if not await asyncio.to_thread(open_address, url):
            self.chat.notice.show(
                NoticeText(tr("No browser could be started. The address is {url}", url=url), (), "warning")
            )

    # help, end

    def action_suspend(self) -> None:
        """Go back to the shell until the person says `fg`."""
        if os.getsid(0) == os.getpid():
            self.chat.notice.show(
                NoticeText(tr("No shell has started Salon here, so none could bring it back."), (), "info")
            )
            return
        self.action_suspend_process()

    @property
    def mouse_released(self) -> bool:
        """Whether a key has given the mouse to the terminal."""
        return self._mouse.released and self._services.settings.mouse

    def action_toggle_mouse(self) -> None:
        """Give the mouse to the terminal, or take it back."""
        self._mouse.toggle()
        for chat in self.chats:
            if chat.is_mounted:
                chat.status_bar.update(mouse_released=self.mouse_released)
        key = BY_ID["toggle_mouse"].key
        released = tr(
            "The mouse is the terminal's now: it selects and opens links by itself. {key} takes it back.", key=key
        )
        sentence = released if self._mouse.released else tr("Salon has the mouse. {key} releases it.", key=key)
        self.chat.notice.show(NoticeText(sentence, (), "info"))

    async def action_quit_and_print(self) -> None:
        """End, and print the conversation after that."""
        self._prints = True
        await self.action_quit()

    def printout(self) -> Iterator[str]:
        """What is to be printed once the terminal's own screen is back; each part ends with a newline."""
        return printed(self._printout)

    async def action_quit(self) -> None:
        """End, unless something would be lost and the person does not know it yet."""
        unsaved = next(
            (chat.session.log.unsaved for chat in self.chats if chat.session and chat.session.log.unsaved), ""
        )
        if unsaved and not self._warned and not self._quitting:
            self._warned = True
            sentence = tr(
                "{unsaved} {quit_key} once more quits without what is not saved.",
                unsaved=unsaved,
                quit_key=BY_ID["quit"].key,
            )
            self.chat.notice.show(NoticeText(sentence, (), "error"))
            return
        if (self._prints or self._services.settings.print_on_exit) and self.chat.session is not None:
            self._printout = tuple(self.chat.session.path)
        self.run_worker(self.end(), group="quit")  # a chat that was asked for before needs the app to be shown

    async def end(self) -> None:
        """Put everything on disk and end."""
        if self._quitting:
            return
        self._quitting = True
        try:
            if self.chat.is_mounted:
                try:
                    await asyncio.wait_for(self.part_for_good(), SETTLE_SECONDS)
                except TimeoutError:
                    logger.error("A chat that was asked for did not open before the end")
            await asyncio.gather(*(chat.settle() for chat in self.chats))
            await asyncio.to_thread(self._services.uses.save)
            await self._services.tool_servers.aclose()
            for connection in {id(each): each for each in self._connections()}.values():
                await connection.client.aclose()
        finally:
            self._presence.leave()
            self._mouse.leave()
            self.exit()

    # failing

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker of the app's that raised is told; the chat goes on."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and error is not None:
            logger.error("A worker failed", exc_info=error)
            sentence = (
                error.sentence()
                if isinstance(error, SalonError)
                else tr("Salon itself failed: {name}.", name=type(error).__name__)
            )
            self.chat.notice.show(
                NoticeText(
                    tr(
                        "{sentence} Your text is kept. The log: {log_file}",
                        sentence=sentence,
                        log_file=self._services.log_file,
                    ),
                    (),
                    "error",
                )
            )

    def _handle_exception(self, error: Exception) -> None:
        """End with three lines that a person can use; the traceback, without locals, is in the log.

        Textual's own crash screen prints local variables, which hold keys and prompts.
        """
        logger.critical("Salon crashed", exc_info=error)
        self._presence.leave()
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        if not self._exit_renderables:  # of a second mistake Textual would speak in its own words
            safe = tr("Your chats and your draft are on disk; `salon -c` brings them back.")
            crash = told(type(error), safe, kept_in(self._services.log_file))
            self._exit_renderables.append(Text(crash, end=""))
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End like this for what Textual itself caught, such as a mistake in the thread that reads the keys."""
        kept = io.StringIO()
        Console(file=kept, width=120).print(*renderables)
        self._handle_exception(RuntimeError(kept.getvalue()))
