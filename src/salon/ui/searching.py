"""The search in the app: keeps the index up to date, and opens what was found."""

import asyncio

from textual import work

from salon.chat.search import Search
from salon.ui.chats import ChatsApp
from salon.ui.search import Chosen, Left, SearchScreen


class SearchingApp(ChatsApp):
    """An app whose chats can be searched."""

    _searched = Left()
    """How the last search was left."""

    async def _search(self) -> Search:
        """The search over the sessions that the app shows."""
        demo = self._connection is not None and self._connection.demo
        return await asyncio.to_thread(self._services.search, demo)

    @work(group="index", exit_on_error=False)
    async def keep_index(self) -> None:
        """Have the index catch up with the files, now that the app is on the screen."""
        (await self._search()).refresh()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def on_browsing_actions_search_wanted(self) -> None:
        """Search all chats."""
        screen = SearchScreen(await self._search(), self._searched)

        def answered(chosen: Chosen | None) -> None:
            self._searched = screen.left
            if chosen is not None:
                self._open_found(chosen)

        self.push_screen(screen, answered)

    @work(group="switch", exit_on_error=False)
    async def _open_found(self, chosen: Chosen) -> None:
        if self.chat.session is not None and self.chat.session.id != chosen.hit.session_id:
            self.chat.part()
        if await self.show_chat(chosen.hit.session_id):
            await self.chat.opened.wait()
            await self.chat.show_found(chosen)
