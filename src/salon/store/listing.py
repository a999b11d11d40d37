"""All sessions of a place in a blink: what the directory says, and what was seen in each file when it last changed."""

import logging
import threading
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

from salon.chat.summary import SessionSummary
from salon.paths import Paths
from salon.store.files import FileLayer, reason_of
from salon.store.glimpse import Glimpse, glimpse
from salon.store.places import OnDisk

if TYPE_CHECKING:
    from salon.store.listing_cache import ListingCache, Row

logger = logging.getLogger(__name__)


class Listing:
    """Summaries of session files. May be called from any thread."""

    def __init__(self, paths: Paths, files: FileLayer) -> None:
        self._root = len(str(paths.config)) + 1
        self._files = files
        self._file = paths.listing_file
        self._opened: ListingCache | None = None
        self._known: dict[str, Row] | None = None
        self._busy = threading.Lock()

    def summaries(self, found: Iterable[OnDisk], drafts: Mapping[str, float], *, part: str) -> list[SessionSummary]:
        """The sessions in `found`, the last used first; only files that have changed since the last look are read.

        `drafts` says when a draft was last written. `part` is what the places of all of `found` begin with: what is
        known below it and not found is forgotten.
        """
        with self._busy:
            known = self._load()
            changed: dict[str, Row] = {}
            names = set()
            summaries = []
            for session_id, path, size, modified_ns in found:
                name = path[self._root :]
                names.add(name)
                row = known.get(name)
                if row is None or row[0] != size or row[1] != modified_ns:
                    row = self._look(path, size, modified_ns, None if row is None else row[2])
                    changed[name] = row
                modified = modified_ns / 1e9
                if drafts and session_id in drafts:
                    modified = max(modified, drafts[session_id])
                # By position, a third of the time that names take; a test compares the order of the fields.
                summaries.append(SessionSummary(session_id, row[2][0], row[2][1], modified, size, *row[2][2:8]))
            gone = [name for name in known if name not in names and name.startswith(part)]
            known.update(changed)
            for name in gone:
                del known[name]
            if changed or gone:
                self._cache.save(changed, gone)
        return in_order(summaries)

    def remembered(self, part: str) -> list[SessionSummary]:
        """The sessions below `part` as they were at the last look, without looking; the last used first."""
        return self._cache.summaries(part)

    @property
    def _cache(self) -> "ListingCache":
        if self._opened is None:
            from salon.store.listing_cache import ListingCache  # SQLite is not needed before a list is

            self._opened = ListingCache(self._file, self._files)
        return self._opened

    def _load(self) -> "dict[str, Row]":
        if self._known is None:
            self._known = self._cache.load()
        return self._known

    def _look(self, path: str, size: int, modified_ns: int, seen: Glimpse | None) -> "Row":
        try:
            return size, modified_ns, glimpse(path, size, self._files, seen)
        except OSError as error:
            logger.warning("Could not look into %s: %s", path, reason_of(error))
            return -1, modified_ns, Glimpse()  # a size that no file has, so that the next look tries again


def in_order(summaries: list[SessionSummary]) -> list[SessionSummary]:
    """The last used first."""
    summaries.sort(key=itemgetter(3, 0), reverse=True)
    return summaries
