"""A disk that takes nothing: said at once, said again before something is lost, and never in the way of the answer."""

from home import Home
from terminal import assert_left_as_found, quit_quietly

NOWHERE = "/dev/null/config"
"""No directory can be made here, not even by root."""


def test_quitting_says_once_what_would_be_lost(home: Home) -> None:
    with home.start("--demo", SALON_CONFIG_DIR=NOWHERE) as terminal:
        terminal.until("A new chat with").send("echo one\r")
        terminal.until("Not saved:").until("UNSAVED").until("Ready").send("\x11")
        terminal.until("Ctrl+Q once more quits")
        assert terminal.process.poll() is None
        quit_quietly(terminal)


def test_a_signal_does_not_wait_for_an_answer(home: Home) -> None:
    with home.start("--demo", "echo one", SALON_CONFIG_DIR=NOWHERE) as terminal:
        terminal.until("UNSAVED").hang_up()
        assert terminal.wait_exit(5) in {0, 120}


def test_an_empty_chat_is_nothing_to_lose(home: Home) -> None:
    with home.start("--demo", SALON_CONFIG_DIR=NOWHERE) as terminal:
        terminal.until("A new chat with").send("\x11")
        assert terminal.wait_exit() == 0
        assert_left_as_found(terminal)


def test_print_answers_and_says_that_it_is_not_saved(home: Home) -> None:
    outcome = home.run("--demo", "-p", "echo one", SALON_CONFIG_DIR=NOWHERE)
    assert (outcome.code, outcome.out) == (0, "one\n")
    assert "Not saved:" in outcome.err
    assert outcome.err.endswith("this answer is not saved.\n")
