"""Salon's own: a session file copied from elsewhere, and what `salon export --format json` writes."""

import base64
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from salon.chat.conversation import Conversation
from salon.errors import StoreError
from salon.store.importing.foreign import LONGEST_NAME, ForeignSession, Node, Unreadable, items, mapping, text
from salon.store.reader import Line
from salon.store.records import Record
from salon.store.replay import replay
from salon.words import tr

NAME = "salon"
EXPORT_KEY = "salon"
"""The key by which an export is known; its value is the version of the format."""
EXPORT_VERSION = 1

_TAKEN_OVER = {"title", "model", "system", "effort", "tags", "pinned", "archived"}
"""What a file from elsewhere may set. Everything else (tools, servers, permissions of a later Salon) stays a note."""


def is_export(value: Mapping[str, Any]) -> bool:
    """Whether an element looks like an export of Salon's."""
    return isinstance(value.get(EXPORT_KEY), int) and isinstance(value.get("records"), list)


def is_record(value: Mapping[str, Any]) -> bool:
    """Whether a line looks like one of a session file."""
    return isinstance(value.get("k"), str)


def read_export(value: Mapping[str, Any]) -> ForeignSession:
    """The session of an export. Raises `Unreadable`."""
    if value[EXPORT_KEY] > EXPORT_VERSION:
        raise Unreadable(tr("written by a newer Salon"))
    records = [each for each in items(value.get("records")) if isinstance(each, dict) and is_record(each)]
    session = _session((Line(record) for record in records), text(value.get("id"), LONGEST_NAME))
    session.blobs = _contents(mapping(value.get("blobs")), session)
    return session


def _contents(found: Mapping[str, Any], session: ForeignSession) -> dict[str, bytes]:
    """The attachments whose content is what their name says."""
    contents: dict[str, bytes] = {}
    for digest, encoded in found.items():
        try:
            data = base64.b64decode(text(encoded), validate=True)
        except ValueError:
            data = b""
        if sha256(data).hexdigest() == digest:
            contents[digest] = data
        else:
            session.skipped[tr("damaged attachments")] += 1
    return contents


def read_lines(records: Iterable[Record], own_id: str) -> ForeignSession:
    """The session of a session file's records; `own_id` names it where its head does not. Raises `Unreadable`."""
    return _session((Line(record) for record in records), own_id)


def _session(lines: Iterable[Line], own_id: str) -> ForeignSession:
    found = [own_id]
    try:
        told = replay(own_id, _noting_id(map(_checked, lines), found))
    except StoreError as error:  # a file that this Salon must not interpret
        raise Unreadable(error.what) from error
    if told.too_new:
        raise Unreadable(tr("written by a newer Salon"))
    return foreign_of(told.conversation, found[-1])


def _checked(line: Line) -> Line:
    """The line, as damaged where its record does not say of what kind it is."""
    return line if line.record is None or isinstance(line.record.get("k"), str) else Line(None)


def foreign_of(conversation: Conversation, own_id: str) -> ForeignSession:
    """A conversation of Salon's as one from elsewhere."""
    if not own_id:
        raise Unreadable(tr("without an id"))
    times = [message.created for message in conversation.messages.values() if message.created]
    settings = conversation.settings
    others = {key: value for key, value in settings.items() if key not in _TAKEN_OVER and key != "source"}
    return ForeignSession(
        source=NAME,
        id=own_id,
        title=conversation.title,
        created=min(times, default=""),
        updated=max(times, default=""),
        nodes=[Node(message) for message in conversation.messages.values()],
        leaf=conversation.leaf,
        settings={key: value for key, value in settings.items() if key in _TAKEN_OVER and key != "title"},
        about={"settings": others} if others else {},
        folds=False,
    )


def _noting_id(lines: Iterable[Line], found: list[str]) -> Iterable[Line]:
    for line in lines:
        if line.record is not None and line.record.get("k") == "head" and (own_id := text(line.record.get("id"))):
            found.append(own_id[:LONGEST_NAME])
        yield line
