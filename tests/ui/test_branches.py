"""Earlier prompts changed, answers asked again, variants flipped, messages deleted, notes: as a person does it."""

import asyncio
from pathlib import Path

import pytest

from fakes import (
    DROPPED,
    MESSAGE_STOP,
    FakeClient,
    Step,
    block_stop,
    delta,
    message_delta,
    message_start,
    text_delta,
    text_start,
    thinking_delta,
    thinking_start,
    whole,
)
from salon.chat.model import ModelInfo
from salon.store.library import FileLibrary
from salon.ui.services import Opening
from ui.driver import MODEL, FakeConnector, Person, paths_in, salon
from ui.talking import chat_of, read_message, shows

CLEVER = ModelInfo(id="clever", name="Clever Model", efforts=("low", "high"))


def thinking_first(words: str) -> list[Step]:
    """The stream of an answer that thinks before it says `words`."""
    signature = delta(0, "signature_delta", signature="c2ln")
    thinking = [thinking_start(0), thinking_delta("Hm."), signature, block_stop(0)]
    answer = [text_start(1), text_delta(words, 1), block_stop(1)]
    return [message_start(), *thinking, *answer, message_delta(), MESSAGE_STOP]


def asked(person: Person) -> list[str]:
    """The words of the last request."""
    messages = person.client.requests[-1].body["messages"]
    return [block["text"] for message in messages for block in message["content"]]


async def test_any_earlier_prompt_can_be_changed_and_both_ways_are_kept(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"), ("third", "three"))
        await read_message(person, "second")
        await person.press("e")
        assert person.prompt() == "second"
        assert "stands beside" in person.notice()
        await shows(person, "first", "one", without=("two", "three"))
        person.client.enqueue(*whole("other two"))
        await person.type(" thoughts")
        await person.press("enter")
        await person.answer_arrives()
        assert asked(person) == ["first", "one", "second thoughts"]
        await shows(person, "first", "second thoughts", "2/2", "other two", without=("three",))

        await person.press("alt+pageup")
        await shows(person, "first", "second", "1/2", "two", "third", "three", without=("thoughts",))
        assert "Variant 1 of 2; the 3 messages after it belong to it." in person.notice()
        assert "older branch" in person.notice()
        await person.press("alt+pagedown")
        await shows(person, "second thoughts", "2/2", "other two")
        await person.press("alt+pagedown")
        assert "last variant" in person.notice()


async def test_what_was_typed_waits_while_a_prompt_is_changed(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await person.type("half a thought")
        await read_message(person, "first")
        await person.press("e")
        assert person.prompt() == "first"
        await person.press("escape")
        await person.sees(lambda: person.prompt() == "half a thought")
        await shows(person, "first", "one", "second", "two")

        await read_message(person, "first")
        await person.press("e")
        person.client.enqueue(*whole("other"))
        await person.type("!")
        await person.press("enter")
        await person.answer_arrives()
        assert person.prompt() == "half a thought"
        await shows(person, "first!", "2/2", "other")


async def test_a_quit_while_a_prompt_is_changed_loses_nothing(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await person.type("half a thought")
        await read_message(person, "first")
        await person.press("e")
        await person.type(" changed")
        session_id = person.session.id
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        assert person.prompt() == "first changed"
        assert "stands beside" in person.notice()
        await shows(person, without=("one", "two"))
        person.client.enqueue(*whole("other"))
        await person.press("enter")
        await person.answer_arrives()
        assert asked(person) == ["first changed"]
        await shows(person, "first changed", "2/2", "other")
        assert person.prompt() == "half a thought"


async def test_any_answer_can_be_asked_for_again(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await read_message(person, "one")
        person.client.enqueue(*whole("another one"))
        await person.press("r")
        await person.answer_arrives()
        assert asked(person) == ["first"]
        await shows(person, "first", "another one", "2/2", without=("second", "two"))
        await person.press("escape", "alt+pageup")
        await shows(person, "first", "one", "1/2", "second", "two")


async def test_an_answer_in_the_middle_that_brings_nothing_leaves_all_as_it_was(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await read_message(person, "one")
        person.client.enqueue(DROPPED)
        await person.press("r")
        await person.answer_arrives()
        await shows(person, "first", "one", "second", "two")


async def test_another_model_and_effort_answer_once_and_the_price_of_it_is_said(tmp_path: Path) -> None:
    connector = FakeConnector(FakeClient(), models=(MODEL, CLEVER))
    known = {"": MODEL, MODEL.id: MODEL, CLEVER.id: CLEVER}
    gate = asyncio.Event()
    async with salon(tmp_path, connector=connector, models=lambda model: known[model]) as person:
        await person.say("first", *thinking_first("one"))
        await person.answer_arrives()
        await chat_of(person, ("second", "two"))
        await read_message(person, "two")
        person.client.enqueue(gate, *whole("a clever one"))
        await person.press("R")
        await person.sees(lambda: "Ask this once more, of" in person.screen_text())
        assert "nothing comes from the cache, and it cannot read the thinking so far." in " ".join(
            person.screen_text().split()
        )
        await person.press(*"clever", "enter")
        await person.sees(lambda: "With which effort" in person.screen_text())
        await person.press(*"high", "enter")
        await person.sees(lambda: len(person.client.requests) == 3)
        assert "Clever Model answers this once with effort high; the chat stays with Test Model." in person.notice()
        gate.set()
        await person.answer_arrives()
        body = person.client.requests[-1].body
        assert (body["model"], body["output_config"]) == ("clever", {"effort": "high"})
        await shows(person, "a clever one", "2/2")
        await person.press("escape")
        await chat_of(person, ("third", "three"))
        assert person.client.requests[-1].model == MODEL.id


async def test_one_goes_on_from_any_message_and_esc_leaves_it(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"), ("third", "three"))
        await read_message(person, "one")
        await person.press("b")
        assert "goes on from the message above. The 4 below it are kept" in person.notice()
        await shows(person, "first", "one", without=("second",))
        await person.press("escape")
        await shows(person, "first", "one", "second", "two", "third", "three")

        await read_message(person, "one")
        await person.press("b")
        await chat_of(person, ("elsewhere", "there"))
        assert asked(person) == ["first", "one", "elsewhere"]
        await shows(person, "one", "elsewhere", "2/2", "there")


async def test_an_older_branch_says_so_when_its_chat_is_opened(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        person.client.enqueue(*whole("another one"))
        await person.press("f5")
        await person.answer_arrives()
        await person.press("alt+pageup")
        await shows(person, "1/2")
        session_id = person.session.id
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await shows(person, "first", "one", "1/2")
        assert "older branch" in person.notice()
        assert "tree" in person.notice()


async def test_flipping_goes_back_to_what_was_looked_at_last(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 40)) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        person.client.enqueue(*whole("other two"))
        await person.press("f5")
        await person.answer_arrives()
        await person.press("alt+pageup")
        await shows(person, "second", "two", "1/2")
        await read_message(person, "first")
        await person.press("e")
        await chat_of(person, (" again", "other one"))
        await shows(person, "first again", "other one", without=("second",))
        await person.press("alt+pageup")
        await shows(person, "second", "two", "1/2", without=("other two",))


async def test_the_variant_is_flipped_with_the_mouse_and_round_and_round(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        person.client.enqueue(*whole("another one"))
        await person.press("f5")
        await person.answer_arrives()
        for label, text in (("1/2", "one"), ("2/2", "another one")):
            rows = person.transcript_rows()
            row = next(y for y, text_of_row in enumerate(rows) if "/2" in text_of_row)
            await person.pilot.click("#transcript", offset=(rows[row].index("/2"), row))
            await shows(person, text, label)


async def test_one_message_is_deleted_and_brought_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await read_message(person, "one")
        await person.press("d")
        await shows(person, "first", "second", "two", without=("one",))
        assert "This message alone is deleted." in person.notice()
        await person.press("u")
        await shows(person, "first", "one", "second", "two")


async def test_thinking_after_a_deleted_message_is_not_sent_and_that_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        await person.say("second", *thinking_first("two"))
        await person.answer_arrives()
        await read_message(person, "one")
        await person.press("d")
        await person.sees(lambda: "What Claude thought after it was bound to it" in person.notice())
        await person.press("escape")
        await chat_of(person, ("third", "three"))
        assert asked(person) == ["first", "second", "two", "third"]
        await person.say("/undelete")
        await shows(person, "first", "one", "second", "two", "third", "three")
        await chat_of(person, ("fourth", "four"))
        kinds = [
            block["type"] for message in person.client.requests[-1].body["messages"] for block in message["content"]
        ]
        assert kinds == ["text", "text", "text", "thinking", "text", "text", "text", "text"]


async def test_a_branch_is_deleted_and_brought_back_after_a_restart(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"), ("third", "three"))
        await read_message(person, "second")
        await person.press("D")
        await shows(person, "first", "one", without=("second", "three"))
        assert "This message and the 3 messages below it are deleted." in person.notice()
        session_id = person.session.id
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await shows(person, "first", "one", without=("second", "three"))
        await person.say("/undelete")
        await shows(person, "first", "one", "second", "two", "third", "three")
        await person.say("/undelete")
        await person.sees(lambda: "Nothing was deleted here." in person.notice())


async def test_everything_can_be_deleted_and_comes_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        await read_message(person, "first")
        await person.press("D")
        await shows(person, without=("first", "one"))
        assert person.chat.prompt.has_focus
        await person.press("enter")
        await shows(person, "first", "one")


async def test_a_note_is_shown_changed_deleted_and_never_sent(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await person.type("half a thought")
        await read_message(person, "one")
        await person.press("m")
        assert "never sent" in person.notice()
        await person.type("check this")
        await person.press("enter")
        await shows(person, "one", "check this", "note", "second")
        assert person.prompt() == "half a thought"
        assert len(person.client.requests) == 2

        await read_message(person, "check this")
        await person.press("e")
        assert person.prompt() == "check this"
        await person.type(" twice")
        await person.press("enter")
        await shows(person, "one", "check this twice", "second")

        session_id = person.session.id
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        await shows(person, "one", "check this twice", "second")
        person.client.enqueue(*whole("three"))
        await person.press("enter")
        await person.answer_arrives()
        assert asked(person) == ["first", "one", "second", "two", "half a thought"]
        await read_message(person, "check this")
        await person.press("d")
        await shows(person, "one", "second", without=("check this",))
        assert "The note is deleted." in person.notice()
        await person.press("u")
        await shows(person, "one", "check this twice", "second")


async def test_a_note_that_is_being_written_survives_a_quit(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        await person.say("/note")
        await person.sees(lambda: "never sent" in person.notice())
        await person.type("half a note")
        session_id = person.session.id
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        assert person.prompt() == "half a note"
        assert "never sent" in person.notice()
        await person.press("enter")
        await shows(person, "one", "half a note")
        assert person.client.requests == []
    conversation = FileLibrary(paths_in(tmp_path)).read(session_id)
    assert [note.text for note in conversation.notes.values()] == ["half a note"]


async def test_a_fork_is_a_chat_of_its_own(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"))
        await person.say("/note")
        await person.sees(lambda: person.session.editing)
        await person.say("my note")
        await shows(person, "my note")
        await chat_of(person, ("second", "two"))
        before = person.session.id
        await read_message(person, "one")
        await person.press("F")
        await person.sees(lambda: person.session.id != before)
        await shows(person, "first", "one", "my note", without=("second",))
        await person.sees(lambda: "a chat of its own" in person.notice())
        await chat_of(person, ("elsewhere", "there"))
        forked = person.session.id
    library = FileLibrary(paths_in(tmp_path))
    told = [[message.text for message in library.read(each).messages.values()] for each in (before, forked)]
    assert told == [["first", "one", "second", "two"], ["first", "one", "elsewhere", "there"]]


@pytest.mark.parametrize("key", ["e", "b", "m", "d", "D", "alt+pageup", "alt+j"])
async def test_the_tree_is_left_alone_while_something_is_being_changed(tmp_path: Path, key: str) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("first", "one"), ("second", "two"))
        await read_message(person, "second")
        await person.press("e")
        await person.type("!")
        await read_message(person, "first")
        await person.press(key)
        await person.sees(lambda: "You are changing something." in person.notice())
        assert person.prompt() == "second!"


async def test_a_fork_says_that_it_is_one(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("a", *whole("b"))
        await person.answer_arrives()
        before = person.session.id
        await person.say("/fork")
        await person.sees(lambda: person.session.id != before, "the fork")
        await person.sees(lambda: "a chat of its own now" in person.notice())
