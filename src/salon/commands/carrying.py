"""`salon export` and `salon import`: chats out to a file and in from elsewhere."""

import argparse
import os
import sys
import time
from pathlib import Path

from salon.chat.model import ModelInfo
from salon.commands.command import Command, Desk
from salon.errors import UsageError
from salon.exits import Exit
from salon.store.exporting import Format, Wanted, export, write_new
from salon.store.importing.importer import Importer, Progress, Summary
from salon.store.importing.shelf import Shelf
from salon.store.importing.sources import Origin
from salon.untrusted import clean
from salon.words import tr

_SECONDS_BETWEEN = 0.1
_BAR = 24


def _model_info(model_id: str) -> ModelInfo:
    from salon.claude import models  # only an export with names and prices asks

    return models.known(model_id)


def _export(desk: Desk) -> int:
    options = desk.options
    conversation = desk.library.read(desk.session(options.session).id)
    wanted = Wanted(
        format=Format(options.format),
        thinking=options.thinking,
        costs=options.costs,
        branch=options.branch,
        whole=options.whole,
    )
    text = export(conversation, wanted, _model_info, desk.library.blobs)
    place = write_new(Path(options.output).expanduser(), text) if options.output else None
    if place is None:
        desk.out.write(clean(text) if desk.out.isatty() else text.encode("utf-8", "replace").decode())
    elif desk.as_json:
        desk.give({"id": conversation.id, "path": str(place)})
    else:
        desk.say(tr("Exported to {place}", place=place))
    return Exit.OK


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="ID", help=tr("an id, its beginning, or words of the title"))
    parser.add_argument(
        "--format",
        choices=[each.value for each in Format],
        default="md",
        help=tr("md, html, txt, or json, which salon import reads back"),
    )
    parser.add_argument("--thinking", action="store_true", help=tr("with what the model thought"))
    parser.add_argument("--costs", action="store_true", help=tr("with tokens and prices"))
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--branch", default="", metavar="MSGID", help=tr("the branch that ends with this message"))
    which.add_argument("--whole", action="store_true", help=tr("every branch, not only the one that the chat shows"))
    parser.add_argument(
        "-o", "--output", default="", metavar="FILE", help=tr("write to FILE, or beside it where that is taken")
    )


def _import(desk: Desk) -> int:
    origin = Origin(desk.options.origin)
    places = [Path(name).expanduser() for name in desk.options.files]
    if not places and origin is Origin.CLAUDE_CODE:
        home = os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude"
        places = [Path(home).expanduser() / "projects"]
    if not places:
        raise UsageError(
            tr("There is nothing to import."), tr("Name an export's zip file, its conversations.json, or a folder.")
        )
    bar = ProgressBar(sys.stderr.isatty() and not desk.as_json)
    importer = Importer(Shelf(desk.library, desk.paths, dry_run=desk.options.dry_run), bar.show)
    try:
        summary = importer.run(places, origin)
    finally:
        bar.clear()
    if desk.as_json:
        desk.give(summary.record())
    else:
        for line in summary.sentences(dry_run=desk.options.dry_run):
            desk.say(line)
    return _exit_code(summary)


def _exit_code(summary: Summary) -> int:
    """A failure where something was not read: a script must not take that for success."""
    return Exit.FAILURE if summary.refused or not (summary.new or summary.updated or summary.known) else Exit.OK


class ProgressBar:
    """How far an import is, on one line of standard error, for a terminal only."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._due = 0.0

    def show(self, progress: Progress) -> bool:
        """Draw, at most ten times a second; an import goes on until Ctrl+C."""
        if self._shown and time.monotonic() >= self._due:
            self._due = time.monotonic() + _SECONDS_BETWEEN
            done = round(progress.fraction * _BAR)
            bar = "█" * done + "░" * (_BAR - done)
            counts = tr("{chats:,} chats, {messages:,} messages", chats=progress.chats, messages=progress.messages)
            sys.stderr.write(f"\r{bar} {progress.fraction:4.0%}  {counts} ")
            sys.stderr.flush()
        return True

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=tr("an export's zip or conversations.json, a session file, or a folder of them"),
    )
    parser.add_argument(
        "--from",
        dest="origin",
        choices=[each.value for each in Origin],
        default="auto",
        help=tr("who wrote it; claude-code without FILE takes all of ~/.claude/projects"),
    )
    parser.add_argument("--dry-run", action="store_true", help=tr("say what would be imported, and write nothing"))


COMMANDS = (
    Command("export", tr("write a chat as Markdown, HTML, text or JSON"), _export_arguments, _export),
    Command("import", tr("take in chats of claude.ai, ChatGPT, Claude Code or Salon"), _import_arguments, _import),
)
