"""What a list shows of a session: its `set` records, its first words, and sums over its messages.

A session file only grows, so what was seen of it holds, and the next look reads only what is new. `mark` tells whether
the file is still the one that was read: another program may have put a different one in its place.
"""

import json
import os
from datetime import datetime
from typing import IO, Any, NamedTuple
from zlib import crc32

from salon.chat.blocks import joined_text
from salon.chat.model import billed, prompt_tokens
from salon.chat.summary import SIZE_STEP, DailySums, add_usage, read_sums
from salon.store.files import READ, FileLayer
from salon.store.reader import bounded_lines
from salon.store.records import FILE_LIMIT, LINE_LIMIT, Record, decode

FIRST_WORDS = 200
"""Characters."""
TAGS = 50
"""More than these of one session are not shown."""

_MARK_BYTES = 256
_PART = b'{"v":1,"k":"part"'
"""How Salon begins a line that a list has no use for, and which is most of an unclosed answer."""


class Glimpse(NamedTuple):
    """What was seen of one session file; texts are raw."""

    title: str = ""
    first_words: str = ""
    model: str = ""
    pinned: bool = False
    archived: bool = False
    tags: str = ""
    messages: int = 0
    usage: str = ""
    """`DailySums` as JSON."""
    read_to: int = 0
    """Bytes; 0 where the next look has to begin anew."""
    mark: int = 0
    """A checksum of what stands before `read_to`."""


def glimpse(path: str, size: int, files: FileLayer, seen: Glimpse | None = None) -> Glimpse:
    """Look at a session file of `size` bytes of which `seen` is known.

    Raises `OSError` when it cannot be read, never for its content. A file larger than any that can be opened is not
    read at all.
    """
    if size > FILE_LIMIT:
        return Glimpse()
    descriptor = files.open(path, READ)
    with os.fdopen(descriptor, "rb") as stream:
        if seen is None or not _goes_on(stream, seen) or (seen.usage and not read_sums(seen.usage)):
            seen = Glimpse()
        stream.seek(seen.read_to)
        return _Skim(seen).read(stream)


def _goes_on(stream: IO[bytes], seen: Glimpse) -> bool:
    return seen.read_to > 0 and _mark(stream, seen.read_to) == seen.mark


def _mark(stream: IO[bytes], end: int) -> int:
    start = max(0, end - _MARK_BYTES)
    stream.seek(start)
    return crc32(stream.read(end - start)) if end else 0


class _Skim:
    """Goes through lines once."""

    def __init__(self, seen: Glimpse) -> None:
        self._settings: Record = {
            "title": seen.title,
            "model": seen.model,
            "pinned": bool(seen.pinned),  # SQLite gives it back as 1
            "archived": bool(seen.archived),
            "tags": seen.tags.split(),
        }
        self._first_words = seen.first_words
        self._messages = seen.messages
        self._forked_at = ""
        self._usage: DailySums = read_sums(seen.usage)

    def read(self, stream: IO[bytes]) -> Glimpse:
        """Take all lines from where `stream` is to its end."""
        whole = True
        for line in bounded_lines(stream, LINE_LIMIT):
            whole = line.endswith(b"\n")
            if not line.startswith(_PART):
                self._take(line)
        # Half a line may become a whole one, so it must not be passed over then.
        read_to = stream.tell() if whole else 0
        said = self._settings
        return Glimpse(
            title=_text(said["title"]),
            first_words=self._first_words,
            model=_text(said["model"]),
            pinned=said["pinned"] is True,
            archived=said["archived"] is True,
            tags=_tags(said["tags"]),
            messages=self._messages,
            usage=json.dumps(self._usage, separators=(",", ":")) if self._usage else "",
            read_to=read_to,
            mark=_mark(stream, read_to),
        )

    def _take(self, line: bytes) -> None:
        try:
            record = decode(line.strip(b"\0 \t\r\n\xef\xbb\xbf"))[0]
        except (ValueError, RecursionError, MemoryError):
            return
        kind = record["k"]
        if kind == "head" and record.get("fork"):
            self._forked_at = _text(record.get("ts"))
        elif kind == "set" and record.get("key") in self._settings:
            self._settings[record["key"]] = record.get("value")
        elif kind in {"msg", "open"}:
            self._messages += 1
            if not self._first_words and record.get("role") == "user":
                self._first_words = _words(record.get("content"))[:FIRST_WORDS]
        if kind in {"msg", "close"}:
            self._settings["model"] = _text(record.get("model")) or self._settings["model"]
        if kind in {"msg", "close", "charge"}:
            self._add_usage(record)

    def _add_usage(self, record: Record) -> None:
        usage, model = record.get("usage"), _text(record.get("model"))
        if not isinstance(usage, dict) or not usage:
            return
        by_step = self._usage.setdefault(self._day(record), {}).setdefault(model, {})
        for each in billed(usage):
            # By the size of the prompt as well: some models have a price for small ones and one for large ones.
            step = str(max(0, prompt_tokens(each) - 1) // SIZE_STEP)
            add_usage(by_step.setdefault(step, {}), each)

    def _day(self, record: Record) -> str:
        """The day on which an answer was charged to this session; "" for what it has from elsewhere."""
        said = _text(record.get("ts"))
        if record.get("source") or said < self._forked_at:
            return ""
        try:
            return datetime.fromisoformat(said).astimezone().date().isoformat()
        except (ValueError, OverflowError):
            return ""


def _tags(value: Any) -> str:
    """The tags that a `set` record gives, as far as they are words, with a blank between two."""
    if not isinstance(value, list):
        return ""
    return " ".join("-".join(tag.split()) for tag in value[:TAGS] if isinstance(tag, str) and tag.strip())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return joined_text(block for block in content if isinstance(block, dict))
