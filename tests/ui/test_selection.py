"""What is selected is copied as its source: wraps undone, decoration dropped, code exact."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.markdown import Line, Span, look
from salon.ui.entry import Entry
from salon.ui.sections import Frame
from salon.ui.selection import Selection, Spot, crop, selected_text
from ui.looks import NARROW, WIDE, answer_entry, prompt_entry, settle, view_of


def all_of(*entries: Entry, frame: Frame = WIDE) -> str:
    viewport = view_of(entries, frame=frame, height=200)
    last = len(entries) - 1
    return selected_text(viewport, Selection(Spot(0, 0, 0), Spot(last, entries[last].height, 999)))


CODE = """\
def f(x):
    if x:
        return "a very long string that does not fit into forty cells at all"

    return  x"""

SOURCES = {
    "a paragraph that wraps": ("one two three four five " * 10, ("one two three four five " * 10).strip()),
    "two paragraphs": ("one\n\ntwo", "one\n\ntwo"),
    "code": (f"```python\n{CODE}\n```", CODE),
    "inline marks": ("some **bold** and `code`", "some bold and code"),
    "wide characters": ("漢字" * 40, "漢字" * 40),
}


@pytest.mark.parametrize(("source", "copied"), SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("frame", [NARROW, WIDE])
def test_a_whole_answer_is_copied_without_wraps_and_decoration(source: str, copied: str, frame: Frame) -> None:
    assert all_of(answer_entry(source), frame=frame) == copied


def test_the_words_of_the_person_are_copied_without_their_bar() -> None:
    assert all_of(prompt_entry("first line\n    indented\nthird")) == "first line\n    indented\nthird"


def test_entries_are_copied_one_below_the_other() -> None:
    copied = all_of(prompt_entry("ask"), answer_entry("answer"))
    assert copied.split() == ["ask", "answer"]


def test_a_selection_can_be_drawn_backwards() -> None:
    viewport = view_of([answer_entry("abcdefgh")])
    there, back = Spot(0, 1, 4), Spot(0, 1, 7)
    assert selected_text(viewport, Selection(there, back)) == "cdef"
    assert selected_text(viewport, Selection(back, there)) == "cdef"


def test_part_of_a_wrapped_line_is_joined_where_it_wrapped() -> None:
    viewport = view_of([answer_entry("alpha beta gamma delta epsilon zeta eta theta iota kappa")], frame=Frame(22, 100))
    assert selected_text(viewport, Selection(Spot(0, 1, 8), Spot(0, 2, 6))) == "beta gamma delta"


def test_a_selection_over_rows_that_are_gone_is_no_trouble() -> None:
    viewport = view_of([answer_entry("short")])
    assert selected_text(viewport, Selection(Spot(0, 40, 0), Spot(0, 50, 3))) == ""


def test_only_the_selected_columns_of_a_row_are_lit() -> None:
    selection = Selection(Spot(1, 2, 5), Spot(2, 0, 3))
    assert selection.columns(1, 1, 80) is None
    assert selection.columns(1, 2, 80) == (5, 80)
    assert selection.columns(2, 0, 80) == (0, 4)
    assert selection.columns(2, 1, 80) is None


def line_of(text: str) -> Line:
    return Line((Span(text, look()),))


@pytest.mark.parametrize(
    ("text", "start", "end", "kept"),
    [
        ("abcdef", 2, 4, "cd"),
        ("漢字仮名", 2, 6, "字仮"),
        ("漢字", 1, 3, "字"),
        ("cafe\u0301!", 0, 4, "cafe\u0301"),
        ("cafe\u0301!", 4, 5, "!"),
        ("a👩\u200d👩\u200d👧b", 1, 3, "👩\u200d👩\u200d👧"),
        ("a👩\u200d👩\u200d👧b", 3, 4, "b"),
    ],
)
def test_a_character_is_never_torn_apart(text: str, start: int, end: int, kept: str) -> None:
    assert crop(line_of(text), start, end).plain() == kept


@given(st.text(st.sampled_from("ab漢e\u0301 👍"), max_size=20), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_what_is_cropped_at_any_columns_adds_up(text: str, one: int, other: int) -> None:
    first, last = sorted((one, other))
    line = line_of(text)
    pieces = [crop(line, 0, first), crop(line, first, last), crop(line, last, 999)]
    assert "".join(piece.plain() for piece in pieces) == text


def test_blank_rows_at_the_ends_are_not_copied() -> None:
    viewport = view_of([prompt_entry("a"), answer_entry("b"), prompt_entry("c")], height=50)
    settle(viewport)
    copied = selected_text(viewport, Selection(Spot(1, 0, 0), Spot(2, 0, 0)))
    assert copied == "b"
