"""The chat screen: sends what widgets say to the session, and what the session does to the widgets."""

import asyncio
import logging
from contextlib import aclosing

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message as WidgetMessage
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from salon.actions import ACTIONS, Place
from salon.chat.conversation import Message
from salon.chat.ledger import totals
from salon.chat.session import Draft, Library, Session
from salon.errors import Fault, StoreError
from salon.markdown import warm_up
from salon.ui.answering import Answering
from salon.ui.drafting import Drafting
from salon.ui.findbar import FindBar
from salon.ui.notice import Notice, NoticeText
from salon.ui.painter import Painter
from salon.ui.presenting import entries_of, entry_of, greeting, notice_of
from salon.ui.prompt import Prompt
from salon.ui.reading import ReadingActions
from salon.ui.services import Connection, Services
from salon.ui.statusbar import StatusBar
from salon.ui.transcript import Transcript
from salon.untrusted import clean_line

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 5
"""How long a stopped answer may take to end; its connection is closed at once, so this is the disk's time."""
SMALLEST = (40, 10)
BILLING_PAGE = "https://console.anthropic.com/settings/billing"


class ChatScreen(ReadingActions):
    """One conversation: transcript, notice, prompt and status bar."""

    AUTO_FOCUS = "#prompt"
    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        # The prompt has the focus nearly always, and its text area would take PgUp and F6 for itself.
        Binding(",".join(action.keys), action.id, action.label, show=False, id=action.id, priority=True)
        for action in ACTIONS
        if action.place is Place.CHAT and action.keys
    ]

    class ConnectionWanted(WidgetMessage):
        """The person wants to give a key or another server."""

    class NewChatWanted(WidgetMessage):
        """The person wants a new chat."""

    class ChatListWanted(WidgetMessage):
        """The person wants to open another chat."""

    class ModelWanted(WidgetMessage):
        """The person wants another model."""

    def __init__(self, services: Services, painter: Painter) -> None:
        super().__init__()
        self._services = services
        self._painter = painter
        self._answers: Answering
        """Made with the widgets that it writes to."""
        self.drafting = Drafting(self, services.library, self._current_draft, self._note_draft)
        self.session: Session | None = None
        self.connection: Connection | None = None
        self.ready = asyncio.Event()
        """Set once the connection is as prepared as it gets: the model is known, or a request will say why not."""
        self.opened = asyncio.Event()
        """Set once a chat has been opened and it is known whom it is with."""
        self._early: Prompt.Submitted | None = None
        """What was sent before there was a chat to send it in."""
        self._gave_up = asyncio.Event()
        self._settling = False
        self._warm = False
        self._log_trouble = ""
        self._draft_trouble = ""
        self._parted: tuple[Session, Draft] | None = None
        """The chat that is being left, and its draft."""

    # building

    def compose(self) -> ComposeResult:
        """Transcript, notice, rule, prompt, status."""
        settings = self._services.settings
        yield Static(f"Salon needs at least {SMALLEST[0]}×{SMALLEST[1]} characters. Your text is safe.", id="too-small")
        yield Transcript(
            self._painter, measure=settings.measure, thinking_open=settings.thinking == "open", id="transcript"
        )
        yield FindBar(id="find")
        yield Notice(id="notice")
        yield Static("─" * 400, id="rule", markup=False)
        with Horizontal(id="prompt-row"):
            yield Static("> ", id="prompt-mark", markup=False)
            yield Prompt(chip_lines=settings.paste_chip_lines, chip_characters=settings.paste_chip_chars, id="prompt")
        yield StatusBar(self._painter, id="statusbar")

    def on_mount(self) -> None:
        """Make what shows answers; its clock runs during a turn only."""
        clock = self.set_interval(1.0, lambda: self._answers.show_progress(), pause=True)
        stall_hint = self._services.settings.stall_hint
        self._answers = Answering(self.transcript, self.notice, self.status_bar, clock, stall_hint)

    @property
    def status_bar(self) -> StatusBar:
        """The status bar."""
        return self.query_one(StatusBar)

    @property
    def answering(self) -> bool:
        """Whether an answer is on its way."""
        return self._answers.running

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._painter = painter
        self.transcript.set_painter(painter)
        self.status_bar.set_painter(painter)

    def set_connection(self, connection: Connection) -> None:
        """Talk to another host from now on."""
        self.connection = connection
        self.status_bar.update(demo=connection.demo, host="" if connection.demo else connection.host)
        self.prompt.placeholder = "Type tour, and press Enter" if connection.demo else "Ask Claude"
        if self.session is not None:
            self._adopt_parameters(self.session)

    # sessions

    def show_session(self, session: Session, draft: Draft) -> None:
        """Show a session and its draft."""
        typed_meanwhile = self.prompt.full_text() if self.session is None else ""
        self.session = session
        self._answers.forget()
        self._adopt_parameters(session)
        self.transcript.show(entries_of(session.conversation))
        if draft or not typed_meanwhile:
            self.prompt.set_draft(Draft(draft.text + typed_meanwhile, draft.pastes))
        else:
            self.drafting.edited()
        self.status_bar.update(state="Ready", role="text", hint="")
        self._show_totals()
        self._log_trouble, self._draft_trouble = session.log.unsaved, ""
        self._show_unsaved()
        self.notice.show(notice_of(session.conversation, can_continue=session.can_continue))
        self.prompt.focus()

    def use_library(self, library: Library) -> None:
        """Keep drafts here from now on."""
        self.drafting.library = library

    def use_model(self, model: str) -> None:
        """Ask this model from now on, and remember it with the session."""
        if self.session is None or self.connection is None:
            return
        self.session.adopt(self._services.parameters(self.connection, model))
        self._show_model(self.session)
        if self.session.conversation.messages:
            self.run_worker(self.session.set("model", model), exit_on_error=False)

    def use_default_model(self, model: str) -> None:
        """Ask this model, unless the chat has one of its own."""
        if model and self.session is not None and not self.session.conversation.settings.get("model"):
            self.use_model(model)

    def note_unsaved(self, reason: str) -> None:
        """The log says whether everything is on disk."""
        saved_again = bool(self._log_trouble) and not reason
        self._log_trouble = reason
        self._show_unsaved()
        if saved_again:
            self.drafting.edited()  # an emptied draft was kept on disk until the prompt itself was safe

    def _note_draft(self, trouble: str) -> None:
        self._draft_trouble = trouble
        self._show_unsaved()

    def _show_unsaved(self) -> None:
        """Say in the banner and in the status bar what is not saved, until everything is."""
        reason = self._log_trouble or self._draft_trouble
        self.drafting.keep_on_disk = bool(self._log_trouble)
        self.status_bar.update(unsaved=reason, saved=not reason)
        self.notice.set_banner(NoticeText(reason, (), "error") if reason else None)

    async def settle(self) -> None:
        """Stop what runs and put everything on disk, before the app ends."""
        session = self.session
        if session is None:
            return
        self._settling = True
        try:
            await self._keys_taken_in()
            await self._end_turn(session)
        finally:
            await self.drafting.save()
            await self._close_log(session)

    def part(self) -> None:
        """From here on what is typed belongs to the next chat; `leave` must follow."""
        if self.session is not None:
            self._parted = (self.session, self.prompt.draft)
            self.session = None
            self.prompt.set_draft(Draft())

    async def leave(self) -> bool:
        """Put everything on disk before another chat is shown.

        False if the draft cannot be saved: then it is still in the prompt, and the chat stays.
        """
        if self._parted is None:
            await self._keys_taken_in()
            self.part()
        if self._parted is None:
            return True
        (session, draft), self._parted = self._parted, None
        await self._end_turn(session)
        if not await self.drafting.put(session.id, draft):
            self.session = session
            self.prompt.set_draft(Draft(draft.text + self.prompt.full_text(), draft.pastes))
            return False
        await self._close_log(session)
        return True

    async def _end_turn(self, session: Session) -> None:
        self._gave_up.set()
        session.stop()
        running = [worker.wait() for worker in self.workers if worker.group == "turn"]
        try:
            await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), SETTLE_SECONDS)
        except TimeoutError:
            logger.error("An answer that was stopped did not end")

    async def _close_log(self, session: Session) -> None:
        try:
            await asyncio.wait_for(session.log.close(), SETTLE_SECONDS)
        except TimeoutError:
            logger.error("The disk does not answer; the log of %s is not closed", session.id)

    async def _keys_taken_in(self) -> None:
        """Wait until the prompt has what was typed before now: the app's own keys overtake those of the prompt."""
        taken_in = asyncio.Event()
        self.prompt.call_later(taken_in.set)
        try:
            await asyncio.wait_for(taken_in.wait(), 1)
        except TimeoutError:
            logger.warning("The prompt did not answer")

    def _adopt_parameters(self, session: Session) -> None:
        if self.connection is None:
            return
        wanted = str(session.conversation.settings.get("model", ""))
        parameters = self._services.parameters(self.connection, wanted)
        session.adopt(parameters)
        self._show_model(session)

    def _show_model(self, session: Session) -> None:
        model, demo = session.parameters.model, self.connection is not None and self.connection.demo
        self.status_bar.update(model=clean_line(model.label, 40), context_size=model.context)
        self.transcript.set_greeting(greeting(model.label, demo=demo))

    # sending

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        """Send, unless something is still on its way."""
        if self._settling:
            return  # the log is being closed, so this stays in the prompt and is kept as the draft
        if self.answering:
            self.notice.show(
                NoticeText(
                    "An answer is still arriving. Send this when it has ended, or stop it first.", ("stop",), "info"
                )
            )
            return
        if self.session is None or not self.opened.is_set():
            self._early = event
            return
        if self.connection is None:
            self.post_message(self.ConnectionWanted())
            return
        self._begin()
        self.send(event.text, event.box)

    def begin_chat(self) -> None:
        """The chat is open and whom it is with is settled: send what was sent too early."""
        self.opened.set()
        early, self._early = self._early, None
        if early is not None and self.prompt.text.startswith(early.box):
            self.on_prompt_submitted(early)

    def on_prompt_confirmed(self) -> None:
        """Enter in an empty prompt does what the notice offers first."""
        if self._answers.waiting_to_retry:
            self.action_retry_now()
        elif self.notice.shown is not None and self.notice.shown.actions:
            self.run_chosen(self.notice.shown.actions[0])

    @work(group="turn", exit_on_error=False)
    async def send(self, text: str, box: str) -> None:
        """Put the words on disk and into the transcript, then have them answered."""
        session = self.session
        assert session is not None
        message = await session.submit(text)
        self.prompt.clear_sent(box)
        self.prompt.remember(text)
        self._show_message(message)
        await self.drafting.save()
        await self._answer_leaf(session)

    @work(group="turn", exit_on_error=False)
    async def continue_answer(self) -> None:
        """Have a cut answer go on."""
        session = self.session
        assert session is not None
        self._show_message(await session.ask_to_continue())
        await self._answer_leaf(session)

    @work(group="turn", exit_on_error=False)
    async def answer_again(self) -> None:
        """Have the last prompt answered once more."""
        session = self.session
        assert session is not None
        session.back_to_prompt()
        self.transcript.truncate(len(session.path))
        self.transcript.to_end()
        await self._answer_leaf(session)
        if session.last is not None and session.last.id != self.transcript.viewport.entries[-1].message.id:
            self.transcript.show(entries_of(session.conversation))  # nothing came, so the answer before is back

    def _begin(self) -> None:
        if not self._warm:
            # The first answer is a moment away, and what draws it is best imported while nobody waits for it.
            self._warm = True
            self.run_worker(asyncio.to_thread(warm_up), group="warm", exit_on_error=False)
        self._gave_up.clear()
        self._answers.begin()

    def _show_message(self, message: Message) -> None:
        assert self.session is not None
        self.transcript.append(entry_of(self.session.conversation, message))
        self.transcript.to_end()

    async def _answer_leaf(self, session: Session) -> None:
        assert self.connection is not None
        if not await self._prepared():
            self._answers.give_up("Stopped")
            sentence = "Stopped before anything was asked. Your message is saved."
            self.notice.show(NoticeText(sentence, ("retry",), "info"))
            return
        for sentence in session.request().notices:
            self.notice.show(NoticeText(sentence, (), "info"))
        async with aclosing(session.answer(self.connection.client)) as turn:
            async for event in turn:
                self._answers.take(session, event)
        self._show_totals()

    async def _prepared(self) -> bool:
        """Wait for the connection to be ready; False when the person stops that."""
        waits = [asyncio.create_task(event.wait()) for event in (self.ready, self._gave_up)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return not self._gave_up.is_set()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a bug or a fault of the outside; it is told and the app goes on."""
        if event.state is not WorkerState.ERROR or event.worker.error is None:
            return
        error = event.worker.error
        logger.error("A worker failed", exc_info=error)
        sentence = (
            error.sentence()
            if isinstance(error, StoreError | Fault)
            else f"Salon itself failed: {type(error).__name__}."
        )
        turn_failed = event.worker.group == "turn"
        actions = ("retry",) if turn_failed else ()
        self.notice.show(
            NoticeText(f"{sentence} Your text is kept. The log: {self._services.log_file}", actions, "error")
        )
        if not turn_failed:
            return
        self._answers.give_up("Failed", "error")

    # showing

    def _show_totals(self) -> None:
        if self.session is None:
            return
        conversation = self.session.conversation
        sums = totals(conversation.messages.values(), self._services.model_info)  # other variants have cost as much
        shown = totals(self.session.path, self._services.model_info)
        self.status_bar.update(
            tokens_in=sums.tokens_in,
            tokens_out=sums.tokens_out,
            context_used=shown.context,
            cost=sums.cost,
            at_least=sums.at_least,
            cost_at_least=sums.cost_at_least,
        )

    def on_resize(self, event: events.Resize) -> None:
        """Say so when there is too little room."""
        too_small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.set_class(too_small, "-too-small")

    # the draft

    def _current_draft(self) -> tuple[str, Draft] | None:
        return None if self.session is None else (self.session.id, self.prompt.draft)

    def on_prompt_edited(self) -> None:
        """Have the draft on disk soon."""
        self.drafting.edited()

    # actions

    def run_chosen(self, action: str) -> None:
        """Run one of the actions that a notice offers."""
        method = getattr(self, f"action_{action}", None)
        if method is None:
            logger.error("A notice offers %r, which nothing does", action)
            return
        method()

    def action_stop(self) -> None:
        """Stop the answer; without one close the notice, then the selection."""
        if self.close_find():
            return
        if self.session is not None and self.session.turn is not None:
            self.session.stop()
        elif self.answering:
            self._gave_up.set()
        elif self.transcript.has_focus:
            self.action_leave_reading()
        elif self.session is not None and self.session.editing:
            self.session.stop_editing()
            self.transcript.show(entries_of(self.session.conversation))
            self.notice.show(None)
        elif self.notice.shown is not None:
            self.notice.close()
        else:
            self.transcript.clear_selection()

    def action_retry(self) -> None:
        """Ask again."""
        if self.session is not None and self.connection is not None and self.session.can_retry and not self.answering:
            self._begin()
            self.answer_again()

    def action_continue(self) -> None:
        """Have a cut answer go on."""
        if (
            self.session is not None
            and self.connection is not None
            and self.session.can_continue
            and not self.answering
        ):
            self._begin()
            self.continue_answer()

    def action_retry_now(self) -> None:
        """Cut the countdown short."""
        if self.session is not None and self.session.turn is not None:
            self.session.turn.control.now()

    def action_show_details(self) -> None:
        """Show the technical details."""
        self.notice.show_details()

    def action_change_key(self) -> None:
        """Give another key or server."""
        if not self.answering:
            self.post_message(self.ConnectionWanted())

    def action_pick_model(self) -> None:
        """Choose another model."""
        if not self.answering:
            self.post_message(self.ModelWanted())

    def action_edit(self) -> None:
        """Bring the last prompt back into an empty box; what is sent then stands beside it."""
        session = self.session
        if session is None or self.answering or session.editing or self.prompt.full_text().strip():
            return
        if text := session.edit_last_prompt():
            self.prompt.set_draft(Draft(text))
            self.transcript.truncate(len(session.path))
            self.transcript.to_end()
            sentence = "What you send now stands beside your earlier prompt, which is kept. Esc leaves that as it was."
            self.notice.show(NoticeText(sentence, (), "info"))

    def action_open_billing(self) -> None:
        """Open the page where credit is bought."""
        self.app.open_url(BILLING_PAGE)

    def action_new_chat(self) -> None:
        """Start a new chat."""
        if self._may_leave():
            # In the prompt's own queue: keys before this one go to this chat's draft, keys after it to the next.
            self.prompt.call_later(self.part)
            self.prompt.call_later(self.post_message, self.NewChatWanted())

    def action_open_chat(self) -> None:
        """Open another chat."""
        if self._may_leave():
            self.post_message(self.ChatListWanted())

    def _may_leave(self) -> bool:
        if self.answering:
            self.notice.show(
                NoticeText("An answer is still arriving. Stop it before you leave this chat.", ("stop",), "info")
            )
        return not self.answering
