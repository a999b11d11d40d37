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
    default_effort: str = ""
    """The effort that it takes where none is asked for; "" where nobody has said."""
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
    read = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return sum(counted(usage, key) for key in read)


def billed(usage: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parts of an answer's usage that are priced one by one, each with the size of its own prompt.

    An answer that took several requests says what each used. Where the server summarised the conversation on the way,
    the sums at the top are those of its other steps alone (seen in recorded streams), and what the summary used is one
    more part.
    """
    requests = usage.get("requests")
    if isinstance(requests, list) and requests and all(isinstance(each, Mapping) for each in requests):
        return [part for each in requests for part in billed({**each, "requests": None})]
    steps = usage.get("iterations")
    steps = [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
    summaries = [step for step in steps if step.get("type") == "compaction"]
    if not summaries:
        return [usage]
    others = [step for step in steps if step.get("type") in {"message", "fallback_message"}]
    sums_leave_out = sum(map(_written_and_read, others)) == _written_and_read(usage)
    return [usage, *summaries] if sums_leave_out else [usage]


def _written_and_read(usage: Mapping[str, Any]) -> int:
    return prompt_tokens(usage) + counted(usage, "output_tokens")


def tokens_in_and_out(usage: Mapping[str, Any]) -> tuple[int, int]:
    """How many tokens of an answer were paid for: read, and written."""
    parts = billed(usage)
    return sum(map(prompt_tokens, parts)), sum(counted(part, "output_tokens") for part in parts)


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
    return prompt_tokens(usage) + counted(usage, "output_tokens")


def cost_of(usage: Mapping[str, Any], prices: tuple[Price, ...], *, prompt: int = 0) -> Decimal | None:
    """What a request cost in US dollars; None where the price is unknown.

    The tier is chosen by the whole prompt, as the price list says; `prompt` is its size where `usage` is the sum of
    several requests; what `billed` tells apart is priced by each. Searches of the web count each; fetching pages
    costs their tokens and nothing else. Where the usage does not break cache writes down by lifetime, they count as
    five-minute writes, the API's default.
    """
    costs = [_cost_of_one(part, prices, prompt) for part in billed(usage)]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _cost_of_one(usage: Mapping[str, Any], prices: tuple[Price, ...], prompt: int) -> Decimal | None:
    price = price_of(prompt or prompt_tokens(usage), prices)
    if price is None:
        return None
    written = usage.get("cache_creation")
    hour = counted(written, "ephemeral_1h_input_tokens") if isinstance(written, Mapping) else 0
    five = max(0, counted(usage, "cache_creation_input_tokens") - hour)
    total = (
        price.input * counted(usage, "input_tokens")
        + price.output * counted(usage, "output_tokens")
        + price.cache_read * counted(usage, "cache_read_input_tokens")
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
    return counted(tools, "web_search_requests") if isinstance(tools, Mapping) else 0


def counted(usage: Mapping[str, Any], key: str) -> int:
    """A count of a `usage`; 0 where it is missing, or no count."""
    value = usage.get(key)
    return value if isinstance(value, int) and value > 0 else 0
