"""Prices that a person knows better: `prices.toml`, over the built-in table.

A table a model, in dollars per million tokens::

    ["claude-sonnet-5-5"]
    input = 1.8
    output = 9

    ["my-model"]                 # one with a price for small prompts and one for large ones
    tiers = [
        { up_to = 100_000, input = 0.1, output = 0.5 },
        { input = 0.5, output = 2.5 },
    ]

`cache_read`, `cache_write_5m` and `cache_write_1h` follow from `input` by Anthropic's multipliers where they are left
out; `web_search` is in dollars a search.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from salon.chat.model import Price
from salon.chat.summary import SIZE_STEP
from salon.toml_text import did_you_mean, parse_leniently, place_of, read_small_file, reason_of, shown_path
from salon.untrusted import clean_line
from salon.words import tr

_FROM_INPUT = {"cache_read": Decimal("0.1"), "cache_write_5m": Decimal("1.25"), "cache_write_1h": Decimal(2)}
_DOLLARS = ("input", "output", *_FROM_INPUT, "web_search")
_MOST = 1_000_000
"""Dollars; a larger number was not meant."""

Prices = Mapping[str, tuple[Price, ...]]
"""By the id of a model."""


def load_prices(file: Path) -> tuple[Prices, list[str]]:
    """A person's own prices, and what was wrong with the file, in sentences. Never raises; no file is no problem."""
    try:
        text = read_small_file(file)
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError) as error:
        return {}, [tr("{file}: the prices cannot be read: {error}.", file=shown_path(file), error=reason_of(error))]
    written, problems = parse_leniently(text, shown_path(file))
    prices: dict[str, tuple[Price, ...]] = {}
    for model, table in written.items():
        try:
            prices[model] = _tiers(table)
        except ValueError as error:
            key = f"{model}.tiers" if isinstance(table, dict) and "tiers" in table else model
            place = place_of(text, shown_path(file), key)
            problems.append(
                tr(
                    "{place}: the price of {model} is not used: {error}.",
                    place=place,
                    model=clean_line(model, 60),
                    error=str(error).rstrip("."),
                )
            )
    return prices, problems


def _tiers(table: Any) -> tuple[Price, ...]:
    if not isinstance(table, dict):
        raise ValueError(tr("it must be a table with input and output"))
    listed = table.get("tiers", [table])
    if not isinstance(listed, list) or not listed or ("tiers" in table and len(table) > 1):
        raise ValueError(tr("tiers must be a list of tables, and stand alone"))
    tiers = tuple(_price(each) for each in listed)
    sizes = [tier.up_to or 0 for tier in tiers[:-1]]
    if 0 in sizes or sizes != sorted(set(sizes)) or (sizes and 0 < (tiers[-1].up_to or 0) <= sizes[-1]):
        raise ValueError(tr("the tiers must be in order, the smallest up_to first, and only the last may be without"))
    return tiers


def _price(table: Any) -> Price:
    if not isinstance(table, dict):
        raise ValueError(tr("a tier must be a table with input and output"))
    if unknown := next((key for key in table if key not in {*_DOLLARS, "up_to"}), None):
        near = did_you_mean(unknown, _DOLLARS)
        raise ValueError(tr('"{unknown}" is no part of a price.{near}', unknown=clean_line(unknown, 40), near=near))
    given = {name: _dollars(name, table[name]) for name in _DOLLARS if name in table}
    if not {"input", "output"} <= given.keys():
        raise ValueError(tr("it needs input and output"))
    derived = {name: given["input"] * times for name, times in _FROM_INPUT.items()}
    return Price(**derived | given, up_to=_size(table.get("up_to")))


def _dollars(name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
        raise ValueError(tr("{name} must be a number of dollars, 0 or more", name=name))
    return Decimal(str(value))


def _size(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0 or value % SIZE_STEP:
        raise ValueError(
            tr(
                "up_to must be a multiple of {size_step:,} tokens, because sums are kept in such steps",
                size_step=SIZE_STEP,
            )
        )
    return value
