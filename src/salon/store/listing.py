"""What a list shows of a session, from the beginning and the end of its file only."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from salon.chat.blocks import joined_text
from salon.store.files import READ, FileLayer
from salon.store.records import Record, decode

HEAD_BYTES = 16 * 1024
TAIL_BYTES = 8 * 1024
FIRST_WORDS = 200
"""Characters."""

_TEXT = re.compile(rb'"text": ?"((?:[^"\\]|\\.){1,800})')


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A session's title and the first words of its first prompt, raw."""

    title: str = ""
    first_words: str = ""


def glimpse(path: str, size: int, files: FileLayer) -> Glimpse:
    """Look at a session file of `size` bytes. Raises `OSError` when it cannot be read, never for its content."""
    descriptor = files.open(path, READ)
    try:
        head = files.read_at(descriptor, HEAD_BYTES, 0)
        tail = files.read_at(descriptor, TAIL_BYTES, max(HEAD_BYTES, size - TAIL_BYTES)) if size > HEAD_BYTES else b""
    finally:
        files.close(descriptor)
    title = _last_title(tail)
    if title is None:
        title = _last_title(head) or ""
    return Glimpse(title, _first_words(head))


def _last_title(chunk: bytes) -> str | None:
    """The title that the last title record in `chunk` sets; only lines that speak of one are parsed."""
    end = len(chunk)
    while (found := chunk.rfind(b'"title"', 0, end)) >= 0:
        start = chunk.rfind(b"\n", 0, found) + 1
        stop = chunk.find(b"\n", found)
        record = _record(chunk[start : stop if stop >= 0 else len(chunk)])
        if record is not None and record["k"] == "set" and record.get("key") == "title":
            title = record.get("value")
            return title if isinstance(title, str) else ""
        end = start
    return None


def _first_words(chunk: bytes) -> str:
    """The beginning of the first prompt."""
    for line in _lines(chunk):
        if b'"user"' not in line:
            continue
        record = _record(line)
        if record is None:
            return _words_of_torn(line)
        if record["k"] == "msg" and record.get("role") == "user":
            return _words(record.get("content"))[:FIRST_WORDS]
    return ""


def _lines(chunk: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(chunk):
        stop = chunk.find(b"\n", start)
        stop = len(chunk) if stop < 0 else stop
        yield chunk[start:stop]
        start = stop + 1


def _record(line: bytes) -> Record | None:
    try:
        return decode(line.strip(b"\0 \t\r"))[0]
    except (ValueError, RecursionError, MemoryError):
        return None


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return joined_text(block for block in content if isinstance(block, dict))


def _words_of_torn(line: bytes) -> str:
    """The first words of a prompt that is longer than what was read."""
    found = _TEXT.search(line)
    if found is None:
        return ""
    try:
        return str(json.loads('"' + found[1].decode(errors="ignore") + '"'))[:FIRST_WORDS]
    except ValueError:
        return ""
