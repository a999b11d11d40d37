"""The chat screen: one conversation, from the moment it is opened until it is left."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from salon.actions import Place
from salon.chat.draft import Draft
from salon.chat.library import Keeping, Library
from salon.chat.session import Session
from salon.editor import EditorError
from salon.settings import Settings
from salon.templates import Template
from salon.ui.answering import Answering
from salon.ui.attachmentbar import AttachmentBar
from salon.ui.blockscreen import CopyWanted
from salon.ui.browsing import BrowsingActions
from salon.ui.completion import CompletionList
from salon.ui.editingarea import EditingArea
from salon.ui.elsewhere import edit_elsewhere
from salon.ui.entry import Entry
from salon.ui.findbar import FindBar
from salon.ui.hints import hints, invitation
from salon.ui.keyline import LOW
from salon.ui.keys import bind_actions
from salon.ui.notice import Notice, NoticeText
from salon.ui.painter import Painter
from salon.ui.presenting import greeting, notice_of
from salon.ui.prompt import Prompt
from salon.ui.question import Question
from salon.ui.queue import QueueView
from salon.ui.sections import Frame
from salon.ui.services import Connection, Services
from salon.ui.sidebar import STAYS_FROM, Sidebar
from salon.ui.statusbar import StatusBar
from salon.ui.transcript import Transcript
from salon.untrusted import clean, clean_line
from salon.words import tr

logger = logging.getLogger(__name__)

SMALLEST = (40, 10)
NARROW = 70
"""Columns; in fewer a sidebar beside the chat would leave none of it."""


class ChatScreen(BrowsingActions):
    """One conversation: transcript, notice, prompt and status bar."""

    AUTO_FOCUS = "#prompt"

    def __init__(self, services: Services, painter: Painter) -> None:
        super().__init__(services)
        bind_actions(self, Place.CHAT, priority=True)
        self._painter = painter
        self._presumed = ""
        """The model that this chat began with because nobody had chosen one."""
        self._log_trouble = ""
        self._draft_trouble = ""

    # building

    def compose(self) -> ComposeResult:
        """Transcript, notice, rule, prompt, status."""
        settings = self._services.settings
        yield Static(
            tr(
                "Salon needs at least {smallest}×{smallest2} characters. Your text is safe.",
                smallest=SMALLEST[0],
                smallest2=SMALLEST[1],
            ),
            id="too-small",
        )
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
        self.prompt.lend_key = self.lend_key
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
        self.transcript.pace.still = self._answers.still = self._services.settings.reduced_motion

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
        self._invite()
        if self.session is not None:
            self._adopt_parameters(self.session)

    def _invite(self) -> None:
        demo = self.connection is not None and self.connection.demo
        begun = self.session is not None and bool(self.session.conversation.messages)
        self.prompt.placeholder = invitation(self._services.uses, demo=demo, begun=begun)

    def on_asking_actions_turn_began(self) -> None:
        """The greeting has gone, and with it what it told."""
        self._invite()

    def on_asking_actions_turn_ended(self) -> None:
        """The first prompt is in the chat now, whenever it came there."""
        self._invite()

    # the session

    def show_session(self, session: Session, draft: Draft, entries: Sequence[Entry]) -> None:
        """Show a session, its entries and its draft."""
        typed_meanwhile = self.prompt.full_text()
        self.session = session
        self._answers.forget()
        self._invite()
        self._adopt_parameters(session)
        self.transcript.show(entries)
        self.queue.set_items(not_sent_yet(draft.queued, session))
        if draft or not typed_meanwhile:
            self.prompt.set_draft(replace(draft, text=draft.text + typed_meanwhile))
        else:
            self.drafting.edited()
        self.status_bar.update(state=tr("Ready"), role="text", hint="")
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
        rows = [tr("A new chat with {label}.", label=label) if label else tr("A new chat.")]
        uses, connection = self._services.uses, self.connection
        if demo:
            rows.append(tr("Its answers are scripted. Type tour to see what Salon can do."))
        elif connection is not None and connection.credentials and not uses.count("send"):
            rows.append(tr("The key is that of {credentials}.", credentials=clean_line(connection.credentials, 60)))
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
        # A draft may still be on its way to the disk when the screen goes.
        if all(self.query(each) for each in ("StatusBar", "Notice")):
            self._show_unsaved()

    def _show_unsaved(self) -> None:
        """Say in the banner and in the status bar what is not saved, until everything is."""
        reason = self._log_trouble or self._draft_trouble
        self.drafting.keep_on_disk = bool(self._log_trouble)
        kept = self.session.log.keeping if self.session is not None else Keeping.DISK
        self.status_bar.update(
            unsaved=reason if kept is Keeping.DISK else "",
            saved=not reason,
            kept={Keeping.DISK: "", Keeping.NOTHING: tr("not saved"), Keeping.REFUSED: tr("read-only")}[kept],
        )
        self.notice.set_banner(NoticeText(reason, (), "error" if kept is Keeping.DISK else "info") if reason else None)

    def on_editing_area_mode_changed(self, event: EditingArea.ModeChanged) -> None:
        """vi's mode stands in the status bar."""
        self.status_bar.update(mode=event.shown)

    def on_editing_area_cut(self, event: EditingArea.Cut) -> None:
        """What was cut, or copied by vi, is for the clipboard."""
        self.post_message(CopyWanted(event.text, tr("the text")))

    def on_prompt_edited(self) -> None:
        """Have the draft on disk soon, and complete what is typed."""
        self.drafting.edited()
        self.complete_prompt()
        self.estimate_soon()

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
