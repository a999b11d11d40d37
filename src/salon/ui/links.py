"""Links from answers: where they really lead, and whether they may be opened."""

import re
from urllib.parse import urlsplit

from salon.untrusted import clean, clean_line

_SCHEMES = {"http", "https", "mailto"}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?|[0-9a-f:.]+")
"""A name or an address; browsers read some other characters, such as a backslash, as the end of the host."""


def checked_link(href: str) -> tuple[str, str]:
    """The link if it may be opened, else "", and a sentence that shows where it leads.

    Only http, https and mailto open; an address with user data before its host, with blanks or controls, or without a
    host does not. The host is shown in its ASCII form, so that look-alike letters are seen.
    """
    shown = clean_line(href, 300)
    if clean(href) != href or not href or any(char.isspace() for char in href):
        return "", f"This link is not opened, since it is malformed: {shown}"
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").encode("idna").decode("ascii") if parts.hostname else ""
    except (ValueError, UnicodeError):
        return "", f"This link is not opened, since it is malformed: {shown}"
    if parts.scheme.lower() not in _SCHEMES:
        return "", f"This link is not opened; only web and mail addresses are: {shown}"
    if parts.scheme.lower() == "mailto":
        return href, f"Write to {shown}?"
    if not _HOST.fullmatch(host) or "@" in parts.netloc:
        return "", f"This link is not opened, since it hides its host: {shown}"
    return href, f"Open {host}? {shown}"
