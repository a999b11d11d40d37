"""Quitting at any moment, and being ended: nothing is lost, and the terminal is as it was found."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from home import Home
from terminal import Terminal, assert_left_as_found

QUIT = "\x11"
SECONDS_TO_QUIT = 2.0


def until_ready(terminal: Terminal) -> None:
    terminal.until("A new chat with")


def until_first_bytes(terminal: Terminal) -> None:
    terminal.until(lambda: b"\x1b[?1049h" in terminal.raw)


def until_streaming(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("long\r")
    terminal.until("This answer is long").until("Streaming")


def until_thinking(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("thinking\r")
    terminal.until("Thinking")


def until_waiting(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("slow\r")
    terminal.until("Waiting")


def until_retrying(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("error 529 always\r")
    terminal.until("Retrying 2 of 5")


def until_just_sent(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("long\r")


def until_picking(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("\x0f")
    terminal.until("Open a chat").send("wor")
    terminal.until("wor")


def until_picking_a_model(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("\x0c")
    terminal.until("Choose a model")


def until_reading_help(terminal: Terminal) -> None:
    until_ready(terminal)
    terminal.send("\x1bOP")
    terminal.until("Keys")


MOMENTS = [
    until_first_bytes,
    until_ready,
    until_just_sent,
    until_waiting,
    until_thinking,
    until_streaming,
    until_retrying,
    until_picking,
    until_picking_a_model,
    until_reading_help,
]


def quit_in_time(terminal: Terminal, keys: str = QUIT) -> None:
    terminal.send(keys)
    assert terminal.wait_exit(SECONDS_TO_QUIT) == 0
    assert_left_as_found(terminal)
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__.replace("_", "-"))
def test_quitting_at_any_moment(home: Home, moment: Callable[[Terminal], None]) -> None:
    with home.start("--demo", SALON_DEMO_PACE="1") as terminal:
        moment(terminal)
        quit_in_time(terminal)
    endings = {message.status.value for chat in home.chats() for message in chat.messages.values()}
    assert endings <= {"complete", "stopped"}
    assert "ERROR" not in home.log()


def test_quitting_before_the_first_picture_of_a_real_start(home: Home) -> None:
    with home.start("--demo", cold=True) as terminal:
        until_first_bytes(terminal)
        quit_in_time(terminal)


def test_quitting_on_the_welcome_screen(home: Home) -> None:
    with home.start() as terminal:
        terminal.until("An API key").send("sk-ant-half-a-k")
        quit_in_time(terminal)
    assert not home.paths.credentials_file.exists()


def test_quitting_twenty_times_at_once_is_quitting_once(home: Home) -> None:
    with home.start("--demo", SALON_DEMO_PACE="1") as terminal:
        until_streaming(terminal)
        quit_in_time(terminal, QUIT * 20)
    assert [status for _, status, _ in home.said()] == ["complete", "stopped"]


def test_a_prompt_sent_in_the_burst_before_quitting_is_sent_or_kept(home: Home) -> None:
    with home.start("--demo") as terminal:
        until_ready(terminal)
        quit_in_time(terminal, "echo one\r" + QUIT)
    assert [*home.prompts(), *(draft.text for draft in home.drafts())] == ["echo one"]


def test_what_was_typed_in_the_burst_before_quitting_is_kept(home: Home) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    with home.start("--demo") as terminal:
        until_ready(terminal)
        quit_in_time(terminal, words + QUIT)
    assert [draft.text for draft in home.drafts()] == [words]


def test_ctrl_c_says_how_to_quit(home: Home) -> None:
    with home.start("--demo") as terminal:
        until_ready(terminal)
        terminal.send("\x03")
        terminal.until("Ctrl+Q quits")
        quit_in_time(terminal)


@contextmanager
def silent_server() -> Iterator[str]:
    """A server that takes every connection and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connections: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    connections.append(listener.accept()[0])
            except OSError:
                pass  # the test is over

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in connections:
                connection.close()


def test_a_server_that_says_nothing_can_be_stopped_and_left(home: Home) -> None:
    """The app asks such a server for its models first; that must not take the keys away."""
    with silent_server() as url, home.start("--base-url", url) as terminal:
        terminal.until("127.0.0.1").send("are you there?\r")
        terminal.until("▎ are you there?").until("Connecting").send("\x1b")
        terminal.until("Stopped").send("and now?\r")
        terminal.until("▎ and now?").until("Connecting").send("a draft")
        terminal.until("> a draft")
        quit_in_time(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_app_with_everything_saved(home: Home, number: signal.Signals) -> None:
    with home.start("--demo", SALON_DEMO_PACE="1") as terminal:
        until_streaming(terminal)
        terminal.send("my next question")
        terminal.until("> my next question")
        os.kill(terminal.process.pid, number)
        assert terminal.wait_exit(SECONDS_TO_QUIT) == 0
        assert_left_as_found(terminal)
        shown = [row.strip() for row in terminal.conversation if row.startswith("  ")]
    (_, _, question), (_, status, answer) = home.said()
    assert (question, status) == ("long", "stopped")
    assert answer.split()[:3] == ["#", "70", "numbers"]
    assert shown[1].removesuffix("Stopped.") in " ".join(answer.split())
    assert [draft.text for draft in home.drafts()] == ["my next question"]


def test_closing_the_window_is_an_orderly_end(home: Home) -> None:
    with home.start("--demo", SALON_DEMO_PACE="1") as terminal:
        until_streaming(terminal)
        terminal.send("my next question")
        terminal.until("> my next question").hang_up()
        # Python says 120 where standard output cannot be flushed at the very end; nobody is there to hear it.
        assert terminal.wait_exit(5.0) in {0, 120}
    assert [(role, status) for role, status, _ in home.said()] == [("user", "complete"), ("assistant", "stopped")]
    assert [draft.text for draft in home.drafts()] == ["my next question"]
    assert "Salon crashed" not in home.log()


def test_ctrl_c_while_it_starts_is_no_traceback(home: Home) -> None:
    """Before Textual takes the keys over, Ctrl+C is still a signal; while Python itself starts it is not ours."""
    for wait in (0.25, 0.35, 0.45):
        with home.start("--demo", cold=True, PYTHONWARNINGS="") as terminal:
            terminal.read_for(wait)
            if b"\x1b[?1049h" not in terminal.raw:
                os.kill(terminal.process.pid, signal.SIGINT)
                code = terminal.wait_exit()
                assert code in {130, -signal.SIGINT}
                assert "in main" not in terminal.text  # of a traceback, which says where it was
