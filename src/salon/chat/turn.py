"""One turn: ask, stream, keep, finish. The only place where a turn happens, for the screen and for `salon -p` alike."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from salon.chat.events import (
    WireEvent,
)

CHECKPOINT_SECONDS = 0.25
"""How far the disk may be behind the screen."""

Record = dict[str, Any]
"""One line of a session file, without the envelope that the log adds."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the Messages API: its JSON body without `stream`, and what of it is worth keeping."""

    body: Mapping[str, Any]
    notices: tuple[str, ...] = ()
    """What had to be left out of the history or mended in it, in sentences."""

    @property
    def model(self) -> str:
        """The model that is asked."""
        return str(self.body.get("model", ""))

    def parameters(self) -> dict[str, Any]:
        """The settings of the request, without the conversation itself."""
        return {key: value for key, value in self.body.items() if key not in {"messages", "system"}}


class RetryControl:
    """The person's hand on the retry loop: `wait` sleeps until the time is up or `now` is called."""

    def __init__(self) -> None:
        self._now = asyncio.Event()

    def now(self) -> None:
        """Start the next attempt at once."""
        self._now.set()

    async def wait(self, seconds: float) -> None:
        """Sleep for `seconds`, or until somebody says `now`."""
        self._now.clear()
        try:
            await asyncio.wait_for(self._now.wait(), seconds)
        except TimeoutError:
            pass  # the countdown ran out, as it should


class Client(Protocol):
    """What a turn needs of the API."""

    def stream(self, request: Request, control: RetryControl) -> AsyncIterator[WireEvent]:
        """Ask, and yield what comes; ends normally only after `message_stop`, otherwise raises `Fault`.

        Attempts that fail before any content came are repeated inside, each announced by `Retrying` and, when it
        starts, by `Connecting`. Cancelling the consuming task closes the connection at once.
        """
        ...


class Log(Protocol):
    """What a turn needs of a session's file."""

    def append(self, record: Record, *, durable: bool = False) -> Awaitable[bool]:
        """Queue one record, in order, without waiting; the result says whether it is on disk.

        False means that the disk refused: the record is kept in memory and tried again, and the log's owner has been
        told. With `durable` the file is synced before the result is True. Never raises.
        """
        ...
