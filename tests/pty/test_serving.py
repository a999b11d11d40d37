"""The server of `salon serve` over real connections, with a small program in the place of Salon."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from home import Home
from salon.arguments import parser, spelled
from salon.commands import serving
from salon.commands.line import run
from salon.commands.serving import authority_of, listen, shows_windows
from salon.errors import SalonError, UsageError
from salon.serving import tabs
from salon.serving.door import COOKIE, Door
from salon.serving.server import Server, assets
from salon.serving.tabs import Closing
from salon.serving.terminal import HiddenTerminal, environment
from waiting import until

PROGRAM = """
import os, shutil, signal, sys, tty
tty.setraw(0)
def say(text): os.write(1, text.encode())
def size(*_): say("size %dx%d;" % tuple(os.get_terminal_size(0)))
def hang_up(*_):
    open(sys.argv[1], "a").write("saved;")
    os._exit(0)
signal.signal(signal.SIGWINCH, size)
signal.signal(signal.SIGHUP, hang_up)
say("\\x1b[?1049h\\x1b[?2004h\\x1b]2;A title\\x07ready;")
while key := os.read(0, 100):
    if key == b"q": break
    if key == b"b": say("\\x07")
    say("key %r;" % key.decode())
"""
"""Says what it is told; writes to a file when it is hung up."""


@dataclass
class Guest:
    """A browser: with or without the cookie, and with the headers that it sends."""

    session: aiohttp.ClientSession
    door: Door
    kept: Path
    """What the programs have saved."""
    cookie: str = ""

    async def get(self, path: str = "", **headers: str) -> aiohttp.ClientResponse:
        address = f"{self.door.origin}{path if path.startswith('/') else self.door.path + path}"
        async with self.session.get(address, headers=self._with_cookie(headers)) as response:
            await response.read()
            return response

    async def come_in(self) -> None:
        response = await self.get(f"?{self.door.link().partition('?')[2]}")
        assert response.status == 200
        self.cookie = response.cookies[COOKIE].value

    @asynccontextmanager
    async def tab(self, name: str = "a-tab-name", **headers: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        told = self._with_cookie({"Origin": self.door.origin} | headers)
        address = f"{self.door.origin}{self.door.path}ws/{name}?width=100&height=30"
        async with self.session.ws_connect(address, headers=told) as connection:
            yield connection

    def _with_cookie(self, headers: dict[str, str]) -> dict[str, str]:
        return headers | ({"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {})


@pytest.fixture
async def guest(tmp_path: Path) -> AsyncIterator[Guest]:
    kept = tmp_path / "kept"
    kept.touch()

    async def start(columns: int, rows: int) -> HiddenTerminal:
        command = [sys.executable, "-ISc", PROGRAM, str(kept)]
        return await HiddenTerminal.start(command, {"PATH": "/bin"}, columns, rows)

    with listen("127.0.0.1", 0) as listening:
        door, until = Door(authority_of(listening)), asyncio.Event()
        running = asyncio.create_task(Server(door, start, lambda: None).run(listening, until))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield Guest(session, door, kept)
            until.set()
            await running


async def heard(connection: aiohttp.ClientWebSocketResponse, wanted: str) -> str:
    """What is shown until `wanted` is in it."""
    shown = ""
    async with asyncio.timeout(20):
        async for message in connection:
            shown += message.data.decode() if message.type is aiohttp.WSMsgType.BINARY else f"<{message.data}>"
            if wanted in shown:
                return shown
    raise AssertionError(f"no {wanted!r} in {shown!r}, closed with {connection.close_code}")


async def closed(connection: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(20):
        async for _ in connection:
            pass
    code: int | None = connection.close_code
    return code


# who gets in


async def test_nothing_is_given_without_the_cookie(guest: Guest) -> None:
    guest.door.link()
    for path in ("", *assets(), "ws/a-tab-name", "?token=wrong", "nothing", "/", "/static/", "/ws"):
        response = await guest.get(path)
        assert response.status == 403, path
        assert "Set-Cookie" not in response.headers
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        async with guest.tab():
            pass


async def test_the_link_gives_a_cookie_that_scripts_and_other_sites_never_see(guest: Guest) -> None:
    link = guest.door.link().partition("?")[2]
    first = await guest.get(f"?{link}")
    cookie = first.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", guest.door.path)
    assert (await guest.get(f"?{link}")).status == 403
    guest.cookie = cookie.value
    again = await guest.get(f"?{link}")  # the person's own browser goes back to it
    assert (again.status, again.cookies) == (200, {})


async def test_every_file_of_the_page_is_there_and_nothing_else(guest: Guest) -> None:
    await guest.come_in()
    assert [(await guest.get(name)).status for name in assets()] == [200] * len(assets())
    for path in ("nothing", "../page.js", "%2e%2e/door.py", "ws/", "ws/a", "ws/a-tab-name/x", "server.py"):
        assert (await guest.get(path)).status in {403, 404}, path
    async with guest.session.post(guest.door.origin + guest.door.path, headers={"Cookie": guest.cookie}) as response:
        assert response.status == 403


async def test_no_other_page_and_no_other_name_gets_an_answer(guest: Guest) -> None:
    await guest.come_in()
    strangers = [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": f"localhost:{guest.door.authority.rpartition(':')[2]}"},
    ]
    for headers in strangers:
        response = await guest.get("page.js", **headers)
        assert response.status == 421
        assert "Access-Control-Allow-Origin" not in response.headers
        with pytest.raises(aiohttp.WSServerHandshakeError, match="421"):
            async with guest.tab(**headers):
                pass
    with pytest.raises(aiohttp.WSServerHandshakeError, match="421"):
        async with guest.session.ws_connect(
            f"{guest.door.origin}{guest.door.path}ws/a-tab-name", headers={"Cookie": f"{COOKIE}={guest.cookie}"}
        ):
            pass


async def test_every_answer_forbids_what_the_page_does_not_need(guest: Guest) -> None:
    refused = await guest.get("/")
    await guest.come_in()
    for response in (refused, await guest.get(), await guest.get("page.js"), await guest.get("nothing")):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert f"connect-src ws://{guest.door.authority};" in policy
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "aiohttp" not in response.headers["Server"]


# a tab


async def test_a_tab_types_and_changes_its_size(guest: Guest) -> None:
    await guest.come_in()
    async with guest.tab() as tab:
        await heard(tab, "ready;")
        for message in ("no json", "[]", '["stdin", "ä"]'):
            await tab.send_str(message)
        await heard(tab, "key 'ä'")
        await tab.send_str('["resize", {"width": 90, "height": 20}]')
        await heard(tab, "size 90x20;")
        await tab.send_str('["ping", "7"]')
        await heard(tab, '["pong", "7"]')
        await tab.send_str('["stdin", "b"]')
        await heard(tab, '["bell", ""]')
        await tab.send_str('["stdin", "q"]')
        assert await closed(tab) == Closing.ENDED


async def test_a_tab_that_loads_anew_finds_its_program_again(guest: Guest) -> None:
    await guest.come_in()
    async with guest.tab() as tab:
        await heard(tab, "ready;")
    async with guest.tab() as tab:
        shown = await heard(tab, "size 100x30;")
        assert shown.startswith("\x1b[?1049h\x1b[?2004h")
        assert '<["title", "A title"]>' in shown
        assert "ready" not in shown
        async with guest.tab() as duplicate:
            assert await closed(tab) == Closing.TAKEN_OVER
            await heard(duplicate, "size 100x30;")
            async with guest.tab("another-name") as other:
                await heard(other, "ready;")
    assert guest.kept.read_text() == ""


async def test_a_tab_that_was_closed_ends_its_program_in_order(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "GRACE", 0.0)
    await guest.come_in()
    async with guest.tab() as tab:
        await heard(tab, "ready;")
    await until(lambda: guest.kept.read_text() == "saved;")
    async with guest.tab() as tab:
        await heard(tab, "ready;")


async def test_what_a_program_leaves_running_keeps_no_tab_open() -> None:
    script = (
        "import os,time\nif os.fork(): os._exit(0)\nimport signal; signal.signal(1, signal.SIG_IGN); time.sleep(30)"
    )
    terminal = await HiddenTerminal.start([sys.executable, "-ISc", script], {"PATH": "/bin"}, 80, 24)
    async with asyncio.timeout(10):
        while await terminal.read():
            pass
        assert await terminal.wait() == 0
    terminal.close()


# the command


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.com", "", "fe80::1%eth0", "127.0.0.1:80"])
def test_other_addresses_than_loopback_are_refused(host: str) -> None:
    with pytest.raises(UsageError, match="this machine only"):
        listen(host, 0)


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SalonError, match=f"port {port}.*another --port"):
            raise SalonError(_refusal(port))
    with pytest.raises(UsageError, match="no port 70000"):
        listen("127.0.0.1", 70_000)


def _refusal(port: int) -> str:
    with pytest.raises(SalonError) as refused:
        listen("localhost", port)
    return refused.value.sentence()


def test_the_address_is_written_as_browsers_do() -> None:
    with suppress(SalonError), listen("::1", 0) as six:  # a machine may have no IPv6
        assert authority_of(six) == f"[::1]:{six.getsockname()[1]}"
    with listen("127.0.0.1", 0) as four:
        assert authority_of(four) == f"127.0.0.1:{four.getsockname()[1]}"


def test_a_tab_is_started_with_the_same_options() -> None:
    words = ["--demo", "--session=0123456789ab", "--model=a model", "--system=--odd", "--effort=high"]
    assert sorted(spelled(parser(), parser().parse_args(words))) == sorted(words)
    assert spelled(parser(), parser().parse_args(["-r"])) == ["--resume="]
    assert spelled(parser(), parser().parse_args([])) == []


def test_a_tab_knows_nothing_of_the_terminal_that_the_server_runs_in() -> None:
    told = environment(
        {"TERM": "screen", "TMUX": "x", "KITTY_WINDOW_ID": "1", "LINES": "9", "PATH": "p", "NO_COLOR": "1"}
    )
    assert told == {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PATH": "p", "NO_COLOR": "1"}


def test_a_browser_is_opened_only_where_the_person_sits() -> None:
    assert shows_windows({"DISPLAY": ":0"}) or sys.platform == "darwin"
    assert not shows_windows({"DISPLAY": ":0", "SSH_CONNECTION": "x"})


def test_the_browser_is_led_to_the_link_without_anybody_reading_it(home: Home, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "a-browser"
    browser.write_text(f'#!/bin/sh\nstat -c %a "${{1#file://}}" >{opened}\ncat "${{1#file://}}" >>{opened}\n')
    browser.chmod(0o700)
    with home.start("serve", "--demo", DISPLAY=":0", BROWSER=f"{browser} %s") as terminal:
        terminal.until("Ctrl+C ends")
        terminal.until(lambda: opened.exists() and opened.read_text().endswith('">'))
        link = next(word for word in terminal.text.split() if word.startswith("http://"))
        mode, page = opened.read_text().split("\n", 1)
        assert (mode, link in page) == ("600", True)
        listed = subprocess.run(["ps", "axwwe", "-o", "command"], capture_output=True, text=True, check=True).stdout
        assert link.partition("token=")[2] not in listed
        terminal.send("\n")
        terminal.until(lambda: terminal.text.count("http://") == 2)
        terminal.send("\x03")
        assert terminal.wait_exit() == 0
    assert list(home.paths.for_demo().state.glob("serve-*")) == []
    assert link.partition("token=")[2] not in home.log()


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(serving, "_NEEDS", ("a_package_that_is_not_here",))
    assert run(["serve"]) == 1
    assert "pip install 'salon[serve]'" in capsys.readouterr().err


def test_the_command_listens_nowhere_else(home: Home) -> None:
    outcome = home.run("serve", "--host", "0.0.0.0")
    assert (outcome.code, outcome.out) == (2, "")
    assert "ssh -L" in outcome.err


def test_a_salon_without_a_shell_is_not_suspended(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until("Type tour, and press Enter")
        terminal.send("\x1a")
        terminal.until("No shell has started Salon here")
        terminal.send("still here")
        terminal.until("> still here")
