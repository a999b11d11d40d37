"""The chats beside the conversation, and their titles."""

from pathlib import Path

import pytest

from fakes import whole
from salon.chat.titles import tidied
from salon.errors import Fault, FaultKind
from salon.settings import Settings
from salon.store.library import FileLibrary
from ui.driver import paths_in, salon
from ui.test_library import put


async def test_the_sidebar_finds_and_opens_a_chat_and_goes_away(tmp_path: Path) -> None:
    put(tmp_path, "Bread")
    put(tmp_path, "Cheese")
    async with salon(tmp_path) as person:
        await person.press("ctrl+b")
        await person.sees(lambda: "Cheese" in person.screen_text() and "Today" in person.screen_text(), "the chats")
        await person.press(*"brea", "enter")
        await person.answer_begins("All about Bread.")
        assert not person.chat.sidebar.is_open
        await person.press("ctrl+b", "escape", *"typed")
        assert person.prompt() == "typed"
        assert not person.chat.sidebar.is_open


async def test_it_stays_in_a_wide_terminal_that_is_set_so(tmp_path: Path) -> None:
    put(tmp_path, "Bread")
    async with salon(tmp_path, size=(150, 30), settings=Settings(sidebar=True)) as person:
        await person.sees(lambda: "Bread" in person.screen_text(), "the chats")
        await person.press("ctrl+b", "down", "enter")
        await person.answer_begins("All about Bread.")
        await person.sees(lambda: "●" in person.screen_text(), "the open chat marked")
        await person.press(*"typed")
        assert person.prompt() == "typed"


async def test_the_first_answer_brings_a_title(tmp_path: Path) -> None:
    async with salon(tmp_path, title_model="cheap") as person:
        person.client.enqueue(*whole("The answer."))
        person.client.enqueue(*whole('"Baking rye bread."\n'))
        await person.say("how do i bake bread")
        await person.answer_arrives()
        await person.sees(lambda: person.session.conversation.title == "Baking rye bread", "a title")
        assert person.client.requests[1].model == "cheap"
        await person.say("and then?", *whole("More."))
        await person.answer_arrives()
        assert len(person.client.requests) == 3
    (listed,) = FileLibrary(paths_in(tmp_path)).list()
    assert listed.title == "Baking rye bread"
    conversation, _ = FileLibrary(paths_in(tmp_path)).view(listed.id)
    assert [(each.purpose, each.usage["input_tokens"]) for each in conversation.charges] == [("title", 10)]


async def test_a_title_that_cannot_be_had_is_no_trouble(tmp_path: Path) -> None:
    async with salon(tmp_path, title_model="cheap") as person:
        person.client.enqueue(*whole("The answer."))
        person.client.enqueue(Fault(FaultKind.OVERLOADED, "Overloaded."))
        await person.say("how do i bake bread")
        await person.answer_arrives()
        await person.sees(lambda: len(person.client.requests) == 2)
        assert person.notice() == ""
        assert person.session.conversation.title == "how do i bake bread"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ('"Baking rye bread."\n', "Baking rye bread"),
        ("\n# **Rye**\nand more", "Rye"),
        ("<prompt>", ""),
        ("x" * 61, ""),
        ("", ""),
    ],
)
def test_a_title_is_made_of_what_a_model_says(said: str, title: str) -> None:
    assert tidied(said) == title
