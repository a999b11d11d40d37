"""A program in a pseudo-terminal of 120 by 40, its output drained as fast as it comes, and what it has cost so far.

Nothing is emulated, so the measuring costs next to nothing while it measures: a text is "on the screen" when its bytes
have been read.
"""

import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

COLUMNS, ROWS = 120, 40
PROBE = b"J"
"""The key that is pressed; no answer and no screen has it."""
_ECHO = re.compile(rb"(?<![\[0-9;?])J")  # not the end of a control sequence
_PAINTED = re.compile(rb"\x1b\[[0-9;]*m[^\x1b]*[^\x1b\s]")
_TICKS = os.sysconf("SC_CLK_TCK")
# What a terminal of today answers to what Textual asks: yes, frames may be put between marks (mode 2026).
_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y"}


class Ended(Exception):
    """The program is gone, or did not do what was waited for; the end of its output is the message."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program has used up to a moment."""

    wall: float
    cpu: float
    written: int

    def __sub__(self, before: "Cost") -> "Cost":
        return Cost(self.wall - before.wall, self.cpu - before.cpu, self.written - before.written)


class Program:
    """One running program; use it as a context manager, so that it ends with the measurement."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.started = time.monotonic()
        self.pid, self._terminal = _spawn(command, environ)
        self._poll = select.poll()
        self._poll.register(self._terminal, select.POLLIN | select.POLLHUP)
        self._tail = bytearray()
        self._taken = 0
        self.written = 0
        self.last_output = self.started

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    # what it does

    def send(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._terminal, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, wanted: bytes | re.Pattern[bytes], seconds: float = 60) -> float:
        """Drain until `wanted` is written after what was last waited for; when its bytes came."""
        pattern = re.compile(re.escape(wanted)) if isinstance(wanted, bytes) else wanted
        deadline = time.monotonic() + seconds
        while not (found := pattern.search(self._tail, self._taken)):
            self._forget()
            left = deadline - time.monotonic()
            if left <= 0 or not self._drain(left):
                raise Ended(f"{pattern.pattern!r} did not come; the end of the output: {bytes(self._tail[-600:])!r}")
        self._taken = found.end()
        return self.last_output

    def drain(self, seconds: float) -> None:
        """Take what is written in this time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._drain(left)
        self._taken = len(self._tail)

    def settle(self, quiet: float = 0.4, limit: float = 20.0) -> None:
        """Wait until nothing has been written for `quiet` seconds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline and self._drain(quiet):
            pass
        self._taken = len(self._tail)

    def painted(self) -> float:
        """When the first text was on the screen."""
        return self.wait_for(_PAINTED)

    def first_echo(self, every: float = 0.02, seconds: float = 60) -> Cost:
        """Press the probe key again and again until it is echoed, then take it back; the cost when it was echoed."""
        deadline = time.monotonic() + seconds
        pressed = 0
        while time.monotonic() < deadline:
            self.send(PROBE)
            pressed += 1
            try:
                self.wait_for(_ECHO, every)
            except Ended:
                if not self.running():
                    raise
                continue
            echoed = self.cost()
            self.settle()
            self.send(b"\x7f" * pressed)
            self.settle()
            return echoed
        raise Ended("A typed key was not echoed")

    def echo(self) -> float:
        """Seconds from pressing the probe key to its bytes; `take_back` removes what was typed.

        It is not taken back at once: a busy app would draw that and the next probe together, which is no change.
        """
        self._taken = len(self._tail)
        pressed = time.monotonic()
        self.send(PROBE)
        return self.wait_for(_ECHO, 10) - pressed

    def take_back(self, count: int) -> None:
        """Remove the last `count` probes."""
        self.send(b"\x7f" * count)

    # what it costs

    def cost(self) -> Cost:
        """What has been used until now."""
        return Cost(time.monotonic() - self.started, self.cpu(), self.written)

    def cpu(self) -> float:
        """CPU seconds of all its threads, also those that ended."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # clock_getcpuclockid(3), which Python does not have
        except OSError:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Resident megabytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def running(self) -> bool:
        """Whether it has not ended."""
        return bool(Path(f"/proc/{self.pid}/maps").read_bytes())  # one that has ended, and was not waited for, has none

    def end(self) -> None:
        """End it, politely at first."""
        for number, seconds in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
            os.kill(self.pid, number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                self._drain(0.01)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self._terminal)
                    return

    # the machinery

    def _drain(self, seconds: float) -> bool:
        if not self._poll.poll(max(0, seconds * 1000)):
            return False
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # what Linux says when the other end is closed
            data = b""
        if not data:
            time.sleep(min(0.01, max(0.0, seconds)))
            return False
        self.last_output = time.monotonic()
        self.written += len(data)
        self._tail += data
        for question, answer in _ANSWERS.items():
            if question in data:
                self.send(answer)
        return True

    def _forget(self) -> None:
        """Keep what a mark might still be cut in, and what an error shall show."""
        if len(self._tail) > 100_000:
            del self._tail[:-2000]
            self._taken = 0
        self._taken = max(self._taken, len(self._tail) - 200)


def _spawn(command: Sequence[str], environ: Mapping[str, str]) -> tuple[int, int]:
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    modes = termios.tcgetattr(slave)
    modes[3] &= ~termios.ECHO  # the kernel's echo of a key that came early is not the program's
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for descriptor in (0, 1, 2):
                os.dup2(slave, descriptor)
            os.closerange(3, 256)
            os.execvpe(command[0], list(command), dict(environ))
        finally:
            os._exit(127)
    os.close(slave)
    return pid, master
