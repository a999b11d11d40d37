"""How the open chats are, for a list that shows them."""

from collections.abc import Mapping
from enum import StrEnum

from salon.chat.conversation import Status
from salon.chat.session import Session
from salon.words import tr


class ChatState(StrEnum):
    """How an open chat is; the value is what a list says of it, "" where being open is all."""

    OPEN = ""
    ANSWERING = tr("answering")
    ASKING = tr("asks you")
    """Its answer waits for a decision of the person's."""
    NEW = tr("new answer")
    """Its answer has ended, and nobody has seen it."""
    FAILED = tr("failed")
    """The same, and something went wrong."""


ROLES: Mapping[ChatState, str] = {
    ChatState.OPEN: "text",
    ChatState.ANSWERING: "text-muted",
    ChatState.ASKING: "warning",
    ChatState.NEW: "accent",
    ChatState.FAILED: "error",
}
"""The colour of the words."""


def state_of(session: Session, *, answering: bool, unseen: bool) -> ChatState:
    """The state of a chat; `unseen` says that something has happened in it since it was last shown."""
    if answering:
        return ChatState.ASKING if unseen else ChatState.ANSWERING
    if not unseen:
        return ChatState.OPEN
    last = session.last
    went_wrong = last is None or last.role == "user" or last.status in {Status.ERROR, Status.INTERRUPTED}
    return ChatState.FAILED if went_wrong else ChatState.NEW
