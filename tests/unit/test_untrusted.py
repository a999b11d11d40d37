"""The gate lets nothing through that a terminal would obey."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.hidden import hidden_in, with_hidden_shown, without_hidden
from salon.untrusted import clean, clean_line, json_line

any_text = st.text(st.characters(exclude_categories=()), max_size=200)
hostile = st.sampled_from(
    [
        "\x1b]52;c;aGk=\x07",
        "\x1b[31m",
        "\x9b31m",
        "\x90q\x9c",
        "\u202e",
        "\U000e0041",
        "\u2028",
        "\ud800",
        "\r",
        "\x00",
    ]
)


def is_harmless(text: str) -> bool:
    return all(c in "\t\n" or unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"} for c in text) and not any(
        0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 for c in text
    )


@given(st.lists(st.one_of(any_text, hostile)).map("".join))
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    assert is_harmless(clean(text))


@given(any_text)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.one_of(any_text, hostile)))
def test_a_split_anywhere_is_as_clean_as_the_whole(parts: list[str]) -> None:
    assert "".join(map(clean, parts)) == clean("".join(parts))


@pytest.mark.parametrize("text", ["plain", "a\tb\n", "👩‍👩‍👧", "می‌خواهم", "日本語", "e\u0301", "\u2603\ufe0f"])
def test_ordinary_text_of_every_script_is_left_alone(text: str) -> None:
    assert clean(text) == text


def test_an_escape_is_shown_and_not_obeyed() -> None:
    assert clean("\x1b]0;title\x07") == "␛]0;title␇"


@given(any_text, st.integers(4, 80))
def test_a_title_is_one_short_line(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert "\n" not in line and len(line) <= limit and is_harmless(line)


HIDDEN = "see\U000e0068\U000e0069 \u202eeht\u202c end\u200b"


def test_hidden_characters_are_counted_by_kind() -> None:
    hidden = hidden_in(HIDDEN)
    assert (hidden.tags, hidden.bidi, hidden.invisible, hidden.total) == (2, 2, 1, 5)
    assert hidden.sentence() == "5 hidden characters (2 tags, 2 that turn the reading direction, 1 without width)"
    assert not hidden_in("plain, Grüße, 👩‍👩‍👧, ❤️")


def test_hidden_characters_are_left_out_or_shown() -> None:
    assert without_hidden(HIDDEN) == "see eht end"
    assert with_hidden_shown(HIDDEN) == "see⟨U+E0068 h⟩⟨U+E0069 i⟩ ⟨U+202E⟩eht⟨U+202C⟩ end⟨U+200B⟩"


def test_selectors_in_a_row_hide_bytes() -> None:
    assert hidden_in("👍\ufe01\ufe02\U000e0101").invisible == 3
    assert without_hidden("❤️") == "❤️"


@given(st.text(st.sampled_from("a\u200b\ufe01\ufe02\U000e0101\u202e") | st.characters()))
def test_nothing_hidden_is_left(text: str) -> None:
    assert not hidden_in(without_hidden(text))
    assert not hidden_in(with_hidden_shown(text))


@given(st.lists(st.one_of(any_text, hostile)).map("".join))
def test_json_says_the_same_and_is_harmless(text: str) -> None:
    line = json_line(json.dumps({text: [text]}, ensure_ascii=False))
    assert clean(line) == line
    read = json.loads(line)
    assert read == json.loads(json.dumps({text: [text]}))
