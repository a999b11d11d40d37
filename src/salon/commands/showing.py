"""`salon sessions list`, `show` and `path`: they only look."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Any

from salon.chat.conversation import Message, path
from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary, cost, tokens
from salon.commands.command import Command, Desk, positive
from salon.exits import Exit
from salon.store.records import timestamp
from salon.untrusted import clean_line
from salon.words import tr

_TITLE = 60
_LAST_SECOND = 250_000_000_000.0
"""Of the year 9892: a file system may say what a calendar does not have."""


def summary_record(session: SessionSummary, model_info: Callable[[str], ModelInfo]) -> dict[str, Any]:
    """A session as `--json` shows it; these names stay what they are."""
    return {
        "id": session.id,
        "title": session.title,
        "first_words": session.first_words,
        "modified": _iso(session.modified),
        "size": session.size,
        "model": session.model,
        "messages": session.messages,
        "pinned": bool(session.pinned),
        "archived": bool(session.archived),
        "tags": session.tags.split(),
        "usage": dict(tokens(session)),
        "cost_usd": None if (dollars := cost(session, model_info)) is None else float(dollars),
    }


def message_record(message: Message) -> dict[str, Any]:
    """A message as `--json` shows it; these names stay what they are."""
    return {
        "id": message.id,
        "parent": message.parent,
        "role": message.role,
        "status": message.status.value,
        "created": message.created,
        "model": message.model,
        "content": list(message.content),
        "usage": dict(message.usage),
    }


def _list(desk: Desk) -> int:
    options = desk.options
    everything = desk.library.trashed() if options.trash else desk.library.list()
    found = everything
    if not (options.trash or options.all):
        found = [session for session in everything if session.archived == options.archived]
    if not found and not desk.as_json:
        desk.warn(_none(options, others=bool(everything)))
    for session in found[: options.limit]:
        if desk.as_json:
            desk.give(summary_record(session, desk.model_info))
        else:
            title = clean_line(session.name, _TITLE) or tr("(untitled)")
            marks = [*(f"#{clean_line(tag, 40)}" for tag in session.tags.split()), *([tr("(pinned)")] * session.pinned)]
            desk.say("  ".join([session.id, _local(session.modified), title, *marks]))
    return Exit.OK


def _none(options: argparse.Namespace, *, others: bool) -> str:
    if options.trash:
        return tr("The trash is empty.")
    if options.archived:
        return tr("Nothing is archived.")
    return tr("All chats are archived; --archived lists them.") if others else tr("There are no chats yet.")


def _show(desk: Desk) -> int:
    conversation = desk.library.read(desk.session(desk.options.session).id)
    messages = conversation.messages.values() if desk.options.all else path(conversation)
    for notice in conversation.notices:
        desk.warn(notice)
    for number, message in enumerate(messages):
        if desk.as_json:
            desk.give(message_record(message))
            continue
        who = "You" if message.role == "user" else message.model or "Claude"
        cut = "" if message.status.value == "complete" else f" ({message.status.value})"
        desk.say(("\n" if number else "") + f"## {clean_line(who)}{cut}\n\n{message.text}")
    return Exit.OK


def _path(desk: Desk) -> int:
    session = desk.session(desk.options.session)
    place = str(desk.library.path_of(session.id))
    if desk.as_json:
        desk.give({"id": session.id, "path": place})
    else:
        desk.say(place)
    return Exit.OK


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-n", "--limit", type=positive, default=None, metavar="N", help=tr("only the N that were used last")
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--archived", action="store_true", help=tr("those that are archived, instead of the others"))
    which.add_argument("--all", action="store_true", help=tr("those that are archived as well"))
    which.add_argument("--trash", action="store_true", help=tr("those in the trash"))


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="ID", help=tr("an id, its beginning, or words of the title"))
    parser.add_argument(
        "--all", action="store_true", help=tr("every branch, not only the one that is shown in the chat")
    )


def _one_session(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="ID", help=tr("an id, its beginning, or words of the title"))


def _iso(seconds: float) -> str:
    return timestamp(min(max(seconds, 0.0), _LAST_SECOND))


def _local(seconds: float) -> str:
    return datetime.fromtimestamp(min(max(seconds, 0.0), _LAST_SECOND)).strftime("%Y-%m-%d %H:%M")


COMMANDS = (
    Command("list", tr("list all chats, the last used first"), _list_arguments, _list),
    Command("show", tr("print a chat"), _show_arguments, _show),
    Command("path", tr("print where a chat lies on disk"), _one_session, _path),
)
