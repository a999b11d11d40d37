"""A terminal to run the app in: a pty whose output is kept byte for byte and drawn on a pyte screen.

Nothing in here sleeps. `until` reads what comes until a condition holds, so a test is as fast as the app; its time-out
is only for the case that the condition never holds. Whatever happens in a test, the process is killed at its end.

pyte knows no alternate screen: after the app has ended its last picture is still there. What a terminal was told
besides text (modes, titles, the clipboard) is read from `raw`.
"""

import fcntl
import os
import re
import select
import struct
import termios
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import pyte

PATIENCE = 20.0
"""Seconds until a condition counts as one that never holds; the machine may be busy with other tests."""

_UNFINISHED = re.compile(rb"\x1b(\[[0-9;:<=>?!$ ]*)?\Z")
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*[um]")
"""The keyboard protocols of kitty and xterm: of one pyte would print a part, the other ends it."""
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")


class Process(Protocol):
    """Something that runs in a terminal."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        ...


Spawn = Callable[[int], Process]
"""Starts a process whose controlling terminal is the given descriptor."""


class Terminal:
    """A running program and its terminal; use it with `with`."""

    def __init__(self, spawn: Spawn, *, columns: int = 100, rows: int = 30) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.raw = bytearray()
        """Every byte the program wrote."""
        self._stream = pyte.ByteStream(self.screen)
        self._held = b""
        self._closed = False
        self._descriptor, slave = os.openpty()
        self._set_size(columns, rows)
        self.modes_before = termios.tcgetattr(slave)
        try:
            self.process = spawn(slave)
        finally:
            os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self.hang_up()

    # what a person sees

    @property
    def text(self) -> str:
        """The picture, rows without the blanks at their end."""
        return "\n".join(row.rstrip() for row in self.screen.display).rstrip()

    @property
    def flowing_text(self) -> str:
        """The picture's words with one blank between them, however they are wrapped."""
        return " ".join(self.text.split())

    @property
    def conversation(self) -> list[str]:
        """The rows above the rule, without the thumb of the scrollbar."""
        rows = self.text.splitlines()
        return [row.removesuffix("▕").rstrip() for row in rows[: self._rule(rows)]]

    @property
    def prompt_box(self) -> str:
        """The rows below the rule, without the status bar."""
        rows = [row.rstrip() for row in self.screen.display]
        return "\n".join(rows[self._rule(rows) + 1 : -1])

    @staticmethod
    def _rule(rows: list[str]) -> int:
        return max((number for number, row in enumerate(rows) if row.startswith("─" * 20)), default=len(rows))

    # what a person does

    def send(self, keys: str | bytes) -> None:
        """Type: every key as the bytes that a terminal sends for it."""
        rest = keys.encode() if isinstance(keys, str) else keys
        while rest:
            self.read(0.0)  # a program that cannot get rid of its output reads no input
            if select.select([], [self._descriptor], [], 0.05)[1]:
                rest = rest[os.write(self._descriptor, rest[:1024]) :]

    def paste(self, text: str) -> None:
        """Paste as a terminal with bracketed paste does it, newlines as carriage returns."""
        self.send(b"\x1b[200~" + text.replace("\n", "\r").encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self.screen.resize(rows, columns)
        self._set_size(columns, rows)

    def hang_up(self) -> None:
        """Close the window."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._closed = True

    # waiting

    def until(self, wanted: str | Callable[[], bool], timeout: float = PATIENCE) -> Self:
        """Read until a text is on the screen or a condition holds."""
        deadline = time.monotonic() + timeout
        while not (wanted in self.flowing_text if isinstance(wanted, str) else wanted()):
            left = deadline - time.monotonic()
            if left <= 0 or self._closed:
                why = f"the program ended with {self.process.poll()}" if self._closed else f"{timeout:g} s passed"
                raise AssertionError(f"{why}, and there was no {wanted!r} on\n{self.text}")
            self.read(min(left, 0.05))
        return self

    def until_gone(self, text: str, timeout: float = PATIENCE) -> Self:
        """Read until a text has left the screen."""
        return self.until(lambda: text not in self.flowing_text, timeout)

    def read_for(self, seconds: float) -> Self:
        """Read for a time, for what must not happen."""
        deadline = time.monotonic() + seconds
        while not self._closed and (left := deadline - time.monotonic()) > 0:
            self.read(left)
        return self

    def wait_exit(self, timeout: float = PATIENCE) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + timeout
        while (code := self.process.poll()) is None:
            assert time.monotonic() < deadline, f"still running after {timeout:g} s, with\n{self.text}"
            self.read(0.02) if not self._closed else select.select([], [], [], 0.005)
        while self._descriptor >= 0 and self.read(0.0):
            pass
        return code

    def kill(self) -> None:
        """End the program at once and have what it wrote up to then on the screen."""
        if self.process.poll() is None:
            os.kill(self.process.pid, 9)
            self.wait_exit()

    # what the terminal was told

    def modes(self) -> dict[int, bool]:
        """Every private mode that was ever set or reset, and whether it is set now."""
        modes: dict[int, bool] = {}
        for match in _MODE.finditer(bytes(self.raw)):
            modes |= {int(number): match[2] == b"h" for number in match[1].split(b";") if number}
        return modes

    def kitty_levels(self) -> int:
        """How many keyboard modes were pushed and not popped."""
        return len(re.findall(rb"\x1b\[>[0-9]+u", self.raw)) - len(re.findall(rb"\x1b\[<[0-9]*u", self.raw))

    def tty_modes(self) -> list[object]:
        """The line discipline's modes, as they are now."""
        return list(termios.tcgetattr(self._descriptor))

    # the machinery

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, timeout: float) -> bool:
        """Take what came in, after waiting for it at most `timeout` seconds; whether there was something."""
        if self._closed:
            return False
        if not select.select([self._descriptor], [], [], max(0.0, timeout))[0]:
            return False
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:  # Linux' way to say that the last process has closed the terminal
            data = b""
        if not data:
            self._closed = True
            return False
        self.raw += data
        data = self._held + data
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._held = data[cut:]
        self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data[:cut]))
        return True


def assert_left_as_found(terminal: Terminal) -> None:
    """The program has given the terminal back: screen, cursor, mouse, paste, focus, keyboard and line discipline."""
    modes = terminal.modes()
    alternate_screen, cursor, wrap = 1049, 25, 7
    assert not modes.get(alternate_screen, False)
    assert modes.get(cursor, True)
    assert modes.get(wrap, True)
    mouse, focus, bracketed_paste, size_reports = (1000, 1002, 1003, 1006, 1015, 1016), 1004, 2004, 2048
    ground_reports = 2031
    assert [mode for mode in (*mouse, focus, bracketed_paste, size_reports, ground_reports) if modes.get(mode)] == []
    assert terminal.kitty_levels() == 0
    assert terminal.tty_modes() == terminal.modes_before


def quit_quietly(terminal: Terminal) -> None:
    """Quit with Ctrl+Q, which is a success and leaves nothing behind."""
    terminal.send("\x11")
    assert terminal.wait_exit() == 0
    assert_left_as_found(terminal)
