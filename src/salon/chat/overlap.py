"""The seam of a continued answer: what a model repeats of the cut one is not shown twice."""

LONGEST = 200
SHORTEST = 12
"""Fewer repeated characters than this may be chance."""


class Overlap:
    """Takes the beginning of a continuation off where it repeats the end of what it continues.

    Text is held back only while it could still turn out to be a repetition, so a continuation that repeats nothing is
    shown from its first character on.
    """

    def __init__(self, continues: str) -> None:
        self._tail = continues.rstrip()[-LONGEST:]
        self._held = ""
        self._open = bool(self._tail)

    def trim(self, text: str) -> str:
        """More of the continuation; what of everything so far can be shown now."""
        if not self._open:
            return text
        self._held += text
        if self._may_repeat():
            return ""
        return self.release()

    def release(self) -> str:
        """What is still held back, without its repetition."""
        self._open = False
        held, self._held = self._held, ""
        return held[self._repeated(held) :]

    def _may_repeat(self) -> bool:
        """Whether what is held is the beginning, not yet the whole, of an end of the cut answer."""
        longest = len(self._tail) - len(self._held)
        return any(self._tail.startswith(self._held, at) for at in range(max(0, longest)))

    def _repeated(self, held: str) -> int:
        for length in range(min(len(held), len(self._tail)), SHORTEST - 1, -1):
            if self._tail.endswith(held[:length]):
                return length
        return 0
