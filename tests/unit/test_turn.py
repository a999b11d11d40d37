"""One turn: written first, streamed, kept on the way, and ended once, however it ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from fakes import (
    CONNECTED,
    DROPPED,
    MESSAGE_STOP,
    OVERLOADED,
    Countdown,
    FakeClient,
    FakeLog,
    Step,
    beginning,
    block_stop,
    ending,
    message_delta,
    message_start,
    text_delta,
    text_start,
    thinking_delta,
    thinking_start,
    whole,
)
from salon.chat.answer import Answer
from salon.chat.conversation import Status
from salon.chat.events import (
    AnswerStarted,
    BlockFinished,
    BlockStarted,
    Connected,
    Connecting,
    Finished,
    Heartbeat,
    Retrying,
    TextDelta,
    TurnEvent,
    WireEvent,
)
from salon.chat.turn import CHECKPOINT_SECONDS, Request, RetryControl, Turn
from salon.errors import FaultKind
from waiting import settle_loop, until

REQUEST = Request({"model": "claude-test", "max_tokens": 5, "messages": [{"role": "user"}], "system": "s"})


class Stage:
    """A turn between a scripted client and a log, and what it yielded."""

    def __init__(self, *script: Step) -> None:
        self.client = FakeClient()
        self.client.enqueue(*script)
        self.log = FakeLog()
        self.turn = Turn(parent="p", request=REQUEST, client=self.client, log=self.log)
        self.events: list[TurnEvent] = []

    async def play(self) -> "Stage":
        async with aclosing(self.turn.run()) as events:
            async for event in events:
                self.events.append(event)
        return self

    def start(self) -> "asyncio.Task[Stage]":
        return asyncio.create_task(self.play())

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    def has_text(self, text: str) -> bool:
        return self.text == text

    def assert_ended_once(self, status: Status, text: str) -> None:
        """One `Finished`, last; one `close`, last and durable; both say the same; the connection is closed."""
        assert [event for event in self.events if isinstance(event, Finished)] == self.events[-1:]
        message = self.turn.ended
        assert message is not None
        assert self.events[-1] == Finished(message)
        assert (message.status, message.text) == (status, text)
        assert self.log.kinds.count("close") == 1
        close = self.log.records[-1]
        assert (close["k"], close["of"], close["status"]) == ("close", message.id, status.value)
        assert close["content"] == list(message.content)
        assert self.log.durable == ["open", "close"]
        assert self.client.streaming == 0


# The order of things.


async def test_nothing_is_asked_before_the_turn_is_on_disk() -> None:
    stage = Stage(*CONNECTED, *whole("Hello"))
    stage.log.holding = True
    task = stage.start()
    await until(lambda: stage.log.records)
    await settle_loop()
    assert stage.log.kinds == ["open"]
    assert stage.log.durable == ["open"]
    assert stage.client.requests == []
    stage.log.release()
    await task
    assert stage.client.requests == [REQUEST]


async def test_the_open_record_says_what_was_asked_without_the_conversation() -> None:
    stage = await Stage(*whole("x")).play()
    assert stage.log.records[0] == {
        "k": "open",
        "id": stage.turn.answer.id,
        "parent": "p",
        "model": "claude-test",
        "request": {"model": "claude-test", "max_tokens": 5},
    }


async def test_an_answer_streams_and_ends() -> None:
    stage = await Stage(*CONNECTED, *whole("Hel", "lo")).play()
    stage.assert_ended_once(Status.COMPLETE, "Hello")
    assert stage.events[:2] == [Connecting(1, 5), Connected("req_1")]
    assert stage.text == "Hello"
    assert stage.turn.ended is not None
    assert stage.turn.ended.request_id == "req_1"
    assert stage.turn.ended.usage == {"input_tokens": 10, "output_tokens": 20}
    assert stage.turn.ended.stop_reason == "end_turn"


async def test_what_comes_at_once_is_yielded_once() -> None:
    """Everything of a short answer may wait in the queue together: no event may hold what a later one brings."""
    stage = await Stage(*whole("Hel", "lo")).play()
    assert stage.events[:4] == [
        AnswerStarted(stage.turn.answer.id, "claude-test"),
        BlockStarted(0, {"type": "text", "text": ""}),
        TextDelta(0, "Hello"),
        BlockFinished(0, {"type": "text", "text": "Hello"}),
    ]


async def test_the_pump_does_not_wait_for_a_slow_reader() -> None:
    stage = Stage(*beginning("a"), text_delta("b"), text_delta("c"), *ending())
    async with aclosing(stage.turn.run()) as events:
        await anext(events)
        await until(lambda: stage.client.streaming == 0, what="the whole stream is read while nobody takes events")
    assert stage.turn.ended is not None
    assert stage.turn.ended.text == "abc"


async def test_pings_are_a_sign_of_life_and_nothing_else() -> None:
    gate = asyncio.Event()
    stage = Stage(*beginning("a"), gate, {"type": "ping"}, *ending())
    task = stage.start()
    await until(lambda: stage.has_text("a"))
    gate.set()
    await task
    assert all({"type": "ping"} not in record["events"] for record in stage.log.of_kind("part"))
    stage.assert_ended_once(Status.COMPLETE, "a")


async def test_a_lone_ping_is_told() -> None:
    gate = asyncio.Event()
    stage = Stage({"type": "ping"}, gate, *whole("a"))
    task = stage.start()
    await until(lambda: stage.events)
    assert stage.events == [Heartbeat()]
    gate.set()
    await task


# The disk follows the screen.


async def test_what_was_shown_is_on_disk_after_a_quarter_of_a_second() -> None:
    gate = asyncio.Event()
    stage = Stage(*beginning("Hello"), gate, *ending())
    due = asyncio.Event()
    task = asyncio.create_task(_play_and_note_the_first_text(stage, due))
    # The loop's own order of timers stands for the clock: ours is set after the checkpoint's, so it comes after it.
    await due.wait()
    assert stage.log.part_events() == beginning("Hello")
    gate.set()
    await task


async def _play_and_note_the_first_text(stage: Stage, due: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    async with aclosing(stage.turn.run()) as events:
        async for event in events:
            stage.events.append(event)
            if isinstance(event, TextDelta) and stage.text == "Hello":
                loop.call_later(CHECKPOINT_SECONDS, due.set)


async def test_parts_and_the_answer_say_the_same() -> None:
    gates = [asyncio.Event() for _ in range(3)]
    script: list[Step] = [*beginning("one ")]
    for number, gate in enumerate(gates):
        script += [gate, text_delta(f"{number}"), text_delta(" and ")]
    stage = Stage(*script, DROPPED)
    task = stage.start()
    for number, gate in enumerate(gates, 1):
        await until(lambda number=number: len(stage.log.of_kind("part")) == number)  # type: ignore[misc]
        gate.set()
    await task
    again = Answer("a")
    for event in stage.log.part_events():
        again.apply(event)
    shown = "".join(block["text"] for block in again.blocks())
    assert shown.startswith("one 0 and 1 and ")
    assert stage.turn.ended is not None
    assert stage.turn.ended.text.startswith(shown)
    assert [record["n"] for record in stage.log.of_kind("part")] == [1, 2, 3]


async def test_a_turn_that_ends_leaves_no_checkpoint_behind() -> None:
    stage = await Stage(*whole("x")).play()
    due = asyncio.Event()
    asyncio.get_running_loop().call_later(CHECKPOINT_SECONDS, due.set)
    await due.wait()
    assert stage.log.kinds == ["open", "close"]


async def test_no_delta_is_lost_at_thousands_a_second() -> None:
    words = [f"{number} " for number in range(10_000)]
    script: list[Step] = [message_start(), text_start()]
    for number, word in enumerate(words):
        script.append(text_delta(word))
        if number % 25 == 0:
            breath = asyncio.Event()
            breath.set()
            script.append(breath)
    stage = Stage(*script, *ending())
    async with aclosing(stage.turn.run()) as events:
        async for event in events:
            stage.events.append(event)
            await asyncio.sleep(0)
    stage.assert_ended_once(Status.COMPLETE, "".join(words))
    assert stage.text == "".join(words)
    assert len(stage.log.records) < 100


async def test_a_disk_that_refuses_does_not_stop_the_turn() -> None:
    stage = Stage(*whole("Hello"))
    stage.log.disk = False
    await stage.play()
    stage.assert_ended_once(Status.COMPLETE, "Hello")


# Endings.

ENDINGS: dict[str, tuple[list[Step], Status, str, FaultKind | None]] = {
    "a whole answer": ([*whole("x")], Status.COMPLETE, "x", None),
    "a stop sequence": ([*whole("x", stop_reason="stop_sequence")], Status.COMPLETE, "x", None),
    "the length limit": ([*whole("x", stop_reason="max_tokens")], Status.MAX_TOKENS, "x", None),
    "a full context window": (
        [*whole("x", stop_reason="model_context_window_exceeded")],
        Status.MAX_TOKENS,
        "x",
        None,
    ),
    "a refusal": ([message_start(), message_delta("refusal"), MESSAGE_STOP], Status.REFUSED, "", None),
    "a reason nobody knows": ([*whole("x", stop_reason="tired")], Status.COMPLETE, "x", None),
    "a fault before anything came": ([OVERLOADED], Status.ERROR, "", FaultKind.OVERLOADED),
    "a fault after an empty block began": ([*beginning(), DROPPED], Status.ERROR, "", FaultKind.DROPPED),
    "a fault in the middle": ([*beginning("half"), DROPPED], Status.INTERRUPTED, "half", FaultKind.DROPPED),
    "a bug in the client": ([*beginning("half"), KeyError("x")], Status.INTERRUPTED, "half", FaultKind.INTERNAL),
    "a bug before anything came": ([ZeroDivisionError()], Status.ERROR, "", FaultKind.INTERNAL),
    "a stream that just ends": ([*beginning("half")], Status.INTERRUPTED, "half", FaultKind.DROPPED),
    "a fault behind the end": ([*whole("x"), DROPPED], Status.COMPLETE, "x", None),
}


@pytest.mark.parametrize(("script", "status", "text", "kind"), ENDINGS.values(), ids=ENDINGS)
async def test_every_end_is_one_ending(script: list[Step], status: Status, text: str, kind: FaultKind | None) -> None:
    stage = await Stage(*CONNECTED, *script).play()
    stage.assert_ended_once(status, text)
    assert stage.turn.ended is not None
    fault = stage.turn.ended.fault
    assert (None if fault is None else fault["kind"]) == (None if kind is None else kind.value)
    assert stage.log.records[-1].get("fault") == fault


async def test_a_stopped_answer_keeps_what_came() -> None:
    stage = Stage(*beginning("Hello"), asyncio.Event())
    task = stage.start()
    await until(lambda: stage.has_text("Hello"))
    stage.turn.stop()
    await task
    stage.assert_ended_once(Status.STOPPED, "Hello")
    assert stage.turn.ended is not None
    assert stage.turn.ended.unfinished == (0,)


async def test_what_waits_when_the_person_stops_is_kept_too() -> None:
    gate = asyncio.Event()
    stage = Stage(*beginning("shown"), text_delta(" and not yet shown"), gate)
    async with aclosing(stage.turn.run()) as events:
        await anext(events)
        await settle_loop()
        stage.turn.stop()
        async for event in events:
            stage.events.append(event)
    stage.assert_ended_once(Status.STOPPED, "shown and not yet shown")


async def test_stop_while_the_disk_has_not_answered_ends_without_a_request() -> None:
    stage = Stage(*whole("never"))
    stage.log.holding = True
    task = stage.start()
    await until(lambda: stage.log.records)
    stage.turn.stop()
    stage.log.release()
    await asyncio.wait_for(task, 5)
    stage.assert_ended_once(Status.STOPPED, "")
    assert stage.client.requests == []


async def test_stop_before_the_turn_runs_at_all() -> None:
    stage = Stage(*whole("never"))
    stage.turn.stop()
    await asyncio.wait_for(stage.play(), 5)
    stage.assert_ended_once(Status.STOPPED, "")


async def test_stop_before_the_pump_took_its_first_step() -> None:
    stage = Stage(*whole("never"))
    run = stage.turn.run()
    async with aclosing(run):
        first = asyncio.ensure_future(anext(run))
        while stage.turn._pump is None:  # noqa: ASYNC110 - `until` would let the pump run
            await asyncio.sleep(0)
        stage.turn.stop()
        event = await asyncio.wait_for(first, 5)
        assert isinstance(event, Finished)
        assert event.message.status is Status.STOPPED


async def test_stop_ends_a_countdown() -> None:
    stage = Stage(Connecting(1, 5), Retrying(2, 5, 600.0, "Busy."), Countdown(), *whole("never"))
    task = stage.start()
    await until(lambda: len(stage.events) == 2)
    stage.turn.stop()
    await asyncio.wait_for(task, 5)
    stage.assert_ended_once(Status.STOPPED, "")


async def test_stop_behind_the_end_changes_nothing() -> None:
    stage = await Stage(*whole("x")).play()
    stage.turn.stop()
    stage.assert_ended_once(Status.COMPLETE, "x")


async def test_stop_twice_is_stop() -> None:
    stage = Stage(*beginning("x"), asyncio.Event())
    task = stage.start()
    await until(lambda: stage.has_text("x"))
    stage.turn.stop()
    stage.turn.stop()
    await task
    stage.assert_ended_once(Status.STOPPED, "x")


async def test_a_whole_answer_is_complete_although_it_was_stopped_just_then() -> None:
    stage = Stage(*whole("x"), asyncio.Event())
    task = stage.start()
    await until(lambda: stage.has_text("x"))
    stage.turn.stop()
    await task
    stage.assert_ended_once(Status.COMPLETE, "x")


@pytest.mark.parametrize("wait_for", [AnswerStarted, BlockStarted, TextDelta])
async def test_a_reader_who_leaves_ends_the_turn_with_everything_that_came(wait_for: type) -> None:
    gate = asyncio.Event()
    stage = Stage(*beginning("seen"), gate, text_delta(" unseen"), asyncio.Event())
    async with aclosing(stage.turn.run()) as events:
        async for event in events:
            if isinstance(event, wait_for):
                break
        gate.set()
        await settle_loop()
    ended = stage.turn.ended
    assert ended is not None
    assert (ended.status, ended.text) == (Status.STOPPED, "seen unseen")
    assert stage.log.kinds[-1] == "close"
    assert stage.log.durable == ["open", "close"]
    assert stage.client.streaming == 0


async def test_a_cancelled_reader_ends_the_turn_too() -> None:
    stage = Stage(*beginning("x"), asyncio.Event())
    task = stage.start()
    await until(lambda: stage.has_text("x"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.turn.ended is not None
    assert stage.turn.ended.status is Status.STOPPED
    assert stage.log.kinds[-1] == "close"


async def test_a_reader_cancelled_while_the_end_is_written_still_has_the_answer() -> None:
    gate = asyncio.Event()
    stage = Stage(*beginning("x"), gate, *ending())
    task = stage.start()
    await until(lambda: stage.has_text("x"))
    stage.log.holding = True
    gate.set()
    await until(lambda: "close" in stage.log.kinds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.turn.ended is not None
    assert stage.turn.ended.status is Status.COMPLETE


# Retries.


async def test_an_attempt_that_is_repeated_begins_with_nothing() -> None:
    stage = await Stage(
        Connecting(1, 5),
        Connected("req_1"),
        message_start("first"),
        thinking_start(),
        Retrying(2, 5, 0.0, "Busy."),
        Connecting(2, 5),
        Connected("req_2"),
        *whole("Hello"),
    ).play()
    stage.assert_ended_once(Status.COMPLETE, "Hello")
    assert stage.turn.ended is not None
    assert stage.turn.ended.content == ({"type": "text", "text": "Hello"},)
    assert stage.turn.ended.request_id == "req_2"


async def test_the_beginning_of_an_attempt_that_may_be_repeated_is_not_in_the_file() -> None:
    gate, again = asyncio.Event(), asyncio.Event()
    stage = Stage(
        message_start("first"), text_start(), gate, Retrying(2, 5, 0.0, "Busy."), *beginning("Hello"), again, *ending()
    )
    task = stage.start()
    await until(lambda: any(isinstance(event, BlockStarted) for event in stage.events))
    due = asyncio.Event()
    asyncio.get_running_loop().call_later(CHECKPOINT_SECONDS, due.set)
    await due.wait()
    gate.set()
    await until(lambda: stage.log.of_kind("part"))
    assert stage.log.part_events() == beginning("Hello")
    again.set()
    await task


async def test_try_now_cuts_a_countdown_short() -> None:
    stage = Stage(Retrying(2, 5, 600.0, "Busy."), Countdown(), *whole("Hello"))
    task = stage.start()
    await until(lambda: stage.events)
    stage.turn.control.now()
    await asyncio.wait_for(task, 5)
    stage.assert_ended_once(Status.COMPLETE, "Hello")


async def test_a_countdown_runs_out_by_itself_and_an_old_try_now_does_not_count() -> None:
    control = RetryControl()
    control.now()
    loop = asyncio.get_running_loop()
    before = loop.time()
    await control.wait(0.05)
    assert loop.time() - before >= 0.045


# Timing.


async def test_the_pace_of_an_answer_is_kept_in_seconds() -> None:
    script = [message_start(), thinking_start(), thinking_delta("Hm"), block_stop(0)]
    stage = await Stage(*script, text_start(1), text_delta("x", 1), block_stop(1), message_delta(), MESSAGE_STOP).play()
    assert stage.turn.ended is not None
    timing = stage.turn.ended.timing
    assert 0 <= timing["first"] <= timing["total"]
    assert 0 <= timing["thinking"] <= timing["total"]


async def test_an_answer_without_anything_has_no_first_moment() -> None:
    stage = await Stage(OVERLOADED).play()
    assert stage.turn.ended is not None
    assert set(stage.turn.ended.timing) == {"total", "thinking"}


async def test_a_message_can_be_had_at_any_time() -> None:
    stage = Stage(*beginning("Hello"), asyncio.Event())
    assert stage.turn.opening().status is Status.OPEN
    task = stage.start()
    await until(lambda: stage.has_text("Hello"))
    assert stage.turn.message().text == "Hello"
    stage.turn.stop()
    await task


async def test_a_client_whose_stream_cannot_even_be_made_ends_in_a_named_state() -> None:
    class Broken(FakeClient):
        def stream(self, request: Request, control: RetryControl) -> AsyncGenerator[WireEvent, None]:
            raise RuntimeError("no stream for you")

    stage = Stage()
    stage.client = Broken()
    stage.turn = Turn(parent="p", request=REQUEST, client=stage.client, log=stage.log)
    await stage.play()
    stage.assert_ended_once(Status.ERROR, "")
