"""One turn, told in lines: who speaks, what comes, how it ended."""

import time
from collections.abc import Callable

from salon.chat.blocks import Block, is_tool_result, is_tool_use, kind_of, text_of
from salon.chat.conversation import Message, Status
from salon.chat.events import (
    BlockFinished,
    BlockStarted,
    Finished,
    Retrying,
    TextDelta,
    ToolAnswered,
    TurnEvent,
    Waiting,
)
from salon.linear.spoken import Speaker
from salon.ui.toollines import describe_block
from salon.untrusted import clean_line
from salon.words import plural, tr

_ENDINGS = {
    Status.COMPLETE: tr("End of answer"),
    Status.STOPPED: tr("Stopped. What came is kept"),
    Status.INTERRUPTED: tr("The answer was cut. What came is kept"),
    Status.MAX_TOKENS: tr("The answer reached its length limit"),
    Status.REFUSED: tr("The model declined to answer this"),
    Status.ERROR: tr("The answer failed"),
}


class Teller:
    """Says the events of one turn; `say` takes a line."""

    def __init__(self, say: Callable[[str], None], name: str, continues: str = "") -> None:
        """`continues` is the text of the cut answer that this one goes on from."""
        self._say = say
        self._name = clean_line(name, 40)
        self._speaker: Speaker | None = None
        self._thinking_since = 0.0
        self._named = False
        self._continues = continues

    def take(self, event: TurnEvent) -> None:
        """Say what there is to say of an event."""
        match event:
            case Retrying(attempt=attempt, attempts=attempts, wait=wait, reason=reason):
                self._say(
                    tr(
                        "{reason} Attempt {attempt} of {attempts} in {wait:.0f} seconds.",
                        reason=clean_line(reason, 300),
                        attempt=attempt,
                        attempts=attempts,
                        wait=wait,
                    )
                )
            case Waiting(wait=wait) if wait:
                self._say(tr("Waiting {wait:.0f} seconds for the rate limit.", wait=wait))
            case BlockStarted(block=block):
                self._begin(kind_of(block), text_of(block))
            case TextDelta(text=text) if self._speaker is not None:
                self._tell(self._speaker.feed(text))
            case BlockFinished(block=block):
                self._end(block)
            case ToolAnswered(message=message):
                self._tell_result(message.content[0])
            case Finished(message=message):
                self._end_speech()
                self._say(ending_of(message))

    def _begin(self, kind: str, text: str) -> None:
        if kind == "thinking":
            self._thinking_since = time.monotonic()
            self._say(tr("{name} is thinking.", name=self._name))
        elif kind == "text":
            self._name_once()
            self._speaker, self._continues = Speaker(self._continues), ""
            self._tell(self._speaker.feed(text))

    def _end(self, block: dict[str, object]) -> None:
        kind = kind_of(block)
        if kind == "thinking":
            self._say(tr("Thought for {seconds:.0f} seconds.", seconds=time.monotonic() - self._thinking_since))
        elif kind == "text":
            self._end_speech()
        elif is_tool_use(block):
            self._say(
                tr("{name} uses the tool {name2}.", name=self._name, name2=clean_line(str(block.get("name", "")), 60))
            )
        elif is_tool_result(block):
            self._say(tr("The tool has answered."))

    def _tell_result(self, block: Block) -> None:
        """A tool of the client's has answered, or was not run; what follows is another part of the answer."""
        self._say(f"{clean_line(describe_block(block), 200)}.")
        self._named = False

    def _end_speech(self) -> None:
        if self._speaker is not None:
            self._tell(self._speaker.finish())
            self._speaker = None

    def _name_once(self) -> None:
        if not self._named:
            self._named = True
            self._say(f"{self._name}:")

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            self._say(line)


def ending_of(message: Message) -> str:
    """How an answer ended, in a sentence, with its length."""
    words = len(message.text.split())
    told = plural(
        "{endings}. {n} word.",
        "{endings}. {n} words.",
        words,
        endings=_ENDINGS.get(message.status, tr("End of answer")),
    )
    fault = message.fault or {}
    what, now = (clean_line(str(fault.get(key, "")), 400) for key in ("what", "now"))
    return f"{told} {what} {now}".strip() if fault else told


def said(message: Message) -> list[str]:
    """A message that is read again, label first."""
    speaker = Speaker()
    lines = [*speaker.feed(message.text), *speaker.finish()]
    label = tr("You") if message.role == "user" else clean_line(message.model, 40) or "Claude"
    return [f"{label}:", *lines]
