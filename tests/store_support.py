"""A disk that fails when told to, a disk that forgets what was not synced, and small helpers for session files."""

import errno
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from salon.chat.events import ApiEvent
from salon.store.files import OperatingSystem
from salon.store.reader import parse
from salon.store.records import Record, encode
from salon.store.replay import Replayed, replay

SESSION = "01m827ksw711kva3g43txt7hcj"
STREAMS = Path(__file__).resolve().parents[2] / "shared" / "streams"

Fault = Callable[[int, str], int]
"""Given the number of a call (from 0) and its name, the errno it fails with, or 0."""


class FaultyDisk(OperatingSystem):
    """The real file system, whose N-th call can be made to fail; a failing write leaves half of its data behind.

    It also keeps what a power cut would leave: only what was dirty at a sync that succeeded. A sync that fails marks
    everything as clean, as Linux may.
    """

    def __init__(self, fault: Fault = lambda number, name: 0) -> None:
        self.fault = fault
        self.calls: list[str] = []
        self._medium: dict[int, dict[int, int]] = {}
        self._dirty: dict[int, set[int]] = {}

    def medium(self, path: Path) -> bytes:
        """What of the file would be there after a power cut; what is missing is NUL."""
        cells = self._medium.get(path.stat().st_ino, {})
        return bytes(cells.get(offset, 0) for offset in range(max(cells, default=-1) + 1))

    def _count(self, name: str) -> None:
        number = len(self.calls)
        self.calls.append(name)
        if code := self.fault(number, name):
            raise OSError(code, os.strerror(code))

    def _soil(self, descriptor: int, start: int, stop: int) -> None:
        self._dirty.setdefault(os.fstat(descriptor).st_ino, set()).update(range(start, stop))

    def open(self, path: Path | str, flags: int) -> int:
        self._count("open")
        return super().open(path, flags)

    def size(self, descriptor: int) -> int:
        self._count("size")
        return super().size(descriptor)

    def is_at(self, descriptor: int, path: Path) -> bool:
        self._count("is_at")
        return super().is_at(descriptor, path)

    def read_at(self, descriptor: int, count: int, offset: int) -> bytes:
        self._count("read_at")
        return super().read_at(descriptor, count, offset)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        start = super().size(descriptor)
        try:
            self._count("write")
        except OSError:
            count = super().write(descriptor, data[: len(data) // 2])
            self._soil(descriptor, start, start + count)
            raise
        count = super().write(descriptor, data)
        self._soil(descriptor, start, start + count)
        return count

    def write_at(self, descriptor: int, data: bytes | memoryview, offset: int) -> int:
        self._count("write_at")
        count = super().write_at(descriptor, data, offset)
        self._soil(descriptor, offset, offset + count)
        return count

    def truncate(self, descriptor: int, length: int) -> None:
        self._count("truncate")
        super().truncate(descriptor, length)

    def sync(self, descriptor: int) -> None:
        inode = os.fstat(descriptor).st_ino
        dirty = self._dirty.pop(inode, set())
        self._count("sync")
        content = Path(f"/dev/fd/{descriptor}").read_bytes()
        size = len(content)
        cells = self._medium.setdefault(inode, {})
        for offset in [offset for offset in cells if offset >= size]:
            del cells[offset]
        cells.update((offset, content[offset]) for offset in dirty if offset < size)

    def lock(self, descriptor: int) -> None:
        self._count("lock")
        super().lock(descriptor)

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        self._count("close")

    def make_directory(self, path: Path) -> None:
        self._count("make_directory")
        super().make_directory(path)

    def sync_directory(self, path: Path) -> None:
        self._count("sync_directory")
        super().sync_directory(path)

    def replace(self, source: Path, target: Path) -> None:
        self._count("replace")
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._count("remove")
        super().remove(path)


def failing_at(first: int, code: int = errno.ENOSPC, *, times: int = 1) -> Fault:
    """Fails `times` calls, beginning with number `first`."""
    return lambda number, name: code if first <= number < first + times else 0


class Switch:
    """A fault that can be turned on and off while a test runs; only the calls named `names` fail."""

    def __init__(self, *names: str) -> None:
        self.code = 0
        self._names = names

    def __call__(self, number: int, name: str) -> int:
        return self.code if name in self._names else 0


def prompt(an_id: str, parent: str | None, text: str) -> Record:
    """A `msg` record of the person's."""
    return {"k": "msg", "id": an_id, "parent": parent, "role": "user", "content": [{"type": "text", "text": text}]}


def opened(an_id: str, parent: str | None) -> Record:
    """An `open` record."""
    return {"k": "open", "id": an_id, "parent": parent, "model": "claude-test", "request": {"max_tokens": 5}}


def closed(an_id: str, text: str, **fields: Any) -> Record:
    """A `close` record."""
    return {"k": "close", "of": an_id, "status": "complete", "content": [{"type": "text", "text": text}], **fields}


def part(an_id: str, number: int, events: list[ApiEvent]) -> Record:
    """A `part` record."""
    return {"k": "part", "of": an_id, "n": number, "events": events}


def text_events(*pieces: str) -> list[ApiEvent]:
    """The stream of an answer with one text block, cut off before it ends."""
    start: list[ApiEvent] = [
        {"type": "message_start", "message": {"id": "msg_1", "model": "claude-test", "content": [], "usage": {}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    return start + [text_delta(piece) for piece in pieces]


def text_delta(text: str) -> ApiEvent:
    """More text of block 0."""
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}


def file_of(records: Iterable[Record], now: float = 1.7e9) -> bytes:
    """A session file with these records."""
    return b"".join(encode(record, now) for record in records)


def loaded(content: bytes) -> Replayed:
    """What a file with this content says."""
    return replay(SESSION, parse(content.split(b"\n")))


def texts(told: Replayed) -> list[str]:
    """The texts of all messages, in the order of the file."""
    return [message.text for message in told.conversation.messages.values()]


def events_of_sse(file: Path) -> list[ApiEvent]:
    """The payloads of a recorded stream; data lines that are not JSON objects are left out."""
    events = []
    for line in file.read_bytes().split(b"\n"):
        if line.startswith(b"data:"):
            try:
                payload = json.loads(line[5:])
            except ValueError:
                continue
            if isinstance(payload, dict):
                events.append(payload)
    return events
