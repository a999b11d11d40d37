"""`salon help`: the manual's pages."""

import argparse

from salon.commands.command import Command, Desk
from salon.errors import UsageError
from salon.exits import Exit
from salon.guide import TOPICS, page
from salon.words import tr


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", nargs="?", default="", metavar="TOPIC", help=", ".join(TOPICS))


def _show(desk: Desk) -> int:
    try:
        text = page(desk.options.topic)
    except KeyError as error:
        raise UsageError(str(error.args[0]), tr("`salon help` lists the pages.")) from error
    if desk.as_json:
        desk.give({"topic": desk.options.topic, "text": text})
    else:
        desk.say(text)
    return Exit.OK


COMMANDS = (Command("help", tr("show a page of the manual, or the list of its pages"), _arguments, _show),)
