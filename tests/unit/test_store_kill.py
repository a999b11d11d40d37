"""SIGKILL at any moment: what was acknowledged is there, the rest is a prefix, and the session goes on."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from salon.chat.ids import new_id
from salon.chat.library import SessionLog
from salon.paths import Paths
from salon.store.library import FileLibrary
from store_support import text_delta

WRITER = """
import asyncio, os, sys
from pathlib import Path
from salon.paths import Paths
from salon.store.library import FileLibrary
from store_support import opened, part, prompt, text_delta, text_events

async def main():
    root = Path(sys.argv[1])
    conversation, log = FileLibrary(Paths(root / "config", root / "state", root / "cache")).create()
    os.write(1, conversation.id.encode() + b"\\n")
    await log.append(prompt("p1", None, "ask"), durable=True)
    await log.append(opened("a1", "p1"), durable=True)
    await log.append(part("a1", 0, text_events()))
    for number in range(1, 100_000):
        text = f"{number} " * (number % 700)
        await log.append(part("a1", number, [text_delta(text)]), durable=number % 50 == 0)
        os.write(1, b"%d\\n" % number)

asyncio.run(main())
"""


def told(number: int) -> str:
    return f"{number} " * (number % 700)


@pytest.mark.parametrize("seed", range(20))
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
        assert writer.stdout is not None
        session_id = writer.stdout.readline().decode().strip()
        heard = [writer.stdout.readline() for _ in range(chance.randrange(1, 400))]
        writer.kill()
        acknowledged = int((heard + writer.stdout.read().splitlines())[-1])
    library = FileLibrary(Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache"))
    conversation, log = library.open(session_id)
    text = conversation.messages["a1"].text
    everything = "".join(told(number) for number in range(1, acknowledged + 3))
    assert text.startswith("".join(told(number) for number in range(1, acknowledged + 1)))
    assert everything.startswith(text)
    assert len(conversation.notices) <= 1
    _go_on(log, library, session_id, text)


def _go_on(log: SessionLog, library: FileLibrary, session_id: str, text: str) -> None:
    async def say() -> None:
        record = {"k": "msg", "id": new_id(), "parent": "a1", "role": "user", "content": "and on"}
        assert await log.append(record, durable=True)
        assert await log.append({"k": "part", "of": "a1", "n": -1, "events": [text_delta("")]})
        assert await log.close()

    asyncio.run(say())
    conversation = library.read(session_id)
    assert [message.text for message in conversation.messages.values()] == ["ask", text, "and on"]
    assert conversation.notices == ()
