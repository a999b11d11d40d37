"""What a sentence about a failed request needs to know, and the failures that several families share."""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from salon.claude.address import DEFAULT_BASE_URL, host_of, is_anthropic, is_loopback
from salon.claude.credentials import Credentials, redact
from salon.errors import Fault, FaultKind
from salon.untrusted import clean_line
from salon.words import tr

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a sentence about a failed request needs to know of it."""

    base_url: str = DEFAULT_BASE_URL
    credentials: Credentials | None = None
    model: str = ""
    request_size: Callable[[], int] = field(default=lambda: 0, repr=False)
    """The size of the request's body in bytes; asked for only when it was too large."""
    has_attachments: bool = False
    read_timeout: float = 60.0
    connect_timeout: float = 10.0
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The environment; kept out of the repr, since keys are in it."""

    called: str = ""
    """What the server is called in sentences, where its host would tell a person nothing."""

    @property
    def place(self) -> str:
        """The host, or what it is called."""
        return self.called or self.host

    @property
    def host(self) -> str:
        """Host and port."""
        return host_of(self.base_url)

    @property
    def anthropic(self) -> bool:
        """Whether the host is Anthropic's own."""
        return is_anthropic(self.host)

    @property
    def local(self) -> bool:
        """Whether the host is this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def who(self) -> str:
        """Who answers, as the subject of a sentence."""
        return self.called or ("Claude" if self.anthropic else self.host)

    def clean(self, text: object, limit: int = 300) -> str:
        """Foreign text on one line, without keys, cut; "" for what is not text."""
        return clean_line(redact(text, self.credentials), limit) if isinstance(text, str) else ""

    def details(self, **rest: Any) -> dict[str, Any]:
        """The technical part of a fault: the host, and what of `rest` there is."""
        return {"host": self.host} | {key: value for key, value in rest.items() if value not in (None, "")}


def dropped(at: Circumstances, begun: bool, why: str = "") -> Fault:
    """The stream ended before the answer did."""
    what = tr("Connection lost.") if begun else tr("{who} closed the connection without an answer.", who=at.who)
    return Fault(
        FaultKind.DROPPED,
        what,
        actions=("continue", "retry") if begun else ("retry",),
        transient=True,
        details=at.details(reason=at.clean(why)),
    )


def stalled(at: Circumstances, begun: bool) -> Fault:
    """Nothing came for too long, not even a ping."""
    return Fault(
        FaultKind.STALLED,
        tr("No data for {read_timeout:g} s; stopped waiting.", read_timeout=at.read_timeout),
        actions=("continue", "retry") if begun else ("retry",),
        transient=True,
        details=at.details(),
    )


def garbled(at: Circumstances, begun: bool, why: str) -> Fault:
    """What came is not what the protocol says."""
    return Fault(
        FaultKind.GARBLED,
        tr("{who} sent something that cannot be read.", who=at.who),
        actions=("continue", "retry", "show_details") if begun else ("retry", "show_details"),
        transient=True,
        details=at.details(reason=at.clean(why)),
    )


def sign_in_page(at: Circumstances, **details: Any) -> Fault:
    """A captive portal or a company's login answered in the API's place."""
    return Fault(
        FaultKind.SIGN_IN_PAGE,
        tr("A sign-in page answered instead of {who}.", who=at.who),
        tr("Log in to the Wi-Fi, then retry."),
        details=at.details(**details),
    )


def web_page(at: Circumstances, **details: Any) -> Fault:
    """A page answered where the API should be; on this machine nobody signs in, so there it is the wrong server."""
    return not_the_api(at, **details) if at.local else sign_in_page(at, **details)


def not_the_api(at: Circumstances, **details: Any) -> Fault:
    """A server answered that does not speak the Messages API at this address."""
    path = urlsplit(at.base_url).path
    return Fault(
        FaultKind.NOT_THE_API,
        tr("{place} answered, but not like the Claude API.", place=at.place),
        tr("Check base_url ({path}).", path=path or at.base_url),
        actions=("edit_base_url", "show_details"),
        details=at.details(path=path + "/v1/messages", **details),
    )


def no_key(at: Circumstances) -> Fault:
    """There is nothing to authenticate with."""
    if at.anthropic:
        return Fault(
            FaultKind.NO_KEY,
            tr("No API key yet."),
            tr("Paste one here or set ANTHROPIC_API_KEY."),
            actions=("change_key",),
            details=at.details(),
        )
    return Fault(
        FaultKind.NO_KEY,
        tr("{place} asks for an API key, and there is none for it.", place=at.place),
        actions=("change_key",),
    )


def unsendable_key(at: Circumstances) -> Fault:
    """The key has characters that no HTTP header can carry."""
    source = tr(" (from {source})", source=at.credentials.source) if at.credentials else ""
    return Fault(
        FaultKind.REJECTED_KEY,
        tr("The API key{source} contains characters that cannot be sent.", source=source),
        tr("Copy it again."),
        actions=("change_key",),
        details=at.details(),
    )


def internal(problem: BaseException, at: Circumstances) -> Fault:
    """Something that nobody foresaw; logged with its traceback, keys taken out."""
    text = redact("".join(traceback.format_exception(problem)), at.credentials)
    logger.error("unforeseen failure of a request to %s\n%s", at.host, text)
    return Fault(
        FaultKind.INTERNAL,
        tr("Something went wrong inside Salon."),
        tr("The log has the details."),
        actions=("retry", "show_details"),
        details=at.details(error=type(problem).__name__, reason=at.clean(str(problem))),
    )
