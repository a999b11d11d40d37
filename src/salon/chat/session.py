"""One open conversation: its tree, its draft, its settings and the turn that may be running."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from salon.chat.conversation import Conversation
from salon.chat.turn import Log


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been typed and not sent."""

    text: str = ""
    pastes: tuple[str, ...] = ()
    """Large pastes, shown in `text` as chips and put back in full when the prompt is sent."""

    def __bool__(self) -> bool:
        return bool(self.text or self.pastes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """A session as a list shows it; texts are raw."""

    id: str
    title: str
    first_words: str = ""
    modified: float = 0.0
    """Seconds since 1970, of the last write to the session or its draft."""
    size: int = 0
    """Bytes on disk."""


class SessionLog(Log, Protocol):
    """The log of one open session."""

    @property
    def unsaved(self) -> str:
        """Why the last write failed, in a sentence; "" when everything is on disk."""
        ...

    async def close(self) -> bool:
        """Write what is queued, sync, give the lock back; whether everything is on disk."""
        ...


class Library(Protocol):
    """The sessions on disk, as the app sees them. The methods block for a moment; call them from a thread."""

    def create(self) -> tuple[Conversation, SessionLog]:
        """A new, empty conversation; nothing is on disk until its first record."""
        ...

    def open(self, session_id: str) -> tuple[Conversation, SessionLog]:
        """A session from disk, locked for writing.

        Raises `SessionNotFound`, `SessionLocked`, or `StoreError` when it cannot be read. A session that a newer
        Salon wrote comes with a log that writes nothing and says so.
        """
        ...

    def latest(self) -> str | None:
        """The id of the session, or the lone draft, that was written last."""
        ...

    def find(self, words: str) -> Sequence[SessionSummary]:
        """The sessions whose id begins with `words` or whose title has all of them, newest first."""
        ...

    def list(self) -> Sequence[SessionSummary]:
        """All sessions, newest first."""
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
