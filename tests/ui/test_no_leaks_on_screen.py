"""Chats opened and closed on the screen: their screens, workers and files are gone; `SALON_OPENINGS=200` opens more."""

import asyncio
import os
import tracemalloc
from functools import partial
from pathlib import Path

from textual.worker import Worker

from endurance import Held
from fakes import whole
from salon.chat.session import Session
from salon.store.log import FileLog
from salon.ui.chat import ChatScreen
from salon.ui.transcript import Transcript
from ui.driver import Person, salon

OPENINGS = int(os.environ.get("SALON_OPENINGS", "8"))
WARM = 4
TRACED = "SALON_TRACED" in os.environ
"""Tracing memory makes everything three times slower."""
HELD = (ChatScreen, Transcript, Session, FileLog, Worker)


def _is_another(person: Person, left: ChatScreen) -> bool:
    return person.chat is not left and person.chat.session is not None


async def chats(person: Person, count: int) -> Held:
    """Have a short chat and leave it for a new one, some times over."""
    for number in range(count):
        await person.say(f"prompt {number}", *whole(f"answer {number} ", "in some words " * 10))
        await person.answer_arrives()
        left = person.chat
        await person.press("ctrl+n")
        await person.sees(partial(_is_another, person, left), "a new chat")
        await person.sees(lambda: len(person.app.chats) == 1, "the old one closed")
        del left
    person.client.requests.clear()
    await asyncio.sleep(0)
    return Held.now(HELD)


async def test_a_chat_that_was_left_leaves_nothing_behind(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        if TRACED:
            tracemalloc.start()
        try:
            before = await chats(person, WARM)
            after = await chats(person, OPENINGS)
        finally:
            tracemalloc.stop()
    assert dict(zip(HELD, after.counted, strict=True)) == dict(zip(HELD, before.counted, strict=True))
    assert after.files == before.files
    assert after.tasks <= before.tasks + 4  # some are about to end; one a chat would be more
    assert after.threads <= before.threads + 1  # the pool of threads grows when two are wanted at once
    assert after.memory - before.memory <= OPENINGS * 20_000, "what is shown of a list grows by each chat, no more"
