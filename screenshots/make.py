"""Makes the pictures: drives the real app against the demo server and writes what it shows, as SVG.

    python screenshots/make.py [FOLDER] [--sizes 80x24,120x40] [--scenes streaming,stopped] [--themes dusk,frost]
        [--set large_targets=yes]

Everything happens in a throw-away home. Without options the pictures of this folder are renewed, which are every scene
once, and some in other themes and sizes.
"""

import argparse
import asyncio
import html
import os
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from salon.actions import BY_ID
from salon.chat.conversation import Message, Status
from salon.chat.tools import ToolCall
from salon.store.carrying import FileCarrier
from salon.ui.answerentry import AnswerEntry
from salon.ui.app import SalonApp
from salon.ui.question import call_asked
from salon.ui.services import Opening
from salon.wiring import House, Options, build

HERE = Path(__file__).parent
FIRST_THEME, FIRST_SIZE = "salon-dark", "120x40"
PACES = {"streaming": 1.0, "queued": 1.0, "stopped": 0.5, "resumed": 0.5}
"""How fast the script talks where it is caught in the middle; elsewhere it hurries."""
_PRICE = '["salon-demo"]\ninput = 2\noutput = 10\n'
PRICES = {"costs": _PRICE, "overrun": _PRICE}
"""What `prices.toml` says where the scripted models, which cost nothing, shall have a price."""
SETTINGS = {"overrun": {"budget_chat": "0.01"}}
"""Scenes that need a setting."""
Scene = Callable[["Studio"], Awaitable[None]]


_MOON = {
    "type": "web_search_result_location",
    "url": "https://moon.example/tides",
    "title": "Why there are two tides a day",
}
_SEA = {"type": "page_location", "document_index": 0, "document_title": "Harbour almanac", "start_page_number": 12}
CITED = Message(
    id="cited",
    parent=None,
    role="assistant",
    status=Status.COMPLETE,
    stop_reason="end_turn",
    content=(
        {"type": "thinking", "thinking": "The almanac has the times; the reason is on the web."},
        {"type": "server_tool_use", "name": "web_search", "input": {"query": "why two tides a day"}},
        {"type": "web_search_tool_result", "content": [{"title": _MOON["title"], "url": _MOON["url"]}]},
        {"type": "server_tool_use", "name": "bash_code_execution", "input": {"command": "python tides.py --days 2"}},
        {
            "type": "bash_code_execution_tool_result",
            "content": {
                "type": "bash_code_execution_result",
                "stdout": "04:10\n16:35\n",
                "stderr": "",
                "return_code": 0,
            },
        },
        {"type": "text", "text": "The earth turns below **two** bulges of water", "citations": [_MOON]},
        {"type": "text", "text": ", so a harbour has high water twice a day. Here it is at 04:10 and 16:35"},
        {"type": "text", "text": " at this time of the year.", "citations": [{**_SEA, "end_page_number": 15}, _MOON]},
    ),
)
"""Blocks that the scripted server has no script for."""


class Studio:
    """One running app and the verbs that a scene needs."""

    def __init__(self, app: SalonApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, for twenty seconds at most."""
        for _ in range(1000):
            if condition():
                await self.pilot.pause()
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(what)

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def ready(self) -> None:
        """The chat is open and connected."""
        await self.until(lambda: self.app.chat.session is not None and self.app.chat.ready.is_set(), "ready")

    async def say(self, text: str) -> None:
        """Send a prompt."""
        self.app.chat.prompt.set_draft(type(self.app.chat.prompt.draft)(text))
        await self.pilot.press("enter")

    async def rows(self, count: int) -> None:
        """Wait until the conversation has so many rows."""
        await self.until(lambda: self.app.chat.transcript.viewport.total >= count, f"{count} rows")

    async def answered(self) -> None:
        """Wait for the end of the answer."""
        await self.until(lambda: not self.app.chat.answering and self.app.chat.session is not None, "an answer")

    async def ask(self, text: str) -> None:
        """Send a prompt and wait for the whole answer."""
        session = self.app.chat.session
        assert session is not None
        messages = len(session.path) + 2
        await self.say(text)
        await self.until(lambda: len(session.path) >= messages and not self.app.chat.answering, "an answer")


async def welcome(studio: Studio) -> None:
    """No key yet."""
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the welcome screen")


async def empty(studio: Studio) -> None:
    """A new chat."""
    await studio.ready()


async def streaming(studio: Studio) -> None:
    """An answer on its way, the next prompt being typed."""
    await studio.ready()
    await studio.say("code")
    await studio.rows(studio.app.size.height)
    studio.app.chat.prompt.insert("And how would you test it?")
    await studio.pilot.pause(1.2)


async def stopped(studio: Studio) -> None:
    """An answer that was stopped."""
    await studio.ready()
    await studio.say("tour")
    await studio.rows(min(studio.app.size.height, 26))
    await studio.pilot.press("escape")
    await studio.answered()


async def resumed(studio: Studio) -> None:
    """The stopped answer and an unsent draft, brought back by `salon -c`."""
    await studio.ready()
    await studio.until(lambda: len(studio.app.chat.transcript.viewport.entries) == 2, "the chat")


async def thinking(studio: Studio) -> None:
    """Thinking, opened."""
    await studio.ready()
    await studio.ask("thinking")
    await studio.pilot.press("alt+h")


async def table(studio: Studio) -> None:
    """Tables."""
    await studio.ready()
    await studio.ask("table")


async def markdown(studio: Studio) -> None:
    """Everything that Markdown has."""
    await studio.ready()
    await studio.ask("markdown")
    await studio.pilot.press("ctrl+home")


async def retrying(studio: Studio) -> None:
    """The server is overloaded and will be asked again."""
    await studio.ready()
    await studio.say("error 529")
    await studio.until(lambda: studio.app.chat.notice.shown is not None, "a notice")


async def failed(studio: Studio) -> None:
    """The key was refused."""
    await studio.ready()
    await studio.ask("error 401")


async def interrupted(studio: Studio) -> None:
    """The connection was lost in the middle."""
    await studio.ready()
    await studio.ask("drop")


async def opened(studio: Studio) -> None:
    """A table on a screen of its own."""
    await studio.ready()
    await studio.ask("table")
    await studio.pilot.press("ctrl+up", *["up"] * 3)
    transcript = studio.app.chat.transcript
    while (here := transcript.block) is not None and here.entry > 0:
        leaf = transcript.viewport.entries[here.entry].leaf_at(here.last)
        if leaf is not None and leaf.leaf.kind == "table":
            break
        await studio.pilot.press("up")
    await studio.pilot.press("v", "right")
    await studio.pilot.pause(0.2)


async def cited(studio: Studio) -> None:
    """An answer with searches, programs and sources, as the API sends it when it has tools."""
    await studio.ready()
    studio.app.chat.transcript.show([AnswerEntry(CITED)])
    await studio.pilot.pause(0.2)


async def reading(studio: Studio) -> None:
    """A code block under the block cursor."""
    await studio.ready()
    await studio.ask("code")
    await studio.pilot.press("ctrl+home", "ctrl+up", "c")


async def finding(studio: Studio) -> None:
    """A search in the chat."""
    await studio.ready()
    await studio.ask("tour")
    await studio.pilot.press("ctrl+home", "ctrl+f", *"prompt")


async def picker(studio: Studio) -> None:
    """The list of chats."""
    await studio.ready()
    for prompt in ("echo this: the first chat", "echo this: why is the sky blue at noon?", "echo this: 日本語の題名"):
        await studio.ask(prompt)
        await studio.pilot.press("ctrl+n")
        await studio.until(lambda: not studio.app.chat.session or not studio.app.chat.session.path, "a new chat")
    await studio.pilot.press("ctrl+o")
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the list")


async def keys(studio: Studio) -> None:
    """The keys."""
    await studio.ready()
    await studio.pilot.press("f1")


async def queued(studio: Studio) -> None:
    """Prompts that wait for the answer to end."""
    await studio.ready()
    await studio.say("code")
    await studio.rows(8)
    await studio.say("And then tell me how to test it.")
    await studio.say("Keep it under twenty lines.")


async def commands(studio: Studio) -> None:
    """What can be typed behind a slash."""
    await studio.ready()
    studio.app.chat.prompt.insert("/")
    await studio.until(lambda: studio.app.chat.completions.display, "the list")


async def themes(studio: Studio) -> None:
    """Choosing colours, each shown at once."""
    await studio.ready()
    await studio.ask("code")
    await studio.pilot.press("ctrl+home", *BY_ID["pick_theme"].keys[:1], *["down"] * 3)


async def branches(studio: Studio) -> None:
    """A conversation as a tree."""
    await studio.ready()
    await studio.ask("echo Three names for a boat, please.")
    await studio.ask("echo Shorter ones.")
    await studio.pilot.press("f5")
    session = studio.app.chat.session
    assert session is not None
    await studio.until(lambda: len(session.conversation.messages) > 4, "another answer")
    await studio.answered()
    await studio.pilot.press(*BY_ID["tree"].keys[:1])
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the tree")


async def searching(studio: Studio) -> None:
    """A search in all chats."""
    await studio.ready()
    for prompt in ("echo The harbour has two tides a day.", "echo Why are there tides at all?"):
        await studio.ask(prompt)
    await studio.pilot.press("ctrl+s", *"tides")
    await studio.until(lambda: "tides a day" in studio.text(), "a hit")


async def sidebar(studio: Studio) -> None:
    """The chats beside the conversation."""
    await picker(studio)
    await studio.pilot.press("escape", "ctrl+b")
    await studio.until(lambda: "Today" in studio.text(), "the chats")


async def exporting(studio: Studio) -> None:
    """How and where to write a chat."""
    await studio.ready()
    await studio.ask("echo Why is the sky blue?")
    studio.app.chat.action_export()
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the form")


async def importing(studio: Studio) -> None:
    """Taking in chats from elsewhere."""
    await studio.ready()
    studio.app.chat.action_import()
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the form")


async def attaching(studio: Studio) -> None:
    """Files that go along."""
    await studio.ready()
    studio.app.chat.attach_paths((str(HERE / "make.py"), str(HERE.parent / "LICENSE")))
    await studio.until(lambda: "make.py" in studio.text(), "the chips")
    studio.app.chat.prompt.insert("What do these two have in common?")


async def inspecting(studio: Studio) -> None:
    """What was sent and what came back."""
    await studio.ready()
    await studio.ask("echo Why is the sky blue?")
    await studio.pilot.press(*BY_ID["inspect"].keys[:1])
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the inspector")


async def palette(studio: Studio) -> None:
    """Everything that can be done."""
    await studio.ready()
    await studio.pilot.press(*BY_ID["palette"].keys[:1])


async def settings(studio: Studio) -> None:
    """The settings."""
    await studio.ready()
    studio.app.run_worker(studio.app.run_action("settings"))
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the settings")


async def comparing(studio: Studio) -> None:
    """Two models asked side by side."""
    await studio.ready()
    studio.app.chat.prompt.insert("code")
    await studio.pilot.press(*BY_ID["compare"].keys[:1])
    await studio.until(lambda: "Ask side by side" in studio.text(), "the form")
    await studio.pilot.press("down", "tab", "enter")
    await studio.until(lambda: "keeps the first" in studio.text(), "the end of all")


async def models(studio: Studio) -> None:
    """The models to choose from."""
    await studio.ready()
    await studio.pilot.press(*BY_ID["pick_model"].keys[:1])
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the models")


async def costs(studio: Studio) -> None:
    """What was spent."""
    await studio.ready()
    for prompt in ("code", "table", "echo Why is the sky blue?"):
        await studio.ask(prompt)
    studio.app.chat.action_costs()
    await studio.until(lambda: len(studio.app.screen_stack) > 2, "the costs")


async def asked(studio: Studio) -> None:
    """A tool asks before it runs."""
    await studio.ready()
    await studio.ask("echo How long is the harbour's wall?")
    call = ToolCall("call", "files__read_text_file", {"path": "notes/harbour.md"})
    studio.app.run_worker(studio.app.chat.question.ask(call_asked(call)))
    await studio.until(lambda: bool(studio.app.chat.question.display), "the question")


async def overrun(studio: Studio) -> None:
    """The next answer would pass the chat's budget."""
    await studio.ready()
    await studio.ask("code")
    await studio.say("And how would you test it?")
    await studio.until(lambda: bool(studio.app.chat.question.display), "the question")


async def toosmall(studio: Studio) -> None:
    """A window in which nothing fits."""
    await studio.ready()


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        welcome,
        empty,
        streaming,
        stopped,
        resumed,
        thinking,
        table,
        markdown,
        retrying,
        failed,
        interrupted,
        reading,
        opened,
        cited,
        finding,
        picker,
        keys,
        queued,
        commands,
        themes,
        branches,
        searching,
        sidebar,
        exporting,
        importing,
        attaching,
        inspecting,
        palette,
        settings,
        models,
        comparing,
        costs,
        asked,
        overrun,
        toosmall,
    )
}
PICTURES: tuple[tuple[str, str, str], ...] = (
    *((scene, "30x8" if scene == "toosmall" else "120x40", FIRST_THEME) for scene in SCENES),
    *(
        (scene, "120x40", theme)
        for theme in ("salon-light", "high-contrast-dark", "harbour")
        for scene in ("welcome", "streaming", "markdown", "failed")
    ),
    *((scene, "80x24", "dusk") for scene in ("streaming", "picker", "themes")),
    ("streaming", "40x10", "frost"),
    ("reading", "240x70", FIRST_THEME),
)
"""Scene, size and theme of what lies in this folder."""


def put_prices(folder: Path, prices: str) -> None:
    """Put a person's own prices, if there are any, where Salon looks for them."""
    if prices:
        folder.mkdir()
        (folder / "prices.toml").write_text(prices, encoding="utf-8")


async def take(
    name: str, size: tuple[int, int], theme: str = FIRST_THEME, settings: Mapping[str, str] | None = None
) -> str:
    """Play one scene in a home of its own, perhaps with other settings; the picture."""
    pace = PACES.get(name, 0.05)
    with tempfile.TemporaryDirectory() as home:
        places = {"SALON_CONFIG_DIR": f"{home}/c", "SALON_STATE_DIR": f"{home}/s", "SALON_CACHE_DIR": f"{home}/k"}
        os.environ.update(places)
        put_prices(Path(home, "c"), PRICES.get(name, ""))
        own = {f"SALON_{key.upper()}": value for key, value in {**SETTINGS.get(name, {}), **(settings or {})}.items()}
        told = {**places, **own, "SALON_THEME": theme, "SALON_DEMO_PACE": str(pace)}
        house = build(Options(demo=name != "welcome"), told)
        try:
            if name == "resumed":
                await play("stopped", house, size, draft="and a draft that was not sent")
            latest = house.library(demo=True).latest() if name == "resumed" else None
            picture = await play(name, house, size, Opening(session_id=latest))
        finally:
            house.close()
    return picture


async def play(name: str, house: House, size: tuple[int, int], opening: Opening | None = None, draft: str = "") -> str:
    """Run the app through a scene; what it shows at the end, as SVG."""
    at_home = Path("~")  # as a person would see it, and the same wherever the pictures are made
    carrier = FileCarrier(house.paths, house.model_info, at_home, at_home)
    services = replace(house.services(), carrier=carrier, themes_place="~/.config/salon/themes")
    app = SalonApp(services, opening)
    async with app.run_test(size=size) as pilot:
        studio = Studio(app, pilot)
        await SCENES[name](studio)
        await pilot.pause()
        await asyncio.sleep(0.2)
        if draft:
            app.chat.prompt.insert(draft)
            await pilot.pause()
        picture = portable(app.export_screenshot(title="Salon"))
        await app.chat.settle()
    return picture


def portable(svg: str) -> str:
    """The picture without fonts from elsewhere, and with blanks at the edge of a text as room instead of characters.

    Renderers disagree on whether such blanks count into the text's length, and shift it when they do not.
    """
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return _TEXT.sub(_trimmed, svg)


_TEXT = re.compile(r'x="([\d.]+)"( y="[\d.]+") textLength="([\d.]+)"([^>]*)>((?:&#160;)*)([^<]*?)((?:&#160;)*)<')


def _trimmed(text: re.Match[str]) -> str:
    x, y, length, rest, before, words, after = text.groups()
    left, right = before.count(";"), after.count(";")
    cells = left + right + cell_len(html.unescape(words))
    cell = float(length) / max(1, cells)
    start, room = float(x) + left * cell, float(length) - (left + right) * cell
    return f'x="{start:.1f}"{y} textLength="{room:.1f}"{rest}>{words}<'


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    parser.add_argument("--sizes", default="")
    parser.add_argument("--scenes", default="")
    parser.add_argument("--themes", default="")
    parser.add_argument("--set", default=[], action="append")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted: Iterable[tuple[str, str, str]] = PICTURES
    settings = dict(each.split("=", 1) for each in options.set)
    if options.sizes or options.scenes or options.themes or settings:
        wanted = product(
            (options.scenes or ",".join(SCENES)).split(","),
            (options.sizes or FIRST_SIZE).split(","),
            (options.themes or FIRST_THEME).split(","),
        )
    for name, size, theme in wanted:
        suffix = ("" if theme == FIRST_THEME else f"-{theme}") + ("" if size == FIRST_SIZE else f"-{size}")
        width, height = map(int, size.split("x"))
        target = options.folder / f"{name}{suffix}.svg"
        target.write_text(asyncio.run(take(name, (width, height), theme, settings)), "utf-8")
        print(target)


if __name__ == "__main__":
    main()
