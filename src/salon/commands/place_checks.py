"""What lies on disk: directories and who can read them, chats, locks, the index, the log."""

import json
import os
import shutil
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from salon.commands.findings import Finding, bad, note
from salon.paths import Paths
from salon.store.files import READ, OperatingSystem, content_of
from salon.store.library import FileLibrary
from salon.store.lock import is_held
from salon.untrusted import clean_line

_OWNER = "Look at who owns it and the directories above it, and at their modes: ls -ld"
LOW_SPACE = 100 * 1024**2
_LARGEST_LOCK = 1024
TAIL_BYTES = 200_000
"""So much of the log's end is looked at and goes into a bundle."""


_USES = {
    "config": "nothing is saved",
    "state": "nobody knows which chats are open, and there is no log",
    "cache": "every list and every search is made anew",
}
"""What comes of a directory that cannot be written."""


def place_findings(paths: Paths, library: FileLibrary, log_file: Path) -> Iterator[Finding]:
    """All about the directories and what is in them."""
    for what, place in (("config", paths.config), ("state", paths.state), ("cache", paths.cache)):
        yield _directory(what, place)
    yield from _looked("chats", lambda: [_chats(paths, library)])
    yield from _looked("locks", lambda: _locks(paths.locks))
    for what, file in (("search index", paths.search_index), ("list of chats", paths.listing_file)):
        yield from _looked(what, partial(_database, what, file))
    yield _log(log_file)


def _looked(topic: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What was found, or that it is out of reach."""
    try:
        yield from list(look())
    except OSError as error:
        yield bad(topic, f"{error.filename or 'It'} is out of reach ({error.strerror}).", _OWNER)


def log_tail(file: Path) -> str:
    """The last lines of the log."""
    files = OperatingSystem()
    try:
        descriptor = files.open(file, READ)
        try:
            start = max(0, files.size(descriptor) - TAIL_BYTES)
            return files.read_at(descriptor, TAIL_BYTES, start).decode("utf-8", "replace")
        finally:
            files.close(descriptor)
    except OSError:
        return ""


def _directory(what: str, place: Path) -> Finding:
    topic = f"{what} directory"
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return Finding(topic, f"{place} is not there yet; it is made when it is needed.")
    except OSError as error:
        return bad(topic, f"{place} is out of reach ({error.strerror}).", _OWNER)
    if not stat.S_ISDIR(mode):
        return bad(topic, f"{place} is no directory.", "Move it away.")
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return bad(topic, f"{place} cannot be read and written, so {_USES[what]}.", f"Run: chmod u+rwx '{place}'")
    told = f"{place} (mode {stat.S_IMODE(mode):04o})"
    if os.name == "posix" and mode & 0o077:
        return bad(topic, f"Others on this computer can get into {told}.", f"Run: chmod go-rwx '{place}'")
    free = shutil.disk_usage(place).free
    if free < LOW_SPACE:
        return bad(topic, f"{told}: only {free // 1024**2} MB are free there.", "Make room on that disk.")
    return Finding(topic, told)


def _chats(paths: Paths, library: FileLibrary) -> Finding:
    chats = [chat for chat in library.list() if chat.size]
    size = sum(chat.size for chat in chats)
    thrown = len(library.trashed())
    told = f"{len(chats):,} chats, {size / 1024**2:,.1f} MB in {paths.sessions}; {thrown:,} in the trash."
    return Finding("chats", told)


def _locks(directory: Path) -> Iterator[Finding]:
    if sys.platform == "win32":
        yield note("locks", "This platform has no locks: keep a chat open in one window only.")
        return
    files = sorted(file for file in directory.iterdir() if file.suffix == ".lock") if directory.is_dir() else []
    found = [_lock(file) for file in files]
    yield from (lock for lock in found if lock is not None)
    if left := found.count(None):
        told = "A lock was" if left == 1 else f"{left:,} locks were"
        yield Finding("locks", f"{told} left behind by a process that has ended; that holds nobody up.")
    elif not files:
        yield Finding("locks", "No chat is open elsewhere.")


def _lock(file: Path) -> Finding | None:
    """Who holds a lock; None where nobody does."""
    holder = _holder(file)
    host = holder.get("host")
    elsewhere = isinstance(host, str) and host != socket.gethostname()
    if is_held(file):
        who = f"process {holder['pid']}" if isinstance(holder.get("pid"), int) else "another program"
        return Finding(
            "locks", f"{file.stem} is open in {who}{f' on {clean_line(str(host), 60)}' if elsewhere else ''}."
        )
    if not elsewhere:
        return None
    # An flock of another computer may not be seen from here.
    told = f"{file.stem} was opened on {clean_line(str(host), 60)}."
    return note("locks", told, f"If it is not open there, remove '{file}'")


def _holder(file: Path) -> dict[str, Any]:
    try:
        holder = json.loads(content_of(OperatingSystem(), file, _LARGEST_LOCK))
    except (OSError, ValueError, RecursionError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _database(topic: str, file: Path) -> Iterator[Finding]:
    if not file.exists():
        yield Finding(topic, "Not there yet; it is made from the chats when it is needed.")
        return
    if not file.is_file():  # SQLite would wait at a pipe for ever
        yield bad(topic, f"{file} is no file.", "Move it away; it is made anew from the chats.")
        return
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=1)
        try:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        yield Finding(topic, f"{file.stat().st_size / 1024**2:,.1f} MB, whole.")
    elif "locked" in said or "busy" in said:
        yield Finding(topic, "Being written at the moment.")
    elif not os.access(file, os.R_OK):
        yield bad(topic, f"{file} cannot be read.", f"Run: chmod u+rw '{file}'")
    else:
        yield bad(topic, f"Damaged ({clean_line(said, 100)}).", f"Remove '{file}'; it is made anew from the chats.")


def _log(file: Path) -> Finding:
    errors = [line for line in log_tail(file).splitlines() if " ERROR " in line or " CRITICAL " in line]
    if not errors:
        return Finding("log", f"{file} tells of no errors.")
    return note("log", f"{len(errors)} errors in {file}; the last: {clean_line(errors[-1], 200)}", "Look at it there.")
