"""The session files as the index sees them."""

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from salon.chat.ids import is_id
from salon.store.files import reason_of

logger = logging.getLogger(__name__)

_SUFFIX = ".jsonl"
_MONTH = re.compile(r"\d{4,5}-\d{2}")


class OnDisk(NamedTuple):
    """A session file and what the directory says of it; `path` is relative to the folder of all sessions."""

    id: str
    path: str
    size: int
    modified_ns: int


def session_files(sessions: Path) -> Iterator[OnDisk]:
    """The files below `sessions`, in folders of months; links and what has another name are left alone."""
    try:
        with os.scandir(sessions) as months:
            folders = [month for month in months if _MONTH.fullmatch(month.name)]
        for folder in folders:
            if folder.is_dir(follow_symlinks=False):
                yield from _files_in(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        logger.warning("Could not look for sessions in %s: %s", sessions, reason_of(error))


def session_file(path: Path, sessions: Path) -> OnDisk | None:
    """One session file as the folder has it now; None where it is not there, or is no session's."""
    try:
        status = path.lstat()
        return OnDisk(path.stem, str(path.relative_to(sessions)), status.st_size, status.st_mtime_ns)
    except (OSError, ValueError):
        return None


def _files_in(folder: os.DirEntry[str]) -> Iterator[OnDisk]:
    with os.scandir(folder.path) as entries:
        for entry in entries:
            session_id = entry.name.removesuffix(_SUFFIX)
            if entry.name.endswith(_SUFFIX) and is_id(session_id) and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                yield OnDisk(session_id, f"{folder.name}/{entry.name}", status.st_size, status.st_mtime_ns)
