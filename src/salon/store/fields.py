"""A message as one `msg` record with everything that is known of it; what `messages.message_of` reads back."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any

from salon.chat.conversation import Message
from salon.store.records import Record

_NAMED_OTHERWISE = {"id", "parent", "role", "content", "created"}


def whole_record(message: Message) -> Record:
    """The record of a message, a person's or an answer; fields that say nothing are left out."""
    record: Record = {
        "k": "msg",
        "id": message.id,
        "ts": message.created,
        "parent": message.parent,
        "role": message.role,
        "content": list(message.content),
    }
    for each in fields(message):
        value = getattr(message, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if each.name not in _NAMED_OTHERWISE and value != default:
            record[each.name] = _plain(value)
    return record


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | frozenset):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
