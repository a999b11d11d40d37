"""Servers that speak the Messages API in their own way, and servers gone mad: all end in a named state."""

import json
import random
from typing import Any

import httpx2
import pytest

from api.fault_server import BLOCK_STOP, ENDING, EVENT_STREAM, HELLO, START, STOP, TEXT_START, delta, sse
from api.harness import Outcome, ask, client_for


async def answered(body: bytes, content_type: str = EVENT_STREAM) -> Outcome:
    def handle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": content_type}, content=body)

    return await ask(client_for("http://127.0.0.1:8080", transport=lambda: httpx2.MockTransport(handle)))


def at(index: int, event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "index": index}


THINKING: dict[str, Any] = {
    "type": "content_block_start",
    "index": 0,
    "content_block": {"type": "thinking", "thinking": "", "signature": ""},
}


def of_block(kind: str, **fields: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": kind, **fields}}


async def test_llama_server_whose_signature_comes_late_and_empty() -> None:
    start = {
        **START,
        "message": {**START["message"], "id": "chatcmpl-x", "model": "smol", "usage": {"input_tokens": 4}},
    }
    body = b":\n\n" + sse(
        start,
        THINKING,
        of_block("thinking_delta", thinking="Hm"),
        at(1, TEXT_START),
        at(1, delta("Hi")),
        at(1, delta("!")),
        of_block("signature_delta", signature=""),
        BLOCK_STOP,
        at(1, BLOCK_STOP),
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": "END"}, "usage": {}},
        STOP,
    )
    outcome = await answered(body)
    assert outcome.fault is None
    assert list(outcome.answer().blocks()) == [
        {"type": "thinking", "thinking": "Hm", "signature": ""},
        {"type": "text", "text": "Hi!"},
    ]
    assert (outcome.answer().model, outcome.answer().unfinished()) == ("smol", ())


async def test_litellm_that_thinks_and_says_nothing() -> None:
    outcome = await answered(sse(START, ENDING, STOP))
    assert outcome.fault is None
    assert outcome.answer().blocks() == ()
    assert outcome.answer().complete


async def test_a_server_that_names_no_content_type() -> None:
    assert (await answered(sse(*HELLO), "application/octet-stream")).fault is None
    assert (await answered(sse(*HELLO), "text/plain")).fault is None


async def test_a_server_that_never_says_message_stop() -> None:
    outcome = await answered(sse(*HELLO[:-1]))
    assert outcome.fault is None
    assert outcome.payloads[-1] == STOP


async def test_the_last_event_without_its_blank_line() -> None:
    outcome = await answered(sse(*HELLO).rstrip(b"\n"))
    assert outcome.fault is None
    assert outcome.answer().complete


async def test_a_second_reply_behind_the_first_does_not_end_with_the_firsts_reason() -> None:
    outcome = await answered(sse(START, TEXT_START, delta("a"), BLOCK_STOP, ENDING, START, TEXT_START, delta("b")))
    assert outcome.fault is not None
    assert not outcome.answer().complete


MALICE = [
    b"\x00",
    b"\xff",
    b"\n",
    b"\r",
    b'"',
    b"{",
    b"}",
    b":",
    b"data:",
    b"event: error\n",
    b"\n\n",
    b"[DONE]",
    b"null",
]


@pytest.mark.parametrize("seed", range(6))
async def test_a_stream_damaged_at_random_ends_in_a_named_state(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        body = bytearray(sse(*HELLO))
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(body))
            body[place : place + chance.randrange(0, 30)] = chance.choice(MALICE)
        outcome = await answered(bytes(body))
        assert (outcome.fault is None) == outcome.answer().complete
        json.dumps(outcome.fault.to_record() if outcome.fault else outcome.answer().blocks())
