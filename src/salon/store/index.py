"""The search over all sessions: an index in the cache directory, kept up to date by a thread, or a scan without one.

The session files are the truth. The index is derived from them and thrown away whenever something is wrong with it.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from salon.chat.ids import is_id
from salon.chat.search import IndexState, Page
from salon.paths import Paths
from salon.store.files import FileLayer, OperatingSystem, reason_of
from salon.store.index_query import Query, parse_query
from salon.store.index_scan import Superseded, scan
from salon.store.index_schema import ODD, NoIndex, OutdatedIndex, connect, is_damaged, throw_away
from salon.store.index_search import Searcher
from salon.store.index_update import Updater
from salon.store.places import OnDisk, Places
from salon.words import tr

logger = logging.getLogger(__name__)

_PROGRESS_STEPS = 4_000
"""SQLite's own steps between two looks whether another question came: about half a millisecond."""
_END_SECONDS = 5.0


class SearchIndex:
    """A `Search` over the sessions of one person.

    Nothing is opened and no thread is begun before the first call. Every method may be called from any thread.
    """

    def __init__(self, paths: Paths, files: FileLayer | None = None) -> None:
        self._path = paths.search_index
        self._files = files or OperatingSystem()
        self._places = Places(paths, self._files)
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._everything = False
        self._touched: set[Path] = set()
        self._state = IndexState()
        self._listener: Callable[[], None] | None = None
        self._asking = threading.Lock()
        self._newest_question = 0
        self._reader: sqlite3.Connection | None = None
        self._reader_inode = 0
        self._written: sqlite3.Connection | None = None
        self._written_inode = 0
        self._distrusted = 0
        """The inode of an index that a question found to be damaged."""

    # asking

    def find(self, asked: str, *, ranked: bool = False, after: int | None = None, limit: int = 20) -> Page:
        """See `Search`."""
        query = parse_query(asked)
        with self._wake:
            self._newest_question += 1
            mine = self._newest_question
        if query.problem:
            return Page(problem=query.problem)
        with self._asking:
            if self._is_superseded(mine):
                return Page(superseded=True)
            try:
                return self._answer(query, mine, ranked=ranked, after=after, limit=limit)
            except Superseded:
                return Page(superseded=True)

    def _answer(self, query: Query, mine: int, *, ranked: bool, after: int | None, limit: int) -> Page:
        inode = _inode(self._path)
        try:
            reader = self._open_reader()
            reader.set_progress_handler(lambda: self._is_superseded(mine), _PROGRESS_STEPS)
            return Searcher(reader, self._files).find(query, ranked=ranked, after=after, limit=limit)
        except ODD as error:
            if self._is_superseded(mine):
                raise Superseded from None
            self._close_reader()
            if is_damaged(error):
                with self._wake:
                    self._distrusted = inode
                self.refresh()
            else:
                logger.warning("The search index cannot be read: %s", error)
        except (NoIndex, OSError) as error:
            logger.warning("There is no search index: %s", error)
        return scan(
            query,
            list(self._places.scan()),
            self._files,
            after=after,
            limit=limit,
            go_on=lambda: not self._is_superseded(mine),
        )

    def _is_superseded(self, mine: int) -> bool:
        return self._newest_question != mine or self._closing

    def _open_reader(self) -> sqlite3.Connection:
        """The connection for questions; a new one when the file was replaced by another."""
        inode = _inode(self._path)
        if self._reader is None or inode != self._reader_inode:
            self._close_reader()
            self._reader = connect(self._path)
            self._reader_inode = _inode(self._path)
        return self._reader

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    # keeping up

    def refresh(self) -> None:
        """See `Search`."""
        with self._wake:
            self._everything = True
            self._start()

    def note_written(self, path: Path) -> None:
        """Have the thread read what was just written to a session file; returns at once."""
        with self._wake:
            self._touched.add(path)
            self._start()

    def state(self) -> IndexState:
        """See `Search`."""
        return self._state

    def on_progress(self, listener: Callable[[], None] | None) -> None:
        """See `Search`."""
        self._listener = listener

    def settle(self, seconds: float = 60.0) -> bool:
        """Wait until everything that is known to have changed is in the index; whether it is."""
        with self._wake:
            return self._wake.wait_for(lambda: self._thread is None or not self._is_behind(), seconds)

    def close(self) -> None:
        """See `Search`."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_END_SECONDS)
        with self._asking:
            self._close_reader()

    _busy = False

    def _is_behind(self) -> bool:
        return self._busy or self._everything or bool(self._touched)

    def _start(self) -> None:
        if self._thread is None and not self._closing:
            # A daemon: the end of the process waits for it in `close`, but never for a disk that hangs.
            self._thread = threading.Thread(target=self._run, name="search-index", daemon=True)
            self._thread.start()
        self._wake.notify_all()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._closing or self._everything or self._touched)
                if self._closing:
                    self._close_writer()
                    return
                everything, self._everything = self._everything, False
                touched, self._touched = self._touched, set()
                self._busy = True
            self._keep_up(everything=everything, touched=touched)

    def _keep_up(self, *, everything: bool, touched: set[Path]) -> None:
        try:
            if self._distrusted and self._distrusted == _inode(self._path):
                raise OutdatedIndex(tr("a question met something that cannot be"))
            with self._writer() as connection:
                updater = Updater(connection, self._files)
                if everything:
                    changed = updater.changed(list(self._places.scan()))
                    if updater.is_littered():
                        raise _Littered
                else:
                    changed = [file for path in touched if (file := _on_disk(path)) is not None]
                self._tell(IndexState(0, len(changed)))
                for done in updater.update(changed, lambda: not self._closing):
                    self._tell(IndexState(done, len(changed)))
            self._tell(IndexState())
        except _Littered:
            logger.info("Too much in the search index no longer counts: it is built anew")
            self._build_anew()
        except ODD as error:
            if is_damaged(error):
                logger.warning("The search index is damaged and is built anew: %s", error)
                self._build_anew()
            else:
                self._tell(IndexState(trouble=tr("The search index falls behind: {error}.", error=error)))
        except NoIndex as error:
            self._tell(IndexState(trouble=tr("Searching without an index, which is slow: {error}.", error=error)))
        except OSError as error:
            self._tell(
                IndexState(trouble=tr("Searching without an index, which is slow: {error}.", error=reason_of(error)))
            )

    @contextmanager
    def _writer(self) -> Iterator[sqlite3.Connection]:
        """The connection of the index's thread; it stays open, for opening one costs more than a new message does."""
        if self._written is None or _inode(self._path) != self._written_inode:
            self._close_writer()
            self._written = connect(self._path)
            self._written_inode = _inode(self._path)
        try:
            yield self._written
        except BaseException:
            self._close_writer()
            raise

    def _close_writer(self) -> None:
        written, self._written = self._written, None
        if written is not None:
            written.close()

    def _build_anew(self) -> None:
        """Throw the index away and read everything again; once, for one that is damaged again has a deeper reason."""
        with self._asking:
            self._close_reader()
        self._close_writer()
        try:
            throw_away(self._path)
            with self._writer() as connection:
                updater = Updater(connection, self._files)
                changed = updater.changed(list(self._places.scan()))
                self._tell(IndexState(0, len(changed)))
                for done in updater.update(changed, lambda: not self._closing):
                    self._tell(IndexState(done, len(changed)))
            self._tell(IndexState())
        except OSError as error:
            self._tell(
                IndexState(trouble=tr("Searching without an index, which is slow: {error}.", error=reason_of(error)))
            )
        except (NoIndex, sqlite3.Error) as error:
            self._tell(IndexState(trouble=tr("Searching without an index, which is slow: {error}.", error=error)))

    def _tell(self, state: IndexState) -> None:
        if state != self._state:
            self._state = state
            if (listener := self._listener) is not None:
                listener()


class _Littered(Exception):
    """Most of the index no longer counts."""


def _on_disk(path: Path) -> OnDisk | None:
    """One session file as its folder has it now; None where it has gone, or is a copy that is no session."""
    if not is_id(path.stem):
        return None
    try:
        status = path.lstat()
    except OSError:
        return None
    return OnDisk(path.stem, str(path), status.st_size, status.st_mtime_ns)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
