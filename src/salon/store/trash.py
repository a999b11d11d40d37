"""The trash: sessions and their drafts, moved aside whole, and back. Age empties nothing."""

import logging
import time
from pathlib import Path

from salon.errors import SessionNotFound, StoreError
from salon.store.files import FileLayer, reason_of
from salon.store.merge import merge_into
from salon.store.places import Places
from salon.store.reader import FileTooLarge
from salon.words import tr

logger = logging.getLogger(__name__)


class Trash:
    """Moves sessions between their places and the trash.

    The draft goes first and comes back last, so whatever ends the process in between leaves a session where it was or
    where it shall be, and its draft where `restore` looks for it.
    """

    def __init__(self, places: Places, drafts: Path, files: FileLayer) -> None:
        self._places = places
        self._drafts = drafts
        self._files = files

    def throw_away(self, session_id: str, session: Path | None) -> None:
        """Move a session, None where it is a draft only. The caller holds its lock. Raises `StoreError`."""
        target = self._places.in_trash(session_id)
        try:
            self._files.make_directory(target.parent)
            self._move(self._draft(session_id), target.with_suffix(".json"))
            if session is not None:
                self._move_session(session, target)
        except (OSError, FileTooLarge) as error:
            raise _not_moved(tr("to the trash"), target, error) from error

    def restore(self, session_id: str) -> None:
        """Move a session back. Raises `SessionNotFound` and `StoreError`."""
        source = self._places.in_trash(session_id)
        draft = source.with_suffix(".json")
        if not source.is_file() and not draft.is_file():
            raise SessionNotFound(tr("That chat is not in the trash."))
        target = self._places.place(session_id)
        try:
            if source.is_file():
                self._files.make_directory(target.parent)
                self._move_session(source, target)
            if not self._draft(session_id).exists():  # one written since then is the better one
                self._files.make_directory(self._drafts)
                self._move(draft, self._draft(session_id))
        except (OSError, FileTooLarge) as error:
            raise _not_moved(tr("back from the trash"), source, error) from error

    def purge(self, session_id: str) -> None:
        """Remove a session from the trash for ever. Raises `SessionNotFound` and `StoreError`."""
        source = self._places.in_trash(session_id)
        draft = source.with_suffix(".json")
        if not source.is_file() and not draft.is_file():
            raise SessionNotFound(tr("That chat is not in the trash."))
        try:
            self._files.remove(source)
            self._files.remove(draft)
        except OSError as error:
            raise _not_moved(tr("out of the trash"), source, error) from error
        logger.info("%s was removed from the trash for ever", session_id)

    def lone_drafts(self) -> list[tuple[str, float]]:
        """The ids of drafts in the trash that have no session there, and when each was written."""
        folder = self._places.in_trash("0" * 26).parent
        try:
            if not folder.is_dir():
                return []
            drafts = [file for file in folder.glob("*.json") if not file.with_suffix(".jsonl").exists()]
            return [(file.stem, file.lstat().st_mtime) for file in drafts if not file.is_symlink() and file.is_file()]
        except OSError as error:
            logger.warning("Could not look for drafts in %s: %s", folder, reason_of(error))
            return []

    def _draft(self, session_id: str) -> Path:
        return self._drafts / f"{session_id}.json"

    def _move(self, source: Path, target: Path) -> None:
        if not source.is_file():
            return
        if target.exists():  # a draft of the same session that was thrown away earlier
            self._files.replace(target, target.with_name(f"{target.stem}.{int(time.time())}.json.old"))
        self._files.replace(source, target)
        self._files.sync_directory(target.parent)
        self._files.sync_directory(source.parent)

    def _move_session(self, source: Path, target: Path) -> None:
        if target.exists():  # a sync program has brought one back, or another computer has thrown it away too
            merge_into(target, [source], self._files)
        else:
            self._files.replace(source, target)
        self._files.sync_directory(target.parent)
        self._files.sync_directory(source.parent)


def _not_moved(where: str, place: Path, error: OSError | FileTooLarge) -> StoreError:
    reason = reason_of(error) if isinstance(error, OSError) else tr("there are two of it, which are too large together")
    return StoreError(
        tr("The chat could not be moved {where}: {reason}.", where=where, reason=reason),
        tr("Nothing of it is lost."),
        details={"path": str(place)},
    )
