"""`salon sessions list`, `show` and `path`: they only look."""

import argparse
from datetime import UTC, datetime
from typing import Any

from salon.chat.conversation import Message, path
from salon.chat.summary import SessionSummary
from salon.commands.command import Command, Desk
from salon.exits import Exit
from salon.untrusted import clean_line

_TITLE = 60


def summary_record(session: SessionSummary) -> dict[str, Any]:
    """A session as `--json` shows it; these names stay what they are."""
    return {
        "id": session.id,
        "title": session.title,
        "first_words": session.first_words,
        "modified": _iso(session.modified),
        "size": session.size,
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
    sessions = desk.library.list()
    for session in sessions[: desk.options.limit or None]:
        if desk.as_json:
            desk.give(summary_record(session))
        else:
            title = clean_line(session.title or session.first_words, _TITLE) or "(untitled)"
            when = datetime.fromtimestamp(session.modified).strftime("%Y-%m-%d %H:%M")
            desk.say(f"{session.id}  {when}  {title}")
    return Exit.OK


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
    parser.add_argument("-n", "--limit", type=int, default=0, metavar="N", help="only the N that were used last")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="ID", help="an id, its beginning, or words of the title")
    parser.add_argument("--all", action="store_true", help="every branch, not only the one that is shown in the chat")


def _one_session(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="ID", help="an id, its beginning, or words of the title")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


COMMANDS = (
    Command("list", "list all chats, the last used first", _list_arguments, _list),
    Command("show", "print a chat", _show_arguments, _show),
    Command("path", "print where a chat lies on disk", _one_session, _path),
)
