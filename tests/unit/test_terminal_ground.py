"""The terminal's replies about its background, however the input is cut; and keys that only look like them."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.events import Key

from salon.ui.terminalground import PATIENCE, GroundReplies, ReportParser

DARK, LIGHT = "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]11;rgb:fafa/f0f0/e0e0\x07"
NOW_DARK, NOW_LIGHT = "\x1b[?997;1n", "\x1b[?997;2n"
INPUT = f"a{DARK}b\x1b[A{LIGHT}\x1b[?2026;2$y\x1b]0é"


@given(st.lists(st.integers(0, len(INPUT)), max_size=12))
@example(list(range(len(INPUT))))
def test_replies_are_taken_out_however_they_arrive(cuts: list[int]) -> None:
    replies = GroundReplies()
    pieces = []
    for start, end in pairwise([0, *sorted(cuts), len(INPUT)]):
        replies.expect()
        pieces.append(replies.feed(INPUT[start:end]))
    assert "".join(pieces) + replies.tick() == "ab\x1b[A\x1b[?2026;2$y\x1b]0é"
    assert replies.reported == [True, False]


@pytest.mark.parametrize(
    ("reply", "dark"),
    [
        ("\x1b]11;rgb:0/0/0\x07", True),
        ("\x1b]11;rgb:FF/FF/FF\x07", False),
        ("\x1b]11;rgba:0000/2b2b/3636/ffff\x1b\\", True),
    ],
)
def test_a_terminal_says_in_several_ways_what_it_is(reply: str, dark: bool) -> None:
    replies = GroundReplies()
    assert replies.feed(reply) == ""
    assert replies.reported == [dark]


def test_a_reply_that_nobody_understands_is_not_typed() -> None:
    replies = GroundReplies()
    assert replies.feed("x\x1b]11;chartreuse\x07y") == "xy"
    assert replies.reported == []


def test_keys_pass_at_once_and_while_a_reply_is_expected_after_a_tick() -> None:
    replies = GroundReplies()
    assert replies.feed("\x1b") == "\x1b"
    assert replies.feed("\x1b]") == "\x1b]"
    replies.expect()
    assert replies.feed("\x1b") == ""
    assert replies.tick() == "\x1b"
    assert replies.feed("\x1b[A") == "\x1b[A"


def test_what_never_becomes_a_reply_is_given_up() -> None:
    replies = GroundReplies()
    replies.expect()
    assert replies.feed("\x1b]11;rgb:1e1e/") == ""
    assert [replies.tick() for _ in range(PATIENCE)] == [""] * PATIENCE
    assert replies.feed("x") == "x"


@given(st.lists(st.integers(0, 22), max_size=8))
@example(list(range(22)))
def test_reports_of_a_change_are_no_keys_however_they_arrive(cuts: list[int]) -> None:
    reported: list[bool] = []
    parser = ReportParser(False, reported)
    data = f"a{NOW_DARK}\x1b[A{NOW_LIGHT}b"
    pieces = [data[start:end] for start, end in pairwise([0, *sorted(cuts), len(data)])]
    keys = [event.key for piece in pieces if piece for event in parser.feed(piece) if isinstance(event, Key)]
    assert keys == ["a", "up", "b"]
    assert reported == [True, False]
