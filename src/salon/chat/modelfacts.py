"""What is known of a model, in words; what nobody has said is called unknown."""

from salon.chat.model import ModelInfo, Price
from salon.chat.numbers import price_in_words, short_number

_NAMED = {
    "image_input": "images",
    "pdf_input": "PDF",
    "compaction": "compaction",
}
_TOOLS = {"web_search": "web search", "code_execution": "code"}


def facts(model: ModelInfo) -> list[str]:
    """Context, longest answer, price, abilities, and when it goes, each a few words."""
    return [part for part in (*sizes(model), price(model), abilities(model), ending(model)) if part]


def sizes(model: ModelInfo) -> tuple[str, str]:
    """How much it reads and how much it writes."""
    context = f"{short_number(model.context)} context" if model.context else "context unknown"
    answer = f"{short_number(model.max_output)} answers" if model.max_output else "longest answer unknown"
    return context, answer


def price(model: ModelInfo) -> str:
    """What a million tokens cost."""
    if not model.prices:
        return "price unknown"
    tiers = [f"{_both(tier)}{f' up to {short_number(tier.up_to)}' if tier.up_to else ''}" for tier in model.prices]
    return ", then ".join(tiers)


def _both(tier: Price) -> str:
    return f"{price_in_words(tier.input)} in {price_in_words(tier.output)} out"


def abilities(model: ModelInfo) -> str:
    """What it can do beside text."""
    known = [_effort(model)] if model.efforts else []
    known += ["thinks"] if model.thinking & {"adaptive", "enabled"} else []
    known += [name for tool, name in _TOOLS.items() if tool in model.server_tools]
    if model.abilities is not None:
        known += [name for ability, name in _NAMED.items() if ability in model.abilities]
    if model.abilities is None:
        known.append("the rest unknown" if known else "abilities unknown")
    return ", ".join(known) or "text only"


def _effort(model: ModelInfo) -> str:
    first, last = model.efforts[0], model.efforts[-1]
    return f"effort {first} to {last}" if first != last else f"effort {first}"


def ending(model: ModelInfo) -> str:
    """Since when it is deprecated and when it will be gone; "" where nothing is known of that."""
    since = f"deprecated since {model.deprecated}" if model.deprecated else ""
    gone = f"gone on {model.retires}" if model.retires else ""
    return ", ".join(filter(None, (since, gone)))
