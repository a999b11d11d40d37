"""What is known of a model, in words; what nobody has said is called unknown."""

from salon.chat.model import ModelInfo, Price
from salon.chat.numbers import price_in_words, short_number
from salon.words import tr

_NAMED = {
    "image_input": tr("images"),
    "pdf_input": "PDF",
    "compaction": "compaction",
}
_TOOLS = {"web_search": tr("web search"), "code_execution": tr("code")}


def facts(model: ModelInfo) -> list[str]:
    """Context, longest answer, price, abilities, and when it goes, each a few words."""
    return [part for part in (*sizes(model), price(model), abilities(model), ending(model)) if part]


def sizes(model: ModelInfo) -> tuple[str, str]:
    """How much it reads and how much it writes."""
    context = tr("{context} context", context=short_number(model.context)) if model.context else tr("context unknown")
    answer = (
        tr("{max_output} answers", max_output=short_number(model.max_output))
        if model.max_output
        else tr("longest answer unknown")
    )
    return context, answer


def price(model: ModelInfo) -> str:
    """What a million tokens cost."""
    if not model.prices:
        return tr("price unknown")
    tiers = [
        f"{_both(tier)}{(tr(' up to {up_to}', up_to=short_number(tier.up_to)) if tier.up_to else '')}"
        for tier in model.prices
    ]
    return tr(", then ").join(tiers)


def _both(tier: Price) -> str:
    return tr("{input} in {output} out", input=price_in_words(tier.input), output=price_in_words(tier.output))


def abilities(model: ModelInfo) -> str:
    """What it can do beside text."""
    known = [_effort(model)] if model.efforts else []
    known += [tr("thinks")] if model.thinking & {"adaptive", "enabled"} else []
    known += [name for tool, name in _TOOLS.items() if tool in model.server_tools]
    if model.abilities is not None:
        known += [name for ability, name in _NAMED.items() if ability in model.abilities]
    if model.abilities is None:
        known.append(tr("the rest unknown") if known else tr("abilities unknown"))
    return ", ".join(known) or tr("text only")


def _effort(model: ModelInfo) -> str:
    first, last = model.efforts[0], model.efforts[-1]
    return (
        tr("effort {first} to {last}", first=first, last=last) if first != last else tr("effort {first}", first=first)
    )


def ending(model: ModelInfo) -> str:
    """Since when it is deprecated and when it will be gone; "" where nothing is known of that."""
    since = tr("deprecated since {deprecated}", deprecated=model.deprecated) if model.deprecated else ""
    gone = tr("gone on {retires}", retires=model.retires) if model.retires else ""
    return ", ".join(filter(None, (since, gone)))
