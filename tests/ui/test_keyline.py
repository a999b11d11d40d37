"""The keys below a screen: whole, clickable, and the way out is told however little room there is."""

from pathlib import Path

import pytest

from fakes import whole
from salon.actions import ACTIONS, key_name, textual_key
from salon.ui.keyline import button_content, fitting, key_told, line_content, parts_of
from salon.ui.targets import CELLS, ROWS
from ui.driver import salon
from ui.test_large_targets import SCREENS

HINTS = "↑ ↓ move · Enter opens · Tab mark · F2 rename · Ctrl+X c costs · Esc leaves"


@pytest.mark.parametrize("width", range(14, 100, 9))
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_no_key_is_parted_from_its_words_and_the_way_out_stays(width: int, rows: int) -> None:
    told = fitting(parts_of(HINTS), width, rows)
    assert len(told) <= rows or len(told) == 1
    flat = [part for row in told for part, _ in row]
    assert flat[-1] == "Esc leaves"
    assert set(flat) <= set(HINTS.split(" · "))
    shown = str(line_content(parts_of(HINTS), width, rows)).split("\n")
    assert all(len(row) <= width for row in shown)


def test_buttons_are_large_and_arrows_stand_alone() -> None:
    rows = str(button_content(parts_of(f"12 found · {HINTS}"), 50)).split("\n")
    assert rows[0] == "12 found"
    assert (len(rows) - 1) % ROWS == 0
    assert rows[2].startswith("   ↑        ↓    ")
    assert all(len(row) <= 50 for row in rows)
    assert rows[2].index("↓") >= CELLS


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("↑ ↓ move", ("up", "down")),
        ("Enter opens", ("enter",)),
        ("Ctrl+X c costs", ("ctrl+x c",)),
        ("y copies", ("y",)),
        ("? help", ("question_mark",)),
        ("12 found, the first 500 are shown", ()),
        ("2 marked", ()),
        ("Nothing has these words.", ()),
    ],
)
def test_which_key_is_told(words: str, keys: tuple[str, ...]) -> None:
    assert key_told(words) == keys


def test_every_key_can_be_read_back_from_how_it_is_written() -> None:
    keys = {key for action in ACTIONS for key in action.default_keys} - {"ctrl+@"}
    assert {key: textual_key(key_name(key)) for key in keys} == {key: key for key in keys}


@pytest.mark.parametrize("screen", sorted(set(SCREENS) - {"a chat", "the sidebar"}))
async def test_where_there_is_little_room_the_way_out_is_told(tmp_path: Path, screen: str) -> None:
    async with salon(tmp_path, size=(40, 10)) as person:
        await person.say("One?", *whole("Two."))
        await person.answer_arrives()
        for key in SCREENS[screen]:
            await person.press(key)
        await person.sees(lambda: "Esc " in person.screen_text(), "the way out")
        assert not person.app.screen.show_vertical_scrollbar


async def test_a_list_of_commands_leaves_the_prompt_where_it_is(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(40, 10)) as person:
        await person.press("slash")
        await person.sees(lambda: "/new" in person.screen_text())
        assert "> /" in person.screen_text()
        assert person.rows()[-1].startswith(" Ready")
