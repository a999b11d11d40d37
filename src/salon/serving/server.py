"""The server that browsers talk to: a page, the files it needs, and a WebSocket for each tab. Nothing else is there."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from socket import socket

from aiohttp import WSCloseCode, WSMsgType, web

from salon.serving.door import COOKIE, Asked, Door, Verdict
from salon.serving.tabs import Start, Tab, Tabs
from salon.words import tr

logger = logging.getLogger(__name__)

LARGEST_MESSAGE = 16_000_000
"""Bytes of one paste."""
_TAB = re.compile(r"[0-9A-Za-z-]{8,64}")
_STRANGER = tr(
    "This is Salon, and it opens only with the link that `salon serve` printed; each link works once.\n"
    "Press Enter in the terminal where it runs for another one.\n"
)
_ELSEWHERE = tr("This is not the address of this server.\n")
_COME_IN = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Salon</title>'
    '<meta http-equiv="refresh" content="0; url=./"></html>'
)
"""Not a redirect: a browser that was sent here by another program would not show a strict cookie after one."""


def assets() -> Mapping[str, tuple[Path, str]]:
    """The files that the page needs, by name, with their types; terminal and font are those of textual-serve."""
    found = find_spec("textual_serve")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("textual_serve", name="textual_serve")
    theirs = Path(found.origin).parent / "static"
    own = Path(str(resources.files("salon.serving").joinpath("page")))
    return {
        "": (own / "index.html", "text/html"),
        "page.js": (own / "page.js", "text/javascript"),
        "page.css": (own / "page.css", "text/css"),
        "textual.js": (theirs / "js" / "textual.js", "text/javascript"),
        "xterm.css": (theirs / "css" / "xterm.css", "text/css"),
        "roman.ttf": (theirs / "fonts" / "RobotoMono-VariableFont_wght.ttf", "font/ttf"),
        "italic.ttf": (theirs / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf", "font/ttf"),
    }


def headers(authority: str) -> Mapping[str, str]:
    """What goes with every answer. textual.js writes styles into its page, so those cannot be forbidden."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        f"img-src data:; connect-src ws://{authority}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Server": "Salon",
    }


class BrowserTab:
    """The browser's end of a tab."""

    def __init__(self, connection: web.WebSocketResponse) -> None:
        self._connection = connection

    async def show(self, written: bytes) -> None:
        """Draw."""
        await self._connection.send_bytes(written)

    async def tell(self, what: str, value: str) -> None:
        """Something beside the picture."""
        await self._connection.send_str(json.dumps([what, value]))

    async def leave(self, code: int) -> None:
        """Close."""
        await self._connection.close(code=code)


class Server:
    """Serves on a socket that is bound and listens. `came_in` is called when somebody has used the link."""

    def __init__(self, door: Door, start: Start, came_in: Callable[[], None]) -> None:
        self._door = door
        self._tabs = Tabs(start)
        self._came_in = came_in
        self._assets = assets()
        self._headers = headers(door.authority)
        self._connections: set[web.WebSocketResponse] = set()

    async def run(self, listening: socket, until: asyncio.Event) -> None:
        """Serve until the event is set, then end every Salon in order."""
        application = web.Application(middlewares=[self._guard])
        application.on_response_prepare.append(self._seal)
        application.router.add_get(f"{self._door.path}ws/{{tab}}", self._talk, allow_head=False)
        application.router.add_get(f"{self._door.path}{{name}}", self._file, allow_head=False)
        application.router.add_get(self._door.path, self._file, allow_head=False)
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=2.0)
        await runner.setup()
        try:
            site = web.SockSite(runner, listening)
            await site.start()
            await until.wait()
            await site.stop()
        finally:
            await self._tabs.end()
            for connection in list(self._connections):
                await connection.close(code=WSCloseCode.GOING_AWAY)
            await runner.cleanup()

    async def _seal(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._headers)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        asked = Asked(
            request.headers.getall("Host", []),
            request.headers.getall("Origin", []),
            request.path,
            request.query.get("token"),
            request.cookies.get(COOKIE),
            talks="Upgrade" in request.headers,
        )
        match self._door.judge(asked):
            case Verdict.ELSEWHERE:
                return web.Response(status=421, text=_ELSEWHERE)
            case Verdict.STRANGER:
                return web.Response(status=403, text=_STRANGER)
            case Verdict.TOKEN_TAKEN:
                response = web.Response(text=_COME_IN, content_type="text/html")
                response.set_cookie(
                    COOKIE, self._door.new_cookie(), path=self._door.path, httponly=True, samesite="Strict"
                )
                self._came_in()
                return response
        try:
            return await handler(request)
        except web.HTTPException as refusal:
            return web.Response(status=refusal.status, text=f"{refusal.reason}\n")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if "token" in request.query:  # a link that was opened again where its cookie is
            return web.Response(text=_COME_IN, content_type="text/html")
        name = request.match_info.get("name", "")
        if name not in self._assets:
            raise web.HTTPNotFound
        path, kind = self._assets[name]
        return web.Response(body=await asyncio.to_thread(path.read_bytes), content_type=kind, charset=_charset(kind))

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["tab"]
        columns, rows = _size(request.query.get("width"), request.query.get("height"))
        if not _TAB.fullmatch(name):
            raise web.HTTPNotFound
        connection = web.WebSocketResponse(heartbeat=30, max_msg_size=LARGEST_MESSAGE, compress=False, timeout=2.0)
        await connection.prepare(request)
        self._connections.add(connection)
        viewer = BrowserTab(connection)
        try:
            tab = await self._tabs.of(name, columns, rows)
            try:
                await tab.attach(viewer, columns, rows)
                await _listen(connection, tab)
            finally:
                tab.detach(viewer)
        except OSError as error:  # no process, no terminal, or the browser has gone
            logger.error("A tab could not be served: %s", error)
            await connection.close(code=WSCloseCode.INTERNAL_ERROR)
        finally:
            self._connections.discard(connection)
        return connection


async def _listen(connection: web.WebSocketResponse, tab: Tab) -> None:
    """What textual.js sends: pairs of a word and a value."""
    async for message in connection:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            match message.json():
                case ["stdin", str(keys)]:
                    await tab.type(keys)
                case ["resize", {"width": int(columns), "height": int(rows)}]:
                    tab.resize(columns, rows)
                case ["ping", str(mark)]:
                    await connection.send_json(["pong", mark])
        except ValueError:
            logger.info("A browser sent what is no JSON")


def _size(*given: str | None) -> tuple[int, int]:
    columns, rows = (int(cells) if cells and cells.isdecimal() and len(cells) < 5 else 0 for cells in given)
    return columns or 80, rows or 24


def _charset(kind: str) -> str | None:
    return "utf-8" if kind.startswith("text/") else None
