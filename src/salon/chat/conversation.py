"""A conversation: a tree of messages and the leaf one is looking at.

Nothing in the tree is ever overwritten. A message edited or an answer retried is a new sibling; the path from the root
to the leaf is what is shown and sent. Values are frozen and functions return new ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal

from salon.chat.blocks import Block, joined_text

Role = Literal["user", "assistant"]


class Status(StrEnum):
    """How a message ended."""

    OPEN = "open"
    """Still arriving; found at load it means that the process died, and the loader says INTERRUPTED."""
    COMPLETE = "complete"
    STOPPED = "stopped"
    """The person stopped it."""
    INTERRUPTED = "interrupted"
    """The connection or the process ended before the answer did, with something received."""
    ERROR = "error"
    """Failed with nothing received."""
    MAX_TOKENS = "max_tokens"
    REFUSED = "refused"


_STATUS_OF_REASON = {
    "refusal": Status.REFUSED,
    "max_tokens": Status.MAX_TOKENS,
    "model_context_window_exceeded": Status.MAX_TOKENS,
}


def status_of_reason(stop_reason: str | None) -> Status:
    """The status of an answer whose stream came to its end, by the API's `stop_reason`."""
    return _STATUS_OF_REASON.get(stop_reason or "", Status.COMPLETE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, whole as far as it came."""

    id: str
    parent: str | None
    role: Role
    content: tuple[Block, ...] = ()
    status: Status = Status.COMPLETE
    created: str = ""
    """When it was made, ISO 8601 in UTC; for showing only, the order is the tree's."""
    seam: str = ""
    """"continue" on a user message that Salon wrote to have a cut answer continued; "" on the person's own."""
    model: str = ""
    stop_reason: str | None = None
    stop_details: Mapping[str, Any] | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    fault: Mapping[str, Any] | None = None
    """Why it ended in error, as `salon.errors.Fault.to_record` writes it."""
    unfinished: tuple[int, ...] = ()
    """Indexes of blocks that never ended; of these only text can go back to the API."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What the API sent that has no place in a block: unknown deltas, cut-off tool input, by block index."""
    source: str = ""
    """Where the message was imported from (claude, chatgpt ...), "" for Salon's own. Of an imported one nothing goes
    back to the API but what anybody could say: words, pictures, documents."""
    timing: Mapping[str, float] = field(default_factory=dict)
    """Seconds from the request: `first` to the first delta, `total`, `thinking` spent thinking."""

    @property
    def text(self) -> str:
        """The message's text blocks on end."""
        return joined_text(self.content)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A tree of messages in the order they were written, its leaf and its settings."""

    id: str
    messages: Mapping[str, Message] = field(default_factory=dict)
    leaf: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the session's `set` records say: title, model, system, effort, pinned ..., last one wins."""
    notices: tuple[str, ...] = ()
    """What the loader found to mend, in sentences, to be said once."""
    children: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    """The digests of attachments whose content is missing or damaged."""

    @property
    def title(self) -> str:
        """The title, or "" before there is one."""
        title = self.settings.get("title")
        return title if isinstance(title, str) else ""


def conversation_of(
    session_id: str,
    messages: Iterable[Message],
    *,
    leaf: str | None = None,
    settings: Mapping[str, Any] | None = None,
    notices: tuple[str, ...] = (),
) -> Conversation:
    """A conversation of messages given in the order they were written; without `leaf` the last one is it."""
    by_id: dict[str, Message] = {}
    children: dict[str | None, list[str]] = {}
    for message in messages:
        by_id[message.id] = message
        children.setdefault(message.parent, []).append(message.id)
    if leaf not in by_id:
        leaf = next(reversed(by_id), None)
    frozen = {parent: tuple(ids) for parent, ids in children.items()}
    return Conversation(session_id, by_id, leaf, dict(settings or {}), notices, frozen)


def path(conversation: Conversation, leaf: str | None = None) -> list[Message]:
    """The messages from the root to `leaf` (the conversation's own leaf by default)."""
    messages: list[Message] = []
    seen: set[str] = set()
    current = conversation.leaf if leaf is None else leaf
    while current is not None and current in conversation.messages and current not in seen:
        seen.add(current)
        message = conversation.messages[current]
        messages.append(message)
        current = message.parent
    messages.reverse()
    return messages


def add(conversation: Conversation, message: Message) -> Conversation:
    """The conversation with `message` in it, which becomes the leaf; a message with the same id is replaced."""
    known = message.id in conversation.messages
    children = conversation.children
    if not known:
        siblings = (*children.get(message.parent, ()), message.id)
        children = {**children, message.parent: siblings}
    messages = {**conversation.messages, message.id: message}
    return replace(conversation, messages=messages, children=children, leaf=message.id)


def siblings(conversation: Conversation, message_id: str) -> tuple[str, ...]:
    """The variants of a message, itself included, oldest first."""
    return conversation.children.get(conversation.messages[message_id].parent, (message_id,))


def at(conversation: Conversation, message_id: str | None) -> Conversation:
    """The conversation with `message_id` itself as its leaf, whatever lies below; None: before the first message."""
    return replace(conversation, leaf=message_id)


def select(conversation: Conversation, message_id: str) -> Conversation:
    """The conversation with the newest leaf below `message_id` as its leaf."""
    current = message_id
    seen = {current}
    while below := [child for child in conversation.children.get(current, ()) if child not in seen]:
        current = below[-1]
        seen.add(current)
    return replace(conversation, leaf=current)


def with_settings(conversation: Conversation, **changes: Any) -> Conversation:
    """The conversation with settings changed."""
    return replace(conversation, settings={**conversation.settings, **changes})


def prompts(conversation: Conversation) -> Iterator[str]:
    """The person's own prompts on the current path, oldest first."""
    return (message.text for message in path(conversation) if message.role == "user" and not message.seam)
