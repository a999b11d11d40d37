"""What of a prompt box was sent and is still on its way to the disk: it stays in the box until it is safe.

Whoever types on meanwhile, or sends a second prompt behind the first, has both in the box. So it is known which of its
first characters belong to which prompt.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class _Flight:
    box: str
    refused: bool = False


class Flights:
    """The prompts on their way, in the order in which they stand at the beginning of the box."""

    def __init__(self) -> None:
        self._flights: list[_Flight] = []

    def __bool__(self) -> bool:
        return bool(self._flights)

    def rest(self, text: str) -> str:
        """What of the box is not on its way."""
        self._forget_changed(text)
        return text[sum(len(flight.box) for flight in self._flights) :]

    def start(self, box: str) -> None:
        """The first characters of the rest are on their way now."""
        self._flights.append(_Flight(box))

    def follow(self, others: "Flights") -> None:
        """What is on its way in a text that is put behind this one is on its way here."""
        self._flights += others._flights

    def refuse(self, box: str) -> None:
        """This one is not sent after all, so it belongs to the box again."""
        for flight in self._flights:
            if flight.box == box and not flight.refused:
                flight.refused = True
                break
        if all(flight.refused for flight in self._flights):
            self._flights.clear()

    def land(self, text: str, box: str) -> tuple[int, int] | None:
        """This one is safe: where in the box it stands, None where it does not any more."""
        self._forget_changed(text)
        start = 0
        for flight in self._flights:
            if flight.box == box and not flight.refused:
                self._flights.remove(flight)
                return start, start + len(box)
            start += len(flight.box)
        return (0, len(box)) if box and text.startswith(box) else None

    def _forget_changed(self, text: str) -> None:
        """The person has changed what was on its way, so it is a new prompt."""
        if not text.startswith("".join(flight.box for flight in self._flights)):
            self._flights.clear()
