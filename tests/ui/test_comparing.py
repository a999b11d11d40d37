"""Side by side: choose whom to ask, watch, keep one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from fakes import OVERLOADED, Countdown, FakeClient, Step, beginning, ending, whole
from salon.chat.conversation import Status
from salon.chat.events import Connecting, Retrying
from salon.chat.model import ModelInfo
from salon.store.library import FileLibrary
from ui.driver import MODEL, FakeConnector, Person, paths_in, salon
from ui.talking import chat_of
from ui.test_using_tools import READ, FakeServers, calling

THINKER = ModelInfo(id="thinker", name="Thinker", efforts=("low", "high"))


def connector() -> FakeConnector:
    return FakeConnector(FakeClient(), models=(MODEL, ModelInfo(id="other", name="Other Model"), THINKER))


async def compares(person: Person, prompt: str, *scripts: Sequence[Step], marks: int = 1) -> None:
    """Type a prompt and ask it of the first model and the next ones in the list."""
    for script in scripts:
        person.client.enqueue(*script)
    await person.type(prompt)
    await person.press("alt+q")
    await person.sees(lambda: "Ask side by side" in person.screen_text(), "the form")
    for _ in range(marks):
        await person.press("down", "tab")
    await person.press("enter")
    await person.sees(lambda: "Enter keeps" in person.screen_text(), "the columns")


def answers(person: Person) -> list[str]:
    conversation = person.session.conversation
    prompt = next(message for message in person.session.path if message.role == "user")
    return [conversation.messages[child].text for child in conversation.children[prompt.id]]


async def ends(person: Person) -> None:
    await person.sees(lambda: "Esc keeps the first" in person.screen_text(), "the end of all")


async def test_two_answers_arrive_side_by_side_and_one_is_kept(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        gate = asyncio.Event()
        await compares(person, "Which?", [*beginning("the left one"), gate, *ending()], whole("the right one"))
        await person.sees(lambda: "the left one" in person.screen_text() and "the right one" in person.screen_text())
        row = next(row for row in person.rows() if "the left one" in row)
        assert row.index("the right one") > 55  # beside it
        assert {request.model for request in person.client.requests} == {"claude-test", "other"}
        gate.set()
        await ends(person)
        await person.press("right", "enter")
        await person.sees(lambda: person.app.screen is person.chat)
        await person.sees(lambda: "the right one" in person.text_of_transcript())
        assert "2/2" in person.text_of_transcript()
        assert "kept as a variant" in person.notice()
        assert "variant before" in person.notice(), "there is none after it"
        assert person.prompt() == ""
        assert answers(person) == ["the left one", "the right one"]
        session_id = person.session.id
    conversation, _log = FileLibrary(paths_in(tmp_path)).open(session_id)
    assert conversation.messages[conversation.leaf or ""].text == "the right one"


async def test_esc_stops_all_and_what_came_is_kept(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        never = asyncio.Event()
        await compares(person, "Which?", [*beginning("left half"), never], [*beginning("right half"), never])
        await person.sees(lambda: "left half" in person.screen_text() and "right half" in person.screen_text())
        await person.press("escape")
        await ends(person)
        await person.press("escape")
        await person.sees(lambda: "left half" in person.text_of_transcript())
        assert answers(person) == ["left half", "right half"]
        assert person.session.last is not None
        assert person.session.last.status is Status.STOPPED


async def test_keeping_one_while_others_arrive_stops_those(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        await compares(person, "Which?", whole("done"), [*beginning("endless"), asyncio.Event()])
        await person.sees(lambda: "endless" in person.screen_text() and "Done" in person.screen_text())
        await person.press("enter")
        await person.sees(lambda: "done" in person.text_of_transcript())
        await person.sees(lambda: not person.session.busy)
        assert answers(person) == ["done", "endless"]
        await person.say("On we go", *whole("gladly"))
        await person.answer_arrives()
        assert [message.text for message in person.session.path] == ["Which?", "done", "On we go", "gladly"]


async def test_a_failure_stands_in_its_column_alone(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        await compares(person, "Which?", [OVERLOADED], whole("fine"))
        await ends(person)
        assert "Claude is overloaded." in person.screen_text()
        assert "Failed" in person.screen_text()
        await person.press("escape")
        await person.sees(lambda: "fine" in person.text_of_transcript())


async def test_a_countdown_of_one_is_cut_short(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        waits: tuple[Step, ...] = (Connecting(1, 5), Retrying(2, 5, 600.0, "Busy."), Countdown(), Connecting(2, 5))
        await compares(person, "Which?", [*waits, *whole("at last")], whole("fine"))
        await person.sees(lambda: "Retrying 2 of 5" in person.screen_text())
        await person.press("f7")
        await ends(person)
        assert "at last" in person.screen_text()


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_where_there_is_little_room_one_answer_is_shown_at_a_time(tmp_path: Path, size: tuple[int, int]) -> None:
    async with salon(tmp_path, size=size, connector=connector()) as person:
        await compares(person, "Which?", whole("the left one"), whole("the right one"))
        await person.sees(lambda: "the left one" in person.screen_text())
        assert "the right one" not in person.screen_text()
        await person.press("right")
        await person.sees(lambda: "the right one" in person.screen_text())
        assert "the left one" not in person.screen_text()
        await ends(person) if size[0] > 40 else await person.sees(lambda: not person.session.busy)
        await person.press("enter")
        await person.sees(lambda: "2/2" in person.text_of_transcript())


async def test_an_empty_prompt_asks_the_last_one_again(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        await chat_of(person, ("Which?", "early"))
        await compares(person, "", whole("one"), whole("two"))
        await ends(person)
        await person.press("escape")
        await person.sees(lambda: "3" in person.text_of_transcript())
        assert answers(person) == ["early", "one", "two"]
        assert (
            len([message for message in person.session.conversation.messages.values() if message.role == "user"]) == 1
        )


async def test_efforts_of_one_model_can_be_compared(tmp_path: Path) -> None:
    models = connector()
    models.models = (THINKER,)
    async with salon(tmp_path, size=(120, 30), connector=models, models=lambda _id: THINKER) as person:
        await compares(person, "Think", whole("quick"), whole("deep"), whole("own"), marks=2)
        await ends(person)
        assert "Thinker · low" in person.screen_text()
        assert "Thinker · high" in person.screen_text()
        efforts = [dict(request.body.get("output_config", {})).get("effort") for request in person.client.requests]
        assert sorted(map(str, efforts)) == ["None", "high", "low"]
        await person.press("escape")


async def test_not_fewer_than_two_and_not_more_than_four(tmp_path: Path) -> None:
    models = connector()
    models.models = tuple(ModelInfo(id=f"m{number}") for number in range(8))
    async with salon(tmp_path, connector=models) as person:
        await person.type("Which?")
        await person.press("alt+q")
        await person.sees(lambda: "1 marked" in person.screen_text())
        await person.press("enter")
        assert "at least 2" in person.screen_text()
        for _ in range(5):
            await person.press("down", "tab")
        assert "Not more than 4" in person.screen_text()
        await person.press("escape")
        await person.sees(lambda: person.app.screen is person.chat)
        assert person.prompt() == "Which?"


async def test_an_answer_that_asks_for_tools_says_so_and_goes_on_with_them_once_it_is_kept(tmp_path: Path) -> None:
    servers = FakeServers()
    async with salon(tmp_path, size=(120, 30), connector=connector(), tool_servers=servers) as person:
        await compares(person, "Read it", calling('{"path": "notes.txt"}'), whole("no need"))
        await ends(person)
        assert all(request.body["tools"] == [READ] for request in person.client.requests), "a new chat has its tools"
        assert "Asks for files · read" in person.screen_text()
        assert servers.calls == [], "side by side nothing is run"
        await person.press("enter")
        await person.sees(lambda: "This answer asks for files · read." in person.notice())
        person.client.enqueue(*whole("It says so."))
        await person.press("enter")
        await person.sees(lambda: person.chat.question.asked is not None, "the question before the tool runs")
        await person.press("alt+1")
        await person.answer_arrives()
        assert [call.name for call in servers.calls] == ["files__read"]
        assert "It says so." in person.text_of_transcript()
        assert answers(person) == ["I look. ", "no need"]


async def test_without_any_prompt_it_is_said_what_is_needed(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("alt+q")
        await person.sees(lambda: "Write a prompt first" in person.notice())


async def test_quitting_in_the_middle_keeps_what_came_of_all(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), connector=connector()) as person:
        never = asyncio.Event()
        await compares(person, "Which?", [*beginning("left half"), never], [*beginning("right half"), never])
        await person.sees(lambda: "left half" in person.screen_text() and "right half" in person.screen_text())
        session_id = person.session.id
        await person.press("ctrl+q")
    conversation, _log = FileLibrary(paths_in(tmp_path)).open(session_id)
    (root,) = conversation.children[None]
    kept = [conversation.messages[child] for child in conversation.children[root]]
    assert [answer.text for answer in kept] == ["left half", "right half"]
    assert {answer.status for answer in kept} == {Status.STOPPED}
    assert conversation.messages[conversation.leaf or ""].text == "left half"
