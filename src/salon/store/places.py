"""Where session files lie: `<config>/sessions/<yyyy-mm>/<id>.jsonl`, and in the trash `<config>/trash/<id>.jsonl`."""

import logging
import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from salon.chat.ids import is_id, milliseconds_of
from salon.errors import StoreError
from salon.paths import Paths
from salon.store.files import READ, FileLayer, reason_of
from salon.store.merge import session_of
from salon.words import tr

logger = logging.getLogger(__name__)

SUFFIX = ".jsonl"
ID_LENGTH = 26
_HEAD_BYTES = 4096
_MONTH = re.compile(r"\d{4,5}-\d{2}")
_LAST_MILLISECOND = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 1000
_COPY = re.compile(r"[ ._(~-].*", re.DOTALL)
"""What sync programs put between an id and the suffix: `.sync-conflict-20261122-101112-ABCDEFG` (Syncthing),
` (Ada's conflicted copy 2026-11-22)` (Dropbox, Nextcloud), `_conflict-20261122-101112` (ownCloud), ` 2` (iCloud),
`-LAPTOP` (OneDrive), ` (1)` (Google Drive); and `.recovered-` where Salon itself could not write to the session."""


class OnDisk(NamedTuple):
    """A session file and what the directory says of it."""

    id: str
    path: str
    size: int
    modified_ns: int


class Places:
    """Finds the files of sessions; makes none."""

    def __init__(self, paths: Paths, files: FileLayer) -> None:
        self._files = files
        self._sessions = paths.sessions
        self._trash = paths.trash

    def place(self, session_id: str) -> Path:
        """Where a session of this id belongs: the folder of the month, in UTC, in which the id was made."""
        milliseconds = min(milliseconds_of(session_id), _LAST_MILLISECOND)
        month = datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m")
        return self._sessions / month / (session_id + SUFFIX)

    def find(self, session_id: str) -> Path | None:
        """The file of a session, also in another month's folder; a copy of it where only that is left."""
        if not is_id(session_id):
            return None
        place = self.place(session_id)
        folders = [place.parent, *(folder for folder in self._months() if folder != place.parent)]
        # What is there but cannot be read is told when it is opened.
        found = next((folder / place.name for folder in folders if _is_file_like(folder / place.name)), None)
        return found or next(iter(self.copies(place)), None)

    def in_trash(self, session_id: str) -> Path:
        """Where a session is put that is thrown away. Raises `StoreError` for what is not an id."""
        if not is_id(session_id):
            raise StoreError(tr("That is not the id of a session."))
        return self._trash / (session_id + SUFFIX)

    def scan(self) -> Iterator[OnDisk]:
        """The session files; symbolic links and what has another name are left alone."""
        for month in self._months():
            yield from self._files_in(month)

    def scan_trash(self) -> Iterator[OnDisk]:
        """The session files in the trash."""
        return self._files_in(self._trash)

    def copies(self, session: Path) -> list[Path]:
        """The files beside `session` that a sync program has made as copies of it, by their name and their head."""
        session_id = session.name.removesuffix(SUFFIX)
        try:
            names = os.listdir(session.parent)  # noqa: PTH208 - names are enough, and a month may have thousands
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.warning("Could not look for copies in %s: %s", session.parent, reason_of(error))
            return []
        named = [session.parent / name for name in sorted(names) if is_copy_name(name, session_id)]
        return [copy for copy in named if self._is_of(copy, session_id)]

    def _is_of(self, copy: Path, session_id: str) -> bool:
        try:
            descriptor = self._files.open(copy, READ)
            try:
                return session_of(self._files.read_at(descriptor, _HEAD_BYTES, 0)) == session_id
            finally:
                self._files.close(descriptor)
        except OSError as error:
            logger.warning("Could not look into %s: %s", copy, reason_of(error))
            return False

    def _files_in(self, folder: Path) -> Iterator[OnDisk]:
        """The sessions in a folder; a copy of one that is not there itself stands in for it."""
        whole: set[str] = set()
        copies: list[OnDisk] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if not name.endswith(SUFFIX) or not entry.is_file(follow_symlinks=False):
                        continue
                    session_id = name[: -len(SUFFIX)]
                    if not is_id(session_id):
                        session_id = name[:ID_LENGTH]
                        if is_id(session_id) and is_copy_name(name, session_id):
                            copies.append(_on_disk(session_id, entry))
                        continue
                    whole.add(session_id)
                    yield _on_disk(session_id, entry)
        except FileNotFoundError:
            return
        except OSError as error:
            logger.warning("Could not look for sessions in %s: %s", folder, reason_of(error))
        for copy in copies:
            if copy.id not in whole and self._is_of(Path(copy.path), copy.id):
                whole.add(copy.id)
                yield copy

    def _months(self) -> list[Path]:
        try:
            with os.scandir(self._sessions) as entries:
                return [
                    Path(entry.path)
                    for entry in entries
                    if _MONTH.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
                ]
        except FileNotFoundError:
            return []
        except OSError as error:
            logger.warning("Could not look for sessions in %s: %s", self._sessions, reason_of(error))
            return []


def is_copy_name(name: str, session_id: str) -> bool:
    """Whether a file of this name may be a sync program's copy of the session."""
    if not name.startswith(session_id) or not name.endswith(SUFFIX):
        return False
    return _COPY.fullmatch(name[ID_LENGTH : -len(SUFFIX)]) is not None


def _is_file_like(path: Path) -> bool:
    try:
        return not stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _on_disk(session_id: str, entry: os.DirEntry[str]) -> OnDisk:
    status = entry.stat(follow_symlinks=False)
    return OnDisk(session_id, entry.path, status.st_size, status.st_mtime_ns)
