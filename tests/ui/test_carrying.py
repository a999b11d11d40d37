"""Chats out and in, as a person at the keyboard does it."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from exports import claude_chat, gpt_chat, write_json, write_zip
from fakes import whole
from salon.chat.conversation import Conversation
from salon.errors import StoreError
from salon.store.exporting import Wanted
from salon.store.importing.importer import Progress
from salon.store.library import FileLibrary
from salon.ui.exportscreen import ExportScreen
from salon.ui.importscreen import ImportScreen
from salon.ui.services import Carried
from ui.driver import Person, paths_in, salon


async def command(person: Person, words: str) -> None:
    await person.type(words)
    await person.press("enter")


async def talk(person: Person) -> None:
    await person.say("Why is the sky blue?", *whole("It *scatters*."))
    await person.answer_arrives()


async def form(person: Person, kind: type) -> None:
    await person.sees(lambda: isinstance(person.app.screen, kind) and person.app.focused is not None, "the form")


async def back(person: Person) -> None:
    await person.sees(lambda: person.app.screen is person.chat, "the chat")


async def test_a_chat_is_written_to_a_file_and_the_notice_says_where(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await talk(person)
        await command(person, "/export")
        await form(person, ExportScreen)
        await person.press("enter")
        await back(person)
        assert person.notice().startswith("Exported to ~/why-is-the-sky-blue.md")
        text = (tmp_path / "why-is-the-sky-blue.md").read_text()
        assert "It *scatters*." in text
        await command(person, "/export")
        await form(person, ExportScreen)
        await person.press("down")
        await person.sees(lambda: "sky-blue.html" in person.screen_text(), "the name for the other format")
        await person.press("enter")
        await back(person)
        assert "<em>scatters</em>" in (tmp_path / "why-is-the-sky-blue.html").read_text()


async def test_a_chat_is_copied_with_its_thinking_if_that_is_wanted(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await talk(person)
        await command(person, "/export")
        await form(person, ExportScreen)
        await person.press("down", "down", "tab", "tab", "space", "f3")
        await back(person)
        await person.sees(lambda: "the export" in person.notice(), "a word on the clipboard")
        assert person.app.clipboard.startswith("Why is the sky blue?\n====")
        assert not (tmp_path / "why-is-the-sky-blue.txt").exists()


async def test_a_place_that_does_not_work_is_said_in_the_form(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(80, 24)) as person:
        await talk(person)
        await command(person, "/export")
        await form(person, ExportScreen)
        await person.press("tab", "tab", "tab", "tab", *"/nowhere/x.md")
        await person.press("enter")
        await person.sees(lambda: "There is no folder" in person.screen_text(), "what is wrong")
        await person.press("escape")
        await back(person)


async def test_an_empty_chat_has_nothing_to_export(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await command(person, "/export")
        await person.sees(lambda: "nothing to export" in person.notice(), "a word")


@pytest.mark.parametrize("size", [(100, 30), (40, 12)])
async def test_an_export_in_the_downloads_is_offered_imported_and_told(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "Downloads").mkdir()
    write_zip(tmp_path / "Downloads" / "data.zip", {"conversations.json": [claude_chat()], "users.json": []})
    async with salon(tmp_path, size=size) as person:
        await command(person, "/import")
        await form(person, ImportScreen)
        await person.sees(lambda: "~/Downloads/data.zip" in person.screen_text(), "the archive")
        await person.press("enter")
        await person.sees(lambda: "1 chat imported, 4 messages" in person.screen_text(), "the summary")
        await person.press("enter")
        await back(person)
        assert "1 chat imported" in person.notice()
        (session,) = FileLibrary(paths_in(tmp_path)).list()
        assert session.title == "Why is the sky blue"


async def test_a_path_is_completed_while_it_is_typed(tmp_path: Path) -> None:
    (tmp_path / "exports" / "deep").mkdir(parents=True)
    write_json(tmp_path / "exports" / "deep" / "conversations.json", [gpt_chat()])
    async with salon(tmp_path) as person:
        await command(person, "/import")
        await form(person, ImportScreen)
        await person.press(*"~/exp")
        await person.sees(lambda: "~/exports/" in person.screen_text(), "the folder")
        await person.press("tab")
        await person.sees(lambda: "~/exports/deep/" in person.screen_text(), "what is in it")
        await person.press("down", "tab")
        await person.sees(lambda: "deep/conversations.json" in person.screen_text(), "the file")
        await person.press("enter")
        await person.sees(lambda: "1 chat imported" in person.screen_text(), "the summary")
        await person.press("escape")
        await back(person)


async def test_what_cannot_be_imported_is_said_and_another_place_can_be_tried(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await command(person, "/import ~/nothing.zip")
        await form(person, ImportScreen)
        await person.press("enter")
        await person.sees(lambda: "there is no such file" in person.screen_text(), "why")
        await person.press("escape")
        await back(person)


class SlowCarrier:
    """A carrier whose import is half done until it is stopped or let go."""

    def __init__(self, failure: StoreError | None = None) -> None:
        self.stopped = threading.Event()
        self.failure = failure

    def text_of(self, conversation: Conversation, wanted: Wanted) -> str:
        return ""

    def place_for(self, title: str, suffix: str) -> str:
        return ""

    def write(self, place: str, text: str) -> str:
        return ""

    def save(self, folder: str, name: str, content: bytes) -> str:
        return ""

    def places(self, typed: str) -> Sequence[str]:
        return ["/export.zip\x1b[2J"]

    def bring_in(self, place: str, *, demo: bool, on_progress: Callable[[Carried], bool]) -> Sequence[str]:
        if self.failure is not None:
            raise self.failure
        while on_progress(Progress(500, 1000, 12, 3400, "x")):
            self.stopped.wait(0.01)
        self.stopped.set()
        return ["12 chats imported, 3,400 messages.", "Left out: \x1b]0;evil\x07 (1)."]


async def test_an_import_shows_how_far_it_is_and_escape_stops_it(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        carrier = SlowCarrier()
        screen = ImportScreen(carrier, demo=False)
        await person.app.push_screen(screen)
        await person.sees(lambda: "export.zip" in person.screen_text(), "the place")
        await person.press("enter")
        await person.sees(
            lambda: "50%" in person.screen_text() and "12 chats, 3,400" in person.screen_text(), "the bar"
        )
        await person.press("escape")
        await person.sees(lambda: "12 chats imported" in person.screen_text(), "the summary")
        assert carrier.stopped.is_set()
        await person.press("enter")
        await back(person)


async def test_quitting_does_not_wait_for_an_import(tmp_path: Path) -> None:
    carrier = SlowCarrier()
    async with salon(tmp_path) as person:
        await person.app.push_screen(ImportScreen(carrier, demo=False))
        await person.sees(lambda: "export.zip" in person.screen_text(), "the place")
        await person.press("enter")
        await person.sees(lambda: "50%" in person.screen_text(), "the bar")
    assert carrier.stopped.wait(5)


async def test_a_disk_that_takes_nothing_is_said_on_the_screen(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.app.push_screen(ImportScreen(SlowCarrier(StoreError("The import stopped: full.")), demo=False))
        await person.sees(lambda: "export.zip" in person.screen_text(), "the place")
        await person.press("enter")
        await person.sees(lambda: "The import stopped: full." in person.screen_text(), "why")
