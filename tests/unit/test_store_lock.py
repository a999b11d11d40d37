"""One writer per session: the second is refused, and however the first ends the lock is free again."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from salon.errors import SessionLocked
from salon.store.files import OperatingSystem
from salon.store.lock import SessionLock
from store_support import SESSION, FaultyDisk, Switch

HOLD = """
import sys
from pathlib import Path
from salon.store.lock import SessionLock
lock = SessionLock.acquire(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


def holder(directory: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", HOLD, str(directory), SESSION]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_refused_and_told_who_holds_it_until_that_is_killed(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(SessionLocked) as refused:
            SessionLock.acquire(tmp_path, SESSION)
        assert refused.value.details["pid"] == process.pid
        assert refused.value.details.keys() == {"pid", "host", "started"}
        assert str(process.pid) in refused.value.what
        process.send_signal(signal.SIGKILL)
        process.wait()
        SessionLock.acquire(tmp_path, SESSION).release()


def test_the_same_process_is_refused_too(tmp_path: Path) -> None:
    lock = SessionLock.acquire(tmp_path, SESSION)
    with pytest.raises(SessionLocked):
        SessionLock.acquire(tmp_path, SESSION)
    lock.release()
    lock.release()
    SessionLock.acquire(tmp_path, SESSION).release()
    assert list(tmp_path.iterdir()) == []


def test_a_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = SessionLock.acquire(tmp_path, SESSION)
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, close_fds=False):
        lock.release()
        SessionLock.acquire(tmp_path, SESSION).release()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 5000, b'{"pid":[],"host":null}'])
def test_nonsense_in_a_lock_file_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    lock = SessionLock.acquire(tmp_path, SESSION)
    (tmp_path / f"{SESSION}.lock").write_bytes(content)
    with pytest.raises(SessionLocked) as refused:
        SessionLock.acquire(tmp_path, SESSION)
    assert refused.value.details == {}
    lock.release()


def test_a_lock_file_that_is_removed_while_one_waits_for_it_does_not_let_two_in(tmp_path: Path) -> None:
    """Its holder removes it between our opening and our locking it: what we lock then, nobody else would find."""

    class Removing(OperatingSystem):
        opened = 0

        def open(self, path: Path | str, flags: int) -> int:
            descriptor = super().open(path, flags)
            self.opened += 1
            if self.opened == 1:
                Path(path).unlink()
            return descriptor

    files = Removing()
    lock = SessionLock.acquire(tmp_path, SESSION, files)
    assert files.opened == 2
    with pytest.raises(SessionLocked):
        SessionLock.acquire(tmp_path, SESSION)
    lock.release()


def test_where_nothing_can_be_locked_one_may_write_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    SessionLock.acquire(tmp_path / "file" / "locks", SESSION).release()
    assert "Could not lock" in caplog.text


def test_a_file_system_that_forbids_locks_is_not_taken_for_another_window(tmp_path: Path) -> None:
    for refused in ("lock", "is_at"):
        SessionLock.acquire(tmp_path, SESSION, forbidding(refused)).release()
    with holder(tmp_path), pytest.raises(SessionLocked):
        SessionLock.acquire(tmp_path, SESSION, forbidding("lock"))


def forbidding(call: str) -> FaultyDisk:
    switch = Switch(call)
    switch.code = errno.EACCES
    return FaultyDisk(switch)
