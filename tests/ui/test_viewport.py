"""The scroll contract, sentence by sentence, and what holds whatever happens."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.chat.conversation import Message, Status
from salon.chat.events import BlockStarted, TextDelta
from salon.ui.answerentry import AnswerEntry
from salon.ui.entry import Entry
from salon.ui.sections import Frame
from salon.ui.viewport import Viewport
from ui.looks import NARROW, WIDE, answer_entry, answer_message, prompt_entry, settle, view_of, visible

PARAGRAPH = "Because of Rayleigh scattering: the shorter the wavelength, the more strongly air scatters it. "


class Growing(AnswerEntry):
    """An answer that streams one text block."""

    def __init__(self) -> None:
        super().__init__(Message(id="g", parent="p", role="assistant", status=Status.OPEN))
        self.apply(BlockStarted(0, {"type": "text", "text": ""}))
        self._said = ""

    def say(self, text: str) -> None:
        self._said += text
        self.apply(TextDelta(0, text))

    def end(self, status: Status = Status.COMPLETE) -> None:
        self.finish(answer_message({"type": "text", "text": self._said}, status=status))


def lines(count: int, name: str = "line") -> str:
    return "\n\n".join(f"{name} {number}" for number in range(count))


def conversation(turns: int = 20) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(turns):
        entries += [prompt_entry(f"question {number}"), answer_entry(lines(5, f"answer {number} line"))]
    return entries


def grow(viewport: Viewport, entry: Growing, text: str) -> None:
    entry.say(text)
    viewport.touch(viewport.entries.index(entry))
    settle(viewport)


def stream_into(viewport: Viewport) -> Growing:
    entry = Growing()
    viewport.append(entry)
    settle(viewport)
    return entry


# "The view follows new text only if it was at the end before that text came."


def test_the_view_follows_new_text_from_the_end() -> None:
    viewport = view_of(conversation())
    entry = stream_into(viewport)
    for number in range(30):
        grow(viewport, entry, f"new {number}\n\n")
    assert viewport.following
    assert visible(viewport)[-1] == "  new 29"
    assert viewport.unread == 0


def test_it_stays_where_the_person_scrolled_while_text_comes() -> None:
    viewport = view_of(conversation())
    entry = stream_into(viewport)
    viewport.scroll(-7)
    settle(viewport)
    seen = visible(viewport)
    for number in range(30):
        grow(viewport, entry, f"new {number}\n\n")
        assert visible(viewport) == seen
    assert not viewport.following


# "It never moves while the person has scrolled up, however wrong an estimated height above turns out to be."


def test_wrong_estimates_above_do_not_move_the_view() -> None:
    entries: list[Entry] = [
        answer_entry("# Heading\n\n" + "- item\n" * 30 + "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    ] * 1
    entries += [answer_entry("* * *\n" * 40), *conversation(10)]
    viewport = view_of(entries)
    viewport.scroll(-20)
    settle(viewport)
    seen = visible(viewport)
    for index in range(len(entries)):
        viewport.settle_entry(index, 1.0)
        assert visible(viewport) == seen


def test_scrolling_up_and_down_again_comes_back_to_the_same_rows() -> None:
    viewport = view_of(conversation(30))
    viewport.scroll(-40)
    settle(viewport)
    seen = visible(viewport)
    for rows in (-13, -50, +63):
        viewport.scroll(rows)
        settle(viewport)
    assert visible(viewport) == seen


# "It does not move when an answer ends."


@pytest.mark.parametrize("status", [Status.COMPLETE, Status.STOPPED, Status.MAX_TOKENS])
def test_the_end_of_an_answer_does_not_move_a_view_that_was_scrolled_up(status: Status) -> None:
    viewport = view_of(conversation())
    entry = stream_into(viewport)
    grow(viewport, entry, lines(30))
    viewport.scroll(-9)
    settle(viewport)
    seen = visible(viewport)
    entry.end(status)
    viewport.touch(len(viewport.entries) - 1)
    settle(viewport)
    assert visible(viewport) == seen


def test_the_end_of_an_answer_leaves_a_following_view_at_the_end() -> None:
    viewport = view_of(conversation())
    entry = stream_into(viewport)
    grow(viewport, entry, lines(30))
    entry.end()
    viewport.touch(len(viewport.entries) - 1)
    settle(viewport)
    assert viewport.following
    assert visible(viewport)[-1] == "  line 29"


# "`unread` counts the rows that came below ..., and nothing else."


def test_unread_counts_what_came_below() -> None:
    viewport = view_of(conversation())
    entry = stream_into(viewport)
    grow(viewport, entry, "one\n\n")
    viewport.scroll(-5)
    settle(viewport)
    assert viewport.unread == 0
    grow(viewport, entry, "two\n\nthree\n\n")
    assert viewport.unread == 4


def test_a_whole_entry_that_comes_below_is_unread() -> None:
    viewport = view_of(conversation())
    viewport.scroll(-5)
    settle(viewport)
    viewport.append(answer_entry("new"))
    settle(viewport)
    assert viewport.unread == 2


def test_scrolling_through_wrong_estimates_is_no_news() -> None:
    entries: list[Entry] = [answer_entry("* * *\n" * 40), answer_entry("- item\n" * 40), *conversation(5)]
    viewport = view_of(entries)
    while viewport.top > 0:
        viewport.scroll(-5)
        settle(viewport)
        assert viewport.unread == 0


def test_what_has_been_in_view_is_read_also_after_scrolling_up_again() -> None:
    viewport = view_of(conversation())
    entry = stream_into(viewport)
    viewport.scroll(-20)
    settle(viewport)
    grow(viewport, entry, lines(20))
    before = viewport.unread
    viewport.scroll(+30)
    settle(viewport)
    after = viewport.unread
    assert after < before
    viewport.scroll(-30)
    settle(viewport)
    assert viewport.unread == after


def test_a_new_width_is_no_news() -> None:
    viewport = view_of([answer_entry(PARAGRAPH * 5) for _ in range(10)])
    viewport.scroll(-15)
    settle(viewport)
    for frame in (NARROW, WIDE, Frame(55, 100)):
        viewport.resize(frame, 10)
        assert viewport.unread == 0
        settle(viewport)
        assert viewport.unread == 0


def test_a_new_width_keeps_news_news() -> None:
    viewport = view_of([answer_entry(PARAGRAPH * 5) for _ in range(10)])
    entry = stream_into(viewport)
    viewport.scroll(-15)
    settle(viewport)
    grow(viewport, entry, PARAGRAPH * 10)
    before = viewport.unread
    viewport.resize(NARROW, 10)
    settle(viewport)
    assert viewport.unread >= before


# "`to_end` follows again, and so does every way to the last row."


def test_to_end_follows_again() -> None:
    viewport = view_of(conversation())
    viewport.to_top()
    assert viewport.top == 0
    viewport.to_end()
    assert viewport.following
    assert viewport.top + viewport.height == viewport.total


def test_scrolling_back_to_the_last_row_follows_again() -> None:
    viewport = view_of(conversation())
    viewport.scroll(-7)
    viewport.scroll(6)
    assert not viewport.following
    viewport.scroll(1)
    assert viewport.following


def test_a_taller_window_that_reaches_the_end_follows() -> None:
    viewport = view_of(conversation(4), height=10)
    viewport.scroll(-3)
    settle(viewport)
    viewport.resize(WIDE, 14)
    settle(viewport)
    assert viewport.following


def test_a_conversation_shorter_than_the_window_is_always_followed() -> None:
    viewport = view_of(conversation(1), height=40)
    viewport.scroll(-10)
    assert viewport.following
    viewport.to_top()
    assert viewport.following
    assert viewport.top == 0


# "A new width keeps the first visible line in place."


def numbered(count: int = 12) -> list[Entry]:
    return [
        answer_entry("\n\n".join(f"{entry}.{line} {PARAGRAPH * (line % 3)}" for line in range(6)))
        for entry in range(count)
    ]


def first_visible_line(viewport: Viewport) -> str:
    """The beginning of the source line that the first visible row belongs to, or "" for a blank one."""
    place = viewport.place(0)
    assert place is not None
    entry, row = place
    while row > 0 and viewport.entries[entry].line(row).wrapped:
        row -= 1
    return viewport.entries[entry].line(row).plain().strip()[:4]


@pytest.mark.parametrize("up", [1, 9, 23, 48, 77])
def test_a_new_width_keeps_the_first_visible_line(up: int) -> None:
    viewport = view_of(numbered(), height=12)
    viewport.scroll(-up)
    settle(viewport)
    kept = first_visible_line(viewport)
    for frame in (NARROW, Frame(30, 100), WIDE, NARROW):
        viewport.resize(frame, 12)
        settle(viewport)
        assert first_visible_line(viewport) == kept


@pytest.mark.parametrize("up", [1, 9, 23, 48, 77])
def test_a_size_that_changes_twice_before_it_is_laid_out_keeps_the_line_too(up: int) -> None:
    viewport = view_of(numbered(), height=12)
    viewport.scroll(-up)
    settle(viewport)
    kept = first_visible_line(viewport)
    viewport.resize(NARROW, 12)
    viewport.resize(Frame(33, 100), 12)
    viewport.resize(Frame(61, 100), 12)
    settle(viewport)
    assert first_visible_line(viewport) == kept


def test_far_into_a_long_answer_the_place_is_kept_by_proportion() -> None:
    viewport = view_of([answer_entry(f"{PARAGRAPH}\n\n" * 4_000)], height=12)
    viewport.scroll(-5_000)
    settle(viewport)
    share = viewport.top / viewport.total
    viewport.resize(NARROW, 12)
    settle(viewport)
    assert viewport.top / viewport.total == pytest.approx(share, abs=0.01)


# Contents that come and go.


def test_nothing_at_all_is_no_trouble() -> None:
    viewport = Viewport(WIDE, 10)
    settle(viewport)
    viewport.scroll(-3)
    viewport.scroll(3)
    viewport.to_top()
    viewport.resize(NARROW, 5)
    assert (viewport.total, viewport.top, viewport.unread, viewport.place(0)) == (0, 0, 0, None)


def test_truncating_shows_what_is_left() -> None:
    viewport = view_of(conversation())
    viewport.scroll(-30)
    viewport.truncate(4)
    settle(viewport)
    for index in range(4):
        viewport.settle_entry(index, 1.0)
    assert viewport.total == sum(entry.height for entry in viewport.entries)
    assert viewport.place(0) is not None
    viewport.truncate(99)
    assert len(viewport.entries) == 4


def test_a_fold_that_opens_keeps_its_heading_where_it_is() -> None:
    thought = answer_message(
        {"type": "thinking", "thinking": lines(30, "thought")}, {"type": "text", "text": lines(20)}
    )
    entry = AnswerEntry(thought)
    viewport = view_of([*conversation(3), entry], height=15)
    viewport.scroll(-viewport.total)
    settle(viewport)
    viewport.scroll(sum(each.height for each in viewport.entries[:6]))
    settle(viewport)
    row = next(row for row in range(entry.height) if entry.line(row).plain().strip().startswith("▸"))
    before = viewport.row_of(6, row)
    assert entry.toggle_at(row)
    viewport.keep_place(6, row)
    viewport.touch(6)
    settle(viewport)
    assert viewport.row_of(6, row) == before
    assert viewport.unread == 0


def test_the_work_of_one_slice_is_bounded() -> None:
    """However many entries changed, a slice ends; the rest is for the next."""
    entries = conversation(400)
    viewport = view_of(entries)
    for index in range(len(entries)):
        viewport.settle_entry(index, 1.0)
    for index in range(len(entries)):
        viewport.touch(index)
    assert not viewport.settle(0.0)
    settle(viewport)


# Whatever happens.


def assert_sound(viewport: Viewport) -> None:
    assert 0 <= viewport.top <= max(0, viewport.total - viewport.height)
    assert viewport.unread >= 0
    at_end = viewport.top + viewport.height >= viewport.total
    assert viewport.following == (at_end or viewport.following)
    assert not viewport.following or at_end
    before = None
    for y in range(viewport.height):
        place = viewport.place(y)
        assert (place is None) == (viewport.top + y >= viewport.total)
        if place is None:
            continue
        entry, row = place
        assert viewport.row_of(entry, row) == y
        assert 0 <= row < viewport.entries[entry].height
        assert before is None or place in {(before[0], before[1] + 1), (before[0] + 1, 0)}
        before = place
        assert viewport.line(entry, row) is not None


STEPS = st.one_of(
    st.tuples(st.just("append"), st.integers(0, 30)),
    st.tuples(st.just("scroll"), st.integers(-60, 60)),
    st.tuples(st.just("resize"), st.integers(10, 90)),
    st.tuples(st.just("height"), st.integers(1, 30)),
    st.tuples(st.just("grow"), st.integers(1, 20)),
    st.tuples(st.just("truncate"), st.integers(0, 12)),
    st.tuples(st.just("top"), st.just(0)),
    st.tuples(st.just("end"), st.just(0)),
)


@given(st.lists(STEPS, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_whatever_happens_the_view_is_sound(steps: list[tuple[str, int]], chance: random.Random) -> None:
    viewport = view_of(conversation(3))
    growing: Growing | None = None
    for step, number in steps:
        match step:
            case "append":
                growing = Growing()
                growing.say("\n\n".join("word " * chance.randrange(1, 40) for _ in range(number)))
                viewport.append(growing)
            case "scroll":
                viewport.scroll(number)
            case "resize":
                viewport.resize(Frame(number, 100), viewport.height)
            case "height":
                viewport.resize(viewport.frame, number)
            case "grow" if growing is not None and growing in viewport.entries:
                growing.say("more words " * number + "\n")
                viewport.touch(viewport.entries.index(growing))
            case "truncate":
                viewport.truncate(number)
            case "top":
                viewport.to_top()
            case "end":
                viewport.to_end()
        if chance.random() < 0.7:
            settle(viewport)
            assert_sound(viewport)
    settle(viewport)
    assert_sound(viewport)
    assert viewport.following == (viewport.top + viewport.height >= viewport.total)
