"""The mouse released to the terminal, and the conversation printed to its scrollback on the way out."""

from home import Home
from terminal import Terminal, assert_left_as_found

LEFT = b"\x1b[?1049l"
RELEASED, TAKEN = b"\x1b[?1003l", b"\x1b[?1003h"


def answered(home: Home, text: str, print_on_exit: str = "no") -> Terminal:
    told = {"SALON_DEMO_PACE": "0.05", "SALON_PRINT_ON_EXIT": print_on_exit}
    return home.start("--demo", f"echo {text}", columns=100, rows=30, cold=False, **told)


def until_answered(terminal: Terminal) -> None:
    terminal.until(lambda: terminal.flowing_text.count("some words") >= 2).until("Ready")


def test_a_key_releases_the_mouse_and_takes_it_back(home: Home) -> None:
    with answered(home, "hello") as terminal:
        terminal.until("Ready").until(lambda: TAKEN in terminal.raw)
        before = len(terminal.raw)
        terminal.send("\x1bo")
        terminal.until("mouse released")
        assert RELEASED in terminal.raw[before:]
        before = len(terminal.raw)
        terminal.send("\x1bo")
        terminal.until_gone("mouse released")
        assert TAKEN in terminal.raw[before:]
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert_left_as_found(terminal)


def test_a_mouse_that_was_only_borrowed_is_given_back(home: Home) -> None:
    with home.start("--demo", SALON_MOUSE="no") as terminal:
        terminal.until("A new chat with")
        assert TAKEN not in terminal.raw
        terminal.send("\x1bo")
        terminal.until("Salon has the mouse")
        assert TAKEN in terminal.raw
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert_left_as_found(terminal)


def test_the_conversation_is_printed_after_the_screen_is_left(home: Home) -> None:
    with answered(home, "**bold** words\x1b[31m") as terminal:
        terminal.until(lambda: terminal.flowing_text.count("bold") >= 2).until("Ready")
        terminal.send("\x18\x11")
        assert terminal.wait_exit() == 0
        after = bytes(terminal.raw.rpartition(LEFT)[2]).decode()
        assert "> echo **bold** words␛[31m\r\n\r\n**bold** words␛[31m\r\n" in after
        assert "\x1b[31m" not in after


def test_quitting_prints_where_the_setting_says_so_and_else_nothing(home: Home) -> None:
    for setting, expected in (("yes", True), ("no", False)):
        with answered(home, "some words", setting) as terminal:
            until_answered(terminal)
            terminal.send("\x11")
            assert terminal.wait_exit() == 0
            after = bytes(terminal.raw.rpartition(LEFT)[2])
            assert (b"> echo some words" in after) is expected
