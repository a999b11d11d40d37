"""The answer to "is it on disk?", given by a thread and awaited on an event loop."""

import asyncio
from collections.abc import Generator
from concurrent.futures import Future
from typing import Any


class Receipt:
    """Whether a record is on disk; can be awaited any number of times, or not at all."""

    def __init__(self) -> None:
        self._future: Future[bool] = Future()
        # Makes it impossible to cancel: a reader that is cancelled does not take the answer from others.
        self._future.set_running_or_notify_cancel()

    def __await__(self) -> Generator[Any, None, bool]:
        return asyncio.wrap_future(self._future).__await__()

    def result(self, timeout: float | None = None) -> bool:
        """The answer, for a caller without an event loop; waits up to `timeout` seconds, then raises `TimeoutError`."""
        return self._future.result(timeout)

    @property
    def is_settled(self) -> bool:
        """Whether the answer has been given."""
        return self._future.done()

    def settle(self, on_disk: bool) -> None:
        """Give the answer; only the first one counts."""
        if not self._future.done():
            self._future.set_result(on_disk)


def settled(on_disk: bool) -> Receipt:
    """A receipt whose answer is known."""
    receipt = Receipt()
    receipt.settle(on_disk)
    return receipt
