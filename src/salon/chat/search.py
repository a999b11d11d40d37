"""What a search over all conversations is asked and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Voice(StrEnum):
    """Who says what was found; the words of the `role:` filter."""

    USER = "user"
    ASSISTANT = "assistant"
    THINKING = "thinking"
    TOOL = "tool"
    NOTE = "note"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Snippet:
    """The place that was found, cleaned and on one line; `marks` are pairs of start and end in `text`."""

    text: str = ""
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One message that has the words; texts are raw but for the snippet."""

    session_id: str
    message_id: str = ""
    """"" where the session's title or tags have the words."""
    voice: Voice
    title: str = ""
    """The session's title, or its first words."""
    when: float = 0.0
    """Seconds since 1970."""
    snippet: Snippet = Snippet()
    archived: bool = False


@dataclass(frozen=True, slots=True)
class IndexState:
    """How much of the sessions can be found."""

    done: int = 0
    total: int = 0
    """How many session files are to be read; 0 when all have been."""
    trouble: str = ""
    """Why there is no index, or one that falls behind, in a sentence."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was found."""

    hits: tuple[Hit, ...] = ()
    next: int | None = None
    """What `after` has to be for the hits that follow; None where these are all."""
    problem: str = ""
    """What is wrong with the question, in a sentence."""
    words: str = ""
    """One of the words or phrases asked for, to be looked for in a conversation; "" where only filters are asked."""
    superseded: bool = False
    """Whether another question came before this one was answered."""


class Search(Protocol):
    """The full-text search over all sessions. `find` blocks for a moment; call it from a thread."""

    def find(self, asked: str, *, ranked: bool = False, after: int | None = None, limit: int = 20) -> Page:
        """The newest messages that have all the words, or with `ranked` the most fitting ones.

        A question asked later, from any thread, ends an earlier one. Never raises for what is asked.
        """
        ...

    def refresh(self) -> None:
        """Have a thread read what has changed on disk; returns at once."""
        ...

    def state(self) -> IndexState:
        """How much can be found by now; cheap."""
        ...

    def on_progress(self, listener: Callable[[], None] | None) -> None:
        """Have `listener` called when `state` has changed, in a thread of the index's own."""
        ...

    def close(self) -> None:
        """Stop reading and close the files."""
        ...
