"""One prompt, several answers at once: variants of it in the tree, each on disk by itself, none harmed by another."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from fakes import OVERLOADED, FakeClient, FakeLog, Step, beginning, ending, whole
from salon.chat import conversation as tree
from salon.chat.comparing import Comparison
from salon.chat.conversation import Status, conversation_of
from salon.chat.events import TextDelta, TurnEvent
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.chat.turn import Request
from salon.paths import Paths
from salon.store.library import FileLibrary
from waiting import until

ONE, TWO, THREE = (Parameters(model=ModelInfo(id=name)) for name in ("one", "two", "three"))


def new_session(log: FakeLog | None = None) -> Session:
    return Session(conversation_of("s", ()), log or FakeLog(), ONE)


async def requests(session: Session, *asked: Parameters) -> list[Request]:
    return [await session.prepared(asked=each) for each in asked]


async def compared(
    session: Session, client: FakeClient, *scripts: Sequence[Step]
) -> tuple[Comparison, list[tuple[int, TurnEvent]]]:
    for script in scripts:
        client.enqueue(*script)
    comparison = session.compare(client, await requests(session, *(ONE, TWO, THREE)[: len(scripts)]))
    events: list[tuple[int, TurnEvent]] = []
    await comparison.run(lambda number, event: events.append((number, event)))
    await session.settle_comparison(comparison)
    return comparison, events


def texts(session: Session, parent: str) -> list[str]:
    return [session.conversation.messages[child].text for child in session.conversation.children[parent]]


async def test_each_answer_is_a_variant_below_the_prompt() -> None:
    log, client = FakeLog(), FakeClient()
    session = new_session(log)
    prompt = await session.submit("Which?")
    comparison, events = await compared(session, client, whole("first"), whole("second"), whole("third"))
    assert texts(session, prompt.id) == ["first", "second", "third"]
    assert [request.model for request in client.requests] == ["one", "two", "three"]
    assert {number for number, event in events if isinstance(event, TextDelta)} == {0, 1, 2}
    assert [record["parent"] for record in log.of_kind("open")] == [prompt.id] * 3
    assert len(log.of_kind("close")) == 3
    assert session.last is not None
    assert session.last.text == "first"
    assert log.records[-1] == {"k": "leaf", "of": session.last.id}
    assert not comparison.running


async def test_the_order_of_variants_is_that_of_the_columns_whoever_is_quicker() -> None:
    session, client, gate = new_session(), FakeClient(), asyncio.Event()
    prompt = await session.submit("Which?")

    async def later() -> None:
        await until(lambda: client.streaming == 1)
        gate.set()

    await asyncio.gather(compared(session, client, [*beginning("slow"), gate, *ending()], whole("quick")), later())
    assert texts(session, prompt.id) == ["slow", "quick"]


async def test_a_failure_of_one_leaves_the_others_alone() -> None:
    session, client = new_session(), FakeClient()
    prompt = await session.submit("Which?")
    await compared(session, client, [OVERLOADED], [*beginning("half"), ValueError("a bug")], whole("fine"))
    answers = [session.conversation.messages[child] for child in session.conversation.children[prompt.id]]
    assert [answer.status for answer in answers] == [Status.ERROR, Status.INTERRUPTED, Status.COMPLETE]
    assert session.last is not None
    assert session.last.text == "half"  # the first that has anything in it


async def test_stopping_ends_all_and_keeps_what_came() -> None:
    session, client = new_session(), FakeClient()
    prompt = await session.submit("Which?")
    for text in ("one so far", "two so far"):
        client.enqueue(*beginning(text), asyncio.Event(), *ending())
    comparison = session.compare(client, await requests(session, ONE, TWO))
    arrived: set[int] = set()

    def take(number: int, event: TurnEvent) -> None:
        if isinstance(event, TextDelta):
            arrived.add(number)

    running = asyncio.create_task(comparison.run(take))
    await until(lambda: arrived == {0, 1})
    session.stop()
    await running
    assert texts(session, prompt.id) == ["one so far", "two so far"]
    assert client.streaming == 0


async def test_a_consumer_that_is_cancelled_keeps_what_came() -> None:
    log, client = FakeLog(), FakeClient()
    session = new_session(log)
    prompt = await session.submit("Which?")
    for text in ("one so far", "two so far"):
        client.enqueue(*beginning(text), asyncio.Event(), *ending())
    comparison = session.compare(client, await requests(session, ONE, TWO))
    arrived: list[int] = []
    running = asyncio.create_task(
        comparison.run(lambda number, event: arrived.append(number) if isinstance(event, TextDelta) else None)
    )
    await until(lambda: len(arrived) == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert texts(session, prompt.id) == ["one so far", "two so far"]
    assert [record["status"] for record in log.of_kind("close")] == ["stopped", "stopped"]


async def test_where_nothing_came_the_answer_before_is_shown_again() -> None:
    session, client = new_session(), FakeClient()
    await session.submit("Which?")
    await compared(session, client, whole("early"), whole("other"))
    before = session.last
    session.back_to_prompt()
    await compared(session, client, [OVERLOADED], [OVERLOADED])
    assert session.last is before


async def test_only_a_prompt_can_be_compared_and_only_once_at_a_time() -> None:
    session, client = new_session(), FakeClient()
    with pytest.raises(ValueError, match="no prompt"):
        session.compare(client, [])
    await session.submit("Which?")
    asked = await requests(session, ONE, TWO)
    session.compare(client, asked)
    with pytest.raises(RuntimeError):
        session.compare(client, asked)


WRITER = """
import asyncio, os, sys
from pathlib import Path
from fakes import FakeClient, beginning, text_delta
from salon.chat.events import TextDelta
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.paths import Paths
from salon.store.library import FileLibrary

async def main():
    root = Path(sys.argv[1])
    conversation, log = FileLibrary(Paths(root / "config", root / "state", root / "cache")).create()
    asked = [Parameters(model=ModelInfo(id=name)) for name in ("one", "two", "three")]
    session, client = Session(conversation, log, asked[0]), FakeClient()
    await session.submit("Which?")
    for name in ("one", "two", "three"):
        client.enqueue(*beginning(name + " says "), *(text_delta(f"{n} ") for n in range(400)), asyncio.Event())
    comparison = session.compare(client, [await session.prepared(asked=each) for each in asked])
    arrived = set()
    def take(number, event):
        if isinstance(event, TextDelta):
            arrived.add(number)
    running = asyncio.create_task(comparison.run(take))
    while len(arrived) < 3:
        await asyncio.sleep(0)
    await asyncio.sleep(0.4)  # longer than a checkpoint takes
    os.write(1, conversation.id.encode() + b"\\n")
    await running

asyncio.run(main())
"""


def test_after_a_kill_every_answer_is_there_as_far_as_it_had_come(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
        assert writer.stdout is not None
        session_id = writer.stdout.readline().decode().strip()
        writer.kill()
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")
    conversation, _log = FileLibrary(paths).open(session_id)
    (root,) = conversation.children[None]
    answers = [conversation.messages[child] for child in conversation.children[root]]
    numbers = " ".join(map(str, range(400)))
    said = [answer.text.rstrip() for answer in answers]
    assert said == [f"one says {numbers}", f"two says {numbers}", f"three says {numbers}"]
    assert {answer.status for answer in answers} == {Status.INTERRUPTED}
    assert len({answer.id for answer in answers}) == 3
    assert tree.path(conversation)[0].text == "Which?"
    assert conversation.notices == ()
