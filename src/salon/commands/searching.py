"""`salon sessions search`: full text over all chats."""

import argparse
from datetime import UTC, datetime
from typing import Any

from salon.chat.search import Hit
from salon.commands.command import Command, Desk, positive
from salon.errors import UsageError
from salon.exits import Exit
from salon.store.index import SearchIndex
from salon.untrusted import clean_line
from salon.words import tr

_TITLE = 60
_PATIENCE = 600.0
"""Seconds; the first search of 200 MB has to read them, which takes 40."""


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit as `--json` shows it; these names stay what they are. `marks` are character positions in `snippet`."""
    return {
        "session": hit.session_id,
        "message": hit.message_id,
        "role": hit.voice.value,
        "title": hit.title,
        "when": datetime.fromtimestamp(hit.when, UTC).isoformat().replace("+00:00", "Z"),
        "snippet": hit.snippet.text,
        "marks": [list(mark) for mark in hit.snippet.marks],
        "archived": hit.archived,
    }


def _search(desk: Desk) -> int:
    index = SearchIndex(desk.paths)
    try:
        index.refresh()
        index.settle(_PATIENCE)
        if trouble := index.state().trouble:
            desk.warn(trouble)
        words = " ".join(desk.options.words)
        # With a blank behind them: what a program or a shell hands over is typed to its end.
        page = index.find(f"{words} ", ranked=not desk.options.newest, limit=desk.options.limit)
    finally:
        index.close()
    if page.problem:
        raise UsageError(page.problem)
    if not page.hits and not desk.as_json:
        desk.warn(tr("No message has all of this."))
    for hit in page.hits:
        if desk.as_json:
            desk.give(hit_record(hit))
            continue
        day = datetime.fromtimestamp(hit.when).strftime("%Y-%m-%d")
        desk.say(f"{hit.session_id}  {day}  {hit.voice.value:<9}  {clean_line(hit.title, _TITLE) or tr('(untitled)')}")
        desk.say(f"    {hit.snippet.text}")
    return Exit.OK


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORDS",
        help=tr(
            "words that must all be there, 'a \"phrase\"', beginn*, and filters: model: tag: before: after: role: in:"
        ),
    )
    parser.add_argument("-n", "--limit", type=positive, default=20, metavar="N", help=tr("at most N messages (20)"))
    parser.add_argument("--newest", action="store_true", help=tr("the newest first instead of the most fitting"))


COMMANDS = (Command("search", tr("search everything ever said"), _arguments, _search),)
"""The sub-command of `salon sessions` that searches."""
