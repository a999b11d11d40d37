"""What a scripted answer is made of.

Everything after a `Cut`, a `Stall`, a `Fail` or an `End` is what a request to continue will get.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Think:
    """Thinking that can be read, in a block of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """Text of the answer, in deltas of `lengths` characters, about `per_second` of them a second."""

    text: str
    lengths: tuple[int, int] = (2, 6)
    per_second: float = 80.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing but pings for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection closes in the middle of the answer."""


@dataclass(frozen=True, slots=True)
class Stall:
    """The connection stays open and nothing comes any more, not even pings."""


@dataclass(frozen=True, slots=True)
class Fail:
    """An error: an HTTP status where it comes first, an `error` event in the stream where text went before.

    `times` is how often the same request fails before it succeeds, None for always; `retry_after` is in seconds.
    """

    status: int
    times: int | None = None
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The answer ends here, with this `stop_reason`; a script without an `End` ends with `end_turn`."""

    reason: str
    details: Mapping[str, Any] | None = None


Step = Think | Say | Wait | Cut | Stall | Fail | End
Script = tuple[Step, ...]
