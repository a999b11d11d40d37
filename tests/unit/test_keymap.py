"""Presets and keys.toml: what applies, and what is said about what does not."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from salon.actions import ACTIONS, BY_ID, meet, use_keys
from salon.keymap import PRESETS, load_keys, read_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


@pytest.fixture
def own_keys() -> Iterator[None]:
    yield
    use_keys({})


def told(file: Path, text: str, preset: str = "default") -> tuple[dict[str, tuple[str, ...]], str]:
    file.write_text(text, "utf-8")
    keys, problems = load_keys(file, preset)
    return keys, "\n".join(problems).replace(str(file), "keys.toml")


@pytest.mark.parametrize("preset", PRESETS)
def test_in_no_preset_does_a_key_mean_two_things(preset: str, tmp_path: Path) -> None:
    keys, problems = load_keys(tmp_path / "none", preset)
    assert problems == []
    whole = {action.id: keys.get(action.id, action.keys) for action in ACTIONS}
    for one, other in combinations(ACTIONS, 2):
        if meet(one.place, other.place):
            assert not set(whole[one.id]) & set(whole[other.id]), (one.id, other.id)


def test_a_key_is_given_and_what_lost_it_is_named(file: Path) -> None:
    keys, problems = told(file, 'find = "Ctrl+N"\n')
    assert keys == {"find": ("ctrl+n",), "new_chat": ()}
    assert 'keys.toml, line 1: Ctrl+N is "find" now and no longer "new_chat", which has no key now.' in problems


def test_a_line_for_the_loser_settles_it(file: Path) -> None:
    keys, problems = told(file, 'find = "ctrl+n"\nnew_chat = ["ctrl+x ctrl+n"]\n')
    assert keys == {"find": ("ctrl+n",), "new_chat": ("ctrl+x ctrl+n",)}
    assert problems == ""


def test_two_lines_for_one_key_are_named_and_the_first_holds(file: Path) -> None:
    keys, problems = told(file, 'find = "alt+ctrl+k"\nhelp = ["alt+ctrl+k", "f1"]\n')
    assert keys == {"find": ("alt+ctrl+k",)}
    assert (
        problems == 'keys.toml, line 2: Alt+Ctrl+K is "find" already (keys.toml, line 1), so it is not used for "help".'
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('sned = "ctrl+s"', 'line 1: there is no action "sned". Did you mean "send"?'),
        ('find = "ctrl+foo"', 'line 1: "ctrl+foo" cannot be read: there is no key "foo".'),
        ('find = "hyper+x"', '"hyper" is not Ctrl, Alt or Shift.'),
        ('find = "ctrl+i"', '"ctrl+i" is Tab to a terminal; it is not used.'),
        ('find = "a b"', "begins with a key that is text"),
        ("find = 3", '"find" must be a key such as "ctrl+s", or a list of keys'),
        ("send = []", '"send" needs a key; Enter still sends.'),
        ("find 3", "not TOML"),
        ('[radning]\nnext_block = "j"', 'there is no place "radning". Did you mean "reading"?'),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_applies(file: Path, text: str, sentence: str) -> None:
    keys, problems = told(file, f'copy_answer = "alt+ctrl+k"\n{text}\n'.replace("line 1", "line 2"))
    assert sentence.replace("line 1", "line 2") in problems
    assert keys == {"copy_answer": ("alt+ctrl+k",)}


def test_a_table_only_puts_in_order(file: Path) -> None:
    assert told(file, '[reading]\ncopy_block = "J"\n') == ({"copy_block": ("J",)}, "")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ctrl+S", "ctrl+s"),
        ("C-x C-e", "ctrl+x ctrl+e"),
        ("M-<", "alt+less_than_sign"),
        ("Shift+Enter", "shift+enter"),
        ("shift+a", "A"),
        ("PgUp", "pageup"),
        ("?", "question_mark"),
        ("ctrl+/", "ctrl+slash"),
        ("ctrl+-", "ctrl+minus"),
        ("F11", "f11"),
    ],
)
def test_keys_are_read_as_people_write_them(written: str, key: str) -> None:
    assert read_key(written) == key


@pytest.mark.usefixtures("own_keys")
def test_what_shows_a_key_shows_the_one_that_works() -> None:
    use_keys({"find": ("ctrl+x ctrl+f",), "new_chat": ()})
    assert BY_ID["find"].key == "Ctrl+X Ctrl+F"
    assert BY_ID["new_chat"].key == ""
    assert BY_ID["undo"].key == "Ctrl+_"
