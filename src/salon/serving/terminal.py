"""Salon in a terminal that no window shows: what it writes is read here, and what a browser sends is typed into it."""

import asyncio
import fcntl
import logging
import os
import signal
import struct
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from typing import Any

logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that a program has to end in order before it is ended."""
LARGEST = 1_000
"""Cells; more columns or rows no screen has."""

# Only a process itself can take a terminal for its own. preexec_fn would do it in a copy of this process, which has
# threads; a program that becomes the other one has none of its troubles, for 10 ms.
_TAKE_TERMINAL = (
    "import fcntl,os,sys,termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
_OF_OTHER_TERMINALS = (
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "TMUX",
    "TMUX_PANE",
    "STY",
    "WINDOW",
    "WINDOWID",
    "KITTY_WINDOW_ID",
    "WT_SESSION",
    "ConEmuANSI",
    "VTE_VERSION",
    "COLORFGBG",
    "LINES",
    "COLUMNS",
)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a program in the browser is told: everything, but for the terminal that the server was started in."""
    kept = {name: value for name, value in environ.items() if name not in _OF_OTHER_TERMINALS}
    return kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class HiddenTerminal:
    """A program and its terminal."""

    def __init__(self, process: asyncio.subprocess.Process, descriptor: int) -> None:
        """Use `start`."""
        self._process = process
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Event] = set()
        self._exit = asyncio.create_task(self._see_the_end())

    @classmethod
    async def start(
        cls, command: Sequence[str], environ: Mapping[str, str], columns: int, rows: int
    ) -> "HiddenTerminal":
        """Start a command of this Python in a terminal of this size."""
        descriptor, slave = os.openpty()
        try:
            _set_size(descriptor, columns, rows)
            os.set_blocking(descriptor, False)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-ISc",
                _TAKE_TERMINAL,
                *command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env=environ,
                start_new_session=True,
            )
        except OSError:
            os.close(descriptor)
            raise
        finally:
            os.close(slave)
        return cls(process, descriptor)

    async def read(self) -> bytes:
        """The next that was written; b"" once the program has ended and all was read."""
        while True:
            try:
                return os.read(self._descriptor, 65536)
            except BlockingIOError:
                if self._exit.done():  # what it has started may still hold the terminal
                    return b""
                await self._when(self._loop.add_reader, self._loop.remove_reader)
            except OSError:  # Linux' way to say it
                return b""

    async def write(self, keys: bytes) -> None:
        """Type; waits while the program reads none of it."""
        while keys:
            try:
                keys = keys[os.write(self._descriptor, keys[:4096]) :]
            except BlockingIOError:
                if self._exit.done():
                    return
                await self._when(self._loop.add_writer, self._loop.remove_writer)
            except OSError:
                return  # it has ended

    def resize(self, columns: int, rows: int) -> None:
        """Give it another size. It draws itself anew, also where the size is the same."""
        try:
            _set_size(self._descriptor, columns, rows)
            group = os.tcgetpgrp(self._descriptor)
            if group > 0:  # it is 0 until the program has taken the terminal; by then it knows the size
                os.killpg(group, signal.SIGWINCH)
        except OSError as error:
            logger.info("The terminal took no size: %s", error)

    async def wait(self) -> int:
        """The exit code, once it has ended."""
        return await asyncio.shield(self._exit)

    async def end(self) -> None:
        """Have it end as if its window was closed: it puts everything on disk."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGHUP)
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            logger.error("A served Salon did not end in %g s and was ended", PATIENCE)
            self._process.kill()
            await self._process.wait()

    def close(self) -> None:
        """Give the terminal back; after the last read."""
        os.close(self._descriptor)
        self._descriptor = -1

    async def _see_the_end(self) -> int:
        code = await self._process.wait()
        for ready in self._waiting:
            ready.set()
        return code

    async def _when(self, add: Callable[..., Any], remove: Callable[[int], Any]) -> None:
        ready, descriptor = asyncio.Event(), self._descriptor
        self._waiting.add(ready)
        add(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            self._waiting.discard(ready)
            remove(descriptor)


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    columns, rows = (min(max(cells, 1), LARGEST) for cells in (columns, rows))
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
