"""What lies on disk: directories and who can read them, chats, locks, the index, the log."""

import json
import os
import shutil
import socket
import sqlite3
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from salon.commands.findings import Finding, bad, note
from salon.paths import Paths
from salon.store.files import READ, OperatingSystem, content_of
from salon.store.library import FileLibrary
from salon.untrusted import clean_line

LOW_SPACE = 100 * 1024**2
_LARGEST_LOCK = 1024
TAIL_BYTES = 200_000
"""So much of the log's end is looked at and goes into a bundle."""


def place_findings(paths: Paths, library: FileLibrary, log_file: Path) -> Iterator[Finding]:
    """All about the directories and what is in them."""
    for what, place in (("config", paths.config), ("state", paths.state), ("cache", paths.cache)):
        yield _directory(what, place)
    yield _chats(paths, library)
    yield from _locks(paths.locks)
    for what, file in (("search index", paths.search_index), ("list of chats", paths.listing_file)):
        yield _database(what, file)
    yield _log(log_file)


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
        return bad(topic, f"{place} is out of reach ({error.strerror}).", "Look at who owns the directories above it.")
    if not stat.S_ISDIR(mode):
        return bad(topic, f"{place} is no directory.", "Move it away.")
    if not os.access(place, os.W_OK | os.X_OK):
        return bad(topic, f"{place} cannot be written, so nothing is saved.", f"Run: chmod u+rwx '{place}'")
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
    files = sorted(directory.glob("*.lock")) if directory.is_dir() else []
    if sys.platform == "win32":
        yield note("locks", "This platform has no locks: keep a chat open in one window only.")
    elif not files:
        yield Finding("locks", "No chat is open elsewhere.")
    for file in files:
        yield _lock(file)


def _lock(file: Path) -> Finding:
    holder = _holder(file)
    pid, host = holder.get("pid"), holder.get("host")
    if host != socket.gethostname() or not isinstance(pid, int) or pid <= 0:
        who = clean_line(str(host or "an unknown program"), 60)
        return note("locks", f"{file.stem} was opened by {who}.", f"If it is not open there, remove {file}")
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # no process ever had so large a number
        return Finding("locks", f"{file.stem} was open in a process that has ended; that holds nobody up.")
    except PermissionError:
        pass  # it runs, as somebody else
    return Finding("locks", f"{file.stem} is open in process {pid}.")


def _holder(file: Path) -> dict[str, Any]:
    try:
        holder = json.loads(content_of(OperatingSystem(), file, _LARGEST_LOCK))
    except (OSError, ValueError, RecursionError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _database(topic: str, file: Path) -> Finding:
    if not file.exists():
        return Finding(topic, "Not there yet; it is made from the chats when it is needed.")
    if not file.is_file():  # SQLite would wait at a pipe for ever
        return bad(topic, "What is in its place is no file.", f"Remove {file}; it is made anew from the chats.")
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=1)
        try:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        return Finding(topic, f"{file.stat().st_size / 1024**2:,.1f} MB, whole.")
    if "locked" in said or "busy" in said:
        return Finding(topic, "Being written at the moment.")
    return bad(topic, f"Damaged ({clean_line(said, 100)}).", f"Remove {file}; it is made anew from the chats.")


def _log(file: Path) -> Finding:
    errors = [line for line in log_tail(file).splitlines() if " ERROR " in line or " CRITICAL " in line]
    if not errors:
        return Finding("log", f"{file} tells of no errors.")
    return note("log", f"{len(errors)} errors in {file}; the last: {clean_line(errors[-1], 200)}", "Look at it there.")
