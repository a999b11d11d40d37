"""`salon sessions rename`, `tag`, `pin`, `archive`, `fork`, `trash`, `restore` and `purge`: they change something.

Each works on one chat, or on several, and says one line for each; with `--json` the chat as it is afterwards.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial

from salon.chat.summary import SessionSummary, tags_in
from salon.commands.command import Command, Desk
from salon.commands.showing import summary_record
from salon.errors import SessionNotFound, UsageError
from salon.exits import Exit
from salon.untrusted import clean_line
from salon.words import tr


def _rename(desk: Desk) -> int:
    session = desk.session(desk.options.session)
    title = " ".join(" ".join(desk.options.title).split())
    if not title:
        raise UsageError(tr("A chat needs a title."), tr("Its words can be anything that is not blank."))
    desk.library.change(session.id, "title", title)
    return _told(desk, session._replace(title=title), tr("is now called “{title}”", title=title))


def _tag(desk: Desk) -> int:
    session = desk.session(desk.options.session)
    if any(len(tag.split()) != 1 for tag in desk.options.tags):
        raise UsageError(tr("A tag is one word."), tr("Put a hyphen between two."))
    removed = {*desk.options.remove, *tags_in(" ".join(desk.options.remove))}
    added = tags_in(" ".join(desk.options.tags))
    tags = [tag for tag in dict.fromkeys((*session.tags.split(), *added)) if tag not in removed]
    if tags != session.tags.split():
        desk.library.change(session.id, "tags", tags)
    return _told(
        desk, session._replace(tags=" ".join(tags)), tr("has the tags {tags}", tags=" ".join(tags) or tr("(none)"))
    )


def _mark(key: str, done: str, undone: str) -> Callable[[Desk], int]:
    def run(desk: Desk) -> int:
        on = not desk.options.undo
        for session in _each(desk, desk.session):
            desk.library.change(session.id, key, on)
            changed = session._replace(pinned=on) if key == "pinned" else session._replace(archived=on)
            _told(desk, changed, done if on else undone)
        return Exit.OK

    return run


def _fork(desk: Desk) -> int:
    session = desk.session(desk.options.session)
    forked = desk.library.fork(session.id, desk.options.message or None)
    return _told(desk, desk.session(forked), tr("is a fork of {session}", session=session.id))


def _trash(desk: Desk) -> int:
    for session in _each(desk, desk.session):
        desk.library.trash(session.id)
        _told(desk, session, tr("is in the trash; `salon sessions restore` brings it back"))
    return Exit.OK


def _restore(desk: Desk) -> int:
    for session in _each(desk, partial(_in_trash, desk)):
        desk.library.restore(session.id)
        _told(desk, session, tr("is back"))
    return Exit.OK


def _purge(desk: Desk) -> int:
    if not desk.options.yes:
        raise UsageError(tr("What is purged is gone for ever."), tr("Add --yes to do it."))
    for session in _each(desk, partial(_in_trash, desk)):
        desk.library.purge(session.id)
        _told(desk, session, tr("is gone for ever"))
    return Exit.OK


def _each(desk: Desk, meant: Callable[[str], SessionSummary]) -> Sequence[SessionSummary]:
    """The chats that were named, each once, all of them known before anything is changed."""
    return list({session.id: session for session in map(meant, desk.options.sessions)}.values())


def _in_trash(desk: Desk, words: str) -> SessionSummary:
    """The one session in the trash that `words` mean."""
    wanted = words.casefold().split()
    found = [
        session
        for session in desk.library.trashed()
        if session.id.startswith(words.strip().lower()) or all(word in session.name.casefold() for word in wanted)
    ]
    if not found or not wanted:
        raise SessionNotFound(
            tr("No chat in the trash is called “{words}”.", words=words), tr("`salon sessions list --trash` shows all.")
        )
    if len(found) > 1:
        raise UsageError(
            tr("{count} chats in the trash are called “{words}”.", count=len(found), words=words),
            tr("Give the beginning of its id."),
        )
    return found[0]


def _told(desk: Desk, session: SessionSummary, what: str) -> int:
    if desk.as_json:
        desk.give(summary_record(session, desk.model_info))
    else:
        desk.say(f"{session.id}  “{clean_line(session.name, 60) or tr('(untitled)')}” {what}")
    return Exit.OK


def _one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", metavar="ID", help=tr("an id, its beginning, or words of the title"))


def _several(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sessions", nargs="+", metavar="ID", help=tr("ids, their beginnings, or words of the titles"))


def _rename_arguments(parser: argparse.ArgumentParser) -> None:
    _one(parser)
    parser.add_argument("title", nargs="+", metavar="TITLE", help=tr("the new title"))


def _tag_arguments(parser: argparse.ArgumentParser) -> None:
    _one(parser)
    parser.add_argument("tags", nargs="*", metavar="TAG", help=tr("tags to add, a word each"))
    parser.add_argument("--remove", action="append", default=[], metavar="TAG", help=tr("a tag to take away"))


def _mark_arguments(undo: str) -> Callable[[argparse.ArgumentParser], None]:
    def arguments(parser: argparse.ArgumentParser) -> None:
        _several(parser)
        parser.add_argument("--undo", action="store_true", help=undo)

    return arguments


def _fork_arguments(parser: argparse.ArgumentParser) -> None:
    _one(parser)
    parser.add_argument("--message", metavar="ID", help=tr("the last message to take along (default: the chat's last)"))


def _purge_arguments(parser: argparse.ArgumentParser) -> None:
    _several(parser)
    parser.add_argument("--yes", action="store_true", help=tr("do it; there is no way back"))


COMMANDS: Sequence[Command] = (
    Command("rename", tr("give a chat another title"), _rename_arguments, _rename),
    Command("tag", tr("add tags to a chat, or take them away"), _tag_arguments, _tag),
    Command(
        "pin",
        tr("have chats stand first in lists"),
        _mark_arguments(tr("no longer")),
        _mark("pinned", tr("is pinned"), tr("is not pinned any more")),
    ),
    Command(
        "archive",
        tr("leave chats out of lists"),
        _mark_arguments(tr("show them again")),
        _mark("archived", tr("is archived"), tr("is not archived any more")),
    ),
    Command("fork", tr("make a chat of its own from a branch"), _fork_arguments, _fork),
    Command("trash", tr("throw chats away; they stay in the trash until you purge them"), _several, _trash),
    Command("restore", tr("bring chats back from the trash"), _several, _restore),
    Command("purge", tr("remove chats from the trash for ever"), _purge_arguments, _purge),
)
