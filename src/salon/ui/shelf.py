"""What a list of chats can do with them, without a screen: change, throw away, bring back, and undo each of these."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from salon.chat.library import Library
from salon.chat.session import Session
from salon.chat.summary import SessionSummary
from salon.errors import SalonError
from salon.words import plural, tr

_Step = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Shelf:
    """The chats of a library, also those that are open in this window. The methods raise `SalonError`."""

    library: Library
    opened: Callable[[str], Session | None]
    """The session of this id, if it is open here."""
    close: Callable[[str], Awaitable[None]]
    """Closes the chat of this id, if it is open here, so that it can be moved."""
    _undo: list[tuple[str, list[_Step]]] = field(default_factory=list)

    async def load(self) -> Sequence[SessionSummary]:
        """All chats, archived ones among them, the last used first."""
        return await asyncio.to_thread(self.library.list)

    async def remembered(self) -> Sequence[SessionSummary]:
        """The chats as they were at the last look."""
        return await asyncio.to_thread(self.library.remembered)

    async def trashed(self) -> Sequence[SessionSummary]:
        """What is in the trash."""
        return await asyncio.to_thread(self.library.trashed)

    async def change(self, what: str, key: str, values: Sequence[tuple[SessionSummary, Any, Any]]) -> None:
        """Set `key` of each session to the second value; the first one is what it was. `what` names it for undo."""
        steps: list[_Step] = []
        for session, before, after in values:
            await self._set(session.id, key, after)
            steps.append(partial(self._set, session.id, key, before))
        self._undo.append((what, steps))

    async def trash(self, sessions: Sequence[SessionSummary]) -> None:
        """Throw these away; as many as can be, before the first refusal is raised."""
        steps: list[_Step] = []
        refused: SalonError | None = None
        for session in sessions:
            try:
                await self.close(session.id)
                await asyncio.to_thread(self.library.trash, session.id)
                steps.append(partial(asyncio.to_thread, self.library.restore, session.id))
            except SalonError as error:
                refused = refused or error
        if steps:
            self._undo.append((tr("{count} back from the trash", count=counted(len(steps))), steps))
        if refused is not None:
            raise refused

    async def restore(self, sessions: Sequence[SessionSummary]) -> None:
        """Bring these back from the trash."""
        for session in sessions:
            await asyncio.to_thread(self.library.restore, session.id)
        steps: list[_Step] = [partial(asyncio.to_thread, self.library.trash, session.id) for session in sessions]
        self._undo.append((tr("{count} in the trash again", count=counted(len(steps))), steps))

    async def purge(self, sessions: Sequence[SessionSummary]) -> None:
        """Remove these from the trash for ever."""
        for session in sessions:
            await asyncio.to_thread(self.library.purge, session.id)

    async def undo(self) -> str:
        """Take the last change back; what that was, "" where there is nothing more to take back."""
        if not self._undo:
            return ""
        what, steps = self._undo.pop()
        for step in reversed(steps):
            await step()
        return what

    async def _set(self, session_id: str, key: str, value: Any) -> None:
        session = self.opened(session_id)
        # One that has no message yet is not on disk; its settings are where its next prompt will put them.
        if session is not None:
            await session.set(key, value)
        else:
            await asyncio.to_thread(self.library.change, session_id, key, value)


def counted(number: int) -> str:
    """1 chat, 2 chats."""
    return plural("{n:,} chat", "{n:,} chats", number)
