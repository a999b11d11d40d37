"""A scripted session on a disk whose N-th call fails, for every N: nobody crashes, and what was said to be saved is.

The session does what a person does: sends, reads, stops, edits, asks again, deletes, takes notes, attaches, has a
summary made, changes a setting, exports, imports, searches, forks, throws away and brings back, and opens what has to
be merged and made smaller. A failure is either short (one call) or for good (every call from the N-th on). Whenever
nothing says that something is unsaved, it is in the file at that moment.

The suite takes a part of all N; `SALON_FAULTS=all pytest tests/unit/test_store_every_fault.py` takes every one of them.
"""

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from exports import claude_chat, write_json
from fakes import FakeClient, beginning, ending, whole
from salon.chat import room
from salon.chat.attachments import Kind, attachment_of
from salon.chat.branching import Aim, Purpose
from salon.chat.draft import Draft
from salon.chat.library import SessionLog
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.errors import StoreError
from salon.paths import Paths
from salon.store.compact import SMALL
from salon.store.exporting.writing import write_new
from salon.store.importing.importer import Importer
from salon.store.importing.shelf import Shelf
from salon.store.index import SearchIndex
from salon.store.library import FileLibrary
from salon.store.settings_file import FileSettings
from store_support import FaultyDisk, failing_at, file_of, part, text_delta

ALL = os.environ.get("SALON_FAULTS") == "all"
ERRORS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES]
FOR_EVER = 10**9
STOPPED = "half of an answer"
PROMPTS = ("first prompt", "second prompt", "third prompt", "third prompt, edited")
SAID = (
    *PROMPTS,
    "first answer",
    "second answer",
    STOPPED,
    "third answer",
    "another third answer",
    "a note",
    "in short",
)
NOTES = b"attached " * 1000
ATTACHED = attachment_of(Kind.TEXT, "notes.txt", NOTES, "text/plain")
CHECKPOINTS = 40
"""Of 10,000 characters: with fewer a file is left as it is."""


@dataclass
class Story:
    """What a person did, and what the app had said to be saved of it."""

    paths: Paths
    disk: FaultyDisk
    session_id: str = ""
    saved: set[str] = field(default_factory=set)
    """Texts of which nothing said that they are not saved."""
    drafts: dict[str, str] = field(default_factory=dict)
    stashed: set[str] = field(default_factory=set)
    blobs: dict[str, bytes] = field(default_factory=dict)
    forks: set[str] = field(default_factory=set)
    exported: Path | None = None
    imported: int = 0
    measure: int = 0
    smaller: int = 0
    closed: bool = False

    @property
    def library(self) -> FileLibrary:
        return FileLibrary(self.paths, files=self.disk)

    async def tell(self) -> None:
        library = self.library
        conversation, log = library.create()
        self.session_id = conversation.id
        try:
            await self._chat(library, Session(conversation, log, Parameters(model=ModelInfo(id="m")), library.blobs))
            self._beside(library)
        finally:
            self.closed = await log.close()
        if self.closed:
            await self._reopen(library)

    async def _chat(self, library: FileLibrary, session: Session) -> None:
        log, client = session.log, FakeClient()
        await self._say(session, client, "first prompt", "first answer")
        await self._say(session, client, "second prompt", "second answer")
        client.enqueue(*beginning(STOPPED), asyncio.Event(), *ending())
        await session.submit("third prompt")
        self._note_saved(log, "third prompt")
        async for _ in session.answer(client):
            if session.turn is not None and session.turn.message().text:
                session.stop()
        self._note_saved(log, STOPPED)
        session.edit_last_prompt()
        await self._say(session, client, "third prompt, edited", "third answer")
        session.back_to_prompt()
        await self._answer(session, client, "another third answer")
        assert session.last is not None
        session.begin(Purpose(Aim.NOTE, session.last.id))
        await session.write_note("a note")
        self._note_saved(log, "a note")
        await session.delete(session.last.id, branch=False)
        await session.undelete()
        await session.set("title", "A title")
        await session.ask_for_summary(room.SUMMARY)
        await self._answer(session, client, "in short")

    async def _say(self, session: Session, client: FakeClient, prompt: str, answer: str) -> None:
        attached = [ATTACHED] if prompt == PROMPTS[0] else []
        with contextlib.suppress(StoreError):  # as the screen does: what cannot be kept is not sent along
            self.blobs[self.library.blobs.put(NOTES)] = NOTES
        await session.submit(prompt, attached)
        self._note_saved(session.log, prompt)
        await self._answer(session, client, answer)

    async def _answer(self, session: Session, client: FakeClient, answer: str) -> None:
        client.enqueue(*whole(answer))
        async for _ in session.answer(client):
            pass
        self._note_saved(session.log, answer)

    def _note_saved(self, log: SessionLog, text: str) -> None:
        if not log.unsaved:
            self.saved.add(text)
            assert text.encode() in FileLibrary(self.paths).path_of(self.session_id).read_bytes()

    def _beside(self, library: FileLibrary) -> None:
        for words in ("a draft", "a later draft"):
            with contextlib.suppress(StoreError):
                library.save_draft(self.session_id, Draft(words))
                self.drafts[self.session_id] = words
        with contextlib.suppress(StoreError):
            self.blobs[library.blobs.put(b"content " * 1000)] = b"content " * 1000
        for words in ("put aside", "put aside, too"):
            with contextlib.suppress(StoreError):
                library.stash().push(Draft(words))
                self.stashed.add(words)
        for act in (
            self._fork, self._fork_thrown_away, self._listed, self._set, self._exported, self._imported, self._searched,
        ):  # fmt: skip
            with contextlib.suppress(StoreError):
                act(library)

    def _fork(self, library: FileLibrary) -> None:
        self.forks.add(library.fork(self.session_id))

    def _fork_thrown_away(self, library: FileLibrary) -> None:
        forked = library.fork(self.session_id)
        self.forks.add(forked)
        library.trash(forked)
        library.restore(forked)

    def _listed(self, library: FileLibrary) -> None:
        library.list()
        library.change(self.session_id, "tags", ["one"])
        library.prompts()

    def _set(self, library: FileLibrary) -> None:
        del library
        kept = FileSettings(self.paths.settings_file, {}, files=self.disk, locks=self.paths.locks)
        for value in (90, 91):
            kept.keep("measure", value)
            self.measure = value

    def _exported(self, library: FileLibrary) -> None:
        text = library.read(self.session_id).title
        self.exported = write_new(self.paths.config.parent / "exported.md", text, files=self.disk)

    def _imported(self, library: FileLibrary) -> None:
        place = self.paths.config.parent / "conversations.json"
        write_json(place, [claude_chat("one"), claude_chat("two")])
        for _ in range(2):
            summary = Importer(Shelf(library, self.paths, self.disk)).run([place])
            self.imported = max(self.imported, summary.new + summary.known)

    def _searched(self, library: FileLibrary) -> None:
        del library
        search = SearchIndex(self.paths, self.disk)
        search.find("prompt")
        search.close()

    async def _reopen(self, library: FileLibrary) -> None:
        """Find a sync program's copy beside it, merge and make smaller, and go on."""
        with contextlib.suppress(StoreError, OSError):
            main = library.path_of(self.session_id)
            copy = main.with_name(f"{self.session_id}.sync-conflict-20261122-120000-ABCDEFG.jsonl")
            copy.touch(mode=0o600)
            copy.write_bytes(main.read_bytes())
            answer = next(an_id for an_id, each in library.read(self.session_id).messages.items() if each.model)
            main.write_bytes(
                main.read_bytes() + file_of(part(answer, 9, [text_delta("x" * 10_000)]) for _ in range(CHECKPOINTS))
            )
            size = main.stat().st_size
            _, log = library.open(self.session_id)
            await log.close()
            self.smaller = size - main.stat().st_size
        with contextlib.suppress(StoreError):
            library.compact(self.session_id)

    # afterwards, on a disk that works

    def check(self) -> None:
        library = FileLibrary(self.paths)
        there: set[str] = set()
        if self.saved:
            conversation = library.read(self.session_id)
            there = {message.text for message in conversation.written.values()}  # deleted ones, too
            there |= {note.text for note in conversation.notes.values()}
            assert len(conversation.notices) <= 1
        assert self.saved <= there, "what was said to be saved is there"
        assert not self.closed or set(SAID) <= there, "a log that closed well has kept everything"
        for session_id, words in self.drafts.items():
            assert library.load_draft(session_id).text in {words, "a later draft"}
        assert self.stashed <= {draft.text for draft in library.stash().load()}
        kept = FileSettings(self.paths.settings_file, {})
        assert not kept.problems
        assert kept.settings.measure in {self.measure, 90, 91} or not self.measure
        assert self.exported is None or self.exported.read_text() in {"A title", ""}  # as far as it was saved then
        imported = [chat for chat in library.list() if chat.title == "Why is the sky blue"]
        assert self.imported <= len(imported)
        assert {len(library.read(chat.id).messages) for chat in imported} <= {4}
        for digest, content in self.blobs.items():
            assert library.blobs.get(digest) == content
        for forked in self.forks:
            self._check_fork(library, forked)
        for folder in (self.paths.sessions, self.paths.drafts):
            assert [file for file in folder.rglob("*") if file.is_file() and file.stat().st_mode & 0o077] == []

    def _check_fork(self, library: FileLibrary, forked: str) -> None:
        if any(chat.id == forked for chat in library.trashed()):
            library.restore(forked)
        texts = [message.text for message in library.read(forked).messages.values()]
        assert texts[0] == "first prompt"


def story(folder: Path, fault: Callable[[int, str], int] = lambda number, name: 0) -> Story:
    folder.mkdir(exist_ok=True)
    return Story(Paths(folder / "config", folder / "state", folder / "cache"), FaultyDisk(fault))


async def calls_of_a_story(folder: Path) -> int:
    told = story(folder)
    await told.tell()
    told.check()
    assert told.closed
    assert told.saved == set(SAID)
    assert (len(told.stashed), len(told.forks), len(told.blobs), told.imported, told.measure) == (2, 2, 2, 2, 91)
    assert told.exported is not None
    assert told.smaller > SMALL / 2
    return len(told.disk.calls)


async def stories(folder: Path, code: int, times: int, step: int) -> AsyncIterator[Story]:
    count = await calls_of_a_story(folder / "whole")
    chosen = range(count) if ALL else range(code % step, count, step)
    for number in chosen:
        told = story(folder / str(number), failing_at(number, code, times=times))
        await told.tell()
        yield told


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
async def test_after_a_short_failure_everything_is_saved(tmp_path: Path, code: int) -> None:
    async for told in stories(tmp_path, code, 1, step=40):
        told.check()
        assert told.closed
        messages = FileLibrary(told.paths).read(told.session_id).messages.values()
        assert len({message.text for message in messages}) == len(messages), "nothing is there twice"


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
async def test_a_disk_that_fails_for_good_takes_nothing_that_was_said_to_be_saved(tmp_path: Path, code: int) -> None:
    async for told in stories(tmp_path, code, FOR_EVER, step=40):
        told.check()


@pytest.mark.parametrize("pause", [2, 3, 7])
async def test_a_disk_that_is_full_again_and_again(tmp_path: Path, pause: int) -> None:
    told = story(tmp_path, lambda number, name: errno.ENOSPC if number % pause == 0 else 0)
    await told.tell()
    told.check()
