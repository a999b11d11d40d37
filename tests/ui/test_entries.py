"""An answer looks the same however it came: streamed in any pieces, or loaded whole."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
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
from salon.chat.answer import Answer, coalesced
from salon.chat.blocks import Block, text_block
from salon.chat.conversation import Message, Status
from salon.chat.events import ApiEvent
from salon.markdown import Line, Span, look
from salon.ui.answerentry import AnswerEntry
from salon.ui.endings import ending_of
from salon.ui.entries import PromptEntry, SeamEntry
from salon.ui.sections import BlockSection, Frame, Rows, Section, ThinkingSection, duration, short_number
from ui.looks import NARROW, WIDE, answer_entry, answer_message, message_of, prompt_entry, rows, streamed, words

OPEN = Frame(60, 100, thinking_open=True)
FRAMES = [WIDE, NARROW, OPEN]


def loaded(message: Message) -> AnswerEntry:
    return AnswerEntry(message)


def assert_streams_as_it_loads(events: list[ApiEvent], *, frame: Frame = WIDE, every: int = 1) -> None:
    message = message_of(events, timing={"thinking": 8.0, "total": 9.0})
    assert rows(streamed(events, message, frame=frame, every=every), frame) == rows(loaded(message), frame)


@for_every_stream
def test_a_recorded_stream_looks_as_it_loads(file: Path) -> None:
    events = events_of(file)
    for frame in FRAMES:
        assert_streams_as_it_loads(events, frame=frame, every=3)
        assert_streams_as_it_loads(coalesced(events), frame=frame)
    assert_streams_as_it_loads(split_deltas(events, 7), every=5)
    half = events[: len(events) // 2]
    assert_streams_as_it_loads(half, every=3)


THINK = [message_start(), thinking_start(), thinking_delta("Let me think."), block_stop()]
TOOL: Block = {"type": "tool_use", "id": "t", "name": "weather", "input": {}}

SHAPES: dict[str, list[ApiEvent]] = {
    "thinking, then text": [*THINK, text_start(1), text_delta("Yes.", 1), block_stop(1), MESSAGE_STOP],
    "thinking without words": [message_start(), thinking_start(), block_stop(), text_start(1), text_delta("x", 1)],
    "redacted thinking": [message_start(), block_start(0, {"type": "redacted_thinking", "data": "x"}), block_stop()],
    "thinking twice": [*THINK, thinking_start(1), thinking_delta("Again.", 1), block_stop(1), MESSAGE_STOP],
    "thinking that was cut": THINK[:-1],
    "a tool": [
        *[message_start(), block_start(0, TOOL), delta(0, "input_json_delta", partial_json='{"city": "Oslo"}')],
        *[block_stop(), message_delta("tool_use"), MESSAGE_STOP],
    ],
    "a tool that was cut": [message_start(), block_start(0, TOOL), delta(0, "input_json_delta", partial_json='{"ci')],
    "a compaction that was cut": [
        *[message_start(), block_start(0, {"type": "compaction", "content": None})],
        delta(0, "compaction_delta", content="short"),
    ],
    "text in the start of its block": [message_start(), block_start(0, text_block("He")), text_delta("llo")],
    "a sentence over two blocks": [*beginning("The sky "), block_stop(), text_start(1), text_delta("is blue.", 1)],
    "blanks before an indented line": [*beginning("  ", "  ", "code"), block_stop()],
    "blank text alone": [*beginning(" ", "\n"), block_stop(), MESSAGE_STOP],
    "blank text before thinking": [
        *beginning("\n\n"),
        block_stop(),
        *[thinking_start(1), thinking_delta("Hm", 1), block_stop(1), text_start(2), text_delta("x", 2)],
    ],
    "a message that says it all at its start": [
        {"type": "message_start", "message": {"content": [text_block("All of it.")]}},
        *[text_start(1), text_delta(" And more.", 1), block_stop(1), MESSAGE_STOP],
    ],
    "an unfinished fence before a tool": [*beginning("```\ncode\n``"), block_stop(), block_start(1, TOOL)],
}


@pytest.mark.parametrize("events", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("every", [0, 1, 2])
@pytest.mark.parametrize("frame", FRAMES)
def test_every_shape_looks_as_it_loads(events: list[ApiEvent], every: int, frame: Frame) -> None:
    assert_streams_as_it_loads(events, frame=frame, every=every)


MARKDOWN = st.lists(
    st.sampled_from(
        ["word ", "**bold** ", "\n", "\n\n", "- item\n", "    ", "```\n", "`", "| a | b |\n", "> ", "#", " "]
    ),
    max_size=20,
).map("".join)


@given(MARKDOWN, st.integers(1, 6), st.integers(1, 5))
@settings(max_examples=80, deadline=None)
def test_text_split_anywhere_looks_as_it_loads(text: str, size: int, every: int) -> None:
    events = split_deltas([*beginning(text), block_stop()], size)
    assert_streams_as_it_loads(events, frame=NARROW, every=every)


# The seam of a continuation.

CUT = "It was the best of times, it was the worst of times, it was the age"


def continuation(*pieces: str, thinking: bool = False) -> list[ApiEvent]:
    start = [message_start(), thinking_start(), thinking_delta("Hm"), block_stop()] if thinking else [message_start()]
    index = 1 if thinking else 0
    return [*start, text_start(index), *(text_delta(piece, index) for piece in pieces), block_stop(index), MESSAGE_STOP]


@pytest.mark.parametrize("thinking", [False, True])
@pytest.mark.parametrize("every", [0, 1])
@pytest.mark.parametrize("size", [1, 5, 100])
def test_what_a_continuation_repeats_is_shown_once(size: int, every: int, thinking: bool) -> None:
    events = split_deltas(continuation("of times, it was the age of wisdom", thinking=thinking), size)
    message = message_of(events)
    entry = AnswerEntry(Message(id="a", parent="p", role="assistant", status=Status.OPEN), continues=CUT)
    answer = Answer("a")
    for number, event in enumerate(events, 1):
        told = answer.apply(event)
        if told is not None:
            entry.apply(told)
        if every and number % every == 0:
            entry.lay_out(WIDE)
            entry.update()
    entry.finish(message)
    assert words(entry)[-1] == "  of wisdom"
    assert words(AnswerEntry(message, continues=CUT)) == words(entry)
    assert entry.source() == "of times, it was the age of wisdom"


def test_an_attempt_that_starts_over_starts_with_nothing() -> None:
    entry = AnswerEntry(Message(id="a", parent="p", role="assistant", status=Status.OPEN), continues=CUT)
    answer = Answer("a")
    for event in [*continuation("of times, it")[:3]]:
        if (told := answer.apply(event)) is not None:
            entry.apply(told)
    rows(entry)
    entry.restart(Message(id="a", parent="p", role="assistant", status=Status.OPEN))
    answer = Answer("a")
    events = continuation("Something else.")
    for event in events:
        if (told := answer.apply(event)) is not None:
            entry.apply(told)
    entry.finish(message_of(events))
    assert words(entry)[1:] == ["  Something else."]


# Endings.

ENDINGS: list[tuple[dict[str, Any], str]] = [
    ({"status": Status.COMPLETE, "stop_reason": "end_turn"}, ""),
    ({"status": Status.COMPLETE, "stop_reason": "tool_use"}, ""),
    ({"status": Status.COMPLETE, "stop_reason": "tired\x1b]0;x"}, "Ended with “tired␛]0;x”."),
    ({"status": Status.STOPPED}, "Stopped."),
    ({"status": Status.INTERRUPTED}, "Salon was closed before this answer was whole."),
    ({"status": Status.INTERRUPTED, "fault": {"what": "Lost."}}, "Lost."),
    ({"status": Status.ERROR, "fault": {"what": "Overloaded."}}, "Overloaded."),
    ({"status": Status.ERROR}, "This answer failed before anything came."),
    ({"status": Status.MAX_TOKENS}, "The answer reached its length limit."),
    ({"status": Status.REFUSED}, "Claude declined to answer this."),
    (
        {"status": Status.REFUSED, "stop_details": {"category": "cyber", "explanation": "no\nway"}},
        "Claude declined to answer this. (no way)",
    ),
]


@pytest.mark.parametrize(("fields", "sentence"), ENDINGS)
def test_an_answer_that_did_not_simply_end_says_so(fields: dict[str, Any], sentence: str) -> None:
    message = answer_message(text_block("words"), **fields)
    assert ending_of(message)[0] == sentence
    shown = words(loaded(message))
    assert shown == (["", "  words", "", f"  {sentence}"] if sentence else ["", "  words"])


def test_an_empty_answer_says_so() -> None:
    assert words(loaded(answer_message())) == ["", "  The answer is empty."]
    assert words(loaded(answer_message(status=Status.STOPPED))) == ["", "  Stopped before anything came."]


# Folds.


def thought(text: str = "deep\nthoughts", **fields: Any) -> AnswerEntry:
    return loaded(answer_message({"type": "thinking", "thinking": text}, text_block("So."), **fields))


def test_thinking_is_folded_under_its_duration_and_size() -> None:
    usage = {"output_tokens_details": {"thinking_tokens": 1_234}}
    entry = thought(usage=usage, timing={"thinking": 8.2})
    assert words(entry) == ["", "  ▸ Thought for 8 s · 1.2k tokens", "", "  So."]


def test_a_fold_opens_and_closes_at_its_heading() -> None:
    entry = thought()
    closed = words(entry)
    assert not entry.toggle_at(0)
    assert not entry.toggle_at(3)
    assert entry.toggle_at(1)
    assert words(entry) == ["", "  ▾ Thought", "    deep", "    thoughts", "", "  So."]
    assert entry.toggle_at(1)
    assert words(entry) == closed


def test_what_moved_below_a_fold_is_drawn_again() -> None:
    entry = thought()
    rows(entry)
    entry.take_changed()
    entry.toggle_at(1)
    entry.update()
    assert entry.take_changed() <= 1


class Shrinking:
    """A section whose rows become fewer without a word, as an unfinished line's do when it ends."""

    def __init__(self, *names: str) -> None:
        self.rows = Rows([Line((Span(name, look()),)) for name in names])

    def lay_out(self, frame: Frame) -> Rows:
        return self.rows

    def source(self) -> str:
        return ""


def test_what_moved_below_rows_that_went_is_drawn_again() -> None:
    upper, lower = Shrinking("one", "two", "three"), Shrinking("below")

    class Made(AnswerEntry):
        def build(self) -> list[Section]:
            return [upper, lower]

    entry = Made(answer_message())
    assert words(entry) == ["", "  one", "  two", "  three", "", "  below"]
    entry.take_changed()
    upper.rows._rows = upper.rows._rows[:1]
    upper.rows.take_changed()
    entry.update()
    assert entry.height == 4
    assert entry.take_changed() <= 3


def test_thinking_opens_for_all_also_where_nothing_is_laid_out() -> None:
    entry, other = thought(), thought()
    words(entry)
    entry.set_thinking_open(True)
    entry.forget()
    entry.set_thinking_open(False)
    assert words(entry)[1] == "  ▸ Thought"
    other.set_thinking_open(True)
    assert words(other, OPEN)[1] == "  ▾ Thought"


def test_opening_all_thinking_leaves_tools_as_they_are() -> None:
    entry = loaded(answer_message({"type": "thinking", "thinking": "x"}, TOOL))
    words(entry)
    entry.set_thinking_open(True)
    assert words(entry) == ["", "  ▾ Thought", "    x", "  ▸ weather"]


def test_a_choice_survives_a_new_width() -> None:
    entry = thought()
    words(entry)
    entry.toggle_at(1)
    entry.forget()
    assert words(entry, NARROW)[1] == "  ▾ Thought"


def test_thinking_that_is_watched_grows() -> None:
    events = [message_start(), thinking_start()]
    entry = AnswerEntry(Message(id="a", parent="p", role="assistant", status=Status.OPEN))
    answer = Answer("a")
    for event in events:
        if (told := answer.apply(event)) is not None:
            entry.apply(told)
    assert words(entry, OPEN) == ["", "  ▾ Thinking"]
    for piece in ("Hm, ", "let me see."):
        told = answer.apply(thinking_delta(piece))
        assert told is not None
        entry.apply(told)
        words(entry, OPEN)
    assert words(entry, OPEN) == ["", "  ▾ Thinking", "    Hm, let me see."]


def test_what_is_still_arriving_can_be_copied() -> None:
    entry = AnswerEntry(Message(id="a", parent="p", role="assistant", status=Status.OPEN))
    answer = Answer("a")
    for event in beginning("so ", "far"):
        if (told := answer.apply(event)) is not None:
            entry.apply(told)
    assert entry.source() == "so far"


def test_a_tool_that_is_watched_shows_its_input_once_that_is_whole() -> None:
    entry = AnswerEntry(Message(id="a", parent="p", role="assistant", status=Status.OPEN))
    answer = Answer("a")
    for event in SHAPES["a tool"]:
        if (told := answer.apply(event)) is not None:
            entry.apply(told)
        if event["type"] == "content_block_start":
            words(entry)
            entry.toggle_at(1)
    shown = words(entry)
    assert shown[1] == "  ▾ weather: Oslo"
    assert any("Oslo" in row for row in shown[2:])


def test_thinking_that_is_kept_secret_says_so() -> None:
    section = ThinkingSection()
    assert section.text() == ""
    section.finish()
    assert section.text() == "(The API keeps this thinking to itself.)"


BLOCKS: list[tuple[Block, str]] = [
    ({"type": "tool_use", "name": "weather", "input": {"city": "Oslo"}}, "weather: Oslo"),
    ({"type": "server_tool_use", "name": "web_search", "input": {"query": "sky", "n": 2}}, "Web search: sky"),
    ({"type": "tool_use", "name": "x", "input": {}}, "x"),
    ({"type": "tool_use", "input": {"deep": {"er": 1}}}, 'tool_use: {"deep"'),
    ({"type": "web_search_tool_result", "content": [{"title": "A"}, {"title": "B"}]}, "2 results: A, B"),
    ({"type": "web_search_tool_result", "content": {"error_code": "unavailable"}}, "failed: unavailable"),
    ({"type": "bash_code_execution_tool_result", "content": {"return_code": 3}}, "Exit code 3"),
    ({"type": "fallback"}, "Another model went on"),
    ({"type": "container_upload"}, "File for the container"),
    ({}, "block without a kind"),
    ({"type": 7}, "block without a kind"),
    ({"type": "tool_use", "name": "bad\x1b[31m\nname"}, "bad␛[31m name"),
]


@pytest.mark.parametrize(("block", "label"), BLOCKS)
def test_other_blocks_are_one_row_that_says_what_they_are(block: Block, label: str) -> None:
    shown = words(loaded(answer_message(block)))
    assert len(shown) == 2
    assert label in shown[1]


def test_a_block_nested_too_deeply_is_still_one_row() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    entry = loaded(answer_message({"type": "tool_use", "name": "deep", "input": {"a": deep}}))
    assert words(entry)[1].startswith("  ▸ deep: (It is nested too deeply")
    assert entry.toggle_at(1)
    words(entry)


def test_the_whole_of_a_block_is_below_its_row() -> None:
    block: Block = {"type": "tool_use", "name": "weather", "input": {"city": "Oslo 漢\x1b"}}
    assert BlockSection(block).source() == "Oslo 漢␛"


# Prompts, variants, seams.


def test_a_prompt_has_a_bar_and_its_time() -> None:
    today = datetime.now().astimezone().replace(hour=14, minute=2)
    entry = PromptEntry(replace(prompt_entry("Why is the sky blue?").message, created=today.isoformat()), (2, 3))
    shown = words(entry)
    assert shown[:2] == ["", ""]
    assert shown[2].startswith("▎ Why is the sky blue?")
    assert shown[2].endswith("2/3  14:02")
    assert len(shown[2]) == WIDE.width


def test_words_are_shown_exactly_as_typed() -> None:
    assert words(prompt_entry("  two  blanks\n\n# no heading"))[2:] == ["▎   two  blanks", "▎", "▎ # no heading"]


def test_a_variant_is_numbered_at_the_right() -> None:
    entry = AnswerEntry(answer_message(text_block("x")), (2, 2))
    assert words(entry)[1].split() == ["x", "2/2"]
    assert words(answer_entry("x"))[1].split() == ["x"]


def test_a_seam_is_one_faint_row() -> None:
    message = Message(
        id="s", parent="a", role="user", content=(text_block("Your previous response was …"),), seam="continue"
    )
    assert words(SeamEntry(message)) == ["", "  — continued —"]


@pytest.mark.parametrize("width", [1, 2, 3, 5, 11])
def test_no_width_is_too_narrow(width: int) -> None:
    frame = Frame(width, 100)
    for entry in (
        PromptEntry(prompt_entry("Why is the sky blue? 漢字").message, (2, 3)),
        thought(),
        answer_entry("| a | b |\n|---|---|\n| 漢字 | 2 |\n\n```python\nx = 1\n```"),
    ):
        assert rows(entry, frame)


def test_an_entry_is_estimated_without_being_laid_out() -> None:
    entry = answer_entry("word " * 400)
    assert not entry.is_laid_out
    estimate = entry.estimate(NARROW)
    assert 0.5 < estimate / len(rows(entry, NARROW)) < 2


def test_the_code_of_an_answer_is_had_exactly() -> None:
    entry = answer_entry("a\n\n```python\nx = 1\n\n  y\n```\n\n- item\n\n  ```\n  inner\n  ```\n")
    assert entry.code_blocks() == ["x = 1\n\n  y", "inner"]
    words(entry)
    assert entry.code_blocks() == ["x = 1\n\n  y", "inner"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1k"),
        (1250, "1.2k"),
        (99940, "99.9k"),
        (99960, "100k"),
        (128000, "128k"),
        (999499, "999k"),
        (999600, "1M"),
        (1000000, "1M"),
        (1250000, "1.2M"),
        (200000000, "200M"),
    ],
)
def test_numbers_are_short(number: int, shown: str) -> None:
    assert short_number(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (8.4, "8 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (80, "1 min 20 s"),
        (70, "1 min 10 s"),
        (3_600, "60 min"),
    ],
)
def test_durations_are_words(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_hostile_text_reaches_no_row() -> None:
    hostile = "\x1b]0;title\x07 \x9b31m \u202e \x00"
    message = answer_message(
        {"type": "thinking", "thinking": hostile},
        {"type": "tool_use", "name": hostile, "input": {hostile: hostile}},
        {"type": "web_search_tool_result", "content": [{"title": hostile}]},
        text_block(hostile),
        status=Status.ERROR,
        fault={"what": hostile},
        stop_reason=hostile,
    )
    entry = loaded(message)
    for _ in range(2):
        for row in words(entry, OPEN):
            assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in row), repr(row)
        for index in reversed(range(entry.height)):
            entry.toggle_at(index)


def test_whole_answers_look_like_their_message() -> None:
    """The events of a whole answer and its message are one thing to the eye."""
    events = whole("# Title\n\n", "text **bold**")
    assert words(streamed(events, message_of(events))) == words(answer_entry("# Title\n\ntext **bold**"))
