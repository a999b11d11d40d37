"""Who may come in: what a request shows, and whether that is enough. Nothing in here knows the network.

Other programs, other people and other pages of the same browser can reach a server on loopback. So a request must name
this server's own address (a page elsewhere whose name was pointed at 127.0.0.1 names its own), must not come from a
page of another origin, and must bring the cookie that the one-time token of the link was exchanged for. Browsers send
a cookie to every port of a host; this one is bound to a path that nobody can guess, so other servers never see it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

COOKIE = "salon"
_BYTES = 16
"""128 bits; the link fits a row of 80."""


class Verdict(Enum):
    """What becomes of a request."""

    ADMITTED = "admitted"
    TOKEN_TAKEN = "token taken"
    """The token was good and is used up; the answer brings a new cookie."""
    STRANGER = "stranger"
    """It has no cookie of ours, or knows no path of ours."""
    ELSEWHERE = "elsewhere"
    """It names another address than ours, or comes from another origin."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request shows of itself: all its headers of these names, its path, and its token and cookie."""

    hosts: Sequence[str]
    origins: Sequence[str]
    path: str
    token: str | None = None
    cookie: str | None = None
    talks: bool = False
    """Whether it wants a WebSocket, for which browsers always name the origin."""


class Door:
    """The tokens and cookies of one run. `authority` is host and port as a browser writes them."""

    def __init__(self, authority: str) -> None:
        self.authority = authority
        self.origin = f"http://{authority}"
        self.path = f"/{secrets.token_urlsafe(_BYTES)}/"
        """Everything lies under it."""
        self._token: str | None = None
        self._cookies: list[str] = []

    def link(self) -> str:
        """An address that opens the door once; it replaces one that was not used."""
        self._token = secrets.token_urlsafe(_BYTES)
        return f"{self.origin}{self.path}?token={self._token}"

    def judge(self, asked: Asked) -> Verdict:
        """Whether a request may come in. A good token is used up by this."""
        if list(asked.hosts) != [self.authority]:
            return Verdict.ELSEWHERE
        if list(asked.origins) != [self.origin] and (asked.origins or asked.talks):
            return Verdict.ELSEWHERE
        if not _same(asked.path[: len(self.path)], self.path):
            return Verdict.STRANGER
        known = [_same(asked.cookie or "", cookie) for cookie in self._cookies]  # all of them: the time tells nothing
        if any(known):
            return Verdict.ADMITTED
        if asked.path == self.path and self._redeem(asked.token):
            return Verdict.TOKEN_TAKEN
        return Verdict.STRANGER

    def new_cookie(self) -> str:
        """The value of the cookie of somebody whose token was taken."""
        self._cookies.append(secrets.token_urlsafe(_BYTES))
        return self._cookies[-1]

    def _redeem(self, token: str | None) -> bool:
        if token is None or self._token is None or not _same(token, self._token):
            return False
        self._token = None
        return True


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8"))
