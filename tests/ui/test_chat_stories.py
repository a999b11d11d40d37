"""What happens in a chat, told as the person lives it."""

import asyncio
import time
from pathlib import Path

import pytest

from fakes import (
    CONNECTED,
    DROPPED,
    MESSAGE_STOP,
    OVERLOADED,
    Countdown,
    FakeClient,
    beginning,
    block_stop,
    ending,
    message_delta,
    message_start,
    text_delta,
    text_start,
    thinking_delta,
    thinking_start,
    whole,
)
from salon.chat.conversation import Status
from salon.chat.draft import Draft
from salon.chat.events import Connecting, Retrying
from salon.chat.model import ModelInfo
from salon.errors import CredentialsError, Fault, FaultKind
from salon.settings import Settings
from salon.store.library import FileLibrary
from salon.ui.libraryscreen import LibraryScreen
from salon.ui.picker import PickerScreen
from salon.ui.services import Opening
from salon.ui.welcome import WelcomeScreen
from ui.driver import FakeConnector, LoggedLibrary, Person, assert_harmless, paths_in, salon

HOSTILE = "\x1b]0;pwned\x07\x9b31m[/red][link=x]\u202e\x00"


# Asking.


async def test_a_question_is_asked_streamed_and_answered(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("Why is the sky blue?", *CONNECTED, *beginning("Because of "), gate, text_delta("Rayleigh"))
        await person.answer_begins("Because of")
        assert person.prompt() == ""
        assert "▎ Why is the sky blue?" in person.text_of_transcript()
        assert person.status().startswith("Streaming")
        assert "Esc stops" in person.status()
        person.session.stop()
        gate.set()
        await person.answer_arrives()


async def test_a_finished_answer_leaves_a_quiet_screen(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Why?", *CONNECTED, *whole("Because of ", "**Rayleigh**."))
        await person.answer_arrives()
        assert "Because of Rayleigh." in person.text_of_transcript()
        assert person.status().startswith("Ready")
        assert person.notice() == ""
        assert person.session.path[-1].status is Status.COMPLETE


async def test_a_short_answer_that_comes_at_once_is_shown_once(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Say hello", *whole("Hello"))
        await person.answer_arrives()
        assert person.text_of_transcript().count("Hello") == 1


async def test_a_conversation_goes_on(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        for number in range(3):
            await person.say(f"question {number}", *whole(f"answer {number}"))
            await person.answer_arrives()
        messages = person.client.requests[-1].body["messages"]
        assert [message["content"][0]["text"] for message in messages] == [
            *("question 0", "answer 0", "question 1", "answer 1", "question 2")
        ]


async def test_the_prompt_stays_until_the_words_are_on_disk(tmp_path: Path) -> None:
    library = LoggedLibrary()
    async with salon(tmp_path, library=library) as person:
        library.log.holding = True
        await person.say("Keep this", *whole("Kept"))
        assert person.prompt() == "Keep this"
        await person.type(" and what I type meanwhile")
        while library.log.holding or not library.log.of_kind("close"):
            library.log.release()
            await person.pilot.pause()
        await person.answer_arrives()
        assert person.prompt() == " and what I type meanwhile"
        assert person.session.path[0].text == "Keep this"


async def test_one_may_type_while_an_answer_streams(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("One", *beginning("streaming"), gate, *ending())
        await person.answer_begins("streaming")
        began = time.monotonic()
        await person.press("n", "e", "x", "t")
        assert person.prompt() == "next"
        assert person.chat.transcript.pace._way_until > began  # what is typed is drawn first
        gate.set()
        await person.answer_arrives()
        assert person.prompt() == "next"


async def test_thinking_is_one_row_that_opens(tmp_path: Path) -> None:
    script = [message_start(), thinking_start(), thinking_delta("deep thoughts"), block_stop(), text_start(1)]
    async with salon(tmp_path) as person:
        await person.say("Think", *script, text_delta("So.", 1), block_stop(1), message_delta(), MESSAGE_STOP)
        await person.answer_arrives()
        assert "▸ Thought" in person.text_of_transcript()
        assert "deep thoughts" not in person.text_of_transcript()
        await person.press("alt+h")
        await person.is_drawn()
        assert "▾ Thought" in person.text_of_transcript()
        assert "deep thoughts" in person.text_of_transcript()
        await person.press("alt+h")
        await person.is_drawn()
        assert "deep thoughts" not in person.text_of_transcript()


# Stopping and going on.


async def test_esc_stops_enter_continues_over_a_seam(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Tell me", *beginning("It was the best of times, it was"), asyncio.Event())
        await person.answer_begins("best of times")
        await person.press("escape")
        await person.answer_arrives()
        assert person.status().startswith("Stopped")
        assert "The 8 words above are kept." in person.notice()
        assert "Enter or F6 continue" in person.notice()
        person.client.enqueue(*whole("best of times, it was", " the worst of times."))
        await person.press("enter")
        await person.answer_arrives()
        shown = person.text_of_transcript()
        assert "— continued —" in shown
        assert shown.count("best of times") == 1
        assert "the worst of times." in shown
        assert person.notice() == ""
        assert [message.seam for message in person.session.path] == ["", "", "continue", ""]


async def test_an_answer_stopped_before_its_first_word_is_asked_for_again(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Tell me", *CONNECTED, asyncio.Event())
        await person.sees(lambda: person.client.requests)
        await person.press("escape")
        await person.answer_arrives()
        assert "Stopped before anything came." in person.text_of_transcript()
        assert "Enter or F5 retry" in person.notice()
        assert "continue" not in person.notice()
        person.client.enqueue(*whole("Now."))
        await person.press("enter")
        await person.answer_arrives()
        assert "Now." in person.text_of_transcript()
        assert "Stopped before" not in person.text_of_transcript()


async def test_esc_while_the_disk_has_not_answered_stops(tmp_path: Path) -> None:
    library = LoggedLibrary()
    async with salon(tmp_path, library=library) as person:
        person.client.enqueue(*whole("never"))
        await person.type("Tell me")
        library.log.holding = True
        await person.press("enter")
        for _ in range(10):  # the title, the model and the message, one after the other
            if "open" in library.log.kinds:
                break
            library.log.release()
            library.log.holding = True
            await person.pilot.pause()
        await person.sees(lambda: "open" in library.log.kinds)
        await person.press("escape")
        library.log.release()
        await person.answer_arrives()
        assert person.client.requests == []
        assert person.status().startswith("Stopped")


async def test_esc_while_the_client_is_not_ready_stops(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        person.chat.ready.clear()
        await person.say("Tell me")
        await person.sees(lambda: person.prompt() == "")
        await person.press("escape")
        await person.answer_arrives()
        assert person.status().startswith("Stopped")
        assert person.client.requests == []
        person.chat.ready.set()
        person.client.enqueue(*whole("Yes."))
        await person.press("f5")
        await person.answer_arrives()
        assert "Yes." in person.text_of_transcript()


async def test_esc_closes_a_notice_when_nothing_streams(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", OVERLOADED)
        await person.answer_arrives()
        assert person.notice().startswith("Your message is saved.")
        await person.press("escape")
        assert person.notice() == ""


# Failing.


async def test_a_fault_says_what_to_press_and_f5_asks_again(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Tell me", *CONNECTED, OVERLOADED)
        await person.answer_arrives()
        assert person.status().startswith("Failed")
        assert person.screen_text().count("Claude is overloaded.") == 1  # in the row, which stays
        assert person.notice().startswith("Your message is saved. Try again in a moment.")
        assert "Enter or F5 retry" in person.notice()
        person.client.enqueue(*whole("Here."))
        await person.press("f5")
        await person.answer_arrives()
        assert person.notice() == ""
        assert "Here." in person.text_of_transcript()
        assert "overloaded" not in person.text_of_transcript()


async def test_asking_again_makes_a_second_variant_beside_the_first(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Tell me", *beginning("half"), DROPPED)
        await person.answer_arrives()
        assert person.status().startswith("Interrupted")
        assert "The connection was lost." in person.text_of_transcript()
        gate = asyncio.Event()
        person.client.enqueue(*beginning("whole"), gate, *ending())
        await person.press("f5")
        await person.answer_begins("whole")
        assert "2/2" in person.text_of_transcript()
        gate.set()
        await person.answer_arrives()
        assert "2/2" in person.text_of_transcript()
        assert "half" not in person.text_of_transcript()
        texts = [message.text for message in person.session.conversation.messages.values()]
        assert texts == ["Tell me", "half", "whole"]


async def test_details_are_shown_when_asked_for(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *beginning("half"), DROPPED)
        await person.answer_arrives()
        assert "status: 500" not in person.notice()
        await person.press("f8")
        assert "status: 500" in person.notice()


async def test_a_retry_counts_down_and_enter_tries_now(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with salon(tmp_path) as person:
        await person.say(
            "x",
            Connecting(1, 5),
            Retrying(2, 5, 600.0, "Claude is overloaded."),
            Countdown(),
            Connecting(2, 5),
            gate,
            *whole("At last."),
        )
        await person.sees(lambda: person.status().startswith("Retrying 2 of 5"))
        assert "Enter or F7 try now · Esc stop" in person.notice()
        assert "closes" not in person.notice()
        await person.press("enter")
        await person.sees(lambda: person.status().startswith("Connecting"))
        assert person.notice() == "", "the countdown is over: there is nothing to try now"
        gate.set()
        await person.answer_arrives()
        assert "At last." in person.text_of_transcript()


async def test_a_bug_in_the_client_is_told_and_the_chat_goes_on(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *beginning("half"), KeyError("oops"))
        await person.answer_arrives()
        assert "Salon itself failed (KeyError)" in person.text_of_transcript()
        await person.say("again", *whole("fine"))
        await person.answer_arrives()
        assert "fine" in person.text_of_transcript()


async def test_a_failure_beside_the_turn_does_not_end_the_turn(tmp_path: Path) -> None:
    async def failing() -> None:
        raise RuntimeError("beside")

    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("x", *beginning("going on"), gate, *ending())
        await person.answer_begins("going on")
        person.chat.run_worker(failing(), exit_on_error=False)
        await person.sees(lambda: "Salon itself failed: RuntimeError." in person.notice())
        assert person.chat.answering
        assert person.status().startswith("Streaming")
        gate.set()
        await person.answer_arrives()
        assert person.status().startswith("Ready")


async def test_a_refusal_says_so(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", message_start(), message_delta("refusal"), MESSAGE_STOP)
        await person.answer_arrives()
        assert person.status().startswith("Declined")
        assert "Claude declined to answer this." in person.text_of_transcript()
        assert person.notice().startswith("Your message is saved.\nEnter or F2 edit")


async def test_no_notice_claims_that_esc_closes_it_while_esc_stops(tmp_path: Path) -> None:
    library = LoggedLibrary()
    async with salon(tmp_path, library=library) as person:
        gate = asyncio.Event()
        await person.say("x", *beginning("going on"), gate, *ending())
        await person.answer_begins("going on")
        library.log.say("Not saved: the disk is full.")
        await person.pilot.pause()
        assert person.notice() == "Not saved: the disk is full."
        gate.set()
        await person.answer_arrives()
        assert person.notice() == "Not saved: the disk is full.\nEsc closes this."


# Saving.


async def test_an_unsaved_chat_says_so_until_it_is_saved(tmp_path: Path) -> None:
    library = LoggedLibrary()
    async with salon(tmp_path, library=library) as person:
        library.log.say("Not saved: No space left on device. Your text is kept in memory.")
        await person.pilot.pause()
        assert person.notice().startswith("Not saved: No space left on device. Your text is kept")
        assert "UNSAVED" in person.status()
        await person.say("Go on", *whole("All the same."))
        await person.answer_arrives()
        assert "All the same." in person.text_of_transcript()
        assert person.notice().startswith("Not saved: No space left")
        assert "UNSAVED" in person.status()
        library.log.say("")
        await person.pilot.pause()
        assert person.notice() == ""
        assert "UNSAVED" not in person.status()


async def test_words_that_are_only_in_memory_stay_in_the_draft_on_disk(tmp_path: Path) -> None:
    library = LoggedLibrary()
    async with salon(tmp_path, library=library) as person:
        await person.type("Only here")
        await person.chat.drafting.save()
        library.log.say("Not saved: the disk is full.")
        await person.press("enter")
        person.client.enqueue(*whole("x"))
        await person.sees(lambda: person.prompt() == "")
        await person.answer_arrives()
        assert library.load_draft(person.session.id) == Draft("Only here")
        library.log.say("")
        await person.sees(lambda: library.load_draft(person.session.id) == Draft(), "the draft is given up")


async def test_a_draft_that_could_not_be_saved_is_told_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("salon.ui.drafting.RETRY_SECONDS", 0.1)
    async with salon(tmp_path) as person:
        drafts = paths_in(tmp_path).drafts
        drafts.parent.mkdir(parents=True, exist_ok=True)
        drafts.write_text("in the way of the folder")
        await person.type("draft")
        await person.chat.drafting.save()
        assert "The draft is not saved" in person.notice()
        assert "UNSAVED" in person.status()
        drafts.unlink()
        await person.sees(lambda: "UNSAVED" not in person.status(), "the draft to be saved when the disk is back")
        assert person.notice() == ""
        drafts.rename(tmp_path / "elsewhere")
        drafts.write_text("in the way of the folder")
        await person.type("s")
        await person.chat.drafting.save()
        assert "UNSAVED" in person.status()
        drafts.unlink()
        await person.type(" more")
        await person.chat.drafting.save()
        assert person.notice() == ""
        assert "UNSAVED" not in person.status()


async def test_quitting_and_coming_back_brings_everything_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Tell me", *beginning("half an answer"), asyncio.Event())
        await person.answer_begins("half an answer")
        await person.type("and my draft")
        session_id = person.session.id
        await person.app.action_quit()
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        assert "half an answer" in person.text_of_transcript()
        assert "Stopped." in person.text_of_transcript()
        assert person.prompt() == "and my draft"
        assert "Enter or F6 continue" in person.notice()
        await person.type(" goes on")
        person.client.enqueue(*whole("The rest."))
        await person.press("f6")
        await person.answer_arrives()
        assert "The rest." in person.text_of_transcript()


async def test_a_prompt_that_never_got_an_answer_offers_one(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.session.submit("Unanswered")
        session_id = person.session.id
        await person.app.action_quit()
    async with salon(tmp_path, opening=Opening(session_id=session_id)) as person:
        assert "has no answer yet" in person.notice()
        person.client.enqueue(*whole("Here it is."))
        await person.press("enter")
        await person.answer_arrives()
        assert "Here it is." in person.text_of_transcript()
        assert len(person.session.path) == 2


# Other chats.


async def test_drafts_stay_with_their_chats(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("First chat", *whole("one"))
        await person.answer_arrives()
        first = person.session.id
        await person.type("draft of the first")
        await person.press("ctrl+n")
        await person.sees(lambda: person.chat.session is not None and person.session.id != first, "another chat")
        assert person.prompt() == ""
        assert "First chat" not in person.text_of_transcript()
        second = person.session.id
        await person.type("draft of the second")
        await person.press("ctrl+o")
        await person.sees(lambda: isinstance(person.app.screen, LibraryScreen) and "First chat" in person.screen_text())
        await person.press("enter")
        await person.sees(lambda: person.chat.session is not None and person.session.id == first, "the first chat")
        assert person.prompt() == "draft of the first"
        assert FileLibrary(paths_in(tmp_path)).load_draft(second) == Draft("draft of the second")


async def test_another_model_is_asked_from_then_on(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert "Test Model" in person.status()
        await person.press("ctrl+l")
        await person.sees(lambda: "Other Model" in person.screen_text())
        await person.press("down", "enter")
        await person.sees(lambda: "other" in person.status())
        await person.say("x", *whole("y"))
        await person.answer_arrives()
        assert person.client.requests[0].model == "other"
        assert person.session.conversation.settings["model"] == "other"


async def test_a_chat_file_found_twice_does_not_break_the_list(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Only once", *whole("x"))
        await person.answer_arrives()
        file = next(paths_in(tmp_path).sessions.rglob("*.jsonl"))
        other_month = paths_in(tmp_path).sessions / "2001-01"
        other_month.mkdir()
        (other_month / file.name).write_bytes(file.read_bytes())
        await person.press("ctrl+o")
        await person.sees(lambda: isinstance(person.app.screen, LibraryScreen) and "Only once" in person.screen_text())
        await person.press("escape")


async def test_a_chat_that_another_window_has_open_is_told(tmp_path: Path) -> None:
    library = FileLibrary(paths_in(tmp_path))
    conversation, log = library.create()
    log.append({"k": "msg", "id": "m", "parent": None, "role": "user", "content": []})
    async with salon(tmp_path, opening=Opening(session_id=conversation.id)) as person:
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press("escape")
        await person.sees(lambda: "open in another window" in person.notice())
        assert person.session.id != conversation.id
        await person.say("Here instead", *whole("yes"))
        await person.answer_arrives()
        assert "yes" in person.text_of_transcript()
    await log.close()


# Starting.


async def test_without_a_key_the_welcome_opens_and_the_prompt_of_the_command_line_waits(tmp_path: Path) -> None:
    connector = FakeConnector(FakeClient(), connected=False)
    async with salon(tmp_path, connector=connector, opening=Opening(prompt="From the command line")) as person:
        await person.sees(lambda: isinstance(person.app.screen, WelcomeScreen))
        await person.press("escape")
        await person.sees(lambda: person.prompt() == "From the command line")


async def test_a_key_that_is_typed_is_in_no_picture_of_the_screen(tmp_path: Path) -> None:
    key = "sk-ant-canary-0123456789"
    async with salon(tmp_path, connector=FakeConnector(FakeClient(), connected=False)) as person:
        await person.sees(lambda: isinstance(person.app.screen, WelcomeScreen))
        await person.press(*("minus" if char == "-" else char for char in key))
        await person.sees(lambda: "•" * len(key) in person.screen_text(), "a dot for each letter")
        picture = person.app.export_screenshot()
        assert key not in picture
        assert "canary" not in picture
        assert "0123456789" not in picture
        await person.press("enter")
        await person.sees(lambda: person.app.screen is person.chat, "the chat")
        assert "canary" not in person.app.export_screenshot()


async def test_a_key_that_is_refused_is_told_and_another_may_be_tried(tmp_path: Path) -> None:
    client = FakeClient()
    client.refusal = Fault(FaultKind.REJECTED_KEY, "The key was refused.")
    async with salon(tmp_path, connector=FakeConnector(client, connected=False)) as person:
        await person.sees(lambda: isinstance(person.app.screen, WelcomeScreen))
        await person.press("k", "e", "y", "enter")
        await person.sees(lambda: "The key was refused." in person.screen_text())
        client.refusal = None
        await person.press("enter")
        await person.sees(lambda: person.app.screen is person.chat, "the chat")
        await person.say("x", *whole("connected"))
        await person.answer_arrives()
        assert "connected" in person.text_of_transcript()


async def test_a_connection_that_cannot_be_made_keeps_what_was_asked(tmp_path: Path) -> None:
    connector = FakeConnector(FakeClient(), failure=CredentialsError("The file is not readable.", "Look at it."))
    async with salon(tmp_path, connector=connector, opening=Opening(prompt="Keep me")) as person:
        await person.sees(lambda: "The file is not readable. Look at it." in person.notice())
        assert person.prompt() == "Keep me"


async def test_a_prompt_on_the_command_line_is_sent_at_once_and_leaves_the_draft(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("an older draft")
        await person.chat.drafting.save()
        session_id = person.session.id
    client = FakeClient()
    client.enqueue(*whole("answered"))
    opening = Opening(prompt="from the shell", session_id=session_id)
    async with salon(tmp_path, connector=FakeConnector(client), opening=opening) as person:
        await person.answer_begins("answered")
        await person.answer_arrives()
        assert "from the shell" in person.text_of_transcript()
        assert person.prompt() == "an older draft"


async def test_what_was_wrong_with_the_files_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path, problems=("config.toml:3: [b]odd[/b] is not known.",)) as person:
        assert "config.toml:3: [b]odd[/b] is not known." in person.notice()


# The screen.


async def test_hostile_strings_reach_no_strip(tmp_path: Path) -> None:
    def models(model_id: str) -> ModelInfo:
        return ModelInfo(id=model_id or HOSTILE, name=HOSTILE, context=1_000)

    connector = FakeConnector(FakeClient(), models=[models("a"), models("b")], host=HOSTILE)
    async with salon(tmp_path, connector=connector, models=models, problems=(HOSTILE,)) as person:
        assert_harmless(person.rows())
        fault = Fault(FaultKind.SERVER_ERROR, HOSTILE, HOSTILE, details={HOSTILE: HOSTILE})
        await person.say(f"[b]title[/b] {HOSTILE}", *beginning(HOSTILE), fault)
        await person.answer_arrives()
        assert_harmless(person.rows())
        await person.press("f8")
        assert_harmless(person.rows())
        await person.press("ctrl+l")
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen))
        assert_harmless(person.rows())
        await person.press("escape")
        await person.press("ctrl+o")
        await person.sees(lambda: isinstance(person.app.screen, LibraryScreen) and "title" in person.screen_text())
        assert_harmless(person.rows())
        await person.press("escape")
        person.chat.note_unsaved(HOSTILE)
        await person.pilot.pause()
        assert_harmless(person.rows())


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (39, 3), (200, 4)])
async def test_no_size_ends_the_app(tmp_path: Path, size: tuple[int, int]) -> None:
    async with salon(tmp_path) as person:
        gate = asyncio.Event()
        await person.say("x", *beginning("going on"), gate, *ending())
        await person.answer_begins("going on")
        await person.pilot.resize_terminal(*size)
        gate.set()
        await person.answer_arrives()
        await person.type("typed")
        await person.pilot.resize_terminal(80, 24)
        assert person.prompt() == "typed"
        await person.answer_begins("going on")


async def test_a_screen_that_is_too_small_says_so_and_comes_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *whole("still here"))
        await person.answer_arrives()
        await person.pilot.resize_terminal(39, 9)
        await person.pilot.pause()
        assert "at least 40×10" in " ".join(person.screen_text().split())
        assert "still here" not in person.screen_text()
        await person.press("t", "y", "p", "e", "d")
        await person.pilot.resize_terminal(80, 24)
        assert person.prompt() == "typed"
        await person.is_drawn()
        assert "still here" in person.text_of_transcript()


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_every_size_shows_what_matters(tmp_path: Path, size: tuple[int, int]) -> None:
    async with salon(tmp_path, size=size) as person:
        await person.say("Question", *whole("Answer"))
        await person.answer_arrives()
        shown = person.screen_text()
        assert "Answer" in shown
        assert "Ready" in shown
        assert all(len(row) <= size[0] for row in shown.splitlines())


async def test_a_resize_while_streaming_loses_nothing(tmp_path: Path) -> None:
    gates = [asyncio.Event() for _ in range(4)]
    words = [f"word{number} " * 12 for number in range(5)]
    script = [beginning(words[0])[0], *beginning(words[0])[1:]]
    async with salon(tmp_path) as person:
        person.client.enqueue(
            *script,
            *[step for gate, text in zip(gates, words[1:], strict=True) for step in (gate, text_delta(text))],
            *ending(),
        )
        await person.say("Go")
        await person.answer_begins("word0")
        for number, (gate, width) in enumerate(zip(gates, (60, 41, 120, 80), strict=True), 1):
            await person.pilot.resize_terminal(width, 30)
            gate.set()
            await person.answer_begins(f"word{number}")
        await person.answer_arrives()
        shown = " ".join(person.text_of_transcript().split())
        assert "".join(words).strip() in shown


async def test_the_next_theme_repaints_everything(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *whole("text"))
        await person.answer_arrives()
        seen = set()
        for _ in person.app.available_themes:
            strip = person.chat.transcript.render_line(0)
            background = next(segment.style.bgcolor for segment in strip if segment.style is not None)
            bar = person.chat.status_bar.render_line(0)
            seen.add((str(background), str(next(s.style.bgcolor for s in bar if s.style is not None))))
            await person.press("f10", "down", "enter")
            await person.pilot.pause()
            assert "text" in person.text_of_transcript()
        assert len(seen) >= 12


async def test_the_view_stays_where_one_scrolled_and_counts_what_is_new(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(80, 20)) as person:
        gate = asyncio.Event()
        old = "\n\n".join(f"old {number}" for number in range(40))
        new = "\n\n".join(f"new {number}" for number in range(40))
        await person.say("Go", *beginning(old), gate, text_delta(f"\n\n{new}"), *ending())
        await person.answer_begins("old 39")
        await person.press("pageup")
        await person.is_drawn()
        before = person.transcript_rows()
        gate.set()
        await person.answer_arrives()
        after = person.transcript_rows()
        assert "new lines · Ctrl+End" in after[-1]
        assert after[:-1] == before[:-1]
        await person.press("ctrl+end")
        await person.is_drawn()
        assert "new 39" in person.text_of_transcript()
        assert "Ctrl+End" not in person.text_of_transcript()
        await person.press("ctrl+home")
        await person.is_drawn()
        assert "▎ Go" in person.text_of_transcript()


async def test_the_last_answer_and_its_code_can_be_copied(tmp_path: Path) -> None:
    source = "Look:\n\n```python\nx = 1\n```\n"
    async with salon(tmp_path) as person:
        await person.press("f3")
        assert "nothing to copy" in person.notice()
        await person.say("x", *whole(source))
        await person.answer_arrives()
        await person.press("f3")
        assert person.app.clipboard == source
        await person.press("f4")
        assert person.app.clipboard == "x = 1"
        await person.press("ctrl+c")
        assert "Nothing is selected" in person.notice()


async def test_what_the_mouse_selects_is_copied(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *whole("first paragraph\n\nsecond paragraph"))
        await person.answer_arrives()
        rows = [person.chat.transcript.render_line(y).text for y in range(person.chat.transcript.size.height)]
        first = next(y for y, row in enumerate(rows) if "first" in row)
        await person.pilot.mouse_down("#transcript", offset=(2, first))
        await person.pilot.hover("#transcript", offset=(7, first + 2))
        await person.pilot.mouse_up("#transcript", offset=(7, first + 2))
        await person.press("ctrl+c")
        assert person.app.clipboard == "first paragraph\n\nsecond"
        await person.pilot.resize_terminal(60, 30)
        await person.is_drawn()
        assert person.chat.transcript.selected_text() == ""


async def test_a_link_is_shown_before_it_is_opened(tmp_path: Path) -> None:
    opened: list[str] = []
    async with salon(tmp_path) as person:
        person.app.open_url = lambda url, *, new_tab=True: opened.append(url)  # type: ignore[method-assign]
        await person.say("x", *whole("[text](https://example.org/a)"))
        await person.answer_arrives()
        rows = [person.chat.transcript.render_line(y).text for y in range(person.chat.transcript.size.height)]
        row = next(y for y, text in enumerate(rows) if "text" in text)
        await person.pilot.click("#transcript", offset=(3, row))
        assert "Open example.org? https://example.org/a" in person.notice()
        assert opened == []
        await person.press("enter")
        assert opened == ["https://example.org/a"]


async def test_what_stood_in_the_box_waits_while_the_last_prompt_is_changed(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Ask me again", *whole("x"))
        await person.answer_arrives()
        await person.type("busy")
        await person.press("f2")
        assert person.prompt() == "Ask me again"
        await person.press("escape")
        assert person.prompt() == "busy"


async def test_an_edited_prompt_stands_beside_the_one_before(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("too large a wish", Fault(FaultKind.TOO_LARGE, "Too large.", actions=("edit",)))
        await person.answer_arrives()
        await person.press("f2")
        assert person.prompt() == "too large a wish"
        assert "stands beside" in person.notice()
        person.client.enqueue(*whole("Granted."))
        await person.type("!")
        await person.press("enter")
        await person.answer_arrives()
        asked = person.client.requests[-1].body["messages"]
        assert [block["text"] for message in asked for block in message["content"]] == ["too large a wish!"]
        assert "2/2" in person.text_of_transcript()
        assert "Granted." in person.text_of_transcript()


async def test_esc_leaves_an_edited_prompt_as_it_was(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("a wish", *whole("an answer"))
        await person.answer_arrives()
        await person.press("f2")
        await person.is_drawn()
        assert "an answer" not in person.text_of_transcript()
        await person.press("escape")
        await person.is_drawn()
        assert "an answer" in person.text_of_transcript()
        assert person.prompt() == "a wish", "what is in the box is the person's"


async def test_a_retry_that_brings_nothing_leaves_the_answer_before(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with salon(tmp_path) as person:
        await person.say("a wish", *whole("the first answer"))
        await person.answer_arrives()
        person.client.enqueue(Connecting(1, 5), gate)
        await person.press("f5")
        await person.sees(lambda: person.status().startswith("Connecting"))
        await person.press("escape")
        await person.answer_arrives()
        await person.is_drawn()
        assert "the first answer" in person.text_of_transcript()
        assert person.session.last is not None
        assert person.session.last.text == "the first answer"


async def test_the_figures_count_every_answer_of_the_chat(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(160, 30)) as person:
        await person.say("x", *whole("one"))
        await person.answer_arrives()
        assert "10 in 20 out" in person.status()
        person.client.enqueue(*whole("two"))
        await person.press("f5")
        await person.answer_arrives()
        assert "20 in 40 out" in person.status()
        assert "<1% of 200k" in person.status()


async def test_help_shows_the_keys_and_goes(tmp_path: Path) -> None:
    async with salon(tmp_path, settings=Settings()) as person:
        await person.press("f1")
        assert "In the prompt" in person.screen_text()
        await person.press("escape")
        assert person.app.screen is person.chat


async def test_a_long_chat_is_read_through_without_an_error(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(70, 16)) as person:
        for number in range(6):
            await person.say(
                f"q{number}", *whole("# T\n\n- a\n- b\n\n```py\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |")
            )
            await person.answer_arrives()
        await _walk(person)
        await person.pilot.resize_terminal(45, 12)
        await person.is_drawn()
        await _walk(person)


async def _walk(person: Person) -> None:
    transcript = person.chat.transcript
    transcript.to_top()
    seen = []
    while not transcript.viewport.following:
        await person.is_drawn()
        seen.append(person.text_of_transcript())
        transcript.page(1)
    assert "q0" in seen[0]


async def test_a_chat_is_read_block_by_block_and_taken_from(tmp_path: Path) -> None:
    source = "See [this](https://example.org/a).\n\n```python\nx = 1\n```\n\nThe end."
    async with salon(tmp_path) as person:
        await person.press("ctrl+up")
        assert person.chat.prompt.has_focus, "there is nothing to read yet"
        await person.say("x", *whole(source))
        await person.answer_arrives()
        await person.press("ctrl+up")
        assert person.chat.transcript.has_focus
        await person.press("Y")
        assert person.app.clipboard == source
        await person.press("up", "y")
        assert person.app.clipboard == "x = 1"
        await person.press("k", "o")
        assert "Open example.org?" in person.notice()
        assert person.chat.prompt.has_focus
        await person.press("shift+tab", "up", "up", "up", "q")
        assert person.chat.prompt.text == "> x\n\n"
        assert person.chat.prompt.has_focus


async def test_a_table_is_taken_away_as_a_table(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *whole("| a | b |\n|---|---|\n| 1 | 2,5 |\n"))
        await person.answer_arrives()
        await person.press("ctrl+up", "t")
        assert person.app.clipboard.splitlines() == ["a\tb", "1\t2,5"]
        await person.press("T")
        assert person.app.clipboard.splitlines() == ["a,b", '1,"2,5"']
        await person.press("k", "t")
        assert "nothing to copy as the table" in person.notice()


async def test_escape_and_a_letter_lead_back_to_the_prompt(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("x", *whole("an answer"))
        await person.answer_arrives()
        for key in ("escape", "i"):
            await person.press("shift+tab")
            assert person.app.focused is person.chat.transcript
            await person.press(key)
            assert person.chat.prompt.has_focus
            assert not person.chat.transcript.can_focus, "a click must not take the keys"


async def test_words_are_found_in_a_chat_as_they_are_typed(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("needle?", *whole("\n\n".join(f"line {number}" for number in range(80)) + "\n\na Needle"))
        await person.answer_arrives()
        await person.press("ctrl+f", "n", "e", "e", "d")
        assert "2 of 2" in str(person.chat.find_bar.query_one("#find-count").render()), "from what is in view on"
        await person.press("enter")
        await person.is_drawn()
        assert "1 of 2" in str(person.chat.find_bar.query_one("#find-count").render())
        assert "needle?" in person.text_of_transcript()
        await person.press("up")
        await person.is_drawn()
        assert "a Needle" in person.text_of_transcript()
        await person.press("x")
        assert "not found" in str(person.chat.find_bar.query_one("#find-count").render())
        await person.press("escape")
        assert not person.chat.find_bar.is_open
        assert person.chat.prompt.has_focus
