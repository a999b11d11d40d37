"""An answer on its way, as the screen shows it: an entry that grows, words with a clock, a notice when it matters."""

from textual.timer import Timer

from salon.chat.conversation import Message
from salon.chat.events import (
    AnswerStarted,
    BlockStarted,
    Connecting,
    Finished,
    Retrying,
    ToolAnswered,
    ToolCalled,
    ToolsWanted,
    TurnEvent,
)
from salon.chat.session import Session
from salon.ui.answerentry import AnswerEntry
from salon.ui.notice import Notice, NoticeText
from salon.ui.presenting import coming_variant, continued_text, entry_of, notice_after
from salon.ui.progress import Progress
from salon.ui.statusbar import StatusBar
from salon.ui.transcript import Transcript
from salon.words import tr


class Answering:
    """Shows one turn after the other; `clock` ticks while one runs."""

    def __init__(
        self, transcript: Transcript, notice: Notice, status_bar: StatusBar, clock: Timer, stall_hint: float
    ) -> None:
        self._transcript = transcript
        self._notice = notice
        self._status_bar = status_bar
        self._clock = clock
        self.stall_hint = stall_hint
        """Seconds without a sign of life after which that is said."""
        self.still = False
        """Whether clocks count in long steps."""
        self._progress: Progress | None = None
        self._entry: AnswerEntry | None = None

    @property
    def running(self) -> bool:
        """Whether an answer is on its way."""
        return self._progress is not None and not self._progress.over

    @property
    def waiting_to_retry(self) -> bool:
        """Whether a countdown runs that the person can cut short."""
        return self._progress is not None and self._progress.waiting_to_retry

    def begin(self) -> None:
        """A turn begins."""
        self._notice.show(None)
        self._notice.set_esc_stops(True)
        self._progress = Progress(self.stall_hint, still=self.still)
        self._entry = None
        self.show_progress()
        self._clock.resume()

    def forget(self) -> None:
        """Another chat is shown."""
        self._progress = None
        self._entry = None
        self._notice.set_esc_stops(False)

    def give_up(self, state: str, role: str = "text") -> None:
        """The turn ended without an answer's ending."""
        self.forget()
        self._clock.pause()
        self._status_bar.update(state=state, role=role, hint="")

    def take(self, session: Session, event: TurnEvent) -> None:
        """Show what happened."""
        if self._progress is not None:
            self._progress.note(event)
        match event:
            case Retrying(reason=reason):
                self._notice.show(
                    NoticeText(tr("{reason} Your message is saved.", reason=reason), ("retry_now", "stop"), "warning")
                )
                if self._entry is not None and session.turn is not None:
                    self._entry.restart(session.turn.message())
                    self._transcript.touch(self._entry)
            case Finished(message):
                self._finish(session, message)
            case ToolsWanted(message):
                self._end_entry(session, message)
            case ToolAnswered(message):
                self._transcript.append(entry_of(session.conversation, message))
            case ToolCalled():
                pass  # the question, or the status bar, says so
            case AnswerStarted() | Connecting():
                self._close_retry_notice()
            case _:
                self._grow(session, event)
        self.show_progress()

    def show_progress(self) -> None:
        """Write where the turn stands into the status bar."""
        if self._progress is not None:
            state, role = self._progress.words()
            self._status_bar.update(state=state, role=role, hint=self._progress.hint())

    def _close_retry_notice(self) -> None:
        """The countdown is over, so trying now is nothing to offer any more."""
        if self._notice.shown is not None and "retry_now" in self._notice.shown.actions:
            self._notice.show(None)

    def _grow(self, session: Session, event: TurnEvent) -> None:
        if self._entry is None:
            if not isinstance(event, BlockStarted) or session.turn is None:
                return
            before = session.last
            continues = continued_text(session.conversation, before) if before is not None else ""
            variant = coming_variant(session.conversation, session.turn.parent)
            self._entry = AnswerEntry(session.turn.opening(), variant, continues)
            self._transcript.append(self._entry)
        self._entry.apply(event)
        self._transcript.touch(self._entry)

    def ask_person(self, asking: bool) -> None:
        """A tool waits for the person's word, or no longer."""
        if self._progress is not None:
            self._progress.ask_person(asking)
            self.show_progress()

    def _end_entry(self, session: Session, message: Message) -> None:
        shown = reversed(self._transcript.viewport.entries)
        if self._entry is None and any(entry.message.id == message.id for entry in shown):
            return  # its tools came after it, and the turn ended with them
        if self._entry is None:
            before = session.conversation.messages.get(message.parent or "")
            continues = continued_text(session.conversation, before) if before is not None else ""
            self._transcript.append(entry_of(session.conversation, message, continues))
        else:
            self._entry.finish(message)
            self._transcript.touch(self._entry, now=True)
        self._entry = None

    def _finish(self, session: Session, message: Message) -> None:
        self._end_entry(session, message)
        waits = session.waits_for_tools
        self._notice.show(notice_after(message, can_continue=session.can_continue, waits_for_tools=waits))
        self._notice.set_esc_stops(False)
        self._clock.pause()
