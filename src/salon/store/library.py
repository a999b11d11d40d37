"""The sessions of one person, found, opened, listed, changed, forked, thrown away and brought back."""

import builtins
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from salon.chat.conversation import Conversation, conversation_of
from salon.chat.draft import Draft
from salon.chat.ids import is_id, new_id
from salon.chat.library import SessionLog
from salon.chat.summary import SessionSummary
from salon.errors import SessionNotFound, StoreError
from salon.paths import Paths
from salon.store.alone import alone
from salon.store.appender import FileState
from salon.store.blobs import FileBlobs, noting_lost
from salon.store.compact import compact
from salon.store.drafts import Drafts
from salon.store.files import APPEND, FileLayer, OperatingSystem, reason_of, write_all, write_atomically
from salon.store.fork import fork_content
from salon.store.listing import Listing, in_order
from salon.store.lock import SessionLock
from salon.store.log import FileLog, StateListener, WrittenListener
from salon.store.memory import ReadOnlyLog
from salon.store.merge import is_newer, merge_into, read_whole
from salon.store.places import SUFFIX, Places
from salon.store.prompts import prompts_of
from salon.store.reader import FileTooLarge, parse, read_session_file
from salon.store.records import FILE_LIMIT, encode
from salon.store.replay import Replayed, replay
from salon.store.stash import Stash
from salon.store.trash import Trash
from salon.words import tr

logger = logging.getLogger(__name__)


class FileLibrary:
    """The `Library` in a person's directories. Every method may be called from any thread."""

    def __init__(
        self,
        paths: Paths,
        *,
        on_state: StateListener | None = None,
        on_written: WrittenListener | None = None,
        files: FileLayer | None = None,
    ) -> None:
        self._paths = paths
        self._on_state = on_state
        self._on_written = on_written
        self._files = files or OperatingSystem()
        self._places = Places(paths, self._files)
        self._drafts = Drafts(paths.drafts, self._files)
        self._trash = Trash(self._places, paths.drafts, self._files)
        self._listing = Listing(paths, self._files)
        self._stash = Stash(paths.stash_file, self._files, paths.locks)
        self._blobs = FileBlobs(paths.blobs, self._files)

    # opening

    @property
    def blobs(self) -> FileBlobs:
        """See `Library`."""
        return self._blobs

    def create(self) -> tuple[Conversation, SessionLog]:
        """See `Library`. The lock is taken at once: a draft alone can be opened by another process."""
        session_id = new_id()
        lock = SessionLock.acquire(self._paths.locks, session_id, self._files)
        return conversation_of(session_id, ()), self._log(self._places.place(session_id), session_id, lock)

    def open(self, session_id: str, *, take_over: bool = False) -> tuple[Conversation, SessionLog]:
        """See `Library`. A draft without a session opens as an empty conversation."""
        path = self._places.find(session_id)
        if path is None and not (is_id(session_id) and self._drafts.has(session_id)):
            raise _not_found(session_id)
        acquire = SessionLock.take_over if take_over else SessionLock.acquire
        lock = acquire(self._paths.locks, session_id, self._files)
        try:
            if path is None:
                return conversation_of(session_id, ()), self._log(self._places.place(session_id), session_id, lock)
            path = self._tidied(session_id, path)
            left = FileState.of(path)
            told = self._replay(session_id, path)
        except BaseException:
            lock.release()
            raise
        told.conversation = noting_lost(told.conversation, self._blobs)
        if told.too_new:
            lock.release()
            return told.conversation, ReadOnlyLog(tr("Not saved: this session was made by a newer Salon."))
        return told.conversation, self._log(path, session_id, lock, told, left)

    def view(self, session_id: str) -> tuple[Conversation, SessionLog]:
        """See `Library`."""
        return self.read(session_id), ReadOnlyLog(tr("Read-only: another window writes this chat."))

    def read(self, session_id: str) -> Conversation:
        """A session from disk, for looking at it only: without a lock, so also one that is open elsewhere.

        Raises `SessionNotFound` or `StoreError`.
        """
        return noting_lost(self._replay(session_id, self.path_of(session_id)).conversation, self._blobs)

    def path_of(self, session_id: str) -> Path:
        """The file of a session. Raises `SessionNotFound`."""
        path = self._places.find(session_id)
        if path is None:
            raise _not_found(session_id)
        return path

    # listing

    def latest(self) -> str | None:
        """See `Library`."""
        times = [(found.modified_ns / 1e9, found.id) for found in self._places.scan()]
        times += [(modified, session_id) for session_id, modified in self._drafts.modified()]
        return max(times)[1] if times else None

    def has(self, session_id: str) -> bool:
        """See `Library`."""
        return is_id(session_id) and (self._places.find(session_id) is not None or self._drafts.has(session_id))

    def find(self, words: str) -> Sequence[SessionSummary]:
        """See `Library`; a session without a title goes by its first words."""
        wanted = words.casefold().split()
        if not wanted:
            return ()
        beginning = words.strip().lower()
        return [
            session
            for session in self.list()
            if session.id.startswith(beginning) or all(word in session.name.casefold() for word in wanted)
        ]

    def list(self) -> Sequence[SessionSummary]:
        """See `Library`. Of a file that has grown only what is new is read, of one that has not changed nothing."""
        drafts = dict(self._drafts.modified())
        found = {each.id: each for each in self._places.scan()}
        sessions = self._listing.summaries(found.values(), drafts, part=self._paths.sessions.name)
        lone = [
            SessionSummary(session_id, "", self._drafts.load(session_id).text[:200], modified)
            for session_id, modified in drafts.items()
            if session_id not in found
        ]
        return in_order([*sessions, *lone]) if lone else sessions

    def remembered(self) -> Sequence[SessionSummary]:
        """See `Library`."""
        return self._listing.remembered(self._paths.sessions.name)

    def trashed(self) -> Sequence[SessionSummary]:
        """See `Library`."""
        found = builtins.list(self._places.scan_trash())
        sessions = self._listing.summaries(found, {}, part=self._paths.trash.name)
        lone = [SessionSummary(session_id, "", "", modified) for session_id, modified in self._trash.lone_drafts()]
        return in_order([*sessions, *lone])

    # changing

    def change(self, session_id: str, key: str, value: Any) -> None:
        """See `Library`. One write at the end of the file; whoever has it open goes on behind it."""
        path = self.path_of(session_id)
        line = encode({"k": "set", "key": key, "value": value}, time.time())
        with self._told(path, tr("The change is not saved")), self._alone(session_id):
            if is_newer(read_whole(path, self._files)):
                raise StoreError(
                    tr("A newer Salon wrote this chat, so it is not changed here."), tr("It is {path}.", path=path)
                )
            while not self._append(path, line):
                logger.info("%s was replaced while it was changed; once more", path)

    def fork(self, session_id: str, leaf: str | None = None) -> str:
        """See `Library`."""
        path = self.path_of(session_id)
        forked = new_id()
        with self._told(path, tr("The fork is not made")):
            content = read_whole(path, self._files)
            told = replay(session_id, parse(content.split(b"\n")))
            whole = fork_content(content, told.conversation, leaf, forked, time.time())
            write_atomically(self._files, self._places.place(forked), whole)
        return forked

    def trash(self, session_id: str) -> None:
        """See `Library`."""
        path = self._places.find(session_id)
        if path is None and not (is_id(session_id) and self._drafts.has(session_id)):
            raise _not_found(session_id)
        with self._locked(session_id):
            self._trash.throw_away(session_id, None if path is None else self._tidied(session_id, path))

    def restore(self, session_id: str) -> None:
        """See `Library`."""
        with self._locked(session_id):
            self._trash.restore(session_id)

    def purge(self, session_id: str) -> None:
        """See `Library`."""
        self._trash.purge(session_id)

    def compact(self, session_id: str) -> int:
        """Write a session anew without what nobody needs, if that is worth it; how many bytes that saved.

        Raises `SessionNotFound`, `SessionLocked`, or `StoreError`.
        """
        path = self.path_of(session_id)
        told = self._told(path, tr("The session is not made smaller"))
        with self._locked(session_id), told, self._alone(session_id):
            return compact(path, session_id, self._files)

    # drafts and prompts

    def load_draft(self, session_id: str) -> Draft:
        """See `Library`."""
        return self._drafts.load(session_id)

    def save_draft(self, session_id: str, draft: Draft) -> None:
        """See `Library`."""
        self._drafts.save(session_id, draft)

    def prompts(self, limit: int = 500) -> Sequence[str]:
        """See `Library`: of all branches, those of deleted messages left out, each text once."""
        prompts: dict[str, None] = {}
        for found in sorted(self._places.scan(), key=lambda found: (found.modified_ns, found.id), reverse=True):
            path = Path(found.path)
            try:
                with self._told(path, tr("The session cannot be read")):
                    told = prompts_of(path, self._files, partial(self._conversation, found.id, path))
            except StoreError as error:
                logger.warning("No prompts from %s: %s", path, error)
                continue
            prompts |= dict.fromkeys(text for text in reversed(told) if text not in prompts)
            if len(prompts) >= limit:
                break
        return builtins.list(prompts)[:limit]

    def stash(self) -> Stash:
        """See `Library`."""
        return self._stash

    # files

    def _log(
        self,
        path: Path,
        session_id: str,
        lock: SessionLock,
        told: Replayed | None = None,
        loaded: FileState | None = None,
    ) -> FileLog:
        repair = told.damage.record() if told is not None and told.damage else None
        return FileLog(
            path,
            session_id,
            lock=lock,
            loaded=loaded,
            repair=repair,
            on_state=self._on_state,
            on_written=self._on_written,
            files=self._files,
        )

    def _conversation(self, session_id: str, path: Path) -> Conversation:
        return self._replay(session_id, path).conversation

    def _replay(self, session_id: str, path: Path) -> Replayed:
        with self._told(path, tr("The session cannot be read")):
            return replay(session_id, read_session_file(path, self._files), str(path))

    def _tidied(self, session_id: str, path: Path) -> Path:
        """The session's file with its copies merged into it, and without what nobody needs; under its lock.

        Where that cannot be done the file is used as it is.
        """
        main = path.with_name(session_id + SUFFIX)
        try:
            with self._alone(session_id):
                copies = self._places.copies(main)
                if copies and any(is_newer(read_whole(each, self._files)) for each in (path, *copies)):
                    return path
                if copies:
                    logger.info("%d copies of %s are merged into it", len(copies), main)
                    merge_into(main, copies, self._files)
                compact(main, session_id, self._files)
        except (OSError, FileTooLarge) as error:
            reason = reason_of(error) if isinstance(error, OSError) else tr("it is too large")
            logger.warning("%s is left as it is: %s", main, reason)
        return main if main.exists() or main.is_symlink() else path

    def _append(self, path: Path, line: bytes) -> bool:
        """Put a line at the end of a file; False where the file was replaced meanwhile.

        The file's time stays: lists are in the order in which chats were used, and a new title is no use.
        """
        before = FileState.of(path)
        descriptor = self._files.open(path, APPEND & ~os.O_CREAT)  # one that is gone is not made of a title
        try:
            end = self._files.size(descriptor)
            torn = end > 0 and self._files.read_at(descriptor, 1, end - 1) != b"\n"
            write_all(self._files, descriptor, b"\n" + line if torn else line)
            self._files.sync(descriptor)
            if not self._files.is_at(descriptor, path):
                return False
            if before is not None:
                os.utime(path, ns=(before.modified_ns, before.modified_ns), follow_symlinks=False)
            return True
        finally:
            self._files.close(descriptor)

    @contextmanager
    def _locked(self, session_id: str) -> Iterator[None]:
        lock = SessionLock.acquire(self._paths.locks, session_id, self._files)
        try:
            yield
        finally:
            lock.release()

    def _alone(self, session_id: str) -> AbstractContextManager[None]:
        """While a session's file is replaced: its lock can be taken over in the middle of that, this one cannot."""
        return alone(self._paths.locks, session_id, self._files)

    @contextmanager
    def _told(self, path: Path, what: str) -> Iterator[None]:
        """Say in a `StoreError` what could not be done, and why."""
        details = {"path": str(path)}
        try:
            yield
        except OSError as error:
            raise StoreError(f"{what}: {reason_of(error)}.", tr("It is {path}.", path=path), details=details) from error
        except FileTooLarge as error:
            large = tr("The session file is larger than {file_limit} MB.", file_limit=FILE_LIMIT // 1024**2)
            raise StoreError(large, tr("It is {path}.", path=path), details=details) from error


def _not_found(session_id: str) -> SessionNotFound:
    return SessionNotFound(
        tr("There is no session {session_id!r}.", session_id=session_id), tr("`salon sessions list` shows all.")
    )
