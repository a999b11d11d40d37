"""A conversation as rows of a tree: one a message, in which only branches are set in.

The branch that was looked at last goes on in the column of its parent, the others stand before it, one step further
in; so a long conversation with many branches stays in one column, and depth says how far from the last path one is.
"""

from collections.abc import Set
from dataclasses import dataclass

from salon.chat.conversation import Conversation, path


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One message or note."""

    id: str
    depth: int
    on_path: bool
    is_note: bool = False
    folded: int = 0
    """How many messages below it are not shown."""


def outline(conversation: Conversation, folded: Set[str] = frozenset()) -> list[OutlineRow]:
    """The rows, from top to bottom; what is below a message in `folded` is left out."""
    on_path = {message.id for message in path(conversation)}
    notes: dict[str | None, list[str]] = {}
    for note in conversation.notes.values():
        notes.setdefault(note.parent, []).append(note.id)
    latest, sizes = _latest_and_sizes(conversation)
    rows: list[OutlineRow] = []
    waiting: list[tuple[str, int]] = []

    def put(parent: str | None, depth: int) -> None:
        children = conversation.children.get(parent, ())
        if not children:
            return
        main = next((child for child in children if child in on_path), max(children, key=lambda child: latest[child]))
        waiting.append((main, depth))
        waiting.extend((child, depth + 1) for child in reversed(children) if child != main)

    put(None, 0)
    while waiting:
        an_id, depth = waiting.pop()
        hidden = sizes[an_id] - 1 if an_id in folded else 0
        rows.append(OutlineRow(an_id, depth, an_id in on_path, folded=hidden))
        rows += [OutlineRow(note, depth, an_id in on_path, is_note=True) for note in notes.get(an_id, ())]
        if not hidden:
            put(an_id, depth)
    return rows


def _latest_and_sizes(conversation: Conversation) -> tuple[dict[str, int], dict[str, int]]:
    """For each message when anything below it was last the leaf, and how many messages it and all below are."""
    latest = {an_id: conversation.looked.get(an_id, -1) for an_id in conversation.messages}
    sizes = dict.fromkeys(conversation.messages, 1)
    for message in reversed([*conversation.messages.values()]):  # a parent always stands before its children
        if message.parent in latest:
            latest[message.parent] = max(latest[message.parent], latest[message.id])
            sizes[message.parent] += sizes[message.id]
    return latest, sizes
