"""The command lines of `salon sessions ...` and of the other words: arguments in, an exit code out."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from salon.argument_parser import HarmlessParser
from salon.commands.command import Command, Desk
from salon.commands.table import ALONE, COMMANDS
from salon.errors import CredentialsError, SalonError, UsageError
from salon.exits import Exit
from salon.logs import start_logging
from salon.paths import default_paths
from salon.store.library import FileLibrary
from salon.untrusted import clean_line
from salon.words import tr


def parser() -> argparse.ArgumentParser:
    """The arguments of all sub-commands of `salon sessions`."""
    parser = HarmlessParser(
        prog="salon sessions",
        description=tr("Your chats, without the screen. ID is an id, its beginning, or words of the title."),
    )
    return _with_commands(parser, COMMANDS)


def alone() -> argparse.ArgumentParser:
    """The arguments of the commands that have a word of their own."""
    return _with_commands(HarmlessParser(prog="salon"), ALONE)


def _with_commands(parser: argparse.ArgumentParser, commands: Sequence[Command]) -> argparse.ArgumentParser:
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands:
        own = choices.add_parser(command.name, help=command.help, description=command.help)
        own.add_argument("--json", action="store_true", help=tr("one JSON object a line, for programs"))
        own.add_argument("--demo", action="store_true", help=tr("the chats with the scripted server"))
        own.add_argument("--config-dir", type=Path, metavar="DIR", help=tr("where settings and chats lie"))
        own.set_defaults(chosen=command)
        command.arguments(own)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Do what `arguments` (without the word `sessions`) ask for; the exit code."""
    is_alone = bool(arguments) and any(command.name == arguments[0] for command in ALONE)
    of_sessions, of_others = parser(), alone()
    asked = of_others if is_alone else of_sessions
    options = asked.parse_args(arguments)
    command: Command = options.chosen
    paths = default_paths(options.config_dir)
    start_logging(paths, late=True)
    paths = paths.for_demo() if options.demo else paths
    try:
        code = command.run(Desk(FileLibrary(paths), paths, options, sys.stdout, (of_sessions, of_others)))
        sys.stdout.flush()
    except SalonError as error:
        sys.stderr.write(f"salon: {clean_line(error.sentence(), 1_000)}\n")
        return {UsageError: Exit.USAGE, CredentialsError: Exit.CREDENTIALS}.get(type(error), Exit.FAILURE)
    except BrokenPipeError:
        # The reader has what it wanted; the interpreter must not try to flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    return code
