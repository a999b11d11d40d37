"""What is cached of a conversation, until when, and what it costs to lose it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from salon.chat.caching import cached, cost_anew, cost_with
from salon.chat.conversation import Message
from salon.chat.model import ModelInfo
from salon.claude.models import known
from salon.ui.caching import cache_in_words

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def answer(minutes: int = 0, **usage: Any) -> Message:
    created = (NOON + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    return Message(id=f"a{minutes}", parent=None, role="assistant", model="m", created=created, usage=usage)


def test_what_was_read_and_written_is_there_for_five_minutes() -> None:
    kept = cached([answer(cache_read_input_tokens=40_000, cache_creation_input_tokens=2_000)])
    assert kept is not None
    assert (kept.tokens, kept.until) == (42_000, NOON + timedelta(minutes=5))
    assert kept.alive(NOON + timedelta(minutes=4, seconds=59))
    assert not kept.alive(NOON + timedelta(minutes=5))


def test_what_was_written_for_an_hour_stays_one_when_it_is_only_read() -> None:
    hour = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 30_000}
    first = answer(cache_creation_input_tokens=30_000, cache_creation=hour)
    kept = cached([first, answer(20, cache_read_input_tokens=30_000)])
    assert kept is not None
    assert kept.until == NOON + timedelta(minutes=80)


@pytest.mark.parametrize(
    "usage", [{}, {"input_tokens": 5}, {"cache_read_input_tokens": 0}, {"cache_read_input_tokens": "many"}]
)
def test_without_a_cache_there_is_nothing_to_say(usage: dict[str, Any]) -> None:
    assert cached([answer(**usage)]) is None
    assert cache_in_words(None, NOON) == ""


def test_a_message_without_a_time_has_no_end() -> None:
    assert cached([Message(id="a", parent=None, role="assistant", usage={"cache_read_input_tokens": 9})]) is None


def test_it_is_said_in_words() -> None:
    kept = cached([answer(cache_read_input_tokens=40_000, cache_creation_input_tokens=2_000)])
    at = (NOON + timedelta(minutes=5)).astimezone()
    assert cache_in_words(kept, NOON) == f"cache 40k read, 2k written, until {at:%H:%M}"
    assert cache_in_words(kept, NOON + timedelta(minutes=6)) == "cache expired"


def test_what_losing_it_costs_worked_by_hand() -> None:
    sonnet, haiku = known("claude-sonnet-5-5"), known("claude-haiku-5-5")
    # 120,000 tokens: from Sonnet's cache at $0.10 a million: $0.012; into it anew at $2.50: $0.30, for an hour at $4:
    # $0.48
    assert cost_with(120_000, sonnet) == Decimal("0.012")
    assert cost_anew(120_000, sonnet) == Decimal("0.3")
    assert cost_anew(120_000, sonnet, "1h") == Decimal("0.48")
    # without a cache at $2: $0.24; Haiku, above its 100,000, at 1.25 times $0.50: $0.075
    assert cost_anew(120_000, sonnet, "") == Decimal("0.24")
    assert cost_anew(120_000, haiku) == Decimal("0.075")
    assert cost_anew(120_000, ModelInfo(id="unknown")) is None
