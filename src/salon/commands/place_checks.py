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
from salon.words import plural, tr, tr_later

_OWNER = tr("Look at who owns it and the directories above it, and at their modes: ls -ld")
LOW_SPACE = 100 * 1024**2
_LARGEST_LOCK = 1024
TAIL_BYTES = 200_000
"""So much of the log's end is looked at and goes into a bundle."""


_USES = {
    "config directory": tr("nothing is saved"),
    "state directory": tr("nobody knows which chats are open, and there is no log"),
    "cache directory": tr("every list and every search is made anew"),
}
"""What comes of a directory that cannot be written."""


def place_findings(paths: Paths, library: FileLibrary, log_file: Path) -> Iterator[Finding]:
    """All about the directories and what is in them."""
    for topic, place in (
        (tr_later("config directory"), paths.config),
        (tr_later("state directory"), paths.state),
        (tr_later("cache directory"), paths.cache),
    ):
        yield _directory(topic, place)
    yield from _looked("chats", lambda: [_chats(paths, library)])
    yield from _looked("locks", lambda: _locks(paths.locks))
    for what, file in ((tr_later("search index"), paths.search_index), (tr_later("list of chats"), paths.listing_file)):
        yield from _looked(what, partial(_database, what, file))
    yield _log(log_file)


def _looked(topic: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What was found, or that it is out of reach."""
    try:
        yield from list(look())
    except OSError as error:
        yield bad(
            topic,
            tr("{filename} is out of reach ({reason}).", filename=error.filename or "It", reason=error.strerror),
            _OWNER,
        )


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


def _directory(topic: str, place: Path) -> Finding:
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return Finding(topic, tr("{place} is not there yet; it is made when it is needed.", place=place))
    except OSError as error:
        return bad(topic, tr("{place} is out of reach ({reason}).", place=place, reason=error.strerror), _OWNER)
    if not stat.S_ISDIR(mode):
        return bad(topic, tr("{place} is no directory.", place=place), tr("Move it away."))
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return bad(
            topic,
            tr("{place} cannot be read and written, so {uses}.", place=place, uses=_USES[topic]),
            tr("Run: chmod u+rwx '{place}'", place=place),
        )
    told = tr("{place} (mode {mode:04o})", place=place, mode=stat.S_IMODE(mode))
    if os.name == "posix" and mode & 0o077:
        return bad(
            topic,
            tr("Others on this computer can get into {told}.", told=told),
            tr("Run: chmod go-rwx '{place}'", place=place),
        )
    free = shutil.disk_usage(place).free
    if free < LOW_SPACE:
        return bad(
            topic,
            tr("{told}: only {free} MB are free there.", told=told, free=free // 1024**2),
            tr("Make room on that disk."),
        )
    return Finding(topic, told)


def _chats(paths: Paths, library: FileLibrary) -> Finding:
    chats = [chat for chat in library.list() if chat.size]
    size = sum(chat.size for chat in chats)
    thrown = len(library.trashed())
    told = tr(
        "{count:,} chats, {size:,.1f} MB in {sessions}; {thrown:,} in the trash.",
        count=len(chats),
        size=size / 1024**2,
        sessions=paths.sessions,
        thrown=thrown,
    )
    return Finding(tr_later("chats"), told)


def _locks(directory: Path) -> Iterator[Finding]:
    if sys.platform == "win32":
        yield note(tr_later("locks"), tr("This platform has no locks: keep a chat open in one window only."))
        return
    files = sorted(file for file in directory.iterdir() if file.suffix == ".lock") if directory.is_dir() else []
    found = [_lock(file) for file in files]
    yield from (lock for lock in found if lock is not None)
    if left := found.count(None):
        told = plural("A lock was", "{n:,} locks were", left)
        yield Finding(
            tr_later("locks"), tr("{told} left behind by a process that has ended; that holds nobody up.", told=told)
        )
    elif not files:
        yield Finding(tr_later("locks"), tr("No chat is open elsewhere."))


def _lock(file: Path) -> Finding | None:
    """Who holds a lock; None where nobody does."""
    holder = _holder(file)
    host = holder.get("host")
    elsewhere = isinstance(host, str) and host != socket.gethostname()
    if is_held(file):
        who = tr("process {pid}", pid=holder["pid"]) if isinstance(holder.get("pid"), int) else tr("another program")
        return Finding(
            tr_later("locks"),
            tr(
                "{file} is open in {who}{more}.",
                file=file.stem,
                who=who,
                more=tr(" on {host}", host=clean_line(str(host), 60)) if elsewhere else "",
            ),
        )
    if not elsewhere:
        return None
    # An flock of another computer may not be seen from here.
    told = tr("{file} was opened on {host}.", file=file.stem, host=clean_line(str(host), 60))
    return note(tr_later("locks"), told, tr("If it is not open there, remove '{file}'", file=file))


def _holder(file: Path) -> dict[str, Any]:
    try:
        holder = json.loads(content_of(OperatingSystem(), file, _LARGEST_LOCK))
    except (OSError, ValueError, RecursionError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _database(topic: str, file: Path) -> Iterator[Finding]:
    if not file.exists():
        yield Finding(topic, tr("Not there yet; it is made from the chats when it is needed."))
        return
    if not file.is_file():  # SQLite would wait at a pipe for ever
        yield bad(topic, tr("{file} is no file.", file=file), tr("Move it away; it is made anew from the chats."))
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
        yield Finding(topic, tr("{size:,.1f} MB, whole.", size=file.stat().st_size / 1024**2))
    elif "locked" in said or "busy" in said:
        yield Finding(topic, tr("Being written at the moment."))
    elif not os.access(file, os.R_OK):
        yield bad(topic, tr("{file} cannot be read.", file=file), tr("Run: chmod u+rw '{file}'", file=file))
    else:
        yield bad(
            topic,
            tr("Damaged ({said}).", said=clean_line(said, 100)),
            tr("Remove '{file}'; it is made anew from the chats.", file=file),
        )


def _log(file: Path) -> Finding:
    errors = [line for line in log_tail(file).splitlines() if " ERROR " in line or " CRITICAL " in line]
    if not errors:
        return Finding(tr_later("log"), tr("{file} tells of no errors.", file=file))
    return note(
        tr_later("log"),
        tr(
            "{count} errors in {file}; the last: {error}",
            count=len(errors),
            file=file,
            error=clean_line(errors[-1], 200),
        ),
        tr("Look at it there."),
    )
