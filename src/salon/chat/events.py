"""What happens while an answer arrives, as values.

Two families. *Wire* events are what a client yields: the payloads of the Messages API's stream as dictionaries, and
between them what the client itself has to tell. *Turn* events are what a turn yields to whoever shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from salon.chat.blocks import Block
from salon.chat.conversation import Message
from salon.chat.tools import ToolCall

ApiEvent = dict[str, Any]
"""One payload of the API's stream, `{"type": "content_block_delta", ...}`; unknown types included, pings too."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """Attempt number `attempt` of at most `attempts` starts (counted from 1)."""

    attempt: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Connected:
    """The server accepted the request and its stream begins."""

    request_id: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    """The rate-limit headers, by name without the `anthropic-ratelimit-` prefix."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt failed before anything was shown; the next starts in `wait` seconds.

    `attempt` is the number of the coming attempt, counted from 1; `reason` is a clean sentence.
    """

    attempt: int
    attempts: int
    wait: float
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The request waits `wait` seconds before it is sent, to stay under the server's rate limit; with 0 it goes now."""

    wait: float


WireEvent = ApiEvent | Connecting | Connected | Retrying | Waiting


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """A model began to answer; `model` is the one that the server names."""

    id: str
    model: str


@dataclass(frozen=True, slots=True)
class BlockStarted:
    """Block number `index` of the answer begins; `block` is its state so far."""

    index: int
    block: Block


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of a text block, raw."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """More readable thinking, raw."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ToolProgress:
    """More of a tool's input, as unfinished JSON, raw."""

    index: int
    partial_json: str


@dataclass(frozen=True, slots=True)
class CitationAdded:
    """A passage of a text block got a source."""

    index: int
    citation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BlockFinished:
    """Block number `index` is whole."""

    index: int
    block: Block


@dataclass(frozen=True, slots=True)
class UsageUpdated:
    """Token counts so far; they replace earlier ones."""

    usage: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The server said that it is still there."""


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """Something of a kind this version does not know; it is kept in the session file."""

    kind: str


@dataclass(frozen=True, slots=True)
class ToolsWanted:
    """The model waits for tools: `message` is its answer so far, and others follow in the same turn."""

    message: Message


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A tool is about to be run, once whoever must be asked has agreed."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """A call is over; `message` holds the result, already on disk or queued for it."""

    message: Message


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn is over, however it ended; `message` is the answer, already on disk or queued for it."""

    message: Message


TurnEvent = (
    Connecting
    | Connected
    | Retrying
    | Waiting
    | AnswerStarted
    | BlockStarted
    | TextDelta
    | ThinkingDelta
    | ToolProgress
    | CitationAdded
    | BlockFinished
    | UsageUpdated
    | Heartbeat
    | Unrecognised
    | ToolsWanted
    | ToolCalled
    | ToolAnswered
    | Finished
)
