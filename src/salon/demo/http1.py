"""As much of HTTP/1.1 as one API on loopback needs, over asyncio's streams."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from salon.demo.faults import ApiError

HEAD_LIMIT = 64 * 1024
"""Bytes that a request's line and headers may have."""
IDLE_SECONDS = 120.0
"""How long a connection may keep a request waiting."""
CLOSING_SECONDS = 2.0
"""How long a client may take to read the end of an answer."""
_DRAIN_LIMIT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request before its body; header names are in lower case, the path is decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    def length(self) -> int:
        """The bytes of the body. Raises `ApiError` where that cannot be known."""
        if "transfer-encoding" in self.headers:
            raise ApiError(411, "This server wants a Content-Length.")
        value = self.headers.get("content-length", "0")
        if not (value.isascii() and value.isdigit() and len(value) < 16):
            raise ApiError(400, "The Content-Length is not a number.")
        return int(value)


class Connection:
    """One client. Methods raise `ConnectionError` or `IncompleteReadError` when it goes away."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read_head(self) -> RequestHead | None:
        """The next request, None where the client has sent its last."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                raw = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise
            return None
        except asyncio.LimitOverrunError:
            raise ApiError(431, "The headers are too large.") from None
        return _parse_head(raw.decode("latin-1"))

    async def read_body(self, head: RequestHead, limit: int) -> bytes:
        """The body, of `limit` bytes at most. Raises `ApiError` 413 for more, having read and dropped it.

        A client that is still sending would not see an answer that comes before it is done.
        """
        length = head.length()
        if length > limit:
            await self.discard_body(head)
            raise ApiError(413, f"Request exceeds the maximum size of {limit} bytes")
        if length and head.headers.get("expect", "").lower() == "100-continue":
            await self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        async with asyncio.timeout(IDLE_SECONDS):
            return await self._reader.readexactly(length)

    async def discard_body(self, head: RequestHead) -> None:
        """Read the body and keep nothing of it."""
        left = min(head.length(), _DRAIN_LIMIT)
        async with asyncio.timeout(IDLE_SECONDS):
            while left > 0 and (data := await self._reader.read(min(left, HEAD_LIMIT))):
                left -= len(data)

    async def respond(
        self, status: int, body: Mapping[str, Any], headers: Mapping[str, str], *, close: bool = False
    ) -> None:
        """Send a whole response with `body` as JSON; `close` says that it is the connection's last."""
        payload = _json(body)
        fields = {"content-type": "application/json", "content-length": str(len(payload)), **headers}
        if close:
            fields["connection"] = "close"
        await self._send(_head(status, fields) + payload)

    async def begin_events(self, headers: Mapping[str, str]) -> None:
        """Begin a response of server-sent events, in chunked encoding."""
        fields = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", **headers}
        await self._send(_head(200, {**fields, "transfer-encoding": "chunked"}))

    async def send_event(self, payload: Mapping[str, Any]) -> None:
        """Send one event, named by its `type`, as a chunk of its own."""
        event = b"event: %b\ndata: %b\n\n" % (str(payload["type"]).encode("ascii"), _json(payload))
        await self._send(b"%x\r\n%b\r\n" % (len(event), event))

    async def end_events(self) -> None:
        """End the response properly."""
        await self._send(b"0\r\n\r\n")

    async def until_gone(self) -> None:
        """Say nothing until the client closes the connection."""
        while await self._reader.read(HEAD_LIMIT):
            pass

    def abort(self) -> None:
        """Close the connection now and drop what has not been sent."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Close the connection, whatever state it is in; what was sent still has a moment to arrive."""
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self._writer.wait_closed()
        except ConnectionError:
            pass  # the client was quicker
        except TimeoutError:
            self.abort()

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


def _json(value: Mapping[str, Any]) -> bytes:
    # Half of a surrogate pair can be asked to be echoed, and has no place in UTF-8.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _parse_head(text: str) -> RequestHead:
    line, *rows = text[:-4].split("\r\n")
    parts = line.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise ApiError(400, "This is not an HTTP/1.1 request.")
    headers: dict[str, str] = {}
    for row in rows:
        name, colon, value = row.partition(":")
        if not colon:
            raise ApiError(400, "A header without a colon.")
        headers[name.strip().lower()] = value.strip()
    try:
        target = urlsplit(parts[1])
    except ValueError:
        raise ApiError(400, "The target is not a URL.") from None
    query = {name: values[-1] for name, values in parse_qs(target.query).items()}
    return RequestHead(parts[0], unquote(target.path), query, headers)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Overloaded"  # 529 is the API's own status, in no registry
    rows = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {reason}\r\n{rows}\r\n".encode("latin-1")
