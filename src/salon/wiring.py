"""The parts put together: what the command line, the environment and the files say becomes clients and libraries."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from salon.catalogue import Catalogue
from salon.chat.budgets import Budgets, Limits
from salon.chat.library import Library
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.search import Search
from salon.chat.tools import WebLimits, code_tools, web_tools
from salon.claude import models
from salon.claude.address import DEFAULT_BASE_URL, check_base_url, find_base_url, host_of, is_anthropic
from salon.claude.client import ApiClient
from salon.claude.credentials import (
    Credentials,
    Secret,
    find_credentials,
    key_typed_in,
    save_key,
    warn_if_readable_by_others,
)
from salon.claude.prices import load_prices
from salon.claude.retry import RetryPolicy
from salon.claude.sdk import KeyHeader, Timeouts
from salon.clipboard_image import take_image
from salon.demo.models import DEMO_MODEL
from salon.errors import UsageError
from salon.keymap import load_keys
from salon.logs import keep_secret, start_logging
from salon.mcp.config import load_servers
from salon.mcp.servers import McpServers
from salon.paths import Paths, default_paths, theme_directories
from salon.saved_prompts import load_saved_prompts
from salon.settings import Settings
from salon.store.allowed_tools import AllowedTools
from salon.store.attaching import FileAttacher
from salon.store.carrying import FileCarrier
from salon.store.files import OperatingSystem, write_atomically
from salon.store.library import FileLibrary
from salon.store.memory import MemoryLibrary
from salon.store.modellists import ModelLists
from salon.store.permissions import permission_warnings, warning_of_secrets_in
from salon.store.settings_file import FileSettings
from salon.store.uses import FileUses
from salon.templates import load_templates
from salon.terminals import manners_of
from salon.themes import Theme, ThemeFiles
from salon.toml_text import did_you_mean
from salon.ui.services import Connection, Services
from salon.untrusted import clean_line
from salon.words import WORDS, tr
from salon.workfiles import list_files

if TYPE_CHECKING:
    from salon.demo.server import DemoServer
    from salon.store.index import SearchIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says about the parts."""

    config_dir: Path | None = None
    base_url: str = ""
    model: str = ""
    system: str = ""
    effort: str = ""
    demo: bool = False


@dataclass(slots=True)
class House:
    """The parts of one run."""

    options: Options
    paths: Paths
    kept: FileSettings
    environ: Mapping[str, str]
    problems: list[str]
    catalogue: Catalogue
    demo_pace: float = 1.0
    _demo: "DemoServer | None" = None
    _searches: dict[bool, "SearchIndex"] = field(default_factory=dict)
    _theme_files: ThemeFiles = field(init=False)

    def __post_init__(self) -> None:
        self._theme_files = ThemeFiles(theme_directories(self.paths))

    @property
    def settings(self) -> Settings:
        """What the person has set, as it is now."""
        return self.kept.settings

    # sessions

    def library(self, *, demo: bool = False) -> Library:
        """The sessions on disk, the real ones or those with the scripted server."""

        def written(path: Path) -> None:
            # Where nothing has been searched yet, as in a run without a screen, an index may wait for the next start.
            if (search := self._searches.get(demo)) is not None:
                search.note_written(path)

        return FileLibrary(self.paths.for_demo() if demo else self.paths, on_written=written)

    def search(self, demo: bool) -> Search:
        """See `Services.search`; the same one every time."""
        from salon.store.index import SearchIndex  # SQLite and what reads messages are not needed for a start

        return self._searches.setdefault(demo, SearchIndex(self.paths.for_demo() if demo else self.paths))

    # connections (the contract is `salon.ui.services.Connector`)

    def connect(self) -> Connection | None:
        """See `Connector`."""
        if self.options.demo:
            return self.connect_to_demo()
        address = find_base_url(self.environ, option=self.options.base_url, setting=self.settings.base_url)
        base_url = DEFAULT_BASE_URL if address is None else address.base_url
        credentials = find_credentials(self.environ, self.paths.credentials_file, host=host_of(base_url))
        if credentials is None and is_anthropic(host_of(base_url)):
            return None
        return self._connection(credentials, None if address is None else base_url)

    def connect_with_key(self, key: str) -> Connection:
        """See `Connector`. Raises `CredentialsError` for what cannot be a key."""
        address = find_base_url(self.environ, option=self.options.base_url, setting=self.settings.base_url)
        return self._connection(key_typed_in(key), None if address is None else address.base_url)

    def connect_to(self, address: str) -> Connection:
        """See `Connector`. A key from the environment is not sent to a server named here."""
        base_url = check_base_url(address)
        if is_anthropic(host_of(base_url)):
            raise UsageError(tr("This is Anthropic's own address."), tr("Paste a key above instead."))
        return self._connection(find_credentials({}, self.paths.credentials_file, host=host_of(base_url)), base_url)

    def connect_to_demo(self) -> Connection:
        """See `Connector`."""
        from salon.demo.server import DemoServer  # only a demo needs a server

        if self._demo is None:
            self._demo = DemoServer(self.demo_pace)
            self._demo.start()
        credentials = Credentials("api_key", Secret(self._demo.api_key), tr("the demo"))
        return self._connection(credentials, self._demo.base_url, demo=True)

    def save_key(self, key: str) -> str:
        """See `Connector`."""
        address = find_base_url(self.environ, option=self.options.base_url, setting=self.settings.base_url)
        host = host_of(DEFAULT_BASE_URL if address is None else address.base_url)
        save_key(self.paths.credentials_file, key_typed_in(key).secret, host)
        return str(self.paths.credentials_file)

    def models_of(self, connection: Connection) -> Sequence[ModelInfo]:
        """See `Connector`."""
        return self.catalogue.offered(connection)

    def models_as_of(self, connection: Connection) -> str:
        """See `Connector`."""
        return self.catalogue.as_of(connection)

    async def learn_models(self, connection: Connection) -> str:
        """See `Connector`."""
        return await self.catalogue.learn(connection, self.options.model or self.settings.model)

    async def refresh_models(self, connection: Connection) -> bool:
        """See `Connector`."""
        return await self.catalogue.refresh(connection)

    def model_info(self, model_id: str) -> ModelInfo:
        """What is known of a model; "" means the default one."""
        return self.catalogue.info(model_id or models.DEFAULT_MODEL)

    def parameters(self, connection: Connection, model_id: str) -> Parameters:
        """See `Services.parameters`."""
        chosen = model_id or self.options.model or ("" if connection.demo else self.settings.model)
        chosen = chosen or (DEMO_MODEL if connection.demo else self.catalogue.first(connection))
        return Parameters(
            model=self.model_info(chosen),
            system=self.options.system or self.settings.system,
            effort=self.options.effort or self.settings.effort,
            max_tokens=self.settings.max_tokens,
            show_thinking=self.settings.thinking != "hidden",
            anthropic_host=connection.anthropic_host,
            cache="" if self.settings.cache == "off" else self.settings.cache,
            tools=(
                *(web_tools(self.web_limits()) if self.settings.web_search else ()),
                *(code_tools() if self.settings.code_execution else ()),
            ),
            server_tools_when=self.settings.server_tools,
        )

    def _connection(self, credentials: Credentials | None, base_url: str | None, *, demo: bool = False) -> Connection:
        if credentials is not None and credentials.secret:
            keep_secret(credentials.secret.reveal())
        header: KeyHeader = "x-api-key" if self.settings.api_key_header == "x-api-key" else "authorization"
        client = ApiClient(
            credentials,
            base_url,
            key_header=header,
            timeouts=Timeouts(read=self.settings.read_timeout),
            retries=RetryPolicy(attempts=self.settings.attempts),
            called=tr("The demo") if demo else "",
        )
        host = "" if demo or client.anthropic_host else client.host
        source = credentials.source if credentials else ""
        connection = Connection(client=client, host=host, demo=demo, credentials=source)
        self.catalogue.recall(connection)
        return connection

    def keep_copy(self, text: str) -> str:
        """See `Services.keep_copy`."""
        target = self.paths.copied_file
        write_atomically(OperatingSystem(), target, text.encode("utf-8", "replace"))
        return str(target)

    def attacher(self) -> FileAttacher:
        """What makes attachments of files and of the clipboard's picture."""
        return FileAttacher(take_image=take_image)

    def title_model(self, connection: Connection) -> str:
        """See `Services.title_model`."""
        foreign = connection.demo or bool(connection.host)
        if self.settings.titles == "never" or (foreign and self.settings.titles != "always"):
            return ""
        # Another server has the models that it has; the one that answers can name the chat as well.
        return self.parameters(connection, "").model.id if foreign else models.CHEAPEST_MODEL

    def budgets(self) -> Budgets:
        """The budgets that the settings have."""
        amounts = self.kept

        def limits() -> Limits:
            settings = amounts.settings
            return Limits(Decimal(str(settings.budget_chat)), Decimal(str(settings.budget_day)))

        return Budgets(limits, self.model_info)

    # tools

    def web_limits(self) -> WebLimits:
        """See `Services.web_limits`."""
        allowed, blocked = (
            tuple(words.replace(",", " ").split()) for words in (self.settings.web_allowed, self.settings.web_blocked)
        )
        return WebLimits(self.settings.web_max_uses, allowed, blocked)

    def tool_servers(self) -> tuple[McpServers, Sequence[str]]:
        """The servers of config.toml, none of them connected, and what was wrong with their tables, in sentences."""
        configs, problems = load_servers(self.paths.settings_file, self.environ)
        for config in configs:
            if config.token:
                keep_secret(config.token)
        if any(self.environ.get(name) != value for config in configs for name, value in config.env.items()):
            problems = [*problems, *warning_of_secrets_in(self.paths.settings_file)]
        allowed = AllowedTools(self.paths.allowed_tools_file, self.paths.locks)
        return McpServers(configs, allowed.load(), allowed.add), problems

    def _unknown_themes(self, known: Sequence[str]) -> list[str]:
        """What is wrong with the names of themes in the settings, in sentences."""
        names = {name: getattr(self.settings, name) for name in ("theme", "theme_dark", "theme_light")}
        return [
            tr(
                'There is no theme "{value}", which the setting {name} names.{nearest}',
                value=clean_line(value, 60),
                name=name,
                nearest=did_you_mean(value, known),
            )
            for name, value in names.items()
            if value not in known and (name, value) != ("theme", "auto")
        ]

    # the end

    def close(self) -> None:
        """Stop what runs beside the app."""
        for search in self._searches.values():
            search.close()
        if self._demo is not None:
            self._demo.stop()

    # the screen

    def themes(self) -> tuple[Sequence[Theme], Sequence[str]]:
        """The themes; what is wrong with their files, and with the settings that name them, in sentences."""
        themes, problems = self._theme_files.read()
        return themes, [*problems, *self._unknown_themes([theme.name for theme in themes])]

    def services(self) -> Services:
        """What the screens need."""
        themes, problems = self.themes()
        # The console of older Linux kernels would print what it does not know.
        terminal_talks = self.environ.get("TERM") not in {"linux", "dumb"}
        servers, server_problems = self.tool_servers()
        keys, key_problems = load_keys(self.paths.keys_file, self.settings.keys)
        return Services(
            library=self.library(),
            tool_servers=servers,
            budgets=self.budgets(),
            web_limits=self.web_limits,
            temporary=MemoryLibrary(),
            demo_library=self.library(demo=True),
            search=self.search,
            connector=self,
            kept=self.kept,
            themes=themes,
            read_themes=self._theme_files.read,
            themes_place=_from_home(self.paths.themes),
            sixteen_colours=_has_sixteen_colours(self.environ),
            no_colours=bool(self.environ.get("NO_COLOR")),
            model_info=self.model_info,
            title_model=self.title_model,
            parameters=self.parameters,
            keep_copy=self.keep_copy,
            attacher=self.attacher(),
            carrier=FileCarrier(self.paths, self.model_info, Path.home(), Path.cwd()),
            saved_prompts=lambda: load_saved_prompts(self.paths.prompts),
            templates=lambda: load_templates(self.paths.templates),
            own_files=tr("“prompts” and “templates” in {config}", config=self.paths.config),
            list_files=lambda: list_files(Path.cwd()),
            uses=FileUses(OperatingSystem(), self.paths.uses_file),
            terminal_talks=terminal_talks,
            terminal_links=self.settings.hyperlinks and terminal_talks,
            keys=keys,
            manners=manners_of(self.environ),
            problems=(*self.problems, *key_problems, *problems, *server_problems),
            log_file=str(self.paths.log_file),
        )


def _from_home(path: Path) -> str:
    """A path as people write it."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


def _has_sixteen_colours(environ: Mapping[str, str]) -> bool:
    """Whether Rich, which draws, takes the terminal for one of sixteen colours; it asks the same two variables."""
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return False
    return environ.get("TERM", "").strip().lower().rpartition("-")[2] not in {"256color", "kitty", "dumb", ""}


def build(options: Options, environ: Mapping[str, str] | None = None) -> House:
    """Read the settings, start the log, and put the parts together. Touches no network and imports no SDK."""
    environ = os.environ if environ is None else environ
    paths = default_paths(options.config_dir)
    flags = {"model": options.model, "system": options.system, "base_url": options.base_url}
    kept = FileSettings(paths.settings_file, environ, flags, locks=paths.locks)
    problems = [*WORDS.problems, *kept.problems]
    problems += [
        sentence for sentence in (start_logging(paths), warn_if_readable_by_others(paths.credentials_file)) if sentence
    ]
    problems += permission_warnings(paths)
    prices, price_problems = load_prices(paths.prices_file)
    problems += price_problems
    pace = environ.get("SALON_DEMO_PACE", "")
    return House(
        options,
        paths,
        kept,
        environ,
        problems,
        Catalogue(ModelLists(paths.models_file), prices),
        float(pace) if pace.replace(".", "", 1).isdigit() else 1.0,
    )
