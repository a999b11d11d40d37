"""Who may run which tool: nothing of the client's runs without a person having said so, for once or for longer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from salon.chat.blocks import Block
from salon.chat.tools import Beginning, ToolCall, ToolResult, with_tools
from salon.errors import SalonError, StoreError
from salon.words import tr

logger = logging.getLogger(__name__)


class ToolServers(Protocol):
    """The programs whose tools a model may use."""

    @property
    def names(self) -> Sequence[str]:
        """All of them."""
        ...

    @property
    def enabled(self) -> Sequence[str]:
        """Those whose tools new chats have."""
        ...

    def server_of(self, tool: str) -> str:
        """The server of a tool; "" for one of nobody's."""
        ...

    def is_allowed(self, tool: str) -> bool:
        """Whether a tool may be run without asking."""
        ...

    def allow_always(self, tool: str) -> None:
        """Run a tool without asking from now on; blocks. Raises `StoreError`."""
        ...

    async def definitions(self, name: str) -> list[Block]:
        """A server's tools, as a request has them. Raises `SalonError`."""
        ...

    async def call(self, call: ToolCall) -> ToolResult:
        """Run a call; what fails is a result that says so."""
        ...

    async def aclose(self) -> None:
        """End all servers."""
        ...


class Permission(Enum):
    """What a person says to a call."""

    ONCE = auto()
    CHAT = auto()
    """And to all calls of this tool in this chat, for as long as Salon runs."""
    ALWAYS = auto()
    """And to all calls of this tool in every chat."""
    NO = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said, and with `NO` perhaps why; the model is told."""

    permission: Permission
    why: str = ""


class Gatekeeper:
    """Runs calls of one chat, after asking where nobody has agreed to them yet."""

    def __init__(
        self,
        servers: ToolServers,
        ask: Callable[[ToolCall], Awaitable[Decision]],
        tell: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._servers = servers
        self._ask = ask
        self._tell = tell
        """Is told, in a sentence, what did not work beside the call itself."""
        self._allowed_here: set[str] = set()

    async def beginning(self, own: Sequence[Block]) -> Beginning:
        """See `salon.chat.tools.Tools`: with those of all enabled servers that can be reached.

        They stay what they are from then on, because thinking is bound to them; the person alone changes them.
        """
        enabled = self._servers.enabled
        found = await asyncio.gather(*(self._servers.definitions(name) for name in enabled), return_exceptions=True)
        definitions, problems = own, []
        for tools in found:
            if isinstance(tools, SalonError):
                problems.append(tools.sentence())
            elif isinstance(tools, BaseException):
                raise tools
            else:
                definitions = with_tools(definitions, tools)
        return Beginning(definitions, problems)

    async def call(self, call: ToolCall) -> ToolResult:
        """See `salon.chat.tools.Tools`."""
        known = bool(self._servers.server_of(call.name))
        if known and call.name not in self._allowed_here and not self._servers.is_allowed(call.name):
            decision = await self._ask(call)
            if decision.permission is Permission.NO:
                why = f" They said: {decision.why}" if decision.why.strip() else ""
                return ToolResult(f"The person refused this call.{why}", is_error=True)
            if decision.permission is Permission.CHAT:
                self._allowed_here.add(call.name)
            if decision.permission is Permission.ALWAYS:
                await self._allow_always(call.name)
        return await self._servers.call(call)

    async def _allow_always(self, tool: str) -> None:
        self._allowed_here.add(tool)
        try:
            await asyncio.to_thread(self._servers.allow_always, tool)
        except StoreError as error:
            logger.warning("A permission is not kept: %s", error.what)
            self._tell(tr("{sentence} The tool may be run in this chat.", sentence=error.sentence()))
