"""Searching all chats as a person does it: type, see, choose, and be there."""

from pathlib import Path

from textual.widgets import Static

from fakes import whole
from salon.ui.search import SearchScreen
from search_support import Shelf
from ui.driver import MODEL, Person, paths_in, salon


def screen_of(person: Person) -> SearchScreen:
    screen = person.app.screen
    assert isinstance(screen, SearchScreen)
    return screen


def state(person: Person) -> str:
    return str(screen_of(person).query_one("#search-state", Static).render())


async def open_search(person: Person) -> None:
    await person.press("ctrl+s")
    await person.sees(
        lambda: isinstance(person.app.screen, SearchScreen) and person.app.screen.is_mounted, "the search"
    )
    await person.sees(lambda: screen_of(person).query(Static), "its rows")


async def look_for(person: Person, words: str, shows: str) -> None:
    """Type into the search, and wait until it shows something."""
    for char in words:
        await person.press({" ": "space", ":": "colon"}.get(char, char))
    await person.sees(lambda: shows in person.screen_text(), repr(shows))


def shelf_of(folder: Path) -> Shelf:
    return Shelf(paths_in(folder))


async def test_type_see_rank_and_open_at_the_message_with_the_words_marked(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    shelf.session("Tides", *(text for n in range(12) for text in (f"Question {n}?", "A long answer.\n\n" * 6)))
    cranes = shelf.session("Birds", *(text for n in range(12) for text in (f"Question {n}?", "Some birds.\n\n" * 6)))
    shelf.answer(cranes, "The grey crane, *Grus grus*, nests in bogs. A crane is tall.")
    shelf.ask(cranes, "Thanks")
    shelf.session("Harbour", "Who built the crane?")
    async with salon(tmp_path) as person:
        await open_search(person)
        assert "in:code" in person.screen_text()
        await look_for(person, "cran", "2 · newest first")
        rows = person.screen_text()
        assert (
            rows.index("Harbour") < rows.index("Who built the crane?") < rows.index("Birds") < rows.index("grey crane")
        )
        await look_for(person, "e nests", "1 · newest first")
        await person.press("enter")
        await person.sees(lambda: "the most fitting first" in state(person), "the ranking")
        assert "Enter opens" in person.screen_text()
        await person.press("enter")
        await person.sees(lambda: person.app.screen is person.chat and person.session.id == cranes, "the chat")
        await person.is_drawn()
        assert "grey crane" in person.text_of_transcript(), "the message is in view"
        assert person.chat.transcript.hit is not None
        assert person.chat.find_bar.is_open
        assert "1 of 2" in person.screen_text()
        await person.press("escape")
        await person.type("next")
        assert person.prompt() == "next"


async def test_arrows_choose_and_enter_opens_without_ranking(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    first = shelf.session("One", "a whale")
    shelf.session("Two", "a whale")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "whale", "2 · newest first")
        await person.press("down", "down", "enter")
        await person.sees(lambda: person.app.screen is person.chat and person.session.id == first, "the chat")


async def test_a_search_stands_as_it_was_left_when_one_comes_back(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    for number in range(45):
        shelf.session(f"Chat {number}", f"whale {number}")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "whale", "30 and more")
        await person.press("enter")
        await person.sees(lambda: "the most fitting first" in state(person), "the ranking")
        for _ in range(4):
            await person.press("pagedown")
            await person.pilot.pause()
        await person.sees(lambda: "45 · the most fitting first" in state(person), "all of them")
        await person.press("pagedown", "up", "up")
        chosen = screen_of(person).results.chosen
        assert chosen is not None
        await person.press("enter")
        await person.sees(lambda: person.app.screen is person.chat and person.session.id == chosen.session_id, "it")
        await open_search(person)
        await person.sees(lambda: screen_of(person).results.chosen == chosen, "the hit that was opened")
        assert state(person) == "45 · the most fitting first"
        await person.press("up", "enter")
        await person.sees(
            lambda: person.app.screen is person.chat and person.session.id != chosen.session_id, "another"
        )


async def test_thinking_opens_and_an_earlier_branch_comes_back(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    session = shelf.session("Branches", "Tell me")
    question = shelf.parents[session]
    shelf.answer(session, "The first answer", thinking="Should I mention the walrus?")
    shelf.parents[session] = question
    shelf.answer(session, "The second answer")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "walrus", "Thinking")
        await person.press("down", "enter")
        await person.sees(lambda: person.app.screen is person.chat and person.chat.find_bar.is_open, "the chat")
        await person.is_drawn()
        assert "mention the walrus?" in person.text_of_transcript()
        assert "The first answer" in person.text_of_transcript()


async def test_what_is_said_here_is_found_a_moment_later(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("What is a narwhal?", *whole("A whale with a tusk."))
        await person.answer_arrives()
        await open_search(person)
        await look_for(person, "tusk", "A whale with a tusk.")
        await person.press("escape")
        assert person.app.screen is person.chat


async def test_nothing_found_wrong_filters_and_leaving(tmp_path: Path) -> None:
    shelf_of(tmp_path).session("One", "a whale")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "shark", "Nothing has all of this.")
        await look_for(person, " role:fish", "role: knows user, assistant")
        await person.press("enter", "down", "enter")
        assert "role: knows" in person.screen_text()
        await person.press("escape")
        assert person.app.screen is person.chat
        await open_search(person)
        await person.sees(lambda: "shark role:fish" in person.screen_text(), "what was asked last")


async def test_more_comes_at_the_end(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    for number in range(70):
        shelf.session(f"Chat {number}", f"whale {number}")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "whale", "30 and more")
        for _ in range(10):
            await person.press("pagedown")
            await person.pilot.pause()
        await person.sees(lambda: "70 · newest first" in state(person), "all of them")
        await person.press(*["pagedown"] * 3, "enter")
        await person.sees(lambda: person.app.screen is person.chat and person.session.path, "the chat")
        assert person.session.path[0].text == "whale 0"


async def test_a_chat_that_has_just_gone_is_told(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path)
    session = shelf.session("One", "a whale")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "whale", "1 · newest first")
        shelf.file(session).unlink()
        await person.press("down", "enter")
        await person.sees(lambda: "There is no session" in person.notice(), "the notice")


async def test_titles_and_texts_from_files_are_harmless(tmp_path: Path) -> None:
    shelf_of(tmp_path).session("evil \x1b]0;t\x07 [bold]", "a whale [/bold] \x1b[2J \u202e end")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "whale", "[/bold]")
        assert "[bold]" in person.screen_text()


async def test_without_an_index_it_is_said_and_found_all_the_same(tmp_path: Path) -> None:
    shelf_of(tmp_path).session("One", "a whale")
    paths_in(tmp_path).cache.write_text("a file where the folder should be")
    async with salon(tmp_path) as person:
        await open_search(person)
        await look_for(person, "whale", "Searching without an index")
        await person.sees(lambda: "a whale" in person.screen_text(), "the hit")


async def test_small_screens_and_other_themes(tmp_path: Path) -> None:
    shelf_of(tmp_path).session("One", "a whale of a time " * 5)
    for size in ((80, 24), (40, 10)):
        async with salon(tmp_path, size=size, models=lambda model_id: MODEL) as person:
            await open_search(person)
            await look_for(person, "whale", "One")
            await person.sees(lambda: "a whale of" in person.screen_text(), "the words")
            await person.press("f10", "down", "enter")
            await person.sees(lambda: "a whale of" in person.screen_text(), "the words in another theme")
            assert "Esc leaves" in person.screen_text()
