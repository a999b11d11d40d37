"""However a session file is cut or soiled, it opens, says what is missing, and goes on."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.chat.conversation import Status
from salon.store import reader
from salon.store.appender import Appender
from salon.store.files import OperatingSystem
from salon.store.records import Record, encode
from store_support import closed, file_of, loaded, opened, part, prompt, text_delta, text_events, texts

CHAT: list[Record] = [
    {"k": "head", "min": 1},
    {"k": "set", "key": "title", "value": "Tìtle"},
    prompt("p1", None, "première 問題 😀"),
    opened("a1", "p1"),
    part("a1", 1, text_events("one ", "two ")),
    part("a1", 2, [text_delta("three")]),
    closed("a1", "one two three"),
    prompt("p2", "a1", "second"),
    opened("a2", "p2"),
    part("a2", 1, text_events("cut")),
]
CONTENT = file_of(CHAT)
ENDS = [len(file_of(CHAT[:count])) for count in range(len(CHAT) + 1)]
TAILS = {"none": b"", "nul": b"\0" * 4096, "garbage": b"\x80\xffgarbage{"}
NEW = prompt("p9", None, "appended")


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
def test_a_file_cut_at_any_byte_opens_and_takes_the_next_record(tail: bytes) -> None:
    for cut in range(len(CONTENT) + 1):
        whole = sum(end <= cut for end in ENDS[1:])
        torn = CONTENT[:cut] + tail
        before = loaded(torn)
        for record in CHAT[:whole]:
            if record["k"] in {"msg", "open"}:
                assert record["id"] in before.conversation.messages
        # What the appender writes behind a torn tail, and what it writes behind a whole line:
        joint = b"" if torn.endswith(b"\n") or not torn else b"\n"
        after = loaded(torn + joint + encode(NEW, 0.0))
        assert after.conversation.messages["p9"].text == "appended"
        assert texts(after)[:-1] == texts(before)
        assert after.damage.skipped == before.damage.skipped <= 1


def test_a_last_line_without_its_newline_is_read() -> None:
    assert texts(loaded(CONTENT[: ENDS[3] - 1])) == ["première 問題 😀"]


@pytest.mark.parametrize(
    ("content", "damage"),
    [
        (b"\xef\xbb\xbf" + CONTENT, 0),
        (CONTENT.replace(b"\n", b"\r\n"), 0),
        (CONTENT.replace(b"\n", b"\n\n \n"), 0),
        (b"\0" * 500 + b"\n" + CONTENT, 0),
        (b"<<<<<<< HEAD\n" + CONTENT, 1),
        (CONTENT + b"[" * 200_000 + b"\n", 1),
        (CONTENT + b'{"k":"note","n":' + b"1" * 9000 + b"}\n", 1),
        (CONTENT + b"null\n12\n", 2),
    ],
    ids=["bom", "crlf", "blank", "nul", "conflict", "deep", "digits", "scalars"],
)
def test_what_is_not_a_record_is_counted_and_passed(content: bytes, damage: int) -> None:
    told = loaded(content)
    assert texts(told) == texts(loaded(CONTENT))
    assert told.damage.skipped == damage
    assert len(told.conversation.notices) == bool(damage)


def test_bytes_that_are_not_utf_8_are_replaced_and_told() -> None:
    told = loaded(CONTENT.replace(b"second", b"sec\xffnd"))
    assert texts(told)[2] == "sec\ufffdnd"
    assert told.conversation.notices == ("1 record had unreadable characters.",)


def test_a_line_over_the_limit_is_passed_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(file_of(CHAT[:3]) + b'{"k":"' + b"x" * 5000 + b'"}\n' + encode(NEW, 0.0))
    lines = reader.read_session_file(path, OperatingSystem(), line_limit=1000)
    assert [line.record["k"] if line.record else None for line in lines] == ["head", "set", "msg", None, "msg"]


def test_a_huge_sparse_file_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    path.touch()
    os.truncate(path, 1 << 40)
    with pytest.raises(reader.FileTooLarge):
        list(reader.read_session_file(path, OperatingSystem()))


def test_a_fifo_or_a_link_in_the_place_of_a_session_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to(tmp_path / "fifo")
    for name in ("fifo", "link"):
        with pytest.raises(OSError, match=r"regular|symbolic"):
            list(reader.read_session_file(tmp_path / name, OperatingSystem()))


operations = st.lists(
    st.tuples(st.sampled_from(["record", "cut", "nul", "garbage"]), st.integers(0, 400)), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(operations)
def test_crashes_and_reopenings_never_lose_a_whole_record(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """A crash may take bytes of the last record only; everything before it was acknowledged."""
    path = tmp_path_factory.mktemp("crash") / "session.jsonl"
    kept: list[str] = []
    for number, (step, amount) in enumerate(steps):
        if step == "record" or not path.exists():
            appender = Appender(path, lambda: encode({"k": "head", "min": 1}, 0.0), OperatingSystem())
            appender.put(encode(prompt(f"m{number}", None, "x" * (amount % 50)), 0.0))
            assert appender.save(sync=False)
            appender.close()
            kept.append(f"m{number}")
        elif step == "cut" and kept:
            last_line = path.read_bytes().rstrip(b"\n").rfind(b"\n") + 1
            os.truncate(path, min(path.stat().st_size, last_line + amount))
            if f'"id":"{kept[-1]}"'.encode() not in path.read_bytes() or kept[-1] not in ids_in(path):
                kept.pop()
        else:
            with path.open("ab") as stream:
                stream.write(b"\0" * amount if step == "nul" else b"\xfe" * amount)
            if kept[-1:] and kept[-1] not in ids_in(path):
                kept.pop()
        assert ids_in(path) == kept


def ids_in(path: Path) -> list[str]:
    return list(loaded(path.read_bytes()).conversation.messages)


def test_an_interrupted_answer_survives_every_later_opening() -> None:
    answer = loaded(CONTENT + encode(NEW, 0.0)).conversation.messages["a2"]
    assert (answer.text, answer.status) == ("cut", Status.INTERRUPTED)


@pytest.mark.parametrize("bit", range(8))
def test_one_flipped_bit_costs_no_other_record(bit: int) -> None:
    ids = [record["id"] for record in CHAT if record["k"] in {"msg", "open"}]
    for at in range(bit % 3, len(CONTENT), 3):
        flipped = bytearray(CONTENT)
        flipped[at] ^= 1 << bit
        told = loaded(bytes(flipped)).conversation
        # A flip inside a line harms that line; one that makes or takes a line's end harms its neighbour, too.
        there = sum(an_id in told.messages or an_id in told.written for an_id in ids)
        assert there >= len(ids) - 2
        assert "appended" in texts(loaded(bytes(flipped) + b"\n" + encode(NEW, 0.0)))


@pytest.mark.parametrize("jump", [-10 * 365 * 86_400.0, -3_600.0, 3_600.0, 60 * 365 * 86_400.0])
def test_a_clock_that_jumps_between_records_changes_nothing(jump: float) -> None:
    times = [1.7e9 + (jump if number % 2 else 0.0) for number in range(len(CHAT))]
    jumped = b"".join(encode(record, now) for record, now in zip(CHAT, times, strict=True))
    assert texts(loaded(jumped)) == texts(loaded(CONTENT))
    assert loaded(jumped).conversation.leaf == loaded(CONTENT).conversation.leaf
