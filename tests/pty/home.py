"""A person's empty home directory, and Salon started in it."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from salon.chat.conversation import Conversation
from salon.chat.draft import Draft
from salon.paths import Paths
from salon.store.library import FileLibrary
from terminal import Process, Terminal
from warm import WarmStarts

_INTO_ITS_OWN_SESSION = (
    "import fcntl,os,sys,termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run without a terminal ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Home:
    """A home directory. Nothing of the machine's own environment reaches what is started in it."""

    root: Path
    warm: Callable[[], WarmStarts]
    """Gives the server of warm starts, which is started when it is first asked for."""

    def environment(self, **more: str) -> dict[str, str]:
        """What Salon sees; the demo is as fast as possible unless SALON_DEMO_PACE says otherwise."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.root),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "SALON_CONFIG_DIR": str(self.root / "config"),
            "SALON_STATE_DIR": str(self.root / "state"),
            "SALON_CACHE_DIR": str(self.root / "cache"),
            "SALON_DEMO_PACE": "0",
            "PYTHONWARNINGS": "error",
            **more,
        }

    # starting

    def start(
        self, *arguments: str, columns: int = 100, rows: int = 30, cold: bool = False, **environment: str
    ) -> Terminal:
        """`salon ARGUMENTS` in a terminal; `cold` with all its imports, as a shell would start it."""
        if cold:
            return self.start_program("-m", "salon", *arguments, columns=columns, rows=rows, **environment)
        told = self.environment(**environment)
        return Terminal(
            lambda slave: self.warm().start(arguments, told, (slave, slave, slave)), columns=columns, rows=rows
        )

    def start_program(self, *arguments: str, columns: int = 100, rows: int = 30, **environment: str) -> Terminal:
        """`python ARGUMENTS` in a terminal."""

        def spawn(slave: int) -> Process:
            return subprocess.Popen(
                [sys.executable, "-ISc", _INTO_ITS_OWN_SESSION, sys.executable, *arguments],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env=self.environment(**environment),
                start_new_session=True,
            )

        return Terminal(spawn, columns=columns, rows=rows)

    def run(self, *arguments: str, typed: str | None = None, cold: bool = False, **environment: str) -> Outcome:
        """`salon ARGUMENTS` without a terminal; `typed` is piped in."""
        told = self.environment(**environment)
        if cold:
            done = subprocess.run(
                [sys.executable, "-m", "salon", *arguments],
                input=(typed or "").encode(),
                capture_output=True,
                env=told,
                timeout=60,
                check=False,
            )
            return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
        streams = [self.root / name for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(typed or "", encoding="utf-8")
        with streams[0].open("rb") as stdin, streams[1].open("wb") as stdout, streams[2].open("wb") as stderr:
            process = self.warm().start(arguments, told, (stdin.fileno(), stdout.fileno(), stderr.fileno()))
        code = process.wait(60)
        return Outcome(code, streams[1].read_text(encoding="utf-8"), streams[2].read_text(encoding="utf-8"))

    # what is on disk

    @property
    def paths(self) -> Paths:
        """Where Salon keeps things in here."""
        return Paths(self.root / "config", self.root / "state", self.root / "cache")

    @property
    def library(self) -> FileLibrary:
        """The chats with the scripted server."""
        return FileLibrary(self.paths.for_demo())

    def chats(self) -> list[Conversation]:
        """All of them, newest first."""
        library = self.library
        return [library.read(summary.id) for summary in library.list() if summary.size]  # others are drafts alone

    def only_chat(self) -> Conversation:
        """The one that there is."""
        (chat,) = self.chats()
        return chat

    def said(self) -> list[tuple[str, str, str]]:
        """Role, status and text of every message of the one chat."""
        return [(message.role, message.status.value, message.text) for message in self.only_chat().messages.values()]

    def prompts(self) -> list[str]:
        """The person's words in all chats, in the order they were sent."""
        return [
            message.text
            for chat in reversed(self.chats())
            for message in chat.messages.values()
            if message.role == "user"
        ]

    def drafts(self) -> list[Draft]:
        """The unsent drafts on disk."""
        files = sorted(self.paths.for_demo().drafts.glob("*.json"))
        return [self.library.load_draft(file.stem) for file in files]

    def log(self) -> str:
        """The app's own log."""
        file = self.paths.log_file
        return file.read_text(encoding="utf-8") if file.exists() else ""
