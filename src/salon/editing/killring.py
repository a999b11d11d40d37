"""The kill ring: what was killed can be brought back, and what was killed before that."""

LONGEST = 60


class KillRing:
    """The last kills, the newest first. Kills in a row are one."""

    def __init__(self) -> None:
        self._kills: list[str] = []
        self._at = 0
        self._in_a_row = False

    def kill(self, text: str, *, backwards: bool) -> None:
        """Take in a kill; `backwards` puts it before the one that it continues."""
        if not text:
            return
        if self._in_a_row and self._kills:
            self._kills[0] = text + self._kills[0] if backwards else self._kills[0] + text
        else:
            self._kills = [text, *self._kills][:LONGEST]
        self._at = 0
        self._in_a_row = True

    def interrupt(self) -> None:
        """Another command came between: the next kill is one of its own."""
        self._in_a_row = False

    def yank(self) -> str:
        """The newest kill, "" where nothing was killed."""
        self._at = 0
        return self._kills[0] if self._kills else ""

    def pop(self) -> str:
        """The kill before the one that was given last; after the oldest comes the newest."""
        if not self._kills:
            return ""
        self._at = (self._at + 1) % len(self._kills)
        return self._kills[self._at]
