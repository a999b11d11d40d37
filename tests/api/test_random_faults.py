"""A random fault at a random byte of an answer, over a real socket: no crash, nothing that was shown is lost.

Every turn must end in a named state, what was shown must be on disk, and a repeated request must not double anything.
The suite runs a few; `SALON_NETWORK_FAULTS=2000 pytest tests/api/test_random_faults.py` as many as that.
"""

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from api.fault_server import (
    BLOCK_STOP,
    ENDING,
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
)
from api.harness import client_for
from salon.chat.conversation import Status, path
from salon.chat.events import Finished
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.claude.sdk import Timeouts
from salon.paths import Paths
from salon.store.library import FileLibrary

RUNS = int(os.environ.get("SALON_NETWORK_FAULTS", "40"))
IN_ONE_TEST = 10
WORDS = [f"wörd{number}€ 🎈" for number in range(40)]
EVENTS = (START, TEXT_START, *map(delta, WORDS), BLOCK_STOP, ENDING, STOP)
BODY = b"".join(f"data: {json.dumps(event, ensure_ascii=False)}\r\n\r\n".encode() for event in EVENTS)
"""A cut may fall into a character, and between the two that end a line."""
ANSWER = "".join(WORDS)

Ending = Callable[[Reply], Awaitable[None]]


async def reset(reply: Reply) -> None:
    reply.reset()


async def close(reply: Reply) -> None:
    raise ConnectionError


async def end_well(reply: Reply) -> None:
    await reply.end()


async def stall(reply: Reply) -> None:
    await reply.gone()


async def garbage(reply: Reply) -> None:
    await reply.chunk(b"event: content_block_delta\ndata: {not json\n\n")
    await reply.end()


async def broken_chunk(reply: Reply) -> None:
    await reply.raw(b"zz\r\n")
    raise ConnectionError


async def overloaded(reply: Reply) -> None:
    await reply.chunk(b"\n\n" + sse({**api_error("overloaded_error")}))
    await reply.end()


async def invented(reply: Reply) -> None:
    await reply.chunk(b"\n\n" + sse({"type": "something_new", "index": 10**9}))
    await reply.end()


ENDINGS: list[Ending] = [reset, close, end_well, stall, garbage, broken_chunk, overloaded, invented]
REFUSALS = [
    refuses(529, api_error("overloaded_error")),
    refuses(500, "<html>oops</html>", "text/html"),
    refuses(503, ""),
    refuses(429, api_error("rate_limit_error"), retry_after="0"),
    refuses(200, "<html><form>Sign in to the Wi-Fi</form></html>", "text/html"),
    refuses(511, "<html>Sign in</html>", "text/html"),
    refuses(307, "", "text/plain", location="http://["),
    refuses(200, b"\x1f\x8b\x08 no gzip at all", content_encoding="gzip"),
    refuses(401, api_error("authentication_error")),
    refuses(413, "<html>too large</html>", "text/html"),
]


def cut(at: int, size: int, ending: Ending) -> Handler:
    """The answer up to a byte, in pieces of a size, and then what is to happen."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        for start in range(0, at, size):
            await reply.chunk(BODY[start : min(start + size, at)])
            await asyncio.sleep(0)
        await ending(reply)

    return handle


def handlers(chance: random.Random) -> list[Handler]:
    """What the server does to one request after the other."""
    faults: list[Handler] = []
    for _ in range(chance.randrange(1, 4)):
        if chance.random() < 0.3:
            faults.append(chance.choice(REFUSALS))
        else:
            faults.append(cut(chance.randrange(len(BODY)), chance.choice([1, 7, 100, 5000]), chance.choice(ENDINGS)))
    return [*faults, cut(len(BODY), 1000, end_well)]


async def ask_through(server: FaultServer, home: Path, chance: random.Random) -> None:
    server.script(*handlers(chance))
    library = FileLibrary(Paths(home / "config", home / "state", home / "cache"))
    conversation, log = library.create()
    session = Session(conversation, log, Parameters(model=ModelInfo(id="m")), library.blobs)
    client = client_for(server.url, timeouts=Timeouts(read=0.05))
    await session.submit("a prompt")
    shown, finished = "", 0
    async with aclosing(session.answer(client)) as turn:
        async for event in turn:
            finished += isinstance(event, Finished)
            if session.turn is not None and not finished:
                # A retry may begin anew, but only what nobody has read.
                text = session.turn.message().text
                assert text.startswith(shown)
                shown = text
    await client.aclose()
    assert await log.close()
    assert finished == 1
    prompt, answer = path(library.read(session.id))
    assert answer.status in {Status.COMPLETE, Status.INTERRUPTED, Status.ERROR}
    assert answer.text.startswith(shown)
    assert ANSWER.startswith(answer.text)
    assert (answer.status is Status.COMPLETE) == (answer.text == ANSWER and answer.fault is None)
    assert answer.fault is None or answer.fault["what"]
    assert prompt.text == "a prompt"
    assert [len(asked.json()["messages"]) for asked in server.asked] == [1] * len(server.asked)
    assert len(server.asked) <= 5


@pytest.mark.parametrize("first", range(0, RUNS, IN_ONE_TEST))
async def test_a_random_fault_at_a_random_byte(server: FaultServer, tmp_path: Path, first: int) -> None:
    for seed in range(first, min(first + IN_ONE_TEST, RUNS)):
        await ask_through(server, tmp_path / str(seed), random.Random(seed))
