"""Asking several models at once: choose them, watch them answer side by side, go on with one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from textual import work

from salon.actions import BY_ID
from salon.chat.attachments import Attachment
from salon.chat.comparing import Comparison
from salon.chat.library import Keeping
from salon.chat.parameters import Parameters
from salon.chat.person import Unasked, stopped_before
from salon.chat.session import Session
from salon.ui.compareform import Candidate, CompareForm, candidates
from salon.ui.comparescreen import CompareScreen, asked_tools
from salon.ui.notice import NoticeText
from salon.ui.presenting import notice_after, variant_of
from salon.ui.recalling import RecallingActions
from salon.ui.sections import Frame
from salon.ui.services import Services
from salon.untrusted import clean_line
from salon.words import plural, tr


class ComparingActions(RecallingActions):
    """A screen that can ask a prompt several times at once."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._compared: Sequence[str] = ()
        """What was chosen the last time."""
        self._settled = asyncio.Event()
        """Set while no comparison is running."""
        self._settled.set()

    def action_compare(self) -> None:
        """Choose whom to ask what is in the prompt, or the last prompt again."""
        session, connection = self._free(), self.connection
        if session is None or connection is None:
            return
        text, attachments = self.prompt.full_text(), self.prompt.attachments
        again = not text.strip() and not attachments
        asked = next((each for each in reversed(session.path) if each.role == "user" and not each.seam), None)
        problem = self._not_now(session, again=again, asked=asked is not None)
        if problem:
            self.notice.show(NoticeText(problem, (), "info"))
            return
        if self.is_refused(text, attachments):
            return
        own = session.parameters.model
        rows = candidates(self._services.connector.models_of(connection), own)
        words = asked.text if again and asked is not None else text or tr("the attachments")
        form = CompareForm(words, rows, self._compared or (Candidate(own).id,))
        box = self.prompt.text
        self.app.push_screen(form, lambda chosen: self._chosen(chosen, text, box, attachments))

    def _not_now(self, session: Session, *, again: bool, asked: bool) -> str:
        """Why nothing can be compared now; "" where it can."""
        if session.log.keeping is Keeping.REFUSED:
            return tr("This chat can only be read here.")
        if self.queue.items:
            return tr("Something is queued. Send it first, or take it back with Up in the empty prompt.")
        if self._busy:
            return tr("An attachment is still being read.")
        if again and not (asked and session.can_retry and not session.waits_for_tools):
            return tr(
                "Write a prompt first; {compare_key} then asks several models at once.",
                compare_key=BY_ID["compare"].key,
            )
        return ""

    def _chosen(
        self, chosen: Sequence[Candidate] | None, text: str, box: str, attachments: Sequence[Attachment]
    ) -> None:
        session = None if chosen is None else self._free()
        if chosen is None or session is None:
            return
        self._compared = [candidate.id for candidate in chosen]
        self._settled.clear()
        self.begin_turn()
        self.compare(text, box, attachments, [(each.label, self._parameters(session, each)) for each in chosen])

    def _parameters(self, session: Session, candidate: Candidate) -> Parameters:
        own, connection = session.parameters, self.connection
        assert connection is not None
        if candidate.model.id == own.model.id:
            return replace(own, effort=candidate.effort or own.effort)
        other = self._services.parameters(connection, candidate.model.id)
        return replace(other, system=own.system, tools=own.tools, effort=candidate.effort or other.effort)

    @work(group="turn", exit_on_error=False)
    async def compare(
        self, text: str, box: str, attachments: Sequence[Attachment], asked: Sequence[tuple[str, Parameters]]
    ) -> None:
        """Put the words on disk, or go back to the last prompt; have them answered several times, and show it."""
        session = self.session
        assert session is not None
        try:
            if text.strip() or attachments:
                await self.put_prompt(session, text, box, attachments)
            else:
                session.back_to_prompt()
            await self._answer_side_by_side(session, asked)
        finally:
            session.back_to_answer()
            self._settled.set()
            self._answers.give_up(tr("Ready"))
            if self.is_attached:
                self.show_path()
                self.show_totals()

    async def _answer_side_by_side(self, session: Session, asked: Sequence[tuple[str, Parameters]]) -> None:
        connection = self.connection
        assert connection is not None
        if not await self._prepared():
            self.tell_unasked(stopped_before())
            return
        if not await self.is_within_budgets([parameters for _, parameters in asked]):
            stopped = self._gave_up.is_set()
            self.tell_unasked(stopped_before() if stopped else Unasked(tr("Nothing was asked, because of the budget.")))
            return
        try:
            await session.begin_with(self.keeper_of(session), self)
        except Unasked as reason:
            self.tell_unasked(reason)
            return
        requests = [await session.prepared(asked=parameters) for _, parameters in asked]
        prompt = session.last
        comparison = session.compare(connection.client, requests)
        settings = self._services.settings
        screen = CompareScreen(
            "" if prompt is None else prompt.text,
            [label for label, _ in asked],
            comparison,
            self.transcript.painter,
            Frame(80, settings.measure, code_fold=settings.code_fold_lines),
            self._services.model_info,
            still=settings.reduced_motion,
        )
        self.app.push_screen(screen, partial(self._compared_left, comparison))
        try:
            await comparison.run(screen.take)
        finally:
            await session.settle_comparison(comparison)

    def _compared_left(self, comparison: Comparison, answer_id: str | None) -> None:
        self._go_on_with(comparison, answer_id)

    @work(group="tree", exit_on_error=False)
    async def _go_on_with(self, comparison: Comparison, answer_id: str | None) -> None:
        """Make the answer that was chosen the branch that is shown, once all of them are on disk."""
        await self._settled.wait()
        session = self.session
        assert session is not None
        if answer_id is not None and answer_id in session.conversation.messages:
            await session.go_to(answer_id)
        self._after_change()
        self.transcript.to_end()
        self.prompt.focus()
        self._tell_kept(session, len(comparison.turns) - 1)

    def _tell_kept(self, session: Session, others: int) -> None:
        answer = session.last
        if answer is None or answer.role != "assistant":
            return
        if session.waits_for_tools:
            told = tr(
                "This answer asks for {asked_tools}. Side by side no tools are run; here it can go on.",
                asked_tools=asked_tools(answer),
            )
            self.notice.show(NoticeText(told, ("continue",), "info"))
            return
        if (notice := notice_after(answer, can_continue=session.can_continue)) is not None:
            self.notice.show(notice)
            return
        own = session.parameters.model
        name = clean_line(self._services.model_info(answer.model).label, 40)
        kept = plural("The other answer is kept as a variant", "The {n} others are kept as variants", others)
        sentence = tr("You go on from {name}'s answer. {kept}.", name=name, kept=kept)
        differs = self._services.model_info(answer.model).id != own.id
        if differs:
            sentence += tr(" The chat stays with {label}.", label=clean_line(own.label, 40))
        number, of = variant_of(session.conversation, answer)
        another = "next_variant" if number < of else "previous_variant"
        self.notice.show(NoticeText(sentence, ("pick_model" if differs else another,), "info", by_key=True))
