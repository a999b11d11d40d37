"""What the screens are given: everything that touches the network or the disk, behind small contracts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from salon.chat.attachments import Attachment, Blobs, Mosaic
from salon.chat.budgets import Budgets
from salon.chat.conversation import Conversation
from salon.chat.library import Library
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.permission import ToolServers
from salon.chat.search import Search
from salon.chat.tools import WebLimits
from salon.chat.turn import Client, Request
from salon.saved_prompts import SavedPrompt
from salon.settings import Origin, Settings
from salon.templates import Template
from salon.terminals import Manners
from salon.themes import Theme

if TYPE_CHECKING:
    from salon.store.exporting.selecting import Wanted


class ApiConnection(Client, Protocol):
    """A client that knows where it talks to."""

    async def prepare(self) -> None:
        """Import and build what the first request needs. Raises `Fault`."""
        ...

    async def check(self) -> None:
        """Find out with one cheap call whether the server takes the key. Raises `Fault`."""
        ...

    async def list_models(self) -> list[ModelInfo]:
        """What the server says it offers; empty where it has no list. Raises `Fault`."""
        ...

    async def count_tokens(self, request: Request) -> int | None:
        """How many tokens the request has; None where the server does not count. Raises `Fault`."""
        ...

    async def download(self, file_id: str, largest: int) -> tuple[str, bytes]:
        """A file that code made on the server: its name there, raw, and its content. Raises `Fault`."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Whom the app talks to."""

    client: ApiConnection
    host: str = ""
    """The host where it is not Anthropic's own, else ""."""
    demo: bool = False
    credentials: str = ""
    """Where the key came from, in words; never the key."""

    @property
    def anthropic_host(self) -> bool:
        """Whether the host is Anthropic's, or speaks exactly like it."""
        return self.demo or not self.host


class Attacher(Protocol):
    """Makes attachments, their content safely kept in the blobs given. Methods block and raise `SalonError`."""

    def attach(self, blobs: Blobs, what: str) -> Attachment:
        """What a path, or an http(s) address of a picture or PDF, means."""
        ...

    def attach_clipboard(self, blobs: Blobs) -> Attachment:
        """The picture on the clipboard."""
        ...

    def make_smaller(self, blobs: Blobs, attachment: Attachment, side: int) -> Attachment:
        """The picture with no side longer than `side` pixels."""
        ...

    def mosaic(self, blobs: Blobs, attachment: Attachment, columns: int, rows: int) -> Mosaic:
        """The picture in at most so many cells, two pixels a cell."""
        ...

    def text_of(self, blobs: Blobs, attachment: Attachment) -> str:
        """The text of an attached text."""
        ...

    def files_in(self, pasted: str) -> Sequence[str]:
        """The paths that a paste consists of, where every one of them is a file or folder here; else none."""
        ...

    def complete(self, typed: str) -> Sequence[str]:
        """The files and folders whose path begins with what was typed."""
        ...


class Connector(Protocol):
    """Makes connections. The methods block for a moment; call them from a thread."""

    def connect(self) -> Connection | None:
        """A connection with what the command line, the environment and the settings say; None without credentials.

        Raises `UsageError` for an address that may not be used, `CredentialsError` for a file that cannot be read.
        """
        ...

    def connect_with_key(self, key: str) -> Connection:
        """A connection with a key that was just typed."""
        ...

    def connect_to(self, address: str) -> Connection:
        """A connection to a server that speaks the Messages API, without a key. Raises `UsageError`."""
        ...

    def connect_to_demo(self) -> Connection:
        """A connection to the scripted server, which is started if need be."""
        ...

    def save_key(self, key: str) -> str:
        """Keep a key for the next start; where it lies. Raises `StoreError`."""
        ...

    async def learn_models(self, connection: Connection) -> str:
        """Know what the first request needs; the model to use where nobody chose one, else "".

        The server is asked only where nothing is known of it or of the model. Raises `Fault`.
        """
        ...

    async def refresh_models(self, connection: Connection) -> bool:
        """Ask the server what it offers, if what is known is old; whether there is anything new. Never raises."""
        ...

    def models_of(self, connection: Connection) -> Sequence[ModelInfo]:
        """The models that are known for a connection without asking its server."""
        ...

    def models_as_of(self, connection: Connection) -> str:
        """Where that list comes from and of when it is, in words; "" where there is nothing to say."""
        ...


class Carried(Protocol):
    """How far an import is."""

    @property
    def fraction(self) -> float:
        """0 to 1."""
        ...

    @property
    def chats(self) -> int:
        """How many came."""
        ...

    @property
    def messages(self) -> int:
        """How many came."""
        ...


class Carrier(Protocol):
    """Takes chats out and in. The methods block; places are paths as people write them."""

    def text_of(self, conversation: Conversation, wanted: "Wanted") -> str:
        """The chat as it is wanted. Raises `UsageError`."""
        ...

    def place_for(self, title: str, suffix: str) -> str:
        """Where an export could go."""
        ...

    def write(self, place: str, text: str) -> str:
        """Write an export, never over something; where it is. Raises `StoreError`."""
        ...

    def save(self, folder: str, name: str, content: bytes) -> str:
        """Keep a downloaded file in a folder, by default that for downloads, never over something; where it is.

        Raises `StoreError`.
        """
        ...

    def places(self, typed: str) -> Sequence[str]:
        """What could be imported, by what is typed of its path."""
        ...

    def bring_in(self, place: str, *, demo: bool, on_progress: Callable[[Carried], bool]) -> Sequence[str]:
        """Import what is at `place`; the summary in lines, raw. `on_progress` stops it by returning False.

        Raises `StoreError`.
        """
        ...


class KeptSettings(Protocol):
    """The settings, and how one is changed for good. What changes or looks at files blocks."""

    @property
    def settings(self) -> Settings:
        """As they are now."""
        ...

    @property
    def place(self) -> str:
        """Where they are written down."""
        ...

    def value(self, name: str) -> Any:
        """What holds in this run, the command line's flags included."""
        ...

    def origin(self, name: str) -> Origin:
        """Where that comes from."""
        ...

    def source(self, name: str) -> str:
        """The same in words: a flag, a variable, a file and line."""
        ...

    def keep(self, name: str, value: Any) -> str:
        """Have a value hold and write it down; what is to be said of that, "" where it simply holds.

        Raises `UsageError` for what cannot be set, `StoreError` where it cannot be written.
        """
        ...

    def forget(self, name: str) -> str:
        """Have the default hold again. Says and raises what `keep` does."""
        ...


class Uses(Protocol):
    """How often a person has done what hints are about."""

    def count(self, action: str) -> int:
        """How often, up to a small number."""
        ...

    def note(self, action: str) -> None:
        """It was done once more."""
        ...

    def load(self) -> None:
        """Read what is known. Blocks."""
        ...

    def save(self) -> None:
        """Keep what is new. Blocks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the command line asks the app to begin with."""

    prompt: str = ""
    attach: tuple[str, ...] = ()
    """Paths and addresses to attach to the prompt."""
    session_id: str | None = None
    temporary: bool = False
    """Begin with a chat of which nothing is kept."""
    choose: bool = False
    """Open the list of chats, filtered by `words`."""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything from outside that the app needs."""

    library: Library
    temporary: Library
    """Keeps nothing: where temporary chats are, and the drafts of chats that can only be read."""
    demo_library: Library
    """Where chats with the scripted server are kept, apart from real ones."""
    search: Callable[[bool], Search]
    """The search over the real chats, or with True over those with the scripted server; blocks for a moment."""
    connector: Connector
    kept: KeptSettings
    """The settings; `settings` are their values."""
    themes: Sequence[Theme]
    read_themes: Callable[[], tuple[Sequence[Theme], Sequence[str]]]
    """The themes as they are now, and what is wrong with their files, in sentences. Blocks."""
    themes_place: str
    """Where a person's own themes lie, in words."""
    sixteen_colours: bool = False
    """Whether the terminal shows its own sixteen colours and no others."""
    no_colours: bool = False
    """Whether the person wants none at all (NO_COLOR)."""
    model_info: Callable[[str], ModelInfo]
    parameters: Callable[[Connection, str], Parameters]
    """The parameters of a new chat over a connection, or of one that has the model with this id."""
    attacher: Attacher
    tool_servers: ToolServers
    """The programs whose tools a model may use, from config.toml."""
    budgets: Budgets
    web_limits: Callable[[], WebLimits]
    """What the settings allow the server's web tools."""
    title_model: Callable[[Connection], str]
    """The model that names chats over a connection; "" where none shall."""
    keep_copy: Callable[[str], str]
    """Writes a text that is too large for a clipboard to a file; where that is. Raises `StoreError`."""
    carrier: Carrier
    list_files: Callable[[], Sequence[str]]
    """The files and folders below the directory that Salon was started in, relative to it. Blocks."""
    uses: Uses
    terminal_talks: bool = True
    """Whether the terminal may be asked about itself."""
    terminal_links: bool = False
    """Whether the terminal is told which cells are links."""
    manners: Manners = field(default_factory=Manners)
    """What the terminal understands beside the screen."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys of actions that have others than their own, by id."""
    saved_prompts: Callable[[], tuple[Sequence[SavedPrompt], Sequence[str]]]
    """The prompts that are kept for use again, and what is wrong with their files, in sentences. Blocks."""
    templates: Callable[[], tuple[Sequence[Template], Sequence[str]]]
    """The templates of new chats, and what is wrong with their files, in sentences. Blocks."""
    own_files: str
    """Where both lie, in words."""
    problems: tuple[str, ...] = ()
    """What was wrong with settings, themes or directories, in sentences."""
    log_file: str = ""

    @property
    def settings(self) -> Settings:
        """What the person has set, as it is now."""
        return self.kept.settings
