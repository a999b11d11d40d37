"""The API as it may be tomorrow: new fields, kinds and events, others missing, doubled, or of another type.

A whole answer is changed at random and asked for by the real client, kept in a session on disk, shown, listed, exported
and sent back. ``SALON_FUZZ_EXAMPLES`` sets how many changed answers are tried (the suite's default is small).
"""

import asyncio
import copy
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.fault_server import sse
from api.harness import client_for, session_in
from salon.chat import caching, ledger, madefiles, outline, room
from salon.chat.conversation import Message, Status, path
from salon.chat.events import ApiEvent, Finished
from salon.chat.exchange import told
from salon.chat.model import ModelInfo
from salon.chat.session import Session
from salon.store.exporting.exporter import export
from salon.store.exporting.selecting import Format, Wanted
from salon.ui.answerentry import AnswerEntry
from salon.ui.endings import ending_of
from salon.ui.presenting import notice_after
from salon.ui.progress import Progress
from salon.ui.sections import Frame

_EXAMPLES = int(os.environ.get("SALON_FUZZ_EXAMPLES", "25"))
FRAME = Frame(80, 76)


def _block(index: int, start: dict[str, Any], *deltas: dict[str, Any]) -> Iterator[ApiEvent]:
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


CITATION = {"type": "web_search_result_location", "url": "https://example.org", "title": "Sky", "cited_text": "blue"}
FOUND = {"type": "web_search_result", "url": "https://example.org", "title": "Sky", "encrypted_content": "x"}
USAGE = {
    "input_tokens": 10,
    "output_tokens": 1,
    "cache_read_input_tokens": 4,
    "cache_creation": {"ephemeral_5m_input_tokens": 3},
    "server_tool_use": {"web_search_requests": 1},
}
ANSWER: list[ApiEvent] = [
    {
        "type": "message_start",
        "message": {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-test",
            "content": [],
            "stop_reason": None,
            "usage": USAGE,
        },
    },
    *_block(
        0,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "Let me see."},
        {"type": "signature_delta", "signature": "c2ln"},
    ),
    {"type": "ping"},
    *_block(
        1,
        {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"query":'},
        {"type": "input_json_delta", "partial_json": ' "sky"}'},
    ),
    *_block(2, {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [FOUND]}),
    *_block(
        3,
        {"type": "text", "text": ""},
        {"type": "text_delta", "text": "The sky "},
        {"type": "text_delta", "text": "is *blue*. "},
        {"type": "citations_delta", "citation": CITATION},
    ),
    *_block(4, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Usually."}),
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 20, "output_tokens_details": {"thinking_tokens": 5}},
    },
    {"type": "message_stop"},
]


# changes

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 7.5, 10**30, float("nan"), "", "text", "\x1b[31m\u202e", [], [None], {}, {"type": None}, [[]]]
)
Change = Callable[[list[ApiEvent]], None]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a payload: what holds it, and its key there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])


@st.composite
def changed_answers(draw: st.DrawFn) -> list[ApiEvent]:
    """The answer after some changes, one after the other."""
    events = copy.deepcopy(ANSWER)
    kinds = ["drop", "double", "swap", "replace", "remove", "add", "kind", "index", "event", "begin again", "late"]
    for how in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5)):
        if not events:
            break
        at = draw(st.integers(0, len(events) - 1))
        event, odd = events[at], draw(ODD)
        holder, key = draw(st.sampled_from([*_places(event)] or [(event, "type")]))
        match how:
            case "drop":
                del events[at]
            case "double":
                events.insert(at, copy.deepcopy(event))
            case "swap":
                other = draw(st.integers(0, len(events) - 1))
                events[at], events[other] = events[other], events[at]
            case "replace":
                holder[key] = odd
            case "remove" if holder:
                del holder[key]
            case "add":
                event["hologram"] = odd
            case "kind" if isinstance(part := event.get("content_block", event.get("delta")), dict):
                part["type"] = draw(st.sampled_from(["hologram", "smell_delta", "tool_use", "text", "text_delta", ""]))
            case "index":
                event["index"] = draw(ODD | st.integers(0, 5))
            case "event":
                events.insert(at, {"type": "shiny_event", "data": odd})
            case "begin again":
                events.insert(at, copy.deepcopy(ANSWER[0]))
            case _:
                events.append(copy.deepcopy(event))
    return events


def readable(events: list[ApiEvent]) -> list[str]:
    """The pieces of text that a stream has as they always were, up to its end."""
    pieces = []
    for event in events:
        delta = event.get("delta")
        if event.get("type") == "message_stop":
            break
        text = delta.get("text") if isinstance(delta, dict) and delta.get("type") == "text_delta" else None
        if event.get("type") == "content_block_delta" and isinstance(text, str):
            pieces.append(text)
    return pieces


# the whole way


def answering(events: list[ApiEvent]) -> Callable[[], httpx2.AsyncBaseTransport]:
    """The changed answer to the first request, and a plain one to those that follow."""
    bodies = iter([sse(*({"type": "", **event} for event in events))])

    def handle(request: httpx2.Request) -> httpx2.Response:
        body = next(bodies, None) or sse(*ANSWER)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=body)

    return lambda: httpx2.MockTransport(handle)


async def lived(folder: Path, events: list[ApiEvent]) -> None:
    library, session = session_in(folder)
    client = client_for("http://127.0.0.1:9", transport=answering(events))
    await session.submit("a prompt")
    first, shown = None, None
    progress = Progress()
    async with asyncio.timeout(20), aclosing(session.answer(client)) as turn:
        async for event in turn:
            if shown is None and session.turn is not None:
                shown = AnswerEntry(session.turn.opening())
            if shown is not None and first is None:
                shown.apply(event)
            progress.note(event)
            progress.words()
            if isinstance(event, Finished) and shown is not None and first is None:
                first = event.message
                shown.finish(first)
    assert first is not None
    assert shown is not None
    assert_kept(events, first)
    assert first.status in {Status.COMPLETE, Status.INTERRUPTED, Status.ERROR}

    await session.submit("and then?")  # what came goes back as far as it can
    async with aclosing(session.answer(client)) as turn:
        async for _event in turn:
            pass
    assert session.last is not None
    assert session.last.fault is None  # a strange answer must not spoil those that follow
    await client.aclose()
    await session.log.close()
    again = path(library.read(session.id))
    kept = next(message for message in again if message.id == first.id)
    assert json.dumps(kept.content) == json.dumps(first.content)
    assert rows_of(shown) == rows_of(AnswerEntry(kept))
    assert_usable(session, again)
    assert [each.id for each in library.list()] == [session.id]


def assert_kept(events: list[ApiEvent], answer: Message) -> None:
    """Every piece of text is in the answer, or, where it is no text block's, in what is kept beside it."""
    everything = json.dumps([answer.content, answer.extra], ensure_ascii=True)
    for piece in readable(events) if answer.status is not Status.ERROR else ():
        assert json.dumps(piece)[1:-1] in everything
    began = [event.get("content_block") for event in events if event.get("type") == "content_block_start"]
    plain = all(isinstance(block, dict) and block.get("type") == "text" for block in began[3:]) and len(began) == 5
    if plain and answer.status is not Status.ERROR and events[0] == ANSWER[0]:
        shown = "".join(str(block.get("text")) for block in answer.content)
        assert all(piece in shown for piece in readable(events))


def assert_usable(session: Session, messages: list[Message]) -> None:
    """Everything that reads answers can read these."""
    model = ModelInfo(id="m")
    ledger.totals(messages, lambda _: model)
    caching.cached(messages)
    madefiles.made_files(messages)
    outline.outline(session.conversation)
    room.used_by(messages)
    for message in messages:
        ending_of(message)
        notice_after(message, can_continue=True)
        if message.role == "assistant":
            told(session.exchange_of(message, model), message)
    for way in Format:
        export(session.conversation, Wanted(format=way, thinking=True, costs=True), lambda _: model)


def rows_of(entry: AnswerEntry) -> list[str]:
    entry.lay_out(FRAME)
    entry.update()
    return [entry.line(row).plain() for row in range(entry.height)]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@given(changed_answers())
@example([])
@example(ANSWER)
@example([ANSWER[0], *_block(0, {"type": []}), *ANSWER[-2:]])
@example([*ANSWER[:15], ANSWER[16], ANSWER[15], *ANSWER[17:]])
@example([*ANSWER[:4], ANSWER[0], *ANSWER[4:]])
@example([event for event in ANSWER if event["type"] != "content_block_start"])
@settings(
    max_examples=_EXAMPLES,
    derandomize=_EXAMPLES < 100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_whatever_changes_nothing_is_lost_and_nothing_breaks(runner: asyncio.Runner, events: list[ApiEvent]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        runner.run(lived(Path(folder), events))
