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
    """`UsageSums` as JSON, because only the few rows that are seen need them."""

    @property
    def name(self) -> str:
        """What it goes by: the title, or the first words before there is one."""
        return self.title or self.first_words


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
    found: UsageSums = json.loads(session.usage) if session.usage else {}
    return found


def tokens(session: SessionSummary) -> Mapping[str, int]:
    """The session's tokens by the API's names for them, over all models."""
    total: dict[str, int] = {}
    for steps in sums(session).values():
        for usage in steps.values():
            for name, value in usage.items():
                if isinstance(value, int):
                    total[name] = total.get(name, 0) + value
    return total
