"""`salon cost`: what the chats on this computer have cost, by day, month or model."""

import argparse
import re
from collections.abc import Callable, Mapping

from salon.chat import spending
from salon.chat.numbers import dollars, short_number
from salon.chat.spending import Ledger, Spent
from salon.commands.command import Command, Desk
from salon.exits import Exit
from salon.untrusted import clean_line
from salon.words import tr

_GROUPS: Mapping[str, Callable[[Ledger], dict[str, Spent]]] = {
    "day": spending.days,
    "month": spending.months,
    "model": spending.models,
}


def _cost(desk: Desk) -> int:
    sessions = [*desk.library.list(), *desk.library.trashed()]
    entries = spending.within(spending.ledger(sessions, desk.model_info), desk.options.period)
    grouped = _GROUPS[desk.options.by](entries)
    if desk.as_json:
        for name, spent in grouped.items():
            desk.give({desk.options.by: name, **_record(spent)})
        return Exit.OK
    if not grouped:
        desk.say(
            tr("Nothing was asked in {period}.", period=desk.options.period)
            if desk.options.period
            else tr("Nothing has been asked yet.")
        )
        return Exit.OK
    rows = [(clean_line(name, 60) or tr("(no model)"), spent) for name, spent in grouped.items()]
    rows += [(tr("in all"), spending.total(entries))] if len(rows) > 1 else []
    width = max(len(name) for name, _ in rows)
    for name, spent in rows:
        desk.say(f"{name.ljust(width)}  {amount(spent).rjust(12)}  {tokens(spent)}")
    desk.say(tr("\nAt today's prices. Not in it: temporary chats, and chats that were removed for ever."))
    return Exit.OK


def amount(spent: Spent) -> str:
    """What it cost, with a mark where it is a lower bound."""
    return f"{'≥ ' if spent.unpriced and spent.cost is not None else ''}{dollars(spent.cost)}"


def tokens(spent: Spent) -> str:
    """What was read, written and searched."""
    told = tr(
        "{tokens_in} in, {tokens_out} out",
        tokens_in=short_number(spent.tokens_in),
        tokens_out=short_number(spent.tokens_out),
    )
    return told + (tr(", {searches:,} searches", searches=spent.searches) if spent.searches else "")


def _record(spent: Spent) -> dict[str, float | int | bool | None]:
    return {
        "usd": None if spent.cost is None else float(spent.cost),
        "at_least": spent.unpriced,
        "input_tokens": spent.tokens_in,
        "output_tokens": spent.tokens_out,
        "web_searches": spent.searches,
    }


def _period(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}|", text):
        raise argparse.ArgumentTypeError(tr("a year, a month or a day is needed, as in 2026, 2026-11 or 2026-11-22"))
    return text


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", choices=tuple(_GROUPS), default="day", help=tr("how the sums are made (default: day)"))
    parser.add_argument(
        "period",
        nargs="?",
        type=_period,
        default="",
        metavar="PERIOD",
        help=tr("only this, as in 2026, 2026-11 or 2026-11-22"),
    )


COMMANDS = (Command("cost", tr("say what your chats have cost"), _arguments, _cost),)
