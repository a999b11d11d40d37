"""SIGKILL at random moments of a stream: the session opens, the prompt is there, and all but the last of the text.

The promise is that what was shown is on disk at most 250 ms later. That is the time of a timer in the app, so a test
can hold it only to 250 ms and what the machine adds: a timer that fires late, a thread that is woken late, a write. How
late timers are is measured meanwhile, in this process, which shares the cores with the app: `slack` is twice the worst
of it (the timer and the writer's thread are woken one after the other) and 50 ms for the write and the terminal.

A few rounds are run by default; `SALON_KILLS=50 pytest tests/pty/test_kill.py` runs as many as that: three of five with
`salon -p`, in a new chat or in one that is there, whose output is compared byte for byte; one of five on the screen,
compared by what can be read on it; and one of five with `salon import`.
"""

import asyncio
import os
import random
import re
import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from exports import claude_chat, write_json
from home import Home
from salon.chat.conversation import Status
from salon.store.importing.importer import Importer
from salon.store.importing.shelf import Shelf
from salon.store.library import FileLibrary
from store_support import closed, opened, prompt
from terminal import Terminal

CHECKPOINT = 0.25
FRAME = 0.05
KILLS = int(os.environ.get("SALON_KILLS", "10"))
PACE = "0.3"
CHATS = 40
"""In the file that is imported."""
LATEST = 1.5
"""Seconds after the first word at which the app is killed at the latest; the answer would take five."""


class Stopwatch:
    """Sleeps in small steps and knows how late the worst of them ended."""

    def __init__(self) -> None:
        self.slack = 0.05
        self._worst = 0.0

    def step(self, read: Callable[[float], bool], seconds: float = 0.005) -> None:
        """Call `read` with a time-out; what it reads takes no time that matters."""
        before = time.monotonic()
        if not read(seconds):
            self._worst = max(self._worst, time.monotonic() - before - seconds)
            self.slack = 0.05 + 2 * self._worst


def assert_kept(home: Home, record: Callable[[str, object], None], before: int = 0) -> str:
    """The session opens for writing and has the prompt behind `before` other messages; the text of its answer."""
    library = home.library
    (summary,) = library.list()
    conversation, log = library.open(summary.id)
    try:
        prompt, answer = list(conversation.messages.values())[before:]
        assert (prompt.role, prompt.text) == ("user", "long")
        assert answer.role == "assistant"
        assert answer.status is (Status.INTERRUPTED if answer.text else Status.ERROR)
        assert conversation.notices == () or "ncomplete" in " ".join(conversation.notices)
    finally:
        asyncio.run(log.close())
    record("characters kept", len(answer.text))
    return answer.text


@pytest.mark.parametrize("number", range(KILLS - 2 * (KILLS // 5)))
def test_a_print_that_is_killed(home: Home, number: int, record_property: Callable[[str, object], None]) -> None:
    moment = random.Random(number).uniform(0, LATEST)
    read, write = os.pipe()
    there = number % 2
    going_on = ["--session", asyncio.run(a_chat(home.library))] if there else []
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        process = home.warm().start(
            ["--demo", *going_on, "-p", "long"], home.environment(SALON_DEMO_PACE=PACE), (nothing.fileno(), write, 2)
        )
    os.close(write)
    shown: list[tuple[float, bytes]] = []
    watch = Stopwatch()

    def take(seconds: float) -> bool:
        ready = bool(select.select([read], [], [], seconds)[0])
        if ready:
            shown.append((time.monotonic(), os.read(read, 65536)))
        return ready

    while not shown:
        take(10)
    while time.monotonic() < shown[0][0] + moment:
        watch.step(take)
    killed = time.monotonic()
    os.kill(process.pid, 9)
    assert process.wait(10) == -9
    os.close(read)

    kept = assert_kept(home, record_property, 2 * there).encode()
    everything = b"".join(piece for _, piece in shown)
    assert everything.startswith(kept[: len(everything)]), "what is kept is what was shown"
    length, oldest_loss = 0, 0.0
    for at, piece in shown:
        length += len(piece)
        if length > len(kept):
            oldest_loss = killed - at
            break
    record_property("seconds lost", round(oldest_loss, 3))
    assert oldest_loss <= CHECKPOINT + watch.slack


@pytest.mark.parametrize("number", range(KILLS // 5))
def test_a_screen_that_is_killed(home: Home, number: int, record_property: Callable[[str, object], None]) -> None:
    moment = random.Random(1_000 + number).uniform(0, LATEST)
    watch = Stopwatch()
    pictures: list[tuple[float, set[str]]] = []
    with home.start("--demo", "long", SALON_DEMO_PACE=PACE) as terminal:
        terminal.until("This answer is long")
        start = time.monotonic()
        while time.monotonic() < start + moment:
            watch.step(terminal.read)
            pictures.append((time.monotonic(), readable(terminal)))
        killed = time.monotonic()
        terminal.kill()
    kept = letters(assert_kept(home, record_property))
    lost = [
        killed - at
        for (at, rows), (_, rows_after) in zip(pictures, after_a_frame(pictures), strict=False)
        if any(row not in kept for row in rows & rows_after)
    ]
    record_property("seconds lost", round(max(lost, default=0.0), 3))
    assert max(lost, default=0.0) <= CHECKPOINT + watch.slack


@pytest.mark.parametrize("number", range(KILLS // 5))
def test_an_import_that_is_killed(home: Home, number: int, record_property: Callable[[str, object], None]) -> None:
    place = write_json(home.root / "conversations.json", [claude_chat(f"chat-{each}") for each in range(CHATS)])
    with open(os.devnull, "rb") as nothing, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        streams = (nothing.fileno(), nowhere.fileno(), nowhere.fileno())
        process = home.warm().start(["import", str(place)], home.environment(), streams)
    time.sleep(random.Random(number).uniform(0, 0.5))
    with suppress(ProcessLookupError):  # on a quick machine it may be done
        os.kill(process.pid, 9)
    process.wait(10)

    library = FileLibrary(home.paths)
    whole = [len(library.read(chat.id).messages) for chat in library.list()]
    record_property("chats that had come", len(whole))
    assert set(whole) <= {4}, "a chat is there whole or not at all"
    for new in (CHATS - len(whole), 0):
        summary = Importer(Shelf(library, home.paths)).run([place])
        assert (summary.new, summary.known) == (new, CHATS - new)


async def a_chat(library: FileLibrary) -> str:
    """A chat with a prompt and an answer; its id."""
    conversation, log = library.create()
    log.append(prompt("p1", None, "before"))
    log.append(opened("a1", "p1"))
    log.append(closed("a1", "An answer."), durable=True)
    assert await log.close()
    return conversation.id


def after_a_frame(pictures: list[tuple[float, set[str]]]) -> Iterator[tuple[float, set[str]]]:
    """For each picture the one a frame later, as far as there is one.

    A picture may be taken in the middle of a frame, when a row is half of an old line and half of a new one. What a
    person could read stays for more than a frame.
    """
    rest = iter(pictures)
    later = next(rest, None)
    for at, _ in pictures:
        while later is not None and later[0] < at + FRAME:
            later = next(rest, None)
        if later is None:
            return
        yield later


def readable(terminal: Terminal) -> set[str]:
    """The rows of the answer, as far as they are words and not Markdown."""
    return {letters(row) for row in terminal.conversation if row.startswith("  ")}


def letters(text: str) -> str:
    """What of a text is neither blank nor mark, so that source and picture can be compared."""
    return re.sub(r"[\W_]", "", text)
