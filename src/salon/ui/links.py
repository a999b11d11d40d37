"""Links from answers: where they really lead, and whether they may be opened."""

import re
from functools import lru_cache
from ipaddress import IPv4Address
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from salon.untrusted import clean, clean_line
from salon.words import tr

LONGEST_TARGET = 2000
"""Terminals ignore longer targets; VTE's bound is 2,083 bytes."""
_KEPT = "".join(map(chr, range(0x21, 0x7F)))
_SCHEMES = {"http", "https", "mailto"}
_CLEANED = re.compile("[\u2400-\u2421\ufffd]")
"""What `clean` has put in place of a control character."""
_LONGEST_HOST = 253
"""Characters; the length of a name (RFC 1035)."""
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""What makes a host an address by its last part (the URL standard's "ends in a number")."""
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?|[0-9a-f:.]+")
"""A name or an address; browsers read some other characters, such as a backslash, as the end of the host."""


def checked_link(href: str) -> tuple[str, str]:
    """The link if it may be opened, else "", and a sentence that shows where it leads.

    Only http, https and mailto open; an address with user data before its host, with blanks or controls, or without a
    host does not. The host is shown in its ASCII form, so that look-alike letters are seen, and that is what opens:
    browsers read some letters otherwise than Python's idna does (ß is "ss" to one and a letter to others).
    """
    shown = clean_line(href, 300)
    if clean(href) != href or not href or any(char.isspace() for char in href):
        return "", tr("This link is not opened, since it is malformed: {shown}", shown=shown)
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
        _ = parts.port  # raises for what is no port
    except (ValueError, UnicodeError):
        return "", tr("This link is not opened, since it is malformed: {shown}", shown=shown)
    if parts.scheme.lower() not in _SCHEMES:
        return "", tr("This link is not opened; only web and mail addresses are: {shown}", shown=shown)
    if parts.scheme.lower() == "mailto":
        return href, tr("Write to {shown}?", shown=shown)
    if not _HOST.fullmatch(host) or "@" in parts.netloc or _is_disguised(host):
        return "", tr("This link is not opened, since it hides its host: {shown}", shown=shown)
    return href if parts.netloc.isascii() else _with_host(parts, host), tr(
        "Open {host}? {shown}", host=host, shown=shown
    )


def _is_disguised(host: str) -> bool:
    """Whether it is longer than a name can be, or a number that browsers read as an address: 2130706433, 0x7f.1."""
    if len(host) > _LONGEST_HOST or ":" in host:
        return len(host) > _LONGEST_HOST
    try:
        IPv4Address(host)
    except ValueError:
        return _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None
    return False


def _with_host(parts: SplitResult, host: str) -> str:
    """The address with its host as it was shown."""
    netloc = f"[{host}]" if ":" in host else host
    return urlunsplit(parts._replace(netloc=netloc + _port(parts.netloc)))


@lru_cache(maxsize=4096)
def terminal_target(href: str) -> str:
    """The target as a terminal is given it, "" for what may not be opened.

    Terminals want printable ASCII: a host is written as the network knows it, other characters are percent-encoded.
    """
    link, _ = checked_link(href)
    if _CLEANED.search(link):
        return ""
    if link and not link.isascii():
        link = quote(link, safe=_KEPT)
    return link if len(link) <= LONGEST_TARGET and link.isprintable() and link.isascii() else ""


def _port(netloc: str) -> str:
    """The port of an address with its colon, "" where it has none."""
    match = re.search(r":[0-9]{1,5}$", netloc)
    return match[0] if match else ""
