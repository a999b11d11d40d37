"""Chats that come and go leave nothing in the process: no file, no thread, no task, no memory to speak of."""

import tracemalloc
from pathlib import Path

from endurance import Held, chat_once, library_in
from fakes import FakeClient
from salon.chat.session import Session
from salon.store.log import FileLog


async def test_chats_that_were_closed_are_held_by_nothing(tmp_path: Path) -> None:
    library, client = library_in(tmp_path), FakeClient()
    tracemalloc.start()
    try:
        for _ in range(8):
            await chat_once(library, client, 4)
        before = Held.now((Session, FileLog))
        for _ in range(24):
            await chat_once(library, client, 4)
        after = Held.now((Session, FileLog))
    finally:
        tracemalloc.stop()
    assert (after.files, after.threads, after.tasks) == (before.files, before.threads, before.tasks)
    assert after.counted == before.counted
    assert after.memory <= before.memory * 1.1
