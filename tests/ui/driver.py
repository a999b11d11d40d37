"""The app as a person uses it: say, press, look."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from textual.pilot import Pilot

from fakes import FakeClient, FakeLog, Step
from salon.chat.budgets import Budgets, Limits
from salon.chat.conversation import Conversation, conversation_of
from salon.chat.ids import new_id
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.chat.tools import WebLimits
from salon.errors import SalonError
from salon.mcp.servers import McpServers
from salon.paths import Paths, theme_directories
from salon.saved_prompts import load_saved_prompts
from salon.settings import Settings
from salon.store.attaching import FileAttacher
from salon.store.carrying import FileCarrier
from salon.store.files import OperatingSystem
from salon.store.index import SearchIndex
from salon.store.library import FileLibrary
from salon.store.memory import MemoryLibrary
from salon.store.settings_file import FileSettings
from salon.store.uses import FileUses
from salon.templates import load_templates
from salon.themes import ThemeFiles
from salon.ui.app import SalonApp
from salon.ui.chat import ChatScreen
from salon.ui.services import Connection, Opening, Services
from salon.workfiles import list_files
from waiting import until

MODEL = ModelInfo(id="claude-test", name="Test Model", context=200_000)


@dataclass
class FakeConnector:
    """Connects to one scripted client, or to nobody."""

    client: FakeClient
    connected: bool = True
    failure: SalonError | None = None
    models: Sequence[ModelInfo] = (MODEL, ModelInfo(id="other", name="Other Model"))
    saved_keys: list[str] = field(default_factory=list)
    host: str = ""

    def connect(self) -> Connection | None:
        if self.failure is not None:
            raise self.failure
        return Connection(client=self.client, host=self.host) if self.connected else None

    def connect_with_key(self, key: str) -> Connection:
        return Connection(client=self.client)

    def connect_to(self, address: str) -> Connection:
        return Connection(client=self.client, host=address)

    def connect_to_demo(self) -> Connection:
        return Connection(client=self.client, demo=True)

    def save_key(self, key: str) -> str:
        self.saved_keys.append(key)
        return "/keys"

    async def learn_models(self, connection: Connection) -> str:
        return ""

    async def refresh_models(self, connection: Connection) -> bool:
        return False

    def models_as_of(self, connection: Connection) -> str:
        return ""

    def models_of(self, connection: Connection) -> Sequence[ModelInfo]:
        return self.models


class LoggedLibrary(MemoryLibrary):
    """A library whose new sessions have a `FakeLog`."""

    def __init__(self) -> None:
        super().__init__()
        self.log = FakeLog()

    def create(self) -> tuple[Conversation, FakeLog]:  # type: ignore[override]
        return conversation_of(new_id(), ()), self.log


def paths_in(folder: Path) -> Paths:
    return Paths(folder / "config", folder / "state", folder / "cache")


@dataclass
class Person:
    """Whoever sits at the keyboard."""

    app: SalonApp
    pilot: Pilot[None]
    client: FakeClient
    connector: FakeConnector

    # doing

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type into the prompt, without Enter."""
        self.chat.prompt.insert(text)
        await self.pilot.pause()

    async def say(self, text: str, *script: Step) -> None:
        """Type something and press Enter; `script` is what the client will answer."""
        if script:
            self.client.enqueue(*script)
        await self.type(text)
        await self.press("enter")

    async def answer_arrives(self) -> None:
        """Wait until nothing is on its way and everything is drawn."""
        await self.sees(lambda: not self.chat.answering and not self.turn_is_running, "the answer to end")
        await self.is_drawn()

    async def answer_begins(self, text: str) -> None:
        """Wait until the transcript shows `text`."""
        await self.sees(lambda: text in self.text_of_transcript(), f"{text!r} in the transcript")

    async def sees(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something is so."""
        await until(condition, what=f"{what}; the screen:\n{self.screen_text()}")
        await self.pilot.pause()

    async def is_drawn(self) -> None:
        """Wait until the transcript has nothing left to lay out."""
        await until(lambda: self.chat.transcript.pace.planned is None)
        await self.pilot.pause()

    # looking

    @property
    def chat(self) -> ChatScreen:
        return self.app.chat

    @property
    def session(self) -> Session:
        session = self.chat.session
        assert session is not None
        return session

    @property
    def turn_is_running(self) -> bool:
        mine = [worker for worker in self.chat.workers if worker.group == "turn" and worker.node is self.chat]
        return any(worker.is_running for worker in mine)

    def text_of_transcript(self) -> str:
        """The rows of the transcript in view, blank ones left out."""
        return "\n".join(row for row in self.transcript_rows() if row)

    def transcript_rows(self) -> list[str]:
        """The rows of the transcript in view."""
        transcript = self.chat.transcript
        return [transcript.render_line(y).text.rstrip(" ▕") for y in range(transcript.size.height)]

    def status(self) -> str:
        return self.chat.status_bar.render_line(0).text.strip()

    def notice(self) -> str:
        """What the notice says, "" where there is none."""
        notice = self.chat.notice
        return str(notice.render()) if notice.display else ""

    def prompt(self) -> str:
        return self.chat.prompt.text

    def rows(self) -> list[str]:
        """Every row of the screen as it is drawn."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def screen_text(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows())


def assert_harmless(rows: Sequence[str]) -> None:
    """No row has anything in it that a terminal would obey."""
    for row in rows:
        odd = [char for char in row if ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0x202A <= ord(char) <= 0x202E]
        assert not odd, repr(row)


@asynccontextmanager
async def salon(
    folder: Path,
    *,
    size: tuple[int, int] = (100, 30),
    library: MemoryLibrary | FileLibrary | None = None,
    connector: FakeConnector | None = None,
    opening: Opening | None = None,
    attacher: FileAttacher | None = None,
    settings: Settings | None = None,
    environ: Mapping[str, str] | None = None,
    problems: tuple[str, ...] = (),
    title_model: str = "",
    tool_servers: McpServers | None = None,
    sixteen_colours: bool = False,
    no_colours: bool = False,
    models: Callable[[str], ModelInfo] = lambda model_id: (
        MODEL if model_id in {"", MODEL.id} else ModelInfo(id=model_id)
    ),
) -> AsyncIterator[Person]:
    """Salon on a screen of `size`, its files in `folder`, with a scripted client."""
    connector = connector or FakeConnector(FakeClient())
    paths = paths_in(folder)
    themes = ThemeFiles(theme_directories(paths))
    searches = {demo: SearchIndex(paths.for_demo() if demo else paths) for demo in (False, True)}
    kept = FileSettings(paths.settings_file, environ or {})
    if settings is not None:
        kept.settings = settings
    services = Services(
        library=library or FileLibrary(paths),
        tool_servers=tool_servers or McpServers(()),
        budgets=Budgets(
            lambda: Limits(Decimal(str(kept.settings.budget_chat)), Decimal(str(kept.settings.budget_day))), models
        ),
        web_limits=WebLimits,
        temporary=MemoryLibrary(),
        demo_library=FileLibrary(paths.for_demo()),
        search=searches.__getitem__,
        connector=connector,
        kept=kept,
        themes=themes.read()[0],
        read_themes=themes.read,
        themes_place=str(paths.themes),
        sixteen_colours=sixteen_colours,
        no_colours=no_colours,
        uses=FileUses(OperatingSystem(), paths.uses_file),
        model_info=models,
        title_model=lambda connection: title_model,
        parameters=lambda connection, model_id: Parameters(model=models(model_id)),
        problems=problems,
        log_file="/log",
        attacher=attacher or FileAttacher(folder / "files"),
        keep_copy=lambda text: f"/copied ({len(text)})",
        carrier=FileCarrier(paths, models, folder, folder),
        saved_prompts=lambda: load_saved_prompts(paths.prompts),
        templates=lambda: load_templates(paths.templates),
        own_files=str(paths.config),
        list_files=lambda: list_files(folder / "files"),
    )
    app = SalonApp(services, opening)
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot, connector.client, connector)
        await until(lambda: app.chat.session is not None, what="a chat is open")
        if connector.connected and connector.failure is None:
            await until(lambda: app.chat.opened.is_set() and app.chat.ready.is_set(), what="the chat is ready")
        await person.is_drawn()
        yield person
        assert_harmless(person.rows())
        await asyncio.gather(*(chat.settle() for chat in app.chats))
    for search in searches.values():
        search.close()
