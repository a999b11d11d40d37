"""Text that would rather be obeyed than read: in a prompt, an answer, a title, a list, a notice and a print."""

import re

from home import Home
from terminal import Terminal, quit_quietly

OBEYED = {
    "the clipboard": "\x1b]52;c;aGFja2Vk\x07",
    "the title": "\x1b]0;hacked\x1b\\",
    "a link": "\x1b]8;;http://evil.example/\x1b\\",
    "a reset": "\x1bc",
    "clearing": "\x1b[3;7J",
    "a report": "\x1b[6n",
    "a question": "\x1b[>0q",
    "colours of its own": "\x1b[38;5;201;5m",
    "a device control string": "\x1bP+q544e\x1b\\",
    "a picture": "\x1b_Ga=T;AAAA\x1b\\",
    "a C1 sequence": "\x9b31;5m",
    "a C1 command": "\x9d52;c;aGFja2Vk\x9c",
    "a bell": "\x07",
    "a shift": "\x0e",
    "backspaces": "x\x08\x08",
    "reordering": "\u202etfil\u202c \u2066x\u2069",
    "tags": "\U000e0041\U000e0042",
    "no width": "\u200b\u2060\ufeff",
    "line separators": "\u2028 \u2029",
}
OWN = rb"\x1b\](?:22;[a-z]+|11;\?|[02];[^\x00-\x1f]*|9;4;[\d;]*)\x07"
"""Salon's own commands that end with a bell: the pointer's shape, the question for the background, title, progress."""
HOSTILE = " ".join(f"{name}: {sequence}." for name, sequence in OBEYED.items())


def assert_nothing_obeyed(terminal: Terminal) -> None:
    written = re.sub(OWN, b"", terminal.raw)
    for name, sequence in OBEYED.items():
        if name not in {"backspaces", "a bell", "a shift"}:
            assert sequence.encode() not in written, name
    for byte in (b"\x07", b"\x08", b"\x0e", b"\x9b", b"\x9d", b"\x90"):
        control = {b"\x9b": b"\xc2\x9b", b"\x9d": b"\xc2\x9d", b"\x90": b"\xc2\x90"}.get(byte, byte)
        assert control not in written
    for character in "\u202e\u202c\u2066\u2069\u200b\u2060\ufeff\u2028\u2029\U000e0041\U000e0042":
        assert character.encode() not in written
    assert terminal.screen.title != "hacked"  # one of its own has the cleaned title of the chat in it


def test_a_prompt_and_an_answer(home: Home) -> None:
    with home.start("--demo", f"echo {HOSTILE}", SALON_DEMO_PACE="0.05") as terminal:
        terminal.until(lambda: terminal.flowing_text.count("line separators") == 2).until("Ready")
        assert terminal.flowing_text.count("␛]52;c;aGFja2Vk␇") == 2
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)
    (_, _, prompt), (_, _, answer) = home.said()
    assert prompt == f"echo {HOSTILE}"
    assert answer == HOSTILE, "what is on disk is what was received"


def test_coming_back_to_it_and_finding_it_in_the_list(home: Home) -> None:
    assert home.run("--demo", "-p", f"echo {HOSTILE}").out == HOSTILE + "\n"
    with home.start("--demo", "-c") as terminal:
        terminal.until(lambda: terminal.flowing_text.count("line separators") == 2).send("\x0f")
        terminal.until("Open a chat").until("echo the clipboard").send("\x1b")
        terminal.until_gone("Open a chat").send("\x1b[A")  # recall
        terminal.until(lambda: "> echo the clipboard" in terminal.text)
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_a_print_to_a_terminal(home: Home) -> None:
    with home.start("--demo", "-p", f"echo {HOSTILE}") as terminal:
        assert terminal.wait_exit() == 0
        assert_nothing_obeyed(terminal)
        assert "␛]52;c;aGFja2Vk␇" in terminal.flowing_text


def test_words_that_nothing_has_are_told_harmlessly(home: Home) -> None:
    with home.start("--demo", "-r", HOSTILE) as terminal:
        assert terminal.wait_exit() == 1
        assert_nothing_obeyed(terminal)


def test_markup_of_the_screen_is_text(home: Home) -> None:
    words = "[bold red]x[/] [@click=app.quit]y[/] [/nothing] $text {0} %s <b>z</b>"
    with home.start("--demo", f"echo {words}") as terminal:
        terminal.until(
            lambda: terminal.flowing_text.count("[bold red]x[/] [@click=app.quit]y[/] [/nothing]") == 2
        ).until("Ready")
        terminal.send("\x0f")
        terminal.until("Open a chat").until("echo [bold red]x[/]")
        quit_quietly(terminal)
