"""The retry loop: how often, how long, and never once something has been shown."""

from datetime import datetime

import pytest

from api.fault_server import (
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
from api.harness import ask, client_for
from salon.chat.events import Connected, Connecting, Retrying
from salon.claude.circumstances import Circumstances
from salon.claude.refusal import Refusal
from salon.claude.retry import RetryPolicy, shows_content
from salon.claude.retry_after import LONGEST, retry_after_seconds
from salon.claude.status_faults import clock_time, fault_of_refusal
from salon.errors import Fault, FaultKind

OVERLOADED = refuses(529, api_error("overloaded_error"))


async def test_the_loop_is_told_step_by_step(server: FaultServer) -> None:
    server.script(OVERLOADED, refuses(500, api_error("api_error")), streams())
    outcome = await ask(client_for(server.url))
    host = server.url[7:]
    steps = [event for event in outcome.events if not isinstance(event, dict)]
    assert outcome.fault is None
    assert steps == [
        Connecting(1, 5),
        Retrying(2, 5, 0.0, f"{host} is overloaded."),
        Connecting(2, 5),
        Retrying(3, 5, 0.0, f"{host} had a problem (HTTP 500): Nope."),
        Connecting(3, 5),
        Connected(),
    ]
    assert [asked.headers["x-stainless-retry-count"] for asked in server.asked] == ["0", "0", "0"]


def cut_after(*events: dict[str, object]) -> Handler:
    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*events))
        raise ConnectionError

    return handle


async def test_a_drop_before_any_content_is_repeated(server: FaultServer) -> None:
    server.script(cut_after(START, TEXT_START), streams())
    outcome = await ask(client_for(server.url))
    assert outcome.fault is None
    assert outcome.answer().complete
    assert len(outcome.answer().blocks()) == 1


async def test_a_tools_result_counts_as_content(server: FaultServer) -> None:
    block = {"type": "web_search_tool_result", "tool_use_id": "t", "content": [{"type": "web_search_result"}]}
    server.script(cut_after(START, {**TEXT_START, "content_block": block}), streams())
    assert (await ask(client_for(server.url))).attempts == 1


def test_what_shows() -> None:
    nothing: list[Connected | dict[str, object]] = [Connected(), START, TEXT_START, STOP, {"type": "ping"}, {}]
    assert not any(shows_content(event) for event in nothing)
    assert shows_content(delta(""))


async def test_bad_history_is_repaired_once(server: FaultServer) -> None:
    from api.harness import REQUEST
    from salon.chat.turn import Request

    thought = {"type": "thinking", "thinking": "Hm", "signature": "c2ln"}
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [thought, {"type": "text", "text": "b"}]},
        {"role": "user", "content": "c"},
    ]
    refusal = refuses(400, api_error("invalid_request_error", "messages.1: Invalid signature in thinking block"))
    request = Request({**REQUEST.body, "messages": messages})
    server.script(refusal, streams())
    outcome = await ask(client_for(server.url), request)
    assert outcome.fault is None
    assert outcome.retries == [Retrying(2, 5, 0.0, "The saved conversation has an unfinished part; it was repaired.")]
    assert server.asked[1].json()["messages"][1]["content"] == [{"type": "text", "text": "b"}]
    assert len(request.body["messages"][1]["content"]) == 2

    server.script(refusal)
    outcome = await ask(client_for(server.url), request)
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.attempts) == (FaultKind.BAD_HISTORY, 2)


WAITS: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "23"}, 23.0),
    ({"retry-after": "0"}, 0.0),
    ({"retry-after": "1.5"}, 1.5),
    ({"retry-after-ms": "1500", "retry-after": "99"}, 1.5),
    ({"retry-after": "-3"}, None),
    ({"retry-after": "soon"}, None),
    ({"retry-after": "nan"}, None),
    ({"retry-after": "inf"}, None),
    ({"retry-after": "1e300"}, LONGEST),
    ({"retry-after": "Sun, 22 Nov 2026 18:00:30 GMT", "date": "Sun, 22 Nov 2026 18:00:00 GMT"}, 30.0),
    ({"retry-after": "Sun, 22 Nov 2026 17:00:00 GMT", "date": "Sun, 22 Nov 2026 18:00:00 GMT"}, 1.0),
    ({"retry-after": "Sun, 22 Nov 2099 17:00:00 GMT"}, 60.0),
    ({"retry-after": "Sun, 22 Nov 1999 17:00:00 GMT"}, 1.0),
    ({"retry-after": "Sun, 99 Nov 2026 17:00:00 GMT"}, None),
]


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_how_long_the_server_wants_us_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers) == seconds


NOON = datetime.fromisoformat("2026-11-22T12:00:00+01:00")


def refused(status: int, kind: str, **headers: str) -> Fault:
    reply = Refusal(status, {name.replace("_", "-"): value for name, value in headers.items()}, api_error(kind))
    return fault_of_refusal(reply, Circumstances(), now=lambda: NOON)


def test_a_short_wait_is_the_loops_and_a_long_one_the_persons() -> None:
    short = refused(429, "rate_limit_error", retry_after="23")
    assert (short.sentence(), short.transient, short.retry_after) == ("Rate limited.", True, 23.0)
    long = refused(429, "rate_limit_error", retry_after="900")
    assert (long.sentence(), long.transient) == ("Rate limit reached until 12:15.", False)
    assert refused(529, "overloaded_error", retry_after="900").sentence() == (
        "Claude is overloaded. Try again at 12:15."
    )


def test_clock_times() -> None:
    assert clock_time(60, NOON) == "12:01"
    assert clock_time(13 * 3600, NOON) == "Mon 01:00"
    assert clock_time(90_000, NOON) == ""


def test_the_servers_word_on_retrying_wins() -> None:
    assert not refused(529, "overloaded_error", x_should_retry="false").transient
    assert refused(500, "invalid_request_error", x_should_retry="true").transient
    assert not refused(500, "invalid_request_error").transient


def test_waits_double_up_to_a_limit_and_vary_by_a_quarter() -> None:
    policy = RetryPolicy(attempts=9)
    fault = Fault(FaultKind.OVERLOADED, "x", transient=True)
    for attempt, middle in [(2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 16)]:
        waits = [policy.wait_before(attempt, fault) for _ in range(200)]
        assert all(wait is not None and middle * 0.75 <= wait <= middle * 1.25 for wait in waits)
        assert len(set(waits)) > 100
    assert policy.wait_before(10, fault) is None


@pytest.mark.parametrize(("asked", "wait"), [(23.0, 23.0), (60.0, 60.0), (61.0, None)])
def test_the_servers_wish_is_followed_up_to_a_minute(asked: float, wait: float | None) -> None:
    fault = Fault(FaultKind.RATE_LIMITED, "x", transient=True, retry_after=asked)
    assert RetryPolicy().wait_before(2, fault) == wait


def test_what_will_not_change_is_not_repeated() -> None:
    assert RetryPolicy().wait_before(2, Fault(FaultKind.REJECTED_KEY, "x")) is None
