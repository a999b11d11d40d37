"""One server, connected: a task of its own holds the connection open, and calls go through it.

The SDK's contexts must be left by the task that entered them, and a server that dies takes its task group with it; so
nothing of theirs is entered by a turn, which may be cancelled at any moment.
"""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from salon.errors import SalonError
from salon.logs import without_secrets
from salon.mcp.config import ServerConfig
from salon.untrusted import clean_line
from salon.words import tr

if TYPE_CHECKING:
    from mcp import Client

logger = logging.getLogger(__name__)

START_SECONDS = 20.0
"""How long a server may take until it can list its tools."""
CLOSE_SECONDS = 5.0
CONNECTION_CLOSED = -32000
"""The code with which the SDK answers for a server that is gone; one that is there answers with other codes."""
MOST_TOOLS = 200
MOST_PAGES = 20
LONGEST_LINE = 2000
"""Characters of a line on standard error that go to the log."""


class ToolServerError(SalonError):
    """A server of tools cannot be used."""


class ServerConnection:
    """Connects when it is first needed, and again after the server has died."""

    def __init__(self, config: ServerConfig, start_seconds: float = START_SECONDS) -> None:
        self.config = config
        self._start_seconds = start_seconds
        self._task: asyncio.Task[None] | None = None
        self._up: asyncio.Future[Client] | None = None
        self._closing = asyncio.Event()

    @property
    def _called(self) -> str:
        return tr("The tool server “{name}”", name=self.config.name)

    async def list_tools(self) -> list[Any]:
        """The server's tools as the SDK has them. Raises `ToolServerError`."""
        client = await self._client()
        tools: list[Any] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._ask(client.list_tools(cursor=cursor), self._start_seconds, tr("list its tools"))
            tools += page.tools
            cursor = page.next_cursor
            if not cursor or len(tools) >= MOST_TOOLS:
                break
        return tools[:MOST_TOOLS]

    async def call(self, tool: str, arguments: dict[str, Any]) -> Any:
        """The result of a call as the SDK has it. Raises `ToolServerError`."""
        client = await self._client()
        return await self._ask(client.call_tool(tool, arguments), self.config.timeout, "answer")

    async def close(self) -> None:
        """End the server, or the connection to it."""
        task, up, self._task, self._up = self._task, self._up, None, None
        if task is None:
            return
        self._closing.set()
        if up is None or not up.done():
            task.cancel()  # it is still connecting, and looks at nothing else meanwhile
        done, _ = await asyncio.wait([task], timeout=CLOSE_SECONDS)
        if not done:
            task.cancel()
            await asyncio.wait([task], timeout=CLOSE_SECONDS)

    async def _client(self) -> "Client":
        if self._task is None or self._task.done():
            self._closing = asyncio.Event()
            self._up = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._hold(self._up, self._closing), name=f"mcp-{self.config.name}")
        assert self._up is not None
        up = self._up
        await asyncio.wait({up}, timeout=self._start_seconds)
        if up.cancelled():
            raise ToolServerError(tr("{called} was closed.", called=self._called))
        if not up.done():
            await self.close()
            raise ToolServerError(
                tr(
                    "{called} did not start within {start_seconds:g} seconds.",
                    called=self._called,
                    start_seconds=self._start_seconds,
                ),
                tr("Its tools are left out."),
            )
        return up.result()

    async def _ask(self, call: Any, seconds: float, what: str) -> Any:
        """Wait for an answer, for as long as the server lives."""
        assert self._task is not None
        asking = asyncio.ensure_future(call)
        try:
            await asyncio.wait({asking, self._task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done() and self._task.done():
                await asyncio.wait({asking}, timeout=0.1)
            if not asking.done():
                died = self._task is None or self._task.done()
                why = (
                    tr("ended by itself")
                    if died
                    else tr("did not {what} within {seconds:g} seconds", what=what, seconds=seconds)
                )
                raise ToolServerError(f"{self._called} {why}.")
            return asking.result()
        except ToolServerError:
            raise
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - a foreign program's SDK raises anything
            logger.warning("The tool server %s failed: %s", self.config.name, _reason(error))
            if getattr(getattr(error, "error", None), "code", CONNECTION_CLOSED) == CONNECTION_CLOSED:
                await self.close()  # so that the next call starts it anew
            raise ToolServerError(tr("{called} failed: {reason}", called=self._called, reason=_reason(error))) from None
        finally:
            asking.cancel()

    async def _hold(self, up: "asyncio.Future[Client]", closing: asyncio.Event) -> None:
        """Keep the connection open until it is closed or breaks."""
        try:
            async with _connected(self.config) as client:
                up.set_result(client)
                await closing.wait()
        except asyncio.CancelledError:
            raise
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - as above
            logger.warning("The tool server %s ended: %s", self.config.name, _reason(error))
            if not up.done():
                up.set_exception(
                    ToolServerError(
                        tr("{called} could not be started: {reason}", called=self._called, reason=_reason(error))
                    )
                )
                up.exception()  # whoever asked may be gone
        finally:
            if not up.done():
                up.cancel()


@asynccontextmanager
async def _connected(config: ServerConfig) -> "AsyncIterator[Client]":
    mcp = await asyncio.to_thread(_sdk)
    if config.url:
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        headers = {"Authorization": f"Bearer {config.token}"} if config.token else {}
        # A redirect could lead anywhere, so none is followed beyond what the SDK does within an address's own host.
        async with httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(30, read=config.timeout)) as http:
            transport = streamable_http_client(config.url, http_client=http)
            async with mcp.Client(transport, client_info=_client_info(mcp)) as client:
                yield client
        return
    with _LogPipe(config.name) as errors:
        parameters = mcp.StdioServerParameters(
            command=config.command[0], args=list(config.command[1:]), env=dict(config.env)
        )
        transport = mcp.stdio_client(parameters, errlog=errors)
        async with mcp.Client(transport, client_info=_client_info(mcp)) as client:
            yield client


def _sdk() -> Any:
    """The SDK; it takes most of a second to import, so this is for a thread. Raises ToolServerError."""
    try:
        import mcp
        import mcp.client.streamable_http
    except ImportError:
        raise ToolServerError(
            tr("Tool servers need the package “mcp”."), tr("Install it with: pip install 'salon[mcp]'")
        ) from None
    return mcp


def _client_info(mcp: Any) -> Any:
    return mcp.Implementation(name="salon", version="0")


class _LogPipe:
    """A file to write to whose lines go to the log, cleaned.

    A program may write at any time and must not be held up, so a thread reads it.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> Any:
        reading, writing = os.pipe()
        threading.Thread(target=self._read, args=(reading,), daemon=True, name=f"mcp-errors-{self._name}").start()
        self._file = os.fdopen(writing, "w", encoding="utf-8", errors="replace")
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "rb") as pipe:
            while line := pipe.readline(LONGEST_LINE):
                logger.info("%s: %s", self._name, clean_line(line.decode("utf-8", "replace"), LONGEST_LINE))


def _reason(error: BaseException) -> str:
    """The innermost reason in a group of exceptions, clean."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, SalonError):
        return error.sentence()
    # A transport may quote the header that it could not send, which has the token in it.
    return clean_line(without_secrets(f"{type(error).__name__}: {error}".removesuffix(": ")), 300)
