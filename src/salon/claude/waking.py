"""A stream that was open while the machine slept: it gets a moment to go on, and is given up then.

What was on its way is lost as a rule, and nobody tells the sleeper: the socket looks open, and only the read timeout
would end it. Timers stand still during sleep, so it is looked for once a second while a stream is open.
"""

import asyncio
from collections.abc import AsyncGenerator

from salon.chat import awake
from salon.chat.events import ApiEvent, Connected
from salon.claude.circumstances import Circumstances, dropped
from salon.claude.retry import shows_content
from salon.words import tr

NOTICEABLE = 5.0
"""Seconds; a connection outlives a shorter sleep."""
GRACE = 10.0
"""Seconds that a connection has after the machine woke up to show that it is still there."""


class _Watch:
    """Looks out for sleep while an event is waited for."""

    def __init__(self) -> None:
        self.limit: asyncio.Timeout | None = None
        self._asleep = awake.asleep()
        self._tick = asyncio.get_running_loop().call_later(awake.SLICE, self._look)

    def end(self) -> None:
        self._tick.cancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        slept, self._asleep = awake.asleep() - self._asleep, awake.asleep()
        if slept > NOTICEABLE and self.limit is not None:
            self.limit.reschedule(loop.time() + GRACE)
        self._tick = loop.call_later(awake.SLICE, self._look)


async def given_up_after_sleep(
    events: AsyncGenerator[Connected | ApiEvent, None], at: Circumstances
) -> AsyncGenerator[Connected | ApiEvent, None]:
    """The events of one attempt; raises `Fault` where the machine slept and nothing comes any more."""
    watch = _Watch()
    begun = False
    try:
        while True:
            try:
                async with asyncio.timeout(None) as watch.limit:
                    event = await anext(events)
            except StopAsyncIteration:
                return
            except TimeoutError:
                break
            watch.limit = None
            begun = begun or shows_content(event)
            yield event
    finally:
        watch.end()
    fault = dropped(at, begun, "asleep")
    fault.what = tr("The connection did not outlive this computer's sleep.")
    raise fault
