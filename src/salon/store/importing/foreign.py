"""A chat as another program kept it, before it is one of Salon's."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from salon.chat.blocks import Block, kind_of, text_block, text_of
from salon.chat.conversation import Message

MOST_MESSAGES = 100_000
"""Of one chat; what comes after them is left out and counted."""
LONGEST_NAME = 300
"""Characters of a title or a file's name that are kept."""


NO_MESSAGE = "(no message)"
"""Why a node is hidden that only holds others together; nothing is lost with it, so nobody is told."""


class ByteStream(Protocol):
    """What can be read."""

    def read(self, count: int, /) -> bytes:
        """At most `count` bytes; none at the end."""
        ...

    def readline(self, limit: int, /) -> bytes:
        """The next line, at most `limit` bytes of it; none at the end."""
        ...


class Unreadable(ValueError):
    """Something is not what its source would write; the text says what, as the end of a sentence."""


class Node(NamedTuple):
    """One message with the ids of its source, and why it is left out, if it is."""

    message: Message
    hidden: str = ""
    """The reason, as the summary says it; what hangs on a hidden message moves up to the one above."""
    aside: bool = False
    """Whether it belongs to a helper's chat beside the main one, whose answers it must not cut in two."""


@dataclass(slots=True, kw_only=True)
class ForeignSession:
    """A chat with the ids, times and words of its source; nothing in it has been checked but its types."""

    source: str
    """The source's name: claude, chatgpt, claude-code, salon."""
    id: str
    title: str = ""
    created: str = ""
    """ISO 8601 in UTC, or ""."""
    updated: str = ""
    nodes: list[Node] = field(default_factory=list)
    """In the order of the source."""
    leaf: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings that the session takes over."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What else is kept of it, where nothing acts on it."""
    folds: bool = True
    """Whether an answer is told in pieces (thought, call, result, words) that belong in one message."""
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    """Contents of attachments that came along, by their SHA-256, which has been checked."""
    skipped: Counter[str] = field(default_factory=Counter)
    """What was left out while reading, by reason."""


def text(value: Any, limit: int | None = None) -> str:
    """A string, or "" for anything else."""
    return value[:limit] if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """A JSON array, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def iso_time(value: Any) -> str:
    """A time as sessions keep it, from ISO 8601 or seconds since 1970; "" for anything else."""
    try:
        if isinstance(value, str) and value:
            when = datetime.fromisoformat(value)
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            when = datetime.fromtimestamp(value, UTC)
        else:
            return ""
        return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""


def seconds_of(time: str) -> float | None:
    """Seconds since 1970 of what `iso_time` returned; None of ""."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def attachment_blocks(name: str, content: str) -> list[Block]:
    """A file that was sent along: a document where its text is known, else its name."""
    name = name.strip()[:LONGEST_NAME]
    if content.strip():
        source = {"type": "text", "media_type": "text/plain", "data": content}
        return [{"type": "document", "title": name or "attachment", "source": source}]
    return [paragraph(f"[Attachment: {name}]")] if name else []


def paragraph(words: str) -> Block:
    """A text block that is a paragraph of its own: text blocks on end are read as one text."""
    return text_block(words.rstrip("\n") + "\n\n")


def parted(blocks: Iterable[Block]) -> list[Block]:
    """Texts of their own as blocks of one message: one that is followed by another ends in a blank line."""
    found = list(blocks)
    for index, (block, after) in enumerate(pairwise(found)):
        if kind_of(block) == kind_of(after) == "text":
            found[index] = block | paragraph(text_of(block))
    return found
