"""Lines from the person, read in a thread of its own, so that an answer can go on while one types."""

import asyncio
import sys
import threading
from collections.abc import Callable

from salon.words import tr


class Reader:
    """Gives lines, and None at the end of the input. `read_line` blocks, and raises `EOFError` at the end."""

    def __init__(self, read_line: Callable[[str], str] = input) -> None:
        self._read_line = read_line
        self._loop = asyncio.get_running_loop()
        self._wanted: asyncio.Queue[str | None] = asyncio.Queue()
        self._asked = threading.Semaphore(0)
        self._label = ""
        self._reading = False
        """Whether the thread waits for a line already: somebody asked for one and did not wait for it."""
        self._over = False
        # A daemon: the process may end while it waits for a line that nobody types.
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    async def line(self, label: str) -> str | None:
        """The next line, asked for with `label`; one that nobody waited for any more is the next for who asks then."""
        if self._over:
            return None
        if not self._reading:
            self._label, self._reading = label, True
            self._asked.release()
        line = await self._wanted.get()
        self._reading, self._over = False, line is None
        return line

    async def text(self, label: str) -> str | None:
        """A line and, as long as it ends with a backslash, those that follow."""
        lines: list[str] = []
        while (line := await self.line(label if not lines else tr("More: "))) is not None:
            if not line.endswith("\\"):
                return "\n".join([*lines, line])
            lines.append(line[:-1])
        return "\n".join(lines) if lines else None

    def _read(self) -> None:
        while True:
            self._asked.acquire()
            try:
                line: str | None = self._read_line(self._label)
            except (EOFError, OSError, ValueError):  # the terminal has gone, or the input was closed
                line = None
            try:
                self._loop.call_soon_threadsafe(self._wanted.put_nowait, line)
            except RuntimeError:
                return  # the loop has ended, and nobody waits any more
            if line is None:
                return


def make_editable() -> None:
    """Let the terminal's line be edited, with earlier lines at hand, where the platform can."""
    if sys.stdin.isatty():
        try:
            import readline  # noqa: F401 - importing it is what makes `input` editable
        except ImportError:
            return
