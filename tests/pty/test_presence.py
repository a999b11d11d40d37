"""What a real terminal gets beside the screen: title, progress, a notification for somebody who looks elsewhere."""

import re

import pytest

from home import Home
from hostile_corpus import hostile_texts, writable
from salon.terminals import Notifying
from sequences import foreign_in
from terminal import Terminal, assert_left_as_found

GHOSTTY = {"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.3"}
AWAY = "\x1b[O"
PUSHED, POPPED = b"\x1b[22;2t", b"\x1b[23;2t"
OSC = re.compile(rb"\x1b\][^\x07\x1b]*(\x07|\x1b\\)")
"""A sequence that a bell may end."""


def asked(home: Home, text: str = "echo Good morning", **settings: str) -> Terminal:
    told = {"SALON_DEMO_PACE": "0.05", "SALON_NOTIFY_AFTER": "0", **GHOSTTY, **settings}
    return home.start("--demo", text, columns=100, rows=30, cold=False, **told)


def titles(terminal: Terminal) -> list[str]:
    return [match.decode() for match in re.findall(rb"\x1b\]2;([^\x07]*)\x07", bytes(terminal.raw))]


def test_title_and_progress_follow_the_answer_and_the_title_is_given_back(home: Home) -> None:
    with asked(home) as terminal:
        terminal.until("Ready").until(lambda: b"\x1b]9;4;0\x07" in terminal.raw)
        assert terminal.raw.index(b"\x1b]9;4;3\x07") < terminal.raw.index(b"\x1b]9;4;0\x07")
        assert any(title.endswith("· answering") for title in titles(terminal))
        assert titles(terminal)[-1] == "Salon · echo Good morning"
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.raw.count(PUSHED) == terminal.raw.count(POPPED) == 1
        assert terminal.raw.index(PUSHED) < terminal.raw.index(b"\x1b]2;")
        assert_left_as_found(terminal)


def test_one_who_looks_elsewhere_is_notified_and_nobody_else(home: Home) -> None:
    with asked(home) as terminal:
        terminal.until("Ready").until(lambda: b"\x1b]9;4;0\x07" in terminal.raw)
        assert "\x1b]9;“".encode() not in terminal.raw
        terminal.send(f"echo Once more\r{AWAY}")  # a key would say that somebody is there
        terminal.until(lambda: "\x1b]9;“echo Good morning” has its answer\x07".encode() in terminal.raw)


def test_in_tmux_there_is_the_bell_and_nothing_that_tmux_does_not_know(home: Home) -> None:
    inside = {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "/nowhere,1,0"}
    with asked(home, **inside) as terminal:
        terminal.until("Ready").until(lambda: "Salon · echo Good morning" in titles(terminal)[-1:])
        before = len(terminal.raw)
        terminal.send(f"echo Once more\r{AWAY}")
        terminal.until(lambda: b"\x07" in OSC.sub(b"", bytes(terminal.raw[before:])))
        assert b"\x1b]9;" not in terminal.raw
        assert b"\x1bPtmux" not in terminal.raw


def test_everything_can_be_turned_off(home: Home) -> None:
    off = {"SALON_NOTIFY": "off", "SALON_TERMINAL_TITLE": "no", "SALON_TERMINAL_PROGRESS": "no"}
    with asked(home, **off) as terminal:
        terminal.until("Ready")
        terminal.send(f"echo Once more\r{AWAY}")
        terminal.until(lambda: terminal.flowing_text.count("Once more") >= 2).until("Ready")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        for sequence in (b"\x1b]2;", b"\x1b]9;", b"\x1b]777", b"\x1b]99", PUSHED, POPPED):
            assert sequence not in terminal.raw, sequence
        assert b"\x07" not in OSC.sub(b"", bytes(terminal.raw))


def test_a_title_with_control_characters_is_cleaned(home: Home) -> None:
    with asked(home, "echo a\x1b]0;owned\x07b;c") as terminal:
        terminal.until("Ready").until(lambda: len(titles(terminal)) >= 2)
        assert b"\x1b]0;owned" not in terminal.raw
        assert all(";" not in title and "\x1b" not in title for title in titles(terminal))


FORMS = {
    Notifying.OSC_9: (GHOSTTY, rb"\x1b\]9;[^\x00-\x1f;]+ has its answer\x07"),
    Notifying.OSC_99: ({"TERM": "xterm-kitty"}, rb"\x1b\]99;i=salon:o=unfocused;[^\x00-\x1f;]+ has its answer\x1b\\"),
    Notifying.OSC_777: ({"TERM": "foot"}, rb"\x1b\]777;notify;Salon;[^\x00-\x1f;]+ has its answer\x07"),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_hostile_title_is_words_in_every_terminals_notification(home: Home, kind: Notifying) -> None:
    environment, form = FORMS[kind]
    titles_of = [writable("".join(hostile_texts()[at : at + 9])) for at in range(0, 27, 9)]
    told = {"SALON_NOTIFY_AFTER": "0", "TERM_PROGRAM": "", **environment}
    with home.start("--demo", "echo x", columns=100, rows=30, cold=False, **told) as terminal:
        terminal.until("Ready")
        for number, title in enumerate(titles_of, start=1):
            terminal.send("/title ")
            terminal.until("> /title").paste(f"{title.replace(chr(27), '')} {number}")
            terminal.until(f" {number}").read_for(0.3).send("\r")  # an Enter right behind a paste belongs to it
            terminal.until_gone("> /title")
            terminal.send(f"echo Once more {number}\r{AWAY}")
            terminal.until(lambda number=number: len(re.findall(form, bytes(terminal.raw))) >= number)  # type: ignore[misc]
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    assert foreign_in(re.sub(form, b"", bytes(terminal.raw))) == []
