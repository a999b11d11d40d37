"""A clock that runs on while the machine sleeps, for waits that are over when a person opens the lid again.

`time.monotonic`, and with it every timer of asyncio, stands still meanwhile on Linux and macOS.
"""

import time
from collections.abc import Callable

SLICE = 1.0
"""Seconds; so long after waking it is noticed at the latest that a wait is over."""


def _counting_sleep() -> Callable[[], float]:
    # Linux counts sleep in a clock of its own, macOS in CLOCK_MONOTONIC (clock_gettime(3)), Windows everywhere.
    number = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)
    return time.monotonic if number is None else lambda: time.clock_gettime(number)


_clock = _counting_sleep()


def now() -> float:
    """Seconds since some moment, those asleep included."""
    return _clock()


def asleep() -> float:
    """Seconds that this machine has slept since some moment; only the difference of two calls means something."""
    return now() - time.monotonic()
