"""The inspector: a turn in full, folded, copied, while it arrives and long after."""

import asyncio
from pathlib import Path

import pytest

from fakes import beginning, ending, text_delta, whole
from salon.chat.events import Connected, Connecting
from salon.ui.jsonrows import json_rows, row_line
from ui.driver import Person, salon
from ui.talking import chat_of, read_message


async def inspects(person: Person) -> None:
    await person.press("ctrl+x", "i")
    await person.sees(lambda: "Request and response" in person.screen_text(), "the inspector")


async def test_request_and_response_of_the_last_answer(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 50)) as person:
        connected = Connected("req_7", {"requests-remaining": "42"})
        await person.say("Hello?", Connecting(1, 5), connected, *whole("Hi there."))
        await person.answer_arrives()
        await inspects(person)
        seen = person.screen_text()
        for text in (
            "req_7",
            "end_turn",
            "requests-remaining  42",
            "output_tokens  20",
            "Request as sent",
            "max_tokens",
        ):
            assert text in seen, text
        await person.press("escape")
        assert person.app.screen is person.chat


async def test_what_is_folded_opens_and_is_copied(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 50)) as person:
        await chat_of(person, ("Tell me of the sea\nand its salt", "Salty."))
        await inspects(person)
        assert "and its salt" not in person.screen_text()
        await person.press("f")
        await person.sees(lambda: "and its salt" in person.screen_text(), "all of it open")
        await person.press("Y")
        await person.sees(
            lambda: "Sent everything" in person.screen_text() or "Copied everything" in person.screen_text()
        )
        assert '"stop reason": "end_turn"' in person.app.clipboard
        await person.press("f", "end", "y")
        await person.sees(lambda: person.app.clipboard.startswith("{") or "Salty" in person.app.clipboard)


async def test_an_answer_that_arrives_is_seen_growing(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 50)) as person:
        gate = asyncio.Event()
        await person.say("Hello?", *beginning("so far"), gate, text_delta(" and further"), *ending())
        await person.answer_begins("so far")
        await inspects(person)
        assert "so far" in person.screen_text()
        assert "open" in person.screen_text()
        gate.set()
        await person.sees(lambda: "so far and further" in person.screen_text(), "the rest")


async def test_the_answer_that_is_read_is_the_one_that_is_shown(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 50)) as person:
        await chat_of(person, ("One?", "First."), ("Two?", "Second."))
        await read_message(person, "First.")
        await person.press("ctrl+x", "i")
        await person.sees(lambda: "Request and response" in person.screen_text())
        assert "First." in person.screen_text()
        assert "Second." not in person.screen_text()


async def test_an_earlier_run_s_request_is_rebuilt_and_said_to_be(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("One?", "First."))
        session_id = person.session.id
    async with salon(tmp_path, size=(100, 50)) as person:
        await person.app.show_chat(session_id)
        await inspects(person)
        assert "Request rebuilt from the saved chat" in person.screen_text()


async def test_without_an_answer_there_is_nothing_to_inspect(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("ctrl+x", "i")
        await person.sees(lambda: "no answer to look into" in person.notice())


@pytest.mark.parametrize("value", ["\x1b[2J", "a\u202eb", "\x07" * 50, "línea\nother\x1b]0;x\x07"])
def test_what_came_from_outside_is_harmless(value: str) -> None:
    rows = json_rows({value: {value: value}}, {(value,), (value, value)}, 80)
    text = "".join(row_line(row, 80).plain() for row in rows)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0x202A <= ord(char) <= 0x202E for char in text)


def test_rows_fit_and_what_is_small_needs_no_opening() -> None:
    value = {"Section": {"thinking": {"type": "adaptive"}, "long": "x" * 500, "many": list(range(100)), "none": None}}
    rows = json_rows(value, {("Section",)}, 60)
    words = {row.name: row.words for row in rows}
    assert words["thinking"] == '{"type": "adaptive"}'
    assert words["many"] == "100 items"
    assert words["none"] == "null"
    assert words["long"].endswith("500 characters")
    opened = json_rows(value, {("Section",), ("Section", "long"), ("Section", "many")}, 60)
    assert len(opened) > 100
    assert all(len(row_line(row, 60).plain()) <= 60 for row in opened)
