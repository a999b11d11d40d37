"""One open conversation: what is said, asked again and continued, and how it comes back from disk."""

import asyncio
import json
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from fakes import (
    DROPPED,
    MESSAGE_STOP,
    OVERLOADED,
    FakeClient,
    FakeLog,
    Step,
    beginning,
    message_delta,
    message_start,
    split_deltas,
    text_delta,
    whole,
)
from recorded import events_of, for_every_stream
from salon.chat.conversation import Conversation, Message, Status, conversation_of
from salon.chat.events import Finished, TextDelta, TurnEvent
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import TITLE_LENGTH, Session
from salon.chat.turn import Turn
from salon.paths import Paths
from salon.store.library import FileLibrary
from waiting import until

MODEL = ModelInfo(id="claude-test")


def new_session(log: FakeLog | None = None, **parameters: Any) -> Session:
    return Session(conversation_of("s", ()), log or FakeLog(), Parameters(model=MODEL, **parameters))


async def ask(session: Session, client: FakeClient, text: str, *script: Step) -> list[TurnEvent]:
    await session.submit(text)
    return await answer(session, client, *script)


async def answer(session: Session, client: FakeClient, *script: Step) -> list[TurnEvent]:
    client.enqueue(*script)
    async with aclosing(session.answer(client)) as events:
        return [event async for event in events]


def texts(messages: Iterable[Message]) -> list[str]:
    return [message.text for message in messages]


# Saying.


async def test_the_first_words_found_the_chat() -> None:
    log = FakeLog()
    session = new_session(log, system="Be brief.")
    await session.submit("  Why is the sky blue,\n and why so?  ")
    assert log.kinds == ["set", "set", "set", "msg"]
    assert session.conversation.title == "Why is the sky blue, and why so?"
    assert session.conversation.settings == {
        "title": "Why is the sky blue, and why so?",
        "model": "claude-test",
        "system": "Be brief.",
    }
    await session.submit("More.")
    assert log.kinds == ["set", "set", "set", "msg", "msg"]


async def test_a_title_is_short() -> None:
    session = new_session()
    await session.submit("word " * 100)
    assert len(session.conversation.title) <= TITLE_LENGTH


async def test_words_are_on_disk_before_they_are_seen() -> None:
    log = FakeLog()
    session = new_session(log)
    log.holding = True
    task = asyncio.create_task(session.submit("Hello"))
    await until(lambda: log.records)
    while not task.done():
        assert session.path == []
        log.release()
        await asyncio.sleep(0)
    assert texts(session.path) == ["Hello"]
    assert "msg" in log.durable


async def test_words_are_kept_exactly() -> None:
    session = new_session()
    message = await session.submit("  two  blanks\n\ttab \ud800 ")
    assert message.content == ({"type": "text", "text": "  two  blanks\n\ttab \ud800 "},)


async def test_a_disk_that_refuses_does_not_stop_a_person() -> None:
    log = FakeLog()
    log.disk = False
    session = new_session(log)
    await ask(session, FakeClient(), "Hello", *whole("Hi"))
    assert texts(session.path) == ["Hello", "Hi"]


# Answering.


async def test_an_answer_becomes_the_leaf_below_its_prompt() -> None:
    session, client = new_session(), FakeClient()
    events = await ask(session, client, "Hello", *whole("Hi"))
    assert isinstance(events[-1], Finished)
    assert session.last == events[-1].message
    assert texts(session.path) == ["Hello", "Hi"]
    assert session.turn is None
    assert client.requests[0].body["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]


async def test_the_whole_path_is_asked() -> None:
    session, client = new_session(system="Be brief.", max_tokens=7), FakeClient()
    await ask(session, client, "one", *whole("two"))
    await ask(session, client, "three", *whole("four"))
    body = client.requests[-1].body
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert (body["system"], body["max_tokens"], body["model"]) == ("Be brief.", 7, "claude-test")


async def test_the_turn_can_be_had_while_it_runs_and_only_one_runs() -> None:
    session, client = new_session(), FakeClient()
    await session.submit("Hello")
    client.enqueue(*beginning("x"), asyncio.Event())
    async with aclosing(session.answer(client)) as events:
        await anext(events)
        assert isinstance(session.turn, Turn)
        assert not session.can_retry
        assert not session.can_continue
        with pytest.raises(RuntimeError, match="running already"):
            await anext(session.answer(client))
        session.stop()
        async for _ in events:
            pass
    assert session.last is not None
    assert session.last.status is Status.STOPPED


async def test_nothing_said_is_nothing_to_answer() -> None:
    session = new_session()
    with pytest.raises(ValueError, match="nothing to answer"):
        await anext(session.answer(FakeClient()))
    assert session.turn is None


async def test_a_request_that_cannot_be_built_leaves_the_session_usable() -> None:
    session, client = new_session(), FakeClient()
    await session.submit(" \n ")
    with pytest.raises(ValueError, match="user message"):
        await anext(session.answer(client))
    assert session.turn is None
    await ask(session, client, "now", *whole("yes"))
    assert session.last is not None
    assert session.last.text == "yes"


async def test_a_reader_who_leaves_leaves_the_answer_in_the_tree() -> None:
    session, client = new_session(), FakeClient()
    await session.submit("Hello")
    client.enqueue(*beginning("half"), asyncio.Event())
    async with aclosing(session.answer(client)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    assert texts(session.path) == ["Hello", "half"]
    assert session.turn is None


async def test_a_reader_cancelled_before_the_turn_began_leaves_the_session_usable() -> None:
    log = FakeLog()
    session, client = new_session(log), FakeClient()
    await session.submit("Hello")
    log.holding = True
    task = asyncio.create_task(answer(session, client, *whole("never")))
    await until(lambda: "open" in log.kinds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert session.turn is None
    assert session.can_retry
    log.release()


async def test_the_end_of_an_old_turn_does_not_touch_a_new_one() -> None:
    session, client = new_session(), FakeClient()
    await session.submit("Hello")
    client.enqueue(*whole("first"))
    client.enqueue(*beginning("second"), asyncio.Event())
    old = session.answer(client)
    async for event in old:
        if isinstance(event, Finished):
            break
    session.back_to_prompt()
    new = session.answer(client)
    await anext(new)
    running = session.turn
    await old.aclose()
    assert session.turn is running is not None
    session.stop()
    await new.aclose()


async def test_stop_without_a_turn_is_nothing() -> None:
    new_session().stop()


# Asking again.


async def test_asking_again_makes_a_sibling() -> None:
    session, client = new_session(), FakeClient()
    await ask(session, client, "Hello", *whole("first"))
    prompt = session.back_to_prompt()
    assert prompt is not None
    assert prompt.text == "Hello"
    await answer(session, client, *whole("second"))
    assert texts(session.path) == ["Hello", "second"]
    assert session.conversation.children[prompt.id] == tuple(list(session.conversation.messages)[1:])
    assert client.requests[0] == client.requests[1]


async def test_a_failed_answer_is_asked_for_again_without_it() -> None:
    session, client = new_session(), FakeClient()
    await ask(session, client, "Hello", OVERLOADED)
    assert session.last is not None
    assert session.last.status is Status.ERROR
    assert session.can_retry
    assert not session.can_continue
    session.back_to_prompt()
    await answer(session, client, *whole("Hi"))
    assert client.requests[0] == client.requests[1]


async def test_back_to_the_prompt_stays_where_there_is_nothing_to_go_back_to() -> None:
    session = new_session()
    assert session.back_to_prompt() is None
    said = await session.submit("Hello")
    assert session.back_to_prompt() == said


async def test_an_answer_without_a_prompt_cannot_be_asked_for_again() -> None:
    lone = Message(id="a", parent=None, role="assistant")
    session = Session(conversation_of("s", [lone]), FakeLog(), Parameters(model=MODEL))
    assert not session.can_retry


# Continuing.


@pytest.mark.parametrize(
    ("script", "can_continue"),
    [
        ([*beginning("half"), DROPPED], True),
        ([*whole("cut", stop_reason="max_tokens")], True),
        ([*beginning(" \n"), DROPPED], False),
        ([OVERLOADED], False),
        ([*whole("whole")], False),
        ([message_start(), message_delta("refusal"), MESSAGE_STOP], False),
    ],
)
async def test_only_a_cut_answer_with_words_can_be_continued(script: list[Step], can_continue: bool) -> None:
    session, client = new_session(), FakeClient()
    await ask(session, client, "Hello", *script)
    assert session.can_continue is can_continue
    if not can_continue:
        with pytest.raises(ValueError, match="no cut answer"):
            await session.ask_to_continue()


async def test_to_continue_is_a_seam_and_no_prompt_of_the_persons() -> None:
    log = FakeLog()
    session, client = new_session(log), FakeClient()
    await ask(session, client, "Hello", *beginning("It was the best of times"), DROPPED)
    seam = await session.ask_to_continue()
    assert seam.seam == "continue"
    assert "It was the best of times" in seam.text
    assert log.records[-1]["seam"] == "continue"
    await answer(session, client, *whole(", it was the worst"))
    assert [message.seam for message in session.path] == ["", "", "continue", ""]
    assert [message["role"] for message in client.requests[-1].body["messages"]] == ["user", "assistant", "user"]
    assert session.conversation.title == "Hello"


async def test_a_continuation_that_failed_is_asked_for_again_from_its_seam() -> None:
    session, client = new_session(), FakeClient()
    await ask(session, client, "Hello", *beginning("half"), DROPPED)
    await session.ask_to_continue()
    await answer(session, client, OVERLOADED)
    session.back_to_prompt()
    assert session.last is not None
    assert session.last.seam == "continue"
    await answer(session, client, *whole("rest"))
    assert texts(session.path)[-1] == "rest"
    assert client.requests[1] == client.requests[2]


# Settings.


async def test_the_system_prompt_of_a_chat_that_has_begun_stays() -> None:
    session = new_session(system="old")
    session.adopt(Parameters(model=MODEL, system="before the first word"))
    assert session.parameters.system == "before the first word"
    await session.submit("Hello")
    session.adopt(Parameters(model=ModelInfo(id="other"), system="too late"))
    assert session.parameters.system == "before the first word"
    assert session.parameters.model.id == "other"


async def test_a_chat_that_began_without_a_system_prompt_stays_without() -> None:
    session = new_session()
    await session.submit("Hello")
    session.adopt(Parameters(model=MODEL, system="too late"))
    assert session.parameters.system == ""


async def test_a_setting_is_seen_and_on_disk() -> None:
    log = FakeLog()
    session = new_session(log)
    await session.set("title", "New title")
    assert session.conversation.title == "New title"
    assert log.records == [{"k": "set", "key": "title", "value": "New title"}]
    assert log.durable == ["set"]


# Round trips through the real store.


def library_in(folder: Path) -> FileLibrary:
    return FileLibrary(Paths(folder / "config", folder / "state", folder / "cache"))


def facts(conversation: Conversation) -> list[dict[str, Any]]:
    """Every message but for when it was made, byte for byte."""
    return [
        asdict(message) | {"created": "", "content": json.dumps(message.content)} for message in _sorted(conversation)
    ]


def _sorted(conversation: Conversation) -> list[Message]:
    return [conversation.messages[message_id] for message_id in conversation.messages]


async def assert_comes_back(folder: Path, *scripts: list[Step]) -> Conversation:
    """Ask once per script, close, and open again: everything is as it was."""
    library, client = library_in(folder), FakeClient()
    conversation, log = library.create()
    session = Session(conversation, log, Parameters(model=MODEL, system="Be brief."))
    for number, script in enumerate(scripts):
        await ask(session, client, f"question {number}", *script)
    assert await log.close()
    again, log = library.open(conversation.id)
    assert facts(again) == facts(session.conversation)
    assert (again.leaf, again.settings, again.notices) == (session.conversation.leaf, session.conversation.settings, ())
    assert [message.id for message in Session(again, log, session.parameters).path] == [
        message.id for message in session.path
    ]
    await log.close()
    return again


@for_every_stream
async def test_a_recorded_stream_comes_back_byte_for_byte(tmp_path: Path, file: Path) -> None:
    events = events_of(file)
    again = await assert_comes_back(tmp_path, list(events), list(split_deltas(events, 9)))
    first, second = [message for message in again.messages.values() if message.role == "assistant"]
    assert json.dumps(first.content) == json.dumps(second.content)
    assert first.status is second.status is not Status.OPEN


@for_every_stream
async def test_a_recorded_stream_that_is_cut_comes_back_as_far_as_it_came(tmp_path: Path, file: Path) -> None:
    events = events_of(file)
    cuts: list[list[Step]] = [[*events[:cut], DROPPED] for cut in {0, 1, len(events) // 2, len(events) - 1}]
    await assert_comes_back(tmp_path, *cuts)


async def test_every_ending_comes_back(tmp_path: Path) -> None:
    again = await assert_comes_back(
        tmp_path,
        [*whole("whole")],
        [*beginning("half"), DROPPED],
        [OVERLOADED],
        [*whole("cut", stop_reason="max_tokens")],
        [*beginning("bug"), KeyError("x")],
        [message_start(), message_delta("refusal"), MESSAGE_STOP],
        [],
    )
    statuses = [message.status for message in again.messages.values() if message.role == "assistant"]
    assert statuses == [
        *(Status.COMPLETE, Status.INTERRUPTED, Status.ERROR, Status.MAX_TOKENS),
        *(Status.INTERRUPTED, Status.REFUSED, Status.ERROR),
    ]


async def test_a_stopped_answer_and_its_continuation_come_back(tmp_path: Path) -> None:
    library, client = library_in(tmp_path), FakeClient()
    conversation, log = library.create()
    session = Session(conversation, log, Parameters(model=MODEL))
    await session.submit("Hello")
    client.enqueue(*beginning("half "), text_delta("an answer"), asyncio.Event())
    async with aclosing(session.answer(client)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                session.stop()
    await session.ask_to_continue()
    await answer(session, client, *whole("the rest"))
    session.back_to_prompt()
    await answer(session, client, *whole("another rest"))
    await log.close()
    again, log = library.open(conversation.id)
    assert facts(again) == facts(session.conversation)
    shown = Session(again, log, session.parameters)
    assert texts(shown.path)[:2] == ["Hello", "half an answer"]
    assert texts(shown.path)[3:] == ["another rest"]
    assert [message.status for message in shown.path] == [
        *(Status.COMPLETE, Status.STOPPED, Status.COMPLETE, Status.COMPLETE)
    ]
    await log.close()


async def test_odd_words_come_back_as_far_as_utf8_can_carry_them(tmp_path: Path) -> None:
    odd = "nul \x00 esc \x1b half \ud83d pair \ud83d\ude00 rtl \u202e end"
    library = library_in(tmp_path)
    conversation, log = library.create()
    session = Session(conversation, log, Parameters(model=MODEL))
    await session.submit(odd)
    await log.close()
    again, log = library.open(conversation.id)
    assert texts(again.messages.values()) == ["nul \x00 esc \x1b half \ufffd pair 😀 rtl \u202e end"]
    await log.close()


async def test_two_answers_at_once_are_two_messages_of_one_log(tmp_path: Path) -> None:
    """Two sessions of one library do not disturb each other."""
    library = library_in(tmp_path)
    opened = [library.create() for _ in range(2)]
    sessions = [Session(conversation, log, Parameters(model=MODEL)) for conversation, log in opened]
    await asyncio.gather(
        *(ask(session, FakeClient(), f"q{index}", *whole(f"a{index}")) for index, session in enumerate(sessions))
    )
    for index, session in enumerate(sessions):
        await session.log.close()
        again, log = library.open(session.id)
        assert texts(again.messages.values()) == [f"q{index}", f"a{index}"]
        await log.close()
