"""A compaction over the wire: the parameter, the beta's header, and the block that goes back as it came."""

import json
from typing import Any

from api.fault_server import Asked, FaultServer, Reply, sse
from api.harness import ask, client_for
from salon.chat import room
from salon.chat.conversation import Message
from salon.chat.model import ModelInfo
from salon.chat.request import COMPACTION_BETA, build

MODEL = ModelInfo(id="claude-next", max_output=1000, abilities=frozenset({"compaction"}))
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"id": "msg_1", "model": "claude-next", "content": [], "usage": {}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "compaction", "content": None}},
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "compaction_delta", "content": "They greeted.", "signature": "c2ln"},
    },
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "compaction"}, "usage": {"output_tokens": 9}},
    {"type": "message_stop"},
]


def said(number: int, role: str, text: str, **fields: object) -> Message:
    content = fields.pop("content", ({"type": "text", "text": text},))
    parent = f"m{number - 1}" if number else None
    return Message(id=f"m{number}", parent=parent, role=role, content=content, **fields)  # type: ignore[arg-type]


async def test_a_compaction_and_the_request_after_it(server: FaultServer) -> None:
    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*EVENTS))
        await reply.end()

    server.script(handle, handle)
    path = [said(0, "user", "Hello."), said(1, "assistant", "Hello!"), said(2, "user", "x", seam=room.COMPACTION)]
    outcome = await ask(client_for(server.url), build(path, model=MODEL, compact=True))
    assert outcome.fault is None
    (block,) = outcome.answer().blocks()
    assert block == {"type": "compaction", "content": "They greeted.", "signature": "c2ln"}
    path += [said(3, "assistant", "", content=(block,), stop_reason="compaction"), said(4, "user", "Go on.")]
    await ask(client_for(server.url), build(path, model=MODEL))
    first, second = (json.loads(asked.body) for asked in server.asked)
    assert first["compaction"] == {"type": "summarize"}
    assert [message["role"] for message in first["messages"]] == ["user", "assistant"]
    assert "compaction" not in second
    assert second["messages"] == [
        {"role": "assistant", "content": [block]},
        {"role": "user", "content": [{"type": "text", "text": "Go on."}]},
    ]
    assert [asked.headers["anthropic-beta"] for asked in server.asked] == [COMPACTION_BETA] * 2
