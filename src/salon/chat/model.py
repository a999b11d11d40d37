"""What the app knows of a model: limits, abilities and prices, as values without a source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars per million tokens, for prompts of at most `up_to` tokens (None: of any size)."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    up_to: int | None = None
    web_search: Decimal = Decimal(0)
    """US dollars for one search of the server's web search; what it finds counts as tokens beside that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One model. None and empty mean that nobody has said, not that it cannot."""

    id: str
    name: str = ""
    context: int | None = None
    """How many tokens a request and its answer may have together."""
    max_output: int | None = None
    thinking: frozenset[str] = field(default_factory=frozenset)
    """The `thinking.type` values it accepts: adaptive, enabled, disabled, between_tools."""
    efforts: tuple[str, ...] = ()
    """The `output_config.effort` values it accepts, weakest first."""
    caching: bool = False
    server_tools: frozenset[str] = field(default_factory=frozenset)
    """The tools of the server's own that it can use: web_search, web_fetch, code_execution."""
    prices: tuple[Price, ...] = ()
    """Tiers by prompt size, smallest first; empty where the price is unknown."""
    abilities: frozenset[str] | None = None
    """What it can do beside text, by the API's names (image_input, pdf_input, citations, compaction ...)."""
    deprecated: str = ""
    """Since when it is deprecated, an ISO date; "" where it is not or nobody has said."""
    retires: str = ""
    """When it will be gone, an ISO date; "" where that is not known."""

    def can(self, ability: str) -> bool | None:
        """Whether it can do something, None where nobody has said."""
        return None if self.abilities is None else ability in self.abilities

    @property
    def label(self) -> str:
        """The name to show; local servers name models by the path of their file, of which the end tells them apart."""
        return self.name or self.id.rstrip("/").rpartition("/")[2] or self.id


def prompt_tokens(usage: Mapping[str, Any]) -> int:
    """All tokens that went in: uncached, read from the cache, written to it."""
    return sum(_count(usage, key) for key in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"))


def context_used(usage: Mapping[str, Any]) -> int:
    """How much of the context window a request and its answer took.

    Where the server worked in several steps, as for a compaction, or several requests were made, the last one counts.
    """
    requests = usage.get("requests")
    if isinstance(requests, list) and requests and isinstance(requests[-1], Mapping):
        usage = requests[-1]
    steps = usage.get("iterations")
    if isinstance(steps, list):
        answers = [step for step in steps if isinstance(step, Mapping) and step.get("type") == "message"]
        usage = answers[-1] if answers else usage
    return prompt_tokens(usage) + _count(usage, "output_tokens")


def cost_of(usage: Mapping[str, Any], prices: tuple[Price, ...], *, prompt: int = 0) -> Decimal | None:
    """What a request cost in US dollars; None where the price is unknown.

    The tier is chosen by the whole prompt, as the price list says; `prompt` is its size where `usage` is the sum of
    several requests; one that says what each took is priced by each. Searches of the web count each; fetching pages
    costs their tokens and nothing else. Where the usage does not break cache writes down by lifetime, they count as
    five-minute writes, the API's default.
    """
    requests = usage.get("requests")
    if isinstance(requests, list) and requests and all(isinstance(each, Mapping) for each in requests):
        costs = [cost for each in requests if (cost := cost_of(each, prices)) is not None]
        return sum(costs, Decimal(0)) if len(costs) == len(requests) else None
    size = prompt or prompt_tokens(usage)
    price = price_of(size, prices)
    if price is None:
        return None
    written = usage.get("cache_creation")
    hour = _count(written, "ephemeral_1h_input_tokens") if isinstance(written, Mapping) else 0
    five = max(0, _count(usage, "cache_creation_input_tokens") - hour)
    total = (
        price.input * _count(usage, "input_tokens")
        + price.output * _count(usage, "output_tokens")
        + price.cache_read * _count(usage, "cache_read_input_tokens")
        + price.cache_write_5m * five
        + price.cache_write_1h * hour
    )
    return total / MILLION + price.web_search * searches(usage)


def price_of(prompt: int, prices: tuple[Price, ...]) -> Price | None:
    """The price for a prompt of this many tokens; None where it is unknown."""
    return next((tier for tier in prices if tier.up_to is None or prompt <= tier.up_to), None)


def searches(usage: Mapping[str, Any]) -> int:
    """How often the server searched the web."""
    tools = usage.get("server_tool_use")
    return _count(tools, "web_search_requests") if isinstance(tools, Mapping) else 0


def _count(usage: Mapping[str, Any], key: str) -> int:
    value = usage.get(key)
    return value if isinstance(value, int) and value > 0 else 0
