"""The open chats: a screen for each, one of them shown. An answer goes on arriving in a chat that is out of sight."""

import asyncio
import logging
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from textual import work
from textual.app import App

from salon.chat.conversation import Conversation
from salon.chat.draft import Draft
from salon.chat.ledger import Account, charged
from salon.chat.library import Keeping, Library, Outside, SessionLog
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.chat.titles import ask_for_title, has_first_words, wants_title
from salon.errors import Fault, SalonError, SessionLocked, StoreError
from salon.ui.asking import AskingActions
from salon.ui.chat import ChatScreen
from salon.ui.chatstates import ChatState, state_of
from salon.ui.entry import Entry
from salon.ui.handing import Handed
from salon.ui.notice import NoticeText
from salon.ui.painter import Painter
from salon.ui.picker import PickerScreen, Row
from salon.ui.presenting import opening_entries
from salon.ui.services import Connection, Services
from salon.untrusted import clean_line
from salon.words import tr

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Contact:
    """A connection, and whether it is prepared."""

    connection: Connection
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class How(StrEnum):
    """In which way a chat is opened."""

    OPEN = "open"
    VIEW = "view"
    TAKE_OVER = tr("take over")
    FORK = "fork"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class _Opened:
    session: Session
    draft: Draft
    library: Library
    entries: list[Entry]
    account: Account
    """It has added up the conversation already."""


class ChatsApp(App[None]):
    """An app that shows one of several open chats."""

    def __init__(self, services: Services, painter: Painter) -> None:
        super().__init__()
        self._services = services
        self._painter = painter
        self._contact: Contact | None = None
        self._numbered = 0
        self._switching = asyncio.Lock()
        self.chats: list[ChatScreen] = []
        """The open chats, the oldest first: the one that is shown, and those whose answers are arriving or new."""
        self.chat = self._new_screen()
        """The chat that is shown."""
        self._unseen: list[ChatScreen] = []
        """The chats in which something has ended, or waits for the person, out of sight; the newest last."""
        self._first_opened = asyncio.Event()
        self._ending = False
        """Whether no other chat is shown any more."""

    def _new_screen(self) -> ChatScreen:
        chat = ChatScreen(self._services, self._painter)
        self._numbered += 1
        self.install_screen(chat, f"chat-{self._numbered}")  # so that it lives on when another one is shown
        self.chats.append(chat)
        return chat

    # connections

    @property
    def _connection(self) -> Connection | None:
        return None if self._contact is None else self._contact.connection

    def _use(self, contact: Contact) -> None:
        """Talk over this one from now on, in the chat that is shown and in those to come."""
        self._contact = contact
        self.chat.set_connection(contact.connection, contact.ready)
        self.run_worker(self._prepare(contact), group="prepare", exit_on_error=False)

    async def _prepare(self, contact: Contact) -> None:
        """Import the SDK while the person types; a failure here is told when it matters, at the first request."""
        try:
            await contact.connection.client.prepare()
            model = await self._services.connector.learn_models(contact.connection)
            for chat in self.chats:
                if chat.connection is contact.connection:
                    chat.use_default_model(model)
        except Fault as fault:
            logger.warning("The client could not be prepared: %s", fault.what)
        finally:
            contact.ready.set()
        if await self._services.connector.refresh_models(contact.connection):
            for chat in self.chats:
                if chat.connection is contact.connection:
                    chat.learn_model()

    def _connections(self) -> list[Connection]:
        """Every connection that is in use; the same one may be in it several times."""
        used = [self._connection, *(chat.connection for chat in self.chats)]
        return [connection for connection in used if connection is not None]

    def _close_unused(self, connection: Connection | None) -> None:
        """Close a connection that no open chat talks over any more."""
        if connection is not None and all(each is not connection for each in self._connections()):
            self.run_worker(connection.client.aclose(), group="close", exit_on_error=False)

    # opening

    @property
    def library(self) -> Library:
        """The sessions of whom the app talks to: chats with the scripted server are kept apart."""
        demo = self._connection is not None and self._connection.demo
        return self._services.demo_library if demo else self._services.library

    async def open_first(self, session_id: str | None, *, temporary: bool = False) -> None:
        """Open a session, or a new one, in the chat that is shown and has none."""
        problem: SalonError | None = None
        try:
            opened = await self._open(session_id, How.TEMPORARY if temporary else How.OPEN)
        except SalonError as error:
            problem = error
            opened = await self._open(None)
        self._fill(self.chat, opened)
        self._first_opened.set()
        if problem is not None:
            self._tell_refusal(session_id, problem)

    async def part_for_good(self) -> None:
        """Before the end: what was typed for chats that are not there yet becomes a draft of its own, each."""
        await self.chat.keys_taken_in()
        if self.chat.session is None and self.chat.prompt.full_text().strip():
            await self._first_opened.wait()
        async with self._switching:  # a chat that is just being opened will be there, and no other after it
            self._ending = True
            await self.chat.keys_taken_in()
            for handed in self.chat.hand_over():
                await self._keep_for_later(handed)
            for chat in self.chats:
                await self._put_aside(chat)

    async def _put_aside(self, chat: ChatScreen) -> None:
        """Put what was written in a chat that can only be read aside: its draft on disk is another window's."""
        current = chat.current_draft()
        if current is None or not current[1] or chat.session is None:
            return
        if chat.session.log.keeping is not Keeping.REFUSED:
            return
        try:
            await asyncio.to_thread(self.library.stash().push, current[1])
        except StoreError as error:
            logger.warning("What was written in a chat that is read-only is lost: %s", error.what)

    async def _keep_for_later(self, handed: Handed) -> None:
        """Keep a draft in a chat of its own; what was sent is queued there."""
        if not (draft := handed.unsent()):
            return
        library = self.library
        conversation, log = await asyncio.to_thread(library.create)
        try:
            await asyncio.to_thread(library.save_draft, conversation.id, draft)
        except StoreError as error:
            logger.warning("A draft gets no chat of its own: %s", error.what)
            self.chat.take_over([handed])
        finally:
            await log.close()

    async def _open(self, session_id: str | None, how: How = How.OPEN) -> _Opened:
        library = self._services.temporary if how is How.TEMPORARY else self.library
        conversation, log = await asyncio.to_thread(partial(_open, library, session_id, how))
        drafts = library if log.keeping is Keeping.DISK else self._services.temporary
        draft = await asyncio.to_thread(drafts.load_draft, conversation.id)
        entries = await asyncio.to_thread(opening_entries, conversation)  # there may be ten thousand messages
        account = Account(self._services.model_info)
        await asyncio.to_thread(account.totals, charged(conversation))
        return _Opened(self._session(conversation, log, library), draft, drafts, entries, account)

    def _session(self, conversation: Conversation, log: SessionLog, library: Library) -> Session:
        parameters = Parameters(model=self._services.model_info(""))
        if self._connection is not None:
            model = str(conversation.settings.get("model", ""))
            parameters = self._services.parameters(self._connection, model)
        return Session(conversation, log, parameters, library.blobs)

    def _fill(self, chat: ChatScreen, opened: _Opened) -> None:
        opened.session.log.on_state = chat.note_unsaved
        if self._contact is not None:
            chat.set_connection(self._contact.connection, self._contact.ready)
        chat.use_library(opened.library)
        chat.account = opened.account
        chat.show_session(opened.session, opened.draft, opened.entries)
        self.chats_changed()
        if chat.sidebar.is_open:
            chat.post_message(chat.SidebarWanted())  # whoever asked before there was a session got no answer
        self.run_worker(self._load_recall(chat, opened.library), group="recall", exclusive=True, exit_on_error=False)

    async def _load_recall(self, chat: ChatScreen, library: Library) -> None:
        """Read earlier prompts while the person types: there may be ten thousand chats."""
        prompts = await asyncio.to_thread(library.prompts, self._services.settings.recall)
        if chat in self.chats:
            chat.prompt.set_recall(prompts)

    # switching

    async def show_chat(self, session_id: str | None, how: How = How.OPEN) -> bool:
        """Show a session, or a new one with None; whether that could be done.

        The chat that was shown is closed unless its answer is arriving.
        """
        async with self._switching:
            return not self._ending and await self._show_session(session_id, how)

    async def _show_session(self, session_id: str | None, how: How = How.OPEN) -> bool:
        open_already = next((chat for chat in self.chats if chat.session and chat.session.id == session_id), None)
        if open_already is self.chat:
            self.chat.stay()
            self.chat.begin_chat()
            return True
        if not await self.chat.leave():
            return False
        if open_already is not None:
            await self._show(open_already)
            return True
        try:
            opened = await self._open(session_id, how)
        except SalonError as error:
            self.chat.stay()
            self._tell_refusal(session_id, error)
            return False
        await self._show(self._new_screen(), opened)
        return True

    async def _show(self, chat: ChatScreen, opened: _Opened | None = None) -> None:
        before = self.chat
        # Mounted and with its focus set before it is shown, or keys that come meanwhile would reach nobody.
        _, mounted = self._get_screen(chat)
        await mounted()
        chat.set_focus(chat.prompt)
        if opened is not None:
            self._fill(chat, opened)
        # Keys that the new prompt gets wait until it has those that the old one got before them.
        handed = asyncio.Event()
        chat.prompt.call_later(handed.wait)
        try:
            self.chat = chat
            await self.switch_screen(chat)
            self._seen(chat)
            await before.keys_taken_in()
            chat.begin_chat()
            chat.take_over(before.hand_over())
        finally:
            handed.set()
        await chat.drafting.save()  # before the other chat's draft is saved without what was handed over
        if before.sidebar.is_open:
            chat.sidebar.open(focus=False)
            chat.post_message(chat.SidebarWanted())
        if not before.answering:
            await self._close(before)

    async def _close(self, chat: ChatScreen) -> None:
        self.chats.remove(chat)
        self._seen(chat)
        await chat.settle()
        self.uninstall_screen(chat)
        await chat.remove()
        self._close_unused(chat.connection)

    # a chat that another window has open

    def _tell_refusal(self, session_id: str | None, error: SalonError) -> None:
        """Say why a chat could not be opened; where another window has it, ask what to do instead."""
        if session_id is None or not isinstance(error, SessionLocked):
            self.chat.notice.show(NoticeText(error.sentence(), (), "error"))
            return
        rows = [
            Row(How.VIEW, tr("Read it here"), tr("nothing is written")),
            Row(How.FORK, tr("Fork it"), tr("go on in a copy of your own")),
            Row(How.TAKE_OVER, tr("Take it over"), tr("the other window stops writing; nothing of it is lost")),
        ]
        heading = clean_line(error.what, 200)
        self.push_screen(PickerScreen(heading, rows, ""), partial(self._go_on_with_locked, session_id, error))

    def _go_on_with_locked(self, session_id: str, error: SalonError, chosen: str | None) -> None:
        if chosen is None:
            self.chat.notice.show(NoticeText(error.sentence(), ("open_chat",), "error"))
        else:
            self.show_otherwise(session_id, How(chosen))

    @work(group="switch", exit_on_error=False)
    async def show_otherwise(self, session_id: str | None, how: How) -> None:
        """Show a chat in another way than by opening it."""
        await self.show_chat(session_id, how)

    def on_browsing_actions_temporary_chat_wanted(self) -> None:
        """Begin a chat of which nothing is kept."""
        self.show_otherwise(None, How.TEMPORARY)

    def on_browsing_actions_fork_wanted(self, event: ChatScreen.ForkWanted) -> None:
        """Go on in a copy of the branch."""
        self._fork(event.session_id, event.leaf)

    @work(group="switch", exit_on_error=False)
    async def _fork(self, session_id: str, leaf: str | None) -> None:
        chat = self.chat
        try:
            made = await asyncio.to_thread(self.library.fork, session_id, leaf)
            if words := chat.unsendable():
                await asyncio.to_thread(self.library.save_draft, made, words)
                chat.forget_unsendable()
        except SalonError as error:
            chat.stay()
            chat.notice.show(NoticeText(error.sentence(), (), "error"))
            return
        await self._show_fork(made)

    @work(group="switch", exit_on_error=False)
    async def on_browsing_actions_reload_wanted(self) -> None:
        """Read the chat that is shown from disk again."""
        async with self._switching:
            session = self.chat.session
            if session is None or self.chat.answering or session.log.keeping is Keeping.NOTHING:
                return
            await self.chat.give_up()
            try:
                opened = await self._open(session.id)
            except SalonError as error:
                opened = await self._open(None)
                self._fill(self.chat, opened)
                self._tell_refusal(session.id, error)
            else:
                self._fill(self.chat, opened)

    @work(group="look", exit_on_error=False)  # not exclusive: a look that is cancelled has seen, and told nobody
    async def look_outside(self) -> None:
        """Find out whether another program has changed the chat that is shown, and say so."""
        chat = self.chat
        if chat.session is None or self._switching.locked():
            return
        found = await asyncio.to_thread(chat.session.log.look)
        if found is Outside.CHANGED:
            sentence = tr("Another program has changed this chat on disk, as a sync does. Nothing of yours is lost.")
            chat.notice.show(NoticeText(sentence, ("reload_chat",), "warning"))

    def on_app_focus(self) -> None:
        """Whoever comes back from another window may have changed something there."""
        self.look_outside()

    # beside the conversation

    @work(group="sidebar", exclusive=True, exit_on_error=False)
    async def on_browsing_actions_sidebar_wanted(self) -> None:
        """List the chats in the sidebar: as they were at the last look, then as they are."""
        for listed in (self.library.remembered, self.library.list):
            sessions = await asyncio.to_thread(listed)
            chat = self.chat
            if chat.sidebar.is_open and chat.session is not None and (sessions or listed == self.library.list):
                chat.sidebar.show_sessions(sessions, "", self.chat_states())

    # titles

    @work(group="titles", exit_on_error=False)
    async def _find_title(self, chat: ChatScreen) -> None:
        """Ask for a better title than the first words; a failure is logged and nothing more."""
        session, connection = chat.session, chat.connection
        if session is None or connection is None or session.log.keeping is not Keeping.DISK:
            return
        model = self._services.title_model(connection)
        if not model or not wants_title(session.conversation):
            return
        found = await ask_for_title(connection.client, session.path, model)
        if found.fault is not None:
            logger.warning("No title for %s: %s", session.id, found.fault.what)
        if self.open_session(session.id) is not session:
            return
        if found.charge is not None:
            await session.charge(found.charge)
            chat.show_totals()
        if found.title and has_first_words(session.conversation):
            await session.set("title", found.title)
            self.chats_changed()

    # closing one that a list moves away

    def open_session(self, session_id: str) -> Session | None:
        """The session of this id, if it is open in this window."""
        return next((chat.session for chat in self.chats if chat.session and chat.session.id == session_id), None)

    async def give_up_chat(self, session_id: str) -> None:
        """Close a chat if it is open; where it is the one that is shown, a new one takes its place."""
        async with self._switching:
            chat = next((each for each in self.chats if each.session and each.session.id == session_id), None)
            if chat is None:
                return
            if chat is not self.chat:
                await self._close(chat)
                return
            opened = await self._open(None)
            await chat.give_up()
            self._fill(chat, opened)

    @work(group="switch", exit_on_error=False)
    async def on_browsing_actions_new_chat_wanted(self) -> None:
        """Begin a new chat."""
        await self.show_chat(None)

    @work(group="switch", exit_on_error=False)
    async def on_recalling_actions_template_chosen(self, event: ChatScreen.TemplateChosen) -> None:
        """Begin a new chat as a template says."""
        if await self.show_chat(None, How.TEMPORARY if event.template.temporary else How.OPEN):
            self.chat.use_template(event.template, event.prompt)

    @work(group="switch", exit_on_error=False)
    async def on_tending_actions_fork_made(self, event: ChatScreen.ForkMade) -> None:
        """Show the chat that was made of a branch."""
        await self._show_fork(event.session_id)

    async def _show_fork(self, session_id: str) -> None:
        if await self.show_chat(session_id):
            sentence = tr("This is a chat of its own now. The one it was made of is as it was.")
            self.chat.notice.show(NoticeText(sentence, (), "info"))

    @work(group="switch", exit_on_error=False)
    async def on_making_room_actions_fresh_chat_wanted(self, event: ChatScreen.FreshChatWanted) -> None:
        """Begin a new chat whose prompt has what the person goes on from."""
        if await self.show_chat(None):
            self.chat.prompt.insert_folded(event.text)
            sentence = tr("What the new chat begins with is in the prompt. Write what comes next, and send it.")
            self.chat.notice.show(NoticeText(sentence, (), "info"))

    @work(group="switch", exit_on_error=False)
    async def on_browsing_actions_next_chat_wanted(self) -> None:
        """Show the next of the open chats."""
        async with self._switching:
            if self._ending:
                return
            if len(self.chats) == 1:
                self.chat.stay()
                sentence = tr("No other chat is open. Answers that arrive keep theirs open.")
                self.chat.notice.show(NoticeText(sentence, (), "info"))
            elif await self.chat.leave():
                following = self.chats[(self.chats.index(self.chat) + 1) % len(self.chats)]
                await self._show(self._unseen[-1] if self._unseen else following)

    def on_asking_actions_person_wanted(self, event: ChatScreen.PersonWanted) -> None:
        """A question that nobody sees is told."""
        session = event.screen.session
        if event.screen is not self.chat and session is not None:
            self._note_unseen(event.screen)
            title = clean_line(session.conversation.title, 40) or tr("Another chat")
            self.chat.notice.show(NoticeText(f"“{title}” {event.asks}.", ("next_chat",), "info"))

    def on_asking_actions_turn_ended(self, event: ChatScreen.TurnEnded) -> None:
        """An answer that ended out of sight is told."""
        chat = event.screen
        if chat in self.chats:
            self._find_title(chat)
        if chat is self.chat:
            self.look_outside()
        if chat is self.chat or chat not in self.chats or chat.session is None:
            self.chats_changed()
            return
        self._note_unseen(chat)
        title = clean_line(chat.session.conversation.title, 40) or tr("Another chat")
        failed = self.chat_states()[chat.session.id] is ChatState.FAILED
        told = (
            tr("The answer in “{title}” failed.", title=title)
            if failed
            else tr("“{title}” has ended its answer.", title=title)
        )
        self.chat.notice.show(NoticeText(told, ("next_chat",), "warning" if failed else "info"))

    # how the chats are

    def chat_states(self) -> dict[str, ChatState]:
        """How each open chat is, by the id of its session."""
        return {
            chat.session.id: state_of(chat.session, answering=chat.answering, unseen=chat in self._unseen)
            for chat in self.chats
            if chat.session is not None
        }

    def on_asking_actions_turn_began(self, event: ChatScreen.TurnBegan) -> None:
        """A list that is shown says so."""
        if event.screen in self.chats:
            self.chats_changed()

    def on_asking_actions_title_changed(self) -> None:
        """So does whatever shows the title."""
        self.chats_changed()

    def chats_changed(self) -> None:
        """The chats are others, or otherwise than before: whatever lists them is told."""
        if self.chat.is_mounted and self.chat.sidebar.is_open:
            self.chat.sidebar.show_states(self.chat_states())

    def _note_unseen(self, chat: AskingActions) -> None:
        self._unseen = [each for each in self._unseen if each is not chat]
        self._unseen += [each for each in self.chats if each is chat]
        self.chats_changed()

    def _seen(self, chat: ChatScreen) -> None:
        self._unseen = [each for each in self._unseen if each is not chat]
        self.chats_changed()


def _open(library: Library, session_id: str | None, how: How) -> tuple[Conversation, SessionLog]:
    if session_id is None:
        return library.create()
    if how is How.VIEW:
        return library.view(session_id)
    return library.open(library.fork(session_id) if how is How.FORK else session_id, take_over=how is How.TAKE_OVER)
