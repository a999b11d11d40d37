"""Session files -> rows of the index: which files have changed, their new tails, what no longer counts.

Reading and parsing happen outside of transactions. A transaction begins by looking whether the file's row is still as
it was when its tail was read: another process may have been quicker, and then there is nothing to do.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from salon.chat.search import Voice
from salon.errors import StoreError
from salon.store.files import FileLayer, reason_of
from salon.store.index_schema import GONE, SLOTS, VOICES
from salon.store.index_tail import About, Found, Tail, read_tail
from salon.store.index_text import folded
from salon.store.places import OnDisk
from salon.store.reader import FileTooLarge, read_session_file
from salon.store.replay import replay

logger = logging.getLogger(__name__)

BATCH_CHARACTERS = 3_000_000
BATCH_FILES = 200
MOST_GONE = 5_000
"""Rows that no longer count are kept up to this number, and up to three tenths of all rows."""
_TITLE = VOICES.index(Voice.TITLE)


@dataclass(frozen=True, slots=True)
class _Known:
    """A file's row."""

    id: int
    size: int
    modified_ns: int
    settled: int
    seam: bytes
    about: About


@dataclass(frozen=True, slots=True)
class _Work:
    """A file that has changed and what is to be done about it; `tail` is None where it could not be read."""

    file: OnDisk
    known: _Known | None
    tail: Tail | None
    anew: bool
    visible: frozenset[str] | None

    @property
    def characters(self) -> int:
        found = self.tail.found if self.tail is not None else ()
        return sum(len(each.passage.text) + len(each.passage.code) for each in found)


class Updater:
    """Brings an index up to date with a folder of sessions. One thread owns it."""

    def __init__(self, connection: sqlite3.Connection, files: FileLayer) -> None:
        self._connection = connection
        self._files = files
        self._models: dict[str, int] = {}
        self._next_id: dict[int, int] = {}
        self._taken: set[int] = set()

    def changed(self, on_disk: Iterable[OnDisk]) -> list[OnDisk]:
        """The files that differ from what was read of them, newest first; rows of files that have gone are let go."""
        rows = self._connection.execute("SELECT path, size, modified FROM files")
        known = {path: (size, modified) for path, size, modified in rows}
        there = {file.path: file for file in on_disk}
        if gone := known.keys() - there.keys():
            self._forget(gone)
        changed = [file for file in there.values() if known.get(file.path) != (file.size, file.modified_ns)]
        return sorted(changed, key=lambda file: (file.modified_ns, file.path), reverse=True)

    def update(self, changed: Iterable[OnDisk], go_on: Callable[[], bool] = lambda: True) -> Iterator[int]:
        """Read the new tails, batch by batch; yields how many files are done. Raises `sqlite3.Error`."""
        batch: list[_Work] = []
        characters = done = 0
        for file in changed:
            if not go_on():
                return
            batch.append(self._read(file))
            characters += batch[-1].characters
            if characters > BATCH_CHARACTERS or len(batch) >= BATCH_FILES:
                self._write(batch)
                done += len(batch)
                yield done
                batch, characters = [], 0
        if batch:
            self._write(batch)
            yield done + len(batch)

    def is_littered(self) -> bool:
        """Whether so many rows no longer count that the index should be built anew."""
        total = self._connection.execute("SELECT count(*) FROM units").fetchone()[0]
        gone = self._connection.execute("SELECT count(*) FROM units WHERE file = ?", (GONE,)).fetchone()[0]
        return bool(gone > MOST_GONE and gone > 0.3 * total)

    # reading

    def _read(self, file: OnDisk) -> _Work:
        known = self._known(file.path)
        about = known.about if known is not None else About()
        path = Path(file.path)
        tail, visible, anew = None, None, False
        try:
            if known is not None:
                tail = read_tail(path, self._files, about, known.settled, known.seam)
                anew = tail is None
            if tail is None:
                tail = read_tail(path, self._files, About(), 0, b"")
            if tail is not None and tail.about.deletions:
                told = replay(file.id, read_session_file(path, self._files))
                visible = frozenset((*told.conversation.messages, *told.conversation.notes))
        except OSError as error:
            logger.warning("Not indexed: %s: %s", path, reason_of(error))
        except FileTooLarge:
            logger.warning("Not indexed: %s is too large", path)
        except StoreError as error:
            logger.warning("Not indexed: %s: %s", path, error)
        return _Work(file, known, tail, anew, visible)

    def _known(self, path: str) -> _Known | None:
        row = self._connection.execute(
            "SELECT id, size, modified, settled, seam, title, tags, first_words, archived, deletions FROM files"
            " WHERE path = ?",
            (path,),
        ).fetchone()
        if row is None:
            return None
        about = About(row[5], tuple(json.loads(row[6])), row[7], bool(row[8]), bool(row[9]))
        return _Known(row[0], row[1], row[2], row[3], bytes(row[4]), about)

    # writing

    def _write(self, batch: Iterable[_Work]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._next_id.clear()
            self._taken.clear()
            rows: list[tuple[int, Found]] = []
            for work in batch:
                if not self._is_as_it_was(work):
                    continue
                file_id = self._write_file(work)
                if work.tail is not None:
                    rows += ((file_id, found) for found in work.tail.found)
            numbered = [(self._number(found.seconds), file_id, found) for file_id, found in rows]
            # FTS5 takes rows in the order of their numbers, or begins a new segment.
            self._write_rows(sorted(numbered, key=lambda row: row[0]))
            for work in batch:
                self._hide(work)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._models.clear()
            raise

    def _is_as_it_was(self, work: _Work) -> bool:
        row = self._connection.execute(
            "SELECT id, size, modified, settled FROM files WHERE path = ?", (work.file.path,)
        ).fetchone()
        known = work.known
        then = None if known is None else (known.id, known.size, known.modified_ns, known.settled)
        return bool(row == then)

    def _write_file(self, work: _Work) -> int:
        """Let go what is read anew, and keep how far the file was read; its row's number."""
        file, known, tail = work.file, work.known, work.tail
        if known is not None and tail is not None:
            since = 0 if work.anew else known.settled
            self._drop("start >= ?", known.id, since)
            if tail.titled:
                self._drop("voice = ?", known.id, _TITLE)
            for message in tail.told_again:
                self._drop("message = ?", known.id, message)
        tail = tail or Tail(known.about if known is not None else About())
        about = tail.about
        values = (
            *(file.path, file.id, file.size, file.modified_ns, tail.settled, tail.seam),
            *(_storable(about.title), _storable(json.dumps(about.tags)), _storable(about.first_words)),
            *(about.archived, about.deletions),
        )
        if known is None:
            cursor = self._connection.execute(
                "INSERT INTO files (path, session, size, modified, settled, seam, title, tags, first_words, archived,"
                " deletions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            return cursor.lastrowid or 0
        self._connection.execute(
            "UPDATE files SET path = ?, session = ?, size = ?, modified = ?, settled = ?, seam = ?, title = ?,"
            " tags = ?, first_words = ?, archived = ?, deletions = ? WHERE id = ?",
            (*values, known.id),
        )
        return known.id

    def _write_rows(self, rows: Iterable[tuple[int, int, Found]]) -> None:
        for number, file_id, found in rows:
            passage = found.passage
            self._connection.execute(
                "INSERT INTO units (id, file, message, voice, model, start, length) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(number, file_id, _storable(found.message), VOICES.index(passage.voice)),
                    *(self._model(found.model), found.start, found.length),
                ),
            )
            self._connection.execute(
                "INSERT INTO words (rowid, text, code) VALUES (?, ?, ?)",
                (number, folded(passage.text), folded(passage.code)),
            )

    def _hide(self, work: _Work) -> None:
        """Deleted messages are out of sight, and come back when the deletion is undone."""
        if work.visible is None:
            return
        rows = self._connection.execute(
            "SELECT u.id, u.message, u.hidden FROM files f JOIN units u ON u.file = f.id"
            " WHERE f.path = ? AND u.voice != ?",
            (work.file.path, _TITLE),
        ).fetchall()
        for number, message, hidden in rows:
            if (message not in work.visible) != bool(hidden):
                self._connection.execute("UPDATE units SET hidden = 1 - hidden WHERE id = ?", (number,))

    def _forget(self, paths: Iterable[str]) -> None:
        """Let go of files that are no longer among the sessions."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for path in paths:
                row = self._connection.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
                if row is not None:
                    self._drop("start >= ?", row[0], 0)
                    self._connection.execute("DELETE FROM files WHERE id = ?", row)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _drop(self, which: str, file_id: int, value: int | str) -> None:
        self._connection.execute(f"UPDATE units SET file = {GONE} WHERE file = ? AND {which}", (file_id, value))

    def _number(self, seconds: int) -> int:
        """A free row number of this second, or of one soon after it."""
        number = self._next_id.get(seconds, seconds * SLOTS)
        while number in self._taken or self._is_taken(number):
            number += 1
        self._next_id[seconds] = number + 1
        self._taken.add(number)
        return number

    def _is_taken(self, number: int) -> bool:
        return self._connection.execute("SELECT 1 FROM units WHERE id = ?", (number,)).fetchone() is not None

    def _model(self, name: str) -> int:
        known = self._models.get(name)
        if known is None:
            self._connection.execute("INSERT OR IGNORE INTO models (name) VALUES (?)", (_storable(name),))
            row = self._connection.execute("SELECT id FROM models WHERE name = ?", (_storable(name),)).fetchone()
            known = self._models[name] = int(row[0])
        return known


def _storable(text: str) -> str:
    """`text` as SQLite takes it: in UTF-8, which has no lone surrogates."""
    return text.encode("utf-8", "replace").decode()
