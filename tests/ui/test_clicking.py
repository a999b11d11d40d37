"""The mouse, where it helps: what is shown can be clicked, and does what its key does."""

from pathlib import Path

from fakes import whole
from salon.ui.costscreen import CostScreen
from salon.ui.notice import NoticeText
from salon.ui.picker import PickerScreen
from ui.driver import Person, salon


async def click_on(person: Person, words: str) -> None:
    """Click the last row that has these words."""
    row = max(number for number, shown in enumerate(person.rows()) if words in shown)
    await person.pilot.click(offset=(person.rows()[row].index(words) + 1, row))


async def test_the_model_in_the_status_bar_opens_the_list_of_models(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await click_on(person, "Test Model")
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen))


async def test_the_tokens_in_the_status_bar_open_the_costs(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30)) as person:
        await person.say("One?", *whole("Two."))
        await person.answer_arrives()
        await click_on(person, " out ")
        await person.sees(lambda: isinstance(person.app.screen, CostScreen))


async def test_a_click_beside_the_parts_does_nothing(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.pilot.click("#statusbar", offset=(40, 0))
        await person.pilot.pause()
        assert person.app.screen is person.chat


async def test_the_keys_of_a_notice_can_be_clicked(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        person.chat.notice.show(NoticeText("Choose.", ("pick_model", "toggle_mouse"), "warning"))
        await person.pilot.pause()
        await click_on(person, "Alt+O mouse")
        await person.sees(lambda: "The mouse is the terminal's now" in person.notice())
        person.chat.notice.show(NoticeText("Choose.", ("pick_model", "toggle_mouse"), "warning"))
        await person.pilot.pause()
        await click_on(person, "Esc closes this")
        await person.sees(lambda: person.notice() == "")
