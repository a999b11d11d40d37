"""A server on the loopback that answers each connection as a test says: well, badly, late, or not at all.

It speaks just enough HTTP/1.1 to be asked by the real SDK. What it was sent is kept for the test to look at.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

EVENT_STREAM = "text/event-stream; charset=utf-8"


@dataclass
class Asked:
    """One request as the server got it."""

    line: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


class Reply:
    """The writing end of one connection, in the words of a test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def head(self, status: int = 200, content_type: str = EVENT_STREAM, **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", "transfer-encoding: chunked"]
        lines += [f"content-type: {content_type}"] if content_type else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n")

    async def chunk(self, data: bytes) -> None:
        if data:
            await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self.raw(b"0\r\n\r\n")

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def whole(self, status: int, body: bytes | str | object, content_type: str = "", **headers: str) -> None:
        if not isinstance(body, (bytes, str)):
            body, content_type = json.dumps(body), content_type or "application/json"
        await self.head(status, content_type or EVENT_STREAM, **headers)
        await self.chunk(body.encode() if isinstance(body, str) else body)
        await self.end()

    def reset(self) -> None:
        """End the connection with a TCP RST."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def gone(self) -> bool:
        """Wait until the client has closed its end."""
        try:
            return await self._reader.read(1) == b""
        except ConnectionError:
            return True


Handler = Callable[[Asked, Reply], Awaitable[None]]


@dataclass
class FaultServer:
    """Answers with `handlers` in turn, the last one for ever."""

    url: str = ""
    port: int = 0
    handlers: Sequence[Handler] = ()
    asked: list[Asked] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    connections: int = 0

    def script(self, *handlers: Handler) -> None:
        self.handlers = handlers
        self.asked.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (asked := await _read_request(reader)) is not None:
                self.asked.append(asked)
                handler = self.handlers[min(len(self.asked), len(self.handlers)) - 1]
                await handler(asked, Reply(reader, writer))
                if writer.is_closing():
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left, as several tests want it to
        except (AssertionError, IndexError) as problem:
            self.failures.append(problem)
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    line, *rest = head.decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(line, headers, body)


@asynccontextmanager
async def running() -> AsyncIterator[FaultServer]:
    """A server for the length of a test."""
    fault_server = FaultServer()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(fault_server.serve(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=2**22)
    fault_server.port = server.sockets[0].getsockname()[1]
    fault_server.url = f"http://127.0.0.1:{fault_server.port}"
    try:
        yield fault_server
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert fault_server.failures == []


def sse(*events: dict[str, Any]) -> bytes:
    """The events as a stream's body."""
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


START: dict[str, Any] = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 3, "output_tokens": 1},
    },
}
TEXT_START: dict[str, Any] = {
    "type": "content_block_start",
    "index": 0,
    "content_block": {"type": "text", "text": ""},
}
BLOCK_STOP: dict[str, Any] = {"type": "content_block_stop", "index": 0}
ENDING: dict[str, Any] = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 2},
}
STOP: dict[str, Any] = {"type": "message_stop"}


def delta(text: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}


HELLO = (START, TEXT_START, {"type": "ping"}, delta("Hello "), delta("world"), BLOCK_STOP, ENDING, STOP)


def streams(*events: dict[str, Any], **headers: str) -> Handler:
    """Answers with a stream of `events`, `HELLO` by default, and ends it properly."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.whole(200, sse(*(events or HELLO)), **headers)

    return handle


def refuses(status: int, body: object, content_type: str = "", **headers: str) -> Handler:
    """Answers with a status and a body."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.whole(status, body, content_type, **headers)

    return handle


def api_error(kind: str, message: str = "Nope", **details: str) -> dict[str, Any]:
    """An error body as Anthropic's API writes it."""
    error = {"type": kind, "message": message, "details": details or None}
    return {"type": "error", "error": error, "request_id": "req_body"}
