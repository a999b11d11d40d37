"""What is new at the end of a session file -> the passages to index, and how far the file is settled.

An answer is told by several records, and while it arrives the last of them is still to come. A file is therefore
settled up to the first answer that may still go on; what stands behind that is indexed too, and read again next time.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from salon.chat.conversation import Message
from salon.chat.ids import is_id, milliseconds_of
from salon.chat.search import Voice
from salon.store.files import READ, FileLayer
from salon.store.index_text import Passage, note_passage, passages, title_passage
from salon.store.messages import Entry, message_of
from salon.store.reader import FileTooLarge, parse
from salon.store.records import FILE_LIMIT, LINE_LIMIT, Record

SEAM_BYTES = 1_024
FIRST_WORDS = 200
"""Characters."""
_LAST_SECOND = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and where in the file its records stand; `message` is "" for the session's title."""

    passage: Passage
    message: str
    seconds: int
    model: str
    start: int
    length: int


@dataclass(slots=True)
class About:
    """What a session file says of the session as a whole."""

    title: str = ""
    tags: tuple[str, ...] = ()
    first_words: str = ""
    archived: bool = False
    deletions: bool = False
    """Whether a message was ever deleted, so that only the whole file says what counts."""


@dataclass(slots=True)
class Tail:
    """What was read from a file's settled part on."""

    about: About
    found: list[Found] = field(default_factory=list)
    titled: bool = False
    """Whether title or tags were set, so that what was indexed of them counts no more."""
    told_again: set[str] = field(default_factory=set)
    """Messages whose end came after they had been given up: what was indexed of them counts no more."""
    settled: int = 0
    size: int = 0
    seam: bytes = b""
    """The last bytes before `settled`: where they have changed, the file is another one."""


@dataclass(slots=True)
class _Answer:
    entry: Entry
    start: int
    end: int


def read_tail(path: Path, files: FileLayer, about: About, settled: int, seam: bytes) -> Tail | None:
    """What stands behind `settled`; None when the file does not continue what was read before.

    Raises `OSError` and `FileTooLarge`.
    """
    descriptor = files.open(path, READ)
    with os.fdopen(descriptor, "rb") as stream:
        size = files.size(descriptor)
        if size > FILE_LIMIT:
            raise FileTooLarge
        if size < settled or _seam(files, descriptor, settled) != seam:
            return None
        stream.seek(settled)
        reading = _Reading(Tail(about, settled=settled), settled)
        offset = settled
        while line := stream.readline(LINE_LIMIT):
            start, offset = offset, offset + len(line)
            for parsed in parse((line,)):
                if parsed.record is not None:
                    reading.take(parsed.record, start, offset)
            if line.endswith(b"\n"):
                reading.whole = offset
        tail = reading.finish()
        tail.size = size
        tail.seam = _seam(files, descriptor, tail.settled)
        return tail


def _seam(files: FileLayer, descriptor: int, settled: int) -> bytes:
    start = max(0, settled - SEAM_BYTES)
    return files.read_at(descriptor, settled - start, start) if settled else b""


@dataclass(slots=True)
class _Reading:
    tail: Tail
    whole: int
    """Where the last line that has its end ended."""
    _open: dict[str, _Answer] = field(default_factory=dict)

    def take(self, record: Record, start: int, end: int) -> None:
        """Let one record say what it has to say."""
        kind = record["k"]
        if kind in {"msg", "open"}:
            self._end_answers()  # a session has one answer at a time: one that was not closed is over
        if kind == "msg":
            self._message(record, start, end)
        elif kind in {"open", "part", "close"}:
            self._answer(kind, record, start, end)
        elif kind == "note":
            self._note(record, start, end)
        elif kind == "set":
            self._set(record, start, end)
        elif kind == "del":
            self.tail.about.deletions = True

    def finish(self) -> Tail:
        """The end of the file: answers that are still open are indexed as they are, but not settled."""
        tail = self.tail
        first_open = min((answer.start for answer in self._open.values()), default=self.whole)
        self._end_answers()
        tail.settled = min(first_open, self.whole)
        return tail

    def _message(self, record: Record, start: int, end: int) -> None:
        own_id = _text(record.get("id"))
        message = message_of(Entry(own_id, None, record))
        if message.role == "user" and not self.tail.about.first_words:
            self.tail.about.first_words = message.text[:FIRST_WORDS]
        self._keep(message, start, end)

    def _answer(self, kind: str, record: Record, start: int, end: int) -> None:
        own_id = _text(record.get("id") if kind == "open" else record.get("of"))
        answer = self._open.get(own_id)
        if answer is None:
            opening = record if kind == "open" else {"k": "open", "ts": record.get("ts")}
            answer = self._open[own_id] = _Answer(Entry(own_id, None, opening), start, end)
            if kind != "open":
                self._tell_again(own_id)
        answer.end = end
        if kind == "part" and isinstance(events := record.get("events"), list):
            answer.entry.take_part(record.get("n"), [event for event in events if isinstance(event, dict)])
        elif kind == "close":
            answer.entry.take_close(record)
            del self._open[own_id]
            whole = isinstance(record.get("content"), list)
            self._keep(message_of(answer.entry), start if whole else answer.start, end)

    def _end_answers(self) -> None:
        for answer in self._open.values():
            self._keep(message_of(answer.entry), answer.start, answer.end)
        self._open.clear()

    def _keep(self, message: Message, start: int, end: int) -> None:
        seconds = seconds_of(message.created, message.id)
        for passage in passages(message):
            self.tail.found.append(Found(passage, message.id, seconds, message.model, start, end - start))

    def _note(self, record: Record, start: int, end: int) -> None:
        changed = _text(record.get("of"))
        own_id = changed or _text(record.get("id"))
        if changed:
            self._tell_again(changed)
        if text := note_text(record):
            seconds = seconds_of(_text(record.get("ts")), own_id)
            self.tail.found.append(Found(note_passage(text), own_id, seconds, "", start, end - start))

    def _tell_again(self, message_id: str) -> None:
        self.tail.told_again.add(message_id)
        self.tail.found = [found for found in self.tail.found if found.message != message_id]

    def _set(self, record: Record, start: int, end: int) -> None:
        about, key, value = self.tail.about, record.get("key"), record.get("value")
        if key == "archived":
            about.archived = bool(value)
        elif key in {"title", "tags"}:
            if key == "title":
                about.title = _text(value)
            else:
                about.tags = read_tags(value)
            self.tail.titled = True
            self.tail.found = [found for found in self.tail.found if found.passage.voice is not Voice.TITLE]
            passage = title_passage(about.title, about.tags)
            if passage.text:
                seconds = seconds_of(_text(record.get("ts")), "")
                self.tail.found.append(Found(passage, "", seconds, "", start, end - start))


def text_at(path: Path, files: FileLayer, start: int, length: int, message_id: str) -> list[Passage]:
    """The passages that the records in a part of a file tell of a message. Raises `OSError`."""
    descriptor = files.open(path, READ)
    try:
        content = files.read_at(descriptor, length, start)
    finally:
        files.close(descriptor)
    entry: Entry | None = None
    for line in parse(content.split(b"\n")):
        record = line.record
        if record is None or message_id not in {record.get("id"), record.get("of")}:
            continue
        if record["k"] == "note":
            return [note_passage(note_text(record))]
        if record["k"] in {"msg", "open"}:
            entry = Entry(message_id, None, record)
        elif record["k"] in {"part", "close"}:
            entry = entry or Entry(message_id, None, {"k": "open", "ts": record.get("ts")})
            if record["k"] == "close":
                entry.take_close(record)
            elif isinstance(events := record.get("events"), list):
                entry.take_part(record.get("n"), [event for event in events if isinstance(event, dict)])
    return [] if entry is None else passages(message_of(entry))


def note_text(record: Record) -> str:
    """What a note says; a note about nothing says "" and is not indexed."""
    return _text(record.get("text"))


def seconds_of(stamp: str, own_id: str) -> int:
    """When something was written, in whole seconds since 1970: by its time stamp, else by its id, else 0."""
    try:
        seconds = int(datetime.fromisoformat(stamp).timestamp())
    except (ValueError, OverflowError, OSError):
        seconds = milliseconds_of(own_id) // 1000 if is_id(own_id) else 0
    return max(0, min(_LAST_SECOND, seconds))


def read_tags(value: Any) -> tuple[str, ...]:
    """The tags that a `tags` setting means: a list, or words."""
    if isinstance(value, str):
        value = value.split()
    return tuple(tag for tag in value if isinstance(tag, str) and tag) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
