"""Readline's commands, words of every script, clusters, the kill ring, and a history that loses nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editing_support import unmarked
from salon.editing.graphemes import following, preceding, snapped
from salon.editing.history import Deed, History, Journey
from salon.editing.killring import KillRing
from salon.editing.readline import COMMANDS
from salon.editing.text import Buffer, Change


def obeyed(marked: str, *ids: str) -> str:
    """The text and its caret after the commands."""
    text, caret = unmarked(marked)
    for command in ids:
        outcome = COMMANDS[command](Buffer(text, caret))
        text = outcome.change.apply(text) if outcome.change else text
        caret = outcome.caret
    return f"{text[:caret]}|{text[caret:]}"


@pytest.mark.parametrize(
    ("before", "command", "after"),
    [
        ("one two|", "cursor_left", "one tw|o"),
        ("|one", "cursor_left", "|one"),
        ("one|\ntwo", "cursor_right", "one\n|two"),
        ("one two|", "word_left", "one |two"),
        ("one, |two", "word_left", "|one, two"),
        ("|one, two", "word_right", "one|, two"),
        ("one|, two", "word_right", "one, two|"),
        ("x_y|", "word_left", "x_|y"),
        ("a\nb c|", "line_start", "a\n|b c"),
        ("a|\nb c", "line_end", "a|\nb c"),
        ("|a\nb", "line_end", "a|\nb"),
        ("a b|", "text_start", "|a b"),
        ("|a b", "text_end", "a b|"),
        ("one|", "delete_left", "on|"),
        ("|one", "delete_left", "|one"),
        ("|one", "delete_right", "|ne"),
        ("one|", "delete_right", "one|"),
        ("path/to/file|", "kill_word_left", "path/to/|"),
        ("go path/to/file |", "kill_blank_word_left", "go |"),
        ("|one, two", "kill_word_right", "|, two"),
        ("one |two\nx", "kill_to_end", "one |\nx"),
        ("one|\nx", "kill_to_end", "one|x"),
        ("one |two", "kill_to_start", "|two"),
        ("a\n|two", "kill_to_start", "a|two"),
        ("ab|c", "transpose", "acb|"),
        ("abc|", "transpose", "acb|"),
        ("|abc", "transpose", "|abc"),
        ("a|", "transpose", "a|"),
        ("one two|", "transpose_words", "two one|"),
        ("one, |two x", "transpose_words", "two, one| x"),
        ("one|", "transpose_words", "one|"),
        ("|one two", "upcase_word", "ONE| two"),
        ("ONE| TWO", "downcase_word", "ONE two|"),
        ("| école x", "capitalize_word", " École| x"),
        ("|straße", "upcase_word", "STRASSE|"),
        ("|", "kill_to_end", "|"),
        ("|", "transpose", "|"),
        ("|", "word_right", "|"),
    ],
)
def test_readline(before: str, command: str, after: str) -> None:
    assert obeyed(before, command) == after


@pytest.mark.parametrize(
    ("before", "command", "after"),
    [
        ("a👩‍👩‍👧|b", "delete_left", "a|b"),
        ("|👍🏽x", "cursor_right", "👍🏽|x"),
        ("e\u0301|", "cursor_left", "|e\u0301"),
        ("🇫🇷🇩🇪|", "cursor_left", "🇫🇷|🇩🇪"),
        ("|각x", "cursor_right", "각|x"),
        ("|नी", "cursor_right", "नी|"),
        ("日本|", "delete_left", "日|"),
        ("|❤️x", "delete_right", "|x"),
        ("|©\u200d®", "cursor_right", "©\u200d®|"),
        ("|日本語のテスト", "word_right", "日本語|のテスト"),
        ("日本語のテスト|", "word_left", "日本語の|テスト"),
        ("hello 世界|", "word_left", "hello |世界"),
        ("|привет, мир", "word_right", "привет|, мир"),
        ("שלום עולם|", "kill_word_left", "שלום |"),
        ("한국어 문장|", "kill_word_left", "한국어 |"),
        ("|cafe\u0301 x", "kill_word_right", "| x"),
        ("ab👩‍👧|", "transpose", "a👩‍👧b|"),
    ],
)
def test_one_step_is_one_cluster_and_a_word_is_of_one_script(before: str, command: str, after: str) -> None:
    assert obeyed(before, command) == after


@pytest.mark.parametrize("command", COMMANDS)
def test_a_selection_is_what_deletes_and_kills_take(command: str) -> None:
    outcome = COMMANDS[command](Buffer("one two three", 7, 4))
    if command.startswith(("delete", "kill")):
        assert outcome.change == Change(4, 7)
        assert outcome.killed == ("two" if command.startswith("kill") else "")


_TEXTS = st.text(st.sampled_from("ab .\n\tée\u0301日本あアกำ👩\u200d👧🏽🇫🇷\u200b각ᄀ"), max_size=30)


@settings(max_examples=200, deadline=None)
@given(_TEXTS, st.integers(0, 30), st.lists(st.sampled_from(sorted(COMMANDS)), max_size=12))
def test_no_command_leaves_the_text_or_parts_a_cluster(text: str, at: int, commands: list[str]) -> None:
    caret = snapped(text, at)
    for command in commands:
        outcome = COMMANDS[command](Buffer(text, caret))
        if outcome.change is not None:
            assert 0 <= outcome.change.start <= outcome.change.end <= len(text)
            text = outcome.change.apply(text)
        caret = snapped(text, outcome.caret)
        assert 0 <= outcome.caret <= len(text)


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_the_steps_forwards_are_the_steps_backwards(text: str) -> None:
    forwards = [0]
    while forwards[-1] < len(text):
        forwards.append(following(text, forwards[-1]))
    backwards = [len(text)]
    while backwards[-1] > 0:
        backwards.append(preceding(text, backwards[-1]))
    assert forwards == backwards[::-1]


# The kill ring.


def test_kills_in_a_row_are_one_and_stand_in_the_order_of_the_text() -> None:
    ring = KillRing()
    ring.kill("two ", backwards=True)
    ring.kill("one ", backwards=True)
    ring.kill("three", backwards=False)
    assert ring.yank() == "one two three"


def test_yank_pop_goes_round_the_ring() -> None:
    ring = KillRing()
    for text in ("a", "b", "c"):
        ring.kill(text, backwards=False)
        ring.interrupt()
    assert [ring.yank(), ring.pop(), ring.pop(), ring.pop()] == ["c", "b", "a", "c"]
    assert KillRing().yank() == KillRing().pop() == ""


# History.


class Page:
    """A text that is only changed through its history."""

    def __init__(self) -> None:
        self.text = ""
        self.history = History()
        self.now = 0.0

    def type(self, text: str, seconds: float = 0.1) -> None:
        for character in text:
            self.put(Deed(len(self.text), "", character), seconds)

    def put(self, deed: Deed, seconds: float = 0.1) -> None:
        self.now += seconds
        self.history.record(deed, before=deed.start, after=deed.start + len(deed.inserted), now=self.now)
        self._do(deed)

    def _do(self, deed: Deed) -> None:
        assert self.text.startswith(deed.removed, deed.start)
        self.text = self.text[: deed.start] + deed.inserted + self.text[deed.start + len(deed.removed) :]

    def go(self, journey: Journey) -> str:
        for deed in journey.deeds:
            self._do(deed)
        return self.text


def test_typing_is_undone_word_by_word() -> None:
    page = Page()
    page.type("one two three")
    assert [page.go(page.history.undo()) for _ in range(4)] == ["one two ", "one ", "", ""]
    assert [page.go(page.history.redo()) for _ in range(4)] == ["one ", "one two ", "one two three", "one two three"]


def test_a_pause_a_newline_and_a_move_part_the_typing() -> None:
    page = Page()
    page.type("ab")
    page.type("cd", seconds=4)
    assert page.go(page.history.undo()) == "abc"
    page = Page()
    page.type("ab\ncd")
    assert page.go(page.history.undo()) == "ab\n"
    page = Page()
    page.type("ab")
    page.put(Deed(0, "", "x"))
    assert page.go(page.history.undo()) == "ab"


def test_deleting_in_a_row_is_one_step() -> None:
    page = Page()
    page.put(Deed(0, "", "pasted words"))
    for at in (11, 10, 9):
        page.put(Deed(at, page.text[at], ""))
    assert page.text == "pasted wo"
    assert page.go(page.history.undo()) == "pasted words"


def test_what_is_held_open_is_one_step() -> None:
    page = Page()
    page.type("x")
    page.history.hold_open()
    page.put(Deed(0, "x", ""))
    page.type("several words\nand lines", seconds=10)
    page.history.part()
    page.type("y")
    assert page.go(page.history.undo()) == "several words\nand lines"
    assert page.go(page.history.undo()) == "x"


def test_a_branch_that_was_left_can_be_reached() -> None:
    page = Page()
    page.type("one")
    page.type(" two")
    page.go(page.history.undo())
    page.go(page.history.undo())
    page.type("other")
    assert page.go(page.history.redo()) == "other", "there is nothing to redo on this branch"
    seen = set()
    for _ in range(9):
        seen.add(page.go(page.history.older()))
    assert "one two" in seen
    assert page.text == ""
    for _ in range(9):
        page.go(page.history.newer())
    assert page.text == "other"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 20), st.integers(0, 3), st.text("ab \n", max_size=4)),
            st.tuples(st.sampled_from(["undo", "redo", "older", "newer", "part", "hold_open"])),
        ),
        max_size=30,
    )
)
def test_every_text_there_was_is_reached_again(moves: list[tuple[object, ...]]) -> None:
    page = Page()
    settled = {""}
    for name, *rest in moves:
        if name == "put":
            start, length, new = min(int(str(rest[0])), len(page.text)), int(str(rest[1])), str(rest[2])
            page.history.part()
            page.put(Deed(start, page.text[start : start + length], new))
            settled.add(page.text)
        elif name in {"part", "hold_open"}:
            getattr(page.history, str(name))()
        else:
            page.go(getattr(page.history, str(name))())
    seen = {page.text}
    while journey := page.history.newer():
        seen.add(page.go(journey))
    while journey := page.history.older():
        seen.add(page.go(journey))
    assert settled <= seen
    assert page.text == ""
