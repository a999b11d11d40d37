"""SIGKILL while a person does anything: every chat opens, and every word that stood on the screen for a while is kept.

The person types, sends, stops, retries, queues, edits an earlier prompt, attaches, goes to another chat and back; each
prompt has a word that is nowhere else. What was typed may be `DRAFT_SECONDS` old on disk, and what the machine adds.

A few rounds are run by default; `SALON_KILLS=200 pytest tests/pty/test_kill_anywhere.py` runs as many as that.
"""

import asyncio
import os
import random
import re
import time
from collections.abc import Iterator

import pytest

from home import Home
from terminal import Terminal

KILLS = int(os.environ.get("SALON_KILLS", "6"))
DRAFT_SECONDS = 1.0
ENTER, ESC, RETRY, CONTINUE, NEW_CHAT, NEXT_CHAT, EDIT = (
    "\r",
    "\x1b",
    "\x1b[15~",
    "\x1b[17~",
    "\x0e",
    "\x1b[24~",
    "\x1bOQ",
)
OLDER = "\x1b[A"
_WORD = re.compile(r"word[a-z]{6}")


class Seen:
    """When each word was first on the screen."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def look(self, terminal: Terminal) -> None:
        now = time.monotonic()
        for word in _WORD.findall(terminal.text):
            self._since.setdefault(word, now)

    def older_than(self, seconds: float, now: float) -> set[str]:
        return {word for word, since in self._since.items() if now - since > seconds}


def steps(chance: random.Random, home: Home) -> Iterator[str]:
    """Keys of somebody who does everything, for ever."""
    while True:
        word = "word" + "".join(chance.choice("abcdefghijk") for _ in range(6))
        yield f"echo {word} "
        yield from chance.choice(
            [
                [ENTER],
                [ENTER, f"echo {word}x", ENTER],
                [ENTER, ESC],
                [ENTER, RETRY],
                [ENTER, ESC, CONTINUE],
                [ENTER, OLDER, " again", ENTER],
                [ENTER, EDIT, " edited", ENTER],
                [ENTER, NEW_CHAT],
                [NEW_CHAT],
                [NEXT_CHAT],
                [f"\n@{home.root}/attached.txt ", ENTER],
                [],
            ]
        )


def on_disk(home: Home) -> str:
    """Everything the person wrote that a new start would show: every chat is opened for writing once."""
    library = home.library
    written: list[str] = []
    for summary in library.list():
        conversation, log = library.open(summary.id)
        written += [message.text for message in conversation.written.values()]
        assert asyncio.run(log.close())
    for draft in home.drafts():
        written += [draft.text, *(waiting.text for waiting in draft.queued), draft.aside.text if draft.aside else ""]
    return "\n".join(written)


@pytest.mark.parametrize("seed", range(KILLS))
def test_words_outlive_the_process(home: Home, seed: int) -> None:
    chance, seen, worst = random.Random(seed), Seen(), 0.0
    (home.root / "attached.txt").write_text("something attached", encoding="utf-8")
    with home.start("--demo", SALON_DEMO_PACE="0.3") as terminal:
        terminal.until("A new chat with")
        end = time.monotonic() + chance.uniform(0.5, 3.5)
        for keys in steps(chance, home):
            terminal.send(keys)
            pause = time.monotonic() + chance.choice([0.0, 0.05, 0.3])
            while (now := time.monotonic()) < pause:
                terminal.read(0.01)
                worst = max(worst, time.monotonic() - now - 0.01)
                seen.look(terminal)
            if now > end:
                break
        killed = time.monotonic()
        terminal.kill()
    kept = on_disk(home)
    assert {word for word in seen.older_than(DRAFT_SECONDS + 0.2 + 2 * worst, killed) if word not in kept} == set()
