"""Exports that are damaged, enormous, or made to harm."""

import io
import json
import os
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exports import Shelves, claude_chat, code_lines, gpt_chat, gpt_node, write_json, write_lines, write_zip
from salon.chat import conversation as tree
from salon.chat.model import ModelInfo
from salon.chat.request import build
from salon.store.importing import archive
from salon.store.importing.elements import DEEPEST, elements
from salon.store.importing.importer import Importer, Summary
from salon.store.importing.shelf import Shelf


@pytest.fixture
def library(tmp_path: Path) -> Shelves:
    return Shelves(tmp_path)


def take_in(library: Shelves, *places: Path) -> Summary:
    return Importer(Shelf(library, library.paths)).run(places)


def found_in(source: bytes, limit: int = 10_000, chunk: int = 64) -> list[tuple[Any, str]]:
    return [(each.value, each.trouble) for each in elements(io.BytesIO(source), limit, chunk)]


# the elements of a large file

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=6)


@given(
    OBJECTS, st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]), st.sampled_from(["list", "wrapped", "row"])
)
@settings(max_examples=40, deadline=None)
def test_the_elements_are_those_of_the_whole_for_every_size_of_piece(
    objects: list[Any], chunk: int, escaped: bool, indent: int | None, shape: str
) -> None:
    if shape == "row":
        text = "\n".join(json.dumps(each, ensure_ascii=escaped, indent=indent) for each in objects)
    else:
        value = objects if shape == "list" else {"conversations": objects}
        text = json.dumps(value, ensure_ascii=escaped, indent=indent)
    source = text.encode("utf-8", "replace")
    expected = [json.loads(json.dumps(each).encode()) for each in objects] if escaped else None
    found = found_in(source, 1_000_000, max(chunk, 40 if shape == "wrapped" else 1))
    assert [trouble for _, trouble in found] == [""] * len(objects)
    if expected is not None:
        assert [value for value, _ in found] == expected


@given(st.binary(max_size=300) | st.text('[]{}",:\\ a1', max_size=300).map(str.encode), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_no_bytes_make_the_reader_raise_or_run_for_ever(source: bytes, chunk: int) -> None:
    assert len(found_in(source, 100, chunk)) <= len(source) + 1


def test_one_bad_element_costs_itself_only() -> None:
    good = b'{"a": 1}'
    deep = b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1)
    long_string = b'{"a": "' + b'x\\"' * 6_000 + b'"}'
    long_list = b'{"a": [' + b"{}," * 5_000 + b"{}]}"
    desert = b'{"a":' + b" " * 20_000 + b"1}"
    source = b"[" + b",".join([good, b"{'a': 1}", deep, long_string, long_list, desert, b'{"a": "\xff"}', good]) + b"]"
    assert found_in(source) == [
        ({"a": 1}, ""),
        (None, "not valid JSON"),
        (None, "nested too deeply"),
        (None, "larger than 0 MB"),
        (None, "larger than 0 MB"),
        (None, "larger than 0 MB"),
        ({"a": "\ufffd"}, ""),
        ({"a": 1}, ""),
    ]


def test_a_file_that_was_cut_off_gives_what_was_whole() -> None:
    assert found_in(b'[{"a": 1}, {"b": "') == [({"a": 1}, ""), (None, "cut off in the middle")]


def test_what_is_said_twice_counts_as_said_last_and_what_is_no_number_is_none() -> None:
    assert found_in(b'[{"a": 1, "a": 2, "b": NaN, "c": Infinity}]') == [({"a": 2, "b": None, "c": None}, "")]


# archives and files


def bomb(path: Path, size: int) -> Path:
    return write_zip(path, {"conversations.json": b" " * size})


def test_a_bomb_is_refused_before_it_is_unpacked(library: Shelves, tmp_path: Path) -> None:
    summary = take_in(library, bomb(tmp_path / "bomb.zip", 32 * 2**20))
    assert [why for _, why in summary.refused] == ["it is packed suspiciously tightly"]


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_said(library: Shelves, tmp_path: Path) -> None:
    place = write_zip(tmp_path / "lie.zip", {"conversations.json": [gpt_chat(f"chat-{n}") for n in range(50)]})
    data = bytearray(place.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 24, 5_000)
    place.write_bytes(data)
    summary = take_in(library, place)
    assert summary.new < 5
    assert summary.refused or summary.skipped["conversations that are cut off in the middle"]


def encrypted(path: Path) -> None:
    data = bytearray(write_zip(path, {"conversations.json": []}).read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)


def crowded(path: Path) -> None:
    data = bytearray(write_zip(path, {"conversations.json": []}).read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 12, archive.LARGEST_DIRECTORY + 1)
    path.write_bytes(data)


def crowded_beside_its_word(path: Path) -> None:
    """The record at the end says one file; that of ZIP64, which is believed, says a great many."""
    crowded_record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 1 << 40, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 46, 4, 0)
    path.write_bytes(b"PK\x03\x04" + crowded_record + locator + end)


def torn(path: Path) -> None:
    data = write_zip(path, {"conversations.json": [gpt_chat()]}).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def changed(path: Path) -> None:
    data = bytearray(write_zip(path, {"conversations.json": [gpt_chat()]}).read_bytes())
    data[120] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (encrypted, "it is encrypted"),
        (crowded, "the archive has too many files"),
        (crowded_beside_its_word, "the archive has too many files"),
        (torn, "the archive is damaged"),
        (changed, "the archive is damaged"),
        (os.mkfifo, "it is not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is not a regular file"),
    ],
)
def test_what_is_no_sound_file_is_refused_in_words(library: Shelves, tmp_path: Path, spoil: Any, why: str) -> None:
    spoil(tmp_path / "x.zip")
    summary = take_in(library, tmp_path / "x.zip")
    assert [reason for _, reason in summary.refused] == [why]
    assert not library.list()


def test_names_in_an_archive_are_never_places_on_disk(library: Shelves, tmp_path: Path) -> None:
    names = {"../../conversations.json": [gpt_chat("a")], "/etc/conversations.json": [gpt_chat("../../b")]}
    summary = take_in(library, write_zip(tmp_path / "x.zip", names))
    assert summary.new == 2
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and library.paths.sessions not in path.parents]
    assert {path.name for path in outside} == {"x.zip"}


def test_a_very_large_sparse_file_is_refused(library: Shelves, tmp_path: Path) -> None:
    with (tmp_path / "conversations.json").open("wb") as file:
        file.truncate(archive.LARGEST_FILE + 1)
    assert [why for _, why in take_in(library, tmp_path).refused] == ["it is larger than 8 GB"]


def test_a_torn_line_of_claude_code_costs_itself_only(library: Shelves, tmp_path: Path) -> None:
    place = write_lines(tmp_path / "s.jsonl", code_lines())
    lines = place.read_bytes().split(b"\n")
    lines[6:6] = [b'{"type":"assistant","uuid":"x', b"\0\0\0", b"\xff\xfe"]
    place.write_bytes(b"\n".join(lines))
    summary = take_in(library, place)
    assert (summary.new, summary.messages, summary.skipped["unreadable lines"]) == (1, 5, 2)


# trees that are none


def test_circles_and_lost_parents_leave_every_message_in_sight(library: Shelves, tmp_path: Path) -> None:
    nodes = [
        gpt_node("a", "c", "user", "one"),
        gpt_node("b", "a", "assistant", "two"),
        gpt_node("c", "b", "user", "three"),
        gpt_node("d", "nowhere", "user", "four"),
        gpt_node("e", "e", "user", "five"),
        gpt_node("h", "i"),
        gpt_node("i", "h"),
        gpt_node("f", "i", "user", "six"),
    ]
    chat = gpt_chat(mapping={node["id"]: node for node in nodes}, current_node="h")
    take_in(library, write_json(tmp_path / "conversations.json", [chat]))
    back = library.read(library.list()[0].id)
    assert not back.notices
    assert {message.text for message in back.messages.values()} == {"one", "two", "three", "four", "five", "six"}


def test_a_chat_of_thousands_of_messages_one_below_the_other_is_no_deep_recursion(
    library: Shelves, tmp_path: Path
) -> None:
    nodes = [gpt_node(str(number), str(number + 1), "user", f"w{number}") for number in range(2_000)]
    chat = gpt_chat(mapping={node["id"]: node for node in nodes}, current_node="0")
    take_in(library, write_json(tmp_path / "conversations.json", [chat]))
    assert len(tree.path(library.read(library.list()[0].id))) == 2_000


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.none(), max_size=2)


def spoiled(value: Any, draw: st.DrawFn) -> Any:
    """`value` with some of its parts replaced by something else, removed or said twice."""
    if draw(st.integers(0, 30)) == 0:
        return draw(JUNK | st.dictionaries(st.text(max_size=3), JUNK, max_size=2))
    if isinstance(value, dict):
        return {key: spoiled(each, draw) for key, each in value.items() if draw(st.integers(0, 40))}
    if isinstance(value, list):
        return [spoiled(each, draw) for each in value for _ in range(1 + (draw(st.integers(0, 40)) == 0))]
    return value


@st.composite
def spoiled_exports(draw: st.DrawFn) -> tuple[str, Any]:
    kind = draw(st.sampled_from(["claude", "chatgpt", "code", "salon"]))
    if kind == "code":
        return kind, spoiled(code_lines(), draw)
    message = {"k": "msg", "id": "a", "parent": None, "role": "user", "content": [{"type": "text", "text": "x"}]}
    own = {"salon": 1, "id": "s", "records": [message, {"k": "leaf", "of": "a"}, message | {"id": "b", "parent": "a"}]}
    return kind, spoiled([{"claude": claude_chat(), "chatgpt": gpt_chat(), "salon": own}[kind]], draw)


@given(spoiled_exports())
@settings(max_examples=50, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
def test_whatever_an_export_holds_it_is_imported_or_told_and_can_be_asked_about(
    tmp_path_factory: pytest.TempPathFactory, export: tuple[str, Any]
) -> None:
    kind, value = export
    folder = tmp_path_factory.mktemp("spoiled")
    library = Shelves(folder)
    if kind == "code":
        lines = value if isinstance(value, list) else [value]
        place = folder / "s.jsonl"
        place.write_text("".join(json.dumps(line) + "\n" for line in lines))
    else:
        place = write_json_ascii(folder / "conversations.json", value)
    summary = take_in(library, place)
    assert summary.sentences()
    again = take_in(library, place)
    assert (again.new, again.updated, again.messages) == (0, 0, 0), "twice makes no doubles"
    for session in library.list():
        back = library.read(session.id)
        assert not back.notices, "what is written is sound"
        for message in back.messages.values():
            if message.role == "user" and message.source and message.text.strip():
                history = build(tree.path(back, message.id), model=ModelInfo(id="m")).body["messages"]
                kinds = {block["type"] for each in history if each["role"] == "assistant" for block in each["content"]}
                assert kinds <= {"text"}


def write_json_ascii(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="ascii")
    return path
