"""Room in the context window: a warning before it is full, and the choices when it is. Nothing is cut by itself."""

from dataclasses import dataclass, replace

from textual import work
from textual.message import Message as WidgetMessage

from salon.chat import room
from salon.chat.conversation import Message, Status
from salon.chat.parameters import Parameters
from salon.chat.request import default_max_tokens
from salon.chat.session import Session
from salon.ui.endings import ending_of
from salon.ui.notice import NoticeText
from salon.ui.presenting import MAKING_ROOM, details_of
from salon.ui.sections import short_number
from salon.ui.services import Services
from salon.ui.tending import TendingActions
from salon.words import tr

_FRESH = "This is a summary of an earlier chat of ours, to go on from:\n\n{}\n\n"


class MakingRoomActions(TendingActions):
    """A screen whose chat can be made shorter for the model, and stays whole for the person."""

    @dataclass
    class FreshChatWanted(WidgetMessage):
        """The person wants to go on in a new chat; `text` goes into its prompt."""

        text: str

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._warned: tuple[str, float] = ("", 0.0)
        """The session that was last warned of a full window, and at which share."""

    # the warning

    def has_answered(self, session: Session) -> None:
        """An answer has ended: say so when the context window fills up."""
        super().has_answered(session)
        used, window = self.status_bar.status.context_used, session.parameters.model.context
        share = used / window if window else 0.0
        level = max((each for each in (room.NEARLY_FULL, room.FULL) if share >= each), default=0.0)
        told = self._warned[1] if self._warned[0] == session.id else 0.0
        self._warned = (session.id, level)
        last = session.last
        if level <= told or last is None or last.status is not Status.COMPLETE or self.notice.shown is not None:
            return
        sentence = tr(
            "{share:.0%} of the context window is used: {used:,} of {window} tokens.",
            share=share,
            used=used,
            window=short_number(window or 0),
        )
        self.notice.show(
            NoticeText(tr("{sentence} You can make room before it is full.", sentence=sentence), MAKING_ROOM, "warning")
        )

    # leaving out the oldest turns

    def action_trim(self) -> None:
        """Leave the oldest turns out of what is sent, and ask again if that was what failed."""
        session = self._free()
        if session is None:
            return
        begin = self._shorter(session)
        if begin is None:
            self.notice.show(NoticeText(tr("There are no older turns that could be left out."), ("new_chat",), "info"))
            return
        if room.unanswered(session.path) is not None and self.connection is not None:
            self.begin_turn()
            self._trim_and_ask(begin)
        else:
            self._trim(begin)

    def _shorter(self, session: Session) -> str | None:
        last = session.last
        fault = last.fault if last is not None else None
        used = room.used_by(session.path, fault)
        return room.shorter_beginning(session.sent.messages, used, _window(session, last) or used)

    @work(group="tree", exit_on_error=False)
    async def _trim(self, begin: str) -> None:
        session = self.session
        assert session is not None
        await self._leave_out(session, begin)
        last = session.last
        failed = last is not None and last.status is Status.ERROR
        action = "continue" if session.can_continue else "retry" if failed else "untrim"
        self.notice.show(NoticeText(self._left_out_sentence(session), (action,), "info"))

    @work(group="turn", exit_on_error=False)
    async def _trim_and_ask(self, begin: str) -> None:
        session = self.session
        assert session is not None
        await self._leave_out(session, begin)
        session.back_to_prompt()
        self.show_path()
        self.transcript.to_end()
        await self._answer_leaf(session)
        if self.notice.shown is None:
            self.notice.show(NoticeText(self._left_out_sentence(session), ("untrim",), "info"))

    async def _leave_out(self, session: Session, begin: str) -> None:
        await session.leave_out_before(begin)
        self.show_path()

    def _left_out_sentence(self, session: Session) -> str:
        left = len(session.path) - len(session.sent.messages)
        return tr("The {left:,} oldest messages are not sent any more. They stay in the chat.", left=left)

    def action_untrim(self) -> None:
        """Send everything again."""
        session = self._free()
        if session is not None:
            self._untrim()

    @work(group="tree", exit_on_error=False)
    async def _untrim(self) -> None:
        session = self.session
        assert session is not None
        await session.leave_out_nothing()
        self.show_path()
        self.notice.show(NoticeText(tr("Everything in this chat is sent again."), (), "info"))

    # summaries

    def action_summarise(self) -> None:
        """Have the conversation summarised, and go on with the summary in its place."""
        self._begin_summary(fresh=False)

    def action_fresh_chat(self) -> None:
        """Have the conversation summarised, and go on in a new chat that begins with the summary."""
        self._begin_summary(fresh=True)

    def _begin_summary(self, *, fresh: bool) -> None:
        session = self._free()
        if session is None or self.connection is None:
            return
        if not room.anchor_of(session.path):
            self.notice.show(NoticeText(tr("There is nothing to summarise yet."), (), "info"))
            return
        self.begin_turn()
        self._summarise(fresh)

    @work(group="turn", exit_on_error=False)
    async def _summarise(self, fresh: bool) -> None:
        session = self.session
        assert session is not None
        was, waiting = session.last, room.unanswered(session.path)
        seam = self._seam(session, fresh=fresh)
        asked = self._asked_for_summary(session, seam)
        await session.ask_for_summary(seam)
        self.show_path()
        self.transcript.to_end()
        await self._answer_leaf(session, asked)
        summary = session.last
        if summary is None or not _is_summary(summary):
            await self._leave_summary(session, was)
            self._tell_no_summary(summary, "fresh_chat" if fresh else "summarise")
            return
        if fresh:
            await self._leave_summary(session, was)
            words = waiting.text if waiting is not None else ""
            self.post_message(self.FreshChatWanted(_FRESH.format(room.summary_text(summary).strip()) + words))
        elif waiting is not None:
            self.begin_turn()
            self._show_message(await session.say_again(waiting))
            await self._answer_leaf(session)
        else:
            sentence = tr("From here on the summary is sent in place of what stands above it, which stays in the chat.")
            self.notice.show(NoticeText(sentence, (), "info"))

    def _tell_no_summary(self, attempt: Message | None, action: str) -> None:
        """Say why there is no summary: the attempt is out of sight, and what it offered was meant for it."""
        answered = attempt is not None and attempt.role == "assistant"
        why = ending_of(attempt)[0] if attempt is not None and answered else ""
        details = details_of(attempt) if attempt is not None and answered else ""
        sentence = tr("{why} There is no summary, and the chat is as it was.", why=why or tr("Nothing was asked."))
        actions = (action, "show_details") if details else (action,)
        self.notice.show(NoticeText(sentence, actions, "warning", details))

    async def _leave_summary(self, session: Session, was: Message | None) -> None:
        """Go back to where the conversation was before the summary; the attempt stays beside it."""
        if was is not None:
            await session.return_to(was.id)
        self.show_path()
        self.show_totals()

    def _seam(self, session: Session, *, fresh: bool) -> str:
        """How a summary is made: by the API itself where the model has that, unless it is for another chat."""
        if fresh:
            return room.DIGEST
        asked = session.parameters
        return room.COMPACTION if asked.anthropic_host and asked.model.can(room.COMPACTION) else room.SUMMARY

    def _asked_for_summary(self, session: Session, seam: str) -> Parameters:
        """With what a summary is asked for; where the whole would not fit, without the oldest turns."""
        asked = replace(session.parameters, compact=seam == room.COMPACTION)
        path = session.path[: room.anchor_of(session.path)]
        window = _window(session, session.last)
        used, answer = room.used_by(path), asked.max_tokens or default_max_tokens(asked.model)
        if room.room_for_summary(used, window, answer):
            return asked
        keep = max(0.1, 1 - (answer + 4_000) / window)
        begin = room.shorter_beginning(session.sent.messages, used, window, keep)
        return asked if begin is None else replace(asked, begins_with=begin)


def _window(session: Session, last: Message | None) -> int:
    """The size of the context window in tokens, by what the API said when it refused a request; 0 where unknown."""
    details = (last.fault or {}).get("details") if last is not None else None
    said = details.get("limit") if isinstance(details, dict) else None
    return said if isinstance(said, int) and said > 0 else session.parameters.model.context or 0


def _is_summary(message: Message) -> bool:
    whole = message.role == "assistant" and message.status is Status.COMPLETE
    return whole and bool(room.summary_text(message).strip())
