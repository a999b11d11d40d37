"""Session files of many messages, written as the app itself writes them.

``python saved_sessions.py FOLDER COUNT ...`` puts a session of each count into a config directory. Each is titled
``session-COUNT.jsonl`` (so that ``salon -r`` with this title opens it) and its last answer ends with ``ZQsCOUNTQZ``,
the mark that the comparison with other apps waits for.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from salon.chat.ids import new_id
from salon.store.records import Record, encode

MODEL = "claude-sonnet-4-5"
_ANSWER = (
    "## How it keeps its order\n\nThe **quick** method returns a stable value when each `input` field is checked.\n\n"
    "- every list keeps its order, so that later steps can rely on it\n- no other pass over the data is needed\n\n"
    "```python\ndef step(items, limit=3):\n    for index, item in enumerate(items):\n        if item > limit:\n"
    "            continue\n    return index\n```\n\n"
    "| name | value | note |\n|---|---:|---|\n| field | 1234 | stable |\n\n"
)
_PADDING = "It goes on without another pass over data that was already seen by earlier parts of the program. "


def write_session(config: Path, count: int, *, size: int = 2_000) -> str:
    """A session of `count` messages in turns, answers of about `size` characters; its id."""
    session_id = new_id()
    now = time.time() - 86_400
    folder = config / "sessions" / time.strftime("%Y-%m", time.gmtime())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{session_id}.jsonl").open("wb") as file:
        for number, record in enumerate(_records(session_id, count, size)):
            file.write(encode(record, now + number))
    return session_id


def mark_of(count: int) -> str:
    """How the last answer of a session ends."""
    return f"ZQs{count}QZ"


def _records(session_id: str, count: int, size: int) -> Iterator[Record]:
    yield {"k": "head", "id": session_id, "min": 1, "app": "benchmark"}
    parent: str | None = None
    for number in range(count):
        message_id = new_id()
        if number % 2 == 0:
            content = [{"type": "text", "text": f"Question {number // 2 + 1}: how does this step keep its order?"}]
            yield {"k": "msg", "id": message_id, "parent": parent, "role": "user", "content": content}
        else:
            end = mark_of(count) if number == count - 1 else "Done."
            yield {"k": "open", "id": message_id, "parent": parent, "model": MODEL, "request": {"max_tokens": 4096}}
            yield _close(message_id, f"{_ANSWER}{_PADDING * ((size - len(_ANSWER)) // len(_PADDING))}\n\n{end}")
        parent = message_id
    yield {"k": "set", "key": "title", "value": f"session-{count}.jsonl"}


def _close(message_id: str, text: str) -> Record:
    return {
        "k": "close",
        "of": message_id,
        "status": "complete",
        "model": MODEL,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 10, "output_tokens": len(text) // 4},
    }


if __name__ == "__main__":
    for wanted in sys.argv[2:]:
        write_session(Path(sys.argv[1]), int(wanted))
