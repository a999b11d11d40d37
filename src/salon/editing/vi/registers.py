"""vi's registers: what was deleted or copied, by name."""

from collections.abc import Callable
from dataclasses import dataclass

UNNAMED = '"'
CLIPBOARD = frozenset("+*")
_NAMES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_") | CLIPBOARD | {UNNAMED}


@dataclass(frozen=True, slots=True)
class Held:
    """What a register holds; whole `lines` have no newline at their end here."""

    text: str
    lines: bool = False


class Registers:
    """All registers. The clipboard's are read through `read_clipboard` and written by whoever runs the machine."""

    def __init__(self, read_clipboard: Callable[[], str]) -> None:
        self._held: dict[str, Held] = {}
        self._read_clipboard = read_clipboard

    def get(self, name: str) -> Held:
        """What a register holds, nothing if it was never filled; "" is the unnamed one."""
        if name in CLIPBOARD:
            text = self._read_clipboard()
            lines = text.endswith("\n")
            return Held(text[:-1] if lines else text, lines)
        return self._held.get((name or UNNAMED).lower(), Held(""))

    def put(self, name: str, held: Held, *, copied: bool) -> str | None:
        """Fill a register, a capital letter adds to one; what is meant for the clipboard, if it is.

        The unnamed register always gets it too, `0` gets what was `copied`, and `1` to `9` the deleted lines in turn.
        """
        if name == "_":
            return None
        if name.isupper():
            before = self._held.get(name.lower(), Held(""))
            joint = "\n" if before.text and (held.lines or before.lines) else ""
            held = Held(before.text + joint + held.text, held.lines or before.lines)
        if name.lower() in _NAMES and name not in CLIPBOARD:
            self._held[name.lower()] = held
        elif not name and copied:
            self._held["0"] = held
        elif not name and (held.lines or "\n" in held.text):
            for number in range(9, 1, -1):
                if str(number - 1) in self._held:
                    self._held[str(number)] = self._held[str(number - 1)]
            self._held["1"] = held
        elif not name:
            self._held["-"] = held
        self._held[UNNAMED] = held
        return held.text + ("\n" if held.lines else "") if name in CLIPBOARD else None
