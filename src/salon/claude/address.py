"""Where the API is: which addresses a key may be sent to."""

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from salon.errors import UsageError
from salon.untrusted import clean_line
from salon.words import tr

DEFAULT_BASE_URL = "https://api.anthropic.com"
_USER_INFO = re.compile(r"//[^/?#]*@")
_WHERE = tr("Give it as https://HOST, or http://localhost:PORT for a server on this machine.")


class Address(NamedTuple):
    """A base URL and where it was said."""

    base_url: str
    source: str = "default"


def find_base_url(environ: Mapping[str, str], *, option: str = "", setting: str = "") -> Address | None:
    """The base URL from, best first, the command line, the environment, the settings; None where nobody said one.

    Raises UsageError for one that cannot be used.
    """
    candidates = (
        (option, "--base-url"),
        (environ.get("ANTHROPIC_BASE_URL", ""), "env ANTHROPIC_BASE_URL"),
        (setting, "settings"),
    )
    for url, source in candidates:
        if url.strip():
            return Address(check_base_url(url), source)
    return None


def check_base_url(url: str) -> str:
    """The URL as the SDK takes it: no trailing slash, no trailing `/v1` (the SDK appends `/v1/messages`).

    Raises UsageError unless it is https, or http to this machine, and nothing but scheme, host, port and path.
    """
    shown = clean_line(_USER_INFO.sub("//***@", url.strip()), 100)
    parts = _split(url.strip(), shown)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UsageError(tr("“{shown}” is not a web address.", shown=shown), _WHERE)
    if parts.username is not None or parts.password is not None:
        raise UsageError(tr("The base URL must not contain a user name or password."), _WHERE)
    if parts.query or parts.fragment:
        raise UsageError(tr("The base URL “{shown}” must end with its path, without “?” or “#”.", shown=shown), _WHERE)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise UsageError(
            tr("“{shown}” is not encrypted, so the key and the chat could be read on the way.", shown=shown), _WHERE
        )
    path = parts.path.rstrip("/")
    if path == "/v1" or path.endswith("/v1"):
        path = path[: -len("/v1")].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def host_of(base_url: str) -> str:
    """Host and port of a checked base URL, as keys are bound to it and people are shown it."""
    return urlsplit(base_url).netloc.lower()


def is_anthropic(host: str) -> bool:
    """Whether `host` (with or without a port) is one of Anthropic's own."""
    name = host.lower().removesuffix(":443").removesuffix(".")
    return name in ("anthropic.com", "claude.com") or name.endswith((".anthropic.com", ".claude.com"))


def is_loopback(host: str) -> bool:
    """Whether a host name (without a port) is this machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _split(url: str, shown: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        port_is_a_number = False
    if not port_is_a_number or not url.isascii() or any(char.isspace() for char in url):
        raise UsageError(tr("“{shown}” is not a web address.", shown=shown), _WHERE)
    return parts
