"""One process at a time, for a file that is read, changed and written as a whole.

Without that, of two windows that change such a file in the same moment one would write over what the other has written.
It is another lock than that of an open session, which is held for hours and can be taken over.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salon.errors import SessionLocked
from salon.store.files import FileLayer
from salon.store.lock import SessionLock

logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds to wait for another process, which needs some milliseconds unless it hangs."""
_STEP = 0.005


@contextmanager
def alone(locks: Path, name: str, files: FileLayer) -> Iterator[None]:
    """Do what is inside while no other process is in here with the same `name`. Blocks.

    Where nothing can be locked, or another process does not come out again, it is done all the same.
    """
    lock = _acquired(locks / "files", name, files)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def _acquired(directory: Path, name: str, files: FileLayer) -> SessionLock | None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return SessionLock.acquire(directory, name, files)
        except SessionLocked:
            if time.monotonic() >= end:
                logger.warning("Another process keeps %s; going on without it", name)
                return None
        time.sleep(_STEP)
