"""Time-ordered ids for sessions and messages (the ULID layout, in lower case).

48 bits of milliseconds and 80 random bits, 26 characters of Crockford's base 32. The millisecond part never runs
backwards within a process, so a clock that is set back can neither repeat nor reorder ids.
"""

import os
import re
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")


class _Clock:
    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next_millisecond(self) -> int:
        with self._lock:
            self._last = max(time.time_ns() // 1_000_000, self._last + 1)
            return self._last


_clock = _Clock()


def new_id() -> str:
    """A fresh id, greater than every id made before by this process."""
    number = (_clock.next_millisecond() & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def is_id(text: str) -> bool:
    """Whether `text` has the shape of an id; no path is ever built from anything that has not."""
    return _SHAPE.fullmatch(text) is not None


def milliseconds_of(an_id: str) -> int:
    """When `an_id` was made, in milliseconds since 1970."""
    number = 0
    for char in an_id[:10]:
        number = number << 5 | _ALPHABET.index(char)
    return number
