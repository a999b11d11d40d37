"""What a key of vi's does: the modes that give it its meaning, and what it leads to."""

from dataclasses import dataclass
from enum import StrEnum

from salon.editing.text import Change


class Mode(StrEnum):
    """What the keys mean."""

    INSERT = "INSERT"
    NORMAL = "NORMAL"
    VISUAL = "VISUAL"
    VISUAL_LINE = "VISUAL LINE"
    REPLACE = "REPLACE"


@dataclass(frozen=True, slots=True)
class Step:
    """What a key did. `caret` is where it is after all `changes`, which are made in their order."""

    caret: int
    changes: tuple[Change, ...] = ()
    history: str = ""
    """undo, redo, older or newer: what the keeper of the text shall do, `times` times."""
    times: int = 1
    passed: bool = False
    """The key is none of vi's here: it means what it means without vi."""
    send: bool = False
    edge: int = 0
    """-1 or +1: up or down was pressed on the first or the last line."""
    rows: int = 0
    """The caret is to go so many rows of the screen down."""
    copied: str | None = None
    """What is to be on the clipboard."""
    failed: bool = False
    """There was nothing to do, or no such command."""
