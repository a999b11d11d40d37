"""A session as a list shows it, and what it has cost."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from salon.chat.model import ModelInfo, cost_of

SIZE_STEP = 50_000
"""Tokens. Sums are kept apart by prompts of up to one, two, three ... of these; every known price tier ends at one."""

UsageSums = dict[str, dict[str, dict[str, Any]]]
"""By model, then by size of the prompt in `SIZE_STEP`s (0: at most one), the API's `usage` fields added up."""
DailySums = dict[str, UsageSums]
"""By the day of the answer, YYYY-MM-DD where the person is; "" for answers that another session, or another program,
was charged for: a fork has them too, and they must not count twice."""


class SessionSummary(NamedTuple):
    """A session as a list shows it; texts are raw.

    A tuple, because 10,000 of them are made before a list can be drawn.
    """

    id: str
    title: str
    first_words: str = ""
    """Of the first prompt, or of the draft where there is nothing else."""
    modified: float = 0.0
    """Seconds since 1970, of the last write to the session or its draft."""
    size: int = 0
    """Bytes on disk."""
    model: str = ""
    pinned: bool = False
    archived: bool = False
    tags: str = ""
    """With a blank between two."""
    messages: int = 0
    """Prompts and answers of all branches."""
    usage: str = ""
    """`DailySums` as JSON, because only the few rows that are seen need them."""

    @property
    def name(self) -> str:
        """What it goes by: the title, or the first words before there is one."""
        return self.title or self.first_words


def tags_in(typed: str) -> list[str]:
    """The tags that somebody typed, with blanks or commas between them, and with `#` before them or not; each once."""
    words = (word.lstrip("#") for word in typed.replace(",", " ").split())
    return list(dict.fromkeys(filter(None, words)))


def cost(session: SessionSummary, model_info: Callable[[str], ModelInfo]) -> Decimal | None:
    """US dollars for all answers whose price is known; None where there are none."""
    total: Decimal | None = None
    for model, steps in sums(session).items():
        prices = model_info(model).prices
        for step, usage in steps.items():
            price = cost_of(usage, prices, prompt=(int(step) + 1) * SIZE_STEP)
            if price is not None:
                total = (total or Decimal(0)) + price
    return total


def sums(session: SessionSummary) -> UsageSums:
    """The session's usage, added up."""
    total: UsageSums = {}
    for day in by_day(session).values():
        for model, steps in day.items():
            for step, usage in steps.items():
                add_usage(total.setdefault(model, {}).setdefault(step, {}), usage)
    return total


def by_day(session: SessionSummary) -> DailySums:
    """The session's usage, added up day by day."""
    return read_sums(session.usage)


def read_sums(written: str) -> DailySums:
    """The sums as `SessionSummary.usage` has them; none where they make no sense, as in a damaged cache."""
    try:
        found = json.loads(written) if written else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    for models in found.values():
        if not isinstance(models, dict) or not all(isinstance(steps, dict) for steps in models.values()):
            return {}
        for step, usage in ((step, usage) for steps in models.values() for step, usage in steps.items()):
            if not (step.isdecimal() and len(step) < 10 and isinstance(usage, dict) and _is_usage(usage)):
                return {}
    return found


def _is_usage(usage: Mapping[str, Any]) -> bool:
    return all(type(value) is int or (isinstance(value, dict) and _is_usage(value)) for value in usage.values())


def add_usage(total: dict[str, Any], usage: Mapping[str, Any]) -> None:
    """Add the counts of a `usage` to others: tokens, cache writes by lifetime, requests of the server's tools."""
    for name, value in usage.items():
        if isinstance(value, int) and 0 < value < 10**12 and name.endswith(("_tokens", "_requests")):
            total[name] = total.get(name, 0) + value
        elif name in {"cache_creation", "server_tool_use"} and isinstance(value, dict):
            add_usage(total.setdefault(name, {}), value)


def tokens(session: SessionSummary) -> Mapping[str, int]:
    """The session's tokens by the API's names for them, over all models."""
    total: dict[str, int] = {}
    for steps in sums(session).values():
        for usage in steps.values():
            for name, value in usage.items():
                if isinstance(value, int):
                    total[name] = total.get(name, 0) + value
    return total
