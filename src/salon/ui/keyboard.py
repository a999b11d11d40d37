"""What the terminal sends, put right before Textual reads it, and a terminal that has gone.

What Textual 8.2.8 takes for another key, or for nothing, is given to it in the one form that it knows: Alt with Enter,
Backspace and a few more, and Shift+Enter as xterm and tmux send it. And three things that it does not survive (all
measured):

* An escape byte inside a bracketed paste: what follows it is typed as keys, so a pasted carriage return sends the
  prompt and a pasted control character runs whatever is bound to it. `PasteGuard` shows such a byte as ``␛`` instead.
* A byte that is not UTF-8, from a terminal with another encoding: it ended the app.
* A terminal that was closed: reading fails, which ended the app with a traceback, and so does writing, after which the
  queue of the thread that writes fills up and the app waits for ever.
"""

import os
import re
import selectors
import signal
from codecs import getincrementaldecoder

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

_BEGINS = "\x1b[200~"
_ENDS = "\x1b[201~"
_SHOWN_ESCAPE = "\u241b"
_ALT_KEY = re.compile("\x1b([\r\x7f\x08bf<>.,/-])")
"""Alt with a key that Textual 8.2.8 reads as another one (Alt+B as Ctrl+Left, Alt+Backspace as Ctrl+W, Alt+< as <)."""
_BACKSPACE = 127
_MODIFIED_KEY = re.compile(r"\x1b\[27;(\d+);(\d+)~")
"""A key with modifiers as xterm's modifyOtherKeys has it: the modifiers, then the key's code."""


class PasteGuard:
    """Replaces the escape bytes inside pastes, however the input is cut into pieces."""

    def __init__(self) -> None:
        self._inside = False
        self._held = ""
        self._passed = ""
        """The end of what was passed on, where that may be the beginning of a paste: keys are never held back."""

    def feed(self, data: str) -> str:
        """The next piece of input with harmless pastes; what may be the beginning of a paste's end is held back."""
        safe: list[str] = []
        while data:
            taken, data = self._inside_paste(data) if self._inside else self._outside(data)
            safe.append(taken)
        return "".join(safe)

    def _outside(self, data: str) -> tuple[str, str]:
        text = self._passed + data
        before, found, rest = text.partition(_BEGINS)
        self._inside = bool(found)
        known = len(self._passed)
        self._passed = "" if found else before[len(before) - _unfinished(before, _BEGINS) :]
        return _as_kitty_sends_it((before + found)[known:]), rest

    def _inside_paste(self, data: str) -> tuple[str, str]:
        pasted, found, rest = (self._held + data).partition(_ENDS)
        self._inside = not found
        kept = 0 if found else _unfinished(pasted, _ENDS)
        pasted, self._held = pasted[: len(pasted) - kept], pasted[len(pasted) - kept :]
        return pasted.replace("\x1b", _SHOWN_ESCAPE) + found, rest


def _as_kitty_sends_it(keys: str) -> str:
    keys = _MODIFIED_KEY.sub("\x1b[\\2;\\1u", keys)
    return _ALT_KEY.sub(lambda alt: f"\x1b[{_BACKSPACE if alt[1] == chr(8) else ord(alt[1])};3u", keys)


def _unfinished(text: str, marker: str) -> int:
    """How many characters at the end of `text` may be the beginning of `marker`."""
    return next((length for length in range(len(marker) - 1, 0, -1) if text.endswith(marker[:length])), 0)


class CarefulLinuxDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with an input that cannot end the app."""

    def run_input_thread(self) -> None:
        """Read until the app ends or the terminal has gone."""
        parser, guard = XTermParser(self._debug), PasteGuard()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        os.kill(os.getpid(), signal.SIGHUP)  # what a closed terminal means, also under nohup
                        return
                    if text := guard.feed(decode(data)):
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def write(self, data: str) -> None:
        """Write, as long as there is somebody who takes it."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)


def careful(driver_class: type[Driver]) -> type[Driver]:
    """The driver class with the careful input, where it is the one that this is for."""
    return CarefulLinuxDriver if driver_class is LinuxDriver else driver_class
