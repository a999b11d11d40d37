"""A screen that is kept still: while somebody waits nothing is sent to the terminal but text that has changed."""

from home import Home
from terminal import quit_quietly

GHOSTTY = {"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.3", "SALON_REDUCED_MOTION": "on"}
WAITED = 1.6
"""Seconds; a clock that counts them would have been drawn at least once."""


def test_nothing_is_drawn_while_an_answer_is_waited_for(home: Home) -> None:
    with home.start("--demo", "stall", columns=100, rows=30, cold=False, **GHOSTTY) as terminal:
        terminal.until("Streaming").read_for(WAITED)
        text, sent = terminal.text, len(terminal.raw)
        terminal.read_for(WAITED)
        assert len(terminal.raw) == sent or terminal.text != text, bytes(terminal.raw[sent:])
        assert terminal.conversation == text.splitlines()[: len(terminal.conversation)], "only the clock may go on"
        assert b"\x1b]9;4;3" not in terminal.raw, "the terminal's own bar runs to and fro"
        quit_quietly(terminal)
