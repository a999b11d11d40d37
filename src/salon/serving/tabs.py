"""One Salon a browser tab, which outlives a reload: the tab that comes back finds its answer still arriving."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from salon.serving.memory import TerminalMemory
from salon.serving.terminal import HiddenTerminal

logger = logging.getLogger(__name__)

GRACE: Final = 10.0
"""Seconds that a Salon goes on after its tab has gone, since the tab may only be loading anew."""

Start = Callable[[int, int], Awaitable[HiddenTerminal]]
"""Starts a Salon with these columns and rows."""


class Closing:
    """The codes that a tab is left with; the page says in words what they mean. The range is for private use."""

    ENDED: Final = 4000
    TAKEN_OVER: Final = 4001
    SERVER_ENDS: Final = 4002


class Viewer(Protocol):
    """A tab that shows a terminal; may raise `ConnectionError` when it has gone."""

    async def show(self, written: bytes) -> None:
        """Draw what the program has written."""
        ...

    async def tell(self, what: str, value: str) -> None:
        """Something beside the picture: "title" with a text, or "bell"."""
        ...

    async def leave(self, code: int) -> None:
        """Be closed with a code of `Closing`."""
        ...


class Tab:
    """One Salon, and the viewer it has at the moment."""

    def __init__(self, terminal: HiddenTerminal, ended: Callable[[], None]) -> None:
        self._terminal = terminal
        self._memory = TerminalMemory()
        self._viewer: Viewer | None = None
        self._ended = ended
        self._alone: asyncio.Task[None] | None = None
        self._last_word = Closing.ENDED
        self.ending = False
        """Whether its Salon has been told to end, so that whoever comes back needs another one."""
        self._pump = asyncio.create_task(self._run())

    async def attach(self, viewer: Viewer, columns: int, rows: int) -> None:
        """Have it shown by this viewer; another one that shows it is left."""
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        before, self._viewer = self._viewer, None
        try:
            if before is not None:
                await before.leave(Closing.TAKEN_OVER)
            await viewer.show(self._memory.modes())
            await viewer.tell("title", self._memory.title)
        finally:
            self._viewer = viewer  # which is detached when it has gone already
        self._terminal.resize(columns, rows)

    def detach(self, viewer: Viewer) -> None:
        """The viewer has gone; unless it or another comes, this Salon ends in a while."""
        if self._viewer is viewer:
            self._viewer = None
            self._alone = asyncio.create_task(self._end_later())

    async def type(self, keys: str) -> None:
        """What the person has typed, pasted or clicked."""
        await self._terminal.write(keys.encode("utf-8", "replace"))

    def resize(self, columns: int, rows: int) -> None:
        """The tab has another size."""
        self._terminal.resize(columns, rows)

    async def end(self) -> None:
        """End with everything on disk, because the server ends."""
        self._last_word = Closing.SERVER_ENDS
        await self._terminal.end()
        await self.gone()

    async def gone(self) -> None:
        """Wait until its Salon has ended."""
        await asyncio.shield(self._pump)

    async def _end_later(self) -> None:
        await asyncio.sleep(GRACE)
        self.ending = True
        await self._terminal.end()

    async def _run(self) -> None:
        title, bells = "", 0
        while written := await self._terminal.read():
            self._memory.feed(written)
            if (viewer := self._viewer) is None:
                continue
            try:
                await viewer.show(written)
                if self._memory.title != title:
                    await viewer.tell("title", self._memory.title)
                if self._memory.bells != bells:
                    await viewer.tell("bell", "")
            except ConnectionError:
                logger.info("A tab has gone while it was shown something")
            title, bells = self._memory.title, self._memory.bells
        await self._terminal.wait()
        self._terminal.close()
        self._ended()
        if self._alone is not None:
            self._alone.cancel()
        if self._viewer is not None:
            await self._viewer.leave(self._last_word)


class Tabs:
    """All tabs, by the names that they gave themselves."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._tabs: dict[str, Tab] = {}
        self._starting = asyncio.Lock()

    async def of(self, name: str, columns: int, rows: int) -> Tab:
        """The Salon of this tab, a new one if it has none. Raises `OSError` where none can be started."""
        async with self._starting:
            tab = self._tabs.get(name)
            if tab is not None and tab.ending:
                await tab.gone()
                tab = None
            if tab is None:
                terminal = await self._start(columns, rows)
                tab = self._tabs[name] = Tab(terminal, lambda: self._forget(name))
        return tab

    async def end(self) -> None:
        """End all of them."""
        await asyncio.gather(*(tab.end() for tab in list(self._tabs.values())))

    def _forget(self, name: str) -> None:
        self._tabs.pop(name, None)
