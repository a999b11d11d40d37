"""Conversations that are kept nowhere: `salon -p --no-save` and temporary chats. Nothing in here touches the disk."""

from collections.abc import Callable, Sequence
from typing import Any

from salon.chat.conversation import Conversation, conversation_of
from salon.chat.draft import Draft
from salon.chat.ids import new_id
from salon.chat.library import Keeping, Outside
from salon.chat.summary import SessionSummary
from salon.errors import SessionNotFound
from salon.store.blobs import MemoryBlobs
from salon.store.receipt import Receipt, settled
from salon.store.records import Record
from salon.words import tr


class MemoryLog:
    """A `SessionLog` that keeps nothing and is content with that, as the person asked."""

    unsaved = ""

    def __init__(self) -> None:
        self.keeping = Keeping.NOTHING
        self.on_state: Callable[[str], None] | None = None

    def append(self, record: Record, *, durable: bool = False) -> Receipt:
        """Forget the record; the answer is True, because nothing that should be saved is not."""
        return settled(True)

    def look(self) -> Outside:
        """There is nothing that anybody could change."""
        return Outside.NOTHING

    async def close(self) -> bool:
        """Nothing is left to do."""
        return True


class ReadOnlyLog:
    """A `SessionLog` that refuses every record and says why in `unsaved`."""

    def __init__(self, reason: str) -> None:
        self.unsaved = reason
        self.keeping = Keeping.REFUSED
        self.on_state: Callable[[str], None] | None = None

    def append(self, record: Record, *, durable: bool = False) -> Receipt:
        """Refuse the record; the answer is False."""
        return settled(False)

    def look(self) -> Outside:
        """What others do to the session is theirs to do."""
        return Outside.NOTHING

    async def close(self) -> bool:
        """Nothing was promised, so everything is kept."""
        return True


class MemoryLibrary:
    """A `Library` without a disk: new conversations only, drafts for as long as the process lives."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._blobs = MemoryBlobs()
        self._stash = MemoryStash()

    @property
    def blobs(self) -> MemoryBlobs:
        """See `Library`."""
        return self._blobs

    def create(self) -> tuple[Conversation, MemoryLog]:
        """See `Library`."""
        return conversation_of(new_id(), ()), MemoryLog()

    def open(self, session_id: str, *, take_over: bool = False) -> tuple[Conversation, MemoryLog]:
        """See `Library`; there is never anything to open."""
        raise _nothing_here()

    def view(self, session_id: str) -> tuple[Conversation, MemoryLog]:
        """See `Library`."""
        raise _nothing_here()

    def fork(self, session_id: str, leaf: str | None = None) -> str:
        """See `Library`."""
        raise _nothing_here()

    def change(self, session_id: str, key: str, value: Any) -> None:
        """See `Library`."""
        raise _nothing_here()

    def trash(self, session_id: str) -> None:
        """See `Library`."""
        raise _nothing_here()

    def restore(self, session_id: str) -> None:
        """See `Library`."""
        raise _nothing_here()

    def purge(self, session_id: str) -> None:
        """See `Library`."""
        raise _nothing_here()

    def latest(self) -> str | None:
        """See `Library`."""
        return None

    def has(self, session_id: str) -> bool:
        """See `Library`."""
        return False

    def find(self, words: str) -> Sequence[SessionSummary]:
        """See `Library`."""
        return ()

    def list(self) -> Sequence[SessionSummary]:
        """See `Library`."""
        return ()

    def remembered(self) -> Sequence[SessionSummary]:
        """See `Library`."""
        return ()

    def trashed(self) -> Sequence[SessionSummary]:
        """See `Library`."""
        return ()

    def load_draft(self, session_id: str) -> Draft:
        """See `Library`."""
        return self._drafts.get(session_id, Draft())

    def save_draft(self, session_id: str, draft: Draft) -> None:
        """See `Library`."""
        if draft:
            self._drafts[session_id] = draft
        else:
            self._drafts.pop(session_id, None)

    def prompts(self, limit: int = 500) -> Sequence[str]:
        """See `Library`."""
        return ()

    def stash(self) -> "MemoryStash":
        """See `Library`."""
        return self._stash


class MemoryStash:
    """A `Stash` for as long as the process lives."""

    def __init__(self) -> None:
        self._drafts: list[Draft] = []

    def load(self) -> Sequence[Draft]:
        """See `Stash`."""
        return tuple(self._drafts)

    def push(self, draft: Draft) -> None:
        """See `Stash`."""
        self._drafts.insert(0, draft)

    def drop(self, draft: Draft) -> None:
        """See `Stash`."""
        if draft in self._drafts:
            self._drafts.remove(draft)


def _nothing_here() -> SessionNotFound:
    return SessionNotFound(tr("Nothing is saved here, so there is no such session."))
