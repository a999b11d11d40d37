"""The settings, looked up and changed in the app."""

from pathlib import Path

from textual.widgets import Input, OptionList

from salon.settings import Settings, load_settings
from salon.ui.picker import PickerScreen
from salon.ui.settingsscreen import SettingsScreen
from ui.driver import Person, paths_in, salon


async def open_settings(person: Person, words: str = "") -> None:
    await person.type(f"/settings {words}".strip())
    await person.press("enter")
    await person.sees(lambda: isinstance(person.app.screen, SettingsScreen), "the settings")
    await person.sees(lambda: "Esc leaves" in person.screen_text(), "its keys")


def chosen(person: Person) -> str:
    options = person.app.screen.query_one(OptionList)
    assert options.highlighted is not None
    return options.get_option_at_index(options.highlighted).id or ""


def written(folder: Path) -> str:
    file = paths_in(folder).settings_file
    return file.read_text() if file.exists() else ""


async def test_typing_finds_a_setting_by_what_it_does(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await open_settings(person)
        assert person.app.screen.query_one(OptionList).option_count == len(Settings.__dataclass_fields__)
        person.app.screen.query_one("#settings-words", Input).value = "widest text"
        await person.sees(lambda: chosen(person) == "measure")
        screen = person.screen_text()
        assert "The widest that running text gets, in columns." in screen
        assert "…" not in screen
        assert "A whole number from 40 to 200; default 100." in " ".join(screen.split())
        person.app.screen.query_one("#settings-words", Input).value = "zzz"
        await person.sees(lambda: "Nothing has these words." in person.screen_text())
        await person.press("enter", "f8")
        assert written(tmp_path) == ""
        await person.press("escape")
        await person.sees(lambda: person.app.screen is person.chat)


async def test_a_number_is_written_and_holds_at_once(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30)) as person:
        await open_settings(person, "measure")
        await person.press("enter")
        assert person.app.screen.query_one("#setting-value", Input).value == "100"
        await person.press("up", "up", "down")
        assert person.app.screen.query_one("#setting-value", Input).value == "101"
        await person.press("backspace", "backspace", "backspace", *"500", "enter")
        await person.sees(lambda: "Must be a whole number from 40 to 200, not 500." in person.screen_text())
        assert written(tmp_path) == ""
        await person.press("backspace", "backspace", "backspace", *"60", "enter")
        await person.sees(lambda: "measure is 60 now." in person.screen_text())
        assert written(tmp_path) == "measure = 60\n"
        assert person.chat.transcript._frame.measure == 60
        assert "config.toml" in person.screen_text()
        await person.press("f8")
        await person.sees(lambda: "measure is 100 now." in person.screen_text())
        assert (written(tmp_path), person.chat.transcript._frame.measure) == ("", 100)


async def test_on_and_off_are_switched(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await open_settings(person, "print_on_exit")
        await person.press("enter")
        await person.sees(lambda: "print_on_exit is on now." in person.screen_text())
        assert written(tmp_path) == "print_on_exit = true\n"
        await person.press("enter")
        await person.sees(lambda: written(tmp_path) == "print_on_exit = false\n")


async def test_a_choice_is_made_from_a_list_and_thinking_opens(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await open_settings(person, "thinking shown")
        await person.press("enter")
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen))
        assert "as it is now" in person.screen_text()
        await person.press(*"open", "enter")
        await person.sees(lambda: written(tmp_path) == 'thinking = "open"\n')
        await person.sees(lambda: person.chat.transcript.thinking_open)


async def test_a_theme_is_chosen_and_drawn_in(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await open_settings(person, "theme")
        await person.press("enter")
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press(*"salon-light", "enter")
        await person.sees(lambda: person.app.theme == "salon-light")
        assert load_settings(paths_in(tmp_path).settings_file, {})[0].theme == "salon-light"


async def test_what_the_environment_gives_says_so_and_stays(tmp_path: Path) -> None:
    async with salon(tmp_path, environ={"SALON_MEASURE": "70"}) as person:
        await open_settings(person, "measure")
        screen = person.screen_text()
        assert "environment" in screen
        assert "Now given by SALON_MEASURE, which is stronger than config.toml." in " ".join(screen.split())
        await person.press("enter", "up", "enter")
        await person.sees(lambda: "SALON_MEASURE is stronger" in " ".join(person.screen_text().split()))
        assert written(tmp_path) == "measure = 71\n"
        assert person.chat.transcript._frame.measure == 70


async def test_a_broken_file_is_left_alone_and_named(tmp_path: Path) -> None:
    file = paths_in(tmp_path).settings_file
    file.parent.mkdir(parents=True)
    file.write_text("measure = \n")
    async with salon(tmp_path) as person:
        await open_settings(person, "mouse")
        await person.press("enter")
        await person.sees(lambda: "nothing was written to it" in " ".join(person.screen_text().split()))
        assert file.read_text() == "measure = \n"


async def test_esc_leaves_the_box_before_the_settings(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await open_settings(person, "system")
        await person.press("enter", *"Be kind.", "escape")
        assert isinstance(person.app.screen, SettingsScreen)
        assert written(tmp_path) == ""
        await person.press("enter", *"Be kind.", "enter")
        await person.sees(lambda: written(tmp_path) == 'system = "Be kind."\n')
        await person.press("escape")
        await person.sees(lambda: person.app.screen is person.chat)


async def test_a_click_changes(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await open_settings(person, "print_on_exit")
        await person.pilot.click(OptionList, offset=(3, 0))
        await person.sees(lambda: written(tmp_path) == "print_on_exit = true\n")


async def test_in_the_smallest_terminal_list_help_and_keys_are_there(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(40, 10)) as person:
        await open_settings(person, "measure")
        assert "measure" in person.screen_text()
        await person.press("enter")
        assert person.app.screen.query_one("#setting-value", Input).region.bottom <= 10


async def test_a_setting_of_new_chats_holds_in_a_chat_that_has_not_begun(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        adopted: list[str] = []
        adopt = person.session.adopt
        person.session.adopt = lambda parameters: (adopted.append("again"), adopt(parameters))[1]  # type: ignore[method-assign, func-returns-value]
        await open_settings(person, "max_tokens")
        await person.press("enter", "backspace", *"900", "enter")
        await person.sees(lambda: "max_tokens is 900 in new chats." in person.screen_text())
        assert adopted == ["again"]
