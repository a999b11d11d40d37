"""Every recorded stream, cut anywhere, comes back from the file as it was on the screen."""

import json
from pathlib import Path

import pytest

from salon.chat.answer import Answer, coalesced
from salon.chat.events import ApiEvent
from salon.store.records import Record
from store_support import STREAMS, closed, events_of_sse, file_of, loaded, opened, part, prompt

FILES = sorted(STREAMS.rglob("*.sse"))
START = [{"k": "head", "min": 1}, prompt("p1", None, "ask"), opened("a1", "p1")]


def folded(events: list[ApiEvent]) -> Answer:
    answer = Answer("a1")
    for event in events:
        answer.apply(event)
    return answer


def parts(events: list[ApiEvent], size: int) -> list[Record]:
    spans = [events[start : start + size] for start in range(0, len(events), size)]
    return [part("a1", number, coalesced(span)) for number, span in enumerate(spans, 1)]


@pytest.mark.skipif(not FILES, reason="the recorded streams are not here")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_recorded_stream_is_kept_byte_for_byte(file: Path) -> None:
    events = events_of_sse(file)
    for stop in {len(events), len(events) // 2, len(events) - 1}:
        answer = folded(events[:stop])
        for size in (1, 7):
            message = loaded(file_of(START + parts(events[:stop], size))).conversation.messages["a1"]
            assert json.dumps(message.content) == json.dumps(answer.blocks())
            assert message.unfinished == answer.unfinished()
            assert json.dumps(message.extra) == json.dumps(answer.extra())
            assert (message.stop_reason, message.usage) == (answer.stop_reason, answer.usage)
        end = closed("a1", "") | {"content": list(answer.blocks())}
        message = loaded(file_of([*START, *parts(events[:stop], 7), end])).conversation.messages["a1"]
        assert json.dumps(message.content) == json.dumps(answer.blocks())
