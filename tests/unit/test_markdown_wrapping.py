"""Wrapping by words and cells, and copying what was wrapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markdown_support import rendered, shown
from salon.markdown import PlainLines, copy_text, look
from salon.markdown.cells import cell_len

parts = ["a", "word", " ", "  ", "x" * 20, "日本", "。", "「", "\t", "\n", "\u200d", "\u0301"]
emoji = ["👩‍👩‍👧", "🇩🇪", "👍🏽", "☁\ufe0f"]
awkward = st.lists(st.sampled_from([*parts, *emoji, "e\u0301"])).map("".join)


def plain_rows(text: str, width: int) -> list[str]:
    lines = PlainLines(text, width, look=look())
    assert lines.update()
    return [lines.line(index).plain() for index in range(lines.height)]


def test_words_are_not_broken() -> None:
    assert shown("alpha beta gamma", 11) == "alpha beta\ngamma"


def test_a_word_that_is_too_long_is_broken() -> None:
    assert shown("a " + "x" * 12, 5) == "a\nxxxxx\nxxxxx\nxx"


def test_ideographs_break_anywhere_but_before_their_punctuation() -> None:
    assert shown("日本語日本。語", 10) == "日本語日\n本。語"


def test_a_wide_character_does_not_pass_the_edge() -> None:
    assert shown("a日本語", 4) == "a日\n本語"


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301", "☁\ufe0f"])
def test_a_cluster_is_not_torn_apart(cluster: str) -> None:
    for row in plain_rows(cluster * 20, 9):
        assert row.replace(cluster, "") == ""


def test_joiners_that_join_nothing_hide_no_cells() -> None:
    rows = plain_rows("\u200d\u200d" + "x" * 20, 8)
    assert rows == ["\u200d\u200d" + "x" * 8, "x" * 8, "x" * 4]


@given(awkward, st.integers(8, 30))
def test_no_row_is_too_wide_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    rows = plain_rows(text, width)
    assert all(cell_len(row) <= width for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())


@given(awkward, st.integers(8, 30), st.lists(st.integers(0, 60), max_size=5))
def test_literal_text_is_streamed_as_loaded(text: str, width: int, cuts: list[int]) -> None:
    lines = PlainLines("", width, look=look())
    begin = 0
    for cut in [*sorted(cuts), len(text)]:
        lines.append(text[begin : max(begin, cut)])
        begin = max(begin, cut)
        lines.update()
    assert [lines.line(index).plain() for index in range(lines.height)] == plain_rows(text, width)


def test_a_prefix_stands_before_each_row_and_is_no_text() -> None:
    bar = rendered("> x")[0].spans[0]
    lines = PlainLines("alpha beta", 8, look=look("thinking"), prefix=(bar,))
    lines.update()
    assert [lines.line(index).plain() for index in range(lines.height)] == ["▌ alpha", "▌ beta"]
    assert copy_text([lines.line(0), lines.line(1)]) == "alpha beta"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("alpha beta gamma", "alpha beta gamma"),
        ("> quoted words that wrap", "quoted words that wrap"),
        ("- item that wraps\n- two", "item that wraps\ntwo"),
        ("one\ntwo", "one\ntwo"),
        ("x" * 30, "x" * 30),
        ("日本語日本語日本語", "日本語日本語日本語"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("```py\n" + "x = 1; " * 5 + "\n    y\n```", "\n" + "x = 1; " * 4 + "x = 1;\n    y"),
    ],
)
def test_copying_undoes_the_layout(source: str, text: str) -> None:
    assert copy_text(rendered(source, 10)) == text
