"""`salon doctor` on a terminal: it asks which keys there are, and leaves nothing behind."""

import pytest

from home import Home
from terminal import assert_left_as_found


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"\x1b[?1u\x1b[?62;22c", "The terminal can send every key (kitty keyboard protocol)."),
        (b"\x1b[?62;22c", "The terminal cannot tell Shift+Enter from Enter."),
        (b"", "The terminal did not answer"),
    ],
)
def test_the_terminal_is_asked_for_its_keys(home: Home, answer: bytes, told: str) -> None:
    with home.start("doctor", "--demo", "--offline", rows=60) as terminal:
        terminal.until(lambda: b"\x1b[?u\x1b[c" in terminal.raw)
        terminal.send(answer)
        assert terminal.wait_exit() == 0
        assert told in terminal.flowing_text
        assert_left_as_found(terminal)
