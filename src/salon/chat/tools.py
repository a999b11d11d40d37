"""Tools that a model may use: what a request says of them, and the small contract behind which they are run.

The server's own tools (web search, web fetch, code execution) are run by the API within an answer. The client's are
asked for by a `tool_use` block and run here, one after the other, each result a message of its own as soon as there is
one: what was done stays done, whatever happens to the process.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from salon.chat.blocks import Block, kind_of
from salon.chat.conversation import Message, Status

TOOL_SEAM = "tool"
"""The `seam` of a user message that holds a tool's result and nothing of the person's."""
SETTING = "tools"
"""The session's setting that has the definitions which its requests go with."""
MOST_ROUNDS = 50
"""How often an answer may ask for tools before it is left to the person whether it goes on."""
LONGEST_RESULT = 100_000
"""Characters of a result that go to the model; about 25,000 tokens."""

WEB = ("web_search", "web_fetch")
CODE = ("code_execution",)
SERVER_TOOLS = frozenset((*WEB, *CODE))
"""The names of the server's own tools that Salon offers."""


@dataclass(frozen=True, slots=True)
class WebLimits:
    """What the person allows the server's web tools."""

    max_uses: int = 0
    """How often each may be used in one request; 0 leaves it to the model."""
    allowed: tuple[str, ...] = ()
    """The only domains that may be looked at; none means all."""
    blocked: tuple[str, ...] = ()
    """Domains that may not; the API takes these only where none are `allowed`."""


def web_tools(limits: WebLimits = WebLimits()) -> list[Block]:
    """The definitions of web search and web fetch, in the versions that every model takes."""
    bounds: Block = {"max_uses": limits.max_uses} if limits.max_uses else {}
    if limits.allowed:
        bounds["allowed_domains"] = list(limits.allowed)
    elif limits.blocked:
        bounds["blocked_domains"] = list(limits.blocked)
    return [
        {"type": "web_search_20250305", "name": "web_search", **bounds},
        {"type": "web_fetch_20250910", "name": "web_fetch", **bounds, "citations": {"enabled": True}},
    ]


def code_tools() -> list[Block]:
    """The definition of code execution."""
    return [{"type": "code_execution_20250825", "name": "code_execution"}]


def name_of(definition: Mapping[str, Any]) -> str:
    """The name by which a model calls a tool."""
    name = definition.get("name")
    return name if isinstance(name, str) else ""


def definitions_in(settings: Mapping[str, Any]) -> tuple[Block, ...] | None:
    """The definitions that a session goes with; None where it has not said."""
    written = settings.get(SETTING)
    if not isinstance(written, list):
        return None
    return tuple(each for each in written if isinstance(each, dict) and name_of(each))


def offered(definitions: Iterable[Block], server_tools: frozenset[str]) -> tuple[Block, ...]:
    """The definitions without those of the server's own tools that the model does not have."""
    return tuple(
        each for each in definitions if name_of(each) not in SERVER_TOOLS - server_tools or "input_schema" in each
    )


def with_tools(definitions: Iterable[Block], added: Sequence[Block]) -> list[Block]:
    """The definitions with others added, or put in the place of those with the same names; the order stays."""
    by_name = {name_of(each): each for each in definitions}
    return list((by_name | {name_of(each): each for each in added}).values())


def without_tools(definitions: Iterable[Block], names: Iterable[str]) -> list[Block]:
    """The definitions without those of these names."""
    gone = set(names)
    return [each for each in definitions if name_of(each) not in gone]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model asks of a tool."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered, or why it did not; untrusted."""

    text: str
    is_error: bool = False

    def block(self, call: ToolCall) -> Block:
        """The content block that goes back to the model, cut with a word where it is too long."""
        text = self.text
        if len(text) > LONGEST_RESULT:
            text = f"{text[:LONGEST_RESULT]}\n[Cut here: {len(self.text) - LONGEST_RESULT:,} more characters.]"
        said = text if text.strip() else "(The tool answered with nothing.)"
        result: Block = {"type": "tool_result", "tool_use_id": call.id, "content": said}
        return result | ({"is_error": True} if self.is_error else {})


@dataclass(frozen=True, slots=True)
class Beginning:
    """The tools that a chat begins with."""

    definitions: Sequence[Block]
    problems: Sequence[str] = ()
    """Why some are not among them, in sentences."""


class Tools(Protocol):
    """What runs the client's tools."""

    async def beginning(self, own: Sequence[Block]) -> Beginning:
        """What a chat begins with that has some of its `own`; cancelling it is safe."""
        ...

    async def call(self, call: ToolCall) -> ToolResult:
        """Run one call, after asking whoever must be asked. Failures are results; cancelling it stops the tool."""
        ...


def container_in(extra: Mapping[str, Any], now: str) -> str:
    """The container that code ran in, where an answer's `extra` names one that is there at `now` (ISO 8601, UTC).

    The API tells it at an answer's end, and takes its id so that what code made is still there the next time.
    """
    events = extra.get("events")
    for event in reversed(events if isinstance(events, list) else []):
        delta = event.get("delta") if isinstance(event, dict) else None
        container = delta.get("container") if isinstance(delta, dict) else None
        if isinstance(container, dict):
            an_id, until = container.get("id"), container.get("expires_at")
            alive = not isinstance(until, str) or until[:19] > now[:19]
            return an_id if isinstance(an_id, str) and alive else ""
    return ""


def last_container(path: Sequence[Message], now: str) -> str:
    """The container of the last answer on a path that had one and still has it."""
    answers = (message for message in reversed(path) if message.role == "assistant" and not message.source)
    return next(filter(None, (container_in(message.extra, now) for message in answers)), "")


def calls_in(message: Message) -> list[ToolCall]:
    """The calls of the client's tools in an answer that ended to have them run."""
    if message.role != "assistant" or message.status is not Status.COMPLETE or message.source:
        return []
    calls = []
    for index, block in enumerate(message.content):
        call_id, asked = block.get("id"), block.get("input")
        if kind_of(block) == "tool_use" and isinstance(call_id, str) and index not in message.unfinished:
            calls.append(ToolCall(call_id, name_of(block), asked if isinstance(asked, dict) else {}))
    return calls


def waiting_calls(path: Sequence[Message]) -> list[ToolCall]:
    """The calls at the end of a path that have no result yet; none once the person has said something else."""
    answered: set[Any] = set()
    for message in reversed(path):
        if message.role == "assistant":
            return [call for call in calls_in(message) if call.id not in answered]
        if message.seam != TOOL_SEAM:
            return []
        answered |= {block.get("tool_use_id") for block in message.content}
    return []
