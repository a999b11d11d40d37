"""The log never blocks, never raises, and says truly what is on disk."""

import asyncio
import errno
import subprocess
import sys
import threading
from contextvars import ContextVar
from pathlib import Path

import pytest

from salon.chat.conversation import path as path_of
from salon.store.files import OperatingSystem
from salon.store.lock import SessionLock
from salon.store.log import FileLog
from salon.store.memory import MemoryLog, ReadOnlyLog
from salon.store.records import Record
from store_support import SESSION, FaultyDisk, Switch, loaded, prompt, texts


class States:
    """What a log says of its state, to be awaited."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._news = asyncio.Event()

    def __call__(self, sentence: str) -> None:
        self.seen.append(sentence)
        self._news.set()

    async def next(self) -> str:
        await asyncio.wait_for(self._news.wait(), 10)
        self._news.clear()
        return self.seen[-1]


class SlowDisk(OperatingSystem):
    """A disk that does nothing until it is let."""

    def __init__(self) -> None:
        self.may_go = threading.Event()
        self.bug = False

    def open(self, path: Path | str, flags: int) -> int:
        self.may_go.wait(10)
        if self.bug:
            raise RuntimeError("a bug")
        return super().open(path, flags)


def ask(number: int) -> Record:
    return prompt(f"m{number}", f"m{number - 1}" if number else None, str(number))


async def test_what_is_acknowledged_is_in_the_file_in_order(tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    disk = FaultyDisk()
    log = FileLog(file, SESSION, files=disk)
    assert not file.exists()
    receipts = [log.append(ask(number)) for number in range(50)]
    assert await log.append(ask(50), durable=True)
    assert disk.medium(file) == file.read_bytes()
    assert all([await receipt for receipt in receipts])
    assert texts(loaded(file.read_bytes())) == [str(number) for number in range(51)]
    assert file.read_bytes().startswith(b'{"v":1,"k":"head","id":"' + SESSION.encode())
    assert await log.close()


async def test_a_record_may_change_after_it_was_given_away(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "session.jsonl", SESSION)
    record = ask(0)
    receipt = log.append(record)
    record["content"].clear()
    assert await receipt
    await log.close()
    assert texts(loaded(log.path.read_bytes())) == ["0"]


async def test_a_slow_disk_does_not_hold_the_caller(tmp_path: Path) -> None:
    disk = SlowDisk()
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=disk)
    receipt = log.append(ask(0), durable=True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(receipt)), 0.01)
    disk.may_go.set()
    assert await receipt
    assert await log.close()


async def test_a_reader_that_is_cancelled_takes_nothing_from_others(tmp_path: Path) -> None:
    disk = SlowDisk()
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=disk)
    receipt = log.append(ask(0))
    impatient = asyncio.ensure_future(receipt)
    await asyncio.sleep(0)
    impatient.cancel()
    disk.may_go.set()
    assert await receipt
    assert await log.close()


@pytest.mark.parametrize(
    ("code", "reason"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "permission"), (errno.EPROTO, "says")],
)
async def test_a_refusal_is_told_and_the_record_follows_when_the_disk_is_back(
    tmp_path: Path, code: int, reason: str
) -> None:
    switch, states = Switch("write", "open"), States()
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=FaultyDisk(switch), on_state=states)
    assert await log.append(ask(0), durable=True)
    switch.code = code
    assert not await log.append(ask(1), durable=True)
    assert reason in log.unsaved
    assert await states.next() == log.unsaved
    assert not await log.append(ask(2))
    switch.code = 0
    assert await log.append(ask(3))
    assert await states.next() == "" == log.unsaved
    assert texts(loaded(log.path.read_bytes())) == ["0", "1", "2", "3"]
    assert len(states.seen) == 2
    assert await log.close()


async def test_whoever_is_told_is_where_the_record_came_from(tmp_path: Path) -> None:
    where: ContextVar[str] = ContextVar("where")
    switch, states = Switch("write"), States()

    def told(sentence: str) -> None:
        states(f"{where.get('nowhere')}: {sentence}")

    log = FileLog(tmp_path / "session.jsonl", SESSION, files=FaultyDisk(switch), on_state=told, retry_seconds=0.01)
    switch.code = errno.ENOSPC
    where.set("in the chat")
    assert not await log.append(ask(0), durable=True)
    assert (await states.next()).startswith("in the chat: Not saved")
    switch.code = 0
    assert await states.next() == "in the chat: "
    assert await log.close()


async def test_the_disk_is_asked_again_without_a_new_record(tmp_path: Path) -> None:
    switch, states = Switch("open"), States()
    switch.code = errno.EIO
    disk = FaultyDisk(switch)
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=disk, on_state=states, retry_seconds=0.01)
    assert not await log.append(ask(0), durable=True)
    assert await states.next()
    switch.code = 0
    assert await states.next() == ""
    assert texts(loaded(disk.medium(log.path))) == ["0"]
    assert await log.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_bug_in_the_writer_leaves_nobody_waiting(tmp_path: Path) -> None:
    disk, states = SlowDisk(), States()
    disk.bug = True
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=disk, on_state=states)
    receipts = [log.append(ask(number)) for number in range(3)]
    writer = next(thread for thread in threading.enumerate() if thread.name == f"log-{SESSION}")
    disk.may_go.set()
    assert [await receipt for receipt in receipts] == [False, False, False]
    writer.join(10)
    assert "itself failed" in await states.next()
    assert not await log.append(ask(4))
    assert not await log.close()


async def test_a_durable_record_is_only_acknowledged_when_it_is_synced(tmp_path: Path) -> None:
    switch = Switch("sync")
    switch.code = errno.EIO
    disk = FaultyDisk(switch)
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=disk)
    assert not await log.append(ask(0), durable=True)
    switch.code = 0
    assert await log.append(ask(1), durable=True)
    assert disk.medium(log.path) == log.path.read_bytes()
    assert texts(loaded(log.path.read_bytes())) == ["0", "1"]
    assert await log.close()


async def test_what_streams_is_synced_now_and_then(tmp_path: Path) -> None:
    synced = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Observed(OperatingSystem):
        def sync(self, descriptor: int) -> None:
            super().sync(descriptor)
            loop.call_soon_threadsafe(synced.set)

    log = FileLog(tmp_path / "session.jsonl", SESSION, files=Observed(), sync_seconds=0.01)
    assert await log.append(ask(0))
    await asyncio.wait_for(synced.wait(), 10)
    assert await log.close()


async def test_closing_on_a_disk_that_refuses_says_so_and_gives_the_lock_back(tmp_path: Path) -> None:
    switch = Switch("write")
    switch.code = errno.ENOSPC
    lock = SessionLock.acquire(tmp_path, SESSION)
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=FaultyDisk(switch), lock=lock)
    receipt = log.append(ask(0))
    assert not await log.close()
    assert not await receipt
    SessionLock.acquire(tmp_path, SESSION).release()


async def test_closing_twice_or_without_a_record_is_fine_and_leaves_no_file(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "session.jsonl", SESSION, lock=SessionLock.acquire(tmp_path / "locks", SESSION))
    assert await log.close()
    assert await log.close()
    assert not log.path.exists()
    assert not await log.append(ask(0))
    SessionLock.acquire(tmp_path / "locks", SESSION).release()


async def test_what_was_mended_is_written_down_before_the_first_record(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "session.jsonl", SESSION, repair={"k": "repair", "skipped": 1})
    await log.append(ask(0))
    await log.append({"k": "note"})
    await log.close()
    kinds = [line.split(b'"')[5] for line in log.path.read_bytes().splitlines()]
    assert kinds == [b"head", b"repair", b"msg", b"note"]


async def test_a_clock_that_runs_backwards_changes_no_order(tmp_path: Path) -> None:
    times = iter([1.7e9, 1.7e9 - 3600, 1.7e9 - 10 * 365 * 86400, 0.0, 0.0])
    log = FileLog(tmp_path / "session.jsonl", SESSION, clock=lambda: next(times))
    for number in range(4):
        await log.append(ask(number))
    await log.close()
    conversation = loaded(log.path.read_bytes()).conversation
    assert [message.text for message in path_of(conversation)] == ["0", "1", "2", "3"]


def test_without_an_event_loop_records_are_written_too(tmp_path: Path) -> None:
    log = FileLog(tmp_path / "session.jsonl", SESSION)
    assert log.append(ask(0), durable=True).result(10)
    assert log.close_now()
    assert texts(loaded(log.path.read_bytes())) == ["0"]


def test_a_disk_that_hangs_does_not_hang_the_end_of_the_process(tmp_path: Path) -> None:
    disk = SlowDisk()
    log = FileLog(tmp_path / "session.jsonl", SESSION, files=disk)
    log.append(ask(0))
    assert not log.close_now(timeout=0.01)
    disk.may_go.set()
    assert log.close_now()


def test_a_process_that_ends_without_closing_writes_everything(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from salon.store.log import FileLog
log = FileLog(Path(sys.argv[1]), sys.argv[2])
for number in range(2000):
    log.append({"k": "msg", "id": f"m{number}", "role": "user", "content": str(number)})
"""
    file = tmp_path / "session.jsonl"
    subprocess.run([sys.executable, "-c", script, str(file), SESSION], check=True)
    assert texts(loaded(file.read_bytes())) == [str(number) for number in range(2000)]


async def test_logs_without_a_file_answer_at_once() -> None:
    for log, answer in ((MemoryLog(), True), (ReadOnlyLog("Not saved."), False)):
        assert await log.append(ask(0), durable=True) is answer
        assert await log.close()
