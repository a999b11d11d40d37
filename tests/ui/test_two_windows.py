"""A chat that another window has open, a file that others change, and chats of which nothing is kept."""

from pathlib import Path

import pytest
from textual.events import AppFocus

from fakes import whole
from salon.chat.library import SessionLog
from salon.store.library import FileLibrary
from salon.store.records import encode
from salon.ui.picker import PickerScreen
from salon.ui.services import Opening
from store_support import closed, opened, prompt
from ui.driver import Person, paths_in, salon


async def theirs(folder: Path) -> tuple[str, SessionLog]:
    """A chat that another window has open."""
    conversation, log = FileLibrary(paths_in(folder)).create()
    for record in (
        {"k": "set", "key": "title", "value": "Theirs"},
        prompt("p1", None, "Their prompt"),
        opened("a1", "p1"),
        closed("a1", "Their answer."),
    ):
        assert await log.append(record, durable=True)
    return conversation.id, log


async def choose(person: Person, *keys: str) -> None:
    """Answer the question what to do with a chat that is open elsewhere."""
    await person.sees(lambda: isinstance(person.app.screen, PickerScreen) and "another window" in person.screen_text())
    await person.press(*keys, "enter")


async def test_a_chat_that_another_window_writes_can_be_read(tmp_path: Path) -> None:
    session_id, log = await theirs(tmp_path)
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await choose(person)
        await person.answer_begins("Their answer.")
        assert "read-only" in person.status()
        await person.say("Mine")
        await person.sees(lambda: "can only be read here" in person.notice())
        assert person.prompt() == "Mine"
        await person.app.end()
    assert await log.close()
    assert len(FileLibrary(paths_in(tmp_path)).read(session_id).messages) == 2
    assert not list(paths_in(tmp_path).drafts.glob(f"{session_id}*"))
    assert [draft.text for draft in FileLibrary(paths_in(tmp_path)).stash().load()] == ["Mine"]


async def test_it_can_be_forked(tmp_path: Path) -> None:
    session_id, log = await theirs(tmp_path)
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await choose(person, "down")
        await person.answer_begins("Their answer.")
        assert person.session.id != session_id
        assert person.session.conversation.title == "Theirs (fork)"
        await person.say("Mine", *whole("My answer."))
        await person.answer_arrives()
    assert await log.close()
    assert len(FileLibrary(paths_in(tmp_path)).list()) == 2


async def test_what_was_written_where_it_cannot_be_sent_goes_along_into_the_fork(tmp_path: Path) -> None:
    session_id, log = await theirs(tmp_path)
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await choose(person)
        await person.answer_begins("Their answer.")
        await person.say("Mine")
        await person.sees(lambda: "Enter fork" in person.screen_text(), "the way out")
        await person.press("enter")
        await person.sees(lambda: person.session.id != session_id, "the fork")
        await person.sees(lambda: person.prompt() == "Mine", "the words")
        person.client.enqueue(*whole("My answer."))
        await person.press("enter")
        await person.answer_arrives()
        assert person.session.path[-2].text == "Mine"
    assert await log.close()


async def test_a_fork_that_the_disk_refuses_is_told_and_one_can_go_on_writing(tmp_path: Path) -> None:
    session_id, log = await theirs(tmp_path)
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await choose(person)
        await person.answer_begins("Their answer.")
        await person.say("Mine")
        await person.sees(lambda: "Enter fork" in person.screen_text(), "the way out")
        for file in paths_in(tmp_path).sessions.rglob("*.jsonl"):
            file.unlink()
        await person.press("enter")
        await person.sees(lambda: "There is no session" in person.notice(), "why not")
        assert person.prompt() == "Mine"
        await person.type(" too")
        assert person.prompt() == "Mine too"
    await log.close()


async def test_it_can_be_taken_over_and_the_other_window_loses_nothing(tmp_path: Path) -> None:
    session_id, log = await theirs(tmp_path)
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await choose(person, "down", "down")
        await person.answer_begins("Their answer.")
        assert person.session.id == session_id
        assert await log.append(prompt("p2", "a1", "Too late"), durable=True)
        await person.say("Mine", *whole("My answer."))
        await person.answer_arrives()
    assert await log.close()
    library = FileLibrary(paths_in(tmp_path))
    conversation, log = library.open(session_id)
    assert {message.text for message in conversation.messages.values()} == {
        "Their prompt", "Their answer.", "Too late", "Mine", "My answer.",
    }  # fmt: skip
    assert await log.close()


async def test_a_chat_that_a_sync_changes_is_read_again_when_the_person_says_so(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Mine", *whole("My answer."))
        await person.answer_arrives()
        session_id, leaf = person.session.id, person.session.conversation.leaf
        await person.type("a draft")
        file = FileLibrary(paths_in(tmp_path)).path_of(session_id)
        with file.open("ab") as stream:
            stream.write(encode(prompt("theirs", leaf, "From another computer"), 0.0))
        person.app.post_message(AppFocus())
        await person.sees(lambda: "Another program has changed this chat" in person.notice())
        person.chat.action_reload_chat()
        await person.answer_begins("From another computer")
        assert person.session.id == session_id
        assert person.prompt() == "a draft"


@pytest.mark.parametrize("by", ["command line", "command"])
async def test_nothing_is_kept_of_a_temporary_chat(tmp_path: Path, by: str) -> None:
    opening = Opening(temporary=True) if by == "command line" else None
    async with salon(tmp_path, opening=opening) as person:
        if by == "command":
            first = person.session.id
            await person.say("/temporary")
            await person.sees(lambda: person.chat.session is not None and person.session.id != first)
        await person.sees(lambda: "not saved" in person.status())
        await person.say("A secret", *whole("Kept by nobody."))
        await person.answer_arrives()
        await person.type("a secret draft")
        assert "UNSAVED" not in person.status()
    assert files_with(tmp_path, b"ecret") == []


def files_with(folder: Path, content: bytes) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and content in file.read_bytes()]


async def test_a_branch_becomes_a_chat_of_its_own(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("One", *whole("First answer."))
        await person.answer_arrives()
        first = person.session.id
        await person.say("/fork")
        await person.sees(lambda: person.chat.session is not None and person.session.id != first)
        await person.answer_begins("First answer.")
    assert len(FileLibrary(paths_in(tmp_path)).list()) == 2
