"""A few letters mean a name: those that fit, best first, and none that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.fuzzy import best, narrowed


@pytest.mark.parametrize(
    ("query", "names", "expected"),
    [
        ("mod", ["model", "mode"], ["mode", "model"]),
        ("ed", ["read", "edit", "expand"], ["edit", "read", "expand"]),
        ("cc", ["copy-code", "copy"], ["copy-code"]),
        ("wid", ["widgets/index.md", "src/widget.py"], ["src/widget.py", "widgets/index.md"]),
        ("test", ["contest.py", "a/test.py", "latest"], ["a/test.py", "latest", "contest.py"]),
        ("README", ["docs/readme.md", "README.md"], ["README.md", "docs/readme.md"]),
        ("", ["b", "aa"], ["b", "aa"]),
        ("x", ["abc"], []),
    ],
)
def test_the_likeliest_comes_first(query: str, names: list[str], expected: list[str]) -> None:
    assert best(query, names, 10) == expected


def test_no_more_than_are_wanted() -> None:
    assert len(best("a", [f"a{n}" for n in range(100)], 7)) == 7


@given(st.text(max_size=6), st.lists(st.text(max_size=12), max_size=20))
def test_what_is_found_has_the_letters_in_their_order(query: str, names: list[str]) -> None:
    def has(name: str) -> bool:
        letters = iter(name.casefold())
        return all(letter in letters for letter in query.casefold())

    found = best(query, names, len(names))
    assert sorted(found) == sorted(name for name in names if has(name))
    assert sorted(narrowed(query, names)) == sorted(found)


@given(st.text(max_size=4), st.text(max_size=3), st.lists(st.text(max_size=12), max_size=20))
def test_a_longer_query_finds_nothing_that_its_beginning_did_not(query: str, more: str, names: list[str]) -> None:
    assert set(narrowed(query + more, names)) <= set(narrowed(query, names))
