"""Where sessions are kept, as the rest of Salon sees it: small contracts, which the store fulfils."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from salon.chat.attachments import Blobs
from salon.chat.conversation import Conversation
from salon.chat.draft import Draft
from salon.chat.summary import SessionSummary
from salon.chat.turn import Log


class Outside(StrEnum):
    """What another program has done to an open session."""

    NOTHING = ""
    CHANGED = "changed"
    """It wrote to the file, or put another in its place."""
    TAKEN_OVER = "taken over"
    """Another window writes the session now."""


class Keeping(StrEnum):
    """What a log does with records."""

    DISK = "disk"
    NOTHING = "nothing"
    """It forgets them, as the person asked."""
    REFUSED = "refused"
    """It takes none: the session can only be read."""


class SessionLog(Log, Protocol):
    """The log of one open session."""

    keeping: Keeping

    on_state: Callable[[str], None] | None
    """Is told why nothing is saved, in words, and "" when everything is again; called on the event loop."""

    @property
    def unsaved(self) -> str:
        """Why the last write failed, in a sentence; "" when everything is on disk."""
        ...

    def look(self) -> Outside:
        """What another program has done since the last look; blocks for a moment, call it from a thread.

        Records of this log that it took away are put back first.
        """
        ...

    async def close(self) -> bool:
        """Write what is queued, sync, give the lock back; whether everything is on disk."""
        ...


class Stash(Protocol):
    """Drafts that were put aside. The methods block for a moment, and raise `StoreError`."""

    def load(self) -> Sequence[Draft]:
        """All of them, the newest first."""
        ...

    def push(self, draft: Draft) -> None:
        """Put one before the others; it is kept when this returns."""
        ...

    def drop(self, draft: Draft) -> None:
        """Take one away."""
        ...


class Library(Protocol):
    """The sessions on disk, as the app sees them. The methods block for a moment; call them from a thread."""

    @property
    def blobs(self) -> Blobs:
        """Where attached content lies."""
        ...

    def create(self) -> tuple[Conversation, SessionLog]:
        """A new, empty conversation; nothing is on disk until its first record."""
        ...

    def open(self, session_id: str, *, take_over: bool = False) -> tuple[Conversation, SessionLog]:
        """A session from disk, locked for writing; with `take_over` also when another window has it.

        Copies that a sync program made of it are merged into it first. Raises `SessionNotFound`, `SessionLocked`, or
        `StoreError` when it cannot be read. A session that a newer Salon wrote comes with a log that writes nothing
        and says so.
        """
        ...

    def view(self, session_id: str) -> tuple[Conversation, SessionLog]:
        """A session from disk with a log that writes nothing, also while another window writes it.

        Raises `SessionNotFound`, or `StoreError` when it cannot be read.
        """
        ...

    def fork(self, session_id: str, leaf: str | None = None) -> str:
        """Make a new session of the branch that ends at `leaf` (the session's own by default); its id.

        Raises `SessionNotFound`, or `StoreError` when nothing can be forked or written.
        """
        ...

    def latest(self) -> str | None:
        """The id of the session, or the lone draft, that was written last."""
        ...

    def has(self, session_id: str) -> bool:
        """Whether there is a session, or a lone draft, with this id."""
        ...

    def find(self, words: str) -> Sequence[SessionSummary]:
        """The sessions whose id begins with `words` or whose title has all of them, newest first."""
        ...

    def list(self) -> Sequence[SessionSummary]:
        """All sessions and lone drafts, newest first."""
        ...

    def remembered(self) -> Sequence[SessionSummary]:
        """The sessions as the last list had them, newest first: for showing at once, before `list` has looked."""
        ...

    def trashed(self) -> Sequence[SessionSummary]:
        """What is in the trash, last used first."""
        ...

    def change(self, session_id: str, key: str, value: Any) -> None:
        """Set a session's title, tags, pin or archive mark, also while another window has it open.

        Raises `SessionNotFound`, or `StoreError` when it cannot be written.
        """
        ...

    def trash(self, session_id: str) -> None:
        """Throw a session and its draft away; `restore` brings them back.

        Raises `SessionNotFound`, `SessionLocked`, or `StoreError`.
        """
        ...

    def restore(self, session_id: str) -> None:
        """Bring a session and its draft back from the trash. Raises `SessionNotFound` or `StoreError`."""
        ...

    def purge(self, session_id: str) -> None:
        """Remove a session from the trash for ever. Raises `SessionNotFound` or `StoreError`."""
        ...

    def load_draft(self, session_id: str) -> Draft:
        """The unsent draft of a session; empty where there is none or it cannot be read."""
        ...

    def save_draft(self, session_id: str, draft: Draft) -> None:
        """Keep a draft, atomically; an empty one removes it. Raises `StoreError`."""
        ...

    def prompts(self, limit: int = 500) -> Sequence[str]:
        """The newest prompts of all sessions, newest first, for recall."""
        ...

    def stash(self) -> Stash:
        """The drafts that were put aside."""
        ...
