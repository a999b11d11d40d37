"""One turn: ask, stream, keep, finish. The only place where a turn happens, for the screen and for `salon -p` alike."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from salon.chat import awake
from salon.chat.answer import Answer, coalesced
from salon.chat.blocks import Block, kind_of
from salon.chat.conversation import Charge, Message, Status, status_of_reason
from salon.chat.events import (
    ApiEvent,
    BlockFinished,
    BlockStarted,
    Connected,
    Connecting,
    Finished,
    Heartbeat,
    Retrying,
    TurnEvent,
    Waiting,
    WireEvent,
)
from salon.chat.exchange import Exchange, Step
from salon.chat.ids import new_id
from salon.chat.tools import container_in
from salon.errors import Fault, FaultKind
from salon.words import tr

logger = logging.getLogger(__name__)

MOST_PAUSES = 10
"""How often an answer that pauses is gone on with by itself."""
CHECKPOINT_SECONDS = 0.25
"""How far the disk may be behind the screen."""
GATHER_SECONDS = 0.01
"""A thousand deltas a second are taken a hundred times a second: each time costs about as much as what it brings."""

Record = dict[str, Any]
"""One line of a session file, without the envelope that the log adds."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the Messages API: its JSON body without `stream`, and what of it is worth keeping."""

    body: Mapping[str, Any]
    notices: tuple[str, ...] = ()
    """What had to be left out of the history or mended in it, in sentences."""
    lost: frozenset[str] = frozenset()
    """The digests of attachments that could not be read, so the request goes without them."""
    shown: Mapping[str, Any] | None = None
    """The body without the encoded files that are in it, where there are any: what is worth remembering of it."""
    prefix: str = ""
    """A fingerprint of all that the answer's thinking will be bound to: instructions, tools, history."""
    betas: tuple[str, ...] = ()
    """The betas of the API that it needs, for the header."""

    @property
    def model(self) -> str:
        """The model that is asked."""
        return str(self.body.get("model", ""))

    def parameters(self) -> dict[str, Any]:
        """The settings of the request, without the conversation itself."""
        return {key: value for key, value in self.body.items() if key not in {"messages", "system"}}


class RetryControl:
    """The person's hand on the retry loop: `wait` sleeps until the time is up or `now` is called."""

    def __init__(self) -> None:
        self._now = asyncio.Event()

    def now(self) -> None:
        """Start the next attempt at once."""
        self._now.set()

    async def wait(self, seconds: float) -> bool:
        """Sleep for `seconds`, or until somebody says `now`; whether somebody did. The machine's own sleep counts."""
        self._now.clear()
        until = awake.now() + seconds
        left = seconds
        while True:
            try:
                return await asyncio.wait_for(self._now.wait(), min(left, awake.SLICE))
            except TimeoutError:
                left = until - awake.now()
            if left <= 0:
                return False  # the countdown ran out, as it should


class Client(Protocol):
    """What a turn needs of the API."""

    def stream(self, request: Request, control: RetryControl) -> AsyncGenerator[WireEvent, None]:
        """Ask, and yield what comes; ends normally only after `message_stop`, otherwise raises `Fault`.

        Attempts that fail before any content came are repeated inside, each announced by `Retrying` and, when it
        starts, by `Connecting`. Cancelling the consuming task closes the connection at once.
        """
        ...


class Log(Protocol):
    """What a turn needs of a session's file."""

    def append(self, record: Record, *, durable: bool = False) -> Awaitable[bool]:
        """Queue one record, in order, without waiting; the result says whether it is on disk.

        False means that the disk refused: the record is kept in memory and tried again, and the log's owner has been
        told. With `durable` the file is synced before the result is True. Never raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class _End:
    """How the pump ended: normally, or by `fault`."""

    fault: Fault | None = None


class _Stopwatch:
    """Seconds since the request, for what a reader is told of an answer's pace."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._first: float | None = None
        self._thinking = 0.0
        self._thinking_since: dict[int, float] = {}

    def note(self, event: TurnEvent) -> None:
        now = time.monotonic() - self._start
        match event:
            case BlockStarted(index, block):
                self._first = now if self._first is None else self._first
                if kind_of(block) in {"thinking", "redacted_thinking"}:
                    self._thinking_since[index] = now
            case BlockFinished(index):
                self._thinking += now - self._thinking_since.pop(index, now)

    def passed(self) -> float:
        return time.monotonic() - self._start

    def reading(self) -> dict[str, float]:
        total = time.monotonic() - self._start
        thinking = self._thinking + sum(total - since for since in self._thinking_since.values())
        reading = {"total": total, "thinking": thinking} | ({} if self._first is None else {"first": self._first})
        return {name: round(seconds, 3) for name, seconds in reading.items()}


class Turn:
    """One answer being asked for. `run` may be iterated once; everything else is safe at any time."""

    def __init__(self, *, parent: str, request: Request, client: Client, log: Log) -> None:
        self.parent = parent
        self.request = request
        self.control = RetryControl()
        self.answer = Answer(new_id())
        self.created = utc_now()
        self.ended: Message | None = None
        """The answer once it has ended, also when the consumer left before `Finished`."""
        self._steps: list[tuple[float, Step]] = []
        self._client = client
        self._log = log
        self._watch = _Stopwatch()
        self._queue: asyncio.Queue[WireEvent | _End] = asyncio.Queue()
        self._pump: asyncio.Task[_End] | None = None
        self._stopped = False
        self._request_id = ""
        self._taken_at = 0.0
        self._parts = 0
        self._unsaved: list[ApiEvent] = []
        self._pauses = 0
        self._checkpoint_timer: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        """End the answer here and keep what came; the turn then ends like any other, with `Finished`."""
        self._stopped = True
        if self._pump is not None:
            self._pump.cancel()

    def exchange(self) -> Exchange:
        """What was sent, and what happened on the way so far."""
        body = self.request.body if self.request.shown is None else self.request.shown
        return Exchange({**body, "stream": True}, tuple(self._steps))

    def opening(self) -> Message:
        """The answer before anything of it has come."""
        answer = self.answer
        return Message(id=answer.id, parent=self.parent, role="assistant", status=Status.OPEN, created=self.created)

    def message(self, status: Status = Status.OPEN, fault: Fault | None = None) -> Message:
        """The answer as a message, as far as it has come."""
        answer = self.answer
        return Message(
            id=answer.id,
            parent=self.parent,
            role="assistant",
            content=answer.blocks(),
            status=status,
            created=self.created,
            model=answer.model or self.request.model,
            stop_reason=answer.stop_reason,
            stop_details=answer.stop_details,
            usage=dict(answer.usage),
            request_id=self._request_id,
            fault=None if fault is None else fault.to_record(),
            unfinished=answer.unfinished(),
            extra=answer.extra(),
            prefix=self.request.prefix,
            timing=self._watch.reading(),
        )

    async def run(self) -> AsyncGenerator[TurnEvent, None]:
        """Ask and yield what happens; the last event is always `Finished`, unless the consumer leaves first.

        The `open` record is on disk before the request leaves, what was yielded is on disk within
        `CHECKPOINT_SECONDS`, and one ending is written for success, stop, fault and a consumer that goes away.
        """
        await self._log.append(self._open_record(), durable=True)
        if self._stopped:
            self._queue.put_nowait(_End())
        else:
            self._start_pump(self.request)
        end: _End | None = None
        try:
            while end is None:
                batch, end = await self._next_batch()
                for event in self._take(batch):
                    yield event
                if end is not None and await self._went_on(end):
                    end = None
        finally:
            if self._pump is not None:
                self._pump.cancel()
                await asyncio.gather(self._pump, return_exceptions=True)
            self._take_rest()
            message = await self._close(end)
        yield Finished(message)

    def _start_pump(self, request: Request) -> None:
        self._pump = asyncio.create_task(self._pump_wire(request), name=f"turn-{self.answer.id}")
        # Not in a `finally` of the pump: a task that is cancelled before its first step runs nothing of itself.
        self._pump.add_done_callback(self._pump_ended)

    async def _went_on(self, end: _End) -> bool:
        """After a pause: ask for the rest of the answer, once all of it so far is on disk; whether that was done."""
        if end.fault is not None or self._stopped or not self.answer.paused or self._pauses >= MOST_PAUSES:
            return False
        if (kept := self._checkpoint(durable=True)) is not None:
            await kept
        self._pauses += 1
        container = container_in(self.answer.extra(), utc_now())
        self._start_pump(resumed(self.request, self.answer.blocks(), container))
        self.answer.go_on()
        return True

    async def _pump_wire(self, request: Request) -> _End:
        """Move the stream into the queue; never waits for whoever shows it."""
        try:
            async with aclosing(self._client.stream(request, self.control)) as stream:
                async for event in stream:
                    self._queue.put_nowait(event)
        except Fault as fault:
            return _End(fault)
        except Exception as error:
            # A worker's top: a bug in here must end in a named state with the text kept, and be found in the log.
            logger.exception("The pump of a turn failed")
            return _End(
                Fault(
                    FaultKind.INTERNAL,
                    tr("Salon itself failed ({name}); the log has details.", name=type(error).__name__),
                )
            )
        return _End()

    def _pump_ended(self, pump: asyncio.Task[_End]) -> None:
        self._queue.put_nowait(_End() if pump.cancelled() else pump.result())

    def _take_rest(self) -> None:
        """Keep what had come and was not yielded, where the consumer left before the end."""
        rest = []
        while not self._queue.empty():
            if not isinstance(item := self._queue.get_nowait(), _End):
                rest.append(item)
        self._take(rest)

    async def _next_batch(self) -> tuple[list[WireEvent], _End | None]:
        """Everything that waits in the queue, at least one thing; what comes within `GATHER_SECONDS` comes together."""
        pause = self._taken_at + GATHER_SECONDS - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)  # with nothing in hand: a consumer may leave here
        batch: list[WireEvent] = []
        item = await self._queue.get()
        self._taken_at = time.monotonic()
        while not isinstance(item, _End):
            batch.append(item)
            if self._queue.empty():
                return batch, None
            item = self._queue.get_nowait()
        return batch, item

    def _take(self, batch: list[WireEvent]) -> list[TurnEvent]:
        events: list[TurnEvent] = []
        run: list[ApiEvent] = []
        for item in batch:
            if isinstance(item, dict):
                run.append(item)
                continue
            events += self._apply(run)
            run = []
            events.append(self._note_attempt(item))
        events += self._apply(run)
        for event in events:
            self._watch.note(event)
        return events

    def _apply(self, run: list[ApiEvent]) -> list[TurnEvent]:
        joined = coalesced(run)
        self._unsaved += joined
        events = [event for payload in joined if (event := self.answer.apply(payload)) is not None]
        if joined and self.answer.reply_begun:
            # Before there is anything to read an attempt may start anew, and its beginning must not be in the file.
            self._plan_checkpoint()
        return events or ([Heartbeat()] if run else [])

    def _note_attempt(self, item: Connecting | Connected | Retrying | Waiting) -> TurnEvent:
        self._steps.append((self._watch.passed(), item))
        if isinstance(item, Connected):
            self._request_id = item.request_id
        elif isinstance(item, Retrying):
            self.answer.restart_reply()
            self._unsaved.clear()
        return item

    def _plan_checkpoint(self) -> None:
        if self._checkpoint_timer is None:
            loop = asyncio.get_running_loop()
            self._checkpoint_timer = loop.call_later(CHECKPOINT_SECONDS, self._checkpoint)

    def _checkpoint(self, *, durable: bool = False) -> Awaitable[bool] | None:
        if self._checkpoint_timer is not None:
            self._checkpoint_timer.cancel()
            self._checkpoint_timer = None
        if not self._unsaved:
            return None
        self._parts += 1
        events, self._unsaved = coalesced(self._unsaved), []
        part = {"k": "part", "of": self.answer.id, "n": self._parts, "events": events}
        return self._log.append(part, durable=durable)

    def _open_record(self) -> Record:
        return {
            "k": "open",
            "id": self.answer.id,
            "parent": self.parent,
            "model": self.request.model,
            "request": self.request.parameters(),
        } | ({"prefix": self.request.prefix} if self.request.prefix else {})

    async def _close(self, end: _End | None) -> Message:
        if self._checkpoint_timer is not None:
            self._checkpoint_timer.cancel()
        message = self.ended = self.message(*self._ending(end))
        await self._log.append(close_record(message), durable=True)
        return message

    def _ending(self, end: _End | None) -> tuple[Status, Fault | None]:
        answer = self.answer
        if answer.complete:
            return status_of_reason(answer.stop_reason), None  # nothing that happens afterwards takes from it
        if self._stopped or end is None:
            return Status.STOPPED, None
        fault = end.fault or Fault(
            FaultKind.DROPPED,
            tr("The answer ended before it was whole."),
            tr("What had come is kept."),
            ("continue", "retry"),
        )
        return (Status.INTERRUPTED if answer.begun else Status.ERROR), fault


def resumed(request: Request, blocks: Iterable[Block], container: str = "") -> Request:
    """The request that has a paused answer gone on with: the same, with what came of the answer at its end.

    All of it goes back as it came, a call of the server's own that has no result yet included: that is what it goes on
    with. Blank text alone is refused. Code goes on in its `container`.
    """
    said = [block for block in blocks if kind_of(block) != "text" or str(block.get("text") or "").strip()]
    messages = [*request.body["messages"], {"role": "assistant", "content": said}]
    within = {"container": container} if container else {}
    return replace(request, body={**request.body, **within, "messages": messages})


def utc_now() -> str:
    """The time as session files write it: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message_record(message: Message) -> Record:
    """The `msg` record of a person's message."""
    record: Record = {
        "k": "msg",
        "id": message.id,
        "parent": message.parent,
        "role": message.role,
        "content": list(message.content),
    }
    return record | ({"seam": message.seam} if message.seam else {})


def charge_record(charge: Charge) -> Record:
    """The `charge` record of a request beside the conversation."""
    return {"k": "charge", "for": charge.purpose, "model": charge.model, "usage": dict(charge.usage)}


def close_record(message: Message) -> Record:
    """The `close` record of an answer, with everything that came; empty fields are left out."""
    optional = {
        "stop_reason": message.stop_reason,
        "stop_details": message.stop_details,
        "usage": dict(message.usage),
        "request_id": message.request_id,
        "fault": message.fault,
        "unfinished": list(message.unfinished),
        "extra": dict(message.extra),
        "timing": dict(message.timing),
    }
    return {
        "k": "close",
        "of": message.id,
        "status": message.status.value,
        "model": message.model,
        "content": list(message.content),
    } | {key: value for key, value in optional.items() if value}
