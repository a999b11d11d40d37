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


WINDOW_FULL = "model_context_window_exceeded"
"""The stop reason of an answer that filled the context window; it is a cut answer."""
_STATUS_OF_REASON = {
    "refusal": Status.REFUSED,
    "max_tokens": Status.MAX_TOKENS,
    WINDOW_FULL: Status.MAX_TOKENS,
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
    """Why Salon wrote a user message: "continue" to have a cut answer continued, "tool" for a tool's result, or one of
    `salon.chat.room`'s to have what was said summarised; "" on the person's own."""
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
    prefix: str = ""
    """What `salon.chat.request` says of all that was sent before this answer; its thinking is bound to that."""
    timing: Mapping[str, float] = field(default_factory=dict)
    """Seconds from the request: `first` to the first delta, `total`, `thinking` spent thinking."""

    @property
    def text(self) -> str:
        """The message's text blocks on end."""
        return joined_text(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something a person wrote between messages for themselves; it is never sent."""

    id: str
    parent: str | None
    """The message that it stands below."""
    text: str
    created: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A request beside the conversation that has to be paid like its answers."""

    purpose: str
    """What it was for, as "title"."""
    model: str
    usage: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A tree of messages in the order they were written, its leaf and its settings."""

    id: str
    messages: Mapping[str, Message] = field(default_factory=dict)
    """What is there to see: nothing deleted, and each `parent` among them."""
    leaf: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the session's `set` records say: title, model, system, effort, pinned ..., last one wins."""
    notices: tuple[str, ...] = ()
    """What the loader found to mend, in sentences, to be said once."""
    children: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    """The digests of attachments whose content is missing or damaged."""
    notes: Mapping[str, Note] = field(default_factory=dict)
    written: Mapping[str, Message] = field(default_factory=dict)
    """Every message, deleted ones too, with the parent it was written with."""
    written_notes: Mapping[str, Note] = field(default_factory=dict)
    deleted: Mapping[str, bool] = field(default_factory=dict)
    """What was deleted, the last one last: ids of messages and notes, and whether all that is below went along."""
    charges: tuple[Charge, ...] = ()
    """What was paid for beside the answers."""
    looked: Mapping[str, int] = field(default_factory=dict, compare=False)
    """For each message that was ever the leaf, when it last was so: a higher number is later."""

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
    notes: Iterable[Note] = (),
    deleted: Mapping[str, bool] | None = None,
    looked: Mapping[str, int] | None = None,
    charges: tuple[Charge, ...] = (),
) -> Conversation:
    """A conversation of messages given in the order they were written; without `leaf` the last one is it.

    A leaf that is deleted gives way to the nearest message above it that is not.
    """
    written = {message.id: message for message in messages}
    looked = {name: number for number, name in enumerate(written)} if looked is None else looked
    all_notes = {note.id: note for note in notes}
    bare = Conversation(session_id, {}, leaf, dict(settings or {}), notices, written=written, looked=looked)
    return _shown(replace(bare, written_notes=all_notes, deleted=dict(deleted or {}), charges=charges))


def _shown(conversation: Conversation) -> Conversation:
    """The conversation with what is to be seen worked out from what was written and what was deleted."""
    deleted = conversation.deleted
    messages: dict[str, Message] = {}
    children: dict[str | None, list[str]] = {}
    gone: set[str] = set()
    lifted: dict[str | None, str | None] = {}
    for message in conversation.written.values():
        if message.parent in gone or deleted.get(message.id):
            gone.add(message.id)
            continue
        parent = lifted.get(message.parent, message.parent)
        if message.id in deleted:
            lifted[message.id] = parent
            continue
        messages[message.id] = message if parent == message.parent else replace(message, parent=parent)
        children.setdefault(parent, []).append(message.id)
    notes = {
        note.id: replace(note, parent=lifted[note.parent]) if note.parent in lifted else note
        for note in conversation.written_notes.values()
        if note.id not in deleted and note.parent not in gone
    }
    leaf, passed = conversation.leaf, set[str]()
    while leaf is not None and leaf not in messages and leaf in conversation.written and leaf not in passed:
        passed.add(leaf)
        leaf = conversation.written[leaf].parent
    if leaf not in messages:
        leaf = next(reversed(messages), None)
    frozen = {parent: tuple(ids) for parent, ids in children.items()}
    return replace(conversation, messages=messages, children=frozen, notes=notes, leaf=leaf)


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
    written = {**conversation.written, message.id: message}
    return look_at(replace(conversation, messages=messages, written=written, children=children), message.id)


def siblings(conversation: Conversation, message_id: str) -> tuple[str, ...]:
    """The variants of a message, itself included, oldest first."""
    return conversation.children.get(conversation.messages[message_id].parent, (message_id,))


def family(conversation: Conversation, message_id: str) -> list[str]:
    """The variants that a person may flip through, `message_id` among them, oldest first.

    Attempts that failed before anything came are no variants, except the one that is being looked at.
    """
    return [
        each for each in siblings(conversation, message_id) if each == message_id or conversation.messages[each].content
    ]


def at(conversation: Conversation, message_id: str | None) -> Conversation:
    """The conversation with `message_id` itself as its leaf for the moment; None: before the first message."""
    return replace(conversation, leaf=message_id)


def look_at(conversation: Conversation, message_id: str | None) -> Conversation:
    """The conversation with `message_id` as its leaf, remembered as the one that was looked at last."""
    if message_id is None:
        return at(conversation, None)
    now = 1 + max(conversation.looked.values(), default=0)
    return replace(conversation, leaf=message_id, looked={**conversation.looked, message_id: now})


def below(conversation: Conversation, message_id: str) -> list[str]:
    """A message and all that hang on it, in no particular order."""
    found, seen = [message_id], {message_id}
    for current in found:
        for child in conversation.children.get(current, ()):
            if child not in seen:
                seen.add(child)
                found.append(child)
    return found


def last_looked(conversation: Conversation, message_ids: Iterable[str]) -> str | None:
    """Which of these messages was the leaf last, the newest of them if none was; None of none."""
    when = conversation.looked
    return max(message_ids, key=lambda message_id: (when.get(message_id, -1), message_id), default=None)


def select(conversation: Conversation, message_id: str) -> Conversation:
    """The conversation as it was when `message_id` was last on the path: with that leaf, or else the newest below."""
    return look_at(conversation, last_looked(conversation, below(conversation, message_id)))


def delete(conversation: Conversation, an_id: str, *, branch: bool) -> Conversation:
    """The conversation without a message or a note; without `branch` what hangs on the message is lifted to its place.

    Where the leaf goes along, the variant beside the message that was looked at last takes its place, else the message
    above it.
    """
    after = _shown(replace(conversation, deleted={**conversation.deleted, an_id: branch}))
    if conversation.leaf in after.messages or an_id not in conversation.messages:
        return look_at(after, after.leaf)
    variants = (each for each in family(conversation, an_id) if each != an_id)
    beside = last_looked(after, (each for variant in variants for each in below(after, variant)))
    return look_at(after, after.leaf if beside is None else beside)


def undelete(conversation: Conversation) -> Conversation:
    """The conversation with what was deleted last in it again, and on the path."""
    if not conversation.deleted:
        return conversation
    *others, last = conversation.deleted
    kept = {an_id: conversation.deleted[an_id] for an_id in others}
    before = _shown(replace(conversation, deleted=kept))
    return select(before, last) if last in before.messages else look_at(before, before.leaf)


def put_note(conversation: Conversation, note: Note) -> Conversation:
    """The conversation with a note in it; one with the same id is replaced where it stands."""
    before = conversation.written_notes.get(note.id)
    written = note if before is None else replace(note, parent=before.parent)
    return replace(
        conversation,
        notes={**conversation.notes, note.id: note},
        written_notes={**conversation.written_notes, note.id: written},
    )


def with_settings(conversation: Conversation, **changes: Any) -> Conversation:
    """The conversation with settings changed."""
    return replace(conversation, settings={**conversation.settings, **changes})


def with_charge(conversation: Conversation, charge: Charge) -> Conversation:
    """The conversation with one more request beside it that was paid for."""
    return replace(conversation, charges=(*conversation.charges, charge))


def prompts(conversation: Conversation) -> Iterator[str]:
    """The person's own prompts on the current path, oldest first."""
    return (message.text for message in path(conversation) if message.role == "user" and not message.seam)
