"""The text of a document while it grows: a few pieces, so that neither its deltas nor copies of it stay in memory."""

from bisect import bisect_right

PIECE = 8192
"""Characters from which on a piece is left alone."""


class SourceText:
    """A text to which more is added at the end; its cost in memory does not depend on how it arrived."""

    def __init__(self, text: str = "") -> None:
        self._pieces = [text] if text else []
        self._starts = [0] if text else []
        self._arriving: list[str] = []
        self.size = len(text)

    def append(self, text: str) -> None:
        """Add text at the end."""
        self._arriving.append(text)
        self.size += len(text)
        if len(self._arriving) >= 256:
            self._take_in()

    def whole(self) -> str:
        """All of it, which is one piece from then on."""
        self._take_in()
        if len(self._pieces) > 1:
            self._pieces, self._starts = ["".join(self._pieces)], [0]
        return self._pieces[0] if self._pieces else ""

    def slice(self, start: int, end: int) -> str:
        """The characters from `start` to `end`, at a cost that depends on how many they are."""
        self._take_in()
        if start >= end:
            return ""
        parts: list[str] = []
        for index in range(max(0, bisect_right(self._starts, start) - 1), len(self._pieces)):
            begin = self._starts[index]
            if begin >= end:
                break
            parts.append(self._pieces[index][max(0, start - begin) : end - begin])
        return parts[0] if len(parts) == 1 else "".join(parts)

    def _take_in(self) -> None:
        if not self._arriving:
            return
        arrived = "".join(self._arriving)
        self._arriving.clear()
        if self._pieces and len(self._pieces[-1]) < PIECE:
            self._pieces[-1] += arrived
        else:
            self._starts.append(self.size - len(arrived))
            self._pieces.append(arrived)
