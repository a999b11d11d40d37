"""A terminal that says whether it is dark or light is followed, and nothing of what it says is typed."""

import pytest

from home import Home
from terminal import Terminal, quit_quietly

ASKED = b"\x1b]11;?"
LIGHT = "\x1b]11;rgb:fafa/f8f8/f5f5\x1b\\"
NOW_DARK, NOW_LIGHT = "\x1b[?997;1n", "\x1b[?997;2n"
DARK_GROUND, LIGHT_GROUND = "1b1917", "faf8f5"


def shown_on(terminal: Terminal, ground: str) -> bool:
    return all(terminal.screen.buffer[row][60].bg == ground for row in (2, 5, 9))


@pytest.mark.parametrize("cut", [0, 1, 2, 9, len(LIGHT) - 1])
def test_a_light_terminal_gets_light_colours(home: Home, cut: int) -> None:
    with home.start("--demo", cold=False, COLORTERM="truecolor") as terminal:
        terminal.until(lambda: ASKED in terminal.raw)
        terminal.send(LIGHT[:cut])
        terminal.read_for(0.05 if cut else 0.0)
        terminal.send(LIGHT[cut:])
        terminal.until(lambda: shown_on(terminal, LIGHT_GROUND)).until("Ready")
        terminal.send("words")
        terminal.until("> words")
        assert "rgb" not in terminal.text
        for report, ground in ((NOW_DARK, DARK_GROUND), (NOW_LIGHT, LIGHT_GROUND)):
            terminal.send(report)
            terminal.until(lambda ground=ground: shown_on(terminal, ground))  # type: ignore[misc]
        terminal.send("!")
        terminal.until("> words!")
        quit_quietly(terminal)


def test_who_chose_a_theme_is_not_asked_and_late_replies_are_not_typed(home: Home) -> None:
    with home.start("--demo", cold=False, COLORTERM="truecolor", SALON_THEME="salon-dark") as terminal:
        terminal.until("Ready").send(f"one{LIGHT}two{NOW_LIGHT}three")
        terminal.until("> onetwothree")
        assert shown_on(terminal, DARK_GROUND)
        assert ASKED not in terminal.raw
        quit_quietly(terminal)


def test_the_console_that_would_print_the_question_is_not_asked(home: Home) -> None:
    with home.start("--demo", cold=False, TERM="linux") as terminal:
        terminal.until("Ready")
        quit_quietly(terminal)
        assert ASKED not in terminal.raw


def test_esc_still_works_while_a_reply_is_expected(home: Home) -> None:
    with home.start("--demo", cold=False) as terminal:
        terminal.until(lambda: ASKED in terminal.raw).until("Ready")
        terminal.send("/the")
        terminal.until("/theme").send("\x1b")
        terminal.until_gone("Choose other colours")
        quit_quietly(terminal)
