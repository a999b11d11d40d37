"""Copies that sync programs make of a session become one session again, and nothing of any of them is lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.ids import new_id
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.store.merge import merged
from salon.store.places import is_copy_name
from salon.store.records import Record, encode
from store_support import SESSION, closed, loaded, opened, part, prompt, text_events

HEAD: Record = {"k": "head", "id": SESSION, "min": 1}


@st.composite
def copies(draw: st.DrawFn) -> list[bytes]:
    """Copies of one session, which went on apart from each other on computers whose clocks disagree."""
    number = draw(st.integers(2, 4))
    shared = draw(st.integers(0, 4))
    ids = [f"shared{each}" for each in range(shared)]
    beginning = [encode(HEAD, 0.0)]
    beginning += [encode(prompt(an_id, ids[at - 1] if at else None, an_id), at) for at, an_id in enumerate(ids)]
    files = []
    for copy in range(number):
        lines, known = list(beginning), list(ids)
        for step in range(draw(st.integers(0, 6))):
            now = draw(st.floats(0, 20))
            an_id = f"c{copy}-{step}"
            parent = draw(st.sampled_from([None, *known]))
            kind = draw(st.sampled_from(["prompt", "answer", "cut", "set", "leaf", "del", "junk"]))
            if kind == "prompt":
                lines.append(encode(prompt(an_id, parent, f"text {an_id}"), now))
            elif kind in {"answer", "cut"}:
                lines.append(encode(opened(an_id, parent), now))
                lines.append(encode(part(an_id, 0, text_events(an_id)), now))
                lines += [encode(closed(an_id, f"text {an_id}"), now)] if kind == "answer" else []
            elif kind == "set":
                lines.append(encode({"k": "set", "key": "title", "value": an_id}, now))
            elif kind == "junk":
                lines.append(draw(st.sampled_from([b"{torn\n", b"\xff\xfe\n", b'{"k":7}\n', b"\0\0\n"])))
            elif known:
                lines.append(encode({"k": kind, "of": draw(st.sampled_from(known)), "undo": draw(st.booleans())}, now))
            known += [an_id] if kind in {"prompt", "answer", "cut"} else []
        files.append(b"".join(lines))
    return files


@given(copies())
def test_merging_is_commutative_associative_and_idempotent(files: list[bytes]) -> None:
    first, second, *rest = files
    both = merged([first, second])
    assert merged([second, first]) == both
    assert merged([both, first]) == merged([both, both]) == both
    for third in rest:
        assert merged([both, third]) == merged([first, merged([second, third])]) == merged([third, second, first])


@given(copies())
def test_a_merged_session_has_every_message_in_its_place(files: list[bytes]) -> None:
    whole = loaded(merged(files))
    undeleted = loaded(b"".join(line + b"\n" for line in merged(files).split(b"\n") if b'"k":"del"' not in line))
    assert not whole.damage.orphans
    assert not whole.damage.doubles
    for file in files:
        alone = loaded(b"".join(line + b"\n" for line in file.split(b"\n") if b'"k":"del"' not in line))
        for message in alone.conversation.messages.values():
            same = undeleted.conversation.messages[message.id]
            assert (same.parent, same.content, same.status) == (message.parent, message.content, message.status)


def test_records_that_lean_on_each_other_in_a_circle_end() -> None:
    circle = [encode(prompt("a", "b", "a"), 1.0), encode(prompt("b", "a", "b"), 2.0)]
    whole = merged([b"".join(circle)])
    assert merged([whole]) == whole
    assert len(loaded(whole).conversation.messages) == 2


@pytest.mark.parametrize(
    "middle",
    [
        ".sync-conflict-20261122-101112-ABCDEFG",
        " (Ada's conflicted copy 2026-11-22)",
        " (conflicted copy 2026-11-22 101112)",
        "_conflict-20261122-101112",
        " 2",
        "-LAPTOP",
        " (1)",
        " - Copy",
        "~conflict",
        ".recovered-1",
    ],
)
def test_the_names_of_sync_programs_are_known(middle: str) -> None:
    assert is_copy_name(f"{SESSION}{middle}.jsonl", SESSION)


@pytest.mark.parametrize("name", [f"{SESSION}.jsonl", f"{SESSION}.jsonl.bak", f"{SESSION}x.jsonl", "notes.jsonl"])
def test_other_names_are_not(name: str) -> None:
    assert not is_copy_name(name, SESSION)


async def test_opening_a_session_merges_its_copies(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")
    library = FileLibrary(paths)
    session_id = new_id()
    head = encode({**HEAD, "id": session_id}, 0.0)
    first = encode(prompt("p1", None, "shared"), 1.0)
    folder = paths.sessions / "2026-11"
    folder.mkdir(parents=True)
    main = folder / f"{session_id}.jsonl"
    main.write_bytes(head + first + encode(prompt("p2", "p1", "here"), 2.0))
    theirs = folder / f"{session_id}.sync-conflict-20261122-101112-ABCDEFG.jsonl"
    theirs.write_bytes(head + first + encode(prompt("p3", "p1", "there"), 3.0))
    another = folder / f"{session_id} 2.jsonl"
    another.write_bytes(encode({**HEAD, "id": new_id()}, 0.0) + encode(prompt("x", None, "another chat"), 1.0))
    conversation, log = library.open(session_id)
    assert [message.text for message in conversation.messages.values()] == ["shared", "here", "there"]
    assert conversation.children["p1"] == ("p2", "p3")
    assert await log.close()
    assert sorted(file.name for file in folder.iterdir()) == sorted([main.name, another.name])
    main.rename(theirs)
    assert library.read(session_id).messages.keys() == {"p1", "p2", "p3"}
    conversation, log = library.open(session_id)
    assert await log.close()
    assert main.exists()
    assert not theirs.exists()
