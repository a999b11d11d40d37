"""The key is where it belongs and nowhere else, and Salon talks to the chosen host and to nobody else."""

import json
import zipfile
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


def test_a_whole_session_talks_to_the_chosen_host_alone(home: Home, api: LoopbackApi, second: LoopbackApi) -> None:
    (home.root / "site").mkdir()
    (home.root / "site" / "sitecustomize.py").write_text(WATCH)
    watched = home.root / "watched"
    away = second.address
    picture = f'![x]({away}/track.png) [a link]({away}/) <img src="{away}/"> [![y]({away}/y.svg)]({away}/z)'
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
    assert second.told == [], "no picture is fetched, no link is looked at"
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


@pytest.mark.parametrize(
    ("command", "status"),
    [*(("-p my-words", status) for status in (301, 302, 303, 307, 308)), ("models", 307), ("doctor", 302)],
)
def test_a_redirection_is_not_followed(
    home: Home, api: LoopbackApi, second: LoopbackApi, command: str, status: int
) -> None:
    api.status, api.headers = status, {"location": f"{second.address}/v1/messages"}
    outcome = home.run(*command.split(), "--base-url", api.address, ANTHROPIC_API_KEY=CANARY)
    assert outcome.code == 1
    assert api.told
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


def recording(place: Path, name: str, told: Path, *, then: str = "") -> None:
    """A program that notes its arguments and its environment, and does nothing else unless `then` says what."""
    program = place / name
    program.write_text(f'#!/bin/sh\n{{ echo "STARTED {name} $@"; env; }} >> {told}\n{then}\n')
    program.chmod(0o700)


CHILDREN = ("the-editor", "the-browser", "xclip", "git", "tools")


def test_nothing_that_is_started_knows_the_key(home: Home, api: LoopbackApi) -> None:
    """The editor, the browser, the clipboard, git and a tool server; and no copy, picture or export has it either."""
    programs, told = home.root / "programs", home.root / "told"
    programs.mkdir()
    for name in CHILDREN:
        recording(programs, name, told, then="cat > /dev/null" if name == "xclip" else "")
    home.paths.config.mkdir()
    home.paths.settings_file.write_text(f'[mcp.own]\ncommand = ["{programs / "tools"}"]\npass_env = ["LANG"]\n')
    api.events = answer_of(({"type": "text", "text": ""}, text_deltas("[a link](https://example.org/) the end", 5)))
    environment = {
        "PATH": f"{programs}:{home.environment()['PATH']}",
        "EDITOR": "the-editor",
        "BROWSER": "the-browser",
        "DISPLAY": ":0",
        "ANTHROPIC_API_KEY": CANARY,
        "ANTHROPIC_AUTH_TOKEN": "",
        "MY_SECRET": CANARY,
        "PWD": str(home.root),
    }
    with home.start("--base-url", api.address, "hello", columns=100, rows=30, cold=False, **environment) as terminal:
        terminal.until("the end").until("Ready").send("words")
        terminal.until("> words").send("\x1b[23~")
        terminal.until(lambda: "STARTED the-editor" in told.read_text()).until("> words").send("\x18h\x7f@")
        terminal.until(lambda: "STARTED git" in told.read_text()).send("\x18h\x7f")
        terminal.until_gone("> @").send("\x1bOR")
        terminal.until(lambda: "STARTED xclip" in told.read_text()).until("Copied").send("\x1b[Z")
        terminal.read_for(0.3).send("o")
        terminal.until("Open example.org?").send("\r")
        terminal.until(lambda: "STARTED the-browser" in told.read_text())
        assert CANARY.encode() not in arguments_of(terminal)
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
    assert {name for name in CHILDREN if f"STARTED {name}" in told.read_text()} == set(CHILDREN)
    assert files_with_the_key(home.root) == []
    assert CANARY.encode() not in terminal.raw


def test_a_bundle_for_a_report_and_the_debug_log_have_no_key(home: Home, api: LoopbackApi) -> None:
    api.status, api.body = 500, CANARY.encode()
    bundle = home.root / "bundle.zip"
    for command in (["-p", "hello"], ["doctor", "--bundle", str(bundle)], ["doctor", "--json"], ["config", "show"]):
        base = [] if command[0] == "config" else ["--base-url", api.address]
        outcome = home.run(
            *command,
            *base,
            ANTHROPIC_API_KEY=CANARY,
            ANTHROPIC_LOG="debug",
            HTTPX_LOG_LEVEL="trace",
            PYTHONASYNCIODEBUG="1",
        )
        assert CANARY not in outcome.out + outcome.err, command
    with zipfile.ZipFile(bundle) as packed:
        assert [name for name in packed.namelist() if CANARY.encode() in packed.read(name)] == []
    assert files_with_the_key(home.root) == []


def test_settings_with_secrets_that_others_can_read_are_said(home: Home) -> None:
    home.paths.config.mkdir(mode=0o755)
    home.paths.settings_file.write_text('[mcp.own]\ncommand = ["x"]\nenv = { TOKEN = "secret" }\nenabled = false\n')
    for place in (home.paths.config, home.paths.settings_file):
        place.chmod(0o755)
    with home.start("--demo") as terminal:
        terminal.until("which has").send("\x11")
        assert terminal.wait_exit() == 0
        assert b"TOKEN" not in terminal.raw
