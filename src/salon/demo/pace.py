"""How fast a script is played: as irregular as a model, and the same each time."""

import asyncio
import random
import zlib
from collections.abc import Iterator

from salon.demo.steps import Say


class Pace:
    """The rhythm of one answer. `factor` multiplies all times: 1 is like a model, 0 as fast as possible."""

    def __init__(self, seed: str, factor: float) -> None:
        self._random = random.Random(zlib.crc32(seed.encode("utf-8", "replace")))
        self._factor = factor

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` times the factor; gives the loop back even where that is 0."""
        await asyncio.sleep(seconds * self._factor)

    def before_first_delta(self) -> float:
        """Seconds until a model says its first word."""
        return self._random.uniform(0.5, 0.9)

    def deltas(self, step: Say) -> Iterator[tuple[float, str]]:
        """The text in pieces, each with the seconds to wait before it; now and then a model hesitates."""
        position = 0
        while position < len(step.text):
            length = self._random.randint(*step.lengths)
            seconds = self._random.uniform(0.4, 1.6) / step.per_second
            if self._random.random() < 0.01:
                seconds += 8 / step.per_second
            yield seconds, step.text[position : position + length]
            position += length
