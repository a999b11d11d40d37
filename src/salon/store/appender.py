"""The end of one session file: puts lines there, and knows which of them are safe.

Synchronous and without threads; one thread owns it. What has not been written stays here, in order, and is tried again
at the next `save`, so a disk that is full for an hour costs an hour's durability and not a word.

Why it is more than `write` and `fsync`:

* A write on a full disk is short: 854 of 9,010 bytes, then ENOSPC (measured on ext4). The file is cut back to the last
  whole line, which works on a full disk too; where even that fails the next line starts with a newline of its own.
* After a failed fsync the kernel may count the pages as clean, and the next fsync succeeds without having written them.
  So lines are kept until they are synced, and put in their place once more after a failed sync.
* git and sync tools replace a file by another with its name. What was written to the old one is then appended to the
  new one; records that are in both are one to `replay`.
"""

import errno
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from salon.store.files import APPEND, REWRITE, FileLayer, reason_of, write_all
from salon.store.records import FILE_LIMIT, LINE_LIMIT

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Line:
    """Bytes for the file, how many lines were put in up to and with them, and where in the file they begin."""

    data: bytes
    number: int
    offset: int = -1


class Appender:
    """Lines on their way to the end of a file.

    The file and its folders are made when the first line is written; `first_line` gives the line that an empty file
    begins with.
    """

    def __init__(self, path: Path, first_line: Callable[[], bytes], files: FileLayer) -> None:
        self.path = path
        self.trouble: OSError | None = None
        """Why the last attempt failed; None after one that did not."""
        self.put_in = 0
        """How many lines were put in."""
        self.written = 0
        """How many of them are in the file."""
        self.synced = 0
        """How many of them are on the medium."""
        self._first_line = first_line
        self._files = files
        self._waiting: deque[_Line] = deque()
        self._unsynced: deque[_Line] = deque()
        self._descriptor: int | None = None
        self._end = 0
        self._torn = False
        self._suspect = False
        """Whether the unsynced lines may be missing from the medium, or even from the file."""
        self._is_new = False

    def put(self, line: bytes) -> int:
        """Take a line in, without touching the disk; its number. Raises `ValueError` for one too long to be read."""
        if len(line) > LINE_LIMIT:
            raise ValueError("the record is too large for a session file")
        self.put_in += 1
        self._waiting.append(_Line(line, self.put_in))
        return self.put_in

    def save(self, *, sync: bool) -> bool:
        """Write what waits, in order, and with `sync` have it on the medium; whether all of that succeeded."""
        if self._waiting or (sync and self._unsynced):
            try:
                self._save(sync)
            except OSError as error:
                self._fail(error)
                return False
        self.trouble = None
        return True

    def close(self) -> None:
        """Give the file back; lines that could not be written are given up, which is logged."""
        if self._waiting:
            logger.error("%d records of %s could not be saved", self.put_in - self.written, self.path)
        self._forget_descriptor()

    def _save(self, sync: bool) -> None:
        descriptor = self._open()
        if sync and not self._files.is_at(descriptor, self.path):
            descriptor = self._move_to_replacement(descriptor)
        if self._suspect:
            self._put_again(descriptor)
        while self._waiting:
            line = self._waiting[0]
            self._write(descriptor, line)
            self._waiting.popleft()
            self.written = line.number
        if sync:
            self._sync(descriptor)

    def _fail(self, error: OSError) -> None:
        if self.trouble is None or self.trouble.errno != error.errno:
            logger.warning("Could not save to %s: %s (%s)", self.path, reason_of(error), error)
        self.trouble = error
        self._suspect = True
        # A new attempt takes a new descriptor: the old one is of no use after a disk was gone or a share remounted.
        self._forget_descriptor()

    def _forget_descriptor(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        try:
            self._files.close(descriptor)
        except OSError as error:
            self._suspect = True  # a network file system may tell only here that it lost something
            logger.warning("Could not close %s: %s", self.path, reason_of(error))

    def _open(self) -> int:
        """The open file, after making it and its first line where it is new."""
        if self._descriptor is not None:
            return self._descriptor
        self._files.make_directory(self.path.parent)
        descriptor = self._files.open(self.path, APPEND)
        try:
            self._find_end(descriptor)
            if self._end == 0:
                self._is_new = True
                self._write(descriptor, _Line(self._first_line(), self.written))
        except OSError:
            self._close(descriptor)
            raise
        self._descriptor = descriptor
        return descriptor

    def _find_end(self, descriptor: int) -> None:
        """Look where the file ends, and whether in the middle of a line."""
        self._end = self._files.size(descriptor)
        self._torn = self._end > 0 and self._files.read_at(descriptor, 1, self._end - 1) != b"\n"

    def _write(self, descriptor: int, line: _Line) -> None:
        if self._files.size(descriptor) != self._end:
            self._find_end(descriptor)  # somebody else wrote, where locks do not work
        data = b"\n" + line.data if self._torn else line.data
        if self._end + len(data) > FILE_LIMIT:
            raise OSError(errno.EFBIG, "the session file is full")
        try:
            write_all(self._files, descriptor, data)
        except OSError:
            self._cut_back(descriptor)
            raise
        self._torn = False
        self._end += len(data)
        line.offset = self._end - len(line.data)
        self._unsynced.append(line)

    def _cut_back(self, descriptor: int) -> None:
        """Take half a line away again."""
        try:
            self._files.truncate(descriptor, self._end)
        except OSError as error:
            # The next attempt finds the half line and starts a line of its own behind it.
            logger.warning("Could not cut %s back: %s", self.path, reason_of(error))

    def _sync(self, descriptor: int) -> None:
        self._files.sync(descriptor)
        if self._is_new:
            self._files.sync_directory(self.path.parent)
        self._is_new = False
        self._unsynced.clear()
        self.synced = self.written

    def _put_again(self, descriptor: int) -> None:
        """Write the lines that a failed sync may have lost in their place again, so that the kernel counts them as new.

        The bytes are the same, so a failure in here harms nothing. Lines that are not in their place any more are
        appended.
        """
        lost: list[_Line] = []
        rewriter = self._files.open(self.path, REWRITE)
        try:
            for line in self._unsynced:
                if self._files.read_at(descriptor, len(line.data), line.offset) == line.data:
                    self._write_at(rewriter, line)
                else:
                    lost.append(line)
        finally:
            self._files.close(rewriter)
        for line in reversed(lost):
            self._unsynced.remove(line)
            self._waiting.appendleft(_Line(line.data, self.written))
        self._suspect = False

    def _write_at(self, descriptor: int, line: _Line) -> None:
        rest, offset = memoryview(line.data), line.offset
        while rest:
            count = self._files.write_at(descriptor, rest, offset)
            if count <= 0:
                raise OSError(errno.EIO, "nothing was written")
            rest, offset = rest[count:], offset + count

    def _move_to_replacement(self, old: int) -> int:
        """Go on in the file that is at the path now, with everything from the one that was."""
        logger.warning("%s was removed or replaced by another program; its records are put back", self.path)
        size, content = self._files.size(old), b""
        while len(content) < size and (piece := self._files.read_at(old, size - len(content), len(content))):
            content += piece
        self._unsynced.clear()
        if content:
            self._waiting.appendleft(_Line(content.rstrip(b"\n") + b"\n", self.written))
        self._forget_descriptor()
        return self._open()
