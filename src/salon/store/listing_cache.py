"""What was seen of every session file at the last look, in the cache directory.

SQLite, because of 10,000 rows one changes at a time. It is derived from the files alone: missing, damaged, of another
version or in use, it costs a look into each file and nothing else.
"""

import logging
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from salon.chat.summary import SessionSummary
from salon.store.files import FileLayer, reason_of
from salon.store.glimpse import Glimpse
from salon.store.places import ID_LENGTH, SUFFIX

logger = logging.getLogger(__name__)

VERSION = 3
"""Of the table and of what a `Glimpse` means; a cache of another one is made anew."""

_TABLE = """CREATE TABLE glimpse (
    name TEXT PRIMARY KEY, size INTEGER, modified_ns INTEGER, title TEXT, first_words TEXT, model TEXT, pinned INTEGER,
    archived INTEGER, tags TEXT, messages INTEGER, usage TEXT, read_to INTEGER, mark INTEGER) WITHOUT ROWID"""
_SUMMARIES = f"""SELECT substr(name, -{ID_LENGTH + len(SUFFIX)}, {ID_LENGTH}), title, first_words,
    modified_ns / 1e9, size, model, pinned, archived, tags, messages, usage FROM glimpse WHERE name > ? AND name < ?
    ORDER BY modified_ns DESC, name DESC"""
"""The columns of a `SessionSummary` in its order."""
_WAIT = 0.2
"""Seconds to wait for another Salon that writes the cache."""


_ROW = (str, int, int, str, str, str, int, int, str, int, str, int, int)
"""What the columns of the table hold."""
_SUMMARY = (str, str, str, float, int, str, int, int, str, int, str)
"""What those of a summary hold."""
Row = tuple[int, int, Glimpse]
"""Size and modification time in nanoseconds that a file had, and what was seen of it then."""


class ListingCache:
    """The cache file; every method does without it where it cannot be used, which is logged."""

    def __init__(self, file: Path, files: FileLayer) -> None:
        self._file = file
        self._files = files

    def load(self) -> dict[str, Row]:
        """Everything that is known, by the file's place below the config directory."""
        if not self._is_there():
            return {}
        try:
            with closing(self._connect()) as connection:
                rows = _sound(connection.execute("SELECT * FROM glimpse").fetchall(), _ROW)
        except (sqlite3.Error, OSError, ValueError) as error:
            self._start_over(error)
            return {}
        return {row[0]: (row[1], row[2], Glimpse(*row[3:])) for row in rows}

    def summaries(self, part: str) -> list[SessionSummary]:
        """What is known of the sessions whose names begin with `part`, the last used first, as fast as can be."""
        if not self._is_there():
            return []
        try:
            with closing(self._connect()) as connection:
                found = connection.execute(_SUMMARIES, (f"{part}/", f"{part}0")).fetchall()
                rows = _sound(found, _SUMMARY)
        except (sqlite3.Error, ValueError) as error:
            self._start_over(error)
            return []
        return [*map(SessionSummary._make, rows)]

    def save(self, changed: Mapping[str, Row], gone: Iterable[str]) -> None:
        """Remember `changed` and forget `gone`."""
        rows = [_columns(name, row) for name, row in changed.items()]
        try:
            self._files.make_directory(self._file.parent)
            with closing(self._connect()) as connection, connection:
                connection.executemany(f"INSERT OR REPLACE INTO glimpse VALUES ({','.join('?' * 13)})", rows)
                connection.executemany("DELETE FROM glimpse WHERE name = ?", [(name,) for name in gone])
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            self._start_over(error)

    def _is_there(self) -> bool:
        try:
            return self._file.is_file()
        except OSError as error:  # a directory that cannot be entered
            self._start_over(error)
            return False

    def _connect(self) -> sqlite3.Connection:
        if self._file.is_symlink():
            raise sqlite3.DatabaseError("it is a link to somewhere else")
        connection = sqlite3.connect(self._file, timeout=_WAIT)
        try:
            # A power cut may take the cache with it: it is made anew then.
            connection.execute("PRAGMA synchronous = OFF")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("DROP TABLE IF EXISTS glimpse")
                    connection.execute(_TABLE)
                    connection.execute(f"PRAGMA user_version = {VERSION}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _start_over(self, error: Exception) -> None:
        """Go on without the cache; one that is damaged is removed, one that is only in use is not."""
        logger.warning("The list of sessions is not cached in %s: %s", self._file, error)
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        if damaged or isinstance(error, ValueError | TypeError):
            try:
                self._files.remove(self._file)
            except OSError as refusal:
                logger.warning("Could not remove %s: %s", self._file, reason_of(refusal))


def _sound(rows: list[tuple[Any, ...]], kinds: tuple[type, ...]) -> list[tuple[Any, ...]]:
    """The rows, where each has in it what it should; raises ValueError where a damaged file has something else."""
    for column, kind in zip(zip(*rows, strict=True), kinds, strict=True) if rows else ():
        if {*map(type, column)} != {kind}:
            raise ValueError("it is damaged")
    return rows


def _columns(name: str, row: Row) -> tuple[object, ...]:
    size, modified_ns, seen = row
    texts = (_storable(seen.title), _storable(seen.first_words), _storable(seen.model))
    return (
        _storable(name), size, modified_ns, *texts, seen.pinned, seen.archived, _storable(seen.tags),
        seen.messages, seen.usage, seen.read_to, seen.mark,
    )  # fmt: skip


def _storable(text: str) -> str:
    """SQLite keeps UTF-8, which half a surrogate pair is not."""
    return text.encode("utf-8", "replace").decode()
