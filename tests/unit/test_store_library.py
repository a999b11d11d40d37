"""Sessions are found, opened, listed and kept apart, whatever else lies in their folders."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from salon.chat.draft import Draft
from salon.chat.ids import new_id
from salon.chat.library import Library
from salon.errors import SessionLocked, SessionNotFound, StoreError
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.store.memory import MemoryLibrary
from salon.store.permissions import permission_warnings
from salon.store.records import Record, encode
from store_support import SESSION, closed, file_of, opened, part, prompt, text_events


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


@pytest.fixture
def library(paths: Paths) -> FileLibrary:
    return FileLibrary(paths)


def titled(title: str) -> Record:
    return {"k": "set", "key": "title", "value": title}


def put(paths: Paths, records: list[Record], *, month: str = "2026-11", session_id: str = "", age: float = 0.0) -> str:
    """Put a session file in place, written `age` seconds ago."""
    session_id = session_id or new_id()
    folder = paths.sessions / month
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{session_id}.jsonl"
    file.write_bytes(file_of([{"k": "head", "id": session_id, "min": 1}, *records]))
    os.utime(file, (time.time() - age, time.time() - age))
    return session_id


def test_a_new_session_is_on_disk_with_its_first_record_and_opens_again(library: FileLibrary, paths: Paths) -> None:
    async def chat() -> None:
        conversation, log = library.create()
        assert not paths.sessions.exists()
        assert await log.append(prompt("p1", None, "hello"), durable=True)
        with pytest.raises(SessionLocked):
            library.open(conversation.id)
        assert library.read(conversation.id).messages.keys() == {"p1"}
        assert await log.close()
        again, log = library.open(conversation.id)
        assert again.messages["p1"].text == "hello"
        assert await log.append(prompt("p2", "p1", "more"))
        assert await log.close()
        assert library.latest() == conversation.id
        month = time.strftime("%Y-%m", time.gmtime())
        assert list(paths.sessions.rglob("*.jsonl")) == [paths.sessions / month / f"{conversation.id}.jsonl"]

    asyncio.run(chat())
    assert list(library.prompts()) == ["more", "hello"]


@pytest.mark.parametrize("session_id", ["", "../../x", "/etc/passwd", "con", SESSION])
def test_what_is_not_there_is_not_found(library: FileLibrary, session_id: str) -> None:
    with pytest.raises(SessionNotFound):
        library.open(session_id)
    with pytest.raises(SessionNotFound):
        library.read(session_id)


def test_a_session_in_another_months_folder_is_found(library: FileLibrary, paths: Paths) -> None:
    session_id = put(paths, [prompt("p1", None, "moved")], month="1999-01")
    assert library.read(session_id).messages["p1"].text == "moved"
    assert [session.id for session in library.list()] == [session_id]


async def test_a_lone_draft_is_the_latest_and_opens_empty(library: FileLibrary, paths: Paths) -> None:
    put(paths, [prompt("p1", None, "old")], age=100)
    conversation, log = library.create()
    library.save_draft(conversation.id, Draft("unsent"))
    await log.close()
    assert library.latest() == conversation.id
    again, log = library.open(conversation.id)
    assert (again.id, again.messages, library.load_draft(again.id)) == (conversation.id, {}, Draft("unsent"))
    assert await log.append(prompt("p1", None, "sent"))
    assert await log.close()
    assert library.read(again.id).messages["p1"].text == "sent"


async def test_a_session_of_a_newer_salon_is_read_and_not_written(library: FileLibrary, paths: Paths) -> None:
    session_id = put(paths, [{"k": "head", "min": 99}, prompt("p1", None, "from the future")])
    file = next(paths.sessions.rglob("*.jsonl"))
    before = file.read_bytes()
    conversation, log = library.open(session_id)
    assert conversation.messages["p1"].text == "from the future"
    assert not await log.append(prompt("p2", "p1", "no"), durable=True)
    assert "newer Salon" in log.unsaved
    assert await log.close()
    with pytest.raises(StoreError, match="newer Salon"):
        library.change(session_id, "title", "mine")
    assert file.read_bytes() == before


async def test_a_file_of_a_newer_salon_is_neither_made_smaller_nor_merged_with_its_copies(
    library: FileLibrary, paths: Paths
) -> None:
    checkpoints = [part("a1", number, text_events("x" * 10_000)) for number in range(60)]
    answered = [prompt("p1", None, "asked"), opened("a1", "p1"), *checkpoints, closed("a1", "answered")]
    session_id = put(paths, [{"k": "head", "min": 99}, *answered])
    file = next(paths.sessions.rglob("*.jsonl"))
    copy = file.with_name(f"{session_id} 2.jsonl")
    copy.write_bytes(file.read_bytes() + encode(prompt("p2", "a1", "in the copy"), 0.0))
    before = (file.read_bytes(), copy.read_bytes())
    _, log = library.open(session_id)
    assert await log.close()
    assert library.compact(session_id) == 0
    assert (file.read_bytes(), copy.read_bytes()) == before


async def test_damage_is_told_at_one_opening_only(library: FileLibrary, paths: Paths) -> None:
    session_id = put(paths, [prompt("p1", None, "one")])
    file = next(paths.sessions.rglob("*.jsonl"))
    file.write_bytes(file.read_bytes() + b'{"v":1,"k":"ms')
    conversation, log = library.open(session_id)
    assert conversation.notices == (f"1 incomplete record was skipped ({file}).",)
    assert await log.append(prompt("p2", "p1", "two"))
    assert await log.close()
    conversation, log = library.open(session_id)
    assert (conversation.notices, list(conversation.messages)) == ((), ["p1", "p2"])
    assert await log.close()


def test_what_cannot_be_read_is_told_and_leaves_no_lock(library: FileLibrary, paths: Paths) -> None:
    folder = paths.sessions / "2026-11"
    folder.mkdir(parents=True)
    fifo, link, huge = new_id(), new_id(), new_id()
    os.mkfifo(folder / f"{fifo}.jsonl")
    (folder / f"{link}.jsonl").symlink_to("/etc/passwd")
    (folder / f"{huge}.jsonl").touch()
    os.truncate(folder / f"{huge}.jsonl", 1 << 40)
    for session_id, reason in ((fifo, "regular file"), (link, "symbolic link"), (huge, "larger than 256 MB")):
        for _ in range(2):
            with pytest.raises(StoreError, match=reason):
                library.open(session_id)
    assert list(paths.locks.rglob("*.lock")) == []
    assert [session.id for session in library.list()] == [huge]


def test_a_list_is_newest_first_with_the_last_title_or_the_first_words(library: FileLibrary, paths: Paths) -> None:
    filler = [prompt(f"f{number}", None, "x" * 500) for number in range(100)]
    plain = put(paths, [prompt("p1", None, 'say "hi"\n😀'), titled("Early")], age=30)
    late = put(paths, [titled("Early"), prompt("p1", None, "long"), *filler, titled("Late"), prompt("z", None, "z")])
    untitled = put(paths, [prompt("p1", None, "é" * 9 + '"\\' + "y" * 40_000)], age=20)
    middle = put(paths, [titled("Early"), *filler, titled("In the middle"), *filler], age=10)
    summaries = library.list()
    assert [session.id for session in summaries] == [late, middle, untitled, plain]
    assert [session.title for session in summaries] == ["Late", "In the middle", "", "Early"]
    assert [session.first_words[:11] for session in summaries] == ["long", "x" * 11, "é" * 9 + '"\\', 'say "hi"\n😀']
    assert all(session.size > 0 for session in summaries)


def test_a_list_follows_a_file_that_grows(library: FileLibrary, paths: Paths) -> None:
    session_id = put(paths, [titled("One")])
    assert library.list()[0].title == "One"
    with next(paths.sessions.rglob("*.jsonl")).open("ab") as stream:
        stream.write(encode(titled("Two"), 0.0))
    assert library.list()[0].title == "Two"
    library.save_draft(session_id, Draft("x"))
    assert library.list()[0].modified >= time.time() - 60


def test_files_with_other_names_are_left_alone(library: FileLibrary, paths: Paths) -> None:
    session_id = put(paths, [prompt("p1", None, "x")])
    folder = paths.sessions / "2026-11"
    (folder / f"{session_id}.sync-conflict-20261122-1.jsonl").write_bytes(b"{}")
    (folder / f"{session_id}.jsonl.bak").write_bytes(b"{}")
    (folder / "notes.txt").touch()
    (paths.sessions / "stray.jsonl").touch()
    assert [session.id for session in library.list()] == [session_id]


@pytest.mark.parametrize("content", [b"", b"\0" * 20_000, b"garbage", b'{"k":"msg","role":"user"', b"[" * 20_000])
def test_a_damaged_file_is_listed_all_the_same(library: FileLibrary, paths: Paths, content: bytes) -> None:
    session_id = put(paths, [])
    next(paths.sessions.rglob("*.jsonl")).write_bytes(content)
    assert [session.id for session in library.list()] == [session_id]
    assert library.prompts() == []


def test_sessions_are_found_by_the_beginning_of_their_id_or_all_words_of_their_title(
    library: FileLibrary, paths: Paths
) -> None:
    first = put(paths, [titled("Baking Bread at home")], age=10)
    second = put(paths, [titled("Bread prices")])
    untitled = put(paths, [prompt("p1", None, "how tall is K2")], age=20)
    assert [session.id for session in library.find("bread")] == [second, first]
    assert [session.id for session in library.find("HOME bread")] == [first]
    assert [session.id for session in library.find(second)] == [second]
    assert [session.id for session in library.find("k2")] == [untitled]
    assert list(library.find("  ")) == []


def test_prompts_are_the_newest_first_without_repeats_seams_and_what_was_deleted(
    library: FileLibrary, paths: Paths
) -> None:
    seam = {**prompt("p3", "p2", "go on"), "seam": "continue"}
    put(paths, [prompt("p1", None, "old"), prompt("p2", "p1", "both"), seam], age=10)
    put(paths, [prompt("q1", None, "both"), prompt("q2", "q1", "secret"), {"k": "del", "of": "q2"}])
    assert list(library.prompts()) == ["both", "old"]
    assert list(library.prompts(limit=1)) == ["both"]


def test_ids_from_the_end_of_time_have_a_folder_too(library: FileLibrary) -> None:
    with pytest.raises(SessionNotFound):
        library.open("7" + "z" * 25)


def test_places_that_others_can_read_are_told(paths: Paths) -> None:
    for place in (paths.config, paths.sessions, paths.state):
        place.mkdir(mode=0o700)
    paths.log_file.touch()
    paths.log_file.chmod(0o644)  # whatever the mask, which a run of the command line within the tests makes strict
    assert permission_warnings(paths) == []
    for place in (paths.config, paths.sessions, paths.state):
        place.chmod(0o755)
    warnings = permission_warnings(paths)
    assert [str(paths.sessions) in warnings[0], str(paths.log_file) in warnings[1]] == [True, True]
    assert all("chmod" in warning for warning in warnings)


async def test_a_library_in_memory_keeps_nothing(tmp_path: Path) -> None:
    library: Library = MemoryLibrary()
    conversation, log = library.create()
    assert await log.append(prompt("p1", None, "x"), durable=True)
    library.save_draft(conversation.id, Draft("x"))
    assert library.load_draft(conversation.id) == Draft("x")
    library.save_draft(conversation.id, Draft())
    empty: list[Any] = [library.latest(), library.load_draft(conversation.id)]
    assert empty == [None, Draft()]
    assert not library.list()
    assert not library.find("x")
    assert not library.prompts()
    with pytest.raises(SessionNotFound):
        library.open(conversation.id)
    assert await log.close()
