"""The conversations of a large JSON file one by one, in the memory of the largest.

The file is an array of objects, an object with such an array under `conversations`, or objects one after the other. Its
structure is followed by brackets alone, so one element that cannot be read costs that element and not the rest.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from salon.store.importing.foreign import ByteStream, Unreadable
from salon.words import tr

ELEMENT_LIMIT = 64 * 1024 * 1024
"""Bytes of one conversation; a longer one is left out."""
DEEPEST = 200
"""How deep one conversation may be nested; claude.ai and ChatGPT stay under 20."""
_CHUNK = 1024 * 1024

_UP_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
"""Everything before the next bracket that is not in a string; stops at a string whose end has not been read."""
_UP_TO_QUOTE = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_WRAPPED = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"conversations"\s*:\s*(?=\[)')


@dataclass(frozen=True, slots=True)
class Element:
    """One value, or why it cannot be had; `end` is how many bytes of the file have been read."""

    value: Any
    trouble: str
    end: int


def elements(stream: ByteStream, limit: int = ELEMENT_LIMIT, chunk: int = _CHUNK) -> Iterator[Element]:
    """The elements of a file, read in pieces of about `chunk` bytes. Raises `OSError` and what `stream` raises."""
    reading = _Reading(stream, limit, chunk)
    reading.fill()
    if (wrapper := _WRAPPED.match(reading.buffer)) is not None:
        reading.drop(wrapper.end())
    inside_array = False
    while (bracket := reading.next_bracket()) is not None:
        if bracket == b"[" and not inside_array:
            inside_array = True
            reading.drop(reading.position)
        elif bracket in b"]}":
            inside_array = False
        else:
            yield reading.element()
    if reading.torn:
        yield Element(None, tr("cut off in the middle"), reading.read)


class _Reading:
    """A window on the file that begins where nothing is settled yet."""

    def __init__(self, stream: ByteStream, limit: int, chunk: int) -> None:
        self.buffer = bytearray()
        self.position = 0
        self.read = 0
        self.torn = False
        self._stream = stream
        self._limit = limit
        self._chunk = chunk
        self._step = chunk
        self._lost = False
        """Whether the beginning of the element had to be given up, because it is too long."""

    def fill(self) -> bool:
        """Read on; whether there was more. What is waited for longer is read in larger steps, so it costs no more."""
        piece = self._stream.read(self._step)
        self.read += len(piece)
        self.buffer += piece
        self._step = min(self._step * 2, 16 * self._chunk)
        return bool(piece)

    def drop(self, count: int) -> None:
        """Forget the beginning of the window."""
        del self.buffer[:count]
        self.position = 0

    def next_bracket(self) -> bytes | None:
        """The next bracket outside of strings, which `position` then stands behind; None at the end."""
        while True:
            found = _UP_TO_BRACKET.match(self.buffer, self.position)
            end = found.end() if found is not None else self.position
            if end < len(self.buffer) and self.buffer[end] != 0x22:
                self.position = end + 1
                self._step = self._chunk
                return bytes(self.buffer[end : end + 1])
            self.position = end
            if len(self.buffer) > self._limit:
                self._lost = True
                if not self._skip_string():
                    return None
            elif not self.fill():
                return None

    def element(self) -> Element:
        """The object or array whose opening bracket was just passed."""
        start = self.position - 1
        self.drop(start)
        self.position, self._lost = 1, False
        depth = deepest = 1
        while depth:
            bracket = self.next_bracket()
            if bracket is None:
                self.buffer.clear()
                self.position = 0
                return Element(None, tr("cut off in the middle"), self.read)
            depth += 1 if bracket in b"[{" else -1
            deepest = max(deepest, depth)
            if self.position > self._limit:
                self._lost = True
                self.drop(self.position)
        source = bytes(self.buffer[: self.position])
        self.drop(self.position)
        if self._lost:
            return Element(None, tr("larger than {limit} MB", limit=self._limit // 1024**2), self.read)
        if deepest > DEEPEST:
            return Element(None, tr("nested too deeply"), self.read)
        try:
            return Element(parsed(source), "", self.read)
        except Unreadable as error:
            return Element(None, str(error), self.read)

    def _skip_string(self) -> bool:
        """Read over a string, or a desert of other characters, that is too long to be kept; False at the file's end."""
        in_string = self.buffer[self.position : self.position + 1] == b'"'
        self.drop(self.position + 1 if in_string else self.position)
        while in_string:
            found = _UP_TO_QUOTE.match(self.buffer)
            end = found.end() if found is not None else 0
            if end < len(self.buffer) and self.buffer[end] == 0x22:
                self.drop(end + 1)
                return True
            self.drop(end)  # a backslash whose second half has not been read stays
            if not self.fill():
                return False
        return self.fill()


def parsed(source: bytes) -> Any:
    """The value of JSON text; bytes that are not UTF-8 become U+FFFD, of a key said twice the last counts.

    Raises `Unreadable`.
    """
    try:
        return _decode(source.decode(errors="replace").removeprefix("\ufeff"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(tr("not valid JSON")) from error


def _nothing(_: str) -> None:
    """NaN and the infinities are not JSON."""


_decode = json.JSONDecoder(parse_constant=_nothing).decode
