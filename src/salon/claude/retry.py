"""The retry loop that a person sees: announced, bounded, to be hurried or stopped.

The SDK's own loop is off (`max_retries=0`): it sleeps in silence and as long as a server says.
"""

import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from salon.chat.events import ApiEvent, Connected, Connecting, Retrying, Waiting, WireEvent
from salon.chat.turn import RetryControl
from salon.claude.status_faults import MAX_AUTOMATIC_WAIT
from salon.errors import Fault, FaultKind

Attempt = Callable[[], AsyncGenerator[Connected | Waiting | ApiEvent, None]]
"""Makes one attempt; raises `Fault`."""
Remedy = Callable[[Fault], str]
"""Tries to mend what an attempt failed of; what it did in a sentence, or "" when it could do nothing."""

_FEWER_ATTEMPTS = {
    FaultKind.UNREACHABLE: 3,
    FaultKind.DROPPED: 3,
    FaultKind.STALLED: 3,
    FaultKind.GARBLED: 3,
    FaultKind.PROXY: 3,
}
"""Where nobody answers at all, a person should hear of it sooner than where a server asks for patience."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long: waits of 1, 2, 4, 8, 16 s, each a quarter more or less."""

    attempts: int = 5
    base: float = 1.0
    longest: float = 16.0
    spread: float = 0.25

    def attempts_for(self, kind: FaultKind) -> int:
        """How many attempts a fault of this kind is worth."""
        return min(self.attempts, _FEWER_ATTEMPTS.get(kind, self.attempts))

    def wait_before(self, attempt: int, fault: Fault) -> float | None:
        """Seconds until attempt number `attempt` (2, 3 ...) after `fault`; None where there is to be none."""
        if not fault.transient or attempt > self.attempts_for(fault.kind):
            return None
        backoff = min(self.base * 2.0 ** (attempt - 2), self.longest)
        backoff *= 1 + random.uniform(-self.spread, self.spread)
        asked = fault.retry_after or 0.0
        return max(backoff, asked) if asked <= MAX_AUTOMATIC_WAIT else None


async def with_retries(
    attempt_once: Attempt, control: RetryControl, policy: RetryPolicy, remedy: Remedy
) -> AsyncGenerator[WireEvent, None]:
    """The events of as many attempts as it takes; raises the `Fault` of the last.

    Nothing is repeated once content has been passed on: what a person has seen does not start anew by itself. Between
    attempts `message_start` may come more than once; whoever folds the events starts afresh at each `Connecting`.
    """
    number = 1
    limit = policy.attempts
    remedied = False
    while True:
        yield Connecting(number, limit)
        begun = False
        fault: Fault | None = None
        async with aclosing(attempt_once()) as events:
            while True:
                try:
                    event = await anext(events)
                except StopAsyncIteration:
                    return
                except Fault as problem:
                    fault = problem
                    break
                begun = begun or shows_content(event)
                yield event
        number += 1
        mended = remedy(fault) if not begun and not remedied else ""
        remedied = remedied or bool(mended)
        wait = 0.0 if mended else None if begun else policy.wait_before(number, fault)
        if wait is None:
            raise fault
        limit = max(number, policy.attempts_for(fault.kind))
        yield Retrying(number, limit, wait, mended or fault.what)
        await control.wait(wait)


def shows_content(event: Connected | Waiting | ApiEvent) -> bool:
    """Whether an event puts something of an answer before a person: any delta, or a block that comes whole."""
    if isinstance(event, Connected | Waiting):
        return False
    kind = event.get("type")
    if kind == "content_block_start":
        block = event.get("content_block")
        # The result of a server's tool has no deltas; text, thinking and tool uses start empty.
        return isinstance(block, dict) and bool(block.get("content") or block.get("text") or block.get("thinking"))
    return kind == "content_block_delta"
