"""Planned messages -> session files: new ones written whole, known ones added to."""

import logging
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from salon import __version__
from salon.chat.conversation import Conversation
from salon.errors import SessionLocked, StoreError
from salon.paths import Paths
from salon.store.fields import whole_record
from salon.store.files import FileLayer, OperatingSystem, reason_of, write_atomically
from salon.store.importing.foreign import ForeignSession, seconds_of
from salon.store.importing.planning import Plan, ids_in, planned, session_id
from salon.store.library import FileLibrary
from salon.store.lock import SessionLock
from salon.store.log import FileLog
from salon.store.messages import Entry, message_of
from salon.store.places import Places
from salon.store.reader import read_session_file
from salon.store.records import FILE_LIMIT, FORMAT_VERSION, LINE_LIMIT, Record, encode
from salon.words import tr

logger = logging.getLogger(__name__)

_OPEN = tr("chats that are open in a window")
_ANSWER_SECONDS = 30.0
"""How long a disk may take to add to a session."""


class Outcome(StrEnum):
    """What became of a chat."""

    NEW = "new"
    UPDATED = "updated"
    KNOWN = "known"
    SKIPPED = "skipped"


@dataclass(slots=True)
class Shelved:
    """What became of one chat."""

    outcome: Outcome
    session_id: str = ""
    messages: int = 0
    """How many were written."""
    why: str = ""
    """Why it was left out, as the summary says it."""
    skipped: Counter[str] = field(default_factory=Counter)


class Shelf:
    """Puts chats from elsewhere into the library that lies in `paths`. Blocks; call it from a thread."""

    def __init__(
        self, library: FileLibrary, paths: Paths, files: FileLayer | None = None, *, dry_run: bool = False
    ) -> None:
        self._library = library
        self._files = files or OperatingSystem()
        self._places = Places(paths, self._files)
        self._locks = paths.locks
        self._dry_run = dry_run

    @cached_property
    def _here(self) -> dict[str, Path]:
        """All sessions; looked for once, since looking for each of thousands reads whole folders thousands of times."""
        return {found.id: Path(found.path) for found in self._places.scan()}

    @cached_property
    def _thrown_away(self) -> set[str]:
        return {found.id for found in self._places.scan_trash()}

    def put(self, session: ForeignSession) -> Shelved:
        """Import one chat, or what of it is new since it was imported last.

        Raises `StoreError` when the disk takes nothing.
        """
        own_id = session_id(session)
        if own_id in self._thrown_away:
            return Shelved(Outcome.SKIPPED, own_id, why=tr("chats that are in the trash"))
        place = self._here.get(own_id)
        return self._new(session, own_id) if place is None else self._add(session, own_id, place)

    def _new(self, session: ForeignSession, own_id: str) -> Shelved:
        plan = planned(session, {})
        if not plan.messages:
            return Shelved(Outcome.SKIPPED, why=tr("chats without messages"), skipped=plan.skipped)
        lines = self._lines(session, own_id, plan)
        size = sum(map(len, lines))
        if size > FILE_LIMIT:
            return Shelved(
                Outcome.SKIPPED,
                why=tr("chats larger than {file_limit} MB", file_limit=FILE_LIMIT // 1024**2),
                skipped=plan.skipped,
            )
        if not self._dry_run:
            for data in session.blobs.values():
                self._library.blobs.put(data)
            try:
                made_meanwhile = self._write(session, own_id, b"".join(lines))
            except SessionLocked:
                return Shelved(Outcome.SKIPPED, own_id, why=_OPEN)
            if made_meanwhile is not None:
                return self._add(session, own_id, made_meanwhile)
        return Shelved(Outcome.NEW, own_id, len(plan.messages), skipped=plan.skipped)

    def _write(self, session: ForeignSession, own_id: str, data: bytes) -> Path | None:
        """Make the file of a session; or say where it is, if another process has made it since this import began.

        Raises `SessionLocked` while one does.
        """
        place = self._places.place(own_id)
        lock = SessionLock.acquire(self._locks, own_id, self._files)
        try:
            if place.exists():
                return place
            write_atomically(self._files, place, data)
        except OSError as error:
            raise StoreError(
                tr("The import stopped: {error}.", error=reason_of(error)),
                tr("What was imported is safe. Importing the same once more goes on from there."),
                details={"path": str(place)},
            ) from error
        finally:
            lock.release()
        self._here[own_id] = place
        used = seconds_of(session.updated) or seconds_of(session.created)
        if used is not None and 0 <= used <= time.time():
            try:
                os.utime(place, (used, used))  # an old chat is no news, so it does not stand above today's in the list
            except OSError as error:
                logger.info("The time of %s could not be set: %s", place, reason_of(error))
        return None

    def _lines(self, session: ForeignSession, own_id: str, plan: Plan) -> list[bytes]:
        """The lines of a new session file."""
        now = seconds_of(session.created) or time.time()
        head = {"k": "head", "id": own_id, "min": FORMAT_VERSION, "app": f"salon {__version__}"}
        source = {"name": session.source, "id": session.id, **session.about}
        settings = {"title": session.title, **session.settings, "source": source}
        records: list[Record] = [head]
        records += [{"k": "set", "key": key, "value": value} for key, value in settings.items() if value]
        lines = [encode(record, now) for record in records]
        lines += _encoded(plan, now)
        if plan.leaf is not None and plan.leaf != plan.messages[-1].id:
            lines.append(encode({"k": "leaf", "of": plan.leaf}, now))
        return lines

    def _add(self, session: ForeignSession, own_id: str, place: Path) -> Shelved:
        """Add what is new to a session that is here already."""
        plan = planned(session, self._known(place))
        if not plan.messages or self._dry_run:
            outcome = Outcome.UPDATED if plan.messages else Outcome.KNOWN
            return Shelved(outcome, own_id, len(plan.messages), skipped=plan.skipped)
        try:
            conversation, log = self._library.open(own_id)
        except SessionLocked:
            return Shelved(Outcome.SKIPPED, own_id, why=_OPEN)
        if not isinstance(log, FileLog):
            return Shelved(Outcome.SKIPPED, own_id, why=tr("chats that a newer Salon has written to"))
        for message in plan.messages:
            log.append(whole_record(message))
        log.append({"k": "leaf", "of": _leaf_after(conversation, plan)}, durable=True)
        if not log.close_now(_ANSWER_SECONDS):
            raise StoreError(
                tr("The import stopped. {unsaved}", unsaved=log.unsaved).strip(),
                tr("Importing the same once more goes on from there."),
                details={"path": str(log.path)},
            )
        return Shelved(Outcome.UPDATED, own_id, len(plan.messages), skipped=plan.skipped)

    def _known(self, place: Path) -> dict[str, str]:
        """The ids that were ever in a session: what a person has deleted does not come back."""
        try:
            lines = read_session_file(place, self._files)
            records = (line.record for line in lines if line.record is not None)
            return ids_in(message_of(Entry(str(each["id"]), None, each)) for each in records if _is_message(each))
        except OSError as error:
            raise StoreError(tr("A session cannot be read: {error}.", error=reason_of(error))) from error


def _is_message(record: Record) -> bool:
    return record["k"] in {"msg", "open"} and isinstance(record.get("id"), str)


def _encoded(plan: Plan, now: float) -> list[bytes]:
    """The messages' lines; one that no session file could hold is left out, and what hangs on it moves up."""
    lines: list[bytes] = []
    gone: dict[str, str | None] = {}
    for message in plan.messages:
        record = whole_record(message)
        record["parent"] = parent = gone.get(message.parent, message.parent) if message.parent else None
        line = encode(record, now)
        if len(line) > LINE_LIMIT:
            gone[message.id] = parent
            plan.skipped[tr("messages larger than {line_limit} MB", line_limit=LINE_LIMIT // 1024**2)] += 1
        else:
            lines.append(line)
    plan.leaf = gone.get(plan.leaf, plan.leaf) if plan.leaf else None
    return lines


def _leaf_after(conversation: Conversation, plan: Plan) -> str | None:
    """Where the session stands now: where its source does, unless the person has gone on here themself."""
    leaf = conversation.messages.get(conversation.leaf or "")
    if leaf is None or (plan.leaf is not None and leaf.id in plan.told):
        return plan.leaf
    return leaf.id
