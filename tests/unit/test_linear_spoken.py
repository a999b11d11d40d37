"""Markdown as it is listened to: a word for what the eye would see, and the same words however it arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.linear.spoken import Speaker
from salon.untrusted import clean


def spoken(text: str, continues: str = "") -> list[str]:
    speaker = Speaker(continues)
    return [*speaker.feed(text), *speaker.finish()]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# Title *x*", ["Heading 1: Title x"]),
        ("Some **bold** and `code`.", ["Some bold and code."]),
        ("- one\n- two\n", ["• one", "• two"]),
        ("3. a\n4. b\n", ["3. a", "4. b"]),
        ("> said", ["Quote: said"]),
        ("> [!NOTE]\n> careful", ["Note:", "careful"]),
        ("```python\nx = 1\n\ny\n```", ["Code, python, 3 lines:", "x = 1", "", "y", "End of code."]),
        ("```\nx\n```", ["Code, 1 line:", "x", "End of code."]),
        ("---\n\nx", ["Separator.", "x"]),
        (
            "| A | B |\n|---|---|\n| 1 | **2** |\n",
            ["Table, 2 columns, 1 row.", "Row 1. A: 1; B: 2", "End of table."],
        ),
        ("| A |\n|---|\n", ["Table, 1 column, 0 rows.", "End of table."]),
    ],
)
def test_each_kind_of_block_has_its_words(text: str, lines: list[str]) -> None:
    assert spoken(text) == lines


def test_a_paragraph_is_one_line_however_long() -> None:
    words = "word " * 1_000
    assert spoken(words) == [words.strip()]


def test_what_goes_on_in_a_block_of_code_is_said_with_it_and_without_repetition() -> None:
    cut = "Look:\n\n```\nfirst line of it\nsecond"
    assert spoken("first line of it\nsecond line\n```\nDone.", cut) == [
        "Code, 2 lines:",
        "first line of it",
        "second line",
        "End of code.",
        "Done.",
    ]


@given(st.text(alphabet="ab #-*>`|\n1.[]()$\x1b\u202e", max_size=120), st.integers(1, 9))
def test_it_is_the_same_however_it_arrives_and_always_clean(text: str, piece: int) -> None:
    speaker = Speaker()
    lines = [line for at in range(0, len(text), piece) for line in speaker.feed(text[at : at + piece])]
    lines += speaker.finish()
    assert lines == spoken(text)
    assert all(line == clean(line) for line in lines)
