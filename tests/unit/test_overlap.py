"""What a continuation repeats of the cut answer is shown once."""

from hypothesis import given
from hypothesis import strategies as st

from salon.chat.overlap import SHORTEST, Overlap


def shown(continues: str, *pieces: str) -> str:
    overlap = Overlap(continues)
    return "".join(overlap.trim(piece) for piece in pieces) + overlap.release()


def test_a_repeated_end_is_taken_off() -> None:
    assert shown("It was the best of times, it was", "best of times, it was the worst") == " the worst"


def test_a_repetition_that_comes_letter_by_letter_is_taken_off() -> None:
    assert shown("The quick brown fox jumps", *"brown fox jumps over") == " over"


def test_a_continuation_that_repeats_nothing_is_shown_from_its_first_letter() -> None:
    overlap = Overlap("The quick brown fox")
    assert overlap.trim("z") == "z"


def test_a_few_equal_letters_are_chance_and_stay() -> None:
    assert shown("one and two", "two and three") == "two and three"


def test_nothing_is_held_back_without_something_to_continue() -> None:
    assert Overlap("").trim("anything") == "anything"


@given(st.text("ab ", max_size=60), st.lists(st.text("ab ", max_size=9), max_size=12))
def test_only_a_repetition_is_ever_missing(cut: str, pieces: list[str]) -> None:
    whole = "".join(pieces)
    rest = shown(cut, *pieces)
    assert whole.endswith(rest)
    missing = whole[: len(whole) - len(rest)]
    assert not missing or (len(missing) >= SHORTEST and cut.rstrip().endswith(missing))
