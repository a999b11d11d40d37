"""The file operations that the store needs, as one small interface, and the operating system's own.

Everything that writes takes a `FileLayer`, so a test can make the N-th operation fail for every N.
"""

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Protocol

from salon.words import tr

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700

_REFUSE_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
READ = os.O_RDONLY | _REFUSE_LINKS | getattr(os, "O_NONBLOCK", 0)
"""Non-blocking, so that a FIFO in a session's place cannot hang the open before it is found out."""
APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | _REFUSE_LINKS | getattr(os, "O_NONBLOCK", 0)
REWRITE = os.O_WRONLY | _REFUSE_LINKS
CREATE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _REFUSE_LINKS


class FileLayer(Protocol):
    """What the store asks of a file system; every method may raise `OSError`."""

    def open(self, path: Path | str, flags: int) -> int:
        """A descriptor of a regular file; a file that is made gets mode 0600."""
        ...

    def size(self, descriptor: int) -> int:
        """The file's length in bytes."""
        ...

    def is_at(self, descriptor: int, path: Path) -> bool:
        """Whether the open file is still the one at `path`."""
        ...

    def read_at(self, descriptor: int, count: int, offset: int) -> bytes:
        """At most `count` bytes from `offset`."""
        ...

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        """Write some of `data` and say how many bytes."""
        ...

    def write_at(self, descriptor: int, data: bytes | memoryview, offset: int) -> int:
        """Write some of `data` at `offset` and say how many bytes."""
        ...

    def truncate(self, descriptor: int, length: int) -> None:
        """Cut the file to `length` bytes."""
        ...

    def sync(self, descriptor: int) -> None:
        """Return when the file's data is on the medium."""
        ...

    def lock(self, descriptor: int) -> None:
        """Lock the file for this descriptor alone, or fail at once where another has it locked."""
        ...

    def close(self, descriptor: int) -> None:
        """Give the descriptor back."""
        ...

    def make_directory(self, path: Path) -> None:
        """Make `path` and what is missing above it, each 0700 from the start and each synced into its parent."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Return when the names in `path` are on the medium."""
        ...

    def replace(self, source: Path, target: Path) -> None:
        """Rename `source` over `target`, atomically."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; one that is not there is fine."""
        ...


class OperatingSystem:
    """The `FileLayer` of the machine this runs on."""

    def open(self, path: Path | str, flags: int) -> int:
        """See `FileLayer`; raises `OSError` (EINVAL) for what is not a regular file."""
        descriptor = os.open(path, flags, PRIVATE_FILE)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return descriptor

    def size(self, descriptor: int) -> int:
        """See `FileLayer`."""
        return os.fstat(descriptor).st_size

    def is_at(self, descriptor: int, path: Path) -> bool:
        """See `FileLayer`."""
        try:
            return os.path.samestat(os.fstat(descriptor), path.lstat())
        except FileNotFoundError:
            return False

    def read_at(self, descriptor: int, count: int, offset: int) -> bytes:
        """See `FileLayer`."""
        return os.pread(descriptor, count, offset)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        """See `FileLayer`."""
        return os.write(descriptor, data)

    def write_at(self, descriptor: int, data: bytes | memoryview, offset: int) -> int:
        """See `FileLayer`."""
        return os.pwrite(descriptor, data, offset)

    def truncate(self, descriptor: int, length: int) -> None:
        """See `FileLayer`."""
        os.ftruncate(descriptor, length)

    def sync(self, descriptor: int) -> None:
        """See `FileLayer`; on macOS `F_FULLFSYNC`, because fsync there stops at the drive's cache (fsync(2))."""
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        else:
            os.fdatasync(descriptor)

    def lock(self, descriptor: int) -> None:
        """See `FileLayer`. Not on Windows, which has no such call (`OSError`, ENOTSUP)."""
        if sys.platform == "win32":
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self, descriptor: int) -> None:
        """See `FileLayer`."""
        os.close(descriptor)

    def make_directory(self, path: Path) -> None:
        """See `FileLayer`."""
        missing = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for directory in reversed(missing):
            # `mkdir(parents=True)` would give the mode to the last one only.
            directory.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
            self.sync_directory(directory.parent)

    def sync_directory(self, path: Path) -> None:
        """See `FileLayer`; a file system that cannot sync directories (EINVAL, EBADF) is left alone."""
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _REFUSE_LINKS)
        except PermissionError:
            return  # a directory one may write names in but not read, above the places that are ours
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.EBADF, errno.ENOTSUP}:
                raise
        finally:
            os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """See `FileLayer`."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """See `FileLayer`."""
        path.unlink(missing_ok=True)


def content_of(files: FileLayer, path: Path, limit: int) -> bytes:
    """The content of a regular file, links not followed. Raises `OSError`, EFBIG for more than `limit` bytes."""
    descriptor = files.open(path, READ)
    try:
        if files.size(descriptor) > limit:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        pieces, read = [], 0
        while read < limit and (piece := files.read_at(descriptor, limit - read, read)):
            pieces.append(piece)
            read += len(piece)
        return b"".join(pieces)
    finally:
        files.close(descriptor)


def write_all(files: FileLayer, descriptor: int, data: bytes) -> None:
    """Write all of `data`; raises `OSError` after a part of it may have been written."""
    rest = memoryview(data)
    while rest:
        count = files.write(descriptor, rest)
        if count <= 0:
            raise OSError(errno.EIO, "nothing was written")
        rest = rest[count:]


def write_atomically(files: FileLayer, target: Path, data: bytes, temporary: Path | None = None) -> None:
    """Put `data` in `target`'s place: whoever reads sees all of the old content or all of the new.

    The temporary file lies beside it, because a rename is atomic only within a file system; it is removed when
    anything fails. Raises `OSError`. Only one caller at a time for one target, unless each names a `temporary` of its
    own.
    """
    files.make_directory(target.parent)
    temporary = temporary or target.with_name(target.name + ".tmp")
    files.remove(temporary)  # left by a process that was killed in here
    try:
        descriptor = files.open(temporary, CREATE_NEW)
        try:
            write_all(files, descriptor, data)
            files.sync(descriptor)
        finally:
            files.close(descriptor)
        files.replace(temporary, target)
    except BaseException:
        files.remove(temporary)
        raise
    files.sync_directory(target.parent)


_REASONS = {
    errno.ENOSPC: tr("the disk is full"),
    errno.EDQUOT: tr("your disk quota is used up"),
    errno.EROFS: tr("the disk is read-only"),
    errno.EACCES: tr("there is no permission to write there"),
    errno.EPERM: tr("there is no permission to write there"),
    errno.EIO: tr("the disk reports an error"),
    errno.ENXIO: tr("the disk is gone"),
    errno.ENODEV: tr("the disk is gone"),
    errno.ESTALE: tr("the network disk has lost the file"),
    errno.ENOENT: tr("the folder is gone"),
    errno.ENOTDIR: tr("a file is where a folder should be"),
    errno.EISDIR: tr("a folder is where the file should be"),
    errno.ELOOP: tr("the file is a symbolic link, which Salon does not follow"),
    errno.EINVAL: tr("what is there is not a regular file"),
    errno.EFBIG: tr("the file has reached the largest size that is allowed"),
    errno.EMFILE: tr("too many files are open"),
    errno.ENFILE: tr("too many files are open on this computer"),
    errno.ENAMETOOLONG: tr("the name of the file is too long"),
    errno.ETIMEDOUT: tr("the network disk does not answer"),
    errno.EHOSTDOWN: tr("the network disk does not answer"),
}


def reason_of(error: OSError) -> str:
    """Why a file operation failed, in plain words that continue a sentence."""
    known = _REASONS.get(error.errno or 0)
    if known:
        return known
    return tr("the system says “{reason}”", reason=error.strerror or type(error).__name__)
