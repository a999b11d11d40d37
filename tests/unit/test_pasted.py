"""Paths in pastes, as terminals spell them."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.pasted import path_readings

NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20)
PATHS = NAMES.map(lambda name: "/home/ada/" + name.replace("/", "_") + "x")


def backslashed(path: str) -> str:
    return "".join(each if each.isalnum() or each == "/" else f"\\{each}" for each in path)


@pytest.mark.parametrize(
    ("pasted", "paths"),
    [
        ("/tmp/a.png", ("/tmp/a.png",)),
        ("/tmp/a.png ", ("/tmp/a.png",)),
        ("/tmp/two words.png", ("/tmp/two words.png",)),
        ("'/tmp/two words.png'", ("/tmp/two words.png",)),
        ('"/tmp/two words.png"', ("/tmp/two words.png",)),
        (r"/tmp/two\ words\ \(1\).png", ("/tmp/two words (1).png",)),
        ("file:///tmp/two%20words.png", ("/tmp/two words.png",)),
        ("file://localhost/tmp/a.png\r\n", ("/tmp/a.png",)),
        ("'/tmp/a b' '/tmp/c d'", ("/tmp/a b", "/tmp/c d")),
        (r"/tmp/a\ b /tmp/c", ("/tmp/a b", "/tmp/c")),
        ("/tmp/a\n/tmp/b\n", ("/tmp/a", "/tmp/b")),
        ("'/tmp/it'\\''s.png'", ("/tmp/it's.png",)),
        ("~/a.png", ("~/a.png",)),
    ],
)
def test_every_terminals_spelling_is_read(pasted: str, paths: tuple[str, ...]) -> None:
    assert paths in path_readings(pasted)


@pytest.mark.parametrize(
    "text", ["", "  ", "README.md", "see /tmp/a.png", "/", "//", "~", "it's", "a\0b", "/tmp/a\\", "file://host/share/x"]
)
def test_words_are_not_paths(text: str) -> None:
    assert all(all(len(path) > 2 for path in reading) for reading in path_readings(text))
    assert not any("README" in reading or "see" in reading for reading in path_readings(text))
    if text in {"", "  ", "README.md", "see /tmp/a.png", "/", "it's", "file://host/share/x"}:
        assert path_readings(text) == ()


@given(st.lists(PATHS, min_size=1, max_size=4))
def test_what_a_shell_would_part_is_parted(paths: list[str]) -> None:
    assert tuple(paths) in path_readings(" ".join(map(shlex.quote, paths)))
    assert tuple(paths) in path_readings(" ".join(map(backslashed, paths)))


@given(st.text(st.sampled_from("/~ \\'\"ab\n\r\t%0file:[]."), max_size=60) | st.text(max_size=60))
def test_any_paste_can_be_looked_at(text: str) -> None:
    for reading in path_readings(text):
        assert reading
        assert all(path.startswith(("/", "~/")) and "\n" not in path for path in reading)


def test_a_large_text_is_not_even_looked_at() -> None:
    assert path_readings("/a " * 5_000_000) == ()
