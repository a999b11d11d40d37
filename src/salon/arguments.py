"""The command line of `salon` itself; its help, its manual page and its completion are made of this."""

import argparse
from pathlib import Path

from salon import __version__
from salon.argument_parser import HarmlessParser
from salon.errors import UsageError
from salon.words import tr

COMMAND_WORDS = {
    "sessions": tr("list, show and look after your chats (see salon sessions --help)"),
    "export": tr("write a chat as Markdown, HTML, text or JSON, the same as salon sessions export"),
    "import": tr("take in chats of claude.ai, ChatGPT, Claude Code or Salon, the same as salon sessions import"),
    "config": tr("see and change the settings: path, show, set, unset, edit, forget-key"),
    "keys": tr("print the keys as they are now, with preset and keys.toml"),
    "completion": tr("print a completion for bash, zsh or fish"),
    "doctor": tr("check what Salon stands on, say what to do, pack a bundle for a bug report"),
    "help": tr("show a page of the manual (salon help lists them)"),
    "man": tr("print the manual page"),
    "cost": tr("say what your chats have cost, by day, month or model"),
    "models": tr("list the models that can be chosen, with what they read, write, cost and can do"),
    "mcp": tr("list the tool servers of config.toml, whether they answer, and their tools: salon mcp list"),
    "serve": tr("show Salon in a browser on this machine, behind a link that works once"),
}
"""The first words of a command line that are no prompt, and what they are for."""


def parser() -> argparse.ArgumentParser:
    """The arguments, their help, and nothing else."""
    parser = HarmlessParser(
        prog="salon",
        description=tr("Conversation with Claude, in your terminal."),
        epilog=tr(
            "The key is read from ANTHROPIC_API_KEY (or CLAUDE_API_KEY, or ANTHROPIC_AUTH_TOKEN), never from "
            "an argument. Exit codes: 0 done, 1 failure, 2 wrong usage, 3 no usable credentials, 130 "
            "interrupted. "
        )
        + "".join(tr("salon {word}: {what}. ", word=word, what=what) for word, what in COMMAND_WORDS.items()).rstrip(),
    )
    parser.add_argument("prompt", nargs="?", metavar="PROMPT", help=tr("send this at once"))
    add_chat_options(parser)
    parser.add_argument(
        "-p",
        "--print",
        dest="headless",
        action="store_true",
        help=tr("answer PROMPT and standard input on standard output, without the screen"),
    )
    parser.add_argument(
        "-a",
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        help=tr("send this file, folder (as a list of its files) or address of an image or PDF along; may be repeated"),
    )
    parser.add_argument(
        "--accessible",
        action="store_true",
        help=tr("talk in labelled lines instead of on the screen, for screen readers (or SALON_ACCESSIBLE=1)"),
    )
    parser.add_argument("--json", action="store_true", help=tr("with -p: one JSON object per event"))
    parser.add_argument(
        "--schema",
        type=Path,
        metavar="FILE",
        help=tr("with -p: have the answer be JSON that fits the JSON Schema in this file"),
    )
    parser.add_argument("--no-save", action="store_true", help=tr("with -p: keep no session of it"))
    parser.add_argument(
        "--demo", action="store_true", help=tr("talk to a scripted server inside Salon: no key, no network")
    )
    parser.add_argument(
        "--config-dir",
        type=Path,
        metavar="DIR",
        help=tr("where settings and chats lie (default: the platform's place, or SALON_CONFIG_DIR)"),
    )
    parser.add_argument(
        "--version", action="version", version=f"salon {__version__}", help=tr("show program's version number and exit")
    )
    return parser


def check_chat_options(options: argparse.Namespace) -> None:
    """Raise `UsageError` for options of `add_chat_options` that do not go together."""
    if options.temporary and (options.latest or options.session or options.resume is not None):
        raise UsageError(tr("A temporary chat is a new one."), tr("Leave -c, -r and --session out."))


def add_chat_options(parser: argparse.ArgumentParser) -> None:
    """Which chat is shown, and what it is asked with: the same on the screen and in a browser."""
    resume = parser.add_mutually_exclusive_group()
    resume.add_argument("-c", "--continue", dest="latest", action="store_true", help=tr("go on with the last chat"))
    resume.add_argument(
        "-r",
        "--resume",
        nargs="?",
        const="",
        metavar="ID or WORDS",
        help=tr("go on with the chat that has this id, or these words in its title; choose from a list without them"),
    )
    resume.add_argument("--session", default="", metavar="ID", help=tr("go on with the chat that has exactly this id"))
    parser.add_argument("--temporary", action="store_true", help=tr("start a chat of which nothing is kept on disk"))
    parser.add_argument("-m", "--model", default="", help=tr("the model to ask, by its id"))
    parser.add_argument("-e", "--effort", default="", metavar="LEVEL", help=tr("how hard the model thinks"))
    parser.add_argument("-s", "--system", default="", help=tr("the system prompt of a new chat"))
    parser.add_argument(
        "--base-url",
        default="",
        metavar="URL",
        help=tr("a server that speaks the Messages API; https, or http on this machine"),
    )


def spelled(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[str]:
    """The options of `parser` that were given, as a command line would have them."""
    words: list[str] = []
    for action in parser._actions:  # argparse shows them nowhere else
        value = getattr(options, action.dest, action.default)
        if not action.option_strings or value == action.default:
            continue
        words.append(action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]}={value}")
    return words
