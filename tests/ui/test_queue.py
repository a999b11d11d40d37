"""Writing on while an answer arrives: what is finished meanwhile waits, can be changed, and outlives a quit."""

import asyncio
from pathlib import Path

from fakes import beginning, ending, whole
from salon.chat.conversation import Status
from salon.chat.draft import Draft
from salon.store.library import FileLibrary
from salon.ui.queue import rows_of
from salon.ui.services import Opening
from ui.driver import Person, paths_in, salon


async def asks_and_queues(person: Person, *queued: str) -> asyncio.Event:
    """Ask something whose answer waits at a gate, and finish further prompts meanwhile."""
    gate = asyncio.Event()
    await person.say("First", *beginning("one "), gate, *ending())
    await person.answer_begins("one")
    for text in queued:
        await person.say(text)
    return gate


def texts(person: Person) -> list[str]:
    return [message.text for message in person.session.path]


async def test_enter_while_an_answer_arrives_queues_and_sends_in_turn(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = await asks_and_queues(person, "Second", "Third")
        assert person.prompt() == ""
        assert "Queued: Second" in person.screen_text()
        assert "Queued: Third" in person.screen_text()
        person.client.enqueue(*whole("two"))
        person.client.enqueue(*whole("three"))
        gate.set()
        await person.sees(lambda: texts(person)[-1:] == ["three"], "the third answer")
        assert texts(person) == ["First", "one ", "Second", "two", "Third", "three"]
        assert "Queued" not in person.screen_text()


async def test_up_in_the_empty_prompt_brings_the_last_one_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = await asks_and_queues(person, "Second", "Third")
        await person.press("up")
        assert person.prompt() == "Third"
        assert person.chat.queue.items == (Draft("Second"),)
        await person.press("up")
        assert "Third" not in person.prompt(), "from here on Up recalls earlier prompts"
        gate.set()
        await person.sees(lambda: "Second" in texts(person))


async def test_a_key_stops_the_answer_and_sends_what_is_queued(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await asks_and_queues(person, "Second")
        person.client.enqueue(*whole("two"))
        await person.press("f7")
        await person.sees(lambda: texts(person)[-1:] == ["two"], "the second answer")
        assert texts(person) == ["First", "one ", "Second", "two"]
        assert person.session.path[1].status is Status.STOPPED


async def test_a_key_sends_what_is_typed_before_what_is_queued(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await asks_and_queues(person, "Later")
        person.client.enqueue(*whole("two"))
        person.client.enqueue(*whole("three"))
        await person.type("Urgent")
        await person.press("f7")
        await person.sees(lambda: texts(person)[-1:] == ["three"])
        assert texts(person)[2:] == ["Urgent", "two", "Later", "three"]
        assert person.prompt() == ""


async def test_an_answer_that_was_stopped_holds_the_queue(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await asks_and_queues(person, "Second")
        await person.press("escape")
        await person.answer_arrives()
        assert texts(person) == ["First", "one "]
        assert "Queued: Second" in person.screen_text()
        person.client.enqueue(*whole("two"))
        await person.press("f7")
        await person.sees(lambda: texts(person)[-1:] == ["two"])


async def test_an_answer_that_was_cut_at_its_limit_holds_the_queue(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("First", *beginning("one "), gate, *ending("max_tokens"))
        await person.answer_begins("one")
        await person.say("Second")
        gate.set()
        await person.answer_arrives()
        assert person.session.path[-1].status is Status.MAX_TOKENS
        assert person.chat.queue.items == (Draft("Second"),)


async def test_the_queue_outlives_a_quit_unsent(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await asks_and_queues(person, "Second", "Third")
        session_id = person.session.id
        await person.type("half a fourth")
    kept = FileLibrary(paths_in(tmp_path)).load_draft(session_id)
    assert kept == Draft("half a fourth", queued=(Draft("Second"), Draft("Third")))
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        assert "Queued: Second" in person.screen_text()
        assert person.prompt() == "half a fourth"
        assert texts(person) == ["First", "one "], "nothing is sent by itself after a restart"


async def test_a_queue_that_a_crash_left_behind_is_not_sent_twice(tmp_path: Path) -> None:
    library = FileLibrary(paths_in(tmp_path))
    async with salon(tmp_path) as person:
        await person.say("First", *whole("one"))
        await person.answer_arrives()
        await person.session.submit("Second")
        session_id = person.session.id
    library.save_draft(session_id, Draft(queued=(Draft("Second"), Draft("Third"))))
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        assert person.chat.queue.items == (Draft("Third"),)


def test_many_are_counted_and_hostile_words_are_cleaned() -> None:
    rows = rows_of([Draft("a\x1b[31m\nb"), Draft("2"), Draft("3"), Draft("4"), Draft("5")]).split("\n")
    assert rows[0] == "Queued: a␛[31m b"
    assert rows[3] == "and 2 more"


async def test_its_keys_are_not_parted_from_their_words(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(40, 12)) as person:
        gate = await asks_and_queues(person, "Second")
        await person.sees(lambda: "F7 sends now" in person.screen_text(), "key and words in one row")
        person.client.enqueue(*whole("two"))
        gate.set()
        await person.sees(lambda: texts(person)[-1:] == ["two"], "the second answer")
