"""The sessions of one person: `<config>/sessions/<yyyy-mm>/<id>.jsonl`, found, opened, listed."""

import builtins
import logging
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from salon.chat.conversation import Conversation, conversation_of
from salon.chat.ids import is_id, milliseconds_of, new_id
from salon.chat.session import Draft, SessionLog, SessionSummary
from salon.errors import SessionNotFound, StoreError
from salon.paths import Paths
from salon.store.drafts import Drafts
from salon.store.files import FileLayer, OperatingSystem, reason_of
from salon.store.listing import Glimpse, glimpse
from salon.store.lock import SessionLock
from salon.store.log import FileLog, StateListener
from salon.store.memory import ReadOnlyLog
from salon.store.reader import FileTooLarge, read_session_file
from salon.store.records import FILE_LIMIT
from salon.store.replay import Replayed, replay

logger = logging.getLogger(__name__)

RECALL_BYTES = 8 * 1024 * 1024
"""How much of the sessions is read for recall: about a tenth of a second."""

_SUFFIX = ".jsonl"
_MONTH = re.compile(r"\d{4,5}-\d{2}")
_LAST_MILLISECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 1000


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """A session file and what the directory says of it."""

    id: str
    path: str
    size: int
    modified_ns: int


class FileLibrary:
    """The `Library` in a person's directories. Every method may be called from any thread."""

    def __init__(self, paths: Paths, *, on_state: StateListener | None = None, files: FileLayer | None = None) -> None:
        self._paths = paths
        self._on_state = on_state
        self._files = files or OperatingSystem()
        self._drafts = Drafts(paths.drafts, self._files)
        self._glimpses: dict[str, tuple[int, int, Glimpse]] = {}

    def create(self) -> tuple[Conversation, SessionLog]:
        """See `Library`. The lock is taken at once: a draft alone can be opened by another process."""
        session_id = new_id()
        lock = SessionLock.acquire(self._paths.locks, session_id)
        return conversation_of(session_id, ()), self._log(self._place(session_id), session_id, lock)

    def open(self, session_id: str) -> tuple[Conversation, SessionLog]:
        """See `Library`. A draft without a session opens as an empty conversation."""
        path = self._find(session_id)
        if path is None and not (is_id(session_id) and self._drafts.has(session_id)):
            raise _not_found(session_id)
        lock = SessionLock.acquire(self._paths.locks, session_id)
        try:
            told = Replayed(conversation_of(session_id, ())) if path is None else self._replay(session_id, path)
        except BaseException:
            lock.release()
            raise
        if told.too_new:
            lock.release()
            return told.conversation, ReadOnlyLog("Not saved: this session was made by a newer Salon.")
        return told.conversation, self._log(path or self._place(session_id), session_id, lock, told)

    def read(self, session_id: str) -> Conversation:
        """A session from disk, for looking at it only: without a lock, so also one that is open elsewhere.

        Raises `SessionNotFound` or `StoreError`.
        """
        return self._replay(session_id, self.path_of(session_id)).conversation

    def path_of(self, session_id: str) -> Path:
        """The file of a session. Raises `SessionNotFound`."""
        path = self._find(session_id)
        if path is None:
            raise _not_found(session_id)
        return path

    def latest(self) -> str | None:
        """See `Library`."""
        times = [(found.modified_ns / 1e9, found.id) for found in self._scan()]
        times += [(modified, session_id) for session_id, modified in self._drafts.modified()]
        return max(times)[1] if times else None

    def find(self, words: str) -> Sequence[SessionSummary]:
        """See `Library`; a session without a title goes by its first words."""
        wanted = words.casefold().split()
        if not wanted:
            return ()
        beginning = words.strip().lower()
        return [
            session
            for session in self.list()
            if session.id.startswith(beginning)
            or all(word in (session.title or session.first_words).casefold() for word in wanted)
        ]

    def list(self) -> Sequence[SessionSummary]:
        """See `Library`. Reads only the two ends of each file, and of one that has not changed nothing."""
        drafts = dict(self._drafts.modified())
        sessions = []
        for found in self._scan():
            seen = self._glimpse(found)
            modified = max(found.modified_ns / 1e9, drafts.get(found.id, 0.0))
            sessions.append(
                SessionSummary(
                    id=found.id, title=seen.title, first_words=seen.first_words, modified=modified, size=found.size
                )
            )
        sessions.sort(key=lambda session: (session.modified, session.id), reverse=True)
        return sessions

    def load_draft(self, session_id: str) -> Draft:
        """See `Library`."""
        return self._drafts.load(session_id)

    def save_draft(self, session_id: str, draft: Draft) -> None:
        """See `Library`."""
        self._drafts.save(session_id, draft)

    def prompts(self, limit: int = 500) -> Sequence[str]:
        """See `Library`: of all branches, those of deleted messages left out, each text once.

        At most `RECALL_BYTES` are read, and sessions that are larger than what is left of that are passed over.
        """
        prompts: dict[str, None] = {}
        budget = RECALL_BYTES
        for found in sorted(self._scan(), key=lambda found: (found.modified_ns, found.id), reverse=True):
            if found.size > budget:
                continue
            budget -= found.size
            try:
                conversation = self._replay(found.id, Path(found.path)).conversation
            except StoreError as error:
                logger.warning("No prompts from %s: %s", found.path, error)
                continue
            for message in reversed([*conversation.messages.values()]):
                if message.role == "user" and not message.seam and message.text:
                    prompts.setdefault(message.text)
            if len(prompts) >= limit:
                break
        return builtins.list(prompts)[:limit]

    def _log(self, path: Path, session_id: str, lock: SessionLock, told: Replayed | None = None) -> FileLog:
        repair = told.damage.record() if told is not None and told.damage else None
        return FileLog(path, session_id, lock=lock, repair=repair, on_state=self._on_state, files=self._files)

    def _replay(self, session_id: str, path: Path) -> Replayed:
        try:
            return replay(session_id, read_session_file(path, self._files), str(path))
        except OSError as error:
            raise StoreError(
                f"The session cannot be read: {reason_of(error)}.", f"It is {path}.", details={"path": str(path)}
            ) from error
        except FileTooLarge as error:
            raise StoreError(
                f"The session file is larger than {FILE_LIMIT // 1024**2} MB.",
                f"It is {path}.",
                details={"path": str(path)},
            ) from error

    def _place(self, session_id: str) -> Path:
        """Where a session of this id belongs: the folder of the month, in UTC, in which the id was made."""
        milliseconds = min(milliseconds_of(session_id), _LAST_MILLISECOND)
        month = datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m")
        return self._paths.sessions / month / (session_id + _SUFFIX)

    def _find(self, session_id: str) -> Path | None:
        """The file of a session, also where somebody put it in another month's folder."""
        if not is_id(session_id):
            return None
        place = self._place(session_id)
        folders = [place.parent, *(folder for folder in self._months() if folder != place.parent)]
        for folder in folders:
            candidate = folder / place.name
            try:
                mode = candidate.lstat().st_mode
            except OSError:
                continue  # not here; what is here but cannot be read is told when it is opened
            if not stat.S_ISDIR(mode):
                return candidate
        return None

    def _months(self) -> builtins.list[Path]:
        try:
            with os.scandir(self._paths.sessions) as entries:
                return [
                    Path(entry.path)
                    for entry in entries
                    if _MONTH.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
                ]
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.warning("Could not look for sessions in %s: %s", self._paths.sessions, reason_of(error))
            return []

    def _scan(self) -> Iterator[_OnDisk]:
        """The session files; symbolic links and what has another name are left alone."""
        for month in self._months():
            try:
                with os.scandir(month) as entries:
                    for entry in entries:
                        session_id = entry.name.removesuffix(_SUFFIX)
                        if entry.name.endswith(_SUFFIX) and is_id(session_id) and entry.is_file(follow_symlinks=False):
                            status = entry.stat(follow_symlinks=False)
                            yield _OnDisk(session_id, entry.path, status.st_size, status.st_mtime_ns)
            except OSError as error:
                logger.warning("Could not look for sessions in %s: %s", month, reason_of(error))

    def _glimpse(self, found: _OnDisk) -> Glimpse:
        known = self._glimpses.get(found.path)
        if known is not None and known[:2] == (found.size, found.modified_ns):
            return known[2]
        try:
            seen = glimpse(found.path, found.size, self._files)
        except OSError as error:
            logger.warning("Could not look into %s: %s", found.path, reason_of(error))
            return Glimpse()
        self._glimpses[found.path] = (found.size, found.modified_ns, seen)
        return seen


def _not_found(session_id: str) -> SessionNotFound:
    return SessionNotFound(f"There is no session {session_id!r}.", "`salon sessions list` shows all.")
