"""`salon serve`: Salon in a browser on this machine. The packages for it are imported only when it runs."""

import argparse
import asyncio
import html
import ipaddress
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from salon.arguments import add_chat_options, check_chat_options, parser, spelled
from salon.browser import open_address
from salon.commands.command import Command, Desk
from salon.errors import SalonError, UsageError
from salon.exits import Exit
from salon.serving.door import Door
from salon.serving.terminal import HiddenTerminal, environment
from salon.words import tr

logger = logging.getLogger(__name__)

_NEEDS = ("textual_serve", "aiohttp")


def _arguments(own: argparse.ArgumentParser) -> None:
    add_chat_options(own)
    own.add_argument("--port", type=int, default=0, help=tr("the port to listen on (default: a free one)"))
    own.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help=tr("127.0.0.1 or ::1; others are refused: use ssh -L")
    )
    own.add_argument("--no-open", action="store_true", help=tr("print the link and open no browser"))


def _serve(desk: Desk) -> int:
    if any(find_spec(name) is None for name in _NEEDS):
        raise SalonError(
            tr("Salon in a browser needs the package “textual-serve”."),
            tr("Install it with: pip install 'salon[serve]'"),
        )
    check_chat_options(desk.options)
    listening = listen(desk.options.host, desk.options.port)
    with listening:
        return asyncio.run(_Serving(desk, listening).run())


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on loopback. Raises `UsageError` for other addresses, `SalonError` where it cannot."""
    named = "127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]")
    try:
        address = ipaddress.ip_address(named)
    except ValueError:
        address = None
    if address is None or not address.is_loopback or getattr(address, "scope_id", None):
        raise UsageError(
            tr("Salon is served on this machine only, not on “{host}”.", host=host),
            tr("Leave --host out, and come from another machine with: ssh -L PORT:127.0.0.1:PORT"),
        )
    if not 0 <= port <= 65535:
        raise UsageError(tr("There is no port {port}.", port=port), tr("Ports go from 1 to 65535; 0 takes a free one."))
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        return socket.create_server((str(address), port), family=family)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SalonError(
            tr("Salon cannot listen on {address}, port {port}: {why}.", address=address, port=port, why=why),
            tr("Choose another --port."),
        ) from error


def authority_of(listening: socket.socket) -> str:
    """Host and port as browsers write them: that of HTTP, 80, they leave out."""
    host, port = listening.getsockname()[:2]
    named = f"[{host}]" if ":" in host else host
    return named if port == 80 else f"{named}:{port}"


def shows_windows(environ: Mapping[str, str]) -> bool:
    """Whether a browser that is opened here is one that the person sees."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return False
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
    return sys.platform == "darwin" or any(environ.get(name) for name in displays)


class _Serving:
    """One run of the server, and what its own terminal shows and takes."""

    def __init__(self, desk: Desk, listening: socket.socket) -> None:
        self._desk = desk
        self._listening = listening
        self._door = Door(authority_of(listening))
        words = spelled(parser(), desk.options)
        # -P: a file in the folder where this was started must not be taken for one of Python's modules.
        self._command = [sys.executable, "-P", "-m", "salon", *(word for word in words if word != "--json")]
        self._doorway: Path | None = None

    async def run(self) -> int:
        from salon.serving.server import Server

        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, ended.set)
        link = self._door.link()
        self._tell(link)
        if not self._desk.options.no_open and shows_windows(os.environ):
            self._open(link)
        if sys.stdin.isatty():
            loop.add_reader(sys.stdin.fileno(), self._another_link)
        try:
            await Server(self._door, self._start, self._close_doorway).run(self._listening, ended)
        finally:
            if sys.stdin.isatty():
                loop.remove_reader(sys.stdin.fileno())
            self._close_doorway()
        if not self._desk.as_json:
            with suppress(OSError):  # its terminal may be what has ended
                self._desk.say(tr("Salon is no longer served; everything is saved."))
        return Exit.OK

    async def _start(self, columns: int, rows: int) -> HiddenTerminal:
        return await HiddenTerminal.start(self._command, environment(os.environ), columns, rows)

    def _tell(self, link: str) -> None:
        if self._desk.as_json:
            self._desk.give({"url": link})
        else:
            self._desk.say(tr("Salon is here, for the browser that opens this first:\n\n    {link}\n", link=link))
            more = tr("Enter makes another. ") if sys.stdin.isatty() else ""
            self._desk.say(tr("The link works once. {more}Ctrl+C ends Salon; everything is kept.", more=more))
        self._desk.out.flush()

    def _another_link(self) -> None:
        if sys.stdin.readline():
            self._tell(self._door.link())
        else:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())

    def _open(self, link: str) -> None:
        """Have a browser open a file that leads to the link: what is in a command line, everybody here can read."""
        text = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={html.escape(link)}">'
        try:
            self._desk.paths.state.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix="serve-", suffix=".html", dir=self._desk.paths.state)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            logger.info("No file could be made for the browser: %s", error)
            return
        self._doorway = Path(name)
        threading.Thread(target=open_address, args=(self._doorway.as_uri(),), daemon=True).start()

    def _close_doorway(self) -> None:
        doorway, self._doorway = self._doorway, None
        if doorway is not None:
            doorway.unlink(missing_ok=True)


COMMANDS = (Command("serve", tr("show Salon in a browser on this machine"), _arguments, _serve),)
