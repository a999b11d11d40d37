"""The log of one open session: records go in on the event loop, a thread of its own puts them on disk."""

import asyncio
import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from pathlib import Path

from salon import __version__
from salon.chat.ids import new_id
from salon.chat.library import Keeping, Outside
from salon.store.appender import Appender, FileState
from salon.store.files import FileLayer, OperatingSystem, reason_of
from salon.store.lock import SessionLock
from salon.store.receipt import Receipt
from salon.store.records import FORMAT_VERSION, Record, encode
from salon.words import tr

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
"""How long after a refusal the disk is asked again, if nothing new comes before."""
SYNC_SECONDS = 3.0
"""How far the medium may be behind the file while an answer streams: what a power cut, not a crash, can take."""
TAKEN_OVER = tr(
    "Another window has taken this chat over. What is still written here goes to a copy, which joins the "
    "chat when it is opened again."
)
EXIT_SECONDS = 10.0
"""How long the end of the process waits for a disk that does not answer."""

StateListener = Callable[[str], None]
"""Is told why nothing is saved, in a sentence, and "" when everything is again."""
WrittenListener = Callable[[Path], None]
"""Is told, in the log's own thread, that a session file has more than parts of an answer that it had not before."""


@dataclass(slots=True)
class _Job:
    line: bytes
    durable: bool
    keep: bool = True
    receipt: Receipt = field(default_factory=Receipt)
    number: int = 0


class FileLog:
    """A `SessionLog` on a session file.

    The file is made with the first record. `lock` is released by `close`. `on_state` is called on the event loop that
    appends, without which it is not called.

    When the lock has been taken over by another process, nothing more is written to the session file: what was not on
    the medium and what still comes goes to a copy beside it, which the next opening merges into the session.
    """

    def __init__(
        self,
        path: Path,
        session_id: str,
        *,
        lock: SessionLock | None = None,
        loaded: FileState | None = None,
        repair: Record | None = None,
        on_state: StateListener | None = None,
        on_written: WrittenListener | None = None,
        files: FileLayer | None = None,
        clock: Callable[[], float] = time.time,
        retry_seconds: float = RETRY_SECONDS,
        sync_seconds: float = SYNC_SECONDS,
    ) -> None:
        self.session_id = session_id
        self.keeping = Keeping.DISK
        self.on_state = on_state
        self._on_written = on_written
        self._lock = lock
        self._repair = repair
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._sync_seconds = sync_seconds
        self._files = files or OperatingSystem()
        self._appender = Appender(path, self._head, self._files, loaded)
        self._writing = threading.Lock()
        self._taken_over = False
        self._unsaved = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = Context()
        """That of whoever appended last: a listener that is called from the writer's own would not know its app."""
        self._wake = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._closing = False
        self._ended = Receipt()
        self._thread: threading.Thread | None = None
        self._sync_due: float | None = None

    @property
    def path(self) -> Path:
        """Where the session file is, or will be."""
        return self._appender.path

    @property
    def unsaved(self) -> str:
        """See `SessionLog`."""
        return self._unsaved

    def append(self, record: Record, *, durable: bool = False) -> Receipt:
        """See `Log`. The record is encoded now, so it may change afterwards."""
        self._remember_loop()
        jobs = [_Job(encode(record, self._clock()), durable, record.get("k") != "part")]
        if self._repair is not None:
            repair, self._repair = self._repair, None
            jobs.insert(0, _Job(encode(repair, self._clock()), False))
        with self._wake:
            refused = self._closing
            if not refused:
                self._jobs.extend(jobs)
                self._start()
                self._wake.notify()
        if refused:
            logger.error("A %s record came after the log of %s was closed", record.get("k"), self.session_id)
            jobs[-1].receipt.settle(False)
        return jobs[-1].receipt

    def look(self) -> Outside:
        """See `SessionLog`."""
        with self._writing:
            if self._ended.is_settled:
                return Outside.NOTHING
            self._heed_lock()
            if self._taken_over:
                return Outside.TAKEN_OVER
            return Outside.CHANGED if self._appender.look() else Outside.NOTHING

    async def close(self) -> bool:
        """See `SessionLog`. The lock is given back in any case, once the disk has been asked a last time."""
        self._begin_closing()
        return await self._ended

    def close_now(self, timeout: float = EXIT_SECONDS) -> bool:
        """`close` for a caller without an event loop; False as well when the disk does not answer in `timeout`."""
        self._begin_closing()
        try:
            return self._ended.result(timeout)
        except TimeoutError:
            logger.error("The disk did not answer: %s may lack its last records", self.path)
            return False

    def _head(self) -> bytes:
        head = {"k": "head", "id": self.session_id, "min": FORMAT_VERSION, "app": f"salon {__version__}"}
        return encode(head, self._clock())

    def _remember_loop(self) -> None:
        try:
            self._loop, self._context = asyncio.get_running_loop(), copy_context()
        except RuntimeError:
            self._loop = None  # no loop runs: at the end of the process, or in a program without one

    def _start(self) -> None:
        if self._thread is None:
            # A daemon, so that a disk that hangs cannot keep the process; `_finish_all` waits for it before it ends.
            self._thread = threading.Thread(target=self._run, name=f"log-{self.session_id}", daemon=True)
            _open_logs.add(self)
            self._thread.start()

    def _begin_closing(self) -> None:
        with self._wake:
            if self._closing:
                return
            self._closing = True
            self._wake.notify()
            never_written = self._thread is None
        if never_written:
            self._end(True)

    def _end(self, everything_saved: bool) -> None:
        if self._lock is not None:
            self._lock.release()
        _open_logs.discard(self)
        self._ended.settle(everything_saved)

    def _run(self) -> None:
        """The writer thread."""
        jobs: list[_Job] = []
        try:
            closing = False
            while not closing:
                closing = self._take(jobs)
                self._attempt(jobs, closing)
                jobs.clear()
        finally:
            self._stop(jobs)

    def _stop(self, unanswered: list[_Job]) -> None:
        """End the thread. Jobs are left only where a bug ended it; nobody may wait for an answer that cannot come."""
        with self._wake:
            self._closing = True
            unanswered += self._jobs
            self._jobs.clear()
        if unanswered:
            self._tell(tr("Not saved: Salon itself failed; the log has details."))
        for job in unanswered:
            job.receipt.settle(False)
        self._appender.close()
        self._end(self._appender.synced == self._appender.put_in and not unanswered)

    def _take(self, jobs: list[_Job]) -> bool:
        """Wait until there is something to do and take what came; whether the log is being closed."""
        with self._wake:
            while not self._jobs and not self._closing:
                seconds = self._seconds_to_wait()
                if not self._wake.wait(seconds) and seconds is not None:
                    break
            jobs += self._jobs
            self._jobs.clear()
            return self._closing

    def _seconds_to_wait(self) -> float | None:
        if self._appender.trouble is not None:
            return self._retry_seconds
        if self._sync_due is not None:
            return max(0.0, self._sync_due - time.monotonic())
        return None

    def _attempt(self, jobs: list[_Job], closing: bool) -> None:
        with self._writing:
            self._heed_lock()
            if closing:
                self._appender.look()  # a last chance to put back what another program took away
            self._save(jobs, closing)

    def _heed_lock(self) -> None:
        """Go on in a copy when another process has taken the session over."""
        if self._taken_over or self._lock is None or self._lock.is_held():
            return
        self._taken_over = True
        logger.warning("%s was taken over by another process", self.path)
        aside = self.path.with_name(f"{self.session_id}.recovered-{new_id()}.jsonl")
        before, self._appender = self._appender, Appender(aside, self._head, self._files)
        for line in before.give_up():
            self._appender.put(line)
        self._tell(TAKEN_OVER)

    def _save(self, jobs: list[_Job], closing: bool) -> None:
        appender = self._appender
        for job in jobs:
            self._put(job)
        retrying = appender.trouble is not None
        sync = closing or retrying or self._is_sync_due() or any(job.durable for job in jobs)
        saved = appender.save(sync=sync)
        if sync and saved:
            self._sync_due = None
        elif self._sync_due is None:
            self._sync_due = time.monotonic() + self._sync_seconds
        # Before the answers, so whoever hears False finds the reason in `unsaved`.
        unharmed = TAKEN_OVER if self._taken_over else ""
        self._tell(unharmed if appender.trouble is None else _sentence(appender.trouble))
        if saved and self._on_written is not None and any(job.keep for job in jobs):
            self._on_written(self.path)
        for job in jobs:
            job.receipt.settle(0 < job.number <= (appender.synced if job.durable else appender.written))

    def _put(self, job: _Job) -> None:
        try:
            job.number = self._appender.put(job.line, keep=job.keep)
        except ValueError as error:
            logger.error("A record of %s was not kept: %s", self.session_id, error)

    def _is_sync_due(self) -> bool:
        return self._sync_due is not None and time.monotonic() >= self._sync_due

    def _tell(self, unsaved: str) -> None:
        """Say why nothing is saved, or "" that everything is, if that has changed."""
        if unsaved == self._unsaved:
            return
        self._unsaved = unsaved
        loop, listener = self._loop, self.on_state
        if loop is not None and listener is not None:
            try:
                loop.call_soon_threadsafe(listener, unsaved, context=self._context)
            except RuntimeError:
                logger.debug("The event loop is closed; nobody is told that the state of the log is %r", unsaved)


def _sentence(trouble: OSError) -> str:
    return tr(
        "Not saved: {trouble}. Your text is kept in memory and will be saved once that works.",
        trouble=reason_of(trouble),
    )


_open_logs: set[FileLog] = set()


def _finish_all() -> None:
    """At the end of the process: write what is queued in logs that nobody closed."""
    for log in list(_open_logs):
        log.close_now()


atexit.register(_finish_all)
