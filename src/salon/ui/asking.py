"""What a writer does: send, stop, retry, continue, edit; and what a turn needs of its screen."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from textual import work
from textual.message import Message as WidgetMessage
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from salon.chat import room
from salon.chat.attachments import Attachment
from salon.chat.conversation import Message, Status
from salon.chat.draft import Draft
from salon.chat.ledger import Account, charged
from salon.chat.parameters import Parameters
from salon.chat.permission import Gatekeeper
from salon.chat.person import Unasked, stopped_before
from salon.chat.session import Session
from salon.chat.turn import Request
from salon.errors import SalonError
from salon.markdown import warm_up
from salon.ui.answering import Answering
from salon.ui.drafting import Drafting
from salon.ui.modelpicker import other_favourite
from salon.ui.notice import NoticeText
from salon.ui.presenting import entries_of, entry_of, writing_sentence
from salon.ui.queue import QueueView
from salon.ui.reading import ReadingActions
from salon.ui.services import Connection, Services
from salon.ui.statusbar import StatusBar
from salon.words import tr

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 5
"""How long a stopped answer may take to end; its connection is closed at once, so this is the disk's time."""
BILLING_PAGE = "https://console.anthropic.com/settings/billing"


class AskingActions(ReadingActions):
    """A screen with a session and a connection, and the actions of somebody who writes."""

    class ConnectionWanted(WidgetMessage):
        """The person wants to give a key or another server."""

    class ModelWanted(WidgetMessage):
        """The person wants another model."""

    @dataclass
    class PersonWanted(WidgetMessage):
        """An answer of a chat that is out of sight waits for the person's word."""

        screen: "AskingActions"
        asks: str
        """What it does, in words that follow the chat's title."""

    @dataclass
    class TurnBegan(WidgetMessage):
        """A turn begins; `screen` is the chat's."""

        screen: "AskingActions"

    class TitleChanged(WidgetMessage):
        """The chat is called something else."""

    @dataclass
    class TurnEnded(WidgetMessage):
        """A turn has ended, however it did; `screen` is the chat's."""

        screen: "AskingActions"

    _answers: Answering
    """Made with the widgets that it writes to."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self.session: Session | None = None
        self.account = Account(services.model_info)
        self.connection: Connection | None = None
        self.ready = asyncio.Event()
        """Set once the connection is as prepared as it gets: the model is known, or a request will say why not."""
        self.drafting = Drafting(self, services.library, self.current_draft, self.note_draft)
        self._gave_up = asyncio.Event()
        self._warm = False
        self._send_queued = False
        """Whether the person wants what is queued to be sent although the answer before it did not end well."""
        self._ending = False
        self.aside: Draft | None = None
        """What waits for something else to be written, and then comes back into the prompt."""
        self.begun_with = ""
        """The words that were put into the prompt to be changed."""
        self._told: set[str] = set()
        self._seen_lost: frozenset[str] = frozenset()

    @property
    def status_bar(self) -> StatusBar:
        """The status bar."""
        return self.query_one(StatusBar)

    @property
    def queue(self) -> QueueView:
        """What waits to be sent."""
        return self.query_one(QueueView)

    @property
    def answering(self) -> bool:
        """Whether an answer is on its way."""
        return self._answers.running

    def current_draft(self) -> tuple[str, Draft] | None:
        """The session's id and its draft; None while there is no session."""
        return None if self.session is None else (self.session.id, self.prompt.draft)

    def clear_sent(self, box: str, attachments: Sequence[Attachment]) -> None:
        """Take out of the chat's own prompt what was sent."""
        raise NotImplementedError

    def close_completions(self) -> bool:
        """Close what completes the prompt; whether it was open."""
        raise NotImplementedError

    def note_draft(self, trouble: str) -> None:
        """The draft could not be saved, or can be again with ""."""
        raise NotImplementedError

    # sending

    def on_prompt_confirmed(self) -> None:
        """Enter in an empty prompt does what the notice offers first."""
        if self._answers.waiting_to_retry:
            self.action_retry_now()
        elif self.notice.shown is not None and self.notice.shown.actions:
            self.run_chosen(self.notice.shown.actions[0])

    @work(group="turn", exit_on_error=False)
    async def send(self, text: str, box: str, attachments: Sequence[Attachment] = ()) -> None:
        """Put the words on disk and into the transcript, then have them answered."""
        session = self.session
        assert session is not None
        await self.put_prompt(session, text, box, attachments)
        await self._answer_leaf(session)

    async def put_prompt(self, session: Session, text: str, box: str, attachments: Sequence[Attachment]) -> None:
        """Put the words on disk and into the transcript; they leave the prompt."""
        try:
            message = await session.submit(text, attachments)
        except BaseException:
            self.prompt.flights.refuse(box)
            raise
        self.clear_sent(box, attachments)
        if text.strip():
            self.prompt.remember(text)
        self.bring_back()
        self._show_message(message)
        await self.drafting.save()

    @work(group="turn", exit_on_error=False)
    async def continue_answer(self) -> None:
        """Have a cut answer go on."""
        session = self.session
        assert session is not None
        if not session.waits_for_tools:
            self._show_message(await session.ask_to_continue())
        await self._answer_leaf(session)

    @work(group="turn", exit_on_error=False)
    async def answer_again(self, message_id: str | None = None, asked: Parameters | None = None) -> None:
        """Have a prompt answered once more, the last one or that of a message; with other parameters if `asked` so."""
        session = self.session
        assert session is not None
        session.back_to_prompt(message_id)
        self.show_path()
        self.transcript.to_end()
        try:
            await self._answer_leaf(session, asked)
        finally:
            session.back_to_answer()
            if self.is_attached:
                self.show_path()  # where nothing came, what was there before is back

    def begin_turn(self) -> None:
        """A turn begins: what it needs is fetched, and the screen says so."""
        if not self._warm:
            # The first answer is a moment away, and what draws it is best imported while nobody waits for it.
            self._warm = True
            self.run_worker(asyncio.to_thread(warm_up), group="warm", exit_on_error=False)
        self._gave_up.clear()
        self._answers.begin()
        self.post_message(self.TurnBegan(self))

    def _show_message(self, message: Message) -> None:
        assert self.session is not None
        self.transcript.append(entry_of(self.session.conversation, message))
        self.transcript.to_end()

    async def _answer_leaf(self, session: Session, asked: Parameters | None = None) -> None:
        assert self.connection is not None
        try:
            if not await self._prepared():
                raise stopped_before()
            tools = self.keeper_of(session)
            async with aclosing(session.answer(self.connection.client, tools, self, asked=asked)) as turn:
                async for event in turn:
                    self._answers.take(session, event)
        except Unasked as reason:
            self.tell_unasked(reason)
            return
        self.show_totals()
        self.has_answered(session)

    def tell_unasked(self, reason: Unasked) -> None:
        """Say why nothing was asked."""
        self._answers.give_up(tr("Stopped") if reason.stopped else tr("Not asked"))
        self.notice.show(NoticeText(reason.sentence(), ("retry",), "info"))

    # whoever the answers are for (`salon.chat.person.Person`)

    def see_tools(self, problems: Sequence[str]) -> None:
        """Show which tools the chat has, and what went wrong with others."""
        raise NotImplementedError

    def see_request(self, request: Request) -> None:
        """Show what had to be left out of a request that was not left out before."""
        session = self.session
        assert session is not None
        if not request.lost <= self._seen_lost:
            self._seen_lost |= request.lost
            self.transcript.show(entries_of(session.conversation))
        news = [sentence for sentence in request.notices if sentence not in self._told]
        if news:
            self._told.update(news)
            self.notice.show(NoticeText(" ".join(news), (), "info"))

    async def may_ask(self, asked: Parameters) -> bool:
        """Whether an answer may be asked for: the person is asked before a budget is passed."""
        raise NotImplementedError

    def has_answered(self, session: Session) -> None:
        """An answer has ended, however it did."""

    async def _prepared(self) -> bool:
        """Wait for the connection to be ready; False when the person stops that."""
        waits = [asyncio.create_task(event.wait()) for event in (self.ready, self._gave_up)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return not self._gave_up.is_set()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that raised is a bug or a fault of the outside; it is told and the app goes on."""
        if event.worker.group == "turn" and event.worker.is_finished:
            self.post_message(self.TurnEnded(self))
            self._after_turn()
        if event.state is not WorkerState.ERROR or event.worker.error is None:
            return
        error = event.worker.error
        logger.error("A worker failed", exc_info=error)
        sentence = (
            error.sentence()
            if isinstance(error, SalonError)
            else tr("Salon itself failed: {name}.", name=type(error).__name__)
        )
        turn_failed = event.worker.group == "turn"
        actions = ("retry",) if turn_failed else ()
        self.notice.show(
            NoticeText(
                tr(
                    "{sentence} Your text is kept. The log: {log_file}",
                    sentence=sentence,
                    log_file=self._services.log_file,
                ),
                actions,
                "error",
            )
        )
        if not turn_failed:
            return
        self._answers.give_up(tr("Failed"), "error")

    def keeper_of(self, session: Session) -> Gatekeeper:
        """What runs the tools of a chat."""
        raise NotImplementedError

    # what waits to be sent

    def _after_turn(self) -> None:
        """Send what was queued first, unless the answer before it was stopped or failed: then that comes first."""
        now, self._send_queued = self._send_queued, False
        last = None if self.session is None else self.session.last
        ended_well = last is not None and last.role == "assistant" and last.status is Status.COMPLETE
        if now or ended_well:
            self.action_send_queued()
        else:
            self.tell_queue()

    def action_send_queued(self) -> None:
        """Send the first of the queued prompts, if nothing is on its way."""
        if self.answering or self._ending or self.session is None or self.connection is None:
            return
        if self.session.editing:
            return  # it was meant for the end of the branch that is shown when that is done
        waiting = self.queue.items
        if waiting and not self.is_refused(waiting[0].text, waiting[0].attachments):
            self.queue.take_first()
            self.begin_turn()
            self.send(waiting[0].text, "", waiting[0].attachments)

    def is_refused(self, text: str, attachments: Sequence[Attachment]) -> bool:
        """Whether the API would refuse this; then it is said why."""
        raise NotImplementedError

    def tell_queue(self) -> None:
        """Offer to send what is queued, where nothing more urgent is said."""
        if self.queue.items and not self.answering and self.notice.shown is None:
            self.notice.show(NoticeText(tr("What is queued has not been sent."), ("send_queued",), "info"))

    def take_queued(self) -> bool:
        """Bring the prompt that was queued last back into the empty prompt box; whether there was one."""
        queued = self.queue.take_last()
        if queued is None:
            return False
        self.prompt.set_draft(queued)
        self.drafting.edited()
        return True

    async def end_turn(self) -> None:
        """Stop the answer, and wait until its turn has written what came; no other begins after it."""
        self._ending = True
        self._gave_up.set()
        if self.session is not None:
            self.session.stop()
        running = [worker.wait() for worker in self.workers if worker.group == "turn" and worker.node is self]
        try:
            await asyncio.wait_for(asyncio.gather(*running, return_exceptions=True), SETTLE_SECONDS)
        except TimeoutError:
            logger.error("An answer that was stopped did not end")

    # what is being written

    def bring_back(self) -> None:
        """Put what had to wait back into the prompt, before what has been typed since."""
        aside, self.aside, self.begun_with = self.aside, None, ""
        if aside is not None:
            self.put_back(aside)

    def put_back(self, aside: Draft) -> None:
        """Put a draft into the chat's own prompt, before what is there."""
        raise NotImplementedError

    def leave_writing(self) -> None:
        """Leave what was being changed as it is; words that are only here stay in the prompt."""
        session = self.session
        if session is None or not session.editing:
            return
        untouched = self.prompt.full_text() == self.begun_with
        if untouched and (self.aside is not None or session.purpose.is_note):
            self.prompt.set_draft(Draft())
        session.stop_editing()
        self.bring_back()
        self.show_writing("")
        self.drafting.edited()

    def show_writing(self, words: str) -> None:
        """Show what is being written, which was begun with `words`, and where it will stand."""
        session = self.session
        if session is None:
            return
        self.begun_with = words
        self.show_path()
        self.query_one("#prompt-mark", Static).update("# " if session.purpose.is_note else "> ")
        if session.editing:
            self.transcript.to_end()
            waits = tr(" What you had typed comes back then.") if self.aside is not None else ""
            self.notice.show(NoticeText(f"{writing_sentence(session)}{waits}", (), "info"))

    def show_path(self) -> int:
        """Show the current path; the number of the first entry that is another than before."""
        session = self.session
        if session is None:
            return 0
        shown = self.transcript.viewport.entries
        wanted = entries_of(session.conversation, shown)
        pairs = enumerate(zip(shown, wanted, strict=False))
        same = next((at for at, (one, other) in pairs if one is not other), min(len(shown), len(wanted)))
        if same < max(len(shown), len(wanted)):
            self.transcript.change(same, wanted[same:])
        return same

    # showing

    def show_totals(self) -> None:
        """Write what the conversation has used and cost into the status bar."""
        if self.session is None:
            return
        conversation = self.session.conversation
        sums = self.account.totals(charged(conversation))  # other variants have cost as much
        self.status_bar.update(
            tokens_in=sums.tokens_in,
            tokens_out=sums.tokens_out,
            context_used=room.used_by(self.session.path),
            cost=sums.cost,
            at_least=sums.at_least,
            cost_at_least=sums.cost_at_least,
        )

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
        if self.close_completions() or self.close_find():
            return
        if self.session is not None and self.session.busy:
            self.session.stop()
        elif self.answering:
            self._gave_up.set()
        elif self.transcript.has_focus:
            self.action_leave_reading()
        elif self.session is not None and self.session.editing:
            self.leave_writing()
            self.notice.show(None)
        elif self.notice.shown is not None:
            self.notice.close()
        else:
            self.transcript.clear_selection()

    def action_retry(self) -> None:
        """Ask again."""
        if self.session is not None and self.connection is not None and self.session.can_retry and not self.answering:
            self.begin_turn()
            self.answer_again()

    def action_continue(self) -> None:
        """Have a cut answer go on."""
        if (
            self.session is not None
            and self.connection is not None
            and self.session.can_continue
            and not self.answering
        ):
            self.begin_turn()
            self.continue_answer()

    def action_retry_now(self) -> None:
        """Cut the countdown short; without one stop the answer and send what is queued or typed."""
        if self._answers.waiting_to_retry and self.session is not None and self.session.turn is not None:
            self.session.turn.control.now()
            return
        text, attachments = self.prompt.full_text(), self.prompt.attachments
        if self.answering and not self.prompt.flights and (text.strip() or attachments):
            self.queue.add(Draft(text, attachments=attachments), first=True)
            self.prompt.clear_sent(self.prompt.text, attachments)
        if self.answering and self.queue.items:
            self._send_queued = True
            self.action_stop()
        else:
            self.action_send_queued()

    def action_edit_queued(self) -> None:
        """Bring the prompt that was queued last back, if the prompt box is empty."""
        if not self.prompt.full_text().strip():
            self.take_queued()

    def action_show_details(self) -> None:
        """Show the technical details."""
        self.notice.show_details()

    def action_change_key(self) -> None:
        """Give another key or server."""
        if not self.answering:
            self.post_message(self.ConnectionWanted())

    def use_model(self, model: str) -> None:
        """Ask this model from now on, and remember it with the session."""
        raise NotImplementedError

    def choose_model(self, model: str) -> object:
        """Ask this model from now on, unless that costs much and the person does not want it."""
        raise NotImplementedError

    def action_other_favourite(self) -> None:
        """Change to the other one of the two favourite models."""
        if self.session is None or self.answering:
            return
        other = other_favourite(self._services.settings.favourite_models, self.session.parameters.model.id)
        if other:
            self.choose_model(other)
        else:
            sentence = tr("Name two models in the setting favourite_models, with a comma between them.")
            self.notice.show(NoticeText(sentence, ("pick_model",), "info"))

    def action_pick_model(self, model: str = "") -> None:
        """Choose another model; one that was named is not asked for again."""
        if self.answering:
            return
        if model:
            self.choose_model(model)
        else:
            self.post_message(self.ModelWanted())

    def action_open_billing(self) -> None:
        """Open the page where credit is bought."""
        self.app.open_url(BILLING_PAGE)
