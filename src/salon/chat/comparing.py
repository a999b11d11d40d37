"""One prompt asked several times at once: of several models, or with several efforts."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing

from salon.chat.conversation import Message
from salon.chat.events import TurnEvent
from salon.chat.turn import Turn

logger = logging.getLogger(__name__)

FEWEST, MOST = 2, 4
"""How many answers can stand side by side."""


class Comparison:
    """Turns that answer the same prompt, each with its own records in the log: none of them depends on another.

    `keep` is given each answer in the end, to be put into the tree.
    """

    def __init__(self, turns: Sequence[Turn], keep: Callable[[Message], None]) -> None:
        self.turns = tuple(turns)
        self._keep = keep
        self._left = len(self.turns)

    @property
    def running(self) -> bool:
        """Whether an answer has not ended."""
        return self._left > 0

    def stop(self) -> None:
        """End all answers here and keep what came."""
        for turn in self.turns:
            turn.stop()

    def first(self) -> Message | None:
        """The first of the answers that has anything in it."""
        return next((turn.ended for turn in self.turns if turn.ended is not None and turn.ended.content), None)

    async def run(self, take: Callable[[int, TurnEvent], None]) -> None:
        """Ask all at once; `take` is told what happens with which. Ends when all have; a cancelled one keeps all."""
        try:
            await asyncio.gather(*(self._run(number, turn, take) for number, turn in enumerate(self.turns)))
        finally:
            # In the order in which the file has them, so that the second variant stays the second.
            for turn in self.turns:
                if turn.ended is not None:
                    self._keep(turn.ended)

    async def _run(self, number: int, turn: Turn, take: Callable[[int, TurnEvent], None]) -> None:
        try:
            async with aclosing(turn.run()) as events:
                async for event in events:
                    take(number, event)
        except Exception:
            # A worker's top: what goes wrong with one answer must not end the others; what came of it is kept.
            logger.exception("An answer that was compared failed")
        finally:
            self._left -= 1
