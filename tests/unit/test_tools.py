"""Tools in a turn: pauses are gone on with, calls are run and kept one by one, and the API takes every history."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fakes import (
    DROPPED,
    MESSAGE_STOP,
    OVERLOADED,
    FakeClient,
    FakeLog,
    block_start,
    block_stop,
    delta,
    message_delta,
    message_start,
    text_delta,
    text_start,
    thinking_start,
    whole,
)
from history_rules import broken_rules
from salon.chat.answer import Answer
from salon.chat.blocks import Block, kind_of
from salon.chat.conversation import Message, Status, conversation_of
from salon.chat.events import ApiEvent, Finished, Retrying, ToolAnswered, ToolCalled, ToolsWanted, TurnEvent
from salon.chat.model import ModelInfo, Price, context_used, cost_of
from salon.chat.parameters import Parameters
from salon.chat.person import Unasked
from salon.chat.request import NOT_RUN
from salon.chat.session import Session
from salon.chat.tools import (
    LONGEST_RESULT,
    Beginning,
    ToolCall,
    ToolResult,
    WebLimits,
    calls_in,
    code_tools,
    offered,
    web_tools,
    with_tools,
    without_tools,
)
from salon.chat.turn import MOST_PAUSES, Request
from salon.paths import Paths
from salon.store.library import FileLibrary
from waiting import until

MODEL = ModelInfo(id="claude-test", server_tools=frozenset({"web_search", "web_fetch"}))
READ: Block = {"name": "files__read", "description": "Reads.", "input_schema": {"type": "object"}}


class FakeTools:
    """Answers each call with its name; a call for which there is a gate waits at it."""

    def __init__(self) -> None:
        self.calls: list[ToolCall] = []
        self.gate: asyncio.Event | None = None
        self.opening: asyncio.Event | None = None
        self.result = ToolResult("42")

    async def beginning(self, own: Sequence[Block]) -> Beginning:
        if self.opening is not None:
            await self.opening.wait()
        return Beginning(own)

    async def call(self, call: ToolCall) -> ToolResult:
        self.calls.append(call)
        if self.gate is not None:
            await self.gate.wait()
        return self.result


def calling(*ids: str, text: str = "", thinking: bool = False) -> list[ApiEvent]:
    """An answer that calls a tool once for each id."""
    events, index = [message_start()], 0
    if thinking:
        events += [thinking_start(0), delta(0, "signature_delta", signature="signed"), block_stop(0)]
        index = 1
    if text:
        events += [text_start(index), text_delta(text, index), block_stop(index)]
        index += 1
    for call in ids:
        use = {"type": "tool_use", "id": call, "name": "files__read", "input": {}}
        events += [block_start(index, use), delta(index, "input_json_delta", partial_json='{"path": "a"}')]
        events.append(block_stop(index))
        index += 1
    return [*events, message_delta("tool_use"), MESSAGE_STOP]


def searching(query: str = "weather", *, answered: bool = False, stop_reason: str = "pause_turn") -> list[ApiEvent]:
    """A reply that pauses in the middle of a search."""
    use = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
    events = [message_start(), text_start(0), text_delta("Let me look. ", 0), block_stop(0), block_start(1, use)]
    events += [delta(1, "input_json_delta", partial_json=f'{{"query": "{query}"}}'), block_stop(1)]
    if answered:
        result = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []}
        events += [block_start(2, result), block_stop(2)]
    return [*events, message_delta(stop_reason), MESSAGE_STOP]


def resuming(text: str = "It is warm.") -> list[ApiEvent]:
    """What comes after the pause: the result of the search and the words."""
    result = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []}
    events = [message_start(), block_start(0, result), block_stop(0), text_start(1), text_delta(text, 1), block_stop(1)]
    return [*events, message_delta(), MESSAGE_STOP]


class Stage:
    """A session with tools, the client it asks and the tools it has."""

    def __init__(self, *definitions: Block, session: Session | None = None) -> None:
        self.log = FakeLog()
        parameters = Parameters(model=MODEL, tools=definitions or (READ,))
        self.session = session or Session(conversation_of("s", ()), self.log, parameters)
        self.client = FakeClient()
        self.tools = FakeTools()

    async def ask(self, text: str, *scripts: list[Any]) -> list[TurnEvent]:
        await self.session.submit(text)
        return await self.answer(*scripts)

    async def answer(self, *scripts: list[Any]) -> list[TurnEvent]:
        for script in scripts:
            self.client.enqueue(*script)
        async with aclosing(self.session.answer(self.client, tools=self.tools)) as events:
            return [event async for event in events]

    def check_histories(self) -> None:
        for number, request in enumerate(self.client.requests):
            assert broken_rules(request.body) == [], f"request {number}"

    def shape(self) -> list[str]:
        """The path: who, and which kinds of blocks."""
        return [f"{each.role[0]}:{'+'.join(map(kind_of, each.content))}" for each in self.session.path]


# Pauses.


async def test_an_answer_that_pauses_is_gone_on_with_and_is_one_message() -> None:
    stage = Stage(*web_tools())
    events = await stage.ask("Weather?", searching(), resuming())
    assert [type(event) for event in events].count(Finished) == 1
    assert stage.shape() == ["u:text", "a:text+server_tool_use+web_search_tool_result+text"]
    answer = stage.session.path[-1]
    assert answer.text == "Let me look. It is warm."
    assert (answer.status, answer.stop_reason, answer.unfinished) == (Status.COMPLETE, "end_turn", ())
    first, second = (request.body["messages"] for request in stage.client.requests)
    assert second[: len(first)] == first
    assert second[-1] == {"role": "assistant", "content": list(answer.content[:2])}
    stage.check_histories()


async def test_what_every_request_took_counts() -> None:
    stage = Stage(*web_tools())
    await stage.ask("Weather?", searching(), resuming())
    usage = stage.session.path[-1].usage
    assert (usage["input_tokens"], usage["output_tokens"]) == (20, 40)
    assert [each["output_tokens"] for each in usage["requests"]] == [20, 20]
    assert context_used(usage) == 30, "the last request's alone fills the context"


async def test_a_crash_between_the_requests_of_an_answer_keeps_both() -> None:
    stage = Stage(*web_tools())
    await stage.ask("Weather?", searching(), resuming())
    again = Answer("x")
    for event in [*searching(), *resuming()]:  # as `part` records have them
        again.apply(event)
    answer = stage.session.path[-1]
    assert again.blocks() == answer.content
    assert again.usage == answer.usage


async def test_the_first_request_of_a_paused_answer_is_on_disk_before_the_second_leaves() -> None:
    stage = Stage(*web_tools())
    gate = asyncio.Event()
    await stage.session.submit("Weather?")
    running = asyncio.create_task(stage.answer(searching(), [gate, *resuming()]))
    await until(lambda: len(stage.client.requests) == 2)
    assert MESSAGE_STOP in stage.log.part_events()
    gate.set()
    await running


async def test_a_pause_that_never_ends_is_left_to_the_person() -> None:
    stage = Stage(*web_tools())
    await stage.ask("Weather?", *[searching(answered=True) for _ in range(MOST_PAUSES + 1)])
    assert len(stage.client.requests) == MOST_PAUSES + 1
    answer = stage.session.path[-1]
    assert (answer.status, answer.stop_reason) == (Status.COMPLETE, "pause_turn")
    assert stage.session.can_continue


async def test_a_stop_between_the_requests_keeps_what_came() -> None:
    stage = Stage(*web_tools())
    await stage.session.submit("Weather?")
    running = asyncio.create_task(stage.answer(searching(), [asyncio.Event()]))
    await until(lambda: len(stage.client.requests) == 2)
    stage.session.stop()
    await running
    answer = stage.session.path[-1]
    assert (answer.status, answer.text) == (Status.STOPPED, "Let me look. ")
    await stage.ask("Go on.", whole("Yes."))
    stage.check_histories()


async def test_a_retry_after_a_pause_repeats_only_the_last_request() -> None:
    stage = Stage(*web_tools())
    await stage.ask("Weather?", searching(), [message_start(), Retrying(2, 5, 0.0, "Busy."), *resuming()])
    answer = stage.session.path[-1]
    assert answer.text == "Let me look. It is warm."
    assert answer.usage["input_tokens"] == 20


async def test_a_failure_after_a_pause_interrupts_the_answer() -> None:
    stage = Stage(*web_tools())
    await stage.ask("Weather?", searching(), [OVERLOADED])
    answer = stage.session.path[-1]
    assert (answer.status, answer.text) == (Status.INTERRUPTED, "Let me look. ")


# Calls.


async def test_a_call_is_run_and_its_result_goes_back() -> None:
    stage = Stage()
    events = await stage.ask("What does it say?", calling("t1", text="I will look."), whole("It says 42."))
    assert [type(event) for event in events if type(event) in {ToolsWanted, ToolCalled, ToolAnswered, Finished}] == [
        ToolsWanted,
        ToolCalled,
        ToolAnswered,
        Finished,
    ]
    assert stage.tools.calls == [ToolCall("t1", "files__read", {"path": "a"})]
    assert stage.shape() == ["u:text", "a:text+tool_use", "u:tool_result", "a:text"]
    assert stage.client.requests[1].body["messages"][-1] == {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "42"}],
    }
    assert stage.client.requests[1].body["tools"] == [READ]
    stage.check_histories()


async def test_results_of_several_calls_are_kept_one_by_one_and_sent_in_one_message() -> None:
    stage = Stage()
    await stage.ask("Both?", calling("t1", "t2"), whole("Done."))
    assert stage.shape() == ["u:text", "a:tool_use+tool_use", "u:tool_result", "u:tool_result", "a:text"]
    last = stage.client.requests[1].body["messages"][-1]["content"]
    assert [block["tool_use_id"] for block in last] == ["t1", "t2"]
    stage.check_histories()


async def test_thinking_before_a_call_goes_back_as_it_came() -> None:
    stage = Stage()
    await stage.ask("Think.", calling("t1", thinking=True), whole("Done."))
    await stage.ask("More.", whole("Yes."))
    for request in stage.client.requests[1:]:
        assert kind_of(request.body["messages"][1]["content"][0]) == "thinking"
        assert request.notices == ()
    stage.check_histories()


@pytest.mark.parametrize("answered", [0, 1])
async def test_a_crash_between_call_and_result_leaves_a_history_that_the_api_takes(
    tmp_path: Path, answered: int
) -> None:
    library = FileLibrary(Paths(tmp_path / "c", tmp_path / "s", tmp_path / "h"))
    conversation, log = library.create()
    stage = Stage(session=Session(conversation, log, Parameters(model=MODEL, tools=(READ,))))
    await stage.session.submit("Both?")
    await stage.session.use_tools([READ])
    stage.client.enqueue(*calling("t1", "t2"))
    async with aclosing(stage.session.answer(stage.client, tools=stage.tools)) as events:
        async for event in events:
            if isinstance(event, ToolCalled) and event.call.id == f"t{answered + 1}":
                break
    await log.close()
    found, log = library.open(stage.session.id)
    again = Stage(session=Session(found, log, Parameters(model=MODEL)))
    assert again.session.can_continue
    await again.ask("Never mind.", whole("Fine."))
    results = again.client.requests[0].body["messages"][-1]["content"]
    assert [block.get("content") for block in results[:2]] == ["42"] * answered + [NOT_RUN] * (2 - answered)
    assert results[2] == {"type": "text", "text": "Never mind."}
    again.check_histories()
    await log.close()


async def test_what_was_not_run_can_be_run_later() -> None:
    stage = Stage()
    stage.client.enqueue(*calling("t1", "t2"))
    await stage.session.submit("Both?")
    async with aclosing(stage.session.answer(stage.client, tools=stage.tools)) as events:
        async for event in events:
            if isinstance(event, ToolAnswered):
                break
    assert stage.session.waits_for_tools
    await stage.answer(whole("Done."))
    assert [call.id for call in stage.tools.calls] == ["t1", "t2"]
    assert stage.shape()[-3:] == ["u:tool_result", "u:tool_result", "a:text"]
    stage.check_histories()


async def test_a_stop_ends_the_tool_and_answers_for_the_calls_that_are_left() -> None:
    stage = Stage()
    stage.tools.gate = asyncio.Event()
    await stage.session.submit("Both?")
    running = asyncio.create_task(stage.answer(calling("t1", "t2")))
    await until(lambda: bool(stage.tools.calls))
    assert stage.session.busy and not stage.session.can_retry
    stage.session.stop()
    events = await running
    assert isinstance(events[-1], Finished)
    assert len(stage.tools.calls) == 1
    assert [each.content[0]["is_error"] for each in stage.session.path[-2:]] == [True, True]
    await stage.ask("Then not.", whole("Fine."))
    stage.check_histories()


class Thrifty:
    """A person who pays for so many requests, and remembers what they were shown."""

    def __init__(self, requests: int) -> None:
        self.left = requests
        self.problems: list[str] = []
        self.seen: list[Request] = []

    def see_tools(self, problems: Sequence[str]) -> None:
        self.problems += problems

    def see_request(self, request: Request) -> None:
        self.seen.append(request)

    async def may_ask(self, asked: Parameters) -> bool:
        self.left -= 1
        return self.left >= 0


async def test_a_request_that_nobody_pays_for_is_not_made_and_the_prompt_is_kept() -> None:
    stage, person = Stage(), Thrifty(0)
    await stage.session.submit("Now?")
    with pytest.raises(Unasked, match="because of the budget"):
        await anext(stage.session.answer(stage.client, stage.tools, person))
    assert not stage.session.busy
    assert stage.client.requests == []
    assert stage.shape() == ["u:text"]


async def test_between_two_rounds_money_is_asked_about_and_what_was_done_is_kept() -> None:
    stage, person = Stage(), Thrifty(1)
    await stage.session.submit("Now?")
    stage.client.enqueue(*calling("t1"))
    async with aclosing(stage.session.answer(stage.client, stage.tools, person)) as events:
        found = [event async for event in events]
    assert isinstance(found[-1], Finished)
    assert [request.body for request in person.seen][:1] == [request.body for request in stage.client.requests]
    assert stage.shape()[-1] == "u:tool_result"
    assert stage.session.can_continue
    await stage.answer(whole("Done."))
    assert [call.id for call in stage.tools.calls] == ["t1"]
    stage.check_histories()


async def test_a_stop_does_not_wait_for_servers_that_are_asked_for_their_tools() -> None:
    stage = Stage()
    stage.tools.opening = asyncio.Event()
    await stage.session.submit("Now?")

    async def answered() -> None:
        async for _ in stage.session.answer(stage.client, stage.tools):
            pass

    running = asyncio.create_task(answered())
    await until(lambda: stage.session.busy)
    stage.session.stop()
    with pytest.raises(Unasked, match="Stopped before anything was asked"):
        await running
    assert stage.client.requests == []
    assert not stage.session.busy


async def test_a_consumer_that_leaves_stops_the_tool() -> None:
    stage = Stage()
    stage.tools.gate = asyncio.Event()
    await stage.session.submit("Now?")
    running = asyncio.create_task(stage.answer(calling("t1")))
    await until(lambda: bool(stage.tools.calls))
    tool = stage.session._interruptible
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert tool is not None
    await until(tool.cancelled)
    assert not stage.session.busy


async def test_a_failure_after_a_tool_can_be_tried_again_without_running_it_twice() -> None:
    stage = Stage()
    await stage.ask("Look.", calling("t1"), [OVERLOADED])
    assert stage.session.path[-1].status is Status.ERROR
    stage.session.back_to_prompt()
    await stage.answer(whole("Done."))
    assert len(stage.tools.calls) == 1
    stage.check_histories()


async def test_a_call_that_was_cut_off_is_neither_run_nor_sent() -> None:
    stage = Stage()
    cut = [*calling("t1", text="Look:")[:-4], DROPPED]
    await stage.ask("Look.", cut)
    assert stage.tools.calls == []
    await stage.ask("And?", whole("Sorry."))
    stage.check_histories()


async def test_a_call_at_the_length_limit_is_not_trusted() -> None:
    stage = Stage()
    script = [*calling("t1", text="Look:")[:-2], message_delta("max_tokens"), MESSAGE_STOP]
    await stage.ask("Look.", script)
    assert stage.tools.calls == []
    await stage.ask("And?", whole("Sorry."))
    stage.check_histories()


async def test_a_refusal_after_tools_takes_the_whole_turn_out_of_the_history() -> None:
    stage = Stage()
    await stage.ask("First.", whole("Yes."))
    await stage.ask("Bad.", calling("t1"), whole("", stop_reason="refusal"))
    await stage.ask("Good.", whole("Yes."))
    said = [block.get("text") for each in stage.client.requests[-1].body["messages"] for block in each["content"]]
    assert said == ["First.", "Yes.", "Good."]
    stage.check_histories()


async def test_without_the_tools_what_they_said_is_left_out() -> None:
    stage = Stage()
    await stage.ask("Look.", calling("t1", text="I look."), whole("It says 42."))
    await stage.session.use_tools([])
    await stage.ask("Thanks.", whole("Welcome."))
    assert "tools" not in stage.client.requests[-1].body
    stage.check_histories()


async def test_a_long_result_is_cut_with_a_word_and_an_empty_one_says_so() -> None:
    call = ToolCall("t", "n")
    cut = ToolResult("x" * (LONGEST_RESULT + 5)).block(call)["content"]
    assert cut.endswith("[Cut here: 5 more characters.]")
    assert ToolResult(" ").block(call)["content"] == "(The tool answered with nothing.)"


async def test_a_tool_that_is_asked_for_without_anyone_to_run_it_ends_the_turn() -> None:
    stage = Stage()
    await stage.session.submit("Look.")
    stage.client.enqueue(*calling("t1"))
    async with aclosing(stage.session.answer(stage.client)) as events:
        assert isinstance([event async for event in events][-1], Finished)
    assert [call.id for call in calls_in(stage.session.path[-1])] == ["t1"]


# Definitions.


async def test_a_change_of_the_tools_leaves_older_thinking_out_and_says_so() -> None:
    stage = Stage()
    await stage.ask("Think.", calling("t1", thinking=True), whole("Done."))
    await stage.session.use_tools([READ, *web_tools()])
    await stage.session.submit("More.")
    request = await stage.session.prepared()
    assert "tools" in request.notices[0]
    assert all(kind_of(block) != "thinking" for each in request.body["messages"] for block in each["content"])
    assert broken_rules(request.body) == []


def test_domains_and_uses_are_bounded_as_the_api_wants_it() -> None:
    search, fetch = web_tools(WebLimits(3, ("example.com",), ("other.com",)))
    assert search["allowed_domains"] == fetch["allowed_domains"] == ["example.com"]
    assert "blocked_domains" not in search, "the API takes one of the two"
    assert search["max_uses"] == 3
    assert web_tools(WebLimits(blocked=("other.com",)))[0]["blocked_domains"] == ["other.com"]


def test_only_what_a_model_has_is_asked_for() -> None:
    definitions = [*web_tools(), *code_tools(), READ]
    assert offered(definitions, frozenset({"web_search"})) == (definitions[0], READ)
    assert offered(definitions, frozenset()) == (READ,)


def test_tools_come_and_go_without_moving_the_others() -> None:
    both = with_tools([READ], web_tools())
    assert [each["name"] for each in both] == ["files__read", "web_search", "web_fetch"]
    assert with_tools(both, [READ]) == both
    assert without_tools(both, ["web_search", "web_fetch"]) == [READ]


def test_searches_cost() -> None:
    none = Decimal(0)
    free = Price(
        input=none, output=none, cache_read=none, cache_write_5m=none, cache_write_1h=none, web_search=Decimal("0.01")
    )
    usage = {"input_tokens": 1, "server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 5}}
    assert cost_of(usage, (free,)) == Decimal("0.03")
    several = {"requests": [usage, usage], **usage}
    assert cost_of(several, (free,)) == Decimal("0.06")


def test_a_call_found_in_an_imported_answer_is_never_run() -> None:
    block = {"type": "tool_use", "id": "t", "name": "n", "input": {}}
    imported = Message(id="m", parent=None, role="assistant", content=(block,), source="claude")
    assert calls_in(imported) == []


# Containers.


def in_container(until: str) -> list[ApiEvent]:
    """An answer at whose end a container is told."""
    told = {"stop_reason": "end_turn", "container": {"id": "container_1", "expires_at": until}}
    return [*whole("Made.")[:-2], {"type": "message_delta", "delta": told, "usage": {}}, MESSAGE_STOP]


@pytest.mark.parametrize(("until_when", "sent"), [("2999-01-01T00:00:00Z", "container_1"), ("2001-01-01", None)])
async def test_code_goes_on_in_its_container_while_that_is_there(until_when: str, sent: str | None) -> None:
    stage = Stage(*code_tools())
    able = ModelInfo(id="claude-test", server_tools=frozenset({"code_execution"}))
    stage.session.parameters = Parameters(model=able, tools=tuple(code_tools()))
    await stage.ask("Make.", in_container(until_when))
    await stage.ask("More.", whole("Yes."))
    assert "container" not in stage.client.requests[0].body
    assert stage.client.requests[1].body.get("container") == sent
    await stage.session.use_tools([])
    await stage.ask("Thanks.", whole("Welcome."))
    assert "container" not in stage.client.requests[2].body
