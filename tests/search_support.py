"""Small libraries to search, and the questions they are asked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salon.chat.ids import new_id
from salon.chat.search import Hit, Page
from salon.paths import Paths
from salon.store.files import OperatingSystem
from salon.store.index import SearchIndex
from salon.store.index_query import parse_query
from salon.store.index_scan import scan
from salon.store.places import Places
from salon.store.records import Record, encode

NOON = 1_760_000_000.0
"""Seconds since 1970, some day in October 2025."""

Found = set[tuple[str, str, str]]
"""Session, message and voice of each hit."""


@dataclass
class Shelf:
    """A folder of sessions and the search over it."""

    paths: Paths
    clock: float = NOON
    parents: dict[str, str] = field(default_factory=dict)

    def file(self, session_id: str) -> Path:
        return self.paths.sessions / "2025-10" / f"{session_id}.jsonl"

    def add(self, session_id: str, *records: Record) -> None:
        """Append records to a session's file, each written a minute after the one before."""
        file = self.file(session_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as stream:
            for record in records:
                self.clock += 60
                stream.write(encode(record, self.clock))

    def session(self, title: str = "", *said: str, **settings: Any) -> str:
        """A new session: its title, and prompts and answers in turn."""
        session_id = new_id()
        self.add(session_id, {"k": "head", "id": session_id, "min": 1})
        if title:
            settings["title"] = title
        self.add(session_id, *({"k": "set", "key": key, "value": value} for key, value in settings.items()))
        for number, text in enumerate(said):
            (self.ask if number % 2 == 0 else self.answer)(session_id, text)
        return session_id

    def ask(self, session_id: str, text: str, *blocks: Record) -> str:
        """A prompt; its id."""
        return self._say(session_id, {"k": "msg", "role": "user", "content": [_text(text), *blocks]})

    def answer(self, session_id: str, text: str, *, model: str = "claude-test", thinking: str = "", **rest: Any) -> str:
        """An answer; its id."""
        own_id = self._say(session_id, {"k": "open", "model": model})
        content = [{"type": "thinking", "thinking": thinking, "signature": "x"}] if thinking else []
        content += [*rest.get("blocks", ()), _text(text)]
        self.add(session_id, {"k": "close", "of": own_id, "status": "complete", "model": model, "content": content})
        return own_id

    def note(self, session_id: str, text: str, parent: str = "") -> str:
        own_id = new_id()
        above = parent or self.parents.get(session_id)
        self.add(session_id, {"k": "note", "id": own_id, "parent": above, "text": text})
        return own_id

    def _say(self, session_id: str, record: Record) -> str:
        own_id = new_id()
        self.add(session_id, {**record, "id": own_id, "parent": self.parents.get(session_id)})
        self.parents[session_id] = own_id
        return own_id

    def scanned(self, asked: str) -> Found:
        """What a look into every file finds."""
        on_disk = list(Places(self.paths, OperatingSystem()).scan())
        query = parse_query(asked)
        page = scan(query, on_disk, OperatingSystem(), after=None, limit=10_000, go_on=lambda: True)
        return as_set(page.hits)


@contextmanager
def search_of(shelf: Shelf) -> Iterator[SearchIndex]:
    """The index of a shelf, up to date with it."""
    index = SearchIndex(shelf.paths)
    try:
        index.refresh()
        assert index.settle(20)
        yield index
    finally:
        index.close()


def shelf_in(folder: Path) -> Shelf:
    return Shelf(Paths(folder / "config", folder / "state", folder / "cache"))


def as_set(hits: Sequence[Hit]) -> Found:
    return {(hit.session_id, hit.message_id, hit.voice.value) for hit in hits}


def texts(page: Page) -> list[str]:
    return [hit.snippet.text for hit in page.hits]


def marked(page: Page) -> list[list[str]]:
    return [[hit.snippet.text[start:end] for start, end in hit.snippet.marks] for hit in page.hits]


def _text(text: str) -> Record:
    return {"type": "text", "text": text}
