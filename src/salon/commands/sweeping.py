"""`salon sessions sweep`: removes attached content that no chat refers to; nothing else ever does."""

import argparse

from salon.commands.command import Command, Desk
from salon.exits import Exit
from salon.store.unused import unused_blobs


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="remove them; without it they are only counted")


def _sweep(desk: Desk) -> int:
    found = unused_blobs(desk.paths)
    size = sum(blob.stat().st_size for blob in found)
    if desk.options.yes:
        for blob in found:
            blob.unlink(missing_ok=True)
    if desk.as_json:
        desk.give({"files": len(found), "bytes": size, "removed": bool(desk.options.yes)})
        return Exit.OK
    what = (
        "No attachment is" if not found else "1 attachment is" if len(found) == 1 else f"{len(found)} attachments are"
    )
    told = f"{what} unused ({size:,} bytes)" if found else f"{what} unused"
    ending = ", and removed." if found and desk.options.yes else "; --yes removes them." if found else "."
    desk.say(told + ending)
    return Exit.OK


COMMANDS = (
    Command("sweep", "remove attached files that no chat, draft or chat in the trash uses", _arguments, _sweep),
)
