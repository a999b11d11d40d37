"""Server-sent events out of the bytes of a response, in time that grows with their number however they are cut.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation. The SDK's own decoder
copies all it has of an event with every line and every packet of it; a line of 100 MB kept it busy for minutes.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import NamedTuple

LARGEST_EVENT = 32 * 1024 * 1024
"""Bytes; the API takes no larger request, so nothing larger could ever be sent back."""


class ServerSentEvent(NamedTuple):
    """One event: its name, "" where it has none, and its data, lines joined."""

    event: str
    data: str


class TooLargeAnEvent(ValueError):
    """An event is larger than `LARGEST_EVENT`."""


async def server_sent_events(chunks: AsyncIterator[bytes]) -> AsyncGenerator[ServerSentEvent, None]:
    """The events in `chunks`; what follows the last whole one is dropped.

    Raises TooLargeAnEvent, UnicodeDecodeError, and what `chunks` raises.
    """
    name, size = "", 0
    data: list[str] = []
    async with aclosing(_lines(chunks)) as lines:
        async for line in lines:
            if not line:
                if name or data:
                    yield ServerSentEvent(name, "\n".join(data))
                name, data, size = "", [], 0
                continue
            size += len(line)
            if size > LARGEST_EVENT:
                raise TooLargeAnEvent
            field, _, value = line.decode("utf-8").partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                data.append(value)
            elif field == "event":
                name = value


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The lines, without their ends: CR LF, LF or CR. One that has no end yet is held back."""
    begun: list[bytes] = []
    size = 0
    after_return = False
    async for chunk in chunks:
        # The line feed of a pair that was cut in two ends no other line.
        pieces = (chunk[1:] if after_return and chunk[:1] == b"\n" else chunk).splitlines(keepends=True)
        after_return = chunk[-1:] == b"\r" if chunk else after_return
        for piece in pieces:
            if not piece.endswith((b"\n", b"\r")):
                begun.append(piece)
                size += len(piece)
                if size > LARGEST_EVENT:
                    raise TooLargeAnEvent
            elif begun:
                yield b"".join((*begun, piece)).rstrip(b"\r\n")
                begun, size = [], 0
            else:
                yield piece.rstrip(b"\r\n")
