"""Several chats at once: an answer goes on out of sight, is told when it ends, and is there when one comes back."""

import asyncio
import threading
from pathlib import Path
from typing import ClassVar

from fakes import beginning, ending, text_delta, whole
from salon.chat.conversation import Conversation, Status
from salon.chat.draft import Draft
from salon.chat.library import SessionLog
from salon.store.library import FileLibrary
from ui.driver import Person, paths_in, salon


async def goes_to_another_chat(person: Person, *keys: str) -> None:
    before = person.session.id
    await person.press(*keys)
    await person.sees(lambda: person.chat.session is not None and person.session.id != before, "another chat")
    await person.sees(lambda: person.app.screen is person.chat, "its screen")


async def test_an_answer_goes_on_in_a_chat_that_was_left(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("Slow question", *beginning("going on"), gate, *ending())
        await person.answer_begins("going on")
        slow = person.session
        await goes_to_another_chat(person, "ctrl+n")
        assert "going on" not in person.text_of_transcript()
        await person.say("Quick question", *whole("quick answer"))
        await person.answer_arrives()
        assert slow.turn is not None
        gate.set()
        await person.sees(lambda: "“Slow question” has ended its answer" in person.notice(), "that it has ended")
        await goes_to_another_chat(person, "f12")
        assert person.session is slow
        assert "going on" in person.text_of_transcript()
        assert slow.last is not None
        assert slow.last.status is Status.COMPLETE


async def test_a_chat_whose_answer_ended_is_closed_when_it_is_left(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("First", *whole("one"))
        await person.answer_arrives()
        first = person.session.id
        await goes_to_another_chat(person, "ctrl+n")
        await person.sees(lambda: len(person.app.chats) == 1, "one open chat")
        _, log = FileLibrary(paths_in(tmp_path)).open(first)  # its lock has been given back
        await log.close()


async def test_no_other_chat_is_said_and_the_draft_stays(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("half a thought")
        await person.press("f12")
        await person.sees(lambda: "No other chat is open" in person.notice())
        assert person.prompt() == "half a thought"


async def test_drafts_of_open_chats_are_kept_apart(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("x", *beginning("going on"), gate, *ending())
        await person.answer_begins("going on")
        await person.type("for the first")
        await goes_to_another_chat(person, "ctrl+n")
        assert person.prompt() == ""
        await person.type("for the second")
        await goes_to_another_chat(person, "f12")
        assert person.prompt() == "for the first"
        gate.set()
        await person.answer_arrives()


async def test_keys_after_new_chat_belong_to_it_and_enter_sends_there(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("First", *whole("one"))
        await person.answer_arrives()
        first = person.session.id
        await person.type("left here")
        person.client.enqueue(*whole("hello"))
        await person.press("ctrl+n", "h", "i", "enter")
        await person.sees(lambda: person.chat.session is not None and person.session.id != first)
        await person.answer_begins("hello")
        await person.answer_arrives()
        assert [message.text for message in person.session.path] == ["hi", "hello"]
        assert FileLibrary(paths_in(tmp_path)).load_draft(first) == Draft("left here")


async def test_quitting_stops_and_keeps_what_arrives_in_every_chat(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("One", *beginning("first part"), asyncio.Event(), *ending())
        await person.answer_begins("first part")
        one = person.session.id
        await goes_to_another_chat(person, "ctrl+n")
        await person.say("Two", *beginning("second part"), asyncio.Event(), *ending())
        await person.answer_begins("second part")
        two = person.session.id
    library = FileLibrary(paths_in(tmp_path))
    for session_id, text in ((one, "first part"), (two, "second part")):
        conversation, log = library.open(session_id)
        assert conversation.messages[conversation.leaf or ""].text == text
        assert conversation.messages[conversation.leaf or ""].status is Status.STOPPED
        await log.close()


async def test_a_failure_out_of_sight_is_kept_for_the_one_who_comes_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("Doomed", *beginning("so far"), gate, ValueError("broken"))
        await person.answer_begins("so far")
        await goes_to_another_chat(person, "ctrl+n")
        gate.set()
        await person.sees(lambda: "The answer in “Doomed” failed" in person.notice())
        await goes_to_another_chat(person, "f12")
        assert "Salon itself failed" in person.notice() or "kept" in person.notice()


# how the chats are, in lists


def row_of(person: Person, title: str) -> str:
    return next((row for row in person.rows() if title in row and "●" in row), "")


async def test_the_sidebar_says_which_chats_answer_have_answered_or_failed(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(150, 30)) as person:
        good, bad = asyncio.Event(), asyncio.Event()
        await person.say("Lasting", *beginning("going on"), good, *ending())
        await person.answer_begins("going on")
        await goes_to_another_chat(person, "ctrl+n")
        await person.say("Doomed", *beginning("so far"), bad, ValueError("broken"))
        await person.answer_begins("so far")
        await goes_to_another_chat(person, "ctrl+n")
        await person.press("ctrl+b")
        await person.sees(lambda: "answering · Lasting" in row_of(person, "Lasting"), "that it answers")
        assert "answering · Doomed" in row_of(person, "Doomed")
        good.set()
        await person.sees(lambda: "new answer · Lasting" in row_of(person, "Lasting"), "that it has answered")
        bad.set()
        await person.sees(lambda: "failed · Doomed" in row_of(person, "Doomed"), "that it has failed")
        await goes_to_another_chat(person, "f12")
        await person.sees(lambda: "failed" not in row_of(person, "Doomed"), "that it has been seen")
        assert "new answer · Lasting" in row_of(person, "Lasting")


async def test_the_list_of_all_chats_follows_an_answer_that_ends_meanwhile(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("Lasting", *beginning("going on"), gate, *ending())
        await person.answer_begins("going on")
        await goes_to_another_chat(person, "ctrl+n")
        await person.press("ctrl+o")
        await person.sees(lambda: "answering · Lasting" in row_of(person, "Lasting"), "that it answers")
        gate.set()
        await person.sees(lambda: "new answer · Lasting" in row_of(person, "Lasting"), "that it has answered")


async def test_a_chat_that_answers_is_shown_from_the_list_and_goes_on(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("Lasting", *beginning("going on"), gate, text_delta(" to the end"), *ending())
        await person.answer_begins("going on")
        lasting = person.session
        await goes_to_another_chat(person, "ctrl+n")
        await person.press("ctrl+o")
        await person.sees(lambda: "answering · Lasting" in row_of(person, "Lasting"), "the list")
        await person.press("enter")
        await person.sees(lambda: person.chat.session is lasting and person.app.screen is person.chat, "the chat")
        assert "going on" in person.text_of_transcript()
        gate.set()
        await person.answer_begins("going on to the end")
        await person.answer_arrives()
        assert len(person.app.chats) == 1


async def test_the_notice_offers_the_chat_that_has_just_ended_among_several(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gates = [asyncio.Event(), asyncio.Event()]
        sessions = []
        for name, gate in zip(("One", "Two"), gates, strict=True):
            await person.say(name, *beginning(f"{name} goes on"), gate, *ending())
            await person.answer_begins(f"{name} goes on")
            sessions.append(person.session)
            await goes_to_another_chat(person, "ctrl+n")
        gates[1].set()
        await person.sees(lambda: "“Two” has ended" in person.notice())
        await person.press("enter")
        await person.sees(lambda: person.chat.session is sessions[1], "the second chat, not the first")
        gates[0].set()


async def test_words_for_a_chat_that_is_not_there_yet_are_on_disk_with_the_one_that_is(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("own words, ")
        person.chat.part()
        await person.type("words for the next")
        await person.chat.drafting.save()
        library = FileLibrary(paths_in(tmp_path))
        assert library.load_draft(person.session.id) == Draft("own words, words for the next")
        handed = person.chat.hand_over()
        assert [each.full_text for each in handed] == ["words for the next"]
        await person.chat.drafting.save()
        assert library.load_draft(person.session.id) == Draft("own words, ")


async def test_words_that_are_handed_over_are_on_disk_with_one_of_the_two_chats_all_the_time(tmp_path: Path) -> None:
    class Watched(FileLibrary):
        may_create = threading.Event()
        on_disk: ClassVar[dict[str, str]] = {}
        kept: ClassVar[list[bool]] = []

        def create(self) -> tuple[Conversation, SessionLog]:
            assert self.may_create.wait(10)
            return super().create()

        def save_draft(self, session_id: str, draft: Draft) -> None:
            super().save_draft(session_id, draft)
            self.on_disk[session_id] = draft.text
            self.kept.append(any("for the next" in text for text in self.on_disk.values()))

    Watched.may_create.set()
    async with salon(tmp_path, library=Watched(paths_in(tmp_path))) as person:
        first = person.chat
        Watched.may_create.clear()
        await person.type("own words")
        await person.press("ctrl+n")
        await person.sees(lambda: person.prompt() == "", "the words stay with their chat")
        await person.type("words for the next")
        await first.drafting.save()
        Watched.may_create.set()
        await person.sees(lambda: person.app.chats != [first] and len(person.app.chats) == 1, "the next chat")
        assert person.prompt() == "words for the next"
    assert Watched.on_disk[first.session.id if first.session else ""] == "own words"
    assert all(Watched.kept[Watched.kept.index(True) :])
