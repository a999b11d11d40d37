"""The first start: no key, a wrong key, a right one, the demo, a server of one's own."""

from collections.abc import Iterator

import pytest

from home import Home
from salon.demo.server import DemoServer
from terminal import Terminal, quit_quietly

F2, F9, TAB, BACK_TAB, CLEAR = "\x1bOQ", "\x1b[20~", "\t", "\x1b[Z", "\x15"


def slowly(terminal: Terminal, *keys: str) -> None:
    """Type at a person's speed: in one burst, keys that are bound would be overtaken by those after them."""
    for key in keys:
        terminal.send(key)
        terminal.read_for(0.15)


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A server on this machine that wants a key: the demo's, which speaks the API as Anthropic's does."""
    with DemoServer(pace=0) as demo:
        yield demo


def test_without_a_key_it_says_how_to_begin_and_f2_opens_the_demo(home: Home) -> None:
    with home.start("echo my first words", columns=80, rows=24) as terminal:
        terminal.until("An API key").until("No key: F2 opens the demo").until("A server of your own")
        terminal.send(F2)
        terminal.until("DEMO scripted").until("▎ echo my first words").until("Ready")
        assert home.prompts() == ["echo my first words"]
        quit_quietly(terminal)


def test_what_was_to_be_sent_is_kept_where_the_welcome_is_left(home: Home) -> None:
    with home.start("echo my first words") as terminal:
        terminal.until("An API key").send("\x1b")
        terminal.until("> echo my first words").send("\r")
        terminal.until("An API key").send("\x1b")
        terminal.until("> echo my first words")
        quit_quietly(terminal)


def test_a_wrong_key_is_told_and_a_right_one_goes_on(home: Home, server: DemoServer) -> None:
    wrong = "sk-ant-wrong-" + "0" * 40
    with home.start("--base-url", server.base_url) as terminal:
        terminal.until("127.0.0.1").send(F9)
        terminal.until("An API key").send(wrong + "\r")
        terminal.until("rejected the API key ending")
        slowly(terminal, CLEAR, "two words\r")
        terminal.until_gone("rejected the API key")
        slowly(terminal, CLEAR, server.api_key, TAB, " ", BACK_TAB, "\r")
        terminal.until_gone("An API key").send("echo with a key\r")
        terminal.until("▎ echo with a key").until("Ready")
        quit_quietly(terminal)
        assert wrong.encode() not in terminal.raw
        assert server.api_key.encode() not in terminal.raw
    assert home.paths.credentials_file.stat().st_mode & 0o777 == 0o600
    assert server.api_key in home.paths.credentials_file.read_text()
    assert home.run("--base-url", server.base_url, "-p", "echo and again").out == "and again\n"
    assert server.api_key not in home.log()
    assert wrong not in home.log()


def test_a_rejected_key_on_the_way_names_where_it_came_from(home: Home, server: DemoServer) -> None:
    outcome = home.run("--base-url", server.base_url, "-p", "hello", ANTHROPIC_API_KEY="sk-ant-stale-0000000000")
    assert outcome.code == 3
    assert "ANTHROPIC_API_KEY" in outcome.err
    assert "sk-ant-stale" not in outcome.err


def test_a_server_of_ones_own_that_is_not_there_or_may_not_be_used(home: Home) -> None:
    with home.start() as terminal:
        terminal.until("An API key")
        slowly(terminal, TAB, TAB, "http://127.0.0.1:1\r")
        terminal.until("Nothing answers at 127.0.0.1:1.")
        slowly(terminal, CLEAR, "http://example.com\r")
        terminal.until("https").send("\x1b")
        terminal.until_gone("An API key")
        quit_quietly(terminal)
