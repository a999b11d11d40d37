"""When work on what is shown is done: in short slices, with the event loop given back between them.

A trickle is drawn at most 30 times a second, what comes too fast to be read half as often, and takes at most a quarter
of a core; a backlog is worked off slice after slice; what a key does comes first. Nothing is scheduled while nothing
changes.
"""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

SLICE_SECONDS = 0.008
FRAME_SECONDS = 1 / 30
STILL_SECONDS = 1.0
"""Between two steps of an answer that arrives, where the screen is to be kept still."""
FLOOD_CHARACTERS = 5_000
FLOOD_SECONDS = 1 / 15
"""More characters a second than this nobody reads as they come, and frames that follow each other less closely do."""
SHARE = 4
"""A trickle may use one part in so many of a core."""
WAY_SECONDS = 0.01
"""So long after a key an answer waits, so that what the key does is drawn first: it takes 0.003 s of CPU (measured)."""
MOST_WAITING = 0.1
"""Seconds for which a slice of an answer is put off, however many keys come."""


class Slice(NamedTuple):
    """What a slice was about: how many characters had arrived for it, and whether nothing is left to do."""

    arrived: int
    settled: bool


class Pace:
    """Calls `work` when it is time for a slice; None from it means that there is nothing to work on yet."""

    def __init__(self, work: Callable[[], Slice | None]) -> None:
        self._work = work
        self.planned: asyncio.TimerHandle | None = None
        """The next slice."""
        self.still = False
        """Whether what arrives is shown in few large steps instead of many small ones."""
        self._urgent = False
        """Whether the planned slice is something that the person waits for."""
        self._way_until = 0.0
        self._due = 0.0
        """When the planned slice was to be done, had nothing put it off."""
        self._last_start = 0.0
        self._last_cost = 0.0
        self._pause = FRAME_SECONDS

    def plan(self, *, now: bool = False) -> None:
        """Have the next slice done: at once, or when the next frame is due."""
        if self.planned is not None:
            if not now:
                return
            self.planned.cancel()
        self._urgent = self._urgent or now
        pause = 0.0 if now else max(STILL_SECONDS if self.still else self._pause, SHARE * self._last_cost)
        self._plan_at(self._last_start + pause)

    def make_way(self) -> None:
        """A key was pressed: what it does is drawn before more of an answer that arrives."""
        self._way_until = time.monotonic() + WAY_SECONDS

    def stop(self) -> None:
        """Leave nothing scheduled."""
        if self.planned is not None:
            self.planned.cancel()
            self.planned = None

    def _plan_at(self, moment: float) -> None:
        self._due = max(moment, time.monotonic())
        self._run_at(self._due)

    def _run_at(self, moment: float) -> None:
        delay = max(0.0, moment - time.monotonic())
        self.planned = asyncio.get_running_loop().call_later(delay, self._run)

    def _run(self) -> None:
        self.planned = None
        free_at = min(self._way_until, self._due + MOST_WAITING)
        if not self._urgent and time.monotonic() < free_at:
            self._run_at(free_at)
            return
        self._urgent = False
        began, self._last_start = self._last_start, time.monotonic()
        done = self._work()
        if done is None:
            return
        is_flood = done.arrived > FLOOD_CHARACTERS * (self._last_start - began)
        self._pause = FLOOD_SECONDS if is_flood else FRAME_SECONDS
        self._last_cost = time.monotonic() - self._last_start
        if not done.settled:
            self._plan_at(self._last_start)
