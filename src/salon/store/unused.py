"""Blobs that nothing refers to any more, found by looking for their digests everywhere, whatever the files' format."""

import errno
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from salon.errors import StoreError
from salon.paths import Paths
from salon.store.files import reason_of
from salon.store.records import FILE_LIMIT
from salon.words import tr

YOUNG_SECONDS = 24 * 3600
"""A blob is not swept before it is this old: what is attached at the moment may not be in a draft yet."""

_DIGEST = re.compile(rb"(?=([0-9a-f]{64}))")
"""Wherever one may begin: a hostile file could put digits before it."""
_BLOB = re.compile(r"[0-9a-f]{64}(\.\d+-\d+\.tmp)?")
_PIECE = 1 << 20


def unused_blobs(paths: Paths, now: float | None = None) -> list[Path]:
    """The blobs whose digest stands in no chat, no draft, nothing put aside and nothing in the trash.

    Raises `StoreError` where something cannot be read, because it may refer to any of them.
    """
    now = time.time() if now is None else now
    try:
        mentioned: set[bytes] = set()
        for folder in (paths.sessions, paths.drafts, paths.trash):
            for file in _files_in(folder):
                mentioned.update(_digests_in(file))
        if paths.stash_file.exists():
            mentioned.update(_digests_in(paths.stash_file))
        return sorted(
            blob
            for blob in _blobs_in(paths.blobs)
            if blob.name[:64].encode() not in mentioned and now - blob.stat().st_mtime > YOUNG_SECONDS
        )
    except OSError as error:
        raise StoreError(
            tr("Not all chats can be read, so nothing is swept: {error}.", error=reason_of(error))
        ) from error


def _blobs_in(folder: Path) -> Iterator[Path]:
    """What has a blob's name and place. Links are not followed: what else lies here or there is not ours to remove."""
    for below in folder.glob("??"):
        if below.is_symlink():
            continue
        for blob in below.iterdir():
            named = _BLOB.fullmatch(blob.name) is not None and blob.name.startswith(below.name)
            if named and blob.is_file() and not blob.is_symlink():
                yield blob


def _digests_in(file: Path) -> Iterator[bytes]:
    """All digests in a file. Raises `OSError` for one that is too large to be a chat: reading it could take days."""
    rest = b""
    with file.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size > FILE_LIMIT:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
        while piece := stream.read(_PIECE):
            yield from _DIGEST.findall(rest + piece)
            rest = piece[-63:]


def _files_in(folder: Path) -> Iterator[Path]:
    """The files below a folder, if there is one; a folder that cannot be read raises `OSError`."""

    def fail(error: OSError) -> None:
        raise error

    if folder.exists():
        for place, _, names in os.walk(folder, onerror=fail):
            yield from (file for name in names if (file := Path(place) / name).is_file())
