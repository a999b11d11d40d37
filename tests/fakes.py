"""A client that plays scripts, a log that keeps records in a list, and the wire events to write scripts with."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from salon.chat.blocks import Block
from salon.chat.events import ApiEvent, Connected, Connecting, WireEvent
from salon.chat.library import Keeping, Outside
from salon.chat.model import ModelInfo
from salon.chat.turn import Record, Request, RetryControl
from salon.errors import Fault, FaultKind
from salon.store.receipt import Receipt, settled

DROPPED = Fault(FaultKind.DROPPED, "The connection was lost.", "", ("continue", "retry"), details={"status": 500})
OVERLOADED = Fault(FaultKind.OVERLOADED, "Claude is overloaded.", "Try again in a moment.", ("retry",))


@dataclass(frozen=True, slots=True)
class Countdown:
    """A step of a script that waits as the retry loop does."""

    seconds: float = 600.0


Step = WireEvent | asyncio.Event | Exception | Countdown
"""What a script is made of: events to yield, gates to wait at, exceptions to raise, countdowns to sit out."""


class FakeClient:
    """An `ApiConnection` that answers each request with the next script."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.counted: list[Request] = []
        self.files: dict[str, tuple[str, bytes] | Exception] = {}
        """What can be downloaded, by id: name and content."""
        self.tokens: int | None = None
        """What the server counts; None where it cannot."""
        self.streaming = 0
        self.closed = False
        self.prepared = asyncio.Event()
        self.prepared.set()
        self.refusal: Exception | None = None
        self._scripts: deque[tuple[Step, ...]] = deque()

    def enqueue(self, *steps: Step) -> None:
        """The script of one request to come."""
        self._scripts.append(steps)

    async def stream(self, request: Request, control: RetryControl) -> AsyncGenerator[WireEvent, None]:
        self.requests.append(request)
        self.streaming += 1
        try:
            for step in self._scripts.popleft():
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Countdown):
                    await control.wait(step.seconds)
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.streaming -= 1

    async def prepare(self) -> None:
        await self.prepared.wait()

    async def check(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    async def list_models(self) -> list[ModelInfo]:
        return []

    async def count_tokens(self, request: Request) -> int | None:
        self.counted.append(request)
        return self.tokens

    async def download(self, file_id: str, largest: int) -> tuple[str, bytes]:
        found = self.files[file_id]
        if isinstance(found, Exception):
            raise found
        return found

    async def aclose(self) -> None:
        self.closed = True


class FakeLog:
    """A `SessionLog` that keeps what it is given; `disk` says whether it would be on disk."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.durable: list[str] = []
        self.disk = True
        self.holding = False
        self.closed = False
        self.on_state: Callable[[str], None] | None = None
        self.unsaved = ""
        self.outside = Outside.NOTHING
        self.keeping = Keeping.DISK
        self._held: list[Receipt] = []

    def append(self, record: Record, *, durable: bool = False) -> Receipt:
        self.records.append(record)
        if durable:
            self.durable.append(record["k"])
        if not self.holding:
            return settled(self.disk)
        self._held.append(Receipt())
        return self._held[-1]

    def release(self) -> None:
        """Let the disk answer again."""
        self.holding = False
        for receipt in self._held:
            receipt.settle(self.disk)
        self._held.clear()

    def look(self) -> Outside:
        outside, self.outside = self.outside, Outside.NOTHING
        return outside

    async def close(self) -> bool:
        self.closed = True
        return self.disk

    def say(self, unsaved: str) -> None:
        """Fail, with these words, or work again with none."""
        self.unsaved, self.disk = unsaved, not unsaved
        if self.on_state is not None:
            self.on_state(unsaved)

    @property
    def kinds(self) -> list[str]:
        """What was recorded, in order."""
        return [record["k"] for record in self.records]

    def of_kind(self, kind: str) -> list[Record]:
        """The records of a kind."""
        return [record for record in self.records if record["k"] == kind]

    def part_events(self) -> list[ApiEvent]:
        """The wire events in all `part` records."""
        return [event for record in self.of_kind("part") for event in record["events"]]


CONNECTED: tuple[WireEvent, ...] = (Connecting(1, 5), Connected("req_1"))


def message_start(model: str = "claude-test", **usage: int) -> ApiEvent:
    counts = {"input_tokens": 10, "output_tokens": 1} | usage
    return {"type": "message_start", "message": {"id": "msg_1", "model": model, "content": [], "usage": counts}}


def block_start(index: int, block: Block) -> ApiEvent:
    return {"type": "content_block_start", "index": index, "content_block": block}


def text_start(index: int = 0) -> ApiEvent:
    return block_start(index, {"type": "text", "text": ""})


def thinking_start(index: int = 0) -> ApiEvent:
    return block_start(index, {"type": "thinking", "thinking": "", "signature": ""})


def delta(index: int, kind: str, **fields: Any) -> ApiEvent:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def text_delta(text: str, index: int = 0) -> ApiEvent:
    return delta(index, "text_delta", text=text)


def thinking_delta(text: str, index: int = 0) -> ApiEvent:
    return delta(index, "thinking_delta", thinking=text)


def block_stop(index: int = 0) -> ApiEvent:
    return {"type": "content_block_stop", "index": index}


def message_delta(stop_reason: str | None = "end_turn", **usage: int) -> ApiEvent:
    counts = {"output_tokens": 20} | usage
    return {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None}, "usage": counts}


MESSAGE_STOP: ApiEvent = {"type": "message_stop"}


def beginning(*pieces: str, model: str = "claude-test") -> list[ApiEvent]:
    """An answer of one text block that has not ended."""
    return [message_start(model), text_start(), *map(text_delta, pieces)]


def ending(stop_reason: str = "end_turn") -> list[ApiEvent]:
    """The end of an answer of one block."""
    return [block_stop(), message_delta(stop_reason), MESSAGE_STOP]


def whole(*pieces: str, stop_reason: str = "end_turn") -> list[ApiEvent]:
    """A whole answer of one text block."""
    return [*beginning(*pieces), *ending(stop_reason)]


def pieces_of(text: str, size: int) -> list[str]:
    """`text` in pieces of `size` characters."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def split_deltas(events: Iterable[ApiEvent], size: int) -> list[ApiEvent]:
    """The same stream with its growing deltas in pieces of `size` characters."""
    finer: list[ApiEvent] = []
    for event in events:
        inner = event.get("delta")
        kind = inner.get("type") if isinstance(inner, dict) else None
        key = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}.get(str(kind))
        if key is None or not isinstance(inner, dict) or not isinstance(inner.get(key), str) or not inner[key]:
            finer.append(event)
            continue
        finer += [{**event, "delta": {**inner, key: piece}} for piece in pieces_of(inner[key], size)]
    return finer
