"""SIGKILL while a person does anything: every chat opens, and every word that stood on the screen for a while is kept.

The person goes on with a chat that is there, and does one kind of thing over and over with random pauses: `KINDS`.
Each prompt has a word that is nowhere else. A prompt is on disk before it stands in the conversation, so none of those
may be missing; what was only typed may be `DRAFT_SECONDS` old on disk, and what the machine adds.

One round of each kind is run by default; `SALON_KILLS=400 pytest tests/pty/test_kill_anywhere.py` runs as many as that.
"""

import asyncio
import os
import random
import re
import time
from collections.abc import Callable, Sequence

import pytest

from exports import claude_chat, write_json
from home import Home
from salon.chat.ids import new_id
from salon.chat.library import SessionLog
from salon.store.importing.importer import Importer, Summary
from salon.store.importing.shelf import Shelf
from salon.store.library import FileLibrary
from store_support import closed, opened, prompt
from terminal import Terminal

DRAFT_SECONDS = 1.0
ENTER, ESC, RETRY, CONTINUE, EDIT, NEW_CHAT, NEXT_CHAT, OLDER, TREE, READ, STASH = (
    "\r",
    "\x1b",
    "\x1b[15~",
    "\x1b[17~",
    "\x1bOQ",
    "\x0e",
    "\x1b[24~",
    "\x1b[A",
    "\x1bj",
    "\x1b[Z",
    "\x1bs",
)
SUMMARISE, DROP_OLDEST, FRESH_CHAT = "\x18s", "\x18d", "\x18n"
_WORD = re.compile(r"word[a-z]{6}")
IMPORTED = 40
"""Chats in the file that is imported."""

Keys = Callable[[random.Random, str, Home], Sequence[str]]
"""What is pressed, given a word that is nowhere else."""

KINDS: dict[str, Keys] = {
    "typing": lambda chance, word, home: [f"{word} ", *(f"{word[4:]} " for _ in range(chance.randrange(9)))],
    "sending": lambda chance, word, home: [f"echo {word}", ENTER],
    "streaming": lambda chance, word, home: [f"long {word}", ENTER, f"queued {word}x", ENTER],
    "stopping": lambda chance, word, home: [f"long {word}", ENTER, "", ESC, chance.choice([CONTINUE, RETRY, ""])],
    "editing": lambda chance, word, home: [
        f"echo {word}",
        ENTER,
        EDIT,
        f" {word}x edited",
        chance.choice([ENTER, ESC]),
    ],
    "recalling": lambda chance, word, home: [f"echo {word}", ENTER, OLDER, " again", ENTER],
    "attaching": lambda chance, word, home: [f"echo {word}\n@{home.root}/attached.txt ", ENTER],
    "going": lambda chance, word, home: [f"echo {word}", chance.choice([ENTER, ""]), NEW_CHAT, NEXT_CHAT],
    "stashing": lambda chance, word, home: [f"echo {word}", STASH, f"echo {word}x", ENTER, STASH],
    "deleting": lambda chance, word, home: [f"echo {word}", ENTER, READ, *chance.choice(["d", "D", "du", "uu"]), ESC],
    "noting": lambda chance, word, home: [f"echo {word}", ENTER, "/note", ENTER, f"a note {word}x", ENTER],
    "compacting": lambda chance, word, home: [f"echo {word}", ENTER, "", chance.choice([SUMMARISE, DROP_OLDEST]), ESC],
    "beginning anew": lambda chance, word, home: [f"echo {word}", ENTER, "", FRESH_CHAT, f"echo {word}x", ENTER],
    "forking": lambda chance, word, home: [f"echo {word}", ENTER, "/fork", ENTER],
    "climbing": lambda chance, word, home: [
        f"echo {word}",
        ENTER,
        TREE,
        *chance.choice(["d", "dku", "kkf", "kd"]),
        "q",
    ],
    "importing": lambda chance, word, home: [
        f"echo {word}",
        ENTER,
        f"/import {home.root}/conversations.json",
        *"\r\r\r",
    ],
}
KILLS = int(os.environ.get("SALON_KILLS", len(KINDS)))


class Seen:
    """When each word was first on the screen, and which stood in a prompt that had been sent."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self.sent: set[str] = set()

    def look(self, terminal: Terminal) -> None:
        now = time.monotonic()
        if "Import chats" in terminal.text:
            return  # what is typed now goes into its field, which is no prompt
        for word in _WORD.findall(terminal.text):
            self._since.setdefault(word, now)
        for row in terminal.conversation:
            if row.startswith("▎"):
                self.sent.update(_WORD.findall(row))

    def older_than(self, seconds: float, now: float) -> set[str]:
        return {word for word, since in self._since.items() if now - since > seconds}


async def a_chat(library: FileLibrary) -> None:
    """A chat of three turns, as it would be from yesterday."""
    _, log = library.create()
    parent: str | None = None
    for number in range(3):
        asked, answered = new_id(), new_id()
        log.append(prompt(asked, parent, f"question {number}"))
        log.append({**opened(answered, asked), "model": "demo"})
        log.append(closed(answered, f"Answer {number}."), durable=True)
        parent = answered
    assert await log.close()


def on_disk(home: Home) -> tuple[str, str]:
    """What was sent, and all that a new start would show; every chat is opened for writing once."""
    library = home.library
    sent: list[str] = []
    written: list[str] = []
    for summary in library.list():
        conversation, log = library.open(summary.id)
        sent += [message.text for message in conversation.written.values()]
        written += [note.text for note in conversation.notes.values()]
        assert [notice for notice in conversation.notices if "ncomplete" not in notice] == []
        assert asyncio.run(close(log))
    for draft in (*home.drafts(), *library.stash().load()):
        written += [draft.text, *(waiting.text for waiting in draft.queued), draft.aside.text if draft.aside else ""]
    return "\n".join(sent), "\n".join([*sent, *written])


async def close(log: SessionLog) -> bool:
    return await log.close()


def imported_again(home: Home) -> Summary:
    """What the same import does once more."""
    paths = home.paths.for_demo()
    return Importer(Shelf(home.library, paths)).run([home.root / "conversations.json"])


@pytest.mark.parametrize(
    ("kind", "seed"), [(kind, number) for number in range(-(-KILLS // len(KINDS))) for kind in KINDS][:KILLS]
)
def test_words_outlive_the_process(
    home: Home, kind: str, seed: int, record_property: Callable[[str, object], None]
) -> None:
    chance, seen, worst = random.Random(f"{kind} {seed}"), Seen(), 0.0
    (home.root / "attached.txt").write_text("something attached " * 500, encoding="utf-8")
    if kind == "importing":
        write_json(home.root / "conversations.json", [claude_chat(f"chat-{number}") for number in range(IMPORTED)])
    asyncio.run(a_chat(home.library))
    with home.start("--demo", "-c", SALON_DEMO_PACE="0.3") as terminal:
        terminal.until("Answer 2.")
        end = time.monotonic() + chance.uniform(0.1, 2.5)
        now = 0.0
        while now <= end:
            word = "word" + "".join(chance.choice("abcdefghijk") for _ in range(6))
            for keys in KINDS[kind](chance, word, home):
                terminal.send(keys)
                pause = time.monotonic() + chance.choice([0.0, 0.02, 0.05, 0.3])
                while (now := time.monotonic()) < min(pause, end):
                    terminal.read(0.01)
                    worst = max(worst, time.monotonic() - now - 0.01)
                    seen.look(terminal)
                if now > end:
                    break
        killed = time.monotonic()
        terminal.kill()
    sent, written = on_disk(home)
    record_property("kind", kind)
    record_property("sent", len(seen.sent))
    assert {word for word in seen.sent if word not in sent} == set()
    old = seen.older_than(DRAFT_SECONDS + 0.2 + 2 * worst, killed)
    assert {word for word in old if word not in written} == set()
    if kind == "importing":
        imported_again(home)
        assert imported_again(home).known == IMPORTED
        assert len([chat for chat in home.library.list() if chat.title == "Why is the sky blue"]) == IMPORTED
