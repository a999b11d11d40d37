"""Ids are ordered by time, never repeat, and are the only thing that paths are built from."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.ids import is_id, milliseconds_of, new_id


def test_ids_made_one_after_the_other_are_in_order() -> None:
    made = [new_id() for _ in range(2_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_made_in_many_threads_differ() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [an_id for batch in pool.map(lambda _: [new_id() for _ in range(200)], range(8)) for an_id in batch]
    assert len({an_id[:10] for an_id in made}) == len(made)


def test_an_id_says_when_it_was_made() -> None:
    assert abs(milliseconds_of(new_id()) - time.time() * 1000) < 60_000


def test_an_id_has_the_shape_of_one() -> None:
    assert is_id(new_id())
    assert is_id("0" * 26)
    assert is_id("7" + "z" * 25)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 25,
        "0" * 27,
        "8" + "0" * 25,
        "0" * 25 + "u",
        "0" * 25 + "\n",
        "0" * 26 + "\n",
        "A" * 26,
        "../" + "0" * 23,
        "0" * 25 + "/",
        "０" * 26,
        "0" * 25 + "l",
        "0" * 25 + "i",
        "0" * 25 + "o",
    ],
)
def test_nothing_else_is_an_id(text: str) -> None:
    assert not is_id(text)


@given(st.text())
def test_an_id_has_nothing_that_a_path_would_obey(text: str) -> None:
    if is_id(text):
        assert text.isascii()
        assert text.isalnum()
