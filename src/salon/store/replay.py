"""Records -> the conversation they tell, for any records whatsoever.

The rules, in the order in which they matter:

* Order is the file's order; times are for showing only.
* A message whose parent is not in the file before it hangs on the message before it, so nothing is ever out of sight.
* Two different messages with one id are both kept: the first under it, the later as a sibling under an id derived from
  it. The same record twice is one.
* An answer without `close` is the fold of its `part`s, as `salon.chat.answer` folds the stream itself.
* `del` hides a message and everything below it, with `"only": true` the message alone; with `"undo": true` it shows
  them again. Nothing is taken out.
* Every message written becomes the leaf; a `leaf` record, or the `leaf` of a `del`, moves it. When each was the leaf is
  remembered, so that who flips to another variant finds what was looked at below it.
* A `note` with an `id` is new; one that is `of` another changes its words.
* A `charge` is what a request beside the conversation used, as for a title; it is in the sums and nowhere else.
* Kinds and fields that are not known are skipped.

What had to be mended is counted, and said in `Conversation.notices` until a `repair` record says that it was told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, ClassVar

from salon.chat.conversation import Charge, Conversation, Message, Note, conversation_of
from salon.chat.ids import is_id
from salon.store.messages import Entry, message_of
from salon.store.reader import Line
from salon.store.records import FORMAT_VERSION, Record
from salon.words import tr

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(slots=True)
class Damage:
    """How much of a file had to be mended since it was last told."""

    skipped: int = 0
    garbled: int = 0
    orphans: int = 0
    doubles: int = 0

    def __bool__(self) -> bool:
        return bool(self.skipped or self.garbled or self.orphans or self.doubles)

    def record(self) -> Record:
        """The `repair` record that says that this was told."""
        counts = {
            "skipped": self.skipped,
            "garbled": self.garbled,
            "orphans": self.orphans,
            "doubles": self.doubles,
        }
        return {"k": "repair"} | {name: count for name, count in counts.items() if count}

    def sentences(self, place: str) -> tuple[str, ...]:
        """What was mended, a sentence each; `place` is the file's path."""
        told = (
            (self.skipped, tr("1 incomplete record was skipped"), tr("{} incomplete records were skipped")),
            (self.garbled, tr("1 record had unreadable characters"), tr("{} records had unreadable characters")),
            (
                self.orphans,
                tr("1 message had lost its place and was put behind the one before it"),
                tr("{} messages had lost their place and were put behind the one before"),
            ),
            (
                self.doubles,
                tr("1 message had the id of another and was put beside it"),
                tr("{} messages had the id of another and were put beside it"),
            ),
        )
        where = f" ({place})." if place else "."
        return tuple((one if count == 1 else many.format(count)) + where for count, one, many in told if count)


@dataclass(slots=True)
class Replayed:
    """A conversation as its file tells it."""

    conversation: Conversation
    damage: Damage = field(default_factory=Damage)
    too_new: bool = False
    """Whether a newer Salon wrote it; then it is read as far as it is understood, and not written."""


def replay(session_id: str, lines: Iterable[Line], place: str = "") -> Replayed:
    """The conversation that `lines` tell; never raises for what they hold. `place` is named in notices."""
    told = _Replay()
    for line in lines:
        told.take(line)
    notices = told.damage.sentences(place)
    if told.too_new:
        notices += (tr("This session was made by a newer Salon: it can be read here, but not written."),)
    conversation = conversation_of(
        session_id,
        told.messages(),
        leaf=told.leaf,
        settings=told.settings,
        notices=notices,
        notes=told.notes.values(),
        deleted=told.deleted,
        looked=told.looked,
        charges=tuple(told.charges),
    )
    return Replayed(conversation, told.damage, told.too_new)


@dataclass(slots=True)
class _Replay:
    damage: Damage = field(default_factory=Damage)
    too_new: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    deleted: dict[str, bool] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)
    leaf: str | None = None
    charges: list[Charge] = field(default_factory=list)
    _looks: int = 0
    _entries: dict[str, Entry] = field(default_factory=dict)
    _same_id: dict[str, list[Entry]] = field(default_factory=dict)
    """The entries that came under one id; the newest of them is who is meant by it."""

    def take(self, line: Line) -> None:
        """Let one line say what it has to say."""
        if line.record is None:
            self.damage.skipped += 1
            return
        if not line.intact:
            self.damage.garbled += 1
        handler = self._HANDLERS.get(line.record["k"])
        if handler is None:
            return
        try:
            handler(self, line.record)
        except RecursionError:  # comparing what was nested as deeply as could just be decoded
            self.damage.skipped += 1

    def messages(self) -> Iterable[Message]:
        """All messages, deleted ones too, in the file's order."""
        return map(message_of, self._entries.values())

    def _hidden(self) -> set[str]:
        """The deleted messages and all below those that went with their branch; a parent stands before its children."""
        gone = {an_id for an_id, branch in self.deleted.items() if branch}
        for entry in self._entries.values() if gone else ():
            if entry.parent in gone:
                gone.add(entry.id)
        return gone | self.deleted.keys()

    def _head(self, record: Record) -> None:
        oldest_reader = record.get("min")
        if isinstance(oldest_reader, int) and oldest_reader > FORMAT_VERSION:
            self.too_new = True

    def _message(self, record: Record) -> None:
        own_id = _text(record.get("id"))
        if any(_is_same(entry.record, record) for entry in self._same_id.get(own_id, ()) if own_id):
            return
        if own_id in self._entries:
            self.damage.doubles += 1
        self._add(own_id, self._parent_of(record), record)

    def _add(self, own_id: str, parent: str | None, record: Record) -> Entry:
        same = self._same_id.setdefault(own_id, [])
        entry_id = own_id
        number = len(same)
        while not entry_id or entry_id in self._entries:
            entry_id = _derived_id(own_id, number)
            number += 1
        entry = Entry(entry_id, parent, record)
        self._entries[entry_id] = entry
        same.append(entry)
        self._look_at(entry)
        return entry

    def _parent_of(self, record: Record) -> str | None:
        if "parent" in record and record["parent"] is None:
            return None
        known = self._meant(record.get("parent"))
        if known is not None:
            return known.id
        hidden = self._hidden()
        before = next((each for each in reversed(self._entries) if each not in hidden), None)
        if before is not None or "parent" in record:
            self.damage.orphans += 1
        return before

    def _meant(self, an_id: Any) -> Entry | None:
        """The entry that an id means at this point of the file."""
        if not isinstance(an_id, str):
            return None
        same = self._same_id.get(an_id)
        return same[-1] if an_id and same else self._entries.get(an_id)

    def _answer(self, record: Record) -> Entry:
        """The answer that a `part` or `close` belongs to; one whose `open` is lost hangs on the message before it."""
        known = self._meant(record.get("of"))
        if known is not None:
            return known
        lost = {"k": "open", "ts": record.get("ts")}
        return self._add(_text(record.get("of")), self._parent_of(lost), lost)

    def _part(self, record: Record) -> None:
        events = record.get("events")
        if isinstance(events, list):
            self._answer(record).take_part(record.get("n"), [event for event in events if isinstance(event, dict)])

    def _close(self, record: Record) -> None:
        entry = self._answer(record)
        if entry.close is None:
            entry.take_close(record)
        elif not _is_same(entry.close, record):
            self.damage.doubles += 1
            self._add(_text(record.get("of")), entry.parent, entry.record).take_close(record)

    def _set(self, record: Record) -> None:
        if isinstance(key := record.get("key"), str):
            self.settings[key] = record.get("value")

    def _look_at(self, entry: Entry) -> None:
        self.leaf = entry.id
        self.looked[entry.id] = self._looks
        self._looks += 1

    def _move_leaf(self, record: Record) -> None:
        if (entry := self._meant(_target(record))) is not None:
            self._look_at(entry)

    def _delete(self, record: Record) -> None:
        target = _target(record)
        entry = self._meant(target)
        an_id = entry.id if entry is not None else _text(target)
        if entry is None and an_id not in self.notes:
            return
        self.deleted.pop(an_id, None)
        if record.get("undo") is not True:
            self.deleted[an_id] = entry is not None and record.get("only") is not True
        if (leaf := self._meant(record.get("leaf"))) is not None:
            self._look_at(leaf)

    def _note(self, record: Record) -> None:
        text, own_id = record.get("text"), record.get("id")
        if not isinstance(text, str):
            return
        changed = self.notes.get(_text(record.get("of")))
        if changed is not None:
            self.notes[changed.id] = replace(changed, text=text)
        elif own_id and isinstance(own_id, str) and own_id not in self._entries:
            above = self._meant(record.get("parent"))
            self.notes.setdefault(
                own_id,
                Note(
                    id=own_id,
                    parent=self.leaf if above is None else above.id,
                    text=text,
                    created=_text(record.get("ts")),
                ),
            )

    def _charge(self, record: Record) -> None:
        if isinstance(usage := record.get("usage"), dict):
            purpose, model = _text(record.get("for")), _text(record.get("model"))
            self.charges.append(Charge(purpose=purpose, model=model, usage=usage))

    def _told(self, record: Record) -> None:
        self.damage = Damage()

    _HANDLERS: ClassVar[dict[str, Callable[["_Replay", Record], None]]] = {
        "head": _head,
        "msg": _message,
        "open": _message,
        "part": _part,
        "close": _close,
        "set": _set,
        "leaf": _move_leaf,
        "del": _delete,
        "note": _note,
        "charge": _charge,
        "repair": _told,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _target(record: Record) -> Any:
    return record.get("of", record.get("id"))


def _is_same(one: Record, other: Record) -> bool:
    """Whether two records say the same; when they were written is no difference."""
    return one.keys() == other.keys() and all(one[key] == other[key] for key in one if key != "ts")


def _derived_id(own_id: str, number: int) -> str:
    """An id that every load of the same file derives again, at the same time as the one it is derived from."""
    made_at = own_id[:10] if is_id(own_id) else "0" * 10
    digest = blake2b(f"{own_id}\0{number}".encode("utf-8", "replace"), digest_size=16).digest()
    return made_at + "".join(_DIGITS[byte & 31] for byte in digest)
