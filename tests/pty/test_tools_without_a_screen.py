"""Tools in `salon -p` and in lines: what is allowed runs; else a person is asked, or it is refused with a word."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from home import Home
from salon.store.library import FileLibrary

PROGRAM = Path(__file__).parent.parent / "tool_server.py"


def _event_stream(blocks: list[dict[str, Any]], reason: str) -> bytes:
    message = {"id": "m", "model": "m", "content": blocks, "usage": {"input_tokens": 1, "output_tokens": 1}}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {"type": "message", "role": "assistant", **message, "content": []}}
    ]
    for index, block in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events.append({"type": "content_block_stop", "index": index})
    events.append({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 2}})
    events.append({"type": "message_stop"})
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


class _Model(BaseHTTPRequestHandler):
    """Calls two tools, then repeats what they said."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's own name
        pass

    def do_GET(self) -> None:
        self.send_error(404)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        results = [block for block in body["messages"][-1]["content"] if block["type"] == "tool_result"]
        if results:
            said = " / ".join(block["content"] for block in results)
            stream = _event_stream([{"type": "text", "text": said}], "end_turn")
        else:
            calls = [("a", "test__add", {"a": 2, "b": 3}), ("b", "test__environment", {})]
            uses = [{"type": "tool_use", "id": an_id, "name": name, "input": asked} for an_id, name, asked in calls]
            stream = _event_stream(uses, "tool_use")
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(stream)


@pytest.fixture
def model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def settle_tools(home: Home, allow: str = "[]") -> None:
    """A tool server in config.toml, some of its tools allowed."""
    home.paths.config.mkdir(parents=True, exist_ok=True)
    command = json.dumps([sys.executable, str(PROGRAM), "stdio"])
    home.paths.settings_file.write_text(f"[mcp.test]\ncommand = {command}\nallow = {allow}\n", encoding="utf-8")


def in_lines(home: Home, model: str, *typed: str) -> list[str]:
    """What is said while somebody asks and answers in lines."""
    outcome = home.run("--accessible", "--base-url", model, typed="\n".join(typed) + "\n")
    assert outcome.code == 0, outcome
    return outcome.out.splitlines()


def test_without_a_person_only_what_is_always_allowed_runs(home: Home, model: str) -> None:
    settle_tools(home, '["add"]')
    outcome = home.run("--base-url", model, "-p", "Go.")
    assert outcome.code == 0, outcome
    assert outcome.out.startswith("5 / The person refused this call.")
    assert "test__environment was not run" in outcome.err
    library = FileLibrary(home.paths)  # a real chat, and none with the scripted server
    (summary,) = library.list()
    messages = library.read(summary.id).messages.values()
    kinds = [block["type"] for message in messages for block in message.content]
    assert kinds == ["text", "tool_use", "tool_use", "tool_result", "tool_result", "text"]


def test_in_lines_each_call_is_asked_about_by_number(home: Home, model: str) -> None:
    settle_tools(home)
    lines = in_lines(home, model, "Go.", "1", "4", "Not today", "/quit")
    asked = lines.index("The tool test · add wants to run, with this:")
    assert lines[asked + 1 : asked + 3] == ["a: 2", "b: 3"]
    assert lines[asked + 3 : asked + 5] == ["1. Run it once", "2. Run it, and this tool in this chat from now on"]
    assert "5 / The person refused this call. They said: Not today" in lines
    said = [line for line in lines if line.endswith(("Result: 5.", "environment wants to run, with this:"))]
    assert len(said) == 2
    assert said[0].endswith("Result: 5.")  # behind the question, which is not a line of its own in a pipe


def test_in_lines_what_was_allowed_for_good_is_not_asked_again(home: Home, model: str) -> None:
    settle_tools(home)
    in_lines(home, model, "Go.", "3", "3", "/quit")
    lines = in_lines(home, model, "Go.", "/quit")
    assert not [line for line in lines if "wants to run" in line]
    assert any(line.startswith("5 / ") for line in lines)


def test_in_lines_the_end_of_the_input_refuses_and_ends(home: Home, model: str) -> None:
    settle_tools(home)
    lines = in_lines(home, model, "Go.")
    assert any("The person refused this call. / The person refused this call." in line for line in lines)
