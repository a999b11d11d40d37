"""Words that come back: put aside, asked before, or kept for use again."""

from pathlib import Path

from fakes import whole
from salon.chat.draft import Draft
from salon.store.library import FileLibrary
from salon.ui.form import FormScreen
from salon.ui.picker import PickerScreen
from ui.driver import Person, paths_in, salon


async def picks(person: Person, *keys: str) -> None:
    await person.sees(lambda: isinstance(person.app.screen, PickerScreen), "a list")
    await person.press(*keys)


async def test_a_draft_is_put_aside_and_comes_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("half a thought")
        await person.press("alt+s")
        await person.sees(lambda: "Put aside" in person.notice())
        assert person.prompt() == ""
        assert list(FileLibrary(paths_in(tmp_path)).stash().load()) == [Draft("half a thought")]
        await person.say("Something else", *whole("fine"))
        await person.answer_arrives()
        await person.press("alt+s")
        await person.sees(lambda: person.prompt() == "half a thought")
        await person.sees(lambda: not FileLibrary(paths_in(tmp_path)).stash().load(), "the stash is empty")


async def test_nothing_says_that_a_draft_is_aside_once_it_is_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("half a thought")
        await person.press("alt+s")
        await person.sees(lambda: "Put aside" in person.notice())
        await person.press("alt+s")
        await person.sees(lambda: person.prompt() == "half a thought")
        assert person.notice() == ""


async def test_of_several_one_chooses(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        for text in ("first thought", "second thought"):
            await person.type(text)
            await person.press("alt+s")
            await person.sees(lambda: person.prompt() == "")
        await person.press("alt+s")
        await picks(person, "down", "enter")
        await person.sees(lambda: person.prompt() == "first thought")
        await person.sees(lambda: [*FileLibrary(paths_in(tmp_path)).stash().load()] == [Draft("second thought")])


async def test_nothing_put_aside_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("alt+s")
        await person.sees(lambda: "Nothing has been put aside" in person.notice())


async def test_a_stash_that_cannot_be_written_keeps_the_draft(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        paths_in(tmp_path).stash_file.parent.mkdir(exist_ok=True)
        paths_in(tmp_path).stash_file.write_text("not JSON")
        await person.type("precious")
        await person.press("alt+s")
        await person.sees(lambda: "damaged" in person.notice())
        assert person.prompt() == "precious"


async def test_prompts_of_all_chats_are_searched(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("How tall is the tower in Pisa?", *whole("56 m"))
        await person.answer_arrives()
        first = person.session.id
        await person.press("ctrl+n")
        await person.sees(lambda: person.chat.session is not None and person.session.id != first)
        await person.say("What is a monad?", *whole("a burrito"))
        await person.answer_arrives()
        await person.press("ctrl+r")
        await picks(person, *"pisa")
        await person.sees(lambda: "tower in Pisa" in person.screen_text() and "monad" not in person.screen_text())
        await person.press("enter")
        await person.sees(lambda: person.prompt() == "How tall is the tower in Pisa?")


async def test_a_saved_prompt_is_filled_in(tmp_path: Path) -> None:
    folder = paths_in(tmp_path).prompts
    folder.mkdir(parents=True)
    (folder / "explain.md").write_text("Explain {{what}} to {{whom}}.")
    (folder / "plain.md").write_text("No gaps.")
    async with salon(tmp_path) as person:
        await person.press("alt+p")
        await picks(person, *"expl", "enter")
        await person.sees(lambda: isinstance(person.app.screen, FormScreen) and person.app.focused, "the form")
        await person.press(*"gravity", "enter", *"me", "enter")
        await person.sees(lambda: person.prompt() == "Explain gravity to me.")


async def test_a_saved_prompt_is_named_by_a_command(tmp_path: Path) -> None:
    folder = paths_in(tmp_path).prompts
    folder.mkdir(parents=True)
    (folder / "plain.md").write_text("No gaps.")
    (folder / "broken.toml").write_text("name = 1")
    async with salon(tmp_path) as person:
        await person.type("/prompt pla")
        await person.press("enter")
        await person.sees(lambda: person.prompt() == "No gaps.")
        assert "broken.toml" in person.notice()


async def test_where_saved_prompts_belong_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("alt+p")
        await person.sees(lambda: "there are none yet" in person.notice())
