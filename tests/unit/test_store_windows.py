"""Two windows on one session, and programs that change its file meanwhile."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from salon.chat.library import Outside, SessionLog
from salon.errors import SessionLocked, StoreError
from salon.paths import Paths
from salon.store import alone
from salon.store.files import OperatingSystem
from salon.store.library import FileLibrary
from salon.store.log import TAKEN_OVER
from salon.store.records import encode
from store_support import closed, opened, prompt


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


@pytest.fixture
def library(paths: Paths) -> FileLibrary:
    return FileLibrary(paths)


async def begun(library: FileLibrary) -> tuple[str, SessionLog]:
    """A session with a prompt that is open."""
    conversation, log = library.create()
    assert await log.append(prompt("p1", None, "hello"), durable=True)
    return conversation.id, log


async def test_a_window_whose_session_is_taken_over_writes_to_a_copy_that_comes_back(library: FileLibrary) -> None:
    session_id, first = await begun(library)
    told: list[str] = []
    first.on_state = told.append
    assert await first.append(opened("a1", "p1"), durable=True)
    with pytest.raises(SessionLocked):
        library.open(session_id)
    conversation, second = library.open(session_id, take_over=True)
    assert list(conversation.messages) == ["p1", "a1"]
    assert await second.append(prompt("p2", "p1", "from the second"), durable=True)
    assert await first.append(closed("a1", "The whole answer."), durable=True)
    await asyncio.sleep(0)
    assert told == [TAKEN_OVER]
    assert first.look() is Outside.TAKEN_OVER
    assert second.look() is Outside.NOTHING
    assert await first.close()
    with pytest.raises(SessionLocked):
        library.open(session_id)
    assert await second.close()
    conversation, log = library.open(session_id)
    assert [message.text for message in conversation.messages.values()] == [
        "hello",
        "The whole answer.",
        "from the second",
    ]
    assert await log.close()
    assert [path.name for path in library.path_of(session_id).parent.iterdir()] == [f"{session_id}.jsonl"]


async def test_a_window_that_had_nothing_more_to_write_leaves_no_copy(library: FileLibrary) -> None:
    session_id, first = await begun(library)
    _, second = library.open(session_id, take_over=True)
    assert first.look() is Outside.TAKEN_OVER
    assert await first.close()
    assert await second.close()
    assert len(list(library.path_of(session_id).parent.iterdir())) == 1


async def test_a_session_that_is_open_elsewhere_can_be_viewed(library: FileLibrary) -> None:
    session_id, log = await begun(library)
    conversation, view = library.view(session_id)
    assert list(conversation.messages) == ["p1"]
    assert not await view.append(prompt("p2", "p1", "no"))
    assert view.look() is Outside.NOTHING
    assert "Read-only" in view.unsaved
    assert await view.close()
    assert await log.close()


async def test_what_another_program_appends_is_noticed_once_and_kept(library: FileLibrary) -> None:
    session_id, log = await begun(library)
    path = library.path_of(session_id)
    assert log.look() is Outside.NOTHING
    with path.open("ab") as file:
        file.write(encode(prompt("theirs", "p1", "synced"), 0.0))
    assert log.look() is Outside.CHANGED
    assert log.look() is Outside.NOTHING
    assert await log.append(prompt("mine", "p1", "mine"), durable=True)
    assert log.look() is Outside.NOTHING
    assert await log.close()
    assert library.read(session_id).messages.keys() == {"p1", "theirs", "mine"}


async def test_a_change_behind_a_session_that_was_only_read_is_noticed(library: FileLibrary) -> None:
    session_id, log = await begun(library)
    assert await log.close()
    _, log = library.open(session_id)
    assert log.look() is Outside.NOTHING
    with library.path_of(session_id).open("ab") as file:
        file.write(encode(prompt("theirs", "p1", "synced"), 0.0))
    assert await log.append(prompt("mine", "p1", "mine"), durable=True)
    assert log.look() is Outside.CHANGED
    assert await log.close()


async def test_a_title_that_is_changed_from_a_list_is_no_alarm(library: FileLibrary) -> None:
    session_id, log = await begun(library)
    library.change(session_id, "title", "Renamed")
    assert log.look() is Outside.NOTHING
    library.change(session_id, "pinned", True)
    assert await log.append(prompt("p2", "p1", "more"), durable=True)
    assert log.look() is Outside.NOTHING
    assert await log.close()
    assert library.read(session_id).settings == {"title": "Renamed", "pinned": True}


@pytest.mark.parametrize("how", ["removed", "emptied", "cut", "replaced", "replaced in the end"])
async def test_what_another_program_takes_away_is_put_back(library: FileLibrary, how: str) -> None:
    session_id, log = await begun(library)
    path = library.path_of(session_id)
    older = path.read_bytes()
    assert await log.append(prompt("p2", "p1", "second"), durable=True)
    if how == "removed":
        path.unlink()
    elif how == "emptied":
        os.truncate(path, 0)
    elif how == "cut":
        os.truncate(path, len(older) + 30)
    else:
        other = path.with_name("other")
        other.write_bytes(older)
        other.rename(path)
    if how != "replaced in the end":
        assert log.look() is Outside.CHANGED
        assert log.look() is Outside.NOTHING
        assert library.read(session_id).messages["p2"].text == "second"
        assert await log.append(prompt("p3", "p2", "third"), durable=True)
    assert await log.close()
    told = library.read(session_id)
    assert [message.text for message in told.messages.values()][:2] == ["hello", "second"]
    assert told.messages["p2"].parent == "p1"


class Meanwhile(OperatingSystem):
    """Somebody does something just before the next call of one kind."""

    def __init__(self, call: str, deed: Callable[[], object]) -> None:
        self._call = call
        self._deed: Callable[[], object] | None = deed

    def _now(self, call: str) -> None:
        if call == self._call and self._deed is not None:
            deed, self._deed = self._deed, None
            deed()

    def open(self, path: Path | str, flags: int) -> int:
        self._now("open to write" if flags & os.O_RDWR else "open to read")
        return super().open(path, flags)

    def replace(self, source: Path, target: Path) -> None:
        self._now("replace")
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._now(f"remove {path.suffix}")
        super().remove(path)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        self._now("write")
        return super().write(descriptor, data)


@pytest.mark.parametrize("call", ["replace", "remove .jsonl"])
async def test_what_is_written_while_copies_are_merged_is_not_merged_away(
    paths: Paths, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "PATIENCE", 0.05)  # as of one that has waited in vain
    session_id, log = await begun(FileLibrary(paths))
    assert await log.close()
    file = FileLibrary(paths).path_of(session_id)
    copy = file.with_name(f"{session_id} 2.jsonl")
    copy.write_bytes(file.read_bytes() + encode(prompt("theirs", "p1", "theirs"), 0.0) + b'{"v":1,"k":"msg","id":"la')

    def meanwhile() -> None:
        FileLibrary(paths).change(session_id, "title", "meanwhile")
        with copy.open("ab") as stream:
            stream.write(b'te","parent":"p1","role":"user","content":"half a line more"}\n')

    library = FileLibrary(paths, files=Meanwhile(call, meanwhile))
    _, log = library.open(session_id)
    assert await log.close()
    told = FileLibrary(paths).read(session_id)
    assert [message.text for message in told.messages.values()] == ["hello", "theirs", "half a line more"]
    assert told.title == "meanwhile"
    assert not copy.exists()


async def test_a_file_that_is_replaced_in_the_moment_of_a_write_gets_what_was_written(paths: Paths) -> None:
    session_id, log = await begun(FileLibrary(paths))
    assert await log.close()
    file = FileLibrary(paths).path_of(session_id)
    older = file.read_bytes()

    def sync_program() -> None:
        file.unlink()
        file.write_bytes(older)

    library = FileLibrary(paths, files=Meanwhile("write", sync_program))
    _, log = library.open(session_id)
    assert await log.append(prompt("p2", "p1", "second"), durable=True)
    assert [message.text for message in library.read(session_id).messages.values()] == ["hello", "second"]
    assert await log.close()


async def test_a_chat_that_has_just_gone_is_not_made_of_a_title(paths: Paths) -> None:
    session_id, log = await begun(FileLibrary(paths))
    assert await log.close()
    path = FileLibrary(paths).path_of(session_id)
    with pytest.raises(StoreError, match="not saved"):
        FileLibrary(paths, files=Meanwhile("open to write", path.unlink)).change(session_id, "title", "lone")
    assert not path.exists()
