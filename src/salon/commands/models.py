"""`salon models`: what can be chosen, and what is known of it."""

import argparse
import asyncio
from typing import Any

from salon.chat.model import ModelInfo, Price
from salon.chat.modelfacts import facts
from salon.commands.command import Command, Desk
from salon.errors import Fault
from salon.exits import Exit
from salon.untrusted import clean_line
from salon.wiring import House, Options, build
from salon.words import tr


def model_record(model: ModelInfo) -> dict[str, Any]:
    """A model as `--json` shows it, null for what nobody has said; these names stay what they are."""
    return {
        "id": model.id,
        "name": model.name or None,
        "context": model.context,
        "max_output": model.max_output,
        "thinking": sorted(model.thinking),
        "efforts": list(model.efforts),
        "abilities": None if model.abilities is None else sorted(model.abilities),
        "deprecated": model.deprecated or None,
        "retires": model.retires or None,
        "usd_per_million_tokens": [_price(tier) for tier in model.prices] or None,
    }


def _price(tier: Price) -> dict[str, float | int | None]:
    amounts = {name: float(getattr(tier, name)) for name in ("input", "output", "cache_read")}
    writes = {name: float(getattr(tier, name)) for name in ("cache_write_5m", "cache_write_1h")}
    return {**amounts, **writes, "up_to": tier.up_to}


def _list(desk: Desk) -> int:
    options = desk.options
    house = build(Options(config_dir=options.config_dir, base_url=options.base_url, demo=options.demo))
    for problem in house.problems:
        desk.warn(problem)
    try:
        models, as_of = asyncio.run(_models(house, desk))
    finally:
        house.close()
    for model in models:
        if desk.as_json:
            desk.give(model_record(model))
        else:
            name = f"  {clean_line(model.name, 60)}" if model.name else ""
            desk.say(f"{clean_line(model.id, 120)}{name}\n    {' · '.join(facts(model))}")
    if as_of and not desk.as_json:
        desk.say(
            tr("\nThis is {as_of}; prices are Salon's own or yours.", as_of=as_of)
            if models
            else tr("No models are known.")
        )
    return Exit.OK if models else Exit.FAILURE


async def _models(house: House, desk: Desk) -> tuple[list[ModelInfo], str]:
    connection = house.connect()
    if connection is None:
        desk.warn(tr("No API key yet, so no server was asked."))
        return list(house.catalogue.table()), house.catalogue.table_as_of
    try:
        await house.catalogue.ask(connection)
    except Fault as fault:
        desk.warn(tr("The server could not be asked. {sentence}", sentence=fault.sentence()))
    finally:
        await connection.client.aclose()
    return list(house.models_of(connection)), house.models_as_of(connection)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--base-url", default="", metavar="URL", help=tr("the server to ask, if not the one that is set")
    )


COMMANDS = (Command("models", tr("list the models that can be chosen"), _arguments, _list),)
