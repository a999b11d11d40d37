"""What is known of Claude models without asking: limits, abilities and prices as of 2026-11-22.

Sources: platform.claude.com, the pages "Models overview", the model pages of Opus 5.5 and Haiku 5.5 and "Pricing", read
in stored copies of October and November 2026. Two prices are third parties' (public release notes of cost trackers,
not Anthropic's own page): Sonnet 5.5's cache read of $0.10, cut from $0.20 on 2026-10-07, and Fable 5.2's cache read.
Where a page gives no cache price it follows Anthropic's published multipliers: a five-minute write costs 1.25 times
the input, an hour's 2 times, a read 0.1 times. A web search is $10 a thousand, whatever the model, and fetching a page
costs its tokens alone: so third parties of 2026 quote Anthropic's pages of these tools, whose own copies lack the line.
What running code costs beyond the free hours is not in an answer's usage and not counted. Prices are never in the API,
limits and abilities are: `from_api` takes those from `GET /v1/models` where the server says them.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from salon.chat.model import ModelInfo, Price
from salon.untrusted import clean_line

PRICES_AS_OF = "2026-11-22"
"""When the prices in the table were read."""
DEFAULT_MODEL = "claude-sonnet-5-5"
CHEAPEST_MODEL = "claude-haiku-5-5"

EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""Every `output_config.effort` there is, weakest first."""
_THINKING_TYPES = ("adaptive", "enabled", "disabled", "between_tools")
_SERVER_TOOLS = ("web_search", "web_fetch", "code_execution")
"""Every current model has the first version of each, which is the one that Salon asks for."""
_NO_XHIGH = ("low", "medium", "high", "max")
_ABILITIES = ("image_input", "pdf_input", "citations", "structured_outputs")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEB_SEARCH = Decimal("0.01")
_DATED = re.compile(r"-20\d{6}$")


def known(model_id: str) -> ModelInfo:
    """What is known of a model; for an unknown one nothing but its id.

    A dated id is its base, with its own id kept.
    """
    base = _DATED.sub("", model_id)
    if found := _BY_ID.get(model_id) or _BY_ID.get(base):
        return found if found.id == model_id else replace(found, id=model_id)
    return ModelInfo(id=model_id)


def known_models() -> tuple[ModelInfo, ...]:
    """The built-in table, the current line-up first, to choose from before the server has been asked."""
    return _TABLE


def from_api(payload: Mapping[str, Any]) -> ModelInfo | None:
    """One entry of `GET /v1/models` over what is known of that model; None where it has no id.

    What the server says of limits and abilities wins; what it leaves out (an OpenAI-shaped entry leaves out
    everything) stays as known.
    """
    model_id = payload.get("id")
    if not isinstance(model_id, str) or not model_id.strip():
        return None
    info = known(model_id)
    name = payload.get("display_name")
    changes: dict[str, Any] = {"name": clean_line(name, 60) if isinstance(name, str) and name.strip() else info.name}
    if (context := _positive(payload.get("max_input_tokens"))) is not None:
        changes["context"] = context
    if (longest := _positive(payload.get("max_tokens"))) is not None:
        changes["max_output"] = longest
    changes["deprecated"] = _day(payload.get("deprecated_at")) or info.deprecated
    changes["retires"] = _day(payload.get("retires_at")) or info.retires
    capabilities = payload.get("capabilities")
    if isinstance(capabilities, Mapping):
        changes |= _abilities(capabilities)
    return replace(info, **changes)


def to_api(info: ModelInfo) -> dict[str, Any]:
    """The entry of `GET /v1/models` that `from_api` makes this of again, prices apart: how the list is kept on disk."""
    entry: dict[str, Any] = {
        "id": info.id,
        "display_name": info.name,
        "max_input_tokens": info.context,
        "max_tokens": info.max_output,
        "deprecated_at": info.deprecated or None,
        "retires_at": info.retires or None,
    }
    if info.abilities is None:
        return entry
    can = {name: {"supported": name in info.abilities} for name in _ABILITIES}
    return entry | {
        "capabilities": {
            **can,
            "server_tools": {name: {"supported": name in info.server_tools} for name in _SERVER_TOOLS},
            "compaction": {"summarize": {"supported": "compaction" in info.abilities}},
            "thinking": {"types": {kind: {"supported": kind in info.thinking} for kind in _THINKING_TYPES}},
            "effort": {level: {"supported": level in info.efforts} for level in EFFORTS},
        }
    }


def _abilities(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if any(isinstance(capabilities.get(name), Mapping) for name in _ABILITIES):
        # Only Anthropic's own list says what a model can do, and all that are in it cache.
        changes |= {"abilities": _named(capabilities), "caching": True}
    thinking = capabilities.get("thinking")
    if isinstance(thinking, Mapping) and isinstance(types := thinking.get("types"), Mapping):
        changes["thinking"] = frozenset(kind for kind in _THINKING_TYPES if _supported(types.get(kind)))
    effort = capabilities.get("effort")
    if isinstance(effort, Mapping):
        levels = tuple(level for level in EFFORTS if _supported(effort.get(level)))
        changes["efforts"] = levels if effort.get("supported") is not False else ()
    tools = capabilities.get("server_tools")
    if isinstance(tools, Mapping):
        able = {name for name in _SERVER_TOOLS if _supported(tools.get(name))}
        # The list has no field for fetching; what searches also fetches.
        changes["server_tools"] = frozenset(able | ({"web_fetch"} if "web_search" in able else set()))
    return changes


def _named(capabilities: Mapping[str, Any]) -> frozenset[str]:
    found = {name for name in _ABILITIES if _supported(capabilities.get(name))}
    compaction = capabilities.get("compaction")
    if isinstance(compaction, Mapping) and _supported(compaction.get("summarize")):
        found.add("compaction")
    return frozenset(found)


def _day(moment: object) -> str:
    """The date of a time as the API writes it; "" where it is none."""
    found = _DAY.match(moment) if isinstance(moment, str) else None
    return found[0] if found else ""


def _supported(capability: object) -> bool:
    return isinstance(capability, Mapping) and capability.get("supported") is True


def _positive(number: object) -> int | None:
    return number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None


def _price(dollars_in: str, dollars_out: str, read: str = "", up_to: int | None = None) -> Price:
    per_input = Decimal(dollars_in)
    return Price(
        input=per_input,
        output=Decimal(dollars_out),
        cache_read=Decimal(read) if read else per_input * Decimal("0.1"),
        cache_write_5m=per_input * Decimal("1.25"),
        cache_write_1h=per_input * 2,
        up_to=up_to,
        web_search=_WEB_SEARCH,
    )


def _model(
    model_id: str,
    name: str,
    *prices: Price,
    thinking: tuple[str, ...] = ("adaptive",),
    efforts: tuple[str, ...] = EFFORTS,
    default_effort: str = "",
    context: int = 1_000_000,
    max_output: int = 128_000,
    retires: str = "",
    server_tools: tuple[str, ...] = _SERVER_TOOLS,
) -> ModelInfo:
    return ModelInfo(
        id=model_id,
        name=name,
        context=context,
        max_output=max_output,
        thinking=frozenset(thinking),
        efforts=efforts,
        default_effort=default_effort,
        caching=True,
        server_tools=frozenset(server_tools),
        prices=prices,
        retires=retires,
    )


# No page read says whether the 5.5 models and Fable 5.2 take the effort "xhigh"; it is left out, and `from_api` adds it
# where the server offers it. A thinking type that costs a 400 where it is not accepted is left out in the same way.
_TABLE = (
    _model("claude-fable-5-2", "Claude Fable 5.2", _price("8", "40", "0.20"), efforts=_NO_XHIGH, default_effort="high"),
    _model("claude-opus-5-5", "Claude Opus 5.5", _price("4", "20", "0.20"), efforts=_NO_XHIGH, default_effort="medium"),
    _model(
        "claude-sonnet-5-5",
        "Claude Sonnet 5.5",
        _price("2", "10", "0.10"),
        thinking=("adaptive", "between_tools"),
        efforts=_NO_XHIGH,
        default_effort="high",
    ),
    _model(
        "claude-haiku-5-5",
        "Claude Haiku 5.5",
        _price("0.10", "0.50", up_to=100_000),
        _price("0.50", "2.50"),
        thinking=("adaptive", "disabled"),
        efforts=_NO_XHIGH,
        default_effort="medium",
    ),
    _model(
        "claude-fable-5-1", "Claude Fable 5.1", _price("10", "50", "0.25"), efforts=_NO_XHIGH, default_effort="high"
    ),
    _model("claude-fable-5", "Claude Fable 5", _price("10", "50"), default_effort="high"),
    _model("claude-opus-5", "Claude Opus 5", _price("5", "25"), thinking=("adaptive", "disabled")),
    _model("claude-sonnet-5", "Claude Sonnet 5", _price("2", "10"), thinking=("adaptive", "disabled")),
    _model("claude-opus-4-8", "Claude Opus 4.8", _price("5", "25"), thinking=("adaptive", "disabled")),
    _model("claude-opus-4-7", "Claude Opus 4.7", _price("5", "25"), thinking=("adaptive", "disabled")),
    _model(
        "claude-opus-4-6",
        "Claude Opus 4.6",
        _price("5", "25"),
        thinking=("adaptive", "enabled", "disabled"),
        efforts=_NO_XHIGH,
    ),
    _model(
        "claude-sonnet-4-6",
        "Claude Sonnet 4.6",
        _price("3", "15"),
        thinking=("adaptive", "enabled", "disabled"),
        efforts=_NO_XHIGH,
        max_output=64_000,
    ),
    _model(
        "claude-opus-4-5",
        "Claude Opus 4.5",
        _price("5", "25"),
        thinking=("enabled", "disabled"),
        efforts=("low", "medium", "high"),
        context=200_000,
        max_output=64_000,
    ),
    _model(
        "claude-haiku-4-5",
        "Claude Haiku 4.5",
        _price("1", "5"),
        thinking=("enabled", "disabled"),
        efforts=(),
        context=200_000,
        max_output=64_000,
    ),
    _model(
        "claude-sonnet-4-5",
        "Claude Sonnet 4.5",
        _price("3", "15"),
        thinking=("enabled", "disabled"),
        efforts=(),
        context=200_000,
        max_output=64_000,
        retires="2026-11-30",  # anthropic 2.12, `_data/deprecated_models.py`
    ),
)
_BY_ID = {model.id: model for model in _TABLE}
