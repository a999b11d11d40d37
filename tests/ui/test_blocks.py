"""Single blocks while reading: long code folds, wide tables move sideways or fill the screen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes import whole
from salon.settings import Settings
from salon.ui.blockscreen import BlockScreen
from salon.ui.selection import Selection, Spot
from ui.driver import Person, salon

CODE = "```python\n" + "".join(f"x{n} = {n}\n" for n in range(1, 301)) + "```"
TABLE = "| name | what |\n|---|---|\n| a | " + "wide words " * 30 + "|\n| b | c |"


@pytest.fixture
async def person(tmp_path: Path) -> AsyncIterator[Person]:
    async with salon(tmp_path, settings=Settings(code_fold_lines=10)) as person:
        yield person


async def read_last_block(person: Person, answer: str) -> None:
    await person.say("show me", *whole(answer))
    await person.answer_arrives()
    await person.press("shift+tab")
    await person.is_drawn()


def screen_of(person: Person) -> BlockScreen:
    assert isinstance(person.app.screen, BlockScreen)
    return person.app.screen


async def test_long_code_opens_and_folds_with_a_key(person: Person) -> None:
    await read_last_block(person, CODE)
    assert "▸ 290 more lines" in person.text_of_transcript()
    await person.press("space")
    await person.sees(lambda: person.chat.transcript.viewport.total > 300, "all of the code")
    await person.is_drawn()
    await person.press("space")
    await person.sees(lambda: "▸ 290 more lines" in person.text_of_transcript(), "the fold")


async def test_a_click_on_the_count_opens_long_code(person: Person) -> None:
    await read_last_block(person, CODE)
    y = next(y for y, row in enumerate(person.transcript_rows()) if "290 more lines" in row)
    await person.pilot.click("#transcript", offset=(6, y))
    await person.sees(lambda: person.chat.transcript.viewport.total > 300, "all of the code")


async def test_folded_code_is_copied_whole(person: Person) -> None:
    await read_last_block(person, CODE)
    await person.press("y")
    await person.sees(lambda: person.app.clipboard == CODE[10:-4], "the code on the clipboard")
    transcript = person.chat.transcript
    transcript.selection = Selection(Spot(1, 0, 0), Spot(1, transcript.viewport.entries[1].height - 1, 80))
    assert transcript.selected_text() == CODE[10:-4]


async def test_searching_opens_the_code_that_has_the_words(person: Person) -> None:
    await read_last_block(person, CODE)
    await person.press("ctrl+f", *"x250")
    await person.sees(lambda: "x250 = 250" in person.text_of_transcript(), "the line")


async def test_a_wide_table_moves_sideways_and_is_wrapped_again(person: Person) -> None:
    await read_last_block(person, TABLE)
    wrapped = person.transcript_rows()
    await person.press(">")
    await person.is_drawn()
    assert any(row.endswith("›") for row in person.transcript_rows())
    await person.press(".", ".")
    await person.is_drawn()
    assert any("‹" in row for row in person.transcript_rows())
    await person.press("<", "<", "<")
    await person.is_drawn()
    assert person.transcript_rows() == wrapped


async def test_code_that_is_not_wrapped_moves_sideways(tmp_path: Path) -> None:
    async with salon(tmp_path, settings=Settings(code_lines="scroll")) as person:
        await read_last_block(person, "```\n" + "abcdefghij" * 30 + "\n```")
        assert any(row.endswith("›") for row in person.transcript_rows())
        await person.press(">", ">")
        await person.is_drawn()
        assert any("‹" in row for row in person.transcript_rows())


async def test_a_block_has_a_screen_of_its_own(person: Person) -> None:
    await read_last_block(person, TABLE)
    await person.press("v")
    await person.sees(lambda: "Esc closes" in person.screen_text(), "the block")
    row = next(row for row in person.rows() if "wide words" in row)
    assert row.rstrip().endswith("›")
    await person.press(*["right"] * 100)
    row = next(row for row in person.rows() if "wide words" in row)
    assert not row.rstrip().endswith("›")
    await person.press("y")
    await person.sees(lambda: "the block" in person.rows()[-1], "what was copied, in the bar")
    assert person.app.clipboard == TABLE
    await person.press("t")
    await person.sees(lambda: person.app.clipboard.startswith("name\twhat\n"), "the table as TSV")
    await person.press("escape")
    assert person.app.screen is person.chat
    assert person.chat.transcript.has_focus


async def test_opened_code_is_whole_and_moves_by_pages(person: Person) -> None:
    await read_last_block(person, CODE)
    await person.press("v")
    await person.sees(lambda: "of 301" in person.screen_text(), "all of it")
    await person.press("G")
    assert "x300 = 300" in person.screen_text()
    await person.press("g", "pagedown")
    assert "x28 = 28" in person.screen_text()
    await person.press("f10", "down", "enter")
    assert screen_of(person)._view.painter is person.chat.transcript.painter


async def test_a_prompt_has_a_screen_of_its_own_too(person: Person) -> None:
    await read_last_block(person, "short")
    await person.press("up", "v")
    await person.sees(lambda: "show me" in person.screen_text(), "the prompt")
    await person.press("right", "s", "q")
    assert person.app.screen is person.chat
