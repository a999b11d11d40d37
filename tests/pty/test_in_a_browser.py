"""`salon serve` as a person has it: a real browser opens the link, and Salon is in it."""

import asyncio
import io
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from PIL import Image

from driven_browser import Page, browser, program
from home import Home
from waiting import until

CHROMIUM = program()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium or Chrome here (apt install chromium)")


@asynccontextmanager
async def serving(
    home: Home, *arguments: str, **environment: str
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A running server and its first link."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "salon", "serve", "--demo", "--no-open", "--json", *arguments),
        env=home.environment(**environment),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline())["url"], process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 20) == 0


def colours(picture: bytes) -> dict[tuple[int, ...], int]:
    """How many pixels of the page have each colour."""
    with Image.open(io.BytesIO(picture)) as image:
        counted = image.convert("RGB").getcolors(1 << 24) or []
    return {colour: count for count, colour in counted if isinstance(colour, tuple)}


async def only_talks_with(page: Page, link: str) -> None:
    parts = urlsplit(link)
    assert {urlsplit(address).netloc for address in page.requested} == {parts.netloc}
    assert page.complaints == []
    assert parts.query not in await page.evaluate("location.href")


async def test_a_chat_in_a_browser(home: Home) -> None:
    assert CHROMIUM is not None
    async with serving(home, SALON_DEMO_PACE="1") as (link, server), browser(CHROMIUM) as driven:
        page = await driven.page()
        await page.open(link)
        await page.until("Type tour, and press Enter")
        ground = colours(await page.picture())
        assert max(ground.values()) > 0.5 * sum(ground.values())
        assert len(ground) > 20, "the page shows no letters"

        await page.type("long ä")
        await page.until("> long ä")
        await page.type("\r")
        await page.until("Esc stops")
        await until(lambda: home.chats() and len(home.said()) == 2, 20)
        await page.reload()
        await page.until("Esc stops")
        await page.type("\x1b")
        await page.until("Stopped")
        assert [status for _, status, _ in home.said()] == ["complete", "stopped"]
        assert "long ä" in await page.evaluate("document.title")
        await page.type("a draft")
        await page.until("> a draft")

        stranger = await driven.page()
        await stranger.open(link)
        await stranger.until(lambda: stranger.statuses.get(link) == 403)
        second = await driven.page(page.profile)
        await second.open(link)  # the same browser is in already
        await second.until("Type tour, and press Enter")
        await second.type("\x11")
        await second.until_told("Salon has ended")
        await only_talks_with(page, link)

        server.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(server.wait(), 20) == 0
        await page.until_told("salon serve has ended")
        assert [draft.text for draft in home.drafts()] == ["a draft"]
