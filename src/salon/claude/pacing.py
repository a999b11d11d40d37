"""Staying under the server's rate limits: what its headers say, kept as token buckets that all turns share.

Anthropic limits requests and tokens per minute and model with buckets that refill continuously, and says on every
reply how much is left (`anthropic-ratelimit-requests-limit`, `-remaining`, `-reset` and so on). A request takes its
share before it leaves; where there is not enough it waits until there is. Nothing waits before a header was seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from salon.chat import awake
from salon.claude.retry_after import retry_after_seconds

PREFIX = "anthropic-ratelimit-"
MINUTE = 60.0
"""The API's limits are per minute; so long does an empty bucket take where no other time is given."""
LONGEST_WAIT = 60.0
"""Seconds; a request that would wait longer goes after this, and the server says what it thinks of it."""
_SHORTEST_WAIT = 0.02
_CHARACTERS_PER_TOKEN = 4
_FILE_CHARACTERS = 6_000
"""A picture of the size that models take is about 1,500 tokens."""
_KINDS = ("requests", "tokens", "input-tokens")
"""Not output tokens: nobody knows before how many there will be, and the API counts them as they come."""


@dataclass(slots=True)
class _Bucket:
    limit: float
    level: float
    rate: float
    """What comes back in a second."""
    at: float
    """When `level` was so."""

    def now(self, now: float) -> float:
        """What is left; below zero where requests wait for it already."""
        return min(self.limit, self.level + (now - self.at) * self.rate)


@dataclass(slots=True)
class _Limits:
    """One model's buckets, and who has taken of them without the server having counted it yet."""

    buckets: dict[str, _Bucket] = field(default_factory=dict)
    taken: dict[int, dict[str, float]] = field(default_factory=dict)
    closed_until: float = 0.0
    """The server has asked for patience until then."""
    counted: float = 1.0
    """Which part of the prompt the last answer's usage counted; what is read from the cache is free."""


class Place:
    """A request's place in the queue. `seconds` says how long it still has to wait, `leave` gives back what it took."""

    def __init__(self, pace: "Pace", model: str, number: int, due: float) -> None:
        self._pace = pace
        self._model = model
        self._number = number
        self._due = due

    def seconds(self) -> float:
        """How long to wait from now; 0 when it may go."""
        return self._pace.seconds_until(self._model, self._due)

    def answered(self, headers: Mapping[str, str], status: int = 200) -> None:
        """The server has counted the request, and says in its headers what is left."""
        self._pace.learn(self._model, self._number, headers, status)

    def used(self, usage: Mapping[str, Any]) -> None:
        """What the answer says of its prompt's tokens."""
        self._pace.learn_share(self._model, usage)

    def leave(self) -> None:
        """The request is over, or was never made."""
        self._pace.give_back(self._model, self._number)


class Pace:
    """The limits of one key at one host, for all turns that go there. Times are seconds of `clock`."""

    def __init__(self, clock: Callable[[], float] = awake.now) -> None:
        self._clock = clock
        self._models: dict[str, _Limits] = {}
        self._numbered = 0

    def queue(self, model: str, body: Mapping[str, Any]) -> Place:
        """Take what a request needs; those that come first go first."""
        limits, now = self._of(model), self._clock()
        self._numbered += 1
        need = {kind: 1.0 if kind == "requests" else self._tokens(limits, body) for kind in _KINDS}
        wait = 0.0
        taken: dict[str, float] = {}
        for kind, bucket in limits.buckets.items():
            # More than a full bucket can never be there; then a full one has to do.
            share = taken[kind] = min(need[kind], bucket.limit)
            bucket.level, bucket.at = bucket.now(now) - share, now
            if bucket.level < 0:
                wait = max(wait, -bucket.level / bucket.rate)
        limits.taken[self._numbered] = taken or need
        return Place(self, model, self._numbered, now + min(wait, LONGEST_WAIT))

    def seconds_until(self, model: str, due: float) -> float:
        """How long until a request that is `due` may go, also when the server has asked for patience since."""
        wait = max(due, self._of(model).closed_until) - self._clock()
        return wait if wait > _SHORTEST_WAIT else 0.0

    def learn(self, model: str, number: int, headers: Mapping[str, str], status: int = 200) -> None:
        """Take over what the server says is left; it has counted request `number`, but none that came after."""
        limits, now = self._of(model), self._clock()
        limits.taken.pop(number, None)
        for kind in _KINDS:
            limit, left = _amount(headers, kind, "limit"), _amount(headers, kind, "remaining")
            if limit is None or left is None or limit <= 0:
                continue
            pending = sum(taken.get(kind, 0.0) for taken in limits.taken.values())
            limits.buckets[kind] = _Bucket(limit, left - pending, _rate(headers, kind, limit, left), now)
        if status == 429 and (wait := retry_after_seconds(headers)) is not None:
            limits.closed_until = max(limits.closed_until, now + min(wait, LONGEST_WAIT))

    def learn_share(self, model: str, usage: Mapping[str, Any]) -> None:
        """Take over which part of a prompt counts."""
        fresh = _tokens_of(usage, "input_tokens") + _tokens_of(usage, "cache_creation_input_tokens")
        whole = fresh + _tokens_of(usage, "cache_read_input_tokens")
        if whole:
            self._of(model).counted = fresh / whole

    def give_back(self, model: str, number: int) -> None:
        """Put back what a request took that the server never counted."""
        limits = self._of(model)
        for kind, share in limits.taken.pop(number, {}).items():
            if (bucket := limits.buckets.get(kind)) is not None:
                bucket.level += share

    def _of(self, model: str) -> _Limits:
        return self._models.setdefault(model, _Limits())

    @staticmethod
    def _tokens(limits: _Limits, body: Mapping[str, Any]) -> float:
        """About how many tokens of a request count."""
        prompt = (body[key] for key in ("system", "tools", "messages") if key in body)
        return sum(map(_characters, prompt)) / _CHARACTERS_PER_TOKEN * limits.counted


def _characters(value: object) -> int:
    """The characters of a prompt; encoded files are no text, and a guess is as good as their size."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return _FILE_CHARACTERS if value.get("type") == "base64" else sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, (list, tuple)) else 0


def _amount(headers: Mapping[str, str], kind: str, what: str) -> float | None:
    text = headers.get(f"{PREFIX}{kind}-{what}", "")
    return float(text) if text.isdecimal() and len(text) < 16 else None


def _rate(headers: Mapping[str, str], kind: str, limit: float, left: float) -> float:
    """What comes back in a second: so much that the bucket is full when the server says that it will be."""
    try:
        full = datetime.fromisoformat(headers.get(f"{PREFIX}{kind}-reset", ""))
        # By the server's own clock: this machine's may be wrong by hours.
        server_now = parsedate_to_datetime(headers.get("date", ""))
        seconds = (full.replace(tzinfo=full.tzinfo or UTC) - server_now).total_seconds()
    except (ValueError, TypeError):
        seconds = 0.0
    if left < limit and seconds >= 1:
        return max((limit - left) / seconds, limit / 3600)
    return limit / MINUTE


def _tokens_of(usage: Mapping[str, Any], name: str) -> int:
    tokens = usage.get(name)
    return tokens if isinstance(tokens, int) and tokens > 0 else 0
