"""Whatever call fails, nothing acknowledged is lost, the file stays readable, and the rest follows in order."""

import errno
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.store.appender import Appender
from salon.store.reader import read_session_file
from salon.store.records import LINE_LIMIT, encode
from store_support import FaultyDisk, Switch, failing_at, loaded, prompt, texts

HEAD = encode({"k": "head", "min": 1}, 0.0)
LINES = [encode(prompt(f"m{number}", None, f"text {number} " + "x" * number * 7), 0.0) for number in range(6)]
CODES = [errno.ENOSPC, errno.EIO, errno.EACCES]
WRITING = {"write", "sync", "truncate"}


def run(path: Path, disk: FaultyDisk, lines: list[bytes] = LINES, patience: int = 200) -> None:
    """Put the lines in, every second one synced, trying again until the disk takes them; check after each step."""
    appender = Appender(path, lambda: HEAD, disk)
    for number, line in enumerate(lines):
        appender.put(line)
        appender.save(sync=number % 2 == 1)
        check_acknowledged(path, disk, appender, lines)
    for _ in range(patience):
        if appender.save(sync=True):
            break
        assert appender.trouble is not None
        check_acknowledged(path, disk, appender, lines)
    assert appender.synced == len(lines)
    appender.close()


def check_acknowledged(path: Path, disk: FaultyDisk, appender: Appender, lines: list[bytes]) -> None:
    there = path.read_bytes() if path.exists() else b""
    for line in lines[: appender.written]:
        assert line in there
    medium = disk.medium(path) if path.exists() else b""
    for line in lines[: appender.synced]:
        assert line in medium


def check_file(content: bytes, lines: list[bytes] = LINES) -> None:
    """Every line once and in order; fragments of failed writes may stand between them, each on a line of its own."""
    found = [line + b"\n" for line in content.split(b"\n") if line + b"\n" in lines]
    assert found == lines
    assert content.endswith(b"\n")


def calls_without_fault(tmp_path: Path) -> int:
    disk = FaultyDisk()
    run(tmp_path / "clean.jsonl", disk)
    return len(disk.calls)


@pytest.mark.parametrize("code", CODES, ids=errno.errorcode.get)
@pytest.mark.parametrize("times", [1, 2, 3, 7])
def test_any_call_may_fail(tmp_path: Path, code: int, times: int) -> None:
    for number in range(calls_without_fault(tmp_path) + 1):
        path = tmp_path / str(number) / "session.jsonl"
        run(path, FaultyDisk(failing_at(number, code, times=times)))
        check_file(path.read_bytes())


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(0, 150), st.sampled_from(CODES), max_size=40))
def test_any_calls_may_fail(tmp_path_factory: pytest.TempPathFactory, faults: dict[int, int]) -> None:
    path = tmp_path_factory.mktemp("faults") / "session.jsonl"
    run(path, FaultyDisk(lambda number, name: faults.get(number, 0)))
    check_file(path.read_bytes())


def test_half_a_line_is_cut_off_again(tmp_path: Path) -> None:
    switch = Switch("write")
    path = tmp_path / "session.jsonl"
    appender = Appender(path, lambda: HEAD, FaultyDisk(switch))
    appender.put(LINES[0])
    assert appender.save(sync=True)
    switch.code = errno.ENOSPC
    appender.put(LINES[1])
    assert not appender.save(sync=True)
    assert path.read_bytes() == HEAD + LINES[0]
    switch.code = 0
    assert appender.save(sync=True)
    assert path.read_bytes() == HEAD + LINES[0] + LINES[1]
    appender.close()


def test_half_a_line_that_cannot_be_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    switch = Switch("write", "truncate")
    path = tmp_path / "session.jsonl"
    appender = Appender(path, lambda: HEAD, FaultyDisk(switch))
    appender.put(LINES[0])
    appender.save(sync=True)
    switch.code = errno.EIO
    appender.put(LINES[1])
    appender.save(sync=True)
    switch.code = 0
    assert appender.save(sync=True)
    appender.close()
    told = loaded(path.read_bytes())
    assert len(texts(told)) == 2
    assert told.damage.skipped == 1


def test_a_failed_sync_is_not_believed_the_second_time(tmp_path: Path) -> None:
    """The kernel reports a failed write-back once; a second fsync succeeds without having written anything."""
    switch = Switch("sync")
    disk = FaultyDisk(switch)
    path = tmp_path / "session.jsonl"
    appender = Appender(path, lambda: HEAD, disk)
    appender.put(LINES[0])
    switch.code = errno.EIO
    assert not appender.save(sync=True)
    switch.code = 0
    assert appender.save(sync=True)
    assert disk.medium(path) == path.read_bytes() == HEAD + LINES[0]
    appender.close()


@pytest.mark.parametrize("tail", [b'{"v":1,"k":"ms', b"\0" * 4096, b"\xff\xfegarbage"])
def test_a_torn_tail_is_kept_and_closed_before_the_next_line(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(HEAD + LINES[0] + tail)
    appender = Appender(path, lambda: HEAD, FaultyDisk())
    appender.put(LINES[1])
    assert appender.save(sync=True)
    appender.close()
    assert path.read_bytes() == HEAD + LINES[0] + tail + b"\n" + LINES[1]


@pytest.mark.parametrize("successor", [None, b"", HEAD + LINES[0] + encode(prompt("theirs", "m0", "theirs"), 0.0)])
def test_a_file_that_is_removed_or_replaced_gets_everything_back(tmp_path: Path, successor: bytes | None) -> None:
    path = tmp_path / "session.jsonl"
    disk = FaultyDisk()
    appender = Appender(path, lambda: HEAD, disk)
    for line in LINES[:2]:
        appender.put(line)
        appender.save(sync=True)
    path.unlink()
    if successor is not None:
        other = tmp_path / "other"
        other.write_bytes(successor)
        other.rename(path)
    appender.put(LINES[2])
    assert appender.save(sync=True)
    appender.close()
    told = loaded(path.read_bytes())
    assert {"m0", "m1", "m2"} <= told.conversation.messages.keys()
    assert not told.damage
    assert ("theirs" in told.conversation.messages) == bool(successor)
    for line in LINES[:3]:  # what is not written again is in the file that was put there, and is synced with it
        assert line in disk.medium(path) + (successor or b"")


def test_another_writer_where_locks_do_not_work_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    switch = Switch("write")
    ours, theirs = Appender(path, lambda: HEAD, FaultyDisk(switch)), Appender(path, lambda: HEAD, FaultyDisk())
    for number, line in enumerate(LINES[:4]):
        writer = ours if number % 2 else theirs
        writer.put(line)
        assert writer.save(sync=True)
    ours.put(LINES[4])
    switch.code = errno.ENOSPC
    ours.save(sync=True)
    assert path.read_bytes() == HEAD + b"".join(LINES[:4])
    ours.close()
    theirs.close()


def test_a_file_is_not_made_before_there_is_a_line(tmp_path: Path) -> None:
    appender = Appender(tmp_path / "a" / "session.jsonl", lambda: HEAD, FaultyDisk())
    assert appender.save(sync=True)
    appender.close()
    assert not list(tmp_path.iterdir())


def test_files_and_folders_are_private_and_synced_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "session.jsonl"
    disk = FaultyDisk()
    appender = Appender(path, lambda: HEAD, disk)
    appender.put(LINES[0])
    appender.save(sync=True)
    appender.close()
    modes = [oct(place.stat().st_mode & 0o777) for place in (path, path.parent, path.parent.parent)]
    assert modes == ["0o600", "0o700", "0o700"]
    assert disk.calls.index("sync") < disk.calls.index("sync_directory", disk.calls.index("sync"))


def test_a_line_that_no_reader_would_take_is_refused(tmp_path: Path) -> None:
    appender = Appender(tmp_path / "session.jsonl", lambda: HEAD, FaultyDisk())
    with pytest.raises(ValueError, match="too large"):
        appender.put(b"x" * (LINE_LIMIT + 1))


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"theirs")
    path = tmp_path / "session.jsonl"
    path.symlink_to(target)
    appender = Appender(path, lambda: HEAD, FaultyDisk())
    appender.put(LINES[0])
    assert not appender.save(sync=True)
    appender.close()
    assert target.read_bytes() == b"theirs"


def test_a_large_number_of_lines_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    appender = Appender(path, lambda: HEAD, FaultyDisk())
    for number in range(200):
        appender.put(encode({"k": "note", "n": number}, 0.0))
    appender.save(sync=False)
    appender.close()
    lines = read_session_file(path, FaultyDisk())
    numbers = [line.record["n"] for line in lines if line.record and line.record["k"] == "note"]
    assert numbers == list(range(200))


def refused_from(first: int, code: int, number: int, name: str) -> int:
    return code if number >= first and name in WRITING else 0


@pytest.mark.parametrize("code", CODES, ids=errno.errorcode.get)
def test_what_a_failing_disk_left_half_done_is_not_taken_for_another_programs_doing(tmp_path: Path, code: int) -> None:
    path = tmp_path / "chat.jsonl"
    for first in range(40):
        path.unlink(missing_ok=True)
        disk = FaultyDisk(partial(refused_from, first, code))
        appender = Appender(path, lambda: HEAD, disk)
        for line in LINES:
            appender.put(line)
            appender.save(sync=True)
            assert not appender.look()
        disk.fault = partial(refused_from, 1_000, code)
        assert appender.save(sync=True)
        assert not appender.look()
        with path.open("ab") as other:
            other.write(encode(prompt("theirs", None, "not mine"), 0.0))
        assert appender.look()
        appender.close()
