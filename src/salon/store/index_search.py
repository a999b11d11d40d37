"""Questions to the index: which rows have the words, and what is shown of them."""

import json
import logging
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from salon.chat.search import Hit, Page, Snippet, Voice
from salon.store.files import FileLayer, reason_of
from salon.store.index_query import Query, match_expression
from salon.store.index_schema import GONE, SLOTS, VOICES
from salon.store.index_snippets import snippet
from salon.store.index_tail import text_at
from salon.store.index_text import Passage, title_passage

logger = logging.getLogger(__name__)

RANKED_ROWS = 12_000
"""How many of the newest rows that have the words are ranked: a word that is in all 150,000 would take 150 ms."""
HALF_AFTER_DAYS = 60.0
"""At this age the bonus for being new is half of what it is on the first day."""

_COLUMNS = "u.id AS id, u.file AS file, u.message AS message, u.voice AS voice, u.start AS start, u.length AS length"
_WEIGHTS = f"CASE u.voice WHEN {VOICES.index(Voice.TITLE)} THEN 1.5 WHEN {VOICES.index(Voice.THINKING)} THEN 0.8 "
_WEIGHTS += f"WHEN {VOICES.index(Voice.TOOL)} THEN 0.7 ELSE 1.0 END"


class _Row(NamedTuple):
    id: int
    file: int
    message: str
    voice: int
    start: int
    length: int


@dataclass(slots=True)
class _File:
    path: str
    session: str
    title: str
    tags: tuple[str, ...]
    archived: bool


class Searcher:
    """Asks an index. One thread at a time."""

    def __init__(self, connection: sqlite3.Connection, files: FileLayer) -> None:
        self._connection = connection
        self._files = files

    def find(self, query: Query, *, ranked: bool, after: int | None, limit: int) -> Page:
        """A page of hits. Raises `sqlite3.Error`, an `OperationalError` when it is interrupted."""
        if not query.asks:
            return Page()
        rows = self._ranked(query, after or 0, limit) if ranked and query.terms else self._newest(query, after, limit)
        more = rows[limit - 1].id if len(rows) > limit else None
        if ranked and query.terms:
            more = (after or 0) + limit if len(rows) > limit else None
        hits = tuple(hit for row in rows[:limit] if (hit := self._hit(row, query)) is not None)
        return Page(hits, more, words=query.terms[0].raw if query.terms else "")

    def _newest(self, query: Query, before: int | None, limit: int) -> Sequence[_Row]:
        conditions, values = self._conditions(query, "words.rowid" if query.terms else "u.id")
        if before is not None:
            conditions.append("words.rowid < ?" if query.terms else "u.id < ?")
            values.append(before)
        source = "words CROSS JOIN units u ON u.id = words.rowid" if query.terms else "units u"
        order = "words.rowid" if query.terms else "u.id"
        return self._rows(
            f"SELECT {_COLUMNS} FROM {source} WHERE {' AND '.join(conditions)} ORDER BY {order} DESC LIMIT ?",
            [*values, limit + 1],
        )

    def _ranked(self, query: Query, offset: int, limit: int) -> Sequence[_Row]:
        conditions, values = self._conditions(query, "words.rowid")
        now = int(time.time()) * SLOTS
        return self._rows(
            f"WITH near AS MATERIALIZED (SELECT {_COLUMNS}, bm25(words) * {_WEIGHTS} AS fit"
            " FROM words CROSS JOIN units u ON u.id = words.rowid"
            f" WHERE {' AND '.join(conditions)} ORDER BY words.rowid DESC LIMIT {RANKED_ROWS})"
            " SELECT id, file, message, voice, start, length FROM near"
            " ORDER BY fit * (1.0 + 1.0 / (1.0 + max(0, ? - id) / ?)), id DESC LIMIT ? OFFSET ?",
            [*values, now, HALF_AFTER_DAYS * 86_400 * SLOTS, limit + 1, offset],
        )

    def _conditions(self, query: Query, number: str) -> tuple[list[str], list[str | int | float]]:
        conditions, values = [f"u.file != {GONE}", "u.hidden = 0"], list[str | int | float]()
        if query.terms:
            conditions.insert(0, "words MATCH ?")
            values.append(match_expression(query))
        if query.after is not None:
            conditions.append(f"{number} >= ?")
            values.append(query.after * SLOTS)
        if query.before is not None:
            conditions.append(f"{number} < ?")
            values.append(query.before * SLOTS)
        if query.voices:
            conditions.append(_among("u.voice", [VOICES.index(voice) for voice in query.voices]))
        if query.models:
            names = self._connection.execute("SELECT id, name FROM models").fetchall()
            conditions.append(_among("u.model", [key for key, name in names if is_model_meant(name, query)]))
        if query.tags:
            tagged = self._connection.execute("SELECT id, tags FROM files WHERE tags != '[]'").fetchall()
            conditions.append(_among("u.file", [key for key, tags in tagged if has_tags(json.loads(tags), query)]))
        return conditions, values

    def _rows(self, statement: str, values: Sequence[str | int | float]) -> list[_Row]:
        return [_Row(*row) for row in self._connection.execute(statement, values)]

    def _hit(self, row: _Row, query: Query) -> Hit | None:
        """What is shown of a row; None where its file has gone in the meantime."""
        file = self._file(row.file)
        if file is None:
            return None
        voice = VOICES[row.voice]
        try:
            passage = self._passage(row, file, voice)
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("Could not read what was found in %s: %s", file.path, reason_of(error))
            passage = Passage(voice, "")
        return Hit(
            session_id=file.session,
            message_id=row.message,
            voice=voice,
            title=file.title,
            when=float(row.id // SLOTS),
            snippet=passage_snippet(passage, query),
            archived=file.archived,
        )

    def _passage(self, row: _Row, file: _File, voice: Voice) -> Passage:
        if voice is Voice.TITLE:
            return title_passage(file.title, file.tags)
        told = text_at(Path(file.path), self._files, row.start, row.length, row.message)
        return next((passage for passage in told if passage.voice is voice), Passage(voice, ""))

    def _file(self, number: int) -> _File | None:
        row = self._connection.execute(
            "SELECT path, session, title, tags, first_words, archived FROM files WHERE id = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        return _File(row[0], row[1], row[2] or row[4], tuple(json.loads(row[3])), bool(row[5]))


def is_model_meant(name: str, query: Query) -> bool:
    """Whether the question means answers of this model; where it names none, everything is meant."""
    return not query.models or any(part in name.casefold() for part in query.models)


def has_tags(tags: Iterable[str], query: Query) -> bool:
    """Whether a session has all the tags that are asked for."""
    return {tag.casefold() for tag in tags}.issuperset(query.tags)


def passage_snippet(passage: Passage, query: Query) -> Snippet:
    """The line to show of a passage."""
    if query.code:
        return snippet(passage.code, query.terms)
    said = snippet(passage.text, query.terms)
    return said if said.marks or not passage.code else snippet(passage.code, query.terms)


def _among(column: str, numbers: Iterable[int]) -> str:
    return f"{column} IN ({', '.join(map(str, numbers))})"
