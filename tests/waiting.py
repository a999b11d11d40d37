"""Wait on a condition, never on time."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], seconds: float = 10.0, what: str = "") -> None:
    """Let the loop run until `condition` holds; fails when that takes longer than `seconds`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        if loop.time() > deadline:
            raise AssertionError(f"waited {seconds} s in vain{f' until {what}' if what else ''}")
        await asyncio.sleep(0.005)


async def settle_loop(rounds: int = 20) -> None:
    """Let everything run that is ready to run, and what that makes ready."""
    for _ in range(rounds):
        await asyncio.sleep(0)
