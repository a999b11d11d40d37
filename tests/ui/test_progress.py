"""What is happening, in words with a clock."""

import re

import pytest

from salon.chat.conversation import Message, Status
from salon.chat.events import (
    AnswerStarted,
    BlockFinished,
    BlockStarted,
    Connected,
    Connecting,
    Finished,
    Heartbeat,
    Retrying,
    TextDelta,
    ThinkingDelta,
    TurnEvent,
    Waiting,
)
from salon.ui.progress import Progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


TEXT = BlockStarted(0, {"type": "text"})
THINKING = BlockStarted(0, {"type": "thinking"})
TOOL = BlockStarted(0, {"type": "server_tool_use"})
BUSY = Retrying(2, 5, 4.0, "Busy.")

STORIES: list[tuple[list[TurnEvent | float], str, str, str]] = [
    ([], "Connecting", "text", "Esc stops"),
    ([0.9], "Connecting", "text", "Esc stops"),
    ([3.0], "Connecting 3 s", "text", "Esc stops"),
    ([Connecting(1, 5), Connected(), 2.0], "Waiting 2 s", "text", "Esc stops"),
    ([Connected(), THINKING, 8.0, ThinkingDelta(0, "x"), 4.0], "Thinking 12 s", "text", "Esc stops"),
    ([Connected(), BlockStarted(0, {"type": "redacted_thinking"}), 1.0], "Thinking 1 s", "text", "Esc stops"),
    ([Connected(), TEXT, TextDelta(0, "x"), 2.0, TextDelta(0, "y")], "Streaming 2 s", "text", "Esc stops"),
    ([Connected(), THINKING, 9.0, BlockFinished(0, {}), TextDelta(1, "x")], "Streaming", "text", "Esc stops"),
    ([Connected(), TOOL, 3.0], "Using a tool 3 s", "text", "Esc stops"),
    ([BUSY], "Retrying 2 of 5 in 4 s", "warning", "Enter tries now · Esc stops"),
    ([BUSY, 1.0], "Retrying 2 of 5 in 3 s", "warning", "Enter tries now · Esc stops"),
    ([BUSY, 9.0], "Retrying 2 of 5 in 0 s", "warning", "Enter tries now · Esc stops"),
    ([BUSY, 20.0], "Retrying 2 of 5 in 0 s", "warning", "Enter tries now · Esc stops"),
    ([BUSY, 4.0, Connecting(2, 5)], "Connecting (attempt 2 of 5)", "text", "Esc stops"),
    ([BUSY, 20.0, Connecting(2, 5), 2.0], "Connecting 2 s (attempt 2 of 5)", "text", "Esc stops"),
    ([BUSY, Connecting(2, 5), Connected()], "Waiting", "text", "Esc stops"),
    ([TextDelta(0, "x"), 15.0], "No data for 15 s", "warning", "Esc stops"),
    ([TextDelta(0, "x"), 14.0, Heartbeat(), 14.0], "Streaming 28 s", "text", "Esc stops"),
    ([80.0], "No data for 1 min 20 s", "warning", "Esc stops"),
    ([TextDelta(0, "x"), 20.0, AnswerStarted("a", "m")], "Streaming 20 s", "text", "Esc stops"),
]


@pytest.mark.parametrize(("story", "words", "role", "hint"), STORIES)
def test_the_state_is_told_in_words(story: list[TurnEvent | float], words: str, role: str, hint: str) -> None:
    clock = Clock()
    progress = Progress(15.0, clock)
    for step in story:
        if isinstance(step, float):
            clock.now += step
        else:
            progress.note(step)
    assert progress.words() == (words, role)
    assert progress.hint() == hint
    assert progress.waiting_to_retry == words.startswith("Retrying")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.COMPLETE, ("Ready", "text")),
        (Status.STOPPED, ("Stopped", "text")),
        (Status.INTERRUPTED, ("Interrupted", "warning")),
        (Status.ERROR, ("Failed", "error")),
        (Status.MAX_TOKENS, ("Cut at the length limit", "warning")),
        (Status.REFUSED, ("Declined", "warning")),
    ],
)
def test_how_it_ended_stays_without_a_clock(status: Status, words: tuple[str, str]) -> None:
    clock = Clock()
    progress = Progress(15.0, clock)
    progress.note(Finished(Message(id="a", parent=None, role="assistant", status=status)))
    clock.now += 60
    assert progress.words() == words
    assert progress.over
    assert progress.hint() == ""


def test_a_wait_for_the_rate_limit_counts_down_and_names_its_key() -> None:
    now = [100.0]
    progress = Progress(clock=lambda: now[0])
    progress.note(Waiting(3.0))
    assert progress.words() == ("Waiting 3 s for the rate limit", "text")
    assert progress.hint() == "F7 goes now · Esc stops"
    assert progress.waiting_to_retry
    now[0] += 2.5
    assert progress.words()[0] == "Waiting 1 s for the rate limit"
    progress.note(Waiting(0.0))
    assert progress.words()[0] == "Connecting"


def test_where_nothing_should_move_clocks_count_in_tens_and_a_wait_says_until_when() -> None:
    clock = Clock()
    progress = Progress(15.0, clock, still=True)
    told = []
    for event in (Connected(), TextDelta(0, "x"), Heartbeat()):
        progress.note(event)
        for _ in range(12):
            told.append(progress.words()[0])
            clock.now += 1
    assert list(dict.fromkeys(told)) == ["Waiting", "Waiting 10 s", "Streaming", "Streaming 10 s", "Streaming 20 s"]
    for wait in (BUSY, Waiting(4.0)):
        progress.note(wait)
        before = progress.words()
        clock.now += 3
        assert progress.words() == before
        assert re.fullmatch(r"(Retrying 2 of 5 at|Waiting for the rate limit until) \d\d:\d\d:\d\d", before[0])
