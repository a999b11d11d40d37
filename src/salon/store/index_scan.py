"""The search without an index, for where there can be none: every session is read, and nothing is kept.

It answers the same questions with the same hits, only as slowly as files are read: about a second for 100 MB.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from salon.chat.search import Hit, Page
from salon.errors import StoreError
from salon.store.files import FileLayer, reason_of
from salon.store.index_query import Query
from salon.store.index_search import has_tags, is_model_meant, passage_snippet
from salon.store.index_snippets import has_term
from salon.store.index_tail import FIRST_WORDS, read_tags, seconds_of
from salon.store.index_text import Passage, note_passage, passages, title_passage, words_of
from salon.store.places import OnDisk
from salon.store.reader import FileTooLarge, Line, read_session_file
from salon.store.replay import replay

logger = logging.getLogger(__name__)


class Superseded(Exception):
    """Another question came."""


def scan(
    query: Query,
    on_disk: Iterable[OnDisk],
    files: FileLayer,
    *,
    after: int | None,
    limit: int,
    go_on: Callable[[], bool],
) -> Page:
    """A page of hits, the sessions written last first. Raises `Superseded`."""
    if not query.asks:
        return Page()
    newest_first = sorted(on_disk, key=lambda file: (file.modified_ns, file.path), reverse=True)
    found = (hit for file in newest_first for hit in _hits(query, file, files, go_on))
    start = after or 0
    hits = tuple(islice(found, start, start + limit + 1))
    more = start + limit if len(hits) > limit else None
    return Page(hits[:limit], more, words=query.terms[0].raw if query.terms else "")


def _hits(query: Query, file: OnDisk, files: FileLayer, go_on: Callable[[], bool]) -> Iterator[Hit]:
    if not go_on():
        raise Superseded
    titled = [0]
    try:
        lines = _overheard(read_session_file(Path(file.path), files), titled)
        conversation = replay(file.id, lines).conversation
    except OSError as error:
        logger.warning("Not searched: %s: %s", file.path, reason_of(error))
        return
    except (FileTooLarge, StoreError) as error:
        logger.warning("Not searched: %s: %s", file.path, error)
        return
    settings = conversation.settings
    tags = read_tags(settings.get("tags"))
    if not has_tags(tags, query):
        return
    mine = next((each for each in conversation.messages.values() if each.role == "user" and not each.seam), None)
    title = conversation.title or (mine.text[:FIRST_WORDS] if mine is not None else "")
    said = [
        (passage, each.id, each.model, seconds_of(each.created, each.id))
        for each in conversation.messages.values()
        for passage in passages(each)
    ]
    said += [
        (note_passage(note.text), note.id, "", seconds_of(note.created, note.id))
        for note in conversation.notes.values()
    ]
    said.append((title_passage(conversation.title, tags), "", "", titled[0]))
    said.sort(key=lambda found: found[3], reverse=True)
    for passage, message_id, model, seconds in said:
        if _is_meant(query, passage, model, seconds):
            yield Hit(
                session_id=file.id,
                message_id=message_id,
                voice=passage.voice,
                title=title,
                when=float(seconds),
                snippet=passage_snippet(passage, query),
                archived=bool(settings.get("archived")),
            )


def _overheard(lines: Iterable[Line], titled: list[int]) -> Iterator[Line]:
    """The lines as they come; when the title was set, which a conversation does not keep, is written down."""
    for line in lines:
        record = line.record
        if record is not None and record["k"] == "set" and record.get("key") in {"title", "tags"}:
            stamp = record.get("ts")
            titled[0] = seconds_of(stamp if isinstance(stamp, str) else "", "")
        yield line


def _is_meant(query: Query, passage: Passage, model: str, seconds: int) -> bool:
    if not (passage.text or passage.code) or (query.voices and passage.voice not in query.voices):
        return False
    if (query.after is not None and seconds < query.after) or (query.before is not None and seconds >= query.before):
        return False
    if not is_model_meant(model, query):
        return False
    prose, code = words_of(passage.text) if not query.code else [], words_of(passage.code)
    return all(has_term(code, term) or has_term(prose, term) for term in query.terms)
