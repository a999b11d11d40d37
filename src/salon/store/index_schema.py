"""The index's database: its tables, how it is opened, and when it is thrown away.

Three tables. `words` is FTS5 without content: it knows which words a row has, not the text, which stays in the session
files alone. `units` says of each row where its text is. `files` says how far each session file was read.

A row's number tells its time: seconds since 1970 times 64, plus a place among the rows of that second. So the newest
rows are the last ones, and a span of time is a span of numbers, which FTS5 finds without looking at what lies outside.
A row that no longer counts keeps its number with `file` 0, because without content FTS5 cannot take its words out (only
3.43 learned that); too many of these, and the index is built anew.

The figures that decided for this (10,000 sessions, 200 MB): trigrams take 1.3 GB and cannot find two characters; with
letters of unspaced scripts as words of their own it is 125 MB, and one letter is found. An index over beginnings of
two letters takes 45 MB more and answers `re` in 0.2 ms instead of 45.
"""

import sqlite3
from pathlib import Path

from salon.chat.search import Voice
from salon.store.files import OperatingSystem

VERSION = 1
APPLICATION = 0x53414C4E
VOICES = tuple(Voice)
"""A voice's number in the table is its place in here."""
SLOTS = 64
"""Rows a second, before they take numbers of the seconds that follow."""
GONE = 0
"""The `file` of a row that no longer counts."""

_BUSY_SECONDS = 10.0
_PENDING_BYTES = 16 * 1024 * 1024
"""How much FTS5 gathers before it writes a segment: a transaction's worth, so that one makes one."""
_SEGMENTS = 8
"""Segments of one level before they are merged: with FTS5's own 4 a new message takes 5.7 ms at the 95th percentile."""

_TABLES = f"""
CREATE VIRTUAL TABLE words USING fts5(text, code, content='', tokenize='ascii', prefix='2');
INSERT INTO words(words, rank) VALUES ('hashsize', {_PENDING_BYTES});
INSERT INTO words(words, rank) VALUES ('automerge', {_SEGMENTS});
CREATE TABLE units (
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, message TEXT NOT NULL, voice INTEGER NOT NULL,
    model INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX units_of_file ON units (file, start);
CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, session TEXT NOT NULL,
    size INTEGER NOT NULL, modified INTEGER NOT NULL, settled INTEGER NOT NULL, seam BLOB NOT NULL,
    title TEXT NOT NULL, tags TEXT NOT NULL, first_words TEXT NOT NULL, archived INTEGER NOT NULL,
    deletions INTEGER NOT NULL
);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""


class NoIndex(Exception):
    """There can be no index here; the message says why, as a sentence that continues another."""


class OutdatedIndex(sqlite3.DatabaseError):
    """The file is another version's, or no index of ours at all."""


def connect(path: Path) -> sqlite3.Connection:
    """The index at `path`, made if there is none.

    Raises `NoIndex` where this SQLite has no FTS5, `OutdatedIndex` and other `sqlite3.DatabaseError` for what has to be
    thrown away, `OSError` and `sqlite3.OperationalError` where it cannot be opened or written.
    """
    OperatingSystem().make_directory(path.parent)
    if path.is_symlink():
        raise OutdatedIndex("a link to somewhere else")
    # Autocommit, so that transactions are where the code says; threads take turns by the owner's lock.
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")
    if _version(connection) == (0, 0):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) == (0, 0):  # another process may have made the tables while this one waited
                _create(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    if _version(connection) != (APPLICATION, VERSION):
        raise OutdatedIndex("another version")


def _version(connection: sqlite3.Connection) -> tuple[int, int]:
    return (
        connection.execute("PRAGMA application_id").fetchone()[0],
        connection.execute("PRAGMA user_version").fetchone()[0],
    )


def _create(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise OutdatedIndex("tables without a version")
    try:
        for statement in _TABLES.split(";\n"):
            if statement.strip():
                connection.execute(statement)
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            raise NoIndex("the SQLite of this Python has no full-text search") from error
        raise


ODD = (sqlite3.Error, ArithmeticError, LookupError, TypeError, ValueError)
"""What a damaged database has its readers raise: there is NULL where a number was, or a name that is not UTF-8."""


def is_damaged(error: Exception) -> bool:
    """Whether a database that raised this has to be thrown away; else it is busy, full or not ours to write."""
    if isinstance(error, OutdatedIndex) or not isinstance(error, sqlite3.Error):
        return True
    if not isinstance(error, sqlite3.DatabaseError):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int) and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}:
        return True
    return code == sqlite3.SQLITE_ERROR  # a table or a column is missing, or the FTS5 tables contradict each other


def throw_away(path: Path) -> None:
    """Remove the database and what belongs to it. Raises `OSError`."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
