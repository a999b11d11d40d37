"""Stopping closes the connection at once, whatever the client was waiting for."""

import asyncio
from contextlib import aclosing

import pytest

from api.fault_server import START, TEXT_START, Asked, FaultServer, Reply, api_error, delta, refuses, sse
from api.harness import REQUEST, ask, client_for
from salon.chat.events import Retrying
from salon.chat.turn import RetryControl
from salon.claude.retry import RetryPolicy


@pytest.mark.parametrize("phase", ["before the headers", "before the first event", "in the text"])
async def test_cancelling_closes_the_socket(server: FaultServer, phase: str) -> None:
    waiting, gone = asyncio.Event(), asyncio.Event()

    async def handle(asked: Asked, reply: Reply) -> None:
        if phase != "before the headers":
            await reply.head()
        if phase == "in the text":
            await reply.chunk(sse(START, TEXT_START, delta("Hi")))
        waiting.set()
        if await reply.gone():
            gone.set()

    server.script(handle)
    client = client_for(server.url)
    await client.prepare()

    async def consume() -> None:
        async with aclosing(client.stream(REQUEST, RetryControl())) as events:
            async for _event in events:
                pass

    task = asyncio.create_task(consume())
    async with asyncio.timeout(2):
        await waiting.wait()
        await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await gone.wait()
    await client.aclose()


async def test_cancelling_a_wait_between_attempts(server: FaultServer) -> None:
    server.script(refuses(529, api_error("overloaded_error")))
    client = client_for(server.url, retries=RetryPolicy(base=1000.0, longest=1000.0))
    stream = client.stream(REQUEST, RetryControl())
    async for event in stream:
        if isinstance(event, Retrying):
            break
    task = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await stream.aclose()
    await client.aclose()
    assert len(server.asked) == 1


async def test_now_ends_the_wait_between_attempts(server: FaultServer) -> None:
    server.script(refuses(529, api_error("overloaded_error")))
    control = RetryControl()
    client = client_for(server.url, retries=RetryPolicy(attempts=3, base=1000.0, longest=1000.0))

    async def hurry() -> None:
        while len(server.asked) < 3:
            await asyncio.sleep(0.002)
            control.now()

    async with asyncio.timeout(5):
        outcome, _ = await asyncio.gather(ask(client, control=control), hurry())
    assert outcome.attempts == 3


async def test_cancelling_one_caller_leaves_the_preparation_to_the_others() -> None:
    client = client_for("http://127.0.0.1:9")
    first, second = asyncio.ensure_future(client.prepare()), asyncio.ensure_future(client.prepare())
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert first.cancelled()
    await client.aclose()


async def test_leaving_the_loop_early_closes_the_socket(server: FaultServer) -> None:
    gone = asyncio.Event()

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(START, TEXT_START, delta("Hi")))
        if await reply.gone():
            gone.set()

    server.script(handle)
    client = client_for(server.url)
    async with asyncio.timeout(2):
        async with aclosing(client.stream(REQUEST, RetryControl())) as events:
            async for event in events:
                if isinstance(event, dict) and event["type"] == "content_block_delta":
                    break
        await gone.wait()
    await client.aclose()
