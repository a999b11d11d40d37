"""The prompt box, typed into as terminals type."""

from home import Home
from terminal import Terminal

NEW_LINES = {
    "Ctrl+J": "\n",
    "Alt+Enter": "\x1b\r",
    "Shift+Enter, as kitty sends it": "\x1b[13;2u",
    "Shift+Enter, as xterm and tmux send it": "\x1b[27;2;13~",
    "backslash": "\\\r",
}
UP, DOWN = "\x1b[A", "\x1b[B"


def wait_for_answer(terminal: Terminal, last_line: str) -> None:
    """Until an answer that ends with this line is on the screen and over.

    The state before the answer has been painted over by then, so "Ready" is the state after it.
    """
    terminal.until(lambda: f"  {last_line}" in terminal.conversation).until("Ready")


def test_every_way_to_start_a_new_line(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until("A new chat with")
        for number, key in enumerate(NEW_LINES.values()):
            terminal.send(f"echo {number}a{key}{number}b\r")
            wait_for_answer(terminal, f"{number}b")
    assert home.prompts() == [f"echo {number}a\n{number}b" for number in range(len(NEW_LINES))]


def test_two_backslashes_send(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send("echo C:\\\\\r")
        wait_for_answer(terminal, "C:\\")
    assert home.prompts() == ["echo C:\\\\"]


def test_keys_that_come_in_one_burst_keep_their_order(home: Home) -> None:
    """As on a slow line: a backspace deletes what was typed before it, not what came after."""
    left, right, home_key, end, delete = "\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F", "\x1b[3~"
    typed = f"cho abX\x7fc{left}{left}{delete}{right}de{home_key}e{end}f gone\x17!\r"
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send(typed)
        wait_for_answer(terminal, "acdef !")
    assert home.prompts() == ["echo acdef !"]


def test_up_brings_earlier_prompts_back_and_down_the_draft(home: Home) -> None:
    assert home.run("--demo", "-p", "echo the other day").code == 0
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send("echo today\r")
        wait_for_answer(terminal, "today")
        terminal.send("half a thought")
        terminal.until("> half a thought").send(UP)
        terminal.until("> echo today").send(UP)
        terminal.until("> echo the other day").send(UP + DOWN)
        terminal.until("> echo today").send(DOWN)
        terminal.until("> half a thought").send(UP + UP + "\r")
        terminal.until(lambda: terminal.text.count("the other day") == 2)
    assert home.prompts() == ["echo the other day", "echo today", "echo the other day"]


def test_the_box_grows_to_twelve_lines_and_keeps_the_rest(home: Home) -> None:
    lines = [f"line {number}" for number in range(30)]
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send("echo " + "\n".join(lines))
        terminal.until("line 29")
        assert "line 18" in terminal.text
        assert "line 17\n" not in terminal.text
        terminal.send("\r")
        terminal.until("▎ line 29")
    assert home.prompts() == ["echo " + "\n".join(lines)]


def test_wide_and_combined_characters_are_sent_as_typed(home: Home) -> None:
    words = "echo 漢字\u3000かな e\u0301 👩\u200d💻 ❤\ufe0f oui\u202f! non\xa0: שלום ไทย"
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send(words + "\r")
        # pyte drops the rest of a row after a joiner, so the words are looked for on disk.
        terminal.until(lambda: len(home.chats()) == 1 and home.prompts() != [])
    assert home.prompts() == [words]


def test_a_terminal_with_another_encoding_cannot_end_the_app(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send(b"echo caf\xe9 au lait\r")
        wait_for_answer(terminal, "caf\ufffd au lait")
    (prompt,) = home.prompts()
    assert prompt == "echo caf\ufffd au lait"
