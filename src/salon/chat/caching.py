"""What the API has in its cache of a conversation, until when, and what it costs to lose that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from salon.chat.conversation import Message
from salon.chat.model import MILLION, ModelInfo, price_of

LONG = 20_000
"""Tokens: losing less than these is not worth a question."""
_LIFETIMES = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Cached:
    """The cache as the last answer left it."""

    read: int
    """Tokens of its prompt that came from the cache."""
    written: int
    """Tokens of its prompt that were put there."""
    until: datetime
    """When they are gone, if nobody asks again before; counted from the request, so it may be a little later."""
    model: str

    @property
    def tokens(self) -> int:
        """How many tokens the next prompt need not pay in full."""
        return self.read + self.written

    def alive(self, now: datetime) -> bool:
        """Whether it is still there."""
        return now < self.until


def cached(path: Sequence[Message]) -> Cached | None:
    """What is cached of a path; None where the last answer says nothing of a cache."""
    answers = [message for message in reversed(path) if message.role == "assistant" and message.usage]
    if not answers:
        return None
    last = answers[0]
    read, written = (
        _count(last.usage.get(name)) for name in ("cache_read_input_tokens", "cache_creation_input_tokens")
    )
    try:
        asked = datetime.fromisoformat(last.created)
    except ValueError:
        return None
    if not read + written:
        return None
    moment = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return Cached(read, written, moment + _LIFETIMES[_lifetime(answers)], last.model)


def _lifetime(answers: Sequence[Message]) -> str:
    """For how long the newest answer that wrote to the cache did so; one that only reads keeps it as long."""
    for message in answers:
        if _count(message.usage.get("cache_creation_input_tokens")):
            written = message.usage.get("cache_creation")
            return "1h" if isinstance(written, Mapping) and _count(written.get("ephemeral_1h_input_tokens")) else "5m"
    return "5m"


def cost_with(tokens: int, model: ModelInfo) -> Decimal | None:
    """US dollars for reading so many tokens from a model's cache; None where the price is unknown."""
    price = price_of(tokens, model.prices)
    return None if price is None else price.cache_read * tokens / MILLION


def cost_anew(tokens: int, model: ModelInfo, lifetime: str = "5m") -> Decimal | None:
    """US dollars for reading them without it, and putting them there; None where the price is unknown."""
    price = price_of(tokens, model.prices)
    if price is None:
        return None
    written = price.cache_write_1h if lifetime == "1h" else price.cache_write_5m
    return (written if model.caching and lifetime else price.input) * tokens / MILLION


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
