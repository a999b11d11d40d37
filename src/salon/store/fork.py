"""One branch of a session -> a session of its own."""

from collections.abc import Iterator

from salon import __version__
from salon.chat.conversation import Conversation, Message, path
from salon.chat.turn import close_record, message_record
from salon.errors import StoreError
from salon.store.reader import parse
from salon.store.records import FORMAT_VERSION, Record, decode, encode
from salon.store.replay import replay
from salon.words import tr

_NOT_TAKEN_ALONG = {"pinned", "archived"}
"""What a person decided about the one session and not about the other."""


def fork_content(content: bytes, conversation: Conversation, leaf: str | None, new_id: str, now: float) -> bytes:
    """The file of the session `new_id`, with the path to `leaf` and the settings of the session in `content`.

    The records are copied byte for byte: signatures of thinking hold only so. Notes go along as they read now.
    `conversation` is what `content` tells.
    Raises `StoreError` when the path is empty.
    """
    messages = path(conversation, leaf)
    if not messages:
        raise StoreError(tr("There is nothing to fork yet."), tr("Send a prompt first."))
    wanted = {message.id for message in messages}
    copied = [line.strip(b"\0 \t\r") + b"\n" for line in content.split(b"\n") if _is_wanted(line, wanted)]
    whole = _framed(copied, conversation, messages, new_id, now)
    told = replay(new_id, parse(whole.split(b"\n"))).conversation
    if path(told) == messages:
        return whole
    # Two records with one id, of which the path has the second: what they tell is copied instead of the records.
    return _framed(list(_retold(conversation, messages, now)), conversation, messages, new_id, now)


def _framed(lines: list[bytes], conversation: Conversation, messages: list[Message], new_id: str, now: float) -> bytes:
    origin = {"session": conversation.id, "message": messages[-1].id}
    head = {"k": "head", "id": new_id, "min": FORMAT_VERSION, "app": f"salon {__version__}", "fork": origin}
    on_path = {message.id for message in messages}
    notes = [
        encode({"k": "note", "id": note.id, "parent": note.parent, "text": note.text, "ts": note.created}, now)
        for note in conversation.notes.values()
        if note.parent in on_path
    ]
    title = {"k": "set", "key": "title", "value": f"{conversation.title} (fork)" if conversation.title else ""}
    return b"".join(
        [encode(head, now), *lines, *notes, encode(title, now), encode({"k": "leaf", "of": messages[-1].id}, now)]
    )


def _retold(conversation: Conversation, messages: list[Message], now: float) -> Iterator[bytes]:
    for key, value in conversation.settings.items():
        if key not in _NOT_TAKEN_ALONG:
            yield encode({"k": "set", "key": key, "value": value}, now)
    for message in messages:
        if message.role == "user":
            yield encode(message_record(message) | {"ts": message.created}, now)
        else:
            opened: Record = {"k": "open", "id": message.id, "parent": message.parent, "ts": message.created}
            yield encode(opened | ({"prefix": message.prefix} if message.prefix else {}), now)
            yield encode(close_record(message), now)


def _is_wanted(line: bytes, wanted: set[str]) -> bool:
    try:
        record: Record = decode(line.strip(b"\0 \t\r"))[0]
    except (ValueError, RecursionError, MemoryError):
        return False
    kind = record["k"]
    if kind == "set":
        return record.get("key") not in _NOT_TAKEN_ALONG
    if kind in {"msg", "open"}:
        return record.get("id") in wanted
    return kind in {"part", "close"} and record.get("of") in wanted
