"""Starting Salon without waiting for its imports: a process that has imported everything and forks for each start.

Importing the SDK and Textual takes two seconds on a busy machine, and the tests in this folder start Salon a hundred
times. So a server imports both once and then forks: the child takes over the descriptors, the environment and the
arguments that it is sent and calls `salon.cli.main`, as `python -m salon` would. What depends on the imports themselves
is tested with real starts (`Home.start(cold=True)`).

Run as a script this is the server; it ends when its standard input does.
"""

import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

_MESSAGE_LIMIT = 1 << 20


class WarmProcess:
    """A Salon that was forked; its parent tells us how it ended."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._heard = b""
        self._code: int | None = None
        while b"\n" not in self._heard:
            self._hear()
        first, self._heard = self._heard.split(b"\n", 1)
        self._pid = int(first)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        while self._code is None and select.select([self._connection], [], [], 0)[0]:
            self._hear()
            self._look()
        return self._code

    def wait(self, timeout: float) -> int:
        """Its exit code, once there is one."""
        self._connection.settimeout(timeout)
        while self._code is None:
            self._look()
            if self._code is None:
                self._hear()
        return self._code

    def _look(self) -> None:
        if self._code is None and b"\n" in self._heard:
            self._code = int(self._heard)
            self._connection.close()

    def _hear(self) -> None:
        heard = self._connection.recv(64)
        assert heard, "the server of warm starts has gone"
        self._heard += heard


class WarmStarts:
    """The client: starts Salon in a fork of the server at `address`."""

    def __init__(self, address: Path) -> None:
        self._address = address

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], descriptors: tuple[int, int, int]
    ) -> WarmProcess:
        """Start `salon ARGUMENTS` with these standard streams, in a session of its own."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self._address))
        request = json.dumps({"arguments": list(arguments), "environment": dict(environment)})
        socket.send_fds(connection, [request.encode() + b"\n"], list(descriptors))
        return WarmProcess(connection)


def serve(address: str) -> int:
    """Answer until standard input ends. Returns in the server and in every forked Salon: the code to exit with."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    gc.freeze()  # a collection in a child would copy every page
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([listener.fileno(), 0], [], [])
        if 0 in ready:
            listener.close()
            return 0
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _attend(connection)
        connection.close()


def _attend(connection: socket.socket) -> int:
    """Start one Salon and tell how it ends."""
    request, descriptors = b"", []
    while not request.endswith(b"\n"):
        data, found, _, _ = socket.recv_fds(connection, _MESSAGE_LIMIT, 3)
        request += data
        descriptors += found
    pid = os.fork()
    if pid == 0:
        connection.close()
        return _become_salon(json.loads(request), descriptors)
    for descriptor in (0, 1, 2, *descriptors):
        os.close(descriptor)
    connection.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    try:
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    except OSError:
        pass  # nobody wants to know
    os._exit(0)


def _become_salon(request: Mapping[str, object], descriptors: Sequence[int]) -> int:
    os.setsid()
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
        os.close(descriptor)
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    environment, arguments = request["environment"], request["arguments"]
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(environment.get("PWD", "."))  # where a shell would be
    sys.argv = ["salon", *arguments]
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc] # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc] # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", closefd=False)  # type: ignore[misc] # noqa: SIM115
    from salon.cli import main

    return main(arguments)


if __name__ == "__main__":
    import anthropic  # noqa: F401

    import salon.demo.server
    import salon.headless
    import salon.ui.app
    import salon.wiring  # noqa: F401

    sys.exit(serve(sys.argv[1]))
