"""The manual on the screen."""

from pathlib import Path

from salon.ui.blockscreen import BlockScreen
from salon.ui.picker import PickerScreen
from ui.driver import salon


async def test_a_page_is_named_by_a_command_and_closed_with_esc(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("/manual privacy")
        await person.press("enter")
        await person.sees(lambda: isinstance(person.app.screen, BlockScreen))
        await person.sees(lambda: "no telemetry" in person.screen_text(), "the page")
        await person.press("escape")
        await person.sees(lambda: person.app.screen is person.chat)


async def test_a_page_is_chosen_from_the_list(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        person.chat.action_manual()
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen) and person.app.focused)
        await person.press(*"themes", "enter")
        await person.sees(lambda: "code.keyword" in person.screen_text(), "the page on themes")


async def test_a_page_that_there_is_not_is_told(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("/manual nonsense")
        await person.press("enter")
        await person.sees(lambda: "no page “nonsense”" in person.notice())
