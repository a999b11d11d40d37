"""Tool servers over MCP: found in config.toml, connected lazily, called, and survived however they behave."""

import asyncio
import logging
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from loopback_api import loopback_api
from salon.chat.tools import ToolCall
from salon.errors import SalonError
from salon.logs import keep_secret
from salon.mcp.config import ServerConfig, load_servers
from salon.mcp.servers import McpServers
from waiting import until

PROGRAM = str(Path(__file__).parent.parent / "tool_server.py")


def program(**changes: Any) -> ServerConfig:
    return ServerConfig(**{"name": "test", "command": (sys.executable, PROGRAM, "stdio")} | changes)


def calling(tool: str, **arguments: Any) -> ToolCall:
    return ToolCall("t1", f"test__{tool}", arguments)


@pytest.fixture
async def servers() -> AsyncIterator[McpServers]:
    made = McpServers([program(timeout=30)])
    yield made
    await made.aclose()


@pytest.fixture
def address() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, PROGRAM, "http", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield f"http://127.0.0.1:{port}/mcp"
    running.kill()
    running.wait()


async def test_a_program_lists_its_tools_and_runs_them(
    servers: McpServers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret")
    monkeypatch.setenv("SALON_SOMETHING", "ours")
    caplog.set_level(logging.INFO, logger="salon.mcp")
    definitions = {each["name"]: each for each in await servers.definitions("test")}
    assert definitions["test__add"]["description"] == "Adds two numbers."
    assert definitions["test__add"]["input_schema"]["type"] == "object"

    assert await servers.call(calling("add", a=2, b=3)) == (await servers.call(calling("add", a=1, b=4)))
    assert (await servers.call(calling("add", a=2, b=3))).text == "5"
    assert (await servers.call(calling("odd_name_"))).text == "odd", "a name that the API takes leads to the tool's own"

    environment = (await servers.call(calling("environment"))).text
    assert "PATH=" in environment
    assert "secret" not in environment and "SALON_" not in environment

    failed = await servers.call(calling("fail"))
    assert failed.is_error
    wrong = await servers.call(calling("add", a="x"))
    assert wrong.is_error

    await until(lambda: "hello" in caplog.text)
    assert "\x1b" not in caplog.text


async def test_a_server_that_dies_fails_its_call_and_is_started_anew(servers: McpServers) -> None:
    died = await servers.call(calling("die"))
    assert died.is_error and "test" in died.text
    assert (await servers.call(calling("add", a=1, b=1))).text == "2"


async def test_a_tool_that_hangs_is_given_up_and_the_server_still_answers() -> None:
    servers = McpServers([program(timeout=1)])
    try:
        await servers.definitions("test")
        hung = await servers.call(calling("hang"))
        assert hung.is_error and "1 seconds" in hung.text
        assert (await servers.call(calling("add", a=1, b=1))).text == "2"
    finally:
        await servers.aclose()


async def test_a_call_can_be_cancelled_and_the_server_still_answers(servers: McpServers) -> None:
    await servers.definitions("test")
    hanging = asyncio.create_task(servers.call(calling("hang")))
    await asyncio.sleep(0)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    assert (await servers.call(calling("add", a=1, b=1))).text == "2"


async def test_a_server_at_an_address(address: str) -> None:
    with socket.socket() as probe:
        port = int(address.split(":")[2].split("/")[0])
        await until(lambda: probe.connect_ex(("127.0.0.1", port)) == 0, seconds=20)
    servers = McpServers([ServerConfig(name="test", url=address)])
    try:
        assert "test__add" in {each["name"] for each in await servers.definitions("test")}
        assert (await servers.call(calling("add", a=2, b=3))).text == "5"
    finally:
        await servers.aclose()


@pytest.mark.parametrize(
    "config",
    [
        program(command=("/no/such/program",)),
        program(command=(sys.executable, "-c", "print('this is no protocol'); raise SystemExit(1)")),
        program(command=(sys.executable, "-c", "import time; time.sleep(60)")),
        ServerConfig(name="test", url="http://127.0.0.1:9/mcp"),
    ],
    ids=["missing", "exits", "silent", "refused"],
)
async def test_a_server_that_cannot_be_reached_says_so_in_time(config: ServerConfig) -> None:
    servers = McpServers([config], start_seconds=2.5)
    with pytest.raises(SalonError) as failure:
        await servers.definitions("test")
    assert "tool server “test”" in failure.value.what
    result = await servers.call(calling("add"))
    assert result.is_error
    await servers.aclose()


# What may be run without asking.


def test_a_tool_is_asked_for_unless_the_person_said_otherwise() -> None:
    kept: list[str] = []
    servers = McpServers([program(allow=frozenset({"add"}))], keep_allowed=kept.append)
    assert servers.is_allowed("test__add")
    assert not servers.is_allowed("test__fail")
    assert not servers.is_allowed("other__add") and not servers.is_allowed("add")
    servers.allow_always("test__fail")
    assert servers.is_allowed("test__fail")

    assert McpServers([program()], kept).is_allowed("test__fail")
    replaced = program(command=("/another/program",))
    assert not McpServers([replaced], kept).is_allowed("test__fail"), "a permission is for that program only"


# config.toml.


def test_servers_stand_in_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        """
[mcp.files]
command = ["files-server", "--root", "/tmp"]
env = { LANG = "C" }
pass_env = ["GITHUB_TOKEN", "NOT_SET"]
allow = ["read"]
timeout = 5

[mcp.docs]
url = "https://example.com/mcp"
token_env = "DOCS_TOKEN"
enabled = false
""",
        encoding="utf-8",
    )
    servers, problems = load_servers(file, {"GITHUB_TOKEN": "g", "DOCS_TOKEN": " d "})
    assert problems == []
    files, docs = servers
    assert (files.command, dict(files.env), files.timeout) == (
        ("files-server", "--root", "/tmp"),
        {"LANG": "C", "GITHUB_TOKEN": "g"},
        5.0,
    )
    assert (docs.url, docs.token, docs.enabled) == ("https://example.com/mcp", "d", False)
    assert "'g'" not in repr(files) and "'d'" not in repr(docs), "secrets stay out of logs"


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("x = 1", "there is no"),
        ('[mcp.a]\ncommand = "one string"', "list of texts"),
        ('[mcp.a]\ncommand = ["a"]\nurl = "https://x"', "either"),
        ('[mcp.a]\nurl = "http://example.com"', "https://"),
        ('[mcp.a]\nurl = "https://me:pw@example.com"', "password"),
        ('[mcp.a]\nurl = "https://[x"', "address"),
        ('[mcp.a]\ncommand = ["a"]\npass_env = ["ANTHROPIC_API_KEY"]', "given to nobody"),
        ('[mcp.a]\nurl = "https://x.org"\ntoken_env = "ANTHROPIC_API_KEY"', "given to nobody"),
        ('[mcp.a]\ncommand = ["a"]\nenv = { X = 1 }', "texts"),
        ('[mcp.a]\ncommand = ["a"]\nenable = true', "enabled"),
        ('[mcp.a]\ncommand = ["a"]\nenabled = "yes"', "true or false"),
        ('[mcp.a]\ncommand = ["a"]\ntimeout = 0', "seconds"),
        ('[mcp."a__b"]\ncommand = ["a"]', "letters"),
        ("mcp = 3", "tables"),
    ],
)
def test_what_is_wrong_with_a_server_is_said_with_its_place(tmp_path: Path, table: str, word: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(table if table.startswith(("[", "mcp")) else f"[mcp.a]\n{table}", encoding="utf-8")
    servers, problems = load_servers(file, {"ANTHROPIC_API_KEY": "secret"})
    assert servers == []
    assert len(problems) == 1 and word in problems[0] and str(file) in problems[0]


async def test_a_servers_token_follows_no_redirection_and_no_error_quotes_it(caplog: pytest.LogCaptureFixture) -> None:
    token = "token-canary-0123456789"
    keep_secret(token)
    with loopback_api() as first, loopback_api() as second:
        first.status, first.headers = 307, {"location": f"{second.address}/mcp"}
        for given in (token, f"{token}\x0b", f"{token}\u20ac"):
            servers = McpServers([ServerConfig(name="web", url=f"{first.address}/mcp", token=given)], start_seconds=20)
            with pytest.raises(SalonError) as raised:
                await servers.definitions("web")
            await servers.aclose()
            assert token not in raised.value.sentence()
    assert first.told
    assert second.told == []
