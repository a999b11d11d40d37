"""A real browser without a window, driven over its own debugging protocol.

What a page shows is a picture drawn on a canvas; what its terminal was sent is read from the browser's network log and
drawn once more on a pyte screen, so a test reads words there and looks at the picture for what words cannot tell.
"""

import asyncio
import base64
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pyte

from terminal import UNKNOWN_TO_PYTE

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 30.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--remote-debugging-port=0",
)
_KEYS = {
    "\r": ("Enter", 13),
    "\x1b": ("Escape", 27),
}


def program() -> str | None:
    """A browser of this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Browser:
    """The browser; each page of it lives in a profile of its own unless it is told otherwise."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}
        self._listening = asyncio.create_task(self._listen())

    async def ask(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        await self._connection.send_json(message | ({"sessionId": session} if session else {}))
        return await asyncio.wait_for(self._answers[number], PATIENCE)

    async def page(self, profile: str = "") -> "Page":
        """An empty page of a new profile, or of one that another page has."""
        profile = profile or (await self.ask("Target.createBrowserContext"))["browserContextId"]
        target = (await self.ask("Target.createTarget", url="about:blank", browserContextId=profile))["targetId"]
        session = (await self.ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        page = self._pages[session] = Page(self, target, session, profile)
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.ask(f"{domain}.enable", session)
        return page

    async def close(self) -> None:
        await self.ask("Browser.close")
        self._listening.cancel()

    async def _listen(self) -> None:
        async for message in self._connection:
            told = json.loads(message.data)
            if "id" in told:
                waiting = self._answers.pop(told["id"])
                if "error" in told:
                    waiting.set_exception(RuntimeError(told["error"]["message"]))
                else:
                    waiting.set_result(told["result"])
            elif (page := self._pages.get(told.get("sessionId", ""))) is not None:
                page.hear(told["method"], told["params"])


class Page:
    """One tab."""

    def __init__(self, browser: Browser, target: str, session: str, profile: str) -> None:
        self._browser, self._target, self._session = browser, target, session
        self.profile = profile
        self.requested: list[str] = []
        """Every address that was asked for."""
        self.complaints: list[str] = []
        """What the page threw, and what its policy refused."""
        self.statuses: dict[str, int] = {}
        """The last status of each address."""
        self._screen = pyte.Screen(200, 100)
        self._stream = pyte.ByteStream(self._screen)
        self._connections = 0
        self._changed = asyncio.Event()

    def hear(self, method: str, told: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.requested.append(told["request"]["url"])
            case "Network.webSocketCreated":
                self.requested.append(told["url"])
                self._connections += 1
                self._screen.reset()
            case "Network.responseReceived":
                self.statuses[told["response"]["url"]] = told["response"]["status"]
            case "Network.webSocketFrameReceived" if told["response"]["opcode"] == 2:
                data = base64.b64decode(told["response"]["payloadData"])
                self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data))
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["exceptionDetails"])[:500])
            case "Runtime.consoleAPICalled" if told["type"] in {"error", "assert"}:
                self.complaints.append(json.dumps(told["args"])[:500])
            case "Log.entryAdded" if told["entry"]["level"] == "error":
                self.complaints.append(told["entry"]["text"])
            case "Network.loadingFailed":
                self.complaints.append(told["errorText"])
        self._changed.set()

    @property
    def words(self) -> str:
        """What the terminal shows, with one blank between words."""
        return " ".join(" ".join(self._screen.display).split())

    async def until(self, wanted: str | Callable[[], object]) -> None:
        """Wait until a text is shown or a condition holds."""

        def holds() -> bool:
            return wanted in self.words if isinstance(wanted, str) else bool(wanted())

        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"no {wanted!r} in {self.words!r}; complaints: {self.complaints}") from None

    async def open(self, address: str) -> None:
        await self._ask("Page.navigate", url=address)

    async def reload(self) -> None:
        """Load anew; returns when the page talks with its server again."""
        before = self._connections
        await self._ask("Page.reload")
        await self.until(lambda: self._connections > before)

    async def type(self, keys: str) -> None:
        """Press keys."""
        for key in keys:
            name, code = _KEYS.get(key, (key, 0))
            told = {"key": name, "windowsVirtualKeyCode": code} | ({} if code == 27 else {"text": key})
            await self._ask("Input.dispatchKeyEvent", type="keyDown", **told)
            await self._ask("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = await self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    async def until_told(self, text: str) -> None:
        """Wait until the page itself says this, beside its terminal."""
        look = f"document.body.innerText.includes({json.dumps(text)}) ? done() : setTimeout(look, 20)"
        await self.evaluate(f"new Promise(done => {{ const look = () => {look}; look(); }})")

    async def picture(self) -> bytes:
        """A PNG of the page."""
        return base64.b64decode((await self._ask("Page.captureScreenshot", format="png"))["data"])

    async def close(self) -> None:
        await self._browser.ask("Target.closeTarget", targetId=self._target)

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._browser.ask(method, self._session, **parameters)


@asynccontextmanager
async def browser(name: str) -> AsyncIterator[Browser]:
    """A running browser with a home of its own."""
    with tempfile.TemporaryDirectory(prefix="salon-browser-", ignore_cleanup_errors=True) as home:
        process = await asyncio.create_subprocess_exec(
            name,
            *_FLAGS,
            f"--user-data-dir={home}",
            env={"PATH": os.environ["PATH"], "HOME": home},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            address = await _debugging_address(Path(home) / "DevToolsActivePort", process)
            async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as connection:
                driven = Browser(connection)
                yield driven
                await driven.close()
        finally:
            if process.returncode is None:
                try:
                    await asyncio.wait_for(process.wait(), 5)
                except TimeoutError:
                    os.killpg(process.pid, 9)
                    await process.wait()


async def _debugging_address(file: Path, process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            assert process.returncode is None, "the browser did not start"
            lines = await asyncio.to_thread(lambda: file.read_text().split() if file.exists() else [])
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.02)
