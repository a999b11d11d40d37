"""The prompt's draft on disk: soon after each change, and at once when the moment asks for it."""

import asyncio
import logging
from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from salon.chat.draft import Draft
from salon.chat.library import Library
from salon.errors import StoreError

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
"""How long after a refusal the disk is asked again, if nothing more is typed."""
DRAFT_SECONDS = 0.5
"""A draft is on disk this long after the first key that changed it."""


class Drafting:
    """Keeps one prompt's draft. `current` tells the session's id and the draft, None while there is no session."""

    def __init__(
        self,
        owner: Widget,
        library: Library,
        current: Callable[[], tuple[str, Draft] | None],
        on_trouble: Callable[[str], None],
    ) -> None:
        self.library = library
        self.keep_on_disk = False
        """Whether what is on disk stays although the prompt was emptied: what was sent may be nowhere else yet."""
        self._owner = owner
        self._current = current
        self._on_trouble = on_trouble
        self._timer: Timer | None = None
        self._refused = False
        """Whether the timer waits for a disk that took nothing."""
        self._saving = asyncio.Lock()

    def edited(self) -> None:
        """Have the draft on disk soon."""
        if self._refused:
            self._stop()
        if self._timer is None:
            self._timer = self._owner.set_timer(DRAFT_SECONDS, self.save)

    async def save(self) -> None:
        """Have it on disk now."""
        self._stop()
        if (current := self._current()) is not None:
            await self.put(*current)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer, self._refused = None, False

    async def put(self, session_id: str, draft: Draft) -> bool:
        """Write a draft; False, and `on_trouble` is told why, if the disk refuses it."""
        if self.keep_on_disk and not draft:
            return True
        trouble = ""
        async with self._saving:
            try:
                await asyncio.to_thread(self.library.save_draft, session_id, draft)
            except StoreError as error:
                logger.warning("The draft was not saved: %s", error.what)
                trouble = error.sentence()
        self._on_trouble(trouble)
        if trouble and self._timer is None and self._owner.is_running:
            self._timer, self._refused = self._owner.set_timer(RETRY_SECONDS, self.save), True
        return not trouble
