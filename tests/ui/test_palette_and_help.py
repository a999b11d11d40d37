"""Everything that can be done, found by its name; and the keys, those that work here first."""

from pathlib import Path

from textual.widgets import Input, OptionList

from fakes import whole
from salon.actions import ACTIONS, BY_ID, Place
from salon.settings import Settings
from salon.ui.help import HelpScreen, Here, found_in, help_parts, sent_by_all
from salon.ui.palette import PaletteScreen, palette_actions
from salon.ui.settingsscreen import SettingsScreen
from ui.driver import Person, salon


async def search_palette(person: Person, words: str) -> list[str]:
    await person.press("ctrl+p")
    await person.sees(lambda: isinstance(person.app.screen, PaletteScreen), "the palette")
    person.app.screen.query_one(Input).value = words
    await person.pilot.pause()
    return [option.id or "" for option in person.app.screen.query_one(OptionList).options]


async def test_a_few_letters_find_an_action_and_enter_does_it(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        found = await search_palette(person, "mouse")
        assert found[0] == "toggle_mouse"
        assert not person.app.screen.query_one(Input).cursor_blink
        assert "Alt+O" in person.screen_text()
        await person.press("enter")
        await person.sees(lambda: "The mouse is the terminal's now" in person.notice())


async def test_scattered_letters_and_words_of_the_explanation_find_it_too(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert "new_chat" in (await search_palette(person, "nwcht"))[:2]
        person.app.screen.query_one(Input).value = "scripts that nobody wrote"
        await person.sees(lambda: "Nothing has these words" in person.screen_text())
        person.app.screen.query_one(Input).value = "spreadsheet"
        await person.sees(lambda: "Copy as TSV" in person.screen_text())


async def test_the_prompts_own_actions_work_on_the_prompt(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("some words")
        assert "kill_to_start" in await search_palette(person, "kill to start")
        await person.press("enter")
        await person.sees(lambda: person.prompt() == "")


async def test_reading_begins_where_a_reading_action_is_chosen(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("One?", *whole("Two.\n\n```\nthree\n```"))
        await person.answer_arrives()
        assert (await search_palette(person, "quote"))[0] == "quote_block"
        await person.press("enter")
        await person.sees(lambda: "> " in person.prompt())


async def test_what_needs_a_word_asks_for_it_and_the_draft_stays(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("One?", *whole("Two."))
        await person.answer_arrives()
        await person.type("a draft")
        assert (await search_palette(person, "title"))[0] == "title"
        await person.press("enter")
        await person.sees(lambda: "Give this chat another title." in person.screen_text())
        await person.press(*"Sky", "enter")
        await person.sees(lambda: "This chat is called “Sky” now." in person.notice())
        assert person.prompt() == "a draft"


async def test_the_list_of_chats_has_its_own_actions_in_the_palette(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("ctrl+o")
        await person.sees(lambda: "No chats yet." in person.screen_text())
        found = await search_palette(person, "")
        assert "next_view" in found
        assert "new_chat" not in found
        person.app.screen.query_one(Input).value = "archived"
        await person.pilot.pause()
        person.app.screen.query_one(Input).value = "view"
        await person.press("enter")
        await person.sees(lambda: "Archived chats" in person.screen_text())


async def test_settings_open_from_the_palette_above_the_list(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert (await search_palette(person, "settings"))[0] == "settings"
        await person.press("enter")
        await person.sees(lambda: isinstance(person.app.screen, SettingsScreen))


async def test_every_action_of_a_chat_can_be_called_by_its_name(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        for action in palette_actions([Place.PROMPT, Place.CHAT, Place.EVERYWHERE]):
            target = person.app if action.place is Place.EVERYWHERE else person.chat
            if action.place not in {Place.PROMPT, Place.EDITING}:
                assert callable(getattr(target, f"action_{action.id}", None)), action.id


# help


async def test_f1_shows_the_keys_of_the_place_first(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("f1")
        await person.sees(lambda: isinstance(person.app.screen, HelpScreen))
        screen = person.screen_text()
        assert screen.index("In the prompt, now") < screen.index("Send the prompt") < screen.index("In a chat, now")
        await person.press("f1")
        await person.sees(lambda: person.app.screen is person.chat)


async def test_a_question_mark_is_help_while_reading_and_text_while_writing(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("One?", *whole("Two."))
        await person.answer_arrives()
        await person.press("question_mark")
        await person.sees(lambda: person.prompt() == "?")
        await person.press("shift+tab", "question_mark")
        await person.sees(lambda: isinstance(person.app.screen, HelpScreen))
        assert "While reading, now" in person.screen_text()


async def test_typing_searches_the_help(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("f1")
        await person.press(*"spreadsheet")
        await person.sees(lambda: "Copy a table for a spreadsheet" in person.screen_text())
        assert "Send the prompt" not in person.screen_text()
        await person.press(*"zzz")
        await person.sees(lambda: "Nothing has these words." in person.screen_text())
        await person.press("escape")
        await person.sees(lambda: person.app.screen is person.chat)


async def test_help_scrolls_by_keys(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("f1", "pagedown", "down")
        await person.sees(lambda: "In the prompt, now" not in person.screen_text())
        await person.press("up", "pageup", "pageup")
        await person.sees(lambda: "In the prompt, now" in person.screen_text())


async def test_vi_has_its_own_part_where_it_is_the_preset(tmp_path: Path) -> None:
    async with salon(tmp_path, settings=Settings(keys="vi")) as person:
        await person.press("f1")
        await person.press(*"registers")
        await person.press("backspace")
        await person.sees(lambda: "vi in the prompt" in person.screen_text())


def test_every_key_is_in_the_help_wherever_one_asks() -> None:
    for place in Place:
        parts = help_parts(Here((place, Place.EVERYWHERE)))
        told = {row[1] for part in parts for row in part.rows}
        assert {action.help for action in ACTIONS if action.keys and action.id != "newline"} <= told
        assert parts[0].heading.startswith(place.value)


def test_a_key_that_the_terminal_has_not_shown_is_not_promised() -> None:
    newline = next(row for row in help_parts(Here((Place.PROMPT,)))[0].rows if BY_ID["newline"].help in row[1])
    assert newline[0] == "Ctrl+J, Alt+Enter"
    assert "Shift+Enter does so where the terminal tells it apart" in newline[1]
    told = help_parts(Here((Place.PROMPT,), tells_keys_apart=True))
    assert ("Shift+Enter, Ctrl+J, Alt+Enter", BY_ID["newline"].help) in told[0].rows


def test_which_keys_every_terminal_sends() -> None:
    for key in ("a", "ctrl+a", "alt+a", "f5", "shift+tab", "ctrl+up", "alt+pageup", "ctrl+x ctrl+e", "shift+delete"):
        assert sent_by_all(key), key
    for key in ("shift+enter", "ctrl+enter", "ctrl+shift+minus", "ctrl+backspace", "ctrl+slash"):
        assert not sent_by_all(key), key


def test_what_is_found_has_all_the_words() -> None:
    parts = found_in(help_parts(Here((Place.PROMPT,))), ["copy", "spreadsheet"])
    assert [part.heading for part in parts] == ["While reading"]
