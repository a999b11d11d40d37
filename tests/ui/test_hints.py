"""Hints for a beginner, which go away one by one, and the way in."""

from errno import ENOSPC
from pathlib import Path

import pytest

from fakes import FakeClient, whole
from salon.store.files import OperatingSystem
from salon.store.uses import MOST, FileUses
from salon.ui.hints import LEARNT, hints
from salon.ui.importscreen import ImportScreen
from salon.ui.welcome import WelcomeScreen
from store_support import FaultyDisk
from ui.driver import FakeConnector, paths_in, salon


def uses_in(folder: Path) -> FileUses:
    return FileUses(OperatingSystem(), folder / "state" / "uses.json")


async def test_a_beginner_is_told_few_keys_and_fewer_once_they_are_known(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert "opens an earlier chat" in person.screen_text()
        assert "searches all chats" not in person.screen_text()
        for _ in range(LEARNT):
            await person.press("f10", "escape")
            await person.press("ctrl+o", "escape")
        person.app._services.uses.save()
    async with salon(tmp_path) as person:
        assert "opens an earlier chat" not in person.screen_text()
        assert "changes the colours" not in person.screen_text()
        assert "shows all keys" in person.screen_text()
        assert "chooses another model" in person.screen_text()


def test_who_knows_everything_is_told_nothing(tmp_path: Path) -> None:
    uses = uses_in(tmp_path)
    while told := hints(uses):
        assert len(told) <= 4
        for action in ("send", "newline", "open_chat", "pick_theme", "pick_model", "edit", "read", "search", "attach"):
            uses.note(action)
        uses.note("help")


def test_two_windows_count_together_and_not_for_ever(tmp_path: Path) -> None:
    one, other = uses_in(tmp_path), uses_in(tmp_path)
    one.note("read")
    other.note("read")
    one.save()
    other.save()
    one.load()
    assert one.count("read") == 2
    for _ in range(50):
        one.note("read")
    one.save()
    one.load()
    assert one.count("read") == MOST


@pytest.mark.parametrize("written", ["", "[1]", '{"read": "x"}', '{"read": -4}', '{"read": true}', "[" * 100_000])
def test_a_damaged_file_and_a_full_disk_cost_nothing_but_the_counts(tmp_path: Path, written: str) -> None:
    file = tmp_path / "uses.json"
    file.write_text(written)
    uses = FileUses(FaultyDisk(lambda number, name: ENOSPC), file)
    uses.load()
    assert uses.count("read") == 0
    uses.note("read")
    uses.save()
    assert file.read_text() == written


async def test_the_welcome_leads_everywhere_in_one_key(tmp_path: Path) -> None:
    for size in ((80, 24), (120, 40)):
        async with salon(tmp_path, size=size, connector=FakeConnector(FakeClient(), connected=False)) as person:
            await person.sees(lambda: isinstance(person.app.screen, WelcomeScreen), "the welcome")
            text = person.screen_text()
            for way in ("An API key", "F2 opens the demo", "A server of your own", "F3 imports", "Ctrl+Q quits"):
                assert way in text, way
            await person.press("f3")
            await person.sees(lambda: isinstance(person.app.screen, ImportScreen), "the import")
            await person.press("escape", "f2")
            await person.sees(lambda: person.app.screen is person.chat, "the chat")
            await person.type("words")
            assert person.prompt() == "words"


async def test_after_the_greeting_the_empty_prompt_says_where_the_keys_are_until_that_is_known(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert person.chat.prompt.placeholder == "Ask Claude"
        await person.say("One?", *whole("Two."))
        await person.answer_arrives()
        await person.sees(lambda: person.chat.prompt.placeholder == "Ask Claude · F1 shows all keys")
        for _ in range(LEARNT):
            await person.press("f1", "escape")
        await person.say("Three?", *whole("Four."))
        await person.answer_arrives()
        await person.sees(lambda: person.chat.prompt.placeholder == "Ask Claude")


async def test_a_new_chat_can_be_read_where_there_is_little_room(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(40, 14)) as person:
        words = " ".join(person.screen_text().split())
        assert "A new chat with Test Model." in words
        assert "starts a new line" in words


async def test_with_a_key_one_can_type_at_once(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert person.chat.prompt.has_focus
    assert not paths_in(tmp_path).uses_file.exists()
