"""Importing twice, importing more, importing what a person has worked on since."""

import errno
from pathlib import Path
from typing import Any

import pytest

from exports import Shelves, claude_chat, claude_message, code_lines, gpt_chat, gpt_node, write_json, write_lines
from salon.chat import conversation as tree
from salon.chat.blocks import text_block
from salon.chat.conversation import Message
from salon.chat.turn import message_record
from salon.errors import StoreError
from salon.store.importing.importer import Importer, Progress, Summary
from salon.store.importing.shelf import Shelf
from salon.store.log import FileLog
from store_support import FaultyDisk


@pytest.fixture
def library(tmp_path: Path) -> Shelves:
    return Shelves(tmp_path)


def take_in(library: Shelves, place: Path) -> Summary:
    return Importer(Shelf(library, library.paths)).run([place])


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.new, summary.updated, summary.known, summary.messages


def test_the_same_twice_makes_no_doubles(library: Shelves, tmp_path: Path) -> None:
    export = write_json(tmp_path / "conversations.json", [claude_chat(), gpt_chat()])
    code = write_lines(tmp_path / "s.jsonl", code_lines())
    for place, found in ((export, 2), (code, 1)):
        assert counts(take_in(library, place))[:3] == (found, 0, 0)
        before = [library.path_of(session.id).read_bytes() for session in library.list()]
        assert counts(take_in(library, place)) == (0, 0, found, 0)
        assert [library.path_of(session.id).read_bytes() for session in library.list()] == before


def test_of_a_chat_that_went_on_elsewhere_only_the_new_messages_come(library: Shelves, tmp_path: Path) -> None:
    messages = claude_chat()["chat_messages"]
    take_in(library, write_json(tmp_path / "a.json", [claude_chat()]))
    more = [
        *messages,
        claude_message("m5", "human", "And on Mars?", "m4"),
        claude_message("m6", "assistant", "Red.", "m5"),
    ]
    assert counts(take_in(library, write_json(tmp_path / "b.json", [claude_chat(chat_messages=more)]))) == (0, 1, 0, 2)
    chat = library.read(library.list()[0].id)
    assert [message.text for message in tree.path(chat)][-2:] == ["And on Mars?", "Red."]
    assert len(chat.messages) == 6


def test_an_answer_that_was_folded_half_way_goes_on_in_a_message_below(library: Shelves, tmp_path: Path) -> None:
    lines = code_lines()
    half = next(number for number, line in enumerate(lines) if line.get("uuid") == "u5")
    take_in(library, write_lines(tmp_path / "s.jsonl", lines[:half]))
    assert counts(take_in(library, write_lines(tmp_path / "s.jsonl", lines)))[1] == 1
    assert counts(take_in(library, write_lines(tmp_path / "s.jsonl", lines))) == (0, 0, 1, 0)
    chat = library.read(library.list()[0].id)
    kinds = [[block["type"] for block in message.content] for message in tree.path(chat)]
    assert kinds == [["text"], ["thinking", "text", "tool_use"], ["tool_result", "text"], ["text"]]


def person_goes_on(library: Shelves, parent: str, session: str) -> None:
    _, log = library.open(session)
    assert isinstance(log, FileLog)
    own = Message(id="01m827ksw711kva3g43txt7hcj", parent=parent, role="user", content=(text_block("Mine"),))
    log.append(message_record(own))
    assert log.close_now()


def test_what_a_person_has_added_and_deleted_since_stays_as_it_is(library: Shelves, tmp_path: Path) -> None:
    take_in(library, write_json(tmp_path / "a.json", [claude_chat()]))
    session = library.list()[0].id
    chat = library.read(session)
    assert chat.leaf is not None
    _, log = library.open(session)
    assert isinstance(log, FileLog)
    log.append({"k": "del", "of": chat.children[None][0]})
    assert log.close_now()
    person_goes_on(library, chat.leaf, session)
    more = [*claude_chat()["chat_messages"], claude_message("m5", "human", "And on Mars?", "m4")]
    assert counts(take_in(library, write_json(tmp_path / "b.json", [claude_chat(chat_messages=more)])))[1:] == (1, 0, 1)
    chat = library.read(session)
    assert [message.text for message in tree.path(chat)][-1] == "Mine"
    assert {message.text for message in chat.messages.values()} == {
        "[Attachment: sky.png]\n\nWhy is the sky blue at noon?",
        "Short waves scatter.",
        "And on Mars?",
        "Mine",
    }


def test_a_chat_that_is_open_in_a_window_is_left_alone(library: Shelves, tmp_path: Path) -> None:
    take_in(library, write_json(tmp_path / "a.json", [gpt_chat()]))
    _, log = library.open(library.list()[0].id)
    assert isinstance(log, FileLog)
    nodes: dict[str, Any] = gpt_chat()["mapping"] | {"q3": gpt_node("q3", "a1", "user", "And 3+3?")}
    again = write_json(tmp_path / "b.json", [gpt_chat(mapping=nodes)])
    assert take_in(library, again).skipped["chats that are open in a window"] == 1
    assert log.close_now()
    assert counts(take_in(library, again))[1] == 1


def test_a_chat_that_was_thrown_away_does_not_come_back(library: Shelves, tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", [gpt_chat()])
    take_in(library, export)
    library.trash(library.list()[0].id)
    assert take_in(library, export).skipped["chats that are in the trash"] == 1
    assert not library.list()


def test_an_old_chat_does_not_stand_above_todays(library: Shelves, tmp_path: Path) -> None:
    take_in(library, write_json(tmp_path / "a.json", [claude_chat(), gpt_chat()]))
    assert [session.title for session in library.list()] == ["Why is the sky blue", "Sums"]
    path = library.path_of(library.list()[0].id)
    assert path.parent.name == "2026-03"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_dry_run_tells_the_same_and_writes_nothing(library: Shelves, tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", [claude_chat()])
    summary = Importer(Shelf(library, library.paths, dry_run=True)).run([export])
    assert counts(summary) == (1, 0, 0, 4)
    assert summary.sentences(dry_run=True)[0] == "1 chat would be imported, 4 messages."
    assert not library.list()


def test_progress_is_told_and_a_stop_keeps_what_came(library: Shelves, tmp_path: Path) -> None:
    export = write_json(tmp_path / "a.json", [gpt_chat(f"chat-{number}") for number in range(10)])
    seen: list[Progress] = []

    def watch(progress: Progress) -> bool:
        seen.append(progress)
        return len(seen) < 4

    summary = Importer(Shelf(library, library.paths), watch).run([export])
    assert summary.stopped and summary.new == len(library.list()) == 4
    assert [each.chats for each in seen] == [1, 2, 3, 4]
    assert [each.fraction for each in seen] == sorted(each.fraction for each in seen)
    assert counts(take_in(library, export))[:3] == (6, 0, 4)


@pytest.mark.parametrize("fails_at", range(0, 30, 3))
def test_a_full_disk_ends_the_import_in_words_and_leaves_whole_sessions(
    library: Shelves, tmp_path: Path, fails_at: int
) -> None:
    export = write_json(tmp_path / "a.json", [gpt_chat(f"chat-{number}") for number in range(5)])
    disk = FaultyDisk(lambda number, name: errno.ENOSPC if number >= fails_at else 0)
    with pytest.raises(StoreError, match="disk is full"):
        Importer(Shelf(library, library.paths, disk)).run([export])
    assert all(len(library.read(session.id).messages) == 4 for session in library.list())
    assert sum(counts(take_in(library, export))[:3]) == 5
