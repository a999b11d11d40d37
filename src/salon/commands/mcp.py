"""`salon mcp list`: the tool servers of config.toml, whether they answer, and which tools they have."""

import argparse
import asyncio
from dataclasses import dataclass
from typing import Any

from salon.chat.blocks import Block
from salon.commands.command import Command, Desk
from salon.errors import SalonError
from salon.exits import Exit
from salon.mcp.servers import SEPARATOR, McpServers
from salon.untrusted import clean_line
from salon.wiring import Options, build
from salon.words import plural, tr


@dataclass(frozen=True, slots=True)
class _Answered:
    """What came of asking one server."""

    name: str
    tools: tuple[Block, ...] = ()
    problem: str = ""
    """Why it did not answer, in a sentence; "" where it did."""


def _list(desk: Desk) -> int:
    options = desk.options
    house = build(Options(config_dir=options.config_dir, demo=options.demo))
    servers, problems = house.tool_servers()
    for problem in [*house.problems, *problems]:
        desk.warn(problem)
    try:
        found = asyncio.run(_ask_all(servers))
    finally:
        house.close()
    for answered in found:
        if desk.as_json:
            desk.give(_record(servers, answered))
        else:
            _tell(desk, servers, answered)
    if not found and not desk.as_json:
        desk.say(tr("config.toml has no tool servers. They stand there as tables, [mcp.NAME]."))
    return Exit.OK


async def _ask_all(servers: McpServers) -> list[_Answered]:
    try:
        return list(await asyncio.gather(*(_ask(servers, name) for name in servers.names)))
    finally:
        await servers.aclose()


async def _ask(servers: McpServers, name: str) -> _Answered:
    try:
        return _Answered(name, tuple(await servers.definitions(name)))
    except SalonError as error:
        return _Answered(name, problem=clean_line(error.sentence(), 400))


def _tell(desk: Desk, servers: McpServers, answered: _Answered) -> None:
    count = len(answered.tools)
    state = tr("does not answer") if answered.problem else plural("{n} tool", "{n} tools", count)
    chats = tr("in new chats") if answered.name in servers.enabled else tr("only in chats that ask for it")
    desk.say(f"{answered.name}  {state} · {chats}\n    {servers.place_of(answered.name)}")
    if answered.problem:
        desk.say(f"    {answered.problem}")
    for tool in answered.tools:
        asks = "" if not servers.is_allowed(str(tool["name"])) else tr("  (runs without asking)")
        told = clean_line(str(tool["description"]), 100)
        desk.say(f"    - {_own_name(tool)}{f': {told}' if told else ''}{asks}")


def _record(servers: McpServers, answered: _Answered) -> dict[str, Any]:
    """A server as `--json` shows it; these names stay what they are."""
    tools = [
        {"name": _own_name(tool), "description": tool["description"], "asks": not servers.is_allowed(str(tool["name"]))}
        for tool in answered.tools
    ]
    return {
        "name": answered.name,
        "place": servers.place_of(answered.name),
        "in_new_chats": answered.name in servers.enabled,
        "state": "failed" if answered.problem else "ready",
        "problem": answered.problem or None,
        "tools": tools,
    }


def _own_name(tool: Block) -> str:
    return str(tool["name"]).partition(SEPARATOR)[2]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("list",), help=tr("list: the servers, whether they answer, and their tools"))


COMMANDS = (Command("mcp", tr("list the tool servers of config.toml, and their tools"), _arguments, _list),)
