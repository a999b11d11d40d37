"""The `[mcp.NAME]` tables of config.toml: which servers there are, and what they are given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from salon.toml_text import did_you_mean, parse_leniently, place_of, read_small_file
from salon.untrusted import clean_line
from salon.words import tr

TABLE = "mcp"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_FIELDS = ("command", "url", "env", "pass_env", "token_env", "enabled", "allow", "timeout")
_OURS = re.compile(r"(ANTHROPIC|SALON)_", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """One server: a program that is started, or an address."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the program finds in its environment beside PATH, HOME and the like."""
    token: str = field(default="", repr=False)
    """What goes to an address as its bearer token."""
    enabled: bool = True
    """Whether new chats have its tools."""
    allow: frozenset[str] = frozenset()
    """Its tools that may be run without asking; "*" stands for all."""
    timeout: float = 60.0
    """Seconds that a call may take."""

    @property
    def place(self) -> str:
        """The program or the address, for people."""
        return clean_line(" ".join(self.command) or self.url, 200)

    @property
    def identity(self) -> str:
        """What a standing permission is bound to: another program under the same name is another server."""
        return blake2b("\0".join((self.name, self.url, *self.command)).encode(), digest_size=8).hexdigest()


def load_servers(file: Path, environ: Mapping[str, str]) -> tuple[list[ServerConfig], list[str]]:
    """The servers in `file`, and what was wrong with their tables, in sentences. Never raises."""
    try:
        text = read_small_file(file)
    except (OSError, ValueError):
        return [], []  # the settings' own loader says so
    tables = parse_leniently(text, str(file))[0].get(TABLE, {})
    if not isinstance(tables, dict):
        return [], [tr('{place}: "mcp" must be tables such as [mcp.files].', place=place_of(text, str(file), TABLE))]
    servers, problems = [], []
    for name, table in tables.items():
        place = place_of(text, str(file), name, TABLE)
        try:
            servers.append(_server(name, table, environ))
        except ValueError as error:
            problems.append(
                tr(
                    "{place}: the MCP server “{name}” is not used: {error}.",
                    place=place,
                    name=clean_line(str(name), 60),
                    error=error,
                )
            )
    return servers, problems


def _server(name: str, table: Any, environ: Mapping[str, str]) -> ServerConfig:
    """Raises ValueError with what is wrong."""
    if not _NAME.fullmatch(name) or "__" in name:
        raise ValueError(tr("a name has at most 32 letters, digits, - and single _"))
    if not isinstance(table, dict):
        raise ValueError(tr("it must be a table"))
    if unknown := next((key for key in table if key not in _FIELDS), None):
        raise ValueError(
            tr(
                "there is no “{unknown}”.{nearest}",
                unknown=clean_line(unknown, 60),
                nearest=did_you_mean(unknown, _FIELDS),
            ).rstrip(".")
        )
    command, url = _words(table, "command"), table.get("url", "")
    if not isinstance(url, str) or bool(command) == bool(url):
        raise ValueError(tr('it needs either command = ["program", "argument"] or url = "https://..."'))
    if url:
        _check_url(url)
    env = table.get("env", {})
    if not isinstance(env, dict) or not all(isinstance(value, str) for value in env.values()):
        raise ValueError('env must be a table of texts, such as { LANG = "C" }')
    passed = {key: environ[key] for key in _words(table, "pass_env") if key in environ}
    token_env, enabled, timeout = table.get("token_env", ""), table.get("enabled", True), table.get("timeout", 60)
    for key in (*env, *passed, str(token_env)):
        if _OURS.match(key):
            raise ValueError(tr("{key} is Salon's own and given to nobody", key=clean_line(key, 60)))
    if not isinstance(token_env, str) or (token_env and not url):
        raise ValueError(tr("token_env is the name of a variable, and goes with a url"))
    if not isinstance(enabled, bool):
        raise ValueError(tr("enabled must be true or false"))
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 1 <= timeout <= 3600:
        raise ValueError(tr("timeout must be 1 to 3,600 seconds"))
    return ServerConfig(
        name=name,
        command=command,
        url=url,
        env=passed | env,
        token=environ.get(token_env, "").strip() if token_env else "",
        enabled=enabled,
        allow=frozenset(_words(table, "allow")),
        timeout=float(timeout),
    )


def _words(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = table.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word and "\0" not in word for word in words):
        raise ValueError(tr("{key} must be a list of texts", key=key))
    return tuple(words)


def _check_url(url: str) -> None:
    """Results are what a model acts upon, so whoever is on the way must not be able to change them."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(tr("its url is not an address")) from None
    if parts.username or parts.password:
        raise ValueError(tr("its url has a password in it; token_env names a variable that has it"))
    if parts.scheme == "https" and host:
        return
    if parts.scheme != "http" or not _is_loopback(host):
        raise ValueError(tr("its url must begin with https://, or be http:// on this machine"))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
