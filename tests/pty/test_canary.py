"""The key is where it belongs and nowhere else, and Salon talks to the chosen host and to nobody else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from home import Home
from loopback_api import LoopbackApi, answer_of, loopback_api, text_deltas
from terminal import Terminal

CANARY = "sk-ant-canary-0123456789abcdef"
WATCH = """
import os, socket
def connect(self, address, real=socket.socket.connect):
    with open(os.environ["WATCHED"], "a") as file:
        print(address, file=file)
    return real(self, address)
def getaddrinfo(host, *rest, real=socket.getaddrinfo, **named):
    with open(os.environ["WATCHED"], "a") as file:
        print(("looked up", host), file=file)
    return real(host, *rest, **named)
socket.socket.connect, socket.getaddrinfo = connect, getaddrinfo
"""


@pytest.fixture
def api() -> Iterator[LoopbackApi]:
    with loopback_api() as server:
        yield server


@pytest.fixture
def second() -> Iterator[LoopbackApi]:
    with loopback_api() as server:
        yield server


def files_with_the_key(root: Path) -> list[Path]:
    return [file for file in root.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_a_whole_session_talks_to_the_chosen_host_alone(home: Home, api: LoopbackApi) -> None:
    (home.root / "site").mkdir()
    (home.root / "site" / "sitecustomize.py").write_text(WATCH)
    watched = home.root / "watched"
    picture = '![x](http://127.0.0.2:9/track.png) [a link](http://127.0.0.2:9/) <img src="http://127.0.0.2:9/">'
    api.events = answer_of(({"type": "text", "text": ""}, text_deltas(f"{picture} the end", 5)))
    sitecustomize = str(home.root / "site")
    with home.start(
        "--base-url",
        api.address,
        "hello",
        cold=True,
        PYTHONPATH=sitecustomize,
        WATCHED=str(watched),
        ANTHROPIC_API_KEY=CANARY,
    ) as terminal:
        terminal.until("the end").until("Ready").send("again\r")
        terminal.until(lambda: terminal.flowing_text.count("the end") == 2).until("Ready")
        assert CANARY.encode() not in arguments_of(terminal)
        terminal.send("/export\r")
        terminal.until("Export this chat").send("\x1b")
        terminal.until_gone("Export this chat").send("\x11")
        assert terminal.wait_exit() == 0
    host, _, port = api.address.removeprefix("http://").partition(":")
    connected = set(watched.read_text().splitlines())
    assert connected <= {str((host, int(port))), str(("looked up", host))}
    assert str((host, int(port))) in connected
    assert CANARY in b"".join(api.told).decode(), "the chosen host was given the key"
    assert files_with_the_key(home.root) == []
    assert CANARY.encode() not in terminal.raw


def arguments_of(terminal: Terminal) -> bytes:
    """The command lines of all processes of this user, as `ps` shows them."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes())
        except OSError:
            continue  # it has ended meanwhile
    assert terminal.process.poll() is None
    return b"\n".join(lines)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(home: Home, api: LoopbackApi, second: LoopbackApi, status: int) -> None:
    api.status, api.headers = status, {"location": f"{second.address}/v1/messages"}
    outcome = home.run("--base-url", api.address, "-p", "my words", ANTHROPIC_API_KEY=CANARY)
    assert outcome.code == 1
    assert second.told == []
    assert CANARY not in outcome.out + outcome.err
    assert files_with_the_key(home.root) == []


def test_plain_http_to_elsewhere_is_refused(home: Home) -> None:
    outcome = home.run("--base-url", "http://192.0.2.1", "-p", "my words", ANTHROPIC_API_KEY=CANARY)
    assert outcome.code != 0
    assert "https" in outcome.err
    assert CANARY not in outcome.out + outcome.err


def test_a_server_that_sends_the_key_back_does_not_spread_it(home: Home, api: LoopbackApi) -> None:
    api.status = 401
    api.body = json.dumps({"type": "error", "error": {"type": "authentication_error", "message": CANARY}}).encode()
    outcome = home.run("--base-url", api.address, "-p", "my words", ANTHROPIC_API_KEY=CANARY, ANTHROPIC_LOG="debug")
    assert outcome.code == 3
    assert CANARY not in outcome.out + outcome.err
    assert files_with_the_key(home.root) == []


def test_places_that_others_can_read_are_said(home: Home) -> None:
    (home.root / "config").mkdir(mode=0o755)
    stash = home.paths.stash_file
    stash.write_text('{"v":1,"drafts":[]}')
    for place in (stash.parent, stash):
        place.chmod(0o755)
    with home.start("--demo") as terminal:
        terminal.until("Other people on this computer can read").send("\x11")
        assert terminal.wait_exit() == 0
