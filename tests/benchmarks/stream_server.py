"""A server that speaks just enough of the Messages API to stream an answer at a given pace.

``python -m benchmarks.stream_server`` prints its port and serves until it is ended, in a process of its own so that its
work is not counted as the app's. The last prompt says what to answer (`request_for` writes such a prompt); any other
prompt gets one short sentence.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.shapes import shape

MODEL = "claude-sonnet-4-5"
SHORT = "Short answer"
_REQUEST = re.compile(r"STREAM (\w+) (\d+) (\d+) ([\d.]+) (\w+)")
_FLAT_OUT = 16  # deltas a write, when there is no pace


def request_for(shape_name: str, size: int, delta: int, rate: float, mark: str) -> str:
    """A prompt for `size` characters of a shape, `delta` at a time, `rate` deltas a second (0: flat out).

    The answer ends with ``END`` and the mark, in a delta of its own.
    """
    return f"STREAM {shape_name} {size} {delta} {rate} {mark}"


@contextmanager
def serving() -> Iterator[str]:
    """The base URL of a server that lives as long as the block."""
    command = [sys.executable, "-m", "benchmarks.stream_server"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parent.parent
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, limit=1 << 26)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            found = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(found[1])) if found else b""
            if head.startswith("POST") and "/messages " in head.split("\r\n", 1)[0]:
                await _answer(json.loads(body), writer)
            else:
                _send_json(writer, {"data": [{"id": MODEL, "type": "model"}], "has_more": False})
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the app has gone
    finally:
        writer.close()


async def _answer(request: Mapping[str, Any], writer: asyncio.StreamWriter) -> None:
    found = _REQUEST.search(_last_text(request))
    text, end, delta, rate = SHORT, "", 20, 0.0
    if found:
        text, end = shape(found[1], int(found[2])), f"\n\nEND{found[5]}\n"
        delta, rate = int(found[3]), float(found[4])
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nrequest-id: req_benchmark\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(map(_chunk, _before()))
    )
    deltas = [_chunk(_text_delta(text[start : start + delta])) for start in range(0, len(text), delta)]
    deltas += [_chunk(_text_delta(end))] if end else []  # in one piece, since an app may write only what is new
    if rate:
        begin = time.monotonic()
        for number, chunk in enumerate(deltas):
            await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
            writer.write(chunk)
            await writer.drain()
    else:
        for start in range(0, len(deltas), _FLAT_OUT):
            writer.write(b"".join(deltas[start : start + _FLAT_OUT]))
            await writer.drain()
    writer.write(b"".join(map(_chunk, _after(len(text)))) + b"0\r\n\r\n")


def _last_text(request: Mapping[str, Any]) -> str:
    content = request["messages"][-1]["content"]
    return content if isinstance(content, str) else "\n".join(str(block.get("text", "")) for block in content)


def _before() -> list[bytes]:
    usage = {"input_tokens": 100, "output_tokens": 1}
    message = {"id": "msg_benchmark", "type": "message", "role": "assistant", "model": MODEL, "content": []}
    return [
        _event("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage}),
        _event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    ]


def _text_delta(text: str) -> bytes:
    return _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})


def _after(size: int) -> list[bytes]:
    ending = {"stop_reason": "end_turn", "stop_sequence": None}
    return [
        _event("content_block_stop", index=0),
        _event("message_delta", delta=ending, usage={"output_tokens": size // 4}),
        _event("message_stop"),
    ]


def _event(name: str, **fields: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _send_json(writer: asyncio.StreamWriter, value: Any) -> None:
    body = json.dumps(value).encode()
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    writer.write(body)


if __name__ == "__main__":
    asyncio.run(main())
