"""Recorded streams of the real API, through the real SDK and our client: the blocks are those that the SDK makes.

The recordings are other projects' data and lie beside the repository; without them these tests are skipped.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from api.fault_server import EVENT_STREAM, Asked, FaultServer, Reply, refuses
from api.harness import REQUEST, ask, client_for
from salon.chat.answer import Answer, coalesced
from salon.claude.whole_message import events_of_message
from salon.errors import FaultKind

STREAMS = Path(__file__).resolve().parents[3] / "shared" / "streams"
RECORDED = sorted(STREAMS.glob("*/*.sse"))
WHOLE = sorted(STREAMS.glob("vercel-ai/*.json"))
SDK_MANAGES_NOT = {"spliced-message-start.sse", "stream_malformed.sse"}
"""Where the SDK's accumulator raises or loses a reply."""
SDK_LOSES = {"compaction", "mcp_tool_use"}
"""Kinds of blocks whose deltas the SDK's GA stream drops."""
END = b'data: {"type":"message_stop"'


def recording(file: Path) -> bytes:
    """The first reply of a file; a few hold those of several requests on end."""
    data = file.read_bytes()
    _, found, behind = data.partition(END)
    return data[: len(data) - len(behind)] + behind.split(b"\n")[0] + b"\n\n" if found else data


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


pytestmark = pytest.mark.skipif(not RECORDED, reason="no recorded streams beside the repository")


async def blocks_by_the_sdk(url: str) -> list[dict[str, Any]]:
    import anthropic

    async with (
        anthropic.AsyncAnthropic(api_key="k", base_url=url, max_retries=0, open_telemetry=False) as client,
        client.messages.stream(**REQUEST.body) as stream,
    ):
        message = await stream.get_final_message()
    return [block.to_dict(mode="json", warnings=False) for block in message.content]


def comparable(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what the SDK adds of its own: fields that are None because nobody sent them."""
    return [{key: value for key, value in block.items() if value is not None} for block in blocks]


@pytest.mark.parametrize("file", RECORDED, ids=name_of)
async def test_the_blocks_are_those_of_the_sdk(server: FaultServer, file: Path) -> None:
    server.script(refuses(200, recording(file), EVENT_STREAM))
    outcome = await ask(client_for(server.url))
    if file.name == "stream_malformed.sse":
        assert outcome.fault is not None
        assert outcome.fault.kind in (FaultKind.GARBLED, FaultKind.DROPPED)
        return
    assert outcome.fault is None
    answer = outcome.answer()
    assert answer.complete
    if file.name in SDK_MANAGES_NOT:
        return
    ours = list(answer.blocks())
    theirs = await blocks_by_the_sdk(server.url)
    kept = [index for index, block in enumerate(ours) if block["type"] not in SDK_LOSES]
    cut = set(answer.unfinished())
    for index in kept:
        if index not in cut:
            assert comparable([ours[index]]) == comparable([theirs[index]])
    assert len(ours) == len(theirs)


@pytest.mark.parametrize("file", RECORDED, ids=name_of)
async def test_joined_deltas_fold_into_the_same(server: FaultServer, file: Path) -> None:
    server.script(refuses(200, recording(file), EVENT_STREAM))
    outcome = await ask(client_for(server.url))
    whole, joined = Answer("a"), Answer("a")
    for event in outcome.payloads:
        whole.apply(event)
    for event in coalesced(outcome.payloads):
        joined.apply(event)
    assert (whole.blocks(), whole.extra(), whole.usage) == (joined.blocks(), joined.extra(), joined.usage)


@pytest.mark.parametrize("file", RECORDED[::4], ids=name_of)
async def test_recordings_in_small_pieces_are_the_same(server: FaultServer, file: Path) -> None:
    data = recording(file)[:60_000]

    async def in_pieces(asked: Asked, reply: Reply) -> None:
        await reply.head()
        for start in range(0, len(data), 37):
            await reply.chunk(data[start : start + 37])
        await reply.end()

    server.script(refuses(200, data, EVENT_STREAM))
    at_once = await ask(client_for(server.url))
    server.script(in_pieces)
    pieced = await ask(client_for(server.url))
    assert pieced.payloads == at_once.payloads


@pytest.mark.parametrize("file", WHOLE, ids=name_of)
def test_a_whole_message_told_as_a_stream_folds_back(file: Path) -> None:
    message = json.loads(file.read_bytes())
    answer = Answer("a")
    for event in events_of_message(message):
        answer.apply(event)
    assert list(answer.blocks()) == message["content"]
    assert (answer.complete, answer.stop_reason, answer.unfinished()) == (True, message["stop_reason"], ())
