"""`salon sessions sweep`: removes attached content that no chat refers to; nothing else ever does."""

import argparse

from salon.commands.command import Command, Desk
from salon.exits import Exit
from salon.store.unused import unused_blobs
from salon.words import plural, tr


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help=tr("remove them; without it they are only counted"))


def _sweep(desk: Desk) -> int:
    found = unused_blobs(desk.paths)
    size = sum(blob.stat().st_size for blob in found)
    if desk.options.yes:
        for blob in found:
            blob.unlink(missing_ok=True)
    if desk.as_json:
        desk.give({"files": len(found), "bytes": size, "removed": bool(desk.options.yes)})
        return Exit.OK
    what = tr("No attachment is") if not found else plural("{n} attachment is", "{n} attachments are", len(found))
    told = tr("{what} unused ({size:,} bytes)", what=what, size=size) if found else tr("{what} unused", what=what)
    ending = tr(", and removed.") if found and desk.options.yes else tr("; --yes removes them.") if found else "."
    desk.say(told + ending)
    return Exit.OK


COMMANDS = (
    Command("sweep", tr("remove attached files that no chat, draft or chat in the trash uses"), _arguments, _sweep),
)
