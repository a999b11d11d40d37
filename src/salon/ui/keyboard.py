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
from functools import cached_property

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from salon.ui.terminalground import ASK, REPORT_CHANGES, REPORT_NO_CHANGES, GroundReplies, GroundReported, ReportParser

_BEGINS = "\x1b[200~"
_ENDS = "\x1b[201~"
_SHOWN_ESCAPE = "\u241b"
_ALT_KEY = re.compile("\x1b([\r\x7f\x08bf<>.,/0-9-])")
"""Alt with a key that Textual 8.2.8 reads as another one (Alt+B as Ctrl+Left, Alt+Backspace as Ctrl+W, Alt+< as <).

Alt with a digit is what a Mac's Option key writes with it: a question about a tool must not be answered by "¡".
"""
_BACKSPACE = 127
_MODIFIED_KEY = re.compile(r"\x1b\[27;(\d+);(\d+)~")
"""A key with modifiers as xterm's modifyOtherKeys has it: the modifiers, then the key's code."""


_TOLD_APART = re.compile(r"\x1b\[(?:\d+(?:;\d+)*u|27;\d+;\d+~)")
"""A key as only terminals send it that tell all keys apart: with kitty's protocol, or xterm's modifyOtherKeys."""


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
    """Textual's driver for Linux and macOS, with an input that cannot end the app; can follow the terminal's ground."""

    _follows_ground = False

    tells_keys_apart = False
    """Whether the terminal has sent a key in a form that keeps Shift+Enter and its like from being other keys."""

    def run_input_thread(self) -> None:
        """Read until the app ends or the terminal has gone."""
        guard, replies = PasteGuard(), self.ground_replies
        parser = ReportParser(self._debug, replies.reported)
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
                    sent = decode(data)
                    self.tells_keys_apart = self.tells_keys_apart or _TOLD_APART.search(sent) is not None
                    text = replies.feed(guard.feed(sent))
                else:
                    text = replies.tick()
                if text:
                    for event in parser.feed(text):
                        self.process_message(event)
                while replies.reported:
                    self.process_message(GroundReported(dark=replies.reported.pop(0)))
                for event in parser.tick():
                    self.process_message(event)

    @cached_property
    def ground_replies(self) -> GroundReplies:
        """What takes the terminal's replies about its background out of the input."""
        return GroundReplies()

    def follow_ground(self, follow: bool) -> None:
        """Ask whether the terminal is dark and have it report changes, or no longer. The app gets `GroundReported`."""
        if follow or self._follows_ground:
            self.write(REPORT_CHANGES if follow else REPORT_NO_CHANGES)
        self._follows_ground = follow
        if follow:
            self.ground_replies.expect()
            self.write(ASK)
        self.flush()

    def start_application_mode(self) -> None:
        """Take the terminal, for the first time or again."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._follows_ground:
            self.follow_ground(True)

    def stop_application_mode(self) -> None:
        """Give the terminal back; a report would be typed into the shell."""
        if self._follows_ground:
            self.write(REPORT_NO_CHANGES)
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Write, as long as there is somebody who takes it."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)


def careful(driver_class: type[Driver]) -> type[Driver]:
    """The driver class with the careful input, where it is the one that this is for."""
    return CarefulLinuxDriver if driver_class is LinuxDriver else driver_class
