"""The end of one session file: puts lines there, and knows which of them are safe.

Synchronous and without threads; one thread owns it. What has not been written stays here, in order, and is tried again
at the next `save`, so a disk that is full for an hour costs an hour's durability and not a word.

Why it is more than `write` and `fsync`:

* A write on a full disk is short: 854 of 9,010 bytes, then ENOSPC (measured on ext4). The file is cut back to the last
  whole line, which works on a full disk too; where even that fails the next line starts with a newline of its own.
* After a failed fsync the kernel may count the pages as clean, and the next fsync succeeds without having written them.
  So lines are kept until they are synced, and put in their place once more after a failed sync.
* git and sync tools replace a file by another with its name, and some programs write into it. What of this appender's
  own lines, or of the file it wrote to, is then missing is appended once more; lines that are there stay alone.
"""

import errno
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from salon.store.files import APPEND, READ, REWRITE, FileLayer, reason_of, write_all
from salon.store.merge import read_whole
from salon.store.reader import parse
from salon.store.records import FILE_LIMIT, LINE_LIMIT

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Line:
    """Bytes for the file, how many lines were put in up to and with them, and where in the file they begin."""

    data: bytes
    number: int
    offset: int = -1


class FileState(NamedTuple):
    """What tells whether a file is as it was left."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileState | None":
        """How the file at `path` is now; None where it is gone or out of reach."""
        try:
            status = path.lstat()
        except OSError:
            return None
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Appender:
    """Lines on their way to the end of a file.

    The file and its folders are made when the first line is written; `first_line` gives the line that an empty file
    begins with. `loaded` is how the file was when its session was read.
    """

    def __init__(
        self, path: Path, first_line: Callable[[], bytes], files: FileLayer, loaded: FileState | None = None
    ) -> None:
        self.path = path
        self.meddled = False
        """Whether another program was found to have changed the file, by more than settings."""
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
        self._left = loaded
        """How the file was after the last time that it was read or written in here."""
        self._own: list[bytes] = []
        """The lines that nobody else could give back."""

    def put(self, line: bytes, *, keep: bool = True) -> int:
        """Take a line in, without touching the disk; its number. Raises `ValueError` for one too long to be read.

        Without `keep` it is not put back when another program takes it out of the file again.
        """
        if len(line) > LINE_LIMIT:
            raise ValueError("the record is too large for a session file")
        self.put_in += 1
        self._waiting.append(_Line(line, self.put_in))
        if keep:
            self._own.append(line)
        return self.put_in

    def give_up(self) -> list[bytes]:
        """Close the file and hand out what could not be written or synced, for another place."""
        lines = [line.data for line in (*self._unsynced, *self._waiting)]
        self._unsynced.clear()
        self._waiting.clear()
        self._forget_descriptor()
        return lines

    def look(self) -> bool:
        """Whether another program has changed the file since the last look, by more than settings.

        What it took away of this appender's own lines is put back; what it wrote stays.
        """
        try:
            now = FileState.of(self.path)
            if now != self._left and (self._left is not None or now is not None):
                self._examine(now)
        except OSError as error:
            self._fail(error)
        meddled, self.meddled = self.meddled, False
        return meddled

    def _examine(self, now: FileState | None) -> None:
        """Find out what was done to the file, and have what is missing of it written again."""
        before = self._left
        grown = now is not None and before is not None and now[:2] == before[:2] and now.size > before.size
        if now is not None and before is not None and grown and self._are_settings(before.size, now.size):
            self._left = now
            return
        self.meddled = True
        if not grown and self._own:
            if self._descriptor is not None:
                self._move_to_replacement(self._descriptor)
            else:
                self._require(b"".join(self._own))
            self._save(sync=True)
        if self._descriptor is not None:
            self._find_end(self._descriptor)
        self._left = FileState.of(self.path)

    def _are_settings(self, start: int, end: int) -> bool:
        """Whether that part of the file only sets titles, pins and the like, as a list in another window does."""
        descriptor = self._files.open(self.path, READ)
        try:
            piece = self._files.read_at(descriptor, min(end - start, 1 << 16), start)
        finally:
            self._files.close(descriptor)
        return all(line.record is not None and line.record["k"] == "set" for line in parse(piece.split(b"\n")))

    def _require(self, content: bytes) -> None:
        """Have the lines of `content` written that the file has not, before all that waits."""
        there = set(read_whole(self.path, self._files).split(b"\n")) if FileState.of(self.path) is not None else set()
        for waiting in self._waiting:
            there.update(waiting.data.split(b"\n"))
        lines = dict.fromkeys(content.split(b"\n"))
        missing = [line for line in lines if line.strip(b"\0 \t\r") and line not in there]
        if missing:
            logger.warning("%d records of %s were missing and are put back", len(missing), self.path)
            self._waiting.appendleft(_Line(b"\n".join(missing) + b"\n", self.written))

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

    def _save(self, sync: bool, *, look_after: bool = True) -> None:
        descriptor = self._open()
        if sync and not self._files.is_at(descriptor, self.path):
            descriptor = self._move_to_replacement(descriptor)
        if self._files.size(descriptor) < self._end:
            self.meddled = True
            self._require(b"".join(self._own))
            self._find_end(descriptor)
        try:
            if self._suspect:
                self._put_again(descriptor)
            while self._waiting:
                line = self._waiting[0]
                self._write(descriptor, line)
                self._waiting.popleft()
                self.written = line.number
            if sync:
                self._sync(descriptor)
        except OSError:
            self._note_own_change(descriptor)
            raise
        if sync and look_after and not self._files.is_at(descriptor, self.path):
            # Replaced since the look before: what was written is in a file that nobody reads any more. Once only,
            # because there are file systems that never find a file to be the one that was opened.
            self._move_to_replacement(descriptor)
            self._save(sync, look_after=False)
        self._left = FileState.of(self.path)

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
            self._notice()
            if self._end == 0:
                self._is_new = True
                self._write(descriptor, _Line(self._first_line(), self.written))
        except OSError:
            self._close(descriptor)
            raise
        self._descriptor = descriptor
        return descriptor

    def _notice(self) -> None:
        """See whether the file is another than was read or left, before anything is written to it."""
        left, now = self._left, FileState.of(self.path)
        if left is None or now is None or left[:3] == now[:3]:
            return
        if left[:2] != now[:2] or now.size < left.size or not self._are_settings(left.size, now.size):
            self.meddled = True

    def _find_end(self, descriptor: int) -> None:
        """Look where the file ends, and whether in the middle of a line."""
        self._end = self._files.size(descriptor)
        self._torn = self._end > 0 and self._files.read_at(descriptor, 1, self._end - 1) != b"\n"

    def _write(self, descriptor: int, line: _Line) -> None:
        if (size := self._files.size(descriptor)) != self._end:
            # Somebody else wrote: a list that changes a title, a sync program, another Salon where locks do not work.
            self.meddled = self.meddled or not self._are_settings(self._end, size)
            self._find_end(descriptor)
        data = b"\n" + line.data if self._torn else line.data
        if self._end + len(data) > FILE_LIMIT:
            raise OSError(errno.EFBIG, "the session file is full")
        try:
            write_all(self._files, descriptor, data)
        except OSError:
            self._cut_back(descriptor)
            self._note_own_change(descriptor)
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

    def _note_own_change(self, descriptor: int) -> None:
        """After an attempt that failed half-way, remember the file as it is: nobody else has changed it so."""
        try:
            if self._files.is_at(descriptor, self.path):
                self._left = FileState.of(self.path)
        except OSError as error:
            logger.info("Could not look at %s: %s", self.path, reason_of(error))

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
        self.meddled = True
        size, content = self._files.size(old), b""
        while len(content) < size and (piece := self._files.read_at(old, size - len(content), len(content))):
            content += piece
        self._unsynced.clear()
        # Of the file as it was all is put back, and what was in it once although somebody has emptied it since.
        self._require(b"".join((content, b"\n", *self._own)))
        self._forget_descriptor()
        self._left = FileState.of(self.path)
        return self._open()
