"""One attempt, whole or broken: what comes out of the client for what goes over the wire."""

import asyncio
import json
import random
from typing import Any

import pytest

from api.fault_server import (
    BLOCK_STOP,
    ENDING,
    EVENT_STREAM,
    HELLO,
    START,
    STOP,
    TEXT_START,
    Asked,
    FaultServer,
    Reply,
    api_error,
    delta,
    refuses,
    sse,
    streams,
)
from api.harness import ask, client_for
from salon.chat.events import Connected, Connecting
from salon.errors import FaultKind


def text_of(outcome: Any) -> str:
    return "".join(block.get("text", "") for block in outcome.answer().blocks())


async def test_every_payload_comes_out_as_it_went_in(server: FaultServer) -> None:
    server.script(streams(request_id="req_9", anthropic_ratelimit_requests_remaining="7"))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is None
    assert outcome.events[0] == Connecting(1, 5)
    assert outcome.events[1] == Connected("req_9", {"requests-remaining": "7"})
    assert outcome.payloads == list(HELLO)
    assert text_of(outcome) == "Hello world"


async def test_what_is_sent(server: FaultServer) -> None:
    server.script(streams())
    await ask(client_for(server.url + "/some/path/v1/"))
    [asked] = server.asked
    assert asked.path == "/some/path/v1/messages"
    assert asked.headers["authorization"].startswith("Bearer sk-ant-")
    assert "x-api-key" not in asked.headers
    body = asked.json()
    assert body.pop("stream") is True
    assert body == {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hello?"}]}


async def test_body_keys_that_the_sdk_does_not_know_are_sent(server: FaultServer) -> None:
    from api.harness import REQUEST
    from salon.chat.turn import Request

    server.script(streams())
    await ask(client_for(server.url), Request({**REQUEST.body, "hologram": {"depth": 3}}))
    assert server.asked[0].json()["hologram"] == {"depth": 3}


UNKNOWN: list[list[dict[str, Any]]] = [
    [START, {"type": "shiny_event", "n": 1}, TEXT_START, delta("x"), BLOCK_STOP, ENDING, STOP],
    [
        START,
        TEXT_START,
        {"type": "content_block_delta", "index": 0, "delta": {"type": "smell_delta"}},
        BLOCK_STOP,
        STOP,
    ],
    [
        START,
        {"type": "content_block_start", "index": 0, "content_block": {"type": "hologram", "w": 2}},
        BLOCK_STOP,
        STOP,
    ],
    [START, {"type": "message_delta", "delta": {"stop_reason": "bored"}, "usage": {}}, STOP],
    [{"type": "ping"}, START, TEXT_START, delta("x"), BLOCK_STOP, ENDING, STOP],
    [START, {"type": "content_block_stop", "index": 77}, {"type": "message_delta"}, STOP],
    [START, STOP],
]


@pytest.mark.parametrize("events", UNKNOWN)
async def test_the_unknown_is_passed_on(server: FaultServer, events: list[dict[str, Any]]) -> None:
    server.script(streams(*events))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is None
    assert outcome.payloads == events
    assert outcome.answer().complete


def written(how: str) -> bytes:
    if how == "CRLF":
        return sse(*HELLO).replace(b"\n", b"\r\n")
    if how == "CR":
        return sse(*HELLO).replace(b"\n", b"\r")
    if how == "without event lines":
        return b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in HELLO)
    if how == "comments and ids":
        return b": hello\n\n:\n\nid: 4\nretry: 3\n\n" + sse(*HELLO)
    if how == "no type inside":
        return b"".join(
            f"event: {event['type']}\ndata: {json.dumps({k: v for k, v in event.items() if k != 'type'})}\n\n".encode()
            for event in HELLO
        )
    if how == "[DONE]":
        return sse(*HELLO[:-1]) + b"data: [DONE]\n\n"
    if how == "data over two lines":
        return sse(*HELLO).replace(b'"type": "ping"', b'"type":\ndata: "ping"')
    assert how == "bare ping"
    return b"event: ping\ndata:\n\n" + sse(*HELLO)


@pytest.mark.parametrize(
    "how",
    [
        "CRLF",
        "CR",
        "without event lines",
        "comments and ids",
        "no type inside",
        "[DONE]",
        "data over two lines",
        "bare ping",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 4096])
async def test_every_spelling_of_the_format_in_pieces_of_any_size(server: FaultServer, how: str, size: int) -> None:
    data = written(how).replace(b"world", "wörld €🎈".encode())

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        for start in range(0, len(data), size):
            await reply.chunk(data[start : start + size])
        await reply.end()

    server.script(handle)
    outcome = await ask(client_for(server.url))
    assert outcome.fault is None
    assert text_of(outcome) == "Hello wörld €🎈"
    assert outcome.answer().complete


CUTS = range(len(HELLO))


@pytest.mark.parametrize("ending", ["clean", "fin", "rst"])
@pytest.mark.parametrize("cut", CUTS)
async def test_a_stream_cut_between_events(server: FaultServer, cut: int, ending: str) -> None:
    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*HELLO[:cut]))
        if ending == "clean":
            await reply.end()
        elif ending == "rst":
            await asyncio.sleep(0.005)  # a reset overtakes what is still in the socket's buffer
            reply.reset()
        else:
            raise ConnectionError

    server.script(handle)
    outcome = await ask(client_for(server.url))
    begun = cut > 3
    if cut >= HELLO.index(ENDING) + 1:
        assert outcome.fault is None
        assert outcome.answer().complete
        return
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.DROPPED
    assert outcome.attempts == (1 if begun else 3)
    assert outcome.fault.actions == (("continue", "retry") if begun else ("retry",))
    assert not outcome.answer().complete


async def test_a_stream_cut_at_any_byte_ends_in_a_named_state(server: FaultServer) -> None:
    data = sse(*HELLO)
    chance = random.Random(5)
    for cut in sorted(chance.sample(range(len(data)), 40)):

        async def handle(asked: Asked, reply: Reply, cut: int = cut) -> None:
            await reply.head()
            await reply.chunk(data[:cut])
            raise ConnectionError

        server.script(handle)
        outcome = await ask(client_for(server.url))
        assert (outcome.fault is None) == outcome.answer().complete
        assert outcome.fault is None or outcome.fault.kind is FaultKind.DROPPED
        assert "Hello world".startswith(text_of(outcome))


async def test_a_connection_that_lingers_after_the_end_is_not_waited_for(server: FaultServer) -> None:
    left = asyncio.Event()

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*HELLO))
        await reply.gone()
        left.set()

    server.script(handle)
    async with asyncio.timeout(2):
        outcome = await ask(client_for(server.url))
        await left.wait()
    assert outcome.fault is None


async def test_a_connection_that_ends_properly_is_used_again(server: FaultServer) -> None:
    from contextlib import aclosing

    from api.harness import REQUEST
    from salon.chat.turn import RetryControl

    server.script(streams())
    client = client_for(server.url)
    for _ in range(3):
        async with aclosing(client.stream(REQUEST, RetryControl())) as events:
            async for _event in events:
                pass
    await client.aclose()
    assert (server.connections, len(server.asked)) == (1, 3)


GARBAGE = [
    b"data: {not json\n\n",
    b"data: [1]\n\n",
    b"event: x\ndata: \xff\xfe\n\n",
    b"data: " + b"[" * 99_999 + b"\n\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("begun", [False, True])
async def test_garbage(server: FaultServer, garbage: bytes, begun: bool) -> None:
    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.whole(200, (sse(START, TEXT_START, delta("Hi")) if begun else b"") + garbage)

    server.script(handle)
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.GARBLED
    assert outcome.fault.what == f"{server.url[7:]} sent something that cannot be read."
    assert outcome.attempts == (1 if begun else 3)


async def test_a_body_that_claims_to_be_compressed(server: FaultServer) -> None:
    server.script(refuses(200, sse(*HELLO), EVENT_STREAM, content_encoding="gzip"))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.GARBLED


async def test_another_protocol_is_not_the_api(server: FaultServer) -> None:
    chunk = {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hi"}}]}
    data = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
    server.script(refuses(200, data, EVENT_STREAM))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.NOT_THE_API
    assert outcome.attempts == 1


MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "mock",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "text", "text": "Hello", "citations": None},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"a": [1]}},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 5, "output_tokens": 6},
}


async def test_a_whole_message_in_place_of_a_stream(server: FaultServer) -> None:
    server.script(refuses(200, MESSAGE))
    outcome = await ask(client_for(server.url))
    answer = outcome.answer()
    assert outcome.fault is None
    assert list(answer.blocks()) == MESSAGE["content"]
    assert (answer.complete, answer.stop_reason, answer.usage) == (True, "end_turn", MESSAGE["usage"])


@pytest.mark.parametrize("body", [{}, {"ok": True}, [], "", "nonsense"])
async def test_json_that_is_no_message(server: FaultServer, body: object) -> None:
    server.script(refuses(200, body, "application/json"))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind in (FaultKind.NOT_THE_API, FaultKind.GARBLED)


async def test_a_first_event_that_is_an_error(server: FaultServer) -> None:
    body = b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}       }\n\n'
    server.script(refuses(200, body, EVENT_STREAM), streams())
    outcome = await ask(client_for(server.url))
    assert outcome.fault is None
    assert [retry.reason for retry in outcome.retries] == [f"{server.url[7:]} is overloaded."]


ERRORS = [
    (b"event: error\ndata: not json\n\n", FaultKind.SERVER_ERROR, 5),
    (b'event: error\ndata: {"error": {"type": "api_error", "message": "x"}}\n\n', FaultKind.SERVER_ERROR, 5),
    (b'data: {"type": "error", "error": {"type": "rate_limit_error"}}\n\n', FaultKind.RATE_LIMITED, 5),
    (b'event: error\ndata: {"message": "boom"}\n\n', FaultKind.SERVER_ERROR, 5),
    (sse(api_error("invalid_request_error", "prompt is too long: 9 tokens > 8")), FaultKind.CONTEXT_OVERFLOW, 1),
]


@pytest.mark.parametrize(("body", "kind", "attempts"), ERRORS)
async def test_errors_inside_a_stream(server: FaultServer, body: bytes, kind: FaultKind, attempts: int) -> None:
    server.script(refuses(200, body, EVENT_STREAM))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.attempts) == (kind, attempts)
