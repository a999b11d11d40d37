"""Tools as a person meets them: switched on and off, asked about before they run, and seen at work."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fakes import (
    MESSAGE_STOP,
    block_start,
    block_stop,
    delta,
    message_delta,
    message_start,
    text_delta,
    text_start,
    whole,
)
from history_rules import broken_rules
from salon.chat.blocks import Block
from salon.chat.events import ApiEvent
from salon.chat.model import ModelInfo
from salon.chat.tools import ToolCall, ToolResult
from salon.errors import SalonError
from salon.mcp.connection import ToolServerError
from salon.mcp.servers import McpServers
from salon.ui.question import Question
from ui.driver import MODEL, Person, salon

ABLE = ModelInfo(
    id="claude-test", name="Test Model", server_tools=frozenset({"web_search", "web_fetch", "code_execution"})
)
READ: Block = {"name": "files__read", "description": "Reads.", "input_schema": {"type": "object"}}


class FakeServers(McpServers):
    """One server with one tool; `result` is what it answers, `gate` what it waits for."""

    def __init__(self, failure: SalonError | None = None, enabled: bool = True) -> None:
        super().__init__(())
        self.failure = failure
        self.on = enabled
        self.calls: list[ToolCall] = []
        self.always: list[str] = []
        self.result = ToolResult("contents of a file")
        self.gate: asyncio.Event | None = None
        self.closed = False

    @property
    def names(self) -> Sequence[str]:
        return ["files"]

    @property
    def enabled(self) -> Sequence[str]:
        return ["files"] if self.on else []

    def server_of(self, tool: str) -> str:
        return "files" if tool.startswith("files__") else ""

    def is_allowed(self, tool: str) -> bool:
        return tool in self.always

    def allow_always(self, tool: str) -> None:
        self.always.append(tool)

    async def definitions(self, name: str) -> list[Block]:
        if self.failure is not None:
            raise self.failure
        return [READ]

    async def call(self, call: ToolCall) -> ToolResult:
        self.calls.append(call)
        if self.gate is not None:
            await self.gate.wait()
        return self.result

    async def aclose(self) -> None:
        self.closed = True


def calling(*arguments: str, tool: str = "files__read") -> list[ApiEvent]:
    events = [message_start(), text_start(), text_delta("I look. "), block_stop()]
    for index, source in enumerate(arguments, start=1):
        use = {"type": "tool_use", "id": f"t{index}", "name": tool, "input": {}}
        events += [block_start(index, use), delta(index, "input_json_delta", partial_json=source), block_stop(index)]
    return [*events, message_delta("tool_use"), MESSAGE_STOP]


def question_of(person: Person) -> Question:
    return person.chat.query_one(Question)


async def is_asked(person: Person, word: str = "Run") -> None:
    await person.sees(lambda: question_of(person).asked is not None and word in person.screen_text(), "the question")


async def test_a_call_is_asked_about_and_run_once(tmp_path: Path) -> None:
    servers = FakeServers()
    async with salon(tmp_path, tool_servers=servers) as person:
        await ask(person, calling('{"path": "notes.txt"}'), whole("It has contents."))
        await is_asked(person)
        screen = person.screen_text()
        assert "Run files · read?" in screen and "notes.txt" in screen
        assert "Alt+1 once" in screen and "Waiting for you" in screen
        assert servers.calls == []
        await person.press("alt+1")
        await person.answer_arrives()
        assert [call.arguments for call in servers.calls] == [{"path": "notes.txt"}]
        screen = person.screen_text()
        assert "It has contents." in screen and "files · read: notes.txt" in screen
        assert "Result: contents of a file" in screen
        assert not question_of(person).display
        assert all(not broken_rules(request.body) for request in person.client.requests)


async def ask(person: Person, *scripts: list[Any]) -> None:
    """Say something that is answered with these scripts, one request each."""
    first, *others = scripts
    await person.type("Go.")
    for script in (first, *others):
        person.client.enqueue(*script)
    await person.press("enter")


@pytest.mark.parametrize(
    ("key", "asked_again", "always"), [("alt+1", True, []), ("alt+2", False, []), ("alt+3", False, ["files__read"])]
)
async def test_how_long_an_agreement_holds(tmp_path: Path, key: str, asked_again: bool, always: list[str]) -> None:
    servers = FakeServers()
    async with salon(tmp_path, tool_servers=servers) as person:
        await ask(person, calling("{}"), calling("{}"), whole("Done."))
        await is_asked(person)
        await person.press(key)
        if asked_again:
            await person.sees(lambda: len(servers.calls) == 1)
            await is_asked(person)
            await person.press("alt+4")
        await person.answer_arrives()
        assert len(servers.calls) == (1 if asked_again else 2)
        assert servers.always == always
        assert "Done." in person.screen_text()


async def test_a_refusal_with_its_reason_reaches_the_model(tmp_path: Path) -> None:
    servers = FakeServers()
    async with salon(tmp_path, tool_servers=servers) as person:
        await ask(person, calling("{}"), whole("Then not."))
        await is_asked(person)
        await person.type("/refuse that file is private")
        await person.press("enter")
        await person.answer_arrives()
        assert servers.calls == []
        result = person.client.requests[1].body["messages"][-1]["content"][0]
        assert result["is_error"] and "that file is private" in result["content"]


async def test_typing_and_enter_never_agree_to_a_call(tmp_path: Path) -> None:
    servers = FakeServers()
    async with salon(tmp_path, tool_servers=servers) as person:
        await ask(person, calling("{}"), whole("Done."))
        await is_asked(person)
        await person.press("enter", "y", "1", "enter")
        assert question_of(person).asked is not None
        assert servers.calls == []
        await person.press("alt+4")
        await person.answer_arrives()


async def test_hostile_arguments_and_results_are_shown_harmless(tmp_path: Path) -> None:
    servers = FakeServers()
    servers.result = ToolResult("\x1b[2Jgone [red]markup[/] \x07")
    arguments = '{"path": "\\u001b[31mevil\\nlines\\nmore\\nand more\\nlast", "other": "[bold]x[/]"}'
    async with salon(tmp_path, tool_servers=servers) as person:
        await ask(person, calling(arguments), whole("Done."))
        await is_asked(person)
        screen = person.screen_text()
        assert "\x1b" not in screen and "more rows" in screen and "last" not in screen
        await person.press("alt+5")
        await person.sees(lambda: "[bold]x[/]" in person.screen_text())
        await person.press("alt+1")
        await person.answer_arrives()
        assert "[red]markup[/]" in person.screen_text()


async def test_esc_stops_a_tool_that_runs_and_what_was_asked_can_go_on(tmp_path: Path) -> None:
    servers = FakeServers()
    servers.gate = asyncio.Event()
    async with salon(tmp_path, tool_servers=servers) as person:
        await ask(person, calling("{}"), whole("Done."))
        await is_asked(person)
        await person.press("alt+1")
        await person.sees(lambda: "Running files · read" in person.screen_text())
        await person.press("escape")
        await person.answer_arrives()
        assert "has not gone on after its tools" in person.screen_text()
        await person.press("f6")
        await person.answer_arrives()
        assert "Done." in person.screen_text()
        assert not broken_rules(person.client.requests[-1].body)


async def test_esc_takes_the_question_away(tmp_path: Path) -> None:
    async with salon(tmp_path, tool_servers=FakeServers()) as person:
        await ask(person, calling("{}"), whole("Done."))
        await is_asked(person)
        await person.press("escape")
        await person.answer_arrives()
        assert not question_of(person).display
        assert len(person.client.requests) == 1


async def test_a_server_that_cannot_be_reached_is_a_notice_and_the_chat_goes_on(tmp_path: Path) -> None:
    dead = FakeServers(ToolServerError("The tool server “files” could not be started: no such file"))
    async with salon(tmp_path, tool_servers=dead) as person:
        await ask(person, whole("Hello."))
        await person.answer_begins("Hello.")
        assert "tools" not in person.client.requests[0].body


async def test_the_tools_of_a_chat_are_frozen_with_it(tmp_path: Path) -> None:
    async with salon(tmp_path, tool_servers=FakeServers()) as person:
        await ask(person, whole("Hello."))
        await person.answer_arrives()
        assert person.session.conversation.settings["tools"] == [READ]
        assert person.client.requests[0].body["tools"] == [READ]
        assert "files" in person.rows()[-1]


async def test_a_server_can_be_given_to_a_chat_and_taken_from_it(tmp_path: Path) -> None:
    async with salon(tmp_path, tool_servers=FakeServers(enabled=False)) as person:
        await ask(person, whole("Hello."))
        await person.answer_arrives()
        assert "tools" not in person.client.requests[0].body
        await person.type("/tools files")
        await person.press("enter")
        await person.sees(lambda: "1 tool of files" in person.screen_text())
        assert "without the cache" in " ".join(person.screen_text().split()), "what it costs is said"
        await ask(person, whole("Yes."))
        await person.answer_arrives()
        assert person.client.requests[1].body["tools"] == [READ]
        await person.type("/tools files")
        await person.press("enter")
        await person.sees(lambda: "no tools of files any more" in person.screen_text())
        assert person.session.tools == ()


def able(model_id: str) -> ModelInfo:
    return ABLE


async def test_web_search_is_one_key_and_shown(tmp_path: Path) -> None:
    async with salon(tmp_path, models=able) as person:
        await person.press("alt+6")
        await person.sees(lambda: "may search the web" in person.screen_text())
        assert "web" in person.rows()[-1]
        await ask(person, whole("Sunny."))
        await person.answer_arrives()
        sent = [tool["name"] for tool in person.client.requests[0].body["tools"]]
        assert sent == ["web_search", "web_fetch"]
        assert [tool["name"] for tool in person.session.conversation.settings["tools"]] == sent
        await person.press("alt+6")
        await person.sees(lambda: "may not search the web" in person.screen_text())
        await ask(person, whole("Still."))
        await person.answer_arrives()
        assert "tools" not in person.client.requests[1].body


async def test_a_model_without_web_search_says_so(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        assert MODEL.server_tools == frozenset()
        await person.press("alt+6")
        await person.sees(lambda: "cannot search the web" in person.screen_text())
        await ask(person, whole("Hello."))
        await person.answer_arrives()
        assert "tools" not in person.client.requests[0].body


async def test_the_query_is_shown_while_it_searches_and_a_pause_goes_on(tmp_path: Path) -> None:
    gate = asyncio.Event()
    use = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
    found = {"type": "web_search_result", "title": "Weather", "url": "https://example.com", "encrypted_content": "x"}
    result = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [found]}
    searching = [message_start(), block_start(0, use), delta(0, "input_json_delta", partial_json='{"query": "rain"}')]
    searching += [block_stop(0), message_delta("pause_turn"), MESSAGE_STOP]
    rest = [message_start(), block_start(0, result), block_stop(0)]
    rest += [text_start(1), text_delta("It rains.", 1), block_stop(1), message_delta(), MESSAGE_STOP]
    async with salon(tmp_path, models=able) as person:
        await person.press("alt+6")
        await ask(person, [*searching[:-2], gate, *searching[-2:]], rest)
        await person.sees(lambda: "Searching: rain" in person.screen_text())
        assert "Web search: rain" in person.screen_text()
        gate.set()
        await person.answer_arrives()
        screen = person.screen_text()
        assert "It rains." in screen and "1 result: Weather" in screen
        assert len(person.session.path) == 2, "one message, however many requests it took"


async def test_a_question_in_a_chat_that_is_out_of_sight_is_told(tmp_path: Path) -> None:
    servers = FakeServers()
    gate = asyncio.Event()
    script: list[Any] = calling("{}")
    async with salon(tmp_path, tool_servers=servers) as person:
        first = person.chat
        await ask(person, [*script[:2], gate, *script[2:]], whole("Done."))
        await person.answer_begins("")
        await person.press("ctrl+n")
        await person.sees(lambda: person.chat is not first)
        gate.set()
        await person.sees(lambda: "asks whether it may run a tool" in person.screen_text())
        assert servers.calls == []


async def test_files_that_code_made_are_saved_on_request(tmp_path: Path) -> None:
    content = {
        "type": "bash_code_execution_result",
        "stdout": "made\n",
        "stderr": "",
        "return_code": 0,
        "content": [{"type": "bash_code_execution_output", "file_id": "file_1"}],
    }
    use = {"type": "server_tool_use", "id": "s1", "name": "bash_code_execution", "input": {}}
    result = {"type": "bash_code_execution_tool_result", "tool_use_id": "s1", "content": content}
    script = [message_start(), block_start(0, use), delta(0, "input_json_delta", partial_json='{"command": "make"}')]
    script += [block_stop(0), block_start(1, result), block_stop(1), message_delta(), MESSAGE_STOP]
    async with salon(tmp_path, models=able) as person:
        await person.type("/save-files")
        await person.press("enter")
        await person.sees(lambda: "has made files" in person.screen_text())
        await ask(person, script)
        await person.answer_arrives()
        screen = person.screen_text()
        assert "Shell: make" in screen and "Exit code 0 · 1 line of output · 1 file" in screen
        person.client.files["file_1"] = ("../out.csv", b"1,2")
        await person.type(f"/save-files {tmp_path}")
        await person.press("enter")
        await person.sees(lambda: "Saved:" in person.screen_text())
        assert (tmp_path / "out.csv").read_bytes() == b"1,2"
        person.client.files["file_1"] = ToolServerError("Gone.")
        await person.type(f"/save-files {tmp_path}")
        await person.press("enter")
        await person.sees(lambda: "File 1 was not: Gone." in person.screen_text())
