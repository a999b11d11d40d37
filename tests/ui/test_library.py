"""The list of chats, as somebody uses it who has many."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pygments.lexers import find_lexer_class  # type: ignore[import-untyped]

from fakes import whole
from salon.chat.ids import new_id
from salon.chat.summary import SessionSummary
from salon.markdown import highlight, inline
from salon.store.library import FileLibrary
from salon.store.records import Record
from salon.ui.libraryscreen import LibraryScreen
from salon.ui.sessionrows import Figures, Query, grouped, money, searchable, session_line, when
from store_support import closed, file_of, opened, prompt
from ui.driver import Person, paths_in, salon

NOON = datetime(2026, 11, 18, 12)


def put(folder: Path, title: str, *records: Record) -> str:
    """A chat on disk."""
    session_id = new_id()
    place = paths_in(folder).sessions / "2026-11"
    place.mkdir(parents=True, exist_ok=True)
    told: list[Record] = [
        {"k": "head", "id": session_id, "min": 1},
        {"k": "set", "key": "title", "value": title},
        prompt("p1", None, f"Words about {title}"),
        opened("a1", "p1"),
        closed("a1", f"All about {title}.", model="claude-test"),
        *records,
    ]
    (place / f"{session_id}.jsonl").write_bytes(file_of(told))
    return session_id


async def open_list(person: Person) -> LibraryScreen:
    """Press the key and wait until the list is whole."""
    await person.press("ctrl+o")
    await person.sees(lambda: isinstance(person.app.screen, LibraryScreen) and person.app.screen.is_mounted, "the list")
    screen = person.app.screen
    assert isinstance(screen, LibraryScreen)
    await person.sees(screen.loaded.is_set, "the list to be whole")
    return screen


def titles(screen: LibraryScreen) -> list[str]:
    return [session.title for session in screen._browser.list.chats()]


async def shows(person: Person, *wanted: str) -> None:
    """Wait until the list shows exactly these."""
    screen = person.app.screen
    assert isinstance(screen, LibraryScreen)
    await person.sees(lambda: titles(screen) == list(wanted), f"{wanted} in the list, not {titles(screen)}")


async def test_a_chat_is_found_by_words_and_opened(tmp_path: Path) -> None:
    for title in ("Bread", "Cheese", "Bread and cheese"):
        put(tmp_path, title)
    async with salon(tmp_path) as person:
        screen = await open_list(person)
        assert titles(screen) == ["Bread and cheese", "Cheese", "Bread"]
        assert "3 chats" in person.screen_text()
        assert "Today" in person.screen_text()
        await person.press(*"BREAD")
        await shows(person, "Bread and cheese", "Bread")
        assert "2 of 3 chats" in person.screen_text()
        await person.press("down", "enter")
        await person.answer_begins("All about Bread.")


async def test_what_draws_a_chat_is_imported_beside_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "Some *code*:\n\n```python\npass\n```\n"
    put(tmp_path, "Code", prompt("p2", "a1", "Show me."), opened("a2", "p2"), closed("a2", code, model="claude-test"))
    made_in = []

    def found(name: str) -> object:
        made_in.append(threading.current_thread())
        kind: object = find_lexer_class(name)
        return kind

    async with salon(tmp_path) as person:
        await open_list(person)
        monkeypatch.setattr(highlight, "find_lexer_class", found)
        highlight.lexer_for.cache_clear()
        inline.inline_parser.cache_clear()
        await person.press("enter")
        await person.answer_begins("pass")
        parsers_made = inline.inline_parser.cache_info().misses
    assert len(made_in) == parsers_made == 1
    assert threading.main_thread() not in made_in


async def test_a_pin_a_tag_a_title_and_their_undoing(tmp_path: Path) -> None:
    put(tmp_path, "Bread")
    put(tmp_path, "Cheese")
    async with salon(tmp_path) as person:
        await open_list(person)
        await person.press("down", "f4")
        await shows(person, "Bread", "Cheese")
        assert "Pinned" in person.screen_text()
        await person.sees(lambda: "1 chat pinned. F7 undoes it." in person.screen_text())
        await person.press("f3", *"kitchen", "enter")
        await person.sees(lambda: "#kitchen" in person.screen_text(), "the tag")
        await person.press("f3", *"#old,", "space", *"oven", "enter")
        await person.sees(lambda: "#kitchen  #old  #oven" in person.screen_text(), "the next ones beside it")
        await person.press(*"tag:kit")
        await shows(person, "Bread")
        await person.press("f2", "end", *" rolls", "enter")
        await shows(person, "Bread rolls")
        await person.press("f7")
        await shows(person, "Bread")
        await person.press("f7", "f7")
        await shows(person)
        assert "Undone" in person.screen_text()
        await person.press("f7")
        await person.sees(lambda: "Undone" in person.screen_text())
        await person.press("f7")
        await person.sees(lambda: "nothing to undo" in person.screen_text())
    (cheese, bread) = FileLibrary(paths_in(tmp_path)).list()
    assert {(each.title, bool(each.pinned), each.tags) for each in (bread, cheese)} == {
        ("Bread", False, ""),
        ("Cheese", False, ""),
    }


async def test_several_are_archived_and_thrown_away_together(tmp_path: Path) -> None:
    for number in range(1, 6):
        put(tmp_path, f"Chat {number}")
    async with salon(tmp_path) as person:
        await open_list(person)
        await person.press("tab", "tab")
        assert "2 marked" in person.screen_text()
        await person.press("f6")
        await shows(person, "Chat 3", "Chat 2", "Chat 1")
        await person.press("f9")
        await shows(person, "Chat 5", "Chat 4")
        assert "Archived chats" in person.screen_text()
        await person.press("f6")
        await shows(person, "Chat 4")
        await person.press("f9", "f9", "ctrl+a", "f8")
        await shows(person)
        await person.sees(lambda: "4 chats in the trash. F7 undoes it." in person.screen_text())
        await person.press("f7")
        await person.sees(lambda: "4 chats back from the trash" in person.screen_text())
        assert len(list(FileLibrary(paths_in(tmp_path)).list())) == 5


async def test_the_trash_gives_back_and_forgets_only_when_asked_twice(tmp_path: Path) -> None:
    for title in ("Bread", "Cheese", "Wine"):
        put(tmp_path, title)
    async with salon(tmp_path) as person:
        await open_list(person)
        await person.press("ctrl+a", "f8")
        await shows(person)
        await person.press("f9", "f9")
        await shows(person, "Wine", "Cheese", "Bread")
        await person.press("f8")
        assert "F8 once more removes 1 chat for ever." in person.screen_text()
        await person.press("down", "up", "f8")
        assert len(titles_of_trash(tmp_path)) == 3
        await person.press("f8")
        await shows(person, "Cheese", "Bread")
        await person.press("f6")
        await shows(person, "Bread")
        await person.press("enter")
        await person.answer_begins("All about Bread.")
    assert titles_of_trash(tmp_path) == []
    assert len(FileLibrary(paths_in(tmp_path)).list()) == 2


def titles_of_trash(folder: Path) -> list[str]:
    return [session.title for session in FileLibrary(paths_in(folder)).trashed()]


async def test_the_chat_that_is_open_can_be_renamed_and_thrown_away(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Mine", *whole("The answer."))
        await person.answer_arrives()
        first = person.session
        await person.type("a draft")
        await open_list(person)
        await person.press("f2", *" too", "enter")
        await shows(person, "Mine too")
        assert first.conversation.title == "Mine too"
        await person.press("f8")
        await shows(person)
        await person.press("escape")
        await person.sees(lambda: not isinstance(person.app.screen, LibraryScreen))
        assert person.session.id != first.id
        assert person.prompt() == ""
        await person.say("Another", *whole("Still works."))
        await person.answer_arrives()
        await open_list(person)
        await person.press("f9", "f9")
        await shows(person, "Mine too")
        await person.press("enter")
        await person.answer_begins("The answer.")
        assert person.prompt() == "a draft"


async def test_a_chat_that_another_window_writes_is_not_thrown_away(tmp_path: Path) -> None:
    library = FileLibrary(paths_in(tmp_path))
    session_id = put(tmp_path, "Theirs")
    _, log = library.open(session_id)
    async with salon(tmp_path) as person:
        await open_list(person)
        await person.press("f8")
        await person.sees(lambda: "open in another window" in person.screen_text())
        await person.press("f4")
        await person.sees(lambda: "Pinned" in person.screen_text(), "a pin all the same")
        await person.press("escape")
    assert await log.close()


async def test_what_is_typed_before_the_list_is_there_counts(tmp_path: Path) -> None:
    put(tmp_path, "Bread")
    put(tmp_path, "Cheese")
    async with salon(tmp_path) as person:
        await person.press("ctrl+o", *"brea", "enter")
        await person.answer_begins("All about Bread.")


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (120, 40), (200, 50)])
async def test_the_list_fits_every_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    for number in range(60):
        put(tmp_path, f"Chat {number} with a title that goes on and on \x1b[31m")
    async with salon(tmp_path, size=size) as person:
        await open_list(person)
        for key in ("pagedown", "ctrl+end", "up", "ctrl+home"):
            await person.press(key)
        assert all(len(row) <= size[0] for row in person.rows())
        await person.press("escape")


def test_rows_are_grouped_by_when_they_were_used() -> None:
    def used(days: float, **fields: Any) -> SessionSummary:
        return SessionSummary(new_id(), f"{days}", modified=(NOON - timedelta(days=days)).timestamp(), **fields)

    sessions = [used(0), used(0.4), used(1), used(3), used(9), used(20), used(400), used(500, pinned=True)]
    shown = [row if isinstance(row, str) else row.title for row in grouped(sessions, NOON)]
    assert shown == [
        "Pinned", "500", "Today", "0", "0.4", "Yesterday", "1", "Last week", "3", "Last month", "9", "20",
        "Older", "400",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("rye BREAD", True),
        ("wine", False),
        ("tag:kitchen", True),
        ("tag:kit rye", True),
        ("tag:kit tag:long", False),
        ("tag:kitchen tag:lo", True),
        ("tag:", True),
        ("first", True),
    ],
)
def test_a_query_is_words_and_tags(typed: str, found: bool) -> None:
    session = SessionSummary("1", "Bread of rye", "First words", tags="kitchen long")
    assert Query.of(typed).finds(session, searchable(session)) is found


def test_a_row_says_as_much_as_there_is_room_for() -> None:
    session = SessionSummary("1", "Bread", "How do I bake it?\n\x1b[31m", tags="kitchen", size=12_000)
    figures = Figures("Sonnet 5.5", "14:02", "12kB", "$0.04")
    wide = session_line(session, figures, 110, marked=True).plain()
    assert " ".join(wide.split()) == "✓ Bread #kitchen How do I bake it? ␛[31m Sonnet 5.5 12kB $0.04 14:02"
    for width in (110, 90, 80, 60, 50, 40, 20):
        line = session_line(session, figures, width)
        assert line.cells() <= max(width, 12)
        assert ("14:02" in line.plain()) is (width >= 46)
        assert "Bread" in line.plain()


def test_times_are_as_one_says_them() -> None:
    assert when(NOON.timestamp(), NOON) == "12:00"
    assert when((NOON - timedelta(days=1)).timestamp(), NOON) == "yesterday"
    assert when((NOON - timedelta(days=2)).timestamp(), NOON) == "Mon"
    assert when((NOON - timedelta(days=30)).timestamp(), NOON) == "19 Oct"
    assert when((NOON - timedelta(days=800)).timestamp(), NOON).endswith("2024")
    assert when((NOON + timedelta(days=2)).timestamp(), NOON) == "20 Nov"


@pytest.mark.parametrize("seconds", [1e18, -1e18, float("nan")])
def test_a_time_that_no_calendar_has_is_no_trouble(seconds: float) -> None:
    assert when(seconds, NOON) == "?"
    grouped([SessionSummary("1", "x", modified=seconds)], NOON)


def test_costs_are_short() -> None:
    assert [money(None), money(Decimal("0.001")), money(Decimal("1.239")), money(Decimal(0))] == [
        "", "<1¢", "$1.24", "$0.00",
    ]  # fmt: skip
