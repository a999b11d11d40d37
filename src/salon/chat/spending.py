"""What all sessions together have cost: by day, by month, by model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from salon.chat.model import ModelInfo, cost_of, prompt_tokens, searches
from salon.chat.summary import SIZE_STEP, SessionSummary, by_day


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum over answers."""

    tokens_in: int = 0
    tokens_out: int = 0
    searches: int = 0
    cost: Decimal | None = None
    """US dollars for the answers with a known price; None where there are none."""
    unpriced: bool = False
    """Whether there are answers without a known price, so that the cost is a lower bound."""

    def __add__(self, other: "Spent") -> "Spent":
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Spent(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.searches + other.searches,
            sum(costs, Decimal(0)) if costs else None,
            self.unpriced or other.unpriced,
        )


Ledger = dict[tuple[str, str], Spent]
"""By day (YYYY-MM-DD) and model."""


def ledger(sessions: Iterable[SessionSummary], model_info: Callable[[str], ModelInfo]) -> Ledger:
    """What these sessions were charged for, at today's prices."""
    info = cache(model_info)
    found: Ledger = {}
    for session in sessions:
        if not session.usage:
            continue
        for day, models in by_day(session).items():
            if not day:
                continue
            for model, steps in models.items():
                for step, usage in steps.items():
                    cost = cost_of(usage, info(model).prices, prompt=(int(step) + 1) * SIZE_STEP)
                    out = usage.get("output_tokens", 0)
                    spent = Spent(prompt_tokens(usage), out, searches(usage), cost, cost is None)
                    found[day, model] = found.get((day, model), Spent()) + spent
    return found


def days(entries: Ledger) -> dict[str, Spent]:
    """The sums by day, the last one first."""
    return _grouped(entries, lambda day, _: day)


def months(entries: Ledger) -> dict[str, Spent]:
    """The sums by month (YYYY-MM), the last one first."""
    return _grouped(entries, lambda day, _: day[:7])


def models(entries: Ledger) -> dict[str, Spent]:
    """The sums by model, the dearest first."""
    found = _grouped(entries, lambda _, model: model)
    return dict(sorted(found.items(), key=lambda item: item[1].cost or Decimal(0), reverse=True))


def within(entries: Ledger, period: str) -> Ledger:
    """The entries of a day, a month or a year: all whose day begins so."""
    return {key: spent for key, spent in entries.items() if key[0].startswith(period)}


def total(entries: Ledger) -> Spent:
    """The sum of all."""
    return sum(entries.values(), Spent())


def _grouped(entries: Ledger, name: Callable[[str, str], str]) -> dict[str, Spent]:
    found: dict[str, Spent] = {}
    for key, spent in sorted(entries.items(), reverse=True):
        found[name(*key)] = found.get(name(*key), Spent()) + spent
    return found
