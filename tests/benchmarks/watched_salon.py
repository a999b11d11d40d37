"""The app with its event loop watched: ``python -m benchmarks.watched_salon FILE [argument of salon ...]``.

On SIGUSR1 it writes what it saw since the last one to FILE, as JSON: the CPU milliseconds of the longest single step of
the event loop and of the transcript's longest flush, and the CPU seconds of all flushes together. The app's own code
knows nothing of this.
"""

import asyncio
import gc
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

from salon.cli import main


class Watch:
    """Adds up the CPU time of the main thread's steps."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._start_over()

    def _start_over(self) -> None:
        self.step = self.flush = self.flushes = self.collecting = 0.0
        self.culprit = ""

    def tell(self, *_: object) -> None:
        """Write what was seen, whole or not at all, and begin anew."""
        seen = {
            "longest_step_ms": round(self.step * 1000, 1),
            "culprit": self.culprit,
            "longest_flush_ms": round(self.flush * 1000, 1),
            "flushes_cpu_s": round(self.flushes, 5),
            "longest_collection_ms": round(self.collecting * 1000, 1),
        }
        self._start_over()
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps(seen))
        half.rename(self._file)

    def watch_loop(self) -> None:
        """Time each callback, which is also each step of a task."""
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> Any:
            begin = time.thread_time()
            try:
                return run(handle)
            finally:
                spent = time.thread_time() - begin
                if spent > self.step:
                    self.step, self.culprit = spent, repr(handle)[:200]

        asyncio.Handle._run = timed  # type: ignore[assignment, method-assign]

    def watch_transcript(self) -> None:
        """Time each flush, once the module has been imported as the app does it."""
        from salon.ui.transcript import Transcript

        work = Transcript._work

        def timed(transcript: Transcript) -> Any:
            begin = time.thread_time()
            done = work(transcript)
            spent = time.thread_time() - begin
            self.flush = max(self.flush, spent)
            self.flushes += spent
            return done

        Transcript._work = timed  # type: ignore[assignment, method-assign]

    def watch_collector(self) -> None:
        """Time the garbage collections."""
        begin = 0.0

        def note(phase: str, _info: object) -> None:
            nonlocal begin
            if phase == "start":
                begin = time.thread_time()
            else:
                self.collecting = max(self.collecting, time.thread_time() - begin)

        gc.callbacks.append(note)


if __name__ == "__main__":
    watch = Watch(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR1, watch.tell)
    watch.watch_loop()
    watch.watch_collector()
    watch.watch_transcript()
    sys.exit(main(sys.argv[2:]))
