"""A connection that is silent, held up on the way, or was open while the computer slept."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from api.fault_server import (
    BLOCK_STOP,
    ENDING,
    HELLO,
    START,
    STOP,
    TEXT_START,
    Asked,
    FaultServer,
    Handler,
    Reply,
    api_error,
    delta,
    refuses,
    sse,
    streams,
)
from api.harness import REQUEST, ask, client_for, session_in, turn_of
from salon.chat import awake
from salon.chat.conversation import Status
from salon.chat.events import Connected, Finished, Heartbeat, Retrying, Waiting, WireEvent
from salon.chat.turn import RetryControl
from salon.claude import waking
from salon.claude.client import ApiClient
from salon.claude.retry import RetryPolicy
from salon.claude.sdk import Timeouts
from salon.errors import FaultKind
from waiting import until

A_NIGHT = 8 * 3600.0
HALF = (START, TEXT_START, delta("Half an answer "))
REST = (delta("and the rest."), BLOCK_STOP, ENDING, STOP)
PATIENT = RetryPolicy(base=1000.0, longest=1000.0)


class Machine:
    """A computer that can be put to sleep: the clocks go on, the timers do not, as on Linux and macOS."""

    slept = 0.0

    def now(self) -> float:
        return time.monotonic() + self.slept

    def sleep(self) -> None:
        self.slept += A_NIGHT


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(awake, "_clock", machine.now)
    monkeypatch.setattr(awake, "SLICE", 0.01)
    monkeypatch.setattr(waking, "GRACE", 0.1)
    return machine


def sleeps_after(sleep: Callable[[], None], *events: dict[str, object], rest: tuple[dict[str, object], ...]) -> Handler:
    """The beginning of an answer, a night, and then the rest, or nothing any more."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*events))
        await asyncio.sleep(0.03)  # the beginning must have been read before the night comes
        sleep()
        if not rest:
            await reply.gone()
        await reply.chunk(sse(*rest))
        await reply.end()

    return handle


async def test_a_stream_that_did_not_outlive_sleep_is_given_up_soon(
    server: FaultServer, tmp_path: Path, machine: Machine
) -> None:
    server.script(sleeps_after(machine.sleep, *HALF, rest=()))
    library, session = session_in(tmp_path)
    answer = await turn_of(session, client_for(server.url, timeouts=Timeouts(read=30.0)))
    await session.log.close()
    assert answer.fault is not None
    assert answer.fault["what"] == "The connection did not outlive this computer's sleep."
    assert (answer.status, answer.text) == (Status.INTERRUPTED, "Half an answer ")
    assert library.read(session.id).messages[answer.id].text == answer.text
    assert len(server.asked) == 1


async def test_a_stream_that_goes_on_after_sleep_is_left_alone(server: FaultServer, machine: Machine) -> None:
    server.script(sleeps_after(machine.sleep, *HALF, rest=REST))
    outcome = await ask(client_for(server.url, timeouts=Timeouts(read=30.0)))
    assert outcome.fault is None
    assert outcome.answer().blocks()[0]["text"] == "Half an answer and the rest."


async def test_a_request_that_nothing_had_answered_before_sleep_is_made_again(
    server: FaultServer, machine: Machine
) -> None:
    server.script(sleeps_after(machine.sleep, START, rest=()), streams())
    outcome = await ask(client_for(server.url, timeouts=Timeouts(read=30.0)))
    assert outcome.fault is None
    assert [retry.reason for retry in outcome.retries] == ["The connection did not outlive this computer's sleep."]
    assert outcome.answer().blocks()[0]["text"] == "Hello world"


async def events_until(client: ApiClient, wanted: Callable[[list[WireEvent]], object], then: Callable[[], None]) -> int:
    """Ask; when `wanted` has come do `then`, and say how many events came in all."""
    seen: list[WireEvent] = []
    async with asyncio.timeout(5), aclosing(client.stream(REQUEST, RetryControl())) as events:
        async for event in events:
            seen.append(event)
            if isinstance(event, Retrying | Waiting) and wanted(seen):
                asyncio.get_running_loop().call_later(0.02, then)
    return len(seen)


async def test_a_countdown_to_the_next_attempt_is_over_after_sleep(server: FaultServer, machine: Machine) -> None:
    server.script(refuses(529, api_error("overloaded_error")), streams())
    client = client_for(server.url, retries=PATIENT)
    assert await events_until(client, lambda seen: isinstance(seen[-1], Retrying), machine.sleep) > 3
    assert len(server.asked) == 2
    await client.aclose()


async def test_a_wait_for_the_rate_limit_is_over_after_sleep(server: FaultServer, machine: Machine) -> None:
    none_left = {"anthropic_ratelimit_requests_limit": "2", "anthropic_ratelimit_requests_remaining": "0"}
    server.script(streams(**none_left), streams())
    client = client_for(server.url)
    await events_until(client, lambda seen: False, machine.sleep)
    await events_until(client, lambda seen: isinstance(seen[-1], Waiting) and seen[-1].wait > 20, machine.sleep)
    assert len(server.asked) == 2
    await client.aclose()


@pytest.mark.parametrize("rest", [(), REST], ids=["dead", "alive"])
async def test_timers_that_run_on_during_sleep_end_the_answer_in_a_named_state(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: tuple[dict[str, object], ...]
) -> None:
    """As on Windows, where every timer that should have rung rings when the lid is opened."""
    loop, night = asyncio.get_running_loop(), Machine()
    monkeypatch.setattr(loop, "time", night.now)
    server.script(sleeps_after(night.sleep, *HALF, rest=rest))
    _, session = session_in(tmp_path)
    answer = await turn_of(session, client_for(server.url, timeouts=Timeouts(read=30.0)))
    await session.log.close()
    assert answer.text.startswith("Half an answer ")
    assert (answer.status is Status.COMPLETE) == (answer.fault is None)
    assert answer.fault is None or answer.fault["kind"] == FaultKind.STALLED


# what stands on the way


async def test_a_proxy_that_holds_everything_back_and_lets_it_go_at_once(server: FaultServer, tmp_path: Path) -> None:
    words = [f"word{number} " for number in range(5_000)]

    async def handle(asked: Asked, reply: Reply) -> None:
        await asyncio.sleep(0.1)
        await reply.whole(200, sse(START, TEXT_START, *map(delta, words), *REST))

    server.script(handle)
    _, session = session_in(tmp_path)
    answer = await turn_of(session, client_for(server.url, timeouts=Timeouts(read=2.0)))
    await session.log.close()
    assert answer.status is Status.COMPLETE
    assert answer.text == "".join(words) + "and the rest."


async def test_pings_hold_off_the_stall(server: FaultServer) -> None:
    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        for _ in range(8):
            await reply.chunk(sse({"type": "ping"}))
            await asyncio.sleep(0.02)
        await reply.chunk(sse(*HELLO))
        await reply.end()

    server.script(handle)
    outcome = await ask(client_for(server.url, timeouts=Timeouts(read=0.12)))
    assert outcome.fault is None
    assert sum(event["type"] == "ping" for event in outcome.payloads) == 9


async def test_pings_for_ever_are_told_and_end_when_the_person_stops(server: FaultServer, tmp_path: Path) -> None:
    left = asyncio.Event()

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        try:
            while True:
                await reply.chunk(sse({"type": "ping"}))
                await asyncio.sleep(0.005)
        finally:
            left.set()

    server.script(handle)
    _, session = session_in(tmp_path)
    client = client_for(server.url)
    await session.submit("a prompt")
    heard = 0
    async with asyncio.timeout(5), aclosing(session.answer(client)) as turn:
        async for event in turn:
            heard += isinstance(event, Heartbeat | Connected)
            if heard == 3 and session.turn is not None:
                session.turn.stop()
            if isinstance(event, Finished):
                assert event.message.status is Status.STOPPED
    await until(left.is_set, what="the server to notice")
    await client.aclose()
    await session.log.close()


def giant(begun: bool) -> Handler:
    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*HALF) if begun else b"data: ")
        for _ in range(100):
            await reply.chunk(b"x" * 2**20)
        await reply.end()

    return handle


@pytest.mark.parametrize(("begun", "attempts"), [(True, 1), (False, 3)])
async def test_a_line_of_a_hundred_megabytes_is_refused_before_it_fills_the_memory(
    server: FaultServer, begun: bool, attempts: int
) -> None:
    server.script(giant(begun))
    before = time.process_time()
    outcome = await ask(client_for(server.url))
    assert time.process_time() - before < 10  # it was minutes when every packet was copied to all before it
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.attempts) == (FaultKind.GARBLED, attempts)
