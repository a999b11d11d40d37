"""Which key is used, where it came from, and where the app keeps one.

Nothing here prints a key: it travels inside `Secret`, whose text is `***`.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import tomli_w

from salon.claude.address import DEFAULT_BASE_URL, host_of
from salon.errors import CredentialsError, StoreError
from salon.toml_text import read_small_file
from salon.untrusted import clean_line
from salon.words import tr

Kind = Literal["api_key", "auth_token", "profile"]

_ENVIRONMENT: tuple[tuple[str, Kind], ...] = (
    ("ANTHROPIC_API_KEY", "api_key"),
    ("CLAUDE_API_KEY", "api_key"),
    ("ANTHROPIC_AUTH_TOKEN", "auth_token"),
)
_SECRETS = re.compile(r"sk-ant-[A-Za-z0-9_-]+|(?i:bearer)\s+[^\s'\",;]+")


class Secret:
    """A string that is not shown by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The string itself; for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the API is shown. A `profile` has no secret of its own: the SDK fetches its tokens."""

    kind: Kind
    secret: Secret
    source: str
    """Where it came from, for people: "env ANTHROPIC_API_KEY"."""

    @property
    def ending(self) -> str:
        """The last four characters, to tell keys apart in messages; "" where the key is too short for that."""
        value = self.secret.reveal()
        return value[-4:] if len(value) >= 12 else ""

    @property
    def sendable(self) -> bool:
        """Whether a header can carry it; httpx2 quotes the whole header in its complaint when not."""
        value = self.secret.reveal()
        return value.isascii() and (value.isprintable() or not value)


def redact(text: str, credentials: Credentials | None = None) -> str:
    """`text` without `credentials`' secret and without anything that looks like a key."""
    if credentials is not None and len(secret := credentials.secret.reveal()) >= 4:
        text = text.replace(secret, "***")
    return _SECRETS.sub("***", text)


def find_credentials(
    environ: Mapping[str, str], credentials_file: Path, *, host: str = host_of(DEFAULT_BASE_URL)
) -> Credentials | None:
    """The credentials for `host`, first of: the environment's keys, the SDK's profiles, the key saved by the app.

    A key from the environment is used for every host, since who set it also set the host; a saved key only for the
    host that it was saved for. Raises CredentialsError when the app's own file cannot be read.
    """
    for variable, kind in _ENVIRONMENT:
        if value := environ.get(variable, "").strip():
            return Credentials(kind, Secret(value), f"env {variable}")
    if source := _profile_source(environ):
        return Credentials("profile", Secret(""), source)
    if saved := _saved_keys(credentials_file).get(host):
        return Credentials(
            "api_key", Secret(saved), tr("saved in {credentials_file}", credentials_file=credentials_file)
        )
    return None


def key_typed_in(text: str, source: str = "typed in") -> Credentials:
    """Credentials of a key that a person gave. Raises CredentialsError for one that no header can carry."""
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise CredentialsError(tr("This is not an API key."), tr("A key is one word of letters, digits and dashes."))
    return Credentials("api_key", Secret(key), source)


def save_key(path: Path, key: Secret, host: str) -> None:
    """Keep `key` for `host` in `path`, beside the keys of other hosts, readable by its owner only.

    The file is replaced as a whole. Raises StoreError when it cannot be written, CredentialsError when the present one
    cannot be read.
    """
    _write_keys(path, {**_saved_keys(path), host: key.reveal()})


def forget_key(path: Path, host: str) -> bool:
    """Remove the key saved for `host`; whether there was one. Raises as `save_key` does."""
    keys = _saved_keys(path)
    if keys.pop(host, None) is None:
        return False
    _write_keys(path, keys)
    return True


def hosts_of_keys(path: Path) -> list[str]:
    """The hosts for which a key is saved. Raises CredentialsError for a file that cannot be read."""
    return sorted(_saved_keys(path))


def warn_if_readable_by_others(path: Path) -> str:
    """A sentence when others on this machine can read the saved key, otherwise ""."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""  # a file that is not there or not readable to us is nobody's leak
    if os.name != "posix" or not mode & 0o077:
        return ""
    return tr("Other people on this computer can read the key in {path}. To close it: chmod 600 '{path}'", path=path)


def saved_keys(path: Path) -> list[str]:
    """Every key in the app's own file, for whoever must take care not to tell them; none where it cannot be read."""
    try:
        return list(_saved_keys(path).values())
    except CredentialsError:
        return []


def _profile_source(environ: Mapping[str, str]) -> str:
    """How the SDK would find credentials of its own, in words; "" where it would not.

    Mirrors steps 3 to 5 of `anthropic.lib.credentials.default_credentials` without importing the SDK.
    """
    if profile := environ.get("ANTHROPIC_PROFILE", "").strip():
        return f"profile {profile}"
    token = environ.get("ANTHROPIC_IDENTITY_TOKEN") or environ.get("ANTHROPIC_IDENTITY_TOKEN_FILE")
    if token and environ.get("ANTHROPIC_FEDERATION_RULE_ID") and environ.get("ANTHROPIC_ORGANIZATION_ID"):
        return "workload identity"
    directory = _sdk_directory(environ)
    try:
        active = read_small_file(directory / "active_config").strip() or "default"
    except (OSError, ValueError):
        active = "default"
    try:
        known = (directory / "configs" / f"{active}.json").is_file()
    except (OSError, ValueError):  # what is written there is no name of a file
        known = False
    return f"profile {clean_line(active, 60)}" if known else ""


def _sdk_directory(environ: Mapping[str, str]) -> Path:
    if configured := environ.get("ANTHROPIC_CONFIG_DIR"):
        return Path(configured)
    if os.name == "nt" and (roaming := environ.get("APPDATA")):
        return Path(roaming) / "Anthropic"
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".config" / "anthropic"


def _saved_keys(path: Path) -> dict[str, str]:
    try:
        data = tomllib.loads(read_small_file(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        # A TOML error may quote the line, and the line may be the key.
        reason = problem.strerror if isinstance(problem, OSError) else tr("it is not valid TOML")
        raise CredentialsError(
            tr("The saved key in {path} cannot be read: {reason}.", path=path, reason=reason)
        ) from None
    keys = data.get("keys")
    if not isinstance(keys, dict):
        return {}
    return {host: key.strip() for host, key in keys.items() if isinstance(key, str) and key.strip()}


def _write_keys(path: Path, keys: Mapping[str, str]) -> None:
    import tempfile  # slow to import, and few starts save a key

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # made with mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                tomli_w.dump({"keys": dict(keys)}, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise StoreError(
            tr("The key was not saved in {path}: {reason}.", path=path, reason=problem.strerror or problem)
        ) from None
