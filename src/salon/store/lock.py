"""One writer per session, over all processes of this computer.

The lock is an flock on a file of its own in the state directory, so it is released by the kernel however the process
ends. Not on the session file: a lock there breaks when the file is replaced. Not lockf: that is lost when the process
opens and closes the file a second time (both measured). What is in the lock file is for the message only.

A lock file is removed on release. Whoever locks therefore looks whether the file it locked is still the one that
others will find, and begins anew if not. For the same reason a session can be taken over: a lock file is removed by
whoever wants the session, and its holder finds at its next write that the lock it has is not the one that counts.
"""

import errno
import json
import logging
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from salon.errors import SessionLocked
from salon.store.files import FileLayer, OperatingSystem, reason_of
from salon.store.records import timestamp
from salon.words import tr

logger = logging.getLogger(__name__)

_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)  # a child, such as $EDITOR, that inherited the descriptor would keep the lock
)


class SessionLock:
    """The right to write one session, until `release`."""

    def __init__(self, path: Path, descriptor: int | None, files: FileLayer | None = None) -> None:
        self._path = path
        self._descriptor = descriptor
        self._files = files or OperatingSystem()

    @classmethod
    def acquire(cls, directory: Path, session_id: str, files: FileLayer | None = None) -> "SessionLock":
        """Take the lock, or raise `SessionLocked`.

        Where nothing can be locked (no such call, a file system without locks, a state directory that cannot be
        written) the lock is granted with a warning in the log: better two writers than none.
        """
        path = directory / f"{session_id}.lock"
        if sys.platform == "win32":
            logger.warning("This platform has no flock; another Salon could write the same session")
            return cls(path, None)
        files = files or OperatingSystem()
        try:
            files.make_directory(directory)
            descriptor = _lock(path, files)
            _introduce(descriptor)
        except OSError as error:
            logger.warning("Could not lock %s (%s); another Salon could write the same session", path, reason_of(error))
            return cls(path, None)
        return cls(path, descriptor, files)

    @classmethod
    def take_over(cls, directory: Path, session_id: str, files: FileLayer | None = None) -> "SessionLock":
        """Take the lock from whoever has it. Raises `SessionLocked` when another one was faster."""
        try:
            (directory / f"{session_id}.lock").unlink(missing_ok=True)
        except OSError as error:
            logger.warning("Could not take %s over: %s", session_id, reason_of(error))
        return cls.acquire(directory, session_id, files)

    def is_held(self) -> bool:
        """Whether nobody has taken the right away; a lock that could not be had cannot be lost."""
        if self._descriptor is None:
            return True
        try:
            return self._files.is_at(self._descriptor, self._path)
        except OSError as error:
            logger.warning("Could not look at %s: %s", self._path, reason_of(error))
            return True

    def release(self) -> None:
        """Give the right back; more than once is fine."""
        held = self.is_held()
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            if held:
                self._files.remove(self._path)
        except OSError as error:
            logger.warning("Could not remove %s: %s", self._path, reason_of(error))
        os.close(descriptor)


def is_held(path: Path, files: FileLayer | None = None) -> bool:
    """Whether anybody has the lock at `path` now. Raises OSError where that cannot be asked.

    To ask is to hold it for a moment, so this is for whoever looks once, not for whoever waits.
    """
    files = files or OperatingSystem()
    descriptor = files.open(path, _FLAGS & ~os.O_CREAT)
    try:
        files.lock(descriptor)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        return True
    finally:
        files.close(descriptor)
    return False


def _lock(path: Path, files: FileLayer) -> int:
    """The locked descriptor of the file that is at `path` now."""
    while True:
        descriptor = files.open(path, _FLAGS)
        try:
            _lock_or_refuse(descriptor, files)
            if files.is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock_or_refuse(descriptor: int, files: FileLayer) -> None:
    """Raises `SessionLocked` where another has the lock, `OSError` where nothing can be locked.

    flock says EWOULDBLOCK for the one. Where it is made of the record locks of fcntl it may also say EACCES, which is
    as well what a file system says that forbids it: then the file tells whether somebody was there.
    """
    try:
        files.lock(descriptor)
    except OSError as error:
        holder = _holder(descriptor)
        if error.errno == errno.EWOULDBLOCK or (error.errno == errno.EACCES and holder):
            raise _refusal(holder) from None
        raise


def _introduce(descriptor: int) -> None:
    """Say in the lock file who holds it."""
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "started": timestamp(time.time())}
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
    except OSError as error:
        logger.warning("Could not say in the lock file who holds it: %s", reason_of(error))


def _holder(descriptor: int) -> dict[str, Any]:
    try:
        holder = json.loads(os.pread(descriptor, 1024, 0))
    except (OSError, ValueError, RecursionError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _refusal(holder: dict[str, Any]) -> SessionLocked:
    pid = holder.get("pid")
    who = tr(" (process {pid})", pid=pid) if isinstance(pid, int) else ""
    return SessionLocked(
        tr("This session is open in another window{who}.", who=who),
        tr("Close it there, or start a new session."),
        details={key: holder[key] for key in ("pid", "host", "started") if isinstance(holder.get(key), str | int)},
    )
