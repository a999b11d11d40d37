"""The chat screen: one conversation, from the moment it is opened until it is left."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message as WidgetMessage
from textual.widgets import Static

from salon.actions import Place
from salon.chat.attachments import Attachment
from salon.chat.draft import Draft
from salon.chat.library import Keeping, Library
from salon.chat.search import Voice
from salon.chat.session import Session
from salon.editor import EditorError
from salon.settings import Settings
from salon.templates import Template
from salon.ui.answering import Answering
from salon.ui.asking import SETTLE_SECONDS
from salon.ui.attachmentbar import AttachmentBar
from salon.ui.blockscreen import CopyWanted
from salon.ui.completion import CompletionList
from salon.ui.editingarea import EditingArea
from salon.ui.elsewhere import edit_elsewhere
from salon.ui.entry import Entry
from salon.ui.findbar import FindBar
from salon.ui.flights import Flights
from salon.ui.hints import hints
from salon.ui.inspecting import InspectingActions
from salon.ui.keyline import LOW
from salon.ui.keys import bind_actions
from salon.ui.notice import Notice, NoticeText
from salon.ui.painter import Painter
from salon.ui.presenting import entries_of, greeting, notice_of
from salon.ui.prompt import Prompt
from salon.ui.question import Question
from salon.ui.queue import QueueView
from salon.ui.search import Chosen
from salon.ui.sections import Frame
from salon.ui.services import Connection, Services
from salon.ui.sessionbrowser import SessionBrowser
from salon.ui.sidebar import STAYS_FROM, Sidebar
from salon.ui.statusbar import StatusBar
from salon.ui.transcript import Transcript
from salon.untrusted import clean, clean_line

logger = logging.getLogger(__name__)

SMALLEST = (40, 10)
NARROW = 70
"""Columns; in fewer a sidebar beside the chat would leave none of it."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was typed, and perhaps sent, after a person asked for another chat and before it was there."""

    draft: Draft
    full_text: str
    """The draft's text with its pastes put back in."""
    flights: Flights
    sent: tuple[Prompt.Submitted, ...]

    def unsent(self) -> Draft:
        """All of it as a draft, where it cannot be sent any more."""
        text = self.flights.rest(self.draft.text)
        queued = tuple(Draft(event.text, attachments=event.attachments) for event in self.sent)
        return replace(self.draft, text=text, pastes=self.draft.pastes if text else (), queued=queued)


@dataclass(slots=True)
class _Parted:
    """A chat's own prompt box, while what is typed belongs to the next chats: those before the last of them."""

    draft: Draft
    flights: Flights
    for_next: list[Handed] = field(default_factory=list)

    def clear_sent(self, box: str, attachments: Sequence[Attachment]) -> None:
        """Take out what was sent."""
        text, rest = self.draft.text, [each for each in self.draft.attachments if each not in attachments]
        if (span := self.flights.land(text, box)) is not None:
            text = text[: span[0]] + text[span[1] :]
        pastes = self.draft.pastes if text else ()
        self.draft = replace(self.draft, text=text, pastes=pastes, attachments=tuple(rest))


class ChatScreen(InspectingActions):
    """One conversation: transcript, notice, prompt and status bar."""

    AUTO_FOCUS = "#prompt"

    class NewChatWanted(WidgetMessage):
        """The person wants a new chat."""

    class TemporaryChatWanted(WidgetMessage):
        """The person wants a chat of which nothing is kept."""

    class ReloadWanted(WidgetMessage):
        """The person wants the chat as it is on disk."""

    @dataclass
    class ForkWanted(WidgetMessage):
        """The person wants a copy of a branch as a chat of its own."""

        session_id: str
        leaf: str | None

    class SidebarWanted(WidgetMessage):
        """The sidebar has been opened and needs to know the chats."""

    @dataclass
    class SidebarChosen(WidgetMessage):
        """A chat was chosen in the sidebar."""

        session_id: str

    class ChatListWanted(WidgetMessage):
        """The person wants to open another chat."""

    class SearchWanted(WidgetMessage):
        """The person wants to search all chats."""

    class NextChatWanted(WidgetMessage):
        """The person wants to see the next of the open chats."""

    def __init__(self, services: Services, painter: Painter) -> None:
        super().__init__(services)
        bind_actions(self, Place.CHAT, priority=True)
        self._painter = painter
        self.opened = asyncio.Event()
        """Set once a chat has been opened and it is known whom it is with."""
        self._early: list[Prompt.Submitted] = []
        """What was sent before there was a chat to send it in."""
        self._parted: _Parted | None = None
        """This chat's own prompt, while what is typed belongs to the next one."""
        self._presumed = ""
        """The model that this chat began with because nobody had chosen one."""
        self._settling = False
        self._log_trouble = ""
        self._draft_trouble = ""

    # building

    def compose(self) -> ComposeResult:
        """Transcript, notice, rule, prompt, status."""
        settings = self._services.settings
        yield Static(f"Salon needs at least {SMALLEST[0]}×{SMALLEST[1]} characters. Your text is safe.", id="too-small")
        yield Sidebar(self._painter, self._services.model_info)
        yield Transcript(self._painter, frame=_frame_of(settings), id="transcript")
        yield FindBar(id="find")
        yield Notice(id="notice")
        yield Question(id="question")
        yield QueueView(id="queue")
        yield CompletionList(id="completions")
        yield Static("─" * 400, id="rule", markup=False)
        yield AttachmentBar(id="attachments")
        with Horizontal(id="prompt-row"):
            yield Static("> ", id="prompt-mark", markup=False)
            yield Prompt(
                chip_lines=settings.paste_chip_lines,
                chip_characters=settings.paste_chip_chars,
                vi=settings.keys == "vi",
                vi_enter_sends=settings.vi_enter == "send",
                id="prompt",
            )
        yield StatusBar(self._painter, id="statusbar")

    def on_mount(self) -> None:
        """Make what shows answers; its clock runs during a turn only."""
        clock = self.set_interval(1.0, lambda: self._answers.show_progress(), pause=True)
        stall_hint = self._services.settings.stall_hint
        self.prompt.submitted = self.submit
        self.prompt.take_queued = self.take_queued
        self.prompt.lend_key = self.completions.take_key
        self._answers = Answering(self.transcript, self.notice, self.status_bar, clock, stall_hint)
        self._keep_still()

    def heed(self, name: str) -> None:
        """A setting was changed: have it hold here, as far as it holds in a chat that is open."""
        settings = self._services.settings
        if name == "thinking":
            self.transcript.set_thinking_open(settings.thinking == "open")
        self.transcript.lay_out_as(_frame_of(settings))
        self.prompt.chip_lines, self.prompt.chip_characters = settings.paste_chip_lines, settings.paste_chip_chars
        self.prompt.vi_enter_sends = settings.vi_enter == "send"
        self._answers.stall_hint = settings.stall_hint
        self._keep_still()
        if name == "sidebar" and self.size.width >= STAYS_FROM and self.sidebar.is_open is not settings.sidebar:
            if settings.sidebar:
                self.sidebar.open(focus=False)
                self.post_message(self.SidebarWanted())
            else:
                self.sidebar.close()
        if self.session is not None and not self.session.conversation.written:
            self._adopt_parameters(self.session)  # this chat is still a new one

    def _keep_still(self) -> None:
        self.transcript.still = self._answers.still = self._services.settings.reduced_motion

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._painter = painter
        self.transcript.set_painter(painter)
        self.status_bar.set_painter(painter)
        self.sidebar.set_painter(painter)

    def set_connection(self, connection: Connection, ready: asyncio.Event) -> None:
        """Talk to another host from now on; `ready` is set once it is prepared."""
        self.connection, self.ready = connection, ready
        self.status_bar.update(demo=connection.demo, host="" if connection.demo else connection.host)
        self.prompt.placeholder = "Type tour, and press Enter" if connection.demo else "Ask Claude"
        if self.session is not None:
            self._adopt_parameters(self.session)

    # the session

    def show_session(self, session: Session, draft: Draft, entries: Sequence[Entry]) -> None:
        """Show a session, its entries and its draft."""
        typed_meanwhile = self.prompt.full_text()
        self.session = session
        self._answers.forget()
        self._adopt_parameters(session)
        self.transcript.show(entries)
        self.queue.set_items(not_sent_yet(draft.queued, session))
        if draft or not typed_meanwhile:
            self.prompt.set_draft(replace(draft, text=draft.text + typed_meanwhile))
        else:
            self.drafting.edited()
        self.status_bar.update(state="Ready", role="text", hint="")
        self.show_totals()
        self._log_trouble, self._draft_trouble = session.log.unsaved, ""
        self._show_unsaved()
        self.notice.show(notice_of(session.conversation, can_continue=session.can_continue))
        self._take_up(session, draft)
        self.tell_queue()
        self.prompt.focus()

    def _take_up(self, session: Session, draft: Draft) -> None:
        """Go on with what was being changed when the chat was left."""
        self.aside = draft.aside
        begun = session.write(draft.purpose) if draft.purpose else None
        if begun is not None:
            self.show_writing(begun.text)
        elif draft.aside is not None:
            self.bring_back()

    def use_library(self, library: Library) -> None:
        """Keep drafts here from now on."""
        self.drafting.library = library

    def use_model(self, model: str) -> None:
        """Ask this model from now on, and remember it with the session."""
        if self.session is None or self.connection is None:
            return
        self._presumed = ""
        self.session.wish(model=model)
        self.session.adopt(self._services.parameters(self.connection, model))
        self._show_model(self.session)
        if self.session.conversation.messages:
            self.run_worker(self.session.set("model", model), exit_on_error=False)

    def learn_model(self) -> None:
        """More is known of models now than when this chat began to ask one."""
        if self.session is not None:
            model = self._services.model_info(self.session.parameters.model.id)
            self.session.learn_model(model)
            self._show_model(self.session)

    def use_default_model(self, model: str) -> None:
        """Ask this model, unless the chat has one of its own.

        A prompt that was sent before the server had named its models founded the chat with the one that was presumed.
        """
        session = self.session
        if session is None or self.connection is None or not model:
            return
        founded_with = session.conversation.settings.get("model")
        answered = any(message.role == "assistant" for message in session.conversation.written.values())
        if founded_with and (answered or founded_with != self._presumed):
            return
        session.adopt(self._services.parameters(self.connection, model))
        if founded_with:
            self.run_worker(session.set("model", model), exit_on_error=False)
        self._show_model(session)

    def use_template(self, template: Template, prompt: str) -> None:
        """Begin as a template says, its first prompt in the box."""
        if self.session is None:
            return
        wishes = {"model": template.model, "effort": template.effort, "system": template.system}
        self.session.wish(**{key: wish for key, wish in wishes.items() if wish})
        self._adopt_parameters(self.session)
        self.prompt.insert(clean(prompt))

    def _adopt_parameters(self, session: Session) -> None:
        if self.connection is None:
            return
        wanted = str(session.conversation.settings.get("model", ""))
        parameters = self._services.parameters(self.connection, wanted)
        self._presumed = "" if wanted else parameters.model.id
        session.adopt(parameters)
        self._show_model(session)

    def _show_model(self, session: Session) -> None:
        model, demo = session.parameters.model, self.connection is not None and self.connection.demo
        self.status_bar.update(model=clean_line(model.label, 40), context_size=model.context)
        self.show_effort()
        self.show_tools()
        label = clean_line(model.label, 60)
        rows = [f"A new chat with {label}." if label else "A new chat."]
        uses, connection = self._services.uses, self.connection
        if demo:
            rows.append("Its answers are scripted. Type tour to see what Salon can do.")
        elif connection is not None and connection.credentials and not uses.count("send"):
            rows.append(f"The key is that of {clean_line(connection.credentials, 60)}.")
        self.transcript.set_greeting(partial(greeting, rows, hints(uses)))

    # what is not saved

    def note_unsaved(self, reason: str) -> None:
        """The log says whether everything is on disk."""
        saved_again = bool(self._log_trouble) and not reason
        self._log_trouble = reason
        self._show_unsaved()
        if saved_again:
            self.drafting.edited()  # an emptied draft was kept on disk until the prompt itself was safe

    def note_draft(self, trouble: str) -> None:
        """Drafting says whether the draft is on disk."""
        self._draft_trouble = trouble
        self._show_unsaved()

    def _show_unsaved(self) -> None:
        """Say in the banner and in the status bar what is not saved, until everything is."""
        reason = self._log_trouble or self._draft_trouble
        self.drafting.keep_on_disk = bool(self._log_trouble)
        kept = self.session.log.keeping if self.session is not None else Keeping.DISK
        self.status_bar.update(
            unsaved=reason if kept is Keeping.DISK else "",
            saved=not reason,
            kept={Keeping.DISK: "", Keeping.NOTHING: "not saved", Keeping.REFUSED: "read-only"}[kept],
        )
        self.notice.set_banner(NoticeText(reason, (), "error" if kept is Keeping.DISK else "info") if reason else None)

    # sending

    def submit(self, event: Prompt.Submitted) -> None:
        """Send, unless something is still on its way."""
        if not self._settling and (self.session is None or self._parted is not None or not self.opened.is_set()):
            self._early.append(event)
        elif not self._goes_out(event):
            self.prompt.flights.refuse(event.box)

    def _goes_out(self, event: Prompt.Submitted) -> bool:
        """Do with it what is to be done; whether it leaves the prompt."""
        if self._settling or self.session is None:
            return False  # the log is being closed, so this stays in the prompt and is kept as the draft
        if self.session.purpose.is_note:
            self.keep_note(event.text, event.box)
            return True
        if event.box and self.takes_command(event.text):
            return False
        if self.wait_for_attachments():
            return False
        if self.answering:
            self.clear_sent(event.box, event.attachments)
            self.queue.add(Draft(event.text, attachments=event.attachments))
            self.drafting.edited()
            return True
        if self.connection is None:
            self.post_message(self.ConnectionWanted())
            return False
        if self.is_refused(event.text, event.attachments):
            return False
        if self.session.log.keeping is Keeping.REFUSED:
            sentence = "This chat can only be read here. What you wrote stays in the prompt."
            self.notice.show(NoticeText(sentence, ("fork_chat",), "warning"))
            return False
        self.begin_turn()
        self.send(event.text, event.box, event.attachments)
        return True

    def begin_chat(self) -> None:
        """The chat is open and whom it is with is settled: send what was sent too early."""
        self.opened.set()
        if self._parted is not None:
            return  # that was for the next chat
        early, self._early = self._early, []
        for event in early:
            if not event.box or self.prompt.flights:  # otherwise it stands behind a draft now, and is read again first
                self.submit(event)

    def clear_sent(self, box: str, attachments: Sequence[Attachment]) -> None:
        """Take out of the chat's own prompt what was sent."""
        if self._parted is None:
            self.prompt.clear_sent(box, attachments)
        else:
            self._parted.clear_sent(box, attachments)

    # the draft

    def put_back(self, aside: Draft) -> None:
        """Put a draft into the chat's own prompt, before what is there."""
        typed = self.prompt.full_text() if self._parted is None else self._parted.draft.text
        whole = replace(aside, text=f"{aside.text}\n\n{typed}" if typed.strip() else aside.text)
        if self._parted is None:
            self.prompt.set_draft(whole)
        else:
            self._parted.draft = whole

    def current_draft(self) -> tuple[str, Draft] | None:
        """The session's id and its draft, None while there is no session."""
        if self.session is None:
            return None
        draft = self.prompt.draft
        if self._parted is not None:
            # What is typed for a chat that is not there yet is kept with this one until it is handed over.
            typed = [*(each.full_text for each in self._parted.for_next), self.prompt.full_text()]
            draft = replace(self._parted.draft, text=self._parted.draft.text + "".join(typed))
        return self.session.id, replace(draft, queued=self.queue.items, purpose=self.session.purpose, aside=self.aside)

    def on_editing_area_mode_changed(self, event: EditingArea.ModeChanged) -> None:
        """vi's mode stands in the status bar."""
        self.status_bar.update(mode=event.shown)

    def on_editing_area_cut(self, event: EditingArea.Cut) -> None:
        """What was cut, or copied by vi, is for the clipboard."""
        self.post_message(CopyWanted(event.text, "the text"))

    def on_prompt_edited(self) -> None:
        """Have the draft on disk soon, and complete what is typed."""
        self.drafting.edited()
        self.complete_prompt()
        self.estimate_soon()

    # leaving

    def part(self) -> None:
        """From here on what is typed belongs to the next chat; `stay` or `hand_over` must follow, once for each."""
        if self._parted is None:
            self._parted = _Parted(self.prompt.draft, self.prompt.flights)
        else:
            self._parted.for_next.append(self._handed())
        self.prompt.set_draft(Draft())

    def _handed(self) -> Handed:
        """What has been typed here for the next chat; what was still being attached belongs to this one."""
        assert self._parted is not None
        draft, early = self.prompt.draft, tuple(self._early)
        own = self._parted.draft
        self._parted.draft = replace(own, attachments=(*own.attachments, *draft.attachments))
        self._early = []
        return Handed(replace(draft, attachments=()), self.prompt.full_text(), self.prompt.flights, early)

    async def leave(self) -> bool:
        """Have the draft on disk before another chat is shown; False, and the chat stays, if the disk refuses it."""
        if self._parted is None:
            await self.keys_taken_in()
            self.part()
        current = self.current_draft()
        if current is None or await self.drafting.put(*current):
            return True
        self.stay()
        return False

    def stay(self) -> None:
        """There is no next chat: what was typed for it is added to this one's draft."""
        self.take_over(self.hand_over())

    def hand_over(self) -> Sequence[Handed]:
        """Give what was typed since `part` for one chat after the other, and have this chat's own draft back."""
        if self._parted is None:
            return ()
        handed = [*self._parted.for_next, self._handed()]
        own, self._parted = self._parted, None
        self.prompt.set_draft(own.draft)
        self.prompt.flights = own.flights
        self.drafting.edited()
        return handed

    def take_over(self, handed: Sequence[Handed]) -> None:
        """Put what was typed for this chat while another was shown behind its draft, and send what was sent.

        What follows was typed for the chats after this one.
        """
        for number, each in enumerate(handed):
            if number:
                self.part()
            if not each.full_text:
                continue
            own, flights = self.prompt.draft, self.prompt.flights
            if flights.rest(own.text) or own.pastes or (own.attachments and not flights):
                self.prompt.set_draft(replace(own, text=own.text + each.full_text))
                self.prompt.flights = flights
                continue
            self.prompt.set_draft(replace(each.draft, text=own.text + each.draft.text, attachments=own.attachments))
            flights.follow(each.flights)
            self.prompt.flights = flights
            for event in each.sent:
                self.submit(event)

    async def settle(self) -> None:
        """Stop what runs and put everything on disk, before the chat or the app ends."""
        session = self.session
        if session is None:
            return
        self._settling = True
        try:
            await self.keys_taken_in()
            await self.end_turn()
        finally:
            if self._parted is not None:
                self.stay()  # the next chat never came, and its words are kept in here
            await self.drafting.save()
            try:
                await asyncio.wait_for(session.log.close(), SETTLE_SECONDS)
            except TimeoutError:
                logger.error("The disk does not answer; the log of %s is not closed", session.id)

    async def give_up(self) -> None:
        """Put everything on disk and close the session; `show_session` must follow with another."""
        await self.settle()
        self.prompt.set_draft(Draft())
        self._settling = False

    async def keys_taken_in(self) -> None:
        """Wait until the prompt has what was typed before now: the app's own keys overtake those of the prompt."""
        taken_in = asyncio.Event()
        self.prompt.call_later(taken_in.set)
        try:
            await asyncio.wait_for(taken_in.wait(), SETTLE_SECONDS)
        except TimeoutError:
            logger.warning("The prompt did not answer")

    # the editor

    @work(group="editor", exclusive=True, exit_on_error=False)
    async def action_edit_in_editor(self) -> None:
        """Write in the person's own editor; the chat goes on meanwhile."""
        await self.drafting.save()  # whatever happens to the editor or the terminal
        before = self.prompt.full_text()
        try:
            edited = await edit_elsewhere(self.app, before)
        except EditorError as error:
            self.notice.show(NoticeText(error.sentence(), (), "warning"))
        else:
            if edited != before:
                self.prompt.put_edited(edited)
            self.notice.close()
        self.prompt.focus()

    @work(group="editor", exclusive=True, exit_on_error=False)
    async def action_edit_system(self) -> None:
        """Write the system prompt in the person's own editor."""
        if self.session is None or self.system_is_settled():
            return
        before = self.session.parameters.system
        try:
            edited = await edit_elsewhere(self.app, before, "system.md")
        except EditorError as error:
            self.notice.show(NoticeText(error.sentence(), (), "warning"))
        else:
            if edited.strip() != before.strip():
                self.action_system(clean(edited).strip())
        self.prompt.focus()

    # actions of the library

    def action_new_chat(self) -> None:
        """Start a new chat; an answer that is arriving here goes on."""
        # In the prompt's own queue: keys before this one go to this chat's draft, keys after it to the next.
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.NewChatWanted())

    def action_temporary_chat(self) -> None:
        """Start a chat of which nothing is kept."""
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.TemporaryChatWanted())

    def action_fork_chat(self) -> None:
        """Go on in a copy of this branch; an answer that is arriving goes on here."""
        session = self.session
        if session is None or session.log.keeping is Keeping.NOTHING or not session.path:
            self.notice.show(NoticeText("There is nothing on disk to fork.", (), "info"))
            return
        whole = [message.id for message in session.path]
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.ForkWanted(session.id, whole[-1]))

    def action_reload_chat(self) -> None:
        """Read the chat from disk again."""
        self.post_message(self.ReloadWanted())

    @property
    def sidebar(self) -> Sidebar:
        """The chats at the left."""
        return self.query_one(Sidebar)

    def action_sidebar(self) -> None:
        """Open the sidebar and go into it; from inside, close it."""
        if self.sidebar.is_open and self.sidebar.has_focus_within:
            self.close_sidebar()
        else:
            self.sidebar.open(focus=True)
            self.post_message(self.SidebarWanted())

    def close_sidebar(self) -> None:
        """Hide the sidebar and go back to the prompt."""
        self.sidebar.close()
        self.prompt.focus()

    def action_stop(self) -> None:
        """Leave the sidebar, or stop the answer."""
        if not self.sidebar.has_focus_within:
            super().action_stop()
        elif self._services.settings.sidebar and self.size.width >= STAYS_FROM:
            self.prompt.focus()
        else:
            self.close_sidebar()

    def on_session_browser_chosen(self, event: SessionBrowser.Chosen) -> None:
        """Open what was chosen in the sidebar."""
        if self.size.width < STAYS_FROM:
            self.close_sidebar()
        self.prompt.focus()
        self.post_message(self.SidebarChosen(event.session.id))

    def action_open_chat(self) -> None:
        """Open another chat; an answer that is arriving here goes on."""
        self.post_message(self.ChatListWanted())

    def action_search(self) -> None:
        """Search all chats."""
        self.post_message(self.SearchWanted())

    async def show_found(self, chosen: Chosen) -> None:
        """Go to a message that was found and mark the words in it; one on another branch brings its branch along."""
        session = self.session
        if session is None or not chosen.hit.message_id:
            return
        note = session.conversation.notes.get(chosen.hit.message_id)
        wanted = chosen.hit.message_id if note is None else note.parent
        elsewhere = wanted in session.conversation.messages and all(message.id != wanted for message in session.path)
        if wanted is not None and elsewhere and not session.busy and not session.editing:
            await session.go_to(wanted)
            self.transcript.show(entries_of(session.conversation))
        entries = self.transcript.viewport.entries
        index = next((at for at, entry in enumerate(entries) if entry.message.id == wanted), None)
        if index is None:
            self.notice.show(NoticeText("What was found cannot be shown in this chat now.", (), "info"))
            return
        if chosen.hit.voice is Voice.THINKING:
            self.transcript.set_thinking_open(True)
        self.find_from(index, chosen.words)

    def action_next_chat(self) -> None:
        """Show the next of the open chats."""
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.NextChatWanted())

    def on_resize(self, event: events.Resize) -> None:
        """Say so when there is too little room."""
        too_small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.set_class(too_small, "-too-small")
        self.set_class(event.size.height < LOW, "-low")
        self.set_class(event.size.width < NARROW, "-narrow")
        if self._services.settings.sidebar and event.size.width >= STAYS_FROM and not self.sidebar.is_open:
            self.sidebar.open(focus=False)
            self.post_message(self.SidebarWanted())


def _frame_of(settings: Settings) -> Frame:
    """How entries are laid out, whatever the width."""
    return Frame(
        80,
        settings.measure,
        thinking_open=settings.thinking == "open",
        code_fold=settings.code_fold_lines,
        code_scrolls=settings.code_lines == "scroll",
    )


def not_sent_yet(queued: tuple[Draft, ...], session: Session) -> tuple[Draft, ...]:
    """What of a queue still waits; a crash may leave its first prompt both there and among the messages."""
    last = session.last
    sent = bool(queued) and last is not None and last.role == "user" and last.text == queued[0].text
    return queued[1:] if sent else queued
