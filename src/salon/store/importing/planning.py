"""A chat from elsewhere -> messages of a session, with ids that come out the same every time.

An id is made of the source's name and its ids alone, so what has been imported is known by its id. Every parent stands
before its children, whatever the source said: hidden messages are bridged, circles are cut, and a message whose parent
is not there hangs on the one before it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from salon.chat.blocks import Block
from salon.chat.conversation import Message
from salon.chat.ids import is_id
from salon.store.importing.foreign import MOST_MESSAGES, NO_MESSAGE, ForeignSession, Node, parted, seconds_of
from salon.words import tr

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LATEST = (1 << 48) - 1
PIECES = "pieces"
"""The key in a message's `extra` under which the ids of what was folded into it are kept."""


@dataclass(slots=True)
class Plan:
    """What of a chat is to be written."""

    messages: list[Message]
    """New ones, each after its parent."""
    leaf: str | None
    """The message at which the source stood."""
    skipped: Counter[str]
    told: frozenset[str]
    """The messages, new and known, that tell what the source has."""


@dataclass(slots=True)
class _Growing:
    """A message that is being put together of nodes."""

    first: Node
    parent: str | None
    pieces: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    model: str = ""
    usage: dict[str, int] = field(default_factory=dict)
    replies: set[str] = field(default_factory=set)


def session_id(session: ForeignSession) -> str:
    """The id under which a chat is kept here: its time, and a digest of where it comes from."""
    milliseconds = min(max(0, int((seconds_of(session.created) or 0) * 1000)), _LATEST)
    made_at = "".join(_DIGITS[(milliseconds >> shift) & 31] for shift in range(45, -1, -5))
    derived = made_at + _digest(session.source, session.id)
    assert is_id(derived)
    return derived


def message_id(session: ForeignSession, own_id: str) -> str:
    """The id of a message of a chat that is kept here."""
    return session_id(session)[:10] + _digest(session.source, session.id, own_id)


def planned(session: ForeignSession, known: Mapping[str, str]) -> Plan:
    """What of `session` is not among `known`: the ids that are here, each with that of the message it is part of."""
    skipped = Counter(session.skipped)
    nodes = _by_id(session.nodes, skipped)
    parents = _visible_parents(nodes)
    order = _parents_first(nodes, parents)
    prefix = session_id(session)[:10]
    ids = {own_id: prefix + _digest(session.source, session.id, own_id) for own_id in order}
    children = Counter((parents[own_id], nodes[own_id].aside) for own_id in order)
    growing: dict[str, _Growing] = {}
    home: dict[str, str] = {}
    for own_id in order:
        node, parent, new_id = nodes[own_id], parents[own_id], ids[own_id]
        if new_id in known:
            home[own_id] = known[new_id]
            continue
        above = home.get(parent) if parent is not None else None
        now = growing.get(above) if above is not None else None
        folds = session.folds and children[parent, node.aside] == 1
        if folds and above is not None and now is not None and _same_answer(now.first, node):
            home[own_id] = above
            now.pieces.append(new_id)
        else:
            home[own_id] = new_id
            now = growing[new_id] = _Growing(node, above)
        _grow(now, node)
    last = next((own_id for own_id in reversed(nodes) if not nodes[own_id].aside), None)
    leaf = _visible(session.leaf if session.leaf in nodes else last, nodes)
    return Plan(
        [_message(new_id, each, session) for new_id, each in growing.items()],
        home.get(leaf) if leaf is not None else None,
        skipped,
        frozenset(home.values()),
    )


def ids_in(messages: Iterable[Message]) -> dict[str, str]:
    """The ids that are here, each with that of the message it is part of."""
    known: dict[str, str] = {}
    for message in messages:
        known[message.id] = message.id
        pieces = message.extra.get(PIECES)
        for piece in pieces if isinstance(pieces, list) else ():
            if isinstance(piece, str):
                known[piece] = message.id
    return known


def _same_answer(first: Node, node: Node) -> bool:
    return first.message.role == node.message.role == "assistant" and first.aside == node.aside


def _grow(growing: _Growing, node: Node) -> None:
    message = node.message
    if growing.blocks and message.content:
        growing.blocks[-1:] = parted([growing.blocks[-1], message.content[0]])[:1]
    growing.blocks += message.content
    growing.model = growing.model or message.model
    reply, usage = str(message.extra.get("reply")), message.extra.get("usage")
    if isinstance(usage, Mapping) and reply not in growing.replies:
        growing.replies.add(reply)
        for key, value in usage.items():
            if isinstance(value, int) and not isinstance(value, bool):
                growing.usage[key] = growing.usage.get(key, 0) + value


def _message(new_id: str, growing: _Growing, session: ForeignSession) -> Message:
    message = growing.first.message
    if not session.folds and session.source == "salon":
        return replace(message, id=new_id, parent=growing.parent)
    extra = {PIECES: growing.pieces, "usage": growing.usage}
    return replace(
        message,
        id=new_id,
        parent=growing.parent,
        content=tuple(growing.blocks),
        model=growing.model,
        source=session.source,
        extra={key: value for key, value in extra.items() if value},
    )


def _by_id(found: Iterable[Node], skipped: Counter[str]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for node in found:
        if node.message.id in nodes:
            skipped[tr("messages said twice")] += 1
        elif len(nodes) >= MOST_MESSAGES:
            skipped[tr("messages beyond the first {most_messages:,}", most_messages=MOST_MESSAGES)] += 1
        else:
            nodes[node.message.id] = node
            if node.hidden not in {"", NO_MESSAGE}:
                skipped[node.hidden] += 1
    return nodes


def _visible(own_id: str | None, nodes: Mapping[str, Node]) -> str | None:
    """The node, or the nearest above it that is shown; None where there is none or they go in a circle."""
    seen: set[str] = set()
    while own_id is not None and own_id in nodes and nodes[own_id].hidden:
        if own_id in seen:
            return None
        seen.add(own_id)
        own_id = nodes[own_id].message.parent
    return own_id if own_id in nodes else None


def _visible_parents(nodes: Mapping[str, Node]) -> dict[str, str | None]:
    """The parent of each node that is shown, among those that are shown."""
    bridged: dict[str, str | None] = {}
    parents: dict[str, str | None] = {}
    before: str | None = None
    for own_id, node in nodes.items():
        above = node.message.parent
        trail: list[str] = []
        while above is not None and above in nodes and nodes[above].hidden and above not in bridged:
            bridged[above] = None  # until it is known, so that a circle ends here
            trail.append(above)
            above = nodes[above].message.parent
        above = bridged.get(above, above) if above is not None else None
        for each in trail:
            bridged[each] = above
        if node.hidden:
            bridged.setdefault(own_id, above)
            continue
        parents[own_id] = above if above is None or above in nodes else before
        if not node.aside:
            before = own_id
    return parents


def _parents_first(nodes: Mapping[str, Node], parents: dict[str, str | None]) -> list[str]:
    """All shown nodes, the main chat before its helpers', each after its parent; circles are cut in `parents`."""
    placed: dict[str, None] = {}
    for own_id in sorted(parents, key=lambda each: nodes[each].aside):
        trail: dict[str, None] = {}
        current: str | None = own_id
        while current is not None and current not in placed and current not in trail:
            trail[current] = None
            current = parents[current]
        if current is not None and current in trail:
            parents[next(reversed(trail))] = None
        placed.update(dict.fromkeys(reversed(trail)))
    return list(placed)


def _digest(*names: str) -> str:
    digest = blake2b("\0".join(names).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return "".join(_DIGITS[byte & 31] for byte in digest)
