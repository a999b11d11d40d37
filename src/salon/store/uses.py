"""How often a person has done what hints are about, so that hints go away. Nothing else is noted, and no times."""

import json
import logging
import threading
from collections import Counter
from pathlib import Path

from salon.store.files import FileLayer, write_atomically
from salon.toml_text import read_small_file

logger = logging.getLogger(__name__)

MOST = 9
"""Counts end here: more would say how one works, and no hint needs it."""


class FileUses:
    """Counts by action, in one small file of the state directory. It can be lost without harm, so nothing raises."""

    def __init__(self, files: FileLayer, path: Path) -> None:
        self._files = files
        self._path = path
        self._known: Counter[str] = Counter()
        self._new: Counter[str] = Counter()
        self._one_at_a_time = threading.Lock()

    def count(self, action: str) -> int:
        """How often it was done, up to `MOST`."""
        return min(MOST, self._known[action] + self._new[action])

    def note(self, action: str) -> None:
        """It was done once more."""
        self._new[action] += 1

    def load(self) -> None:
        """Read what is known. Blocks."""
        self._known = self._read()

    def save(self) -> None:
        """Add what is new to what is known by now: other windows count as well. Blocks."""
        with self._one_at_a_time:
            new, self._new = self._new, Counter()
            if not new:
                return
            self._known = self._read()
            self._known.update(new)
            counts = {action: min(MOST, count) for action, count in sorted(self._known.items())}
            try:
                write_atomically(self._files, self._path, json.dumps(counts).encode())
            except OSError as error:
                logger.info("The counts for hints are not kept: %s", error)

    def _read(self) -> Counter[str]:
        try:
            written = json.loads(read_small_file(self._path))
        except (OSError, ValueError, RecursionError):
            return Counter()
        if not isinstance(written, dict):
            return Counter()
        return Counter({action: count for action, count in written.items() if type(count) is int and count > 0})
