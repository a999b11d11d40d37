"""Whoever an answer is for: what they are shown, and asked, before a request is made."""

from collections.abc import Sequence
from typing import Protocol

from salon.chat.parameters import Parameters
from salon.chat.turn import Request
from salon.errors import SalonError
from salon.words import tr


class Unasked(SalonError):
    """There was no request: the person did not want one after all. Their message is in the log."""

    def __init__(self, what: str, now: str = "", *, stopped: bool = False) -> None:
        super().__init__(what, now or tr("Your message is saved."))
        self.stopped = stopped
        """Whether they stopped what comes before a request."""


def stopped_before() -> Unasked:
    """The person stopped while tools or the connection were waited for."""
    return Unasked(tr("Stopped before anything was asked."), stopped=True)


class Person(Protocol):
    """A person, or what stands in for one where there is no screen."""

    def see_tools(self, problems: Sequence[str]) -> None:
        """The chat has its tools; what did not work, in sentences."""
        ...

    def see_request(self, request: Request) -> None:
        """A request is complete and will be made if they may be asked for it."""
        ...

    async def may_ask(self, asked: Parameters) -> bool:
        """Whether a request may be made with these parameters, which costs money."""
        ...


class _Nobody:
    def see_tools(self, problems: Sequence[str]) -> None:
        pass

    def see_request(self, request: Request) -> None:
        pass

    async def may_ask(self, asked: Parameters) -> bool:
        return True


NOBODY: Person = _Nobody()
"""Sees nothing and agrees to everything."""
