"""Windows of several processes that all write in one directory, and a sync program that writes there as well.

    python busy_windows.py FOLDER NAME SEED STEPS SESSION      (in tests/)

is one window that does random things. It says on standard output what it was told to be saved, a line each as JSON:
`said` a prompt, `marked` a key of the shared session, `aside` and `back` what was put aside and taken back, `set` a
setting and its value. Whatever is done to it afterwards, that has to be there.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from salon.chat.draft import Draft
from salon.chat.ids import new_id
from salon.chat.library import SessionLog
from salon.errors import SalonError
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.store.settings_file import FileSettings
from store_support import prompt

SETTINGS = {"one": "measure", "two": "recall", "three": "attempts"}
"""The setting that each window changes."""


def paths_in(folder: Path) -> Paths:
    """A person's places below a folder."""
    return Paths(folder / "config", folder / "state", folder / "cache")


class Window:
    """One window, which may have several sessions open; `tell` hears what was said to be saved."""

    def __init__(self, paths: Paths, name: str, shared: str, tell: Callable[[str, str], None]) -> None:
        self._paths = paths
        self._name = name
        self._shared = shared
        self._tell = tell
        self._library = FileLibrary(paths)
        self._open: dict[str, SessionLog] = {}
        self._own: list[str] = []
        self._aside: list[str] = []
        self._count = 0
        self.steps: Sequence[Callable[[], Awaitable[None]]] = (
            self.begin, self.enter, self.take_over, self.say, self.say, self.say, self.leave, self.mark,
            self.put_aside, self.take_back, self.change_setting, self.draft, self.fork, self.throw_away, self.compact,
            self.list, self.look,
        )  # fmt: skip

    async def step(self, number: int) -> None:
        """Do one thing. What cannot be done at the moment is refused, and nothing worse."""
        with suppress(SalonError):
            await self.steps[number % len(self.steps)]()

    async def close(self) -> None:
        """Leave all sessions."""
        while self._open:
            await self.leave()

    def _word(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"

    async def begin(self) -> None:
        """A new chat, with a first prompt."""
        conversation, log = self._library.create()
        self._own.append(conversation.id)
        self._open[conversation.id] = log
        await self._append(log)

    async def enter(self) -> None:
        """Open the shared chat."""
        if self._shared not in self._open:
            self._open[self._shared] = self._library.open(self._shared)[1]

    async def take_over(self) -> None:
        """Open it although another window has it."""
        if self._shared not in self._open:
            self._open[self._shared] = self._library.open(self._shared, take_over=True)[1]

    async def say(self) -> None:
        """Send a prompt in the chat that was opened last."""
        for log in list(self._open.values())[-1:]:
            await self._append(log)

    async def _append(self, log: SessionLog) -> None:
        word = self._word()
        if await log.append(prompt(new_id(), None, word), durable=True):
            self._tell("said", word)

    async def leave(self) -> None:
        """Close the chat that was opened first."""
        for session_id in list(self._open)[:1]:
            assert await self._open.pop(session_id).close()

    async def mark(self) -> None:
        """Set a key of the shared chat, as a list does that changes a title."""
        word = self._word()
        self._library.change(self._shared, word, word)
        self._tell("marked", word)

    async def put_aside(self) -> None:
        """Put a draft aside."""
        word = self._word()
        self._library.stash().push(Draft(word))
        self._aside.append(word)
        self._tell("aside", word)

    async def take_back(self) -> None:
        """Take the last of them back."""
        if self._aside:
            word = self._aside.pop()
            self._tell("back", word)
            self._library.stash().drop(Draft(word))

    async def change_setting(self) -> None:
        """Change this window's setting. A new `FileSettings` has not seen what others changed since."""
        self._count += 1
        value = 1 + self._count % 20
        FileSettings(self._paths.settings_file, {}, locks=self._paths.locks).keep(SETTINGS[self._name], value)
        self._tell("set", f"{SETTINGS[self._name]} = {value}")

    async def draft(self) -> None:
        """Save a draft of an own chat."""
        for session_id in self._own[-1:]:
            self._library.save_draft(session_id, Draft(self._word()))

    async def fork(self) -> None:
        """Make a chat of the shared one."""
        self._own.append(self._library.fork(self._shared))

    async def throw_away(self) -> None:
        """Throw an own chat away that is not open, and bring it back."""
        for session_id in [each for each in self._own if each not in self._open][-1:]:
            self._library.trash(session_id)
            self._library.restore(session_id)

    async def compact(self) -> None:
        """Make the shared chat smaller."""
        self._library.compact(self._shared)

    async def list(self) -> None:
        """Look at all chats."""
        self._library.list()

    async def look(self) -> None:
        """See what others have done to the chats that are open."""
        for log in self._open.values():
            log.look()


class SyncProgram:
    """Has an older version of a file take its place, and keeps the replaced one as a conflict copy."""

    def __init__(self, paths: Paths, shared: str) -> None:
        self._file = FileLibrary(paths).path_of(shared)
        self._older = self._file.read_bytes()
        self._number = 0

    def step(self, number: int) -> None:
        """Do one thing."""
        (self.replace, self.remove, self.remember, self.append)[number % 4]()

    def _copy(self) -> Path:
        self._number += 1
        return self._file.with_name(f"{self._file.stem}.sync-conflict-20261122-{self._number:06}-ABCDEFG.jsonl")

    def replace(self) -> None:
        """The older version comes back; what was there becomes a copy."""
        fresh = self._file.with_name("fresh.tmp")
        fresh.touch(mode=0o600)
        fresh.write_bytes(self._older)
        with suppress(FileNotFoundError):
            os.link(self._file, self._copy())
        fresh.replace(self._file)

    def remove(self) -> None:
        """The file is there under another name only."""
        with suppress(FileNotFoundError):
            self._file.rename(self._copy())

    def remember(self) -> None:
        """Take what is there for the version to come back with."""
        with suppress(FileNotFoundError):
            self._older = self._file.read_bytes()

    def append(self) -> None:
        """Half a line comes from another computer."""
        with suppress(FileNotFoundError), self._file.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(b'{"v":1,"k":"no')


def check(paths: Paths, shared: str, told: Sequence[tuple[str, str]]) -> None:
    """All that was said to be saved is there, and every chat opens."""
    library = FileLibrary(paths)
    texts: set[str] = set()
    for summary in library.list():
        if summary.size:
            conversation, log = library.open(summary.id)
            texts |= {message.text for message in conversation.messages.values()}
            assert asyncio.run(_close(log))
    by_kind = {
        kind: [word for each, word in told if each == kind] for kind in ("said", "marked", "aside", "back", "set")
    }
    assert not set(by_kind["said"]) - texts, f"missing: {set(by_kind['said']) - texts}"
    missing = set(by_kind["marked"]) - library.read(shared).settings.keys()
    assert not missing, f"missing: {missing}"
    put_aside = {draft.text for draft in library.stash().load()}
    assert set(by_kind["aside"]) - set(by_kind["back"]) <= put_aside
    last = {name: value for name, _, value in (each.partition(" = ") for each in by_kind["set"])}
    settings = FileSettings(paths.settings_file, {}).settings
    assert {name: str(getattr(settings, name)) for name in last} == last


async def _close(log: SessionLog) -> bool:
    return await log.close()


async def begun(paths: Paths) -> str:
    """A shared session with one prompt."""
    conversation, log = FileLibrary(paths).create()
    await log.append(prompt(new_id(), None, "shared"), durable=True)
    await log.close()
    return conversation.id


async def _live(folder: Path, name: str, seed: str, steps: int, shared: str) -> None:
    def tell(kind: str, word: str) -> None:
        os.write(1, json.dumps([kind, word]).encode() + b"\n")

    chance, window = random.Random(f"{name} {seed}"), Window(paths_in(folder), name, shared, tell)
    for _ in range(steps):
        await window.step(chance.randrange(1_000))
    await window.close()


if __name__ == "__main__":
    asyncio.run(_live(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]))
