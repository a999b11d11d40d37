"""Whether the terminal is dark or light: what it is asked, and its replies taken out of the input.

A terminal says its background's colour when it is asked (OSC 11), and where it can it reports by itself when the
person changes between dark and light (private mode 2031, report 997). Textual 8.2.8 knows neither and types both into
the prompt. They come in the input like keys and may be cut anywhere. Textual's parser puts a report together, because
it has the form of a key. A reply has not: while one is expected, what may be its beginning is held back, but never
longer than a person would notice.
"""

import re
from collections.abc import Iterable
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

ASK: Final = "\x1b]11;?\x07"
REPORT_CHANGES: Final = "\x1b[?2031h"
REPORT_NO_CHANGES: Final = "\x1b[?2031l"

_REPLY = re.compile(
    r"\x1b\]11;(?:rgba?:(?P<red>[0-9a-f]{1,4})/(?P<green>[0-9a-f]{1,4})/(?P<blue>[0-9a-f]{1,4})|[^\x07\x1b]{0,64})"
    r"[^\x07\x1b]{0,64}(?:\x07|\x1b\\)",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]{0,128}\x1b?)?)?)?)?\Z")
"""What may become a reply; a lone Esc is the shortest."""
_REPORT = re.compile(r"\x1b\[\?997;(\d)n")
_LIGHT_MODE = "2"
PATIENCE: Final = 10
"""How many ticks a beginning that no key has is held back; a tick is 0.1 s."""


class GroundReported(Message):
    """The terminal has said what its background is like."""

    def __init__(self, *, dark: bool) -> None:
        super().__init__()
        self.dark = dark


class GroundReplies:
    """Takes replies out of the input."""

    def __init__(self) -> None:
        self._held = ""
        self._waited = 0
        self._asked = 0
        """For how many ticks a reply is expected: only then an Esc may be the beginning of one."""
        self.reported: list[bool] = []
        """For each reply that came, whether the terminal is dark; whoever reads it empties it."""

    def expect(self) -> None:
        """The terminal was asked."""
        self._asked = 3 * PATIENCE

    def feed(self, data: str) -> str:
        """The next piece of input without replies."""
        text = _REPLY.sub(self._take, self._held + data)
        self._held, self._waited = "", 0
        beginning = _BEGINNING.search(text)
        if beginning is not None and (self._asked or len(beginning[0]) > len("\x1b]")):
            self._held = beginning[0]
            text = text[: beginning.start()]
        return text

    def tick(self) -> str:
        """A tenth of a second has passed without input; what turned out to be no reply."""
        self._asked = max(0, self._asked - 1)
        self._waited += 1
        if not self._held or (len(self._held) > 1 and self._waited < PATIENCE):
            return ""
        keys, self._held = self._held, ""
        # A reply that lacks its end is no key either.
        return "" if keys.startswith("\x1b]11;") else keys

    def _take(self, reply: re.Match[str]) -> str:
        if reply["red"]:
            red, green, blue = (
                int(reply[name], 16) / (16 ** len(reply[name]) - 1) for name in ("red", "green", "blue")
            )
            self.reported.append(0.299 * red + 0.587 * green + 0.114 * blue < 0.5)
        return ""


_TAKEN_FOR_LETTERS_OF_A_MAC = "0123456789-="


class ReportParser(XTermParser):
    """Textual's parser, which also knows the report that the terminal is dark or light now, and Alt with a digit.

    Textual 8.2.8 takes Alt+0 for the º of a Mac, which vi's Esc and 0 in one go would type.
    """

    def __init__(self, debug: bool, reported: list[bool]) -> None:
        """Puts into `reported` whether the terminal is dark."""
        super().__init__(debug)
        self._reported = reported

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        report = _REPORT.fullmatch(sequence)
        if len(sequence) == 2 and sequence[0] == "\x1b" and sequence[1] in _TAKEN_FOR_LETTERS_OF_A_MAC:
            sequence = f"\x1b[{ord(sequence[1])};3u"
        if report is None:
            return super()._sequence_to_key_events(sequence, alt)
        self._reported.append(report[1] != _LIGHT_MODE)
        return [events.Key(Keys.Ignore, sequence)]
