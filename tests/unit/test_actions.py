"""The table of actions says each thing once, and no two of its keys mean different things in one place."""

from itertools import combinations

import pytest

from salon.actions import ACTIONS, BY_ID, Action, Place, key_name, key_table


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)


def test_no_key_means_two_things_in_one_place() -> None:
    """A chat is on the screen together with its prompt, and what works everywhere works there too."""
    together = [{Place.PROMPT}, {Place.CHAT, Place.EVERYWHERE}]
    for places in together:
        here = [action for action in ACTIONS if action.place in places]
        for one, other in combinations(here, 2):
            assert not set(one.keys) & set(other.keys), (one.id, other.id)


def test_a_key_of_the_prompt_hides_no_key_of_the_chat() -> None:
    in_prompt = {key for action in ACTIONS if action.place is Place.PROMPT for key in action.keys}
    elsewhere = {key for action in ACTIONS if action.place in {Place.CHAT, Place.EVERYWHERE} for key in action.keys}
    assert not in_prompt & elsewhere


def test_a_key_of_the_chat_hides_no_key_for_reading() -> None:
    reading = {key for action in ACTIONS if action.place is Place.READING for key in action.keys}
    always = {key for action in ACTIONS if action.place in {Place.CHAT, Place.EVERYWHERE} for key in action.keys}
    assert not reading & always


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_explains_itself(action: Action) -> None:
    assert action.id.isidentifier()
    assert action.label
    assert action.help.endswith(".")
    assert not action.label.endswith(".")
    assert len(action.key_names()) == len(action.keys) or action.shown
    assert len(set(action.keys)) == len(action.keys)


def test_nothing_of_the_terminals_own_is_taken() -> None:
    """Ctrl+I, M and [ are Tab, Enter and Esc in a terminal; Ctrl+H may be backspace.

    Ctrl+S stops the output only while IXON is set, which Salon and then Textual clear before anything is shown.
    """
    for action in ACTIONS:
        if action.place not in {Place.PROMPT, Place.EDITING, Place.LIST}:
            assert not set(action.keys) & {"ctrl+i", "ctrl+m", "ctrl+h", "tab"}, action.id


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("enter", "Enter"),
        ("ctrl+q", "Ctrl+Q"),
        ("ctrl+home", "Ctrl+Home"),
        ("shift+enter", "Shift+Enter"),
        ("f1", "F1"),
        ("f10", "F10"),
        ("pageup", "PgUp"),
        ("escape", "Esc"),
        ("up", "Up"),
        ("alt+up", "Alt+Up"),
    ],
)
def test_keys_are_written_as_people_write_them(key: str, name: str) -> None:
    assert key_name(key) == name


def test_the_first_key_is_the_one_to_show() -> None:
    assert Action("a", ("ctrl+a", "b"), "A", "A.").key == "Ctrl+A"
    assert Action("a", ("escape",), "A", "A.", shown=("Esc",)).key == "Esc"
    assert Action("a", (), "A", "A.").key == ""


def test_the_table_for_the_readme_has_every_key_once() -> None:
    rows = key_table().splitlines()
    assert rows[:2] == ["| Where | Keys | What |", "|---|---|---|"]
    with_keys = [action for action in ACTIONS if action.keys]
    assert len(rows) == len(with_keys) + 2
    for action in with_keys:
        assert sum(f"| {action.help} |" in row for row in rows) == 1
    assert [row.split("|")[1].strip() for row in rows[2:]] == sorted(
        (action.place.value for action in with_keys), key=[place.value for place in Place].index
    )
