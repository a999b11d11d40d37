"""A Messages API on the loopback that says what a test wants, and keeps every byte that it is told."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Event = dict[str, Any]


@dataclass
class LoopbackApi:
    """What the server answers, to be set by a test, and what it was told."""

    address: str = ""
    events: Sequence[Event] = ()
    """The answer to every message, or to those that `then` has no other for."""
    then: list[Sequence[Event]] = field(default_factory=list)
    """The answers to the next messages, one by one."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    """The answer where the status is not 200."""
    models: Sequence[dict[str, Any]] = ()
    told: list[bytes] = field(default_factory=list)
    """Each request: its first line, its headers, its body."""


@contextmanager
def loopback_api() -> Iterator[LoopbackApi]:
    """The server, while the block runs."""
    api = LoopbackApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._keep(b"")
            if 300 <= api.status < 400:
                self._send(api.status, b"", "application/json")
                return
            self._give(200, {"data": list(api.models), "has_more": False})

        def do_POST(self) -> None:
            self._keep(self.rfile.read(int(self.headers.get("content-length", 0))))
            if api.status != 200:
                self._send(api.status, api.body, "application/json")
            elif "count_tokens" in self.path:
                self._give(200, {"input_tokens": 7})
            else:
                events = api.then.pop(0) if api.then else api.events
                stream = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
                self._send(200, stream.encode(), "text/event-stream")

        def _keep(self, body: bytes) -> None:
            api.told.append(f"{self.requestline}\n{self.headers}\n".encode("utf-8", "replace") + body)

        def _give(self, status: int, content: object) -> None:
            self._send(status, json.dumps(content).encode(), "application/json")

        def _send(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            for name, value in (api.headers | {"content-type": content_type}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep standard error free."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer_of(*blocks: tuple[dict[str, Any], Sequence[dict[str, Any]]], model: str = "claude-test") -> list[Event]:
    """The events of a whole answer: each block as it starts, and its deltas."""
    usage = {"input_tokens": 3, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "usage": usage}
    events: list[Event] = [{"type": "message_start", "message": message}]
    for index, (block, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    ending = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}
    return [*events, ending, {"type": "message_stop"}]


def text_deltas(text: str, size: int) -> list[dict[str, Any]]:
    """The text in pieces of `size` characters, so that sequences are split."""
    return [{"type": "text_delta", "text": text[at : at + size]} for at in range(0, len(text), size)]
