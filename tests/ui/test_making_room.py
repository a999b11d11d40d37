"""A context window that fills up, as a person lives it: a warning, choices, and never a silent cut."""

from dataclasses import replace
from pathlib import Path

from fakes import MESSAGE_STOP, block_start, block_stop, delta, message_delta, message_start, text_delta, text_start
from fakes import whole as short_answer
from salon.chat import room
from salon.chat.conversation import Status
from salon.chat.events import ApiEvent
from salon.chat.model import ModelInfo
from salon.claude.models import known
from salon.errors import Fault, FaultKind
from salon.settings import Settings
from salon.ui.services import Opening
from ui.driver import MODEL, Person, salon
from ui.talking import chat_of, shows

TOO_LONG = Fault(
    FaultKind.CONTEXT_OVERFLOW,
    "This conversation is 213,456 of 200,000 tokens long.",
    "",
    ("summarise", "trim", "fresh_chat", "pick_model", "retry"),
    details={"used": 213_456, "limit": 200_000},
)
COMPACTING = ModelInfo(id=MODEL.id, name="Compacting", context=200_000, abilities=frozenset({"compaction"}))


def answer_of(text: str, tokens: int, stop_reason: str = "end_turn") -> list[ApiEvent]:
    """A whole answer whose prompt had so many tokens."""
    return [
        message_start(input_tokens=tokens),
        text_start(),
        text_delta(text),
        block_stop(),
        message_delta(stop_reason),
        MESSAGE_STOP,
    ]


async def full_chat(person: Person, last: int = 190_000) -> None:
    """Three turns that take more and more of the window."""
    for name, tokens in (("one", 60_000), ("two", 110_000), ("three", last)):
        await person.say(f"ask {name}", *answer_of(f"say {name}", tokens))
        await person.answer_arrives()


def asked(person: Person, number: int = -1) -> list[str]:
    """The texts of a request's messages, in order."""
    return [
        block["text"]
        for message in person.client.requests[number].body["messages"]
        for block in message["content"]
        if block["type"] == "text"
    ]


# the warning


async def test_at_eighty_percent_it_is_said_once_with_what_can_be_done(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("a", *answer_of("b", 100_000))
        await person.answer_arrives()
        assert person.notice() == ""
        await person.say("c", *answer_of("d", 165_000))
        await person.answer_arrives()
        assert "83% of the context window is used: 165,020 of 200k tokens." in person.notice()
        assert "Summarise" in person.notice().title()
        assert "drop the oldest" in person.notice()
        await person.press("escape")
        await person.say("e", *answer_of("f", 170_000))
        await person.answer_arrives()
        assert person.notice() == "", "the same warning is not said again"
        await person.say("g", *answer_of("h", 195_000))
        await person.answer_arrives()
        assert "98% of the context window" in person.notice()


async def test_a_model_whose_window_nobody_knows_is_never_full(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda model_id: ModelInfo(id=model_id or "m")) as person:
        await person.say("a", *answer_of("b", 10_000_000))
        await person.answer_arrives()
        assert person.notice() == ""
        assert "10M context" in person.status()


# overflow


async def test_what_does_not_fit_is_kept_and_nothing_is_cut_by_itself(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 40)) as person:
        await full_chat(person)
        await person.press("escape")
        await person.say("one too many", TOO_LONG)
        await person.answer_arrives()
        assert "This conversation is 213,456 of 200,000 tokens long." in person.text_of_transcript()
        assert "Your message is saved." in person.notice()
        for offered in ("summarise", "drop the oldest", "fresh chat", "model", "retry"):
            assert offered in person.notice(), offered
        assert len(asked(person)) == 7


async def test_the_oldest_turns_are_left_out_marked_and_still_left_out_after_reopening(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 40)) as person:
        await full_chat(person)
        await person.say("one too many", TOO_LONG)
        await person.answer_arrives()
        person.client.enqueue(*short_answer("It fits."))
        await person.press("ctrl+x", "d")
        await person.answer_begins("It fits.")
        await person.answer_arrives()
        # 213,456 - 100,000 must go; before "ask three" there are 110,020 tokens, so only the last prompt is enough.
        assert asked(person) == ["one too many"]
        await shows(person, "say one", "what stands above is left out of what is sent", "one too many", "It fits.")
        assert "6 oldest messages are not sent any more" in person.notice()
        session_id = person.session.id
    async with salon(tmp_path, size=(120, 40), opening=Opening(session_id=session_id)) as person:
        await shows(person, "say one", "what stands above is left out of what is sent", "one too many")
        await person.say("and now?", *short_answer("Yes."))
        await person.answer_arrives()
        assert asked(person) == ["one too many", "It fits.", "and now?"]
        await person.say("/untrim")
        await person.sees(lambda: "sent again" in person.notice())
        await shows(person, "say one", without=("left out",))
        await person.say("all?", *short_answer("All."))
        await person.answer_arrives()
        assert asked(person)[0] == "ask one"


async def test_a_summary_takes_the_place_of_what_is_above_and_the_prompt_is_asked_again(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 40)) as person:
        await full_chat(person, last=150_000)
        await person.say("one too many", TOO_LONG)
        await person.answer_arrives()
        person.client.enqueue(*short_answer("They asked three times."))
        person.client.enqueue(*short_answer("Now it fits."))
        await person.press("enter")
        await person.answer_begins("Now it fits.")
        await person.answer_arrives()
        assert asked(person, -2)[:-1] == ["ask one", "say one", "ask two", "say two", "ask three", "say three"]
        assert asked(person, -2)[-1] == room.SUMMARY_PROMPT
        lead, prompt = asked(person)
        assert lead.endswith("They asked three times.")
        assert prompt == "one too many"
        await shows(person, "say three", "a summary follows", "They asked three times.", "one too many", "Now it fits.")
        failed = [
            message for message in person.session.conversation.messages.values() if message.status is Status.ERROR
        ]
        assert len(failed) == 1, "the attempt is kept as a variant"


async def test_where_even_the_summary_would_not_fit_it_leaves_the_oldest_turns_out(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await full_chat(person, last=199_000)
        person.client.enqueue(*short_answer("The end of it."))
        await person.say("/summarise")
        await person.answer_begins("The end of it.")
        await person.answer_arrives()
        assert asked(person) == ["ask two", "say two", "ask three", "say three", room.SUMMARY_PROMPT]
        assert "the summary is sent in place" in person.notice()
        assert "<1% of 200k" in person.status(), "what is sent from here on, not what was summarised"


async def test_a_summary_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await chat_of(person, ("a", "b"))
        person.client.enqueue(Fault(FaultKind.OVERLOADED, "Claude is overloaded."))
        await person.say("/summarise")
        await person.answer_arrives()
        assert "Claude is overloaded. There is no summary, and the chat is as it was." in person.notice()
        assert "summarise" in person.notice() and "retry" not in person.notice()
        assert [message.text for message in person.session.path] == ["a", "b"]
        await person.say("c", *short_answer("d"))
        await person.answer_arrives()
        assert asked(person) == ["a", "b", "c"]


async def test_a_summary_that_a_budget_holds_back_is_none(tmp_path: Path) -> None:
    opus = replace(known("claude-opus-5-5"), id="claude-test")
    async with salon(tmp_path, models=lambda _: opus, settings=Settings(budget_chat=0.001)) as person:
        await person.say("a", *short_answer("b"))
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.press("alt+1")
        await person.answer_arrives()
        await person.say("/summarise")
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.press("alt+4")
        await person.sees(lambda: "There is no summary" in person.notice())
        assert [message.text for message in person.session.path] == ["a", "b"]


async def test_a_model_that_can_compact_does_it_itself(tmp_path: Path) -> None:
    block = {"type": "compaction", "content": "They said a.", "signature": "c2ln"}
    async with salon(tmp_path, models=lambda _: COMPACTING) as person:
        await chat_of(person, ("a", "b"))
        compacted = [
            message_start(),
            block_start(0, {"type": "compaction", "content": None}),
            delta(0, "compaction_delta", content="They said a.", signature="c2ln"),
            block_stop(),
            message_delta("compaction"),
            MESSAGE_STOP,
        ]
        person.client.enqueue(*compacted)
        await person.say("/summarise")
        await person.answer_arrives()
        assert person.client.requests[-1].body["compaction"] == {"type": "summarize"}
        await shows(person, "a summary follows", "Earlier messages were summarised", without=("Ended with",))
        await person.say("c", *short_answer("d"))
        await person.answer_arrives()
        assert person.client.requests[-1].body["messages"] == [
            {"role": "assistant", "content": [block]},
            {"role": "user", "content": [{"type": "text", "text": "c"}]},
        ]


async def test_a_fresh_chat_begins_with_the_summary_and_the_prompt_that_did_not_fit(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 40)) as person:
        await full_chat(person, last=150_000)
        await person.say("one too many", TOO_LONG)
        await person.answer_arrives()
        before = person.session.id
        person.client.enqueue(*short_answer("They asked three times."))
        await person.press("ctrl+x", "n")
        await person.sees(lambda: person.session.id != before and person.prompt(), "a new chat")
        text = person.chat.prompt.full_text()
        assert "They asked three times." in text
        assert text.endswith("one too many")
        assert person.session.conversation.messages == {}
    async with salon(tmp_path, opening=Opening(session_id=before)) as person:
        assert [message.text for message in person.session.path][-2:] == ["one too many", ""]
        await person.say("again", *short_answer("Yes."))
        await person.answer_arrives()
        assert "They asked three times." not in asked(person), "the summary was for the other chat"


async def test_an_answer_that_filled_the_window_is_a_cut_answer_with_the_same_choices(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 40)) as person:
        await full_chat(person)
        await person.press("escape")
        await person.say("go on", *answer_of("This is", 199_980, "model_context_window_exceeded"))
        await person.answer_arrives()
        assert "The context window is full, so the answer was cut." in person.text_of_transcript()
        assert "The 2 words above are kept." in person.notice()
        assert "summarise" in person.notice()
        assert "Context window full" in person.status()
        await person.press("ctrl+x", "d")
        await person.sees(lambda: "not sent any more" in person.notice())
        person.client.enqueue(*short_answer(" the rest."))
        await person.press("enter")
        await person.answer_arrives()
        assert asked(person)[:2] == ["ask three", "say three"]


async def test_there_may_be_nothing_to_leave_out_and_nothing_to_summarise(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("/summarise")
        await person.sees(lambda: "nothing to summarise" in person.notice())
        await person.say("far too long", TOO_LONG)
        await person.answer_arrives()
        await person.press("ctrl+x", "d")
        await person.sees(lambda: "no older turns" in person.notice())
        assert len(person.client.requests) == 1
