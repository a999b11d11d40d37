"""What a session file tells, also when it tells it badly."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.chat.answer import Answer, coalesced
from salon.chat.conversation import Status, path, siblings
from salon.chat.events import ApiEvent
from salon.chat.ids import is_id
from salon.store.records import Record
from store_support import closed, file_of, loaded, opened, part, prompt, text_delta, text_events, texts

CHAT: list[Record] = [
    {"k": "head", "min": 1},
    {"k": "set", "key": "title", "value": "Old"},
    prompt("p1", None, "one"),
    opened("a1", "p1"),
    part("a1", 1, text_events("an")),
    closed("a1", "answer", stop_reason="end_turn", usage={"output_tokens": 3}, model="claude-real"),
    {"k": "set", "key": "title", "value": "New"},
    prompt("p2", "a1", "two"),
]


def test_a_chat_reads_as_it_was_written() -> None:
    told = loaded(file_of(CHAT))
    conversation = told.conversation
    assert [message.id for message in path(conversation)] == ["p1", "a1", "p2"]
    assert texts(told) == ["one", "answer", "two"]
    assert conversation.title == "New"
    assert conversation.notices == ()
    answer = conversation.messages["a1"]
    assert (answer.role, answer.status, answer.stop_reason) == ("assistant", Status.COMPLETE, "end_turn")
    assert (answer.model, answer.usage, answer.created) == (
        "claude-real",
        {"output_tokens": 3},
        "2023-11-14T22:13:20.000Z",
    )


def test_an_answer_without_an_end_is_the_fold_of_its_parts() -> None:
    events = text_events("Hel", "lo", " wor", "ld")
    records = [*CHAT[:4], part("a1", 1, events[:3]), part("a1", 2, events[3:5]), part("a1", 3, events[5:])]
    told = loaded(file_of(records))
    answer = told.conversation.messages["a1"]
    assert (answer.text, answer.status, answer.unfinished) == ("Hello world", Status.INTERRUPTED, (0,))
    assert answer.fault is not None
    assert told.conversation.notices == ()


def test_an_answer_of_which_nothing_came_says_so() -> None:
    answer = loaded(file_of(CHAT[:4])).conversation.messages["a1"]
    assert (answer.content, answer.status, answer.model) == ((), Status.ERROR, "claude-test")
    assert answer.fault is not None


def test_an_answer_that_had_come_to_its_end_before_the_crash_is_complete() -> None:
    end: list[ApiEvent] = [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}},
        {"type": "message_stop"},
    ]
    answer = loaded(file_of([*CHAT[:4], part("a1", 1, text_events("whole") + end)])).conversation.messages["a1"]
    assert (answer.text, answer.status, answer.fault) == ("whole", Status.MAX_TOKENS, None)


def test_a_part_that_is_there_twice_counts_once() -> None:
    first, second = part("a1", 1, text_events("one ")), part("a1", 2, [text_delta("two")])
    assert texts(loaded(file_of([*CHAT[:4], first, first, second, second]))) == ["one", "one two"]


@given(st.lists(st.text(max_size=5), max_size=12), st.lists(st.integers(0, 14), max_size=4))
def test_parts_of_any_split_fold_to_the_same_answer(pieces: list[str], cuts: list[int]) -> None:
    events = text_events(*pieces)
    whole = Answer("a1")
    for event in events:
        whole.apply(event)
    bounds = [0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]
    spans = [events[start:stop] for start, stop in pairwise(bounds)]
    records = [part("a1", number, coalesced(span)) for number, span in enumerate(spans)]
    told = loaded(file_of([*CHAT[:4], *records]))
    assert told.conversation.messages["a1"].content == whole.blocks()


def test_a_lost_parent_is_the_message_before() -> None:
    told = loaded(file_of([*CHAT, prompt("p3", "lost", "three")]))
    assert [message.id for message in path(told.conversation)] == ["p1", "a1", "p2", "p3"]
    assert told.conversation.notices == ("1 message had lost its place and was put behind the one before it.",)


def test_a_parent_that_comes_later_makes_no_circle() -> None:
    told = loaded(file_of([prompt("a", "b", "first"), prompt("b", "a", "second")]))
    assert [message.text for message in path(told.conversation)] == ["first", "second"]


def test_an_answer_whose_open_is_lost_is_still_shown() -> None:
    told = loaded(file_of([*CHAT[:3], *CHAT[5:]]))
    assert [message.text for message in path(told.conversation)] == ["one", "answer", "two"]
    assert told.damage.orphans == 1


def test_two_messages_with_one_id_are_variants() -> None:
    records = [*CHAT, prompt("p2", "a1", "other two"), prompt("p3", "p2", "below the other")]
    told = loaded(file_of(records))
    conversation = told.conversation
    first, second = siblings(conversation, "p2")
    assert first == "p2"
    assert is_id(second)
    assert conversation.messages[second].text == "other two"
    assert conversation.messages["p3"].parent == second
    assert second in loaded(file_of([*records, prompt("p4", "p3", "more")])).conversation.messages
    assert told.damage.doubles == 1


def test_the_same_record_twice_is_one_message() -> None:
    told = loaded(file_of(CHAT) + file_of(CHAT, now=1.8e9))
    assert texts(told) == ["one", "answer", "two"]
    assert told.conversation.notices == ()


def test_messages_without_an_id_are_all_kept() -> None:
    record = {"k": "msg", "role": "user", "content": "yes"}
    told = loaded(file_of([record, record]))
    assert [message.text for message in path(told.conversation)] == ["yes", "yes"]


def test_a_second_and_different_end_is_a_variant() -> None:
    told = loaded(file_of([*CHAT, closed("a1", "another answer")]))
    assert [told.conversation.messages[each].text for each in siblings(told.conversation, "a1")] == [
        "answer",
        "another answer",
    ]


def test_the_leaf_is_the_last_message_or_what_a_later_record_says() -> None:
    assert loaded(file_of(CHAT)).conversation.leaf == "p2"
    moved = [*CHAT, {"k": "leaf", "of": "a1"}]
    assert loaded(file_of(moved)).conversation.leaf == "a1"
    assert loaded(file_of([*moved, {"k": "leaf", "of": "unknown"}])).conversation.leaf == "a1"
    assert loaded(file_of([*moved, prompt("p3", "a1", "three")])).conversation.leaf == "p3"


def test_what_is_deleted_is_hidden_with_everything_below_and_can_come_back() -> None:
    deleted = [*CHAT, {"k": "del", "of": "a1"}]
    told = loaded(file_of(deleted))
    assert list(told.conversation.messages) == ["p1"]
    assert told.conversation.leaf == "p1"
    assert texts(loaded(file_of([*deleted, {"k": "del", "of": "a1", "undo": True}]))) == ["one", "answer", "two"]
    orphan = loaded(file_of([*deleted, prompt("p3", "lost", "three")]))
    assert [message.text for message in path(orphan.conversation)] == ["one", "three"]


def test_unknown_kinds_fields_and_words_are_tolerated() -> None:
    records: list[Record] = [
        {"k": "future", "id": "x", "parent": None},
        {**CHAT[2], "colour": "blue"},
        opened("a1", "p1"),
        closed("a1", "answer", status="paused", stop_reason="pause_turn", novel=[1]),
    ]
    told = loaded(file_of(records))
    answer = told.conversation.messages["a1"]
    assert (answer.text, answer.status, answer.extra) == ("answer", Status.COMPLETE, {"status": "paused"})
    assert not told.damage


def test_a_file_of_a_newer_salon_is_read_and_marked() -> None:
    told = loaded(file_of([{"k": "head", "min": 2}, *CHAT[1:]]))
    assert told.too_new
    assert texts(told) == ["one", "answer", "two"]
    assert any("newer Salon" in notice for notice in told.conversation.notices)


def test_damage_is_told_until_a_repair_record_says_that_it_was() -> None:
    torn = file_of(CHAT) + b'{"v":1,"k":"ms\n'
    told = loaded(torn)
    assert told.conversation.notices == ("1 incomplete record was skipped.",)
    assert loaded(torn + file_of([told.damage.record()])).conversation.notices == ()
    again = torn + file_of([told.damage.record()]) + b"garbage\nmore\n"
    assert loaded(again).conversation.notices == ("2 incomplete records were skipped.",)


@pytest.mark.parametrize("content", ["text", None, 5, [5, "x", {"type": "text", "text": "y"}], {"a": 1}])
def test_content_of_any_shape_is_shown_as_far_as_it_goes(content: Any) -> None:
    record = {"k": "msg", "id": "a", "parent": None, "role": "user", "content": content}
    for block in loaded(file_of([record])).conversation.messages["a"].content:
        assert isinstance(block, dict)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message_start", "message": {"content": 5}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "citations": 5}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {}}},
        {"type": "content_block_stop", "index": [0]},
        {"type": ["x"]},
    ],
)
def test_an_odd_event_in_a_part_is_no_obstacle(event: dict[str, Any]) -> None:
    odd: ApiEvent = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "citations": 5}}
    told = loaded(file_of([*CHAT[:4], part("a1", 1, [odd, event]), part("a1", 2, text_events("fine"))]))
    assert told.conversation.messages["a1"].text == "fine"


ids = st.sampled_from(["a", "b", "c", "01m827ksw711kva3g43txt7hcj", "", "unknown"])
junk = st.none() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
blocks = st.fixed_dictionaries({"type": st.sampled_from(["text", "thinking", "tool_use", 5])}, optional={"text": junk})
events: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "x"]
        )
    },
    optional={
        "index": st.integers(0, 2) | junk,
        "content_block": blocks | junk,
        "delta": st.fixed_dictionaries(
            {"type": st.sampled_from(["text_delta", "input_json_delta", "citations_delta", "signature_delta", "y"])},
            optional={"text": junk, "partial_json": junk, "citation": st.just({}) | junk},
        )
        | junk,
        "message": st.fixed_dictionaries({}, optional={"content": st.lists(blocks) | junk, "usage": junk}) | junk,
        "usage": st.dictionaries(st.text(max_size=2), junk, max_size=2) | junk,
    },
)
any_record = st.fixed_dictionaries(
    {"k": st.sampled_from(["head", "msg", "open", "part", "close", "set", "leaf", "del", "note", "repair", "new"])},
    optional={
        "id": ids | junk,
        "of": ids | junk,
        "parent": st.none() | ids | junk,
        "role": st.sampled_from(["user", "assistant", "system", 3]),
        "content": st.lists(blocks | junk, max_size=3) | junk,
        "events": st.lists(events | junk, max_size=4) | junk,
        "n": st.integers(0, 3) | junk,
        "status": st.sampled_from(["complete", "open", "weird", 3]),
        "key": st.just("title") | junk,
        "value": junk,
        "min": st.just(1) | junk,
        "undo": st.booleans(),
        "unfinished": junk,
        "timing": st.dictionaries(st.text(max_size=2), junk, max_size=2),
        "usage": junk,
        "fault": junk,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(any_record, max_size=12))
def test_no_records_make_it_raise_and_every_message_can_be_reached(records: list[Record]) -> None:
    told = loaded(file_of(records))
    conversation = told.conversation
    for message in conversation.messages.values():
        reached = path(conversation, message.id)
        assert reached[-1] is message
        assert reached[0].parent is None
    deleted = any(record["k"] == "del" for record in records)
    if not deleted:
        assert len(conversation.messages) == 0 or conversation.leaf in conversation.messages
        kept = sum(record["k"] == "msg" and not record.get("id") for record in records)
        assert len(conversation.messages) >= kept
