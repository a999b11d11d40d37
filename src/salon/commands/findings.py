"""What `salon doctor` has found: one thing it looked at, how that is, and what to do about it."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is."""

    GOOD = "good"
    NOTE = "note"
    """It works, and there is something to know."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    says: str
    state: State = State.GOOD
    do: str = ""
    """What to do now, in a sentence; "" where there is nothing to do."""

    def record(self) -> dict[str, str]:
        """As `--json` shows it; these names stay what they are."""
        return {**asdict(self), "state": self.state.value}


def note(topic: str, says: str, do: str = "") -> Finding:
    """Something to know."""
    return Finding(topic, says, State.NOTE, do)


def bad(topic: str, says: str, do: str = "") -> Finding:
    """Something that does not work."""
    return Finding(topic, says, State.BAD, do)
