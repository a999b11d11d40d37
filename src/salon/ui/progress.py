"""What is happening in a turn, in words with a clock."""

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from salon.actions import BY_ID
from salon.chat.blocks import Block, is_tool_result, is_tool_use, kind_of
from salon.chat.conversation import WINDOW_FULL, Message
from salon.chat.conversation import Status as MessageStatus
from salon.chat.events import (
    BlockFinished,
    BlockStarted,
    Connected,
    Connecting,
    Finished,
    Heartbeat,
    Retrying,
    TextDelta,
    ThinkingDelta,
    ToolAnswered,
    ToolCalled,
    TurnEvent,
    Waiting,
)
from salon.ui.sections import duration
from salon.ui.toollines import call_line, describe_block
from salon.untrusted import clean_line
from salon.words import tr

_PACED = tr("Waiting for the rate limit")
STILL_STEP = 10
"""Seconds in which clocks count where nothing should move that need not."""
_DOING = {
    tr("Web search"): tr("Searching"),
    tr("Web fetch"): tr("Reading"),
    tr("Shell"): tr("Running"),
    tr("Code"): tr("Running"),
    tr("File"): tr("Working on a file"),
}
_ENDINGS = {
    MessageStatus.COMPLETE: (tr("Ready"), "text"),
    MessageStatus.STOPPED: (tr("Stopped"), "text"),
    MessageStatus.INTERRUPTED: (tr("Interrupted"), "warning"),
    MessageStatus.ERROR: (tr("Failed"), "error"),
    MessageStatus.MAX_TOKENS: (tr("Cut at the length limit"), "warning"),
    MessageStatus.REFUSED: (tr("Declined"), "warning"),
}


def _doing(block: Block) -> str:
    """What a call does, in the present tense, with the part of its input that tells most."""
    told = describe_block(block)
    name, _, what = told.partition(": ")
    doing = _DOING.get(name, tr("Using {name}", name=name) if kind_of(block) == "tool_use" else tr("Using a tool"))
    return clean_line(f"{doing}: {what}" if what and name in _DOING else doing, 48)


class Progress:
    """Follows one turn; `words` says at any time where it stands."""

    def __init__(
        self, stall_hint: float = 15.0, clock: Callable[[], float] = time.monotonic, *, still: bool = False
    ) -> None:
        """`still` has clocks count in steps of ten seconds, and says until when instead of how long."""
        self._still = still
        self._stall_hint = stall_hint
        self._clock = clock
        self._phase = tr("Connecting")
        self._role = "text"
        self._since = self._last_data = clock()
        self._attempt = ""
        self._retry_at = 0.0
        self._retry_time = ""
        """The same as a clock shows it."""
        self._local = False
        """Whether something runs here, so that the server's silence means nothing."""
        self._asking = False
        self.over = False

    @property
    def waiting_to_retry(self) -> bool:
        """Whether a countdown runs that the person can cut short."""
        return self._phase in {tr("Retrying"), _PACED}

    def note(self, event: TurnEvent) -> None:
        """Take in what happened."""
        now = self._clock()
        if not isinstance(event, Retrying | Waiting | Finished):
            self._last_data = now
        match event:
            case Connecting(attempt, attempts):
                self._enter(tr("Connecting"), now)
                self._attempt = (
                    tr(" (attempt {attempt} of {attempts})", attempt=attempt, attempts=attempts) if attempt > 1 else ""
                )
            case Connected():
                self._enter(tr("Waiting"), now)
                self._attempt = ""
            case Retrying(attempt, attempts, wait, _):
                self._enter(tr("Retrying"), now)
                self._attempt = tr(" {attempt} of {attempts}", attempt=attempt, attempts=attempts)
                self._wait(now, wait)
                self._role = "warning"
            case Waiting(0.0):
                self._enter(tr("Connecting"), now)
            case Waiting(wait):
                self._enter(_PACED, now)
                self._wait(now, wait)
            case BlockStarted(_, block) if kind_of(block) in {"thinking", "redacted_thinking"}:
                self._enter(tr("Thinking"), now)
            case BlockStarted(_, block) if is_tool_use(block):
                self._enter(_doing(block), now)
            case BlockFinished(_, block) if is_tool_use(block):
                self._enter(_doing(block), now)
            case BlockStarted(_, block) if is_tool_result(block):
                self._enter(tr("Waiting"), now)
            case ToolCalled(call):
                self._enter(tr("Running {name}", name=clean_line(call_line(call.name), 40)), now)
                self._local = True
            case ToolAnswered():
                self._enter(tr("Connecting"), now)
            case ThinkingDelta():
                self._enter(tr("Thinking"), now)
            case TextDelta():
                self._enter(tr("Streaming"), now)
            case Heartbeat():
                pass
            case Finished(message):
                self._finish(message)

    def words(self) -> tuple[str, str]:
        """The state and its colour role."""
        now = self._clock()
        if self.over:
            return self._phase, self._role
        if self._still and self._phase in {tr("Retrying"), _PACED}:
            told = (
                tr("Retrying{attempt} at", attempt=self._attempt)
                if self._phase == tr("Retrying")
                else tr("{paced} until", paced=_PACED)
            )
            return f"{told} {self._retry_time}", self._role
        if self._phase == tr("Retrying"):
            left = max(0, round(self._retry_at - now))
            return tr("Retrying{attempt} in {left} s", attempt=self._attempt, left=left), self._role
        if self._phase == _PACED:
            return tr("Waiting {value} s for the rate limit", value=max(1, math.ceil(self._retry_at - now))), self._role
        if self._asking:
            return tr("Waiting for you"), "accent"
        silent = now - self._last_data
        if not self._local and silent >= self._stall_hint:
            return tr(
                "No data for {counted}", counted=duration(max(self._counted(silent), self._stall_hint))
            ), "warning"
        passed = self._counted(now - self._since)
        clock = f" {duration(passed)}" if passed >= 1 else ""
        return f"{self._phase}{clock}{self._attempt}", self._role

    def ask_person(self, asking: bool) -> None:
        """A tool waits for the person's word, or no longer."""
        self._asking = asking
        self._since = self._last_data = self._clock()

    def hint(self) -> str:
        """Which keys matter now."""
        if self.over:
            return ""
        if self._phase == _PACED:
            return tr("{retry_now_key} goes now · Esc stops", retry_now_key=BY_ID["retry_now"].key)
        return tr("Enter tries now · Esc stops") if self._phase == tr("Retrying") else tr("Esc stops")

    def _wait(self, now: float, seconds: float) -> None:
        self._retry_at = now + seconds
        self._retry_time = f"{datetime.now() + timedelta(seconds=seconds):%H:%M:%S}"

    def _counted(self, seconds: float) -> float:
        return seconds // STILL_STEP * STILL_STEP if self._still else seconds

    def _enter(self, phase: str, now: float) -> None:
        if phase != self._phase:
            self._phase, self._since = phase, now
        self._role = "text"
        self._local = False

    def _finish(self, message: Message) -> None:
        self.over = True
        self._phase, self._role = _ENDINGS.get(message.status, ("Ready", "text"))
        if message.stop_reason == WINDOW_FULL:
            self._phase = tr("Context window full")
