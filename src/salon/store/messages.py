"""What a session file says of one message -> the message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from salon.chat.answer import Answer
from salon.chat.blocks import Block, text_block
from salon.chat.conversation import Message, Role, Status, status_of_reason
from salon.chat.events import ApiEvent
from salon.errors import Fault, FaultKind
from salon.store.records import Record
from salon.words import tr

_ENDED_WHILE_ARRIVING = Fault(
    FaultKind.DROPPED,
    tr("Salon ended while this answer was arriving."),
    tr("What had come is kept."),
    ("continue", "retry"),
)
_ENDED_BEFORE = Fault(
    FaultKind.DROPPED,
    tr("Salon was closed before any of this answer was saved."),
    tr("Your prompt is kept."),
)
_KNOWN_STATUSES = {status.value: status for status in Status}


@dataclass(slots=True)
class Entry:
    """A message and the records that tell it: its `msg` or `open`, its `part`s, its `close`."""

    id: str
    parent: str | None
    record: Record
    close: Record | None = None
    parts: list[list[ApiEvent]] = field(default_factory=list)
    _numbered: dict[int, list[ApiEvent]] = field(default_factory=dict)

    def take_part(self, number: Any, events: list[ApiEvent]) -> None:
        """Add a part; the same part once more, as a copied or merged file may have it, is nothing new."""
        if isinstance(number, int):
            if self._numbered.get(number) == events:
                return
            self._numbered[number] = events
        self.parts.append(events)

    def take_close(self, close: Record) -> None:
        """Add the end; when it has the whole answer its parts are of no more use, and are most of a file."""
        self.close = close
        if _is_whole(close):
            self.parts.clear()
            self._numbered.clear()


def message_of(entry: Entry) -> Message:
    """The message that the entry's records tell."""
    if entry.record["k"] == "open":
        if entry.close is None or not _is_whole(entry.close):
            return _folded(entry)
        return _told(entry, entry.record | entry.close, "assistant")
    fields = entry.record | (entry.close or {})
    return _told(entry, fields, "assistant" if fields.get("role") == "assistant" else "user")


def _is_whole(close: Record) -> bool:
    return isinstance(close.get("content"), list)


def _told(entry: Entry, fields: Record, role: Role) -> Message:
    """The message whose content is in `fields`."""
    status, unknown = _status(fields, role)
    extra = _mapping(fields.get("extra")) or {}
    return Message(
        id=entry.id,
        parent=entry.parent,
        role=role,
        content=_blocks(fields.get("content")),
        status=status,
        created=_text(entry.record.get("ts")),
        seam=_text(fields.get("seam")),
        model=_text(fields.get("model")),
        stop_reason=_text(fields.get("stop_reason")) or None,
        stop_details=_mapping(fields.get("stop_details")),
        usage=_mapping(fields.get("usage")) or {},
        request_id=_text(fields.get("request_id")),
        fault=_mapping(fields.get("fault")),
        unfinished=_integers(fields.get("unfinished")),
        extra={**extra, "status": unknown} if unknown else extra,
        source=_text(fields.get("source")),
        prefix=_text(fields.get("prefix")),
        timing=_numbers(fields.get("timing")),
    )


def _folded(entry: Entry) -> Message:
    """The answer that the parts add up to; its process died before it could be closed."""
    answer = Answer(entry.id)
    for events in entry.parts:
        for event in events:
            answer.apply(event)
    fields = entry.record | (entry.close or {})
    status, fault = _ending(answer, fields) if entry.close is None else (_status(fields, "assistant")[0], None)
    return Message(
        id=entry.id,
        parent=entry.parent,
        role="assistant",
        content=answer.blocks(),
        status=status,
        created=_text(entry.record.get("ts")),
        model=answer.model or _text(fields.get("model")),
        stop_reason=answer.stop_reason,
        stop_details=answer.stop_details,
        usage=dict(answer.usage),
        request_id=_text(fields.get("request_id")),
        fault=fault or _mapping(fields.get("fault")),
        unfinished=answer.unfinished(),
        extra=answer.extra(),
        prefix=_text(fields.get("prefix")),
        timing=_numbers(fields.get("timing")),
    )


def _ending(answer: Answer, fields: Record) -> tuple[Status, Mapping[str, Any] | None]:
    if answer.complete:
        return status_of_reason(answer.stop_reason), None
    if answer.begun:
        return Status.INTERRUPTED, _ENDED_WHILE_ARRIVING.to_record()
    return Status.ERROR, _ENDED_BEFORE.to_record()


def _status(fields: Record, role: Role) -> tuple[Status, str]:
    """The status, and the word for it where this version does not know that."""
    word = _text(fields.get("status"))
    known = _KNOWN_STATUSES.get(word)
    if known is Status.OPEN:
        return Status.INTERRUPTED, ""
    if known is not None:
        return known, ""
    if role == "user" or fields.get("stop_reason"):
        return status_of_reason(_text(fields.get("stop_reason"))), word
    return (Status.INTERRUPTED if word else Status.COMPLETE), word


def _blocks(value: Any) -> tuple[Block, ...]:
    """Content as the API has it: a list of blocks, or a string for a single text block."""
    if isinstance(value, str):
        return (text_block(value),)
    if not isinstance(value, list):
        return ()
    return tuple(block if isinstance(block, dict) else text_block(str(block)) for block in value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _integers(value: Any) -> tuple[int, ...]:
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, list) else ()


def _numbers(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        return {}
    return {name: float(number) for name, number in value.items() if isinstance(number, int | float) and number < 1e15}
