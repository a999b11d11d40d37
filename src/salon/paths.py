"""Every place on disk. Asking for a path never creates it."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APP = "salon"


@dataclass(frozen=True, slots=True)
class Paths:
    """The three directories, and what lies where in them.

    `config` holds what is a person's own (settings, sessions, drafts); `state` and `cache` can be deleted at any time.
    """

    config: Path
    state: Path
    cache: Path

    @property
    def settings_file(self) -> Path:
        """What a person sets."""
        return self.config / "config.toml"

    @property
    def keys_file(self) -> Path:
        """Which key does what, where a person wants it otherwise."""
        return self.config / "keys.toml"

    @property
    def credentials_file(self) -> Path:
        """The key saved by the app, apart from the settings so that those can be shared."""
        return self.config / "credentials.toml"

    @property
    def prices_file(self) -> Path:
        """What models cost, where a person knows better."""
        return self.config / "prices.toml"

    @property
    def allowed_tools_file(self) -> Path:
        """The tools that may be run without asking, a line each."""
        return self.config / "allowed-tools.txt"

    @property
    def models_file(self) -> Path:
        """Which models servers said they offer."""
        return self.cache / "models.json"

    @property
    def themes(self) -> Path:
        """A person's own themes."""
        return self.config / "themes"

    @property
    def sessions(self) -> Path:
        """Session files, in a folder a month."""
        return self.config / "sessions"

    @property
    def drafts(self) -> Path:
        """Unsent drafts, a file a session."""
        return self.config / "drafts"

    @property
    def trash(self) -> Path:
        """Sessions that were thrown away, and their drafts; emptied only when a person says so."""
        return self.config / "trash"

    @property
    def templates(self) -> Path:
        """What new chats can begin from."""
        return self.config / "templates"

    @property
    def listing_file(self) -> Path:
        """What lists show of each session, derived from the session files."""
        return self.cache / "listing.sqlite3"

    @property
    def blobs(self) -> Path:
        """Attached files, each once, by the SHA-256 of its content."""
        return self.config / "blobs"

    @property
    def prompts(self) -> Path:
        """Prompts that a person keeps for use again."""
        return self.config / "prompts"

    @property
    def stash_file(self) -> Path:
        """Drafts that were put aside."""
        return self.config / "stash.json"

    @property
    def locks(self) -> Path:
        """Lock files of open sessions."""
        return self.state / "locks"

    @property
    def log_file(self) -> Path:
        """The rotating log of the app itself."""
        return self.state / "salon.log"

    @property
    def search_index(self) -> Path:
        """The index of the search, made from the session files."""
        return self.cache / "search.sqlite3"

    @property
    def uses_file(self) -> Path:
        """How often was done what hints are about."""
        return self.state / "uses.json"

    @property
    def copied_file(self) -> Path:
        """The last text that was too large for a clipboard."""
        return self.state / "copied.txt"

    def for_demo(self) -> "Paths":
        """Places for chats with the scripted server, apart from real ones."""
        return Paths(self.config / "demo", self.state / "demo", self.cache / "demo")


def default_paths(config: Path | None = None) -> Paths:
    """The platform's own places, or those that `config` and the environment name.

    `SALON_CONFIG_DIR`, `SALON_STATE_DIR` and `SALON_CACHE_DIR` override the platform; `config` overrides the first.
    """

    def place(variable: str, platform_default: str) -> Path:
        return Path(os.environ.get(variable) or platform_default).expanduser()

    return Paths(
        config=config or place("SALON_CONFIG_DIR", platformdirs.user_config_dir(_APP, appauthor=False)),
        state=place("SALON_STATE_DIR", platformdirs.user_state_dir(_APP, appauthor=False)),
        cache=place("SALON_CACHE_DIR", platformdirs.user_cache_dir(_APP, appauthor=False)),
    )


def theme_directories(paths: Paths) -> list[Path]:
    """Where themes are looked for, built-in ones first, a person's own last.

    An installed package carries them beside its code; in a source checkout they are the repository's `themes/`.
    """
    package = Path(__file__).resolve().parent
    built_in = [place for place in (package / "themes", package.parent.parent / "themes") if place.is_dir()]
    return [*built_in[:1], paths.themes]
