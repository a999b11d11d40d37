"""The API's stream becomes content blocks, whatever way it is cut and whatever it says."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes import (
    MESSAGE_STOP,
    beginning,
    block_start,
    block_stop,
    delta,
    message_delta,
    message_start,
    split_deltas,
    text_delta,
    text_start,
    thinking_delta,
    thinking_start,
    whole,
)
from recorded import events_of, for_every_stream
from salon.chat.answer import Answer, coalesced, sendable
from salon.chat.blocks import Block
from salon.chat.events import (
    AnswerStarted,
    ApiEvent,
    BlockFinished,
    BlockStarted,
    CitationAdded,
    Heartbeat,
    TextDelta,
    ThinkingDelta,
    ToolProgress,
    TurnEvent,
    Unrecognised,
    UsageUpdated,
)


def folded(events: list[ApiEvent]) -> Answer:
    answer = Answer("a")
    for event in events:
        answer.apply(event)
    return answer


def facts(answer: Answer) -> str:
    """Everything that an answer keeps, comparable also where it holds NaN."""
    return json.dumps(
        [
            answer.blocks(),
            answer.unfinished(),
            answer.extra(),
            answer.usage,
            answer.stop_reason,
            answer.stop_details,
            answer.complete,
            answer.begun,
            answer.model,
        ]
    )


TOOL: Block = {"type": "tool_use", "id": "t1", "name": "weather", "input": {}}
SEARCH: Block = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"title": "Sky"}]}
CITATION = {"type": "web_search_result_location", "url": "https://example.org", "cited_text": "blue"}

FOLDS: dict[str, tuple[list[ApiEvent], list[Block], tuple[int, ...]]] = {
    "text in two deltas": (whole("Hel", "lo"), [{"type": "text", "text": "Hello"}], ()),
    "text that a server puts into the start": (
        [message_start(), block_start(0, {"type": "text", "text": "He"}), text_delta("llo"), block_stop()],
        [{"type": "text", "text": "Hello"}],
        (),
    ),
    "a start without its text": (
        [message_start(), block_start(0, {"type": "text"}), text_delta("x"), block_stop()],
        [{"type": "text", "text": "x"}],
        (),
    ),
    "thinking with its signature": (
        [
            message_start(),
            thinking_start(),
            thinking_delta("Hm"),
            delta(0, "signature_delta", signature="S"),
            block_stop(),
        ],
        [{"type": "thinking", "thinking": "Hm", "signature": "S"}],
        (),
    ),
    "a tool's input in pieces": (
        [
            message_start(),
            block_start(0, TOOL),
            delta(0, "input_json_delta", partial_json='{"a":'),
            delta(0, "input_json_delta", partial_json=" 1}"),
            block_stop(),
        ],
        [{**TOOL, "input": {"a": 1}}],
        (),
    ),
    "a tool without input": (
        [message_start(), block_start(0, TOOL), delta(0, "input_json_delta", partial_json=""), block_stop()],
        [TOOL],
        (),
    ),
    "a tool's input that was cut": (
        [message_start(), block_start(0, TOOL), delta(0, "input_json_delta", partial_json='{"a":'), block_stop()],
        [TOOL],
        (0,),
    ),
    "a citation": (
        [
            message_start(),
            text_start(),
            text_delta("blue"),
            delta(0, "citations_delta", citation=CITATION),
            block_stop(),
        ],
        [{"type": "text", "text": "blue", "citations": [CITATION]}],
        (),
    ),
    "a compaction": (
        [
            message_start(),
            block_start(0, {"type": "compaction", "content": None}),
            delta(0, "compaction_delta", content="short"),
            block_stop(),
        ],
        [{"type": "compaction", "content": "short"}],
        (),
    ),
    "a tool's result, which comes whole": ([message_start(), block_start(0, SEARCH), block_stop()], [SEARCH], ()),
    "a block of a kind that is not known": (
        [message_start(), block_start(0, {"type": "hologram", "depth": 3}), block_stop()],
        [{"type": "hologram", "depth": 3}],
        (),
    ),
    "two blocks, the second cut": (
        [*beginning("one"), block_stop(), text_start(1), text_delta("two", 1)],
        [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}],
        (1,),
    ),
    "blocks whose deltas interleave": (
        [
            message_start(),
            text_start(0),
            text_start(1),
            text_delta("b", 1),
            text_delta("a", 0),
            text_delta("B", 1),
            block_stop(1),
            block_stop(0),
        ],
        [{"type": "text", "text": "a"}, {"type": "text", "text": "bB"}],
        (),
    ),
    "a second reply behind a cut first one": (
        [*beginning("first"), *whole("second")],
        [{"type": "text", "text": "first"}, {"type": "text", "text": "second"}],
        (0,),
    ),
    "text that nobody began": (
        [message_start(), text_delta("one ", 1), text_delta("two", 1), thinking_delta("Hm", 2)],
        [{"type": "text", "text": "one two"}, {"type": "thinking", "thinking": "Hm"}],
        (0, 1),
    ),
    "blocks that nobody numbered": (
        [
            message_start(),
            {"type": "content_block_start", "content_block": {"type": "text", "text": "a"}},
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "b"}},
            {"type": "content_block_stop"},
            {"type": "content_block_start", "index": None, "content_block": {"type": "text", "text": "c"}},
        ],
        [{"type": "text", "text": "ab"}, {"type": "text", "text": "c"}],
        (1,),
    ),
    "content in message_start": (
        [{"type": "message_start", "message": {"content": [{"type": "text", "text": "all"}]}}, MESSAGE_STOP],
        [{"type": "text", "text": "all"}],
        (),
    ),
}


@pytest.mark.parametrize(("events", "blocks", "unfinished"), FOLDS.values(), ids=FOLDS)
def test_a_stream_becomes_blocks(events: list[ApiEvent], blocks: list[Block], unfinished: tuple[int, ...]) -> None:
    answer = folded(events)
    assert list(answer.blocks()) == blocks
    assert answer.unfinished() == unfinished


MEANINGS: list[tuple[list[ApiEvent], TurnEvent | None]] = [
    ([message_start("m")], AnswerStarted("a", "m")),
    ([message_start(), text_start()], BlockStarted(0, {"type": "text", "text": ""})),
    (beginning("x"), TextDelta(0, "x")),
    ([message_start(), thinking_start(), thinking_delta("x")], ThinkingDelta(0, "x")),
    (
        [message_start(), block_start(0, TOOL), delta(0, "input_json_delta", partial_json="{")],
        ToolProgress(0, "{"),
    ),
    ([*beginning("x"), delta(0, "citations_delta", citation=CITATION)], CitationAdded(0, CITATION)),
    ([*beginning("x"), block_stop()], BlockFinished(0, {"type": "text", "text": "x"})),
    ([message_start(), message_delta()], UsageUpdated({"input_tokens": 10, "output_tokens": 20})),
    ([{"type": "ping"}], Heartbeat()),
    ([{"type": "weather_report"}], Unrecognised("weather_report")),
    ([*beginning("x"), delta(0, "smell_delta", smell="rose")], Unrecognised("smell_delta")),
    ([text_delta("nobody began this")], BlockStarted(0, {"type": "text", "text": "nobody began this"})),
    ([delta(0, "input_json_delta", partial_json="{")], Unrecognised("content_block_delta")),
    ([message_start(), thinking_start(), delta(0, "signature_delta", signature="S")], None),
    ([MESSAGE_STOP], None),
]


@pytest.mark.parametrize(("events", "meaning"), MEANINGS)
def test_each_event_means_something_to_a_reader(events: list[ApiEvent], meaning: TurnEvent | None) -> None:
    answer = folded(events[:-1])
    assert answer.apply(events[-1]) == meaning


def test_what_a_block_was_when_it_began_does_not_change_as_it_grows() -> None:
    answer = folded([message_start()])
    began = answer.apply(text_start())
    answer.apply(text_delta("later"))
    finished = answer.apply(block_stop())
    answer.apply(text_delta(" still"))
    answer.blocks()
    assert began == BlockStarted(0, {"type": "text", "text": ""})
    assert finished == BlockFinished(0, {"type": "text", "text": "later"})


def test_what_has_no_place_in_a_block_is_kept() -> None:
    answer = folded(
        [
            {"type": "weather_report", "sky": "blue"},
            *beginning("x"),
            delta(0, "smell_delta", smell="rose"),
            block_start(1, TOOL),
            delta(1, "input_json_delta", partial_json='{"a"'),
            block_stop(1),
            {"type": "message_delta", "delta": {"stop_reason": "end_turn", "container": {"id": "c"}}},
        ]
    )
    assert answer.extra() == {
        "0": {"deltas": [{"type": "smell_delta", "smell": "rose"}]},
        "1": {"partial_json": '{"a"'},
        "events": [
            {"type": "weather_report", "sky": "blue"},
            {"type": "message_delta", "delta": {"container": {"id": "c"}}},
        ],
    }


def test_an_answer_has_begun_when_there_is_something_to_read() -> None:
    assert not folded([message_start(), text_start()]).begun
    assert folded(beginning("x")).begun
    assert folded([message_start(), block_start(0, SEARCH)]).begun
    assert folded([message_start(), block_start(0, {"type": "redacted_thinking", "data": "x"}), block_stop()]).begun


def test_only_message_stop_makes_an_answer_complete() -> None:
    assert not folded(whole("x")[:-1]).complete
    assert folded(whole("x")).complete


def test_a_second_reply_that_is_cut_is_not_whole_because_the_first_one_was() -> None:
    answer = folded([*whole("first", stop_reason="max_tokens"), *beginning("second")])
    assert not answer.complete
    assert answer.stop_reason is None


def test_usage_is_replaced_count_by_count_and_never_by_nothing() -> None:
    events = [message_start(cache_read_input_tokens=7), message_delta(None)]
    events.append({"type": "message_delta", "delta": {}, "usage": {"output_tokens": 30, "input_tokens": None}})
    assert folded(events).usage == {"input_tokens": 10, "output_tokens": 30, "cache_read_input_tokens": 7}


def test_blocks_can_be_asked_for_at_any_time_without_changing_the_answer() -> None:
    answer = Answer("a")
    for event in whole("one ", "two ", "three"):
        answer.apply(event)
        answer.blocks()
    assert list(answer.blocks()) == [{"type": "text", "text": "one two three"}]


# Any split gives the same.

TEXTS = st.text(st.characters(codec=None, exclude_categories=[]), max_size=12)
INDEXES = st.integers(0, 2)
KINDS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
STARTS: st.SearchStrategy[Block] = st.sampled_from(
    [{"type": "text", "text": ""}, {"type": "text", "text": "St"}, {"type": "thinking", "thinking": ""}, TOOL]
)
EVENTS: st.SearchStrategy[ApiEvent] = st.one_of(
    st.builds(block_start, INDEXES, STARTS),
    st.builds(text_delta, TEXTS, INDEXES),
    st.builds(thinking_delta, TEXTS, INDEXES),
    st.builds(lambda index, piece: delta(index, "input_json_delta", partial_json=piece), INDEXES, TEXTS),
    st.builds(block_stop, INDEXES),
    st.just({"type": "ping"}),
    st.just(message_start()),
    st.just(message_delta()),
    st.builds(lambda index: delta(index, "smell_delta", smell=1), INDEXES),
)


@given(st.lists(EVENTS, max_size=25), st.integers(1, 5), st.data())
@settings(max_examples=150, deadline=None)
def test_any_split_of_a_stream_gives_the_same_answer(events: list[ApiEvent], size: int, data: st.DataObject) -> None:
    expected = facts(folded(events))
    assert facts(folded(coalesced(events))) == expected
    finer = split_deltas(events, size)
    assert facts(folded(finer)) == expected
    cut = data.draw(st.integers(0, len(finer)))
    assert facts(folded([*coalesced(finer[:cut]), *coalesced(finer[cut:])])) == expected


def test_neighbouring_deltas_become_one_and_pings_go() -> None:
    events = [*beginning("a", "b"), {"type": "ping"}, text_delta("c"), thinking_delta("d"), text_delta("e")]
    assert coalesced(events) == [*beginning("abc"), thinking_delta("d"), text_delta("e")]


def test_joining_leaves_the_events_it_was_given_alone() -> None:
    events = beginning("a", "b")
    coalesced(events)
    assert events == beginning("a", "b")


@for_every_stream
def test_a_recorded_stream_folds_alike_however_it_is_cut(file: Path) -> None:
    events = events_of(file)
    expected = facts(folded(events))
    assert facts(folded(coalesced(events))) == expected
    for size in (1, 3):
        finer = split_deltas(events, size)
        assert facts(folded(finer)) == expected
        assert facts(folded(coalesced(finer))) == expected


# Nothing that a server sends raises.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ODD: st.SearchStrategy[Any] = JSON | st.sampled_from([0, 1, True, 0.0, 1.0, math.nan, "text", "text_delta", {}, []])
ODD_DELTAS = st.dictionaries(
    st.sampled_from(["type", "text", "thinking", "partial_json", "signature", "citation", "stop_reason", "content"]),
    ODD | st.sampled_from(["text_delta", "input_json_delta", "citations_delta", "signature_delta", "compaction_delta"]),
)
ODD_EVENTS: st.SearchStrategy[ApiEvent] = st.fixed_dictionaries(
    {},
    optional={
        "type": ODD
        | st.sampled_from(
            ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"]
        ),
        "index": ODD,
        "delta": ODD | ODD_DELTAS,
        "content_block": ODD | STARTS | st.dictionaries(st.sampled_from(["type", "text", "citations"]), ODD),
        "message": ODD | st.dictionaries(st.sampled_from(["id", "model", "content", "usage"]), ODD),
        "usage": ODD | st.dictionaries(st.sampled_from(["input_tokens", "output_tokens"]), ODD),
    },
)


@given(st.lists(st.one_of(EVENTS, ODD_EVENTS), max_size=20))
@example([block_start(0, {"type": "text", "text": ""}), {**text_delta("a"), "index": 0.0}])
@example([text_delta("a"), {**text_delta("b"), "index": False}])
@example([{"type": []}, {"type": None}, {}])
@settings(max_examples=250, deadline=None)
def test_odd_events_never_raise_and_fold_alike_when_joined(events: list[ApiEvent]) -> None:
    answer = folded(events)
    sendable(answer.blocks(), answer.unfinished())
    assert facts(folded(coalesced(events))) == facts(answer)


def test_input_nested_too_deeply_stays_as_its_source() -> None:
    source = "[" * 100_000
    answer = folded([message_start(), block_start(0, TOOL), delta(0, "input_json_delta", partial_json=source)])
    answer.apply(block_stop())
    assert answer.unfinished() == (0,)
    assert answer.extra()["0"]["partial_json"] == source


# What the API takes back.

RESULT: Block = {"type": "web_search_tool_result", "tool_use_id": "t1", "content": []}

SENDABLE: dict[str, tuple[list[Block], tuple[int, ...], list[int]]] = {
    "finished blocks": ([{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "y"}], (), [0, 1]),
    "half a text": ([{"type": "text", "text": "half"}], (0,), [0]),
    "half a thought": ([{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "y"}], (0,), [1]),
    "blank text": ([{"type": "text", "text": " \n"}, {"type": "text", "text": "y"}], (), [1]),
    "a tool use and its result": ([TOOL, RESULT, {"type": "text", "text": "y"}], (), [0, 1, 2]),
    "a tool use without its result": ([TOOL, {"type": "text", "text": "y"}], (), [1]),
    "a tool use whose result was cut": ([TOOL, RESULT, {"type": "text", "text": "y"}], (1,), [2]),
}


@pytest.mark.parametrize(("blocks", "unfinished", "kept"), SENDABLE.values(), ids=SENDABLE)
def test_only_what_the_api_takes_goes_back(blocks: list[Block], unfinished: tuple[int, ...], kept: list[int]) -> None:
    assert sendable(blocks, unfinished) == [blocks[index] for index in kept]
