"""Blobs that nothing refers to any more, found by looking for their digests everywhere, whatever the files' format."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from salon.errors import StoreError
from salon.paths import Paths
from salon.store.files import reason_of

YOUNG_SECONDS = 24 * 3600
"""A blob is not swept before it is this old: what is attached at the moment may not be in a draft yet."""

_DIGEST = re.compile(rb"[0-9a-f]{64}")


def unused_blobs(paths: Paths, now: float | None = None) -> list[Path]:
    """The blobs whose digest stands in no chat, no draft and nothing in the trash.

    Raises `StoreError` where something cannot be read, because it may refer to any of them.
    """
    now = time.time() if now is None else now
    try:
        mentioned: set[bytes] = set()
        for folder in (paths.sessions, paths.drafts, paths.trash):
            for file in _files_in(folder):
                mentioned.update(_DIGEST.findall(file.read_bytes()))
        return sorted(
            blob
            for blob in paths.blobs.glob("??/*")
            if blob.is_file()
            and blob.name[:64].encode() not in mentioned
            and now - blob.stat().st_mtime > YOUNG_SECONDS
        )
    except OSError as error:
        raise StoreError(f"Not all chats can be read, so nothing is swept: {reason_of(error)}.") from error


def _files_in(folder: Path) -> Iterator[Path]:
    """The files below a folder, if there is one; a folder that cannot be read raises `OSError`."""

    def fail(error: OSError) -> None:
        raise error

    if folder.exists():
        for place, _, names in os.walk(folder, onerror=fail):
            yield from (file for name in names if (file := Path(place) / name).is_file())
