"""All servers of config.toml: their tools as definitions for a request, and their calls."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from salon.chat.blocks import Block
from salon.chat.request import mended_value
from salon.chat.tools import ToolCall, ToolResult
from salon.errors import SalonError
from salon.mcp.config import ServerConfig
from salon.mcp.connection import START_SECONDS, ServerConnection, ToolServerError
from salon.untrusted import clean
from salon.words import tr

SEPARATOR = "__"
LONGEST_NAME = 64
"""Characters of a tool's name that the API takes."""
LONGEST_DESCRIPTION = 4000
LONGEST_SCHEMA = 50_000
"""Characters of a tool's schema as JSON; all schemas are sent with every request."""
LONGEST_TEXT = 400_000
"""Characters of a result that are looked at; of these fewer go to the model."""
_UNSUITABLE = re.compile(r"[^A-Za-z0-9_-]")


class McpServers:
    """Connects to servers as they are needed. Lives in one event loop."""

    def __init__(
        self,
        configs: Iterable[ServerConfig],
        allowed: Iterable[str] = (),
        keep_allowed: Callable[[str], None] = lambda _line: None,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._servers = {config.name: ServerConnection(config, start_seconds) for config in configs}
        self._allowed = set(allowed)
        self._keep_allowed = keep_allowed
        self._original: dict[str, str] = {}
        """The tools' own names by those that the model uses, where they differ."""

    @property
    def names(self) -> Sequence[str]:
        """The servers, in the order of the file."""
        return list(self._servers)

    @property
    def enabled(self) -> Sequence[str]:
        """Those whose tools new chats have."""
        return [name for name, server in self._servers.items() if server.config.enabled]

    def place_of(self, name: str) -> str:
        """A server's program or address."""
        return self._servers[name].config.place

    def server_of(self, tool: str) -> str:
        """The server of a tool, by the name that the model uses; "" for one of nobody's."""
        name = tool.partition(SEPARATOR)[0]
        return name if name in self._servers and SEPARATOR in tool else ""

    async def definitions(self, name: str) -> list[Block]:
        """A server's tools, as a request has them. Raises `SalonError`."""
        if name not in self._servers:
            raise ToolServerError(tr("There is no tool server “{name}” in config.toml.", name=name))
        definitions: dict[str, Block] = {}
        for tool in await self._servers[name].list_tools():
            definition = _definition(name, tool)
            if definition is not None and definition["name"] not in definitions:
                definitions[definition["name"]] = definition
                self._original[definition["name"]] = tool.name
        return list(definitions.values())

    def is_allowed(self, tool: str) -> bool:
        """Whether a tool may be run without asking: config.toml says so, or the person did for always."""
        name = self.server_of(tool)
        if not name:
            return False
        config = self._servers[name].config
        own = tool.removeprefix(name + SEPARATOR)
        return bool(config.allow & {"*", own}) or self._line(tool) in self._allowed

    def allow_always(self, tool: str) -> None:
        """Run a tool without asking from now on; writes a file, so call it from a thread. Raises `StoreError`."""
        line = self._line(tool)
        self._allowed.add(line)
        self._keep_allowed(line)

    def _line(self, tool: str) -> str:
        return f"{tool} {self._servers[self.server_of(tool)].config.identity}"

    async def call(self, call: ToolCall) -> ToolResult:
        """Run a call; what fails is a result that says so."""
        name = self.server_of(call.name)
        if not name:
            return ToolResult("There is no such tool in this chat any more.", is_error=True)
        try:
            if call.name not in self._original:
                await self.definitions(name)  # the tools of a chat that was begun by an earlier run of Salon
            own = self._original.get(call.name)
            if own is None:
                return ToolResult("The tool server does not have this tool any more.", is_error=True)
            result = await self._servers[name].call(own, mended_value(dict(call.arguments)))
        except SalonError as error:
            return ToolResult(error.sentence(), is_error=True)
        return ToolResult(_text(result), is_error=bool(getattr(result, "is_error", False)))

    async def aclose(self) -> None:
        """End all servers."""
        await asyncio.gather(*(server.close() for server in self._servers.values()))


def _definition(server: str, tool: Any) -> Block | None:
    """A tool as a request has it; None for one whose schema nobody could want in every request."""
    schema = tool.input_schema if isinstance(tool.input_schema, dict) else {}
    schema = {"type": "object"} | schema
    try:
        if len(json.dumps(schema)) > LONGEST_SCHEMA:
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    name = f"{server}{SEPARATOR}{_UNSUITABLE.sub('_', tool.name)}"[:LONGEST_NAME]
    return {"name": name, "description": clean(tool.description or "")[:LONGEST_DESCRIPTION], "input_schema": schema}


def _text(result: Any) -> str:
    """What a result says, in words; what is not text is named."""
    parts: list[str] = []
    for block in result.content:
        kind = getattr(block, "type", "")
        if kind == "text":
            parts.append(block.text)
        elif kind == "resource" and isinstance(getattr(block.resource, "text", None), str):
            parts.append(f"{block.resource.uri}\n{block.resource.text}")
        elif kind == "resource_link":
            parts.append(str(block.uri))
        else:
            parts.append(f"[The tool answered with {kind or 'something'}, which is not passed on.]")
    if not parts and result.structured_content is not None:
        parts.append(json.dumps(result.structured_content, ensure_ascii=False))
    return "\n\n".join(parts)[:LONGEST_TEXT]
