"""What can go wrong, in words for the person who was writing.

    SalonError
    ├── UsageError          the command line asks for something impossible
    ├── CredentialsError    no usable credentials, or a credentials file that cannot be read
    ├── StoreError          a session or settings file cannot be read or written
    │   ├── SessionNotFound
    │   └── SessionLocked   another process is writing this session
    └── Fault               one attempt at the API failed; `kind` says how

Each carries what happened, whether the work is safe, and what to do now; `details` holds the technical rest (status,
request id, host) for whoever asks. Texts from servers are cleaned before they are put in one of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class SalonError(Exception):
    """An error that a person is told about."""

    def __init__(self, what: str, now: str = "", *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.now = now
        self.details: dict[str, Any] = dict(details or {})

    def sentence(self) -> str:
        """What happened and what to do now, as one line."""
        return f"{self.what} {self.now}".strip()


class UsageError(SalonError):
    """The command line asks for something impossible."""


class CredentialsError(SalonError):
    """There are no usable credentials."""


class StoreError(SalonError):
    """A file that belongs to the person cannot be read or written."""


class SessionNotFound(StoreError):
    """No session has this id or these words in its title."""


class SessionLocked(StoreError):
    """Another process is writing this session; `details` has its pid and start."""


class FaultKind(StrEnum):
    """The rows of the error table: one kind, one sentence, one set of keys."""

    NO_KEY = "no_key"
    REJECTED_KEY = "rejected_key"
    OUT_OF_CREDIT = "out_of_credit"
    SPEND_LIMIT = "spend_limit"
    FORBIDDEN = "forbidden"
    MODEL_NOT_FOUND = "model_not_found"
    NOT_THE_API = "not_the_api"
    CONTEXT_OVERFLOW = "context_overflow"
    BAD_HISTORY = "bad_history"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    DROPPED = "dropped"
    STALLED = "stalled"
    GARBLED = "garbled"
    UNREACHABLE = "unreachable"
    UNTRUSTED_TLS = "untrusted_tls"
    SIGN_IN_PAGE = "sign_in_page"
    REDIRECTED = "redirected"
    PROXY = "proxy"
    BAD_ADDRESS = "bad_address"
    INTERNAL = "internal"


@dataclass(eq=False)
class Fault(SalonError):
    """One attempt at the API failed.

    `transient` says whether another attempt may succeed; `retry_after` is the server's wish in seconds; `actions` are
    the ids (see `salon.actions`) of what helps, best first.
    """

    kind: FaultKind
    what: str
    now: str = ""
    actions: tuple[str, ...] = ("retry",)
    transient: bool = False
    retry_after: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Exception.__init__(self, self.what)

    def to_record(self) -> dict[str, Any]:
        """The fault as a session file keeps it."""
        return {"kind": self.kind.value, "what": self.what, "now": self.now, "actions": list(self.actions)} | (
            {"details": self.details} if self.details else {}
        )
