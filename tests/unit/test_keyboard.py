"""Escape bytes inside pastes, however the input is cut."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.events import Key

from salon.ui.keyboard import PasteGuard
from salon.ui.terminalground import ReportParser

PASTED = "one\x1b[31m\rtwo\x1b"
INPUT = f"a\x1b[A\x1b[200~{PASTED}\x1b[201~b\x1b\x1b[200~\x1b[201\x1b[201~\x1b[B"
SAFE = "a\x1b[A\x1b[200~one\u241b[31m\rtwo\u241b\x1b[201~b\x1b\x1b[200~\u241b[201\x1b[201~\x1b[B"


@given(st.lists(st.integers(0, len(INPUT)), max_size=12))
@example(list(range(len(INPUT))))
def test_a_paste_is_harmless_however_it_arrives(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(INPUT)]
    guard = PasteGuard()
    pieces = [INPUT[start:end] for start, end in pairwise(places)]
    # The beginning of a paste may itself be cut; Textual puts it together again, and so must the guard.
    assert "".join(map(guard.feed, pieces)) == SAFE


def test_keys_are_not_held_back() -> None:
    guard = PasteGuard()
    assert guard.feed("\x1b") == "\x1b"
    assert guard.feed("[A") == "[A"
    assert guard.feed("\x1b[200~x\x1b") == "\x1b[200~x"


def test_modified_enters_come_in_the_form_that_textual_knows() -> None:
    assert PasteGuard().feed("a\x1b\rb\x1b[27;2;13~c\r") == "a\x1b[13;3ub\x1b[13;2uc\r"
    pasted = "\x1b[200~\u241b\r\u241b[27;2;13~\x1b[201~"
    assert PasteGuard().feed(pasted.replace("\u241b", "\x1b", 1).replace("\u241b", "\x1b")) == pasted


def test_alt_with_a_digit_is_a_key_and_no_character() -> None:
    for digit in "0123456789":
        assert PasteGuard().feed(f"\x1b{digit}") == f"\x1b[{ord(digit)};3u"
    assert PasteGuard().feed("\x1b[1;5A\x1b[15~") == "\x1b[1;5A\x1b[15~", "other keys that have digits in them stay"


@pytest.mark.parametrize(
    ("sent", "key"), [("0", "alt+0"), ("9", "alt+9"), ("-", "alt+minus"), ("=", "alt+equals_sign")]
)
def test_alt_with_a_digit_or_a_sign_is_that_and_no_letter_of_a_mac(sent: str, key: str) -> None:
    """Textual 8.2.8 takes Alt+0 for º, which vi's Esc and 0 in one go would type."""
    parser = ReportParser(False, [])
    found = [event for piece in ("\x1b", sent) for event in parser.feed(piece)]
    assert [event.key for event in found if isinstance(event, Key)] == [key]
