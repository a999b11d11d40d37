"""Large targets: everything that can be clicked is at least three rows high and eight cells wide, on every screen.

And beside it: nothing needs the mouse, because each thing that can be clicked has a key.
"""

import re
from collections.abc import Hashable
from pathlib import Path

import pytest
from textual.widgets import Checkbox, Input, OptionList

from fakes import whole
from salon.actions import BY_ID
from salon.settings import Settings
from salon.ui.editingarea import EditingArea
from salon.ui.inspectscreen import JsonView
from salon.ui.notice import NoticeText
from salon.ui.sessionlist import SessionList
from salon.ui.settingsscreen import SettingsScreen
from salon.ui.statusbar import StatusBar, action_at
from salon.ui.targets import CELLS, ROWS
from salon.ui.treescreen import TreeView
from ui.driver import Person, salon

SCREENS: dict[str, tuple[str, ...]] = {
    "a chat": (),
    "the list of chats": ("ctrl+o",),
    "the sidebar": ("ctrl+b",),
    "the models": ("ctrl+l",),
    "the themes": ("f10",),
    "the palette": ("ctrl+p",),
    "the keys": ("f1",),
    "the settings": ("ctrl+x", "ctrl+o"),
    "the costs": ("ctrl+x", "c"),
    "the inspector": ("ctrl+x", "i"),
    "the tree": ("alt+j",),
    "the search": ("ctrl+s",),
    "the search in the chat": ("ctrl+f",),
    "the files to attach": ("alt+a",),
    "side by side": ("alt+q",),
    "an opened block": ("shift+tab", "v"),
}


def target_at(person: Person, x: int, y: int) -> Hashable | None:
    """What a click at a cell of the screen would do; None for nothing, or for what is as large as a pane."""
    screen = person.app.screen
    widget, region = screen.get_widget_at(x, y)
    meta = screen.get_style_at(x, y).meta
    down = y - region.y
    if "@click" in meta:
        return (widget, meta["@click"])
    if isinstance(widget, StatusBar):
        return (widget, found) if (found := action_at(widget._told, region.width, x - region.x, least=CELLS)) else None
    if isinstance(widget, OptionList) and "option" in meta:
        return None if widget.get_option_at_index(meta["option"]).disabled else (widget, meta["option"])
    if isinstance(widget, SessionList):
        row = (down + int(widget.scroll_offset.y)) // ROWS
        return (widget, row) if row < len(widget._rows) and widget._id_at(row) else None
    if isinstance(widget, TreeView):
        return (widget, down // ROWS) if down // ROWS < len(widget.rows) else None
    if isinstance(widget, JsonView):
        return (widget, down // ROWS) if down // ROWS < len(widget._rows) else None
    return widget if isinstance(widget, Input | Checkbox | EditingArea) else None


def targets(person: Person) -> dict[Hashable, tuple[int, int]]:
    """Rows and cells of each, those left out that a list shows in part at its end."""
    width, height = person.app.size
    cells: dict[Hashable, set[tuple[int, int]]] = {}
    for y in range(height):
        for x in range(width):
            if (target := target_at(person, x, y)) is not None:
                cells.setdefault(target, set()).add((x, y))
    found = {}
    for target, held in cells.items():
        rows, columns = {y for _, y in held}, {x for x, _ in held}
        owner = target[0] if isinstance(target, tuple) else target
        cut = isinstance(owner, OptionList | SessionList | TreeView | JsonView) and (
            {owner.region.bottom - 1, owner.region.y} & rows
        )
        if not (cut and len(rows) < ROWS):
            found[target] = (len(rows), len(columns))
    return found


@pytest.mark.parametrize("screen", SCREENS)
async def test_everything_that_can_be_clicked_is_large(tmp_path: Path, screen: str) -> None:
    async with salon(tmp_path, size=(100, 30), settings=Settings(large_targets=True)) as person:
        await person.say("One?", *whole("Two.\n\n```\nthree\n```"))
        await person.answer_arrives()
        for key in SCREENS[screen]:
            await person.press(key)
        if screen == "a chat":
            person.chat.notice.show(NoticeText("Choose.", ("pick_model", "toggle_mouse"), "warning"))
        await person.sees(lambda: person.app.screen is person.chat or targets(person), screen)
        found = targets(person)
        assert len(found) >= (1 if screen in {"the keys", "the costs"} else 2), person.screen_text()
        small = {target: size for target, size in found.items() if size[0] < ROWS or size[1] < CELLS}
        assert not small, f"{small}\n{person.screen_text()}"
        assert "Ctrl+P everything" in person.screen_text() or person.app.screen is not person.chat


async def test_the_setting_holds_at_once_and_can_be_taken_back(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 30)) as person:
        for high in (ROWS, 1):
            await person.say("/settings large_targets")
            await person.sees(lambda: isinstance(person.app.screen, SettingsScreen))
            await person.press("enter")
            await person.sees(lambda high=high: person.app._services.settings.large_targets is (high > 1))  # type: ignore[misc]
            await person.press("escape")
            await person.sees(lambda high=high: person.chat.status_bar.size.height == high)  # type: ignore[misc]


async def test_an_export_with_large_rows_keeps_its_way_out_in_a_usual_terminal(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(80, 24), settings=Settings(large_targets=True)) as person:
        await person.say("a", *whole("b"))
        await person.answer_arrives()
        await person.say("/export")
        await person.sees(lambda: "HTML" in person.screen_text(), "the screen")
        await person.sees(lambda: "Esc" in person.screen_text(), "the way out")


async def test_a_click_beside_a_fold_opens_it(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 30), settings=Settings(large_targets=True, code_fold_lines=2)) as person:
        await person.say("One?", *whole("```\n" + "x\n" * 20 + "```\n\nEnd."))
        await person.answer_arrives()
        row = next(number for number, shown in enumerate(person.rows()) if "more" in shown)
        await person.pilot.click(offset=(6, row + 1))
        await person.sees(lambda: person.screen_text().count("x") >= 15, "all of the code")


async def test_a_touched_key_is_pressed(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 30), settings=Settings(large_targets=True)) as person:
        await person.press(*BY_ID["open_chat"].keys[:1])
        await person.sees(lambda: "Esc leaves" in person.screen_text())
        row = next(number for number, shown in enumerate(person.rows()) if "Esc leaves" in shown)
        await person.pilot.click(offset=(person.rows()[row].index("Esc leaves"), row + 1))
        await person.sees(lambda: person.app.screen is person.chat)


@pytest.mark.parametrize("screen", SCREENS)
async def test_nothing_needs_the_mouse(tmp_path: Path, screen: str) -> None:
    async with salon(tmp_path, size=(100, 30)) as person:
        for key in SCREENS[screen]:
            await person.press(key)
        clicked = {
            str(action)
            for y in range(30)
            for x in range(100)
            if (action := person.app.screen.get_style_at(x, y).meta.get("@click"))
        }
        for action in clicked:
            pressed = re.fullmatch(r"app\.press\('(.+)'\)", action)
            assert pressed or BY_ID[action.partition(".")[2]].keys, action
