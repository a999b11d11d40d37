"""The mouse, released to the terminal and taken back while Salon runs."""

from collections.abc import Callable
from typing import Final

MODES: Final = (1000, 1003, 1015, 1006)
"""What Textual's driver switches: clicks, moves, and two ways to say where."""


class Mouse:
    """Who has the mouse. `write` takes sequences to the terminal."""

    def __init__(self, write: Callable[[str], None], *, taken: bool) -> None:
        self._write = write
        self._taken_at_first = taken
        self.taken = taken

    @property
    def released(self) -> bool:
        """Whether a key has given the mouse to the terminal, which is worth telling."""
        return not self.taken

    def toggle(self) -> None:
        """Give the mouse to the terminal, or take it back."""
        self.taken = not self.taken
        self._tell(self.taken)

    def remind(self) -> None:
        """Tell the terminal once more: after a stay in the shell the driver has put its own state back."""
        if self.taken is not self._taken_at_first:
            self._tell(self.taken)

    def leave(self) -> None:
        """Give back what the driver does not know to be taken."""
        if self.taken and not self._taken_at_first:
            self._tell(False)

    def _tell(self, taken: bool) -> None:
        self._write("".join(f"\x1b[?{mode}{'h' if taken else 'l'}" for mode in MODES))
