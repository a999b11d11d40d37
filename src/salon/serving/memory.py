"""What a browser's terminal must be told to go on where another one was: after a reload it knows nothing."""

import re

_TOLD = re.compile(rb"\x1b\[\?([0-9;]+)([hl])|\x1b\]([0-9]+);([^\x07\x1b]*)(?:\x07|\x1b\\)|(\x07)")
_UNFINISHED = re.compile(rb"\x1b(?:\[(?:\?[0-9;]*)?|\][^\x07\x1b]{0,4096}\x1b?)?\Z")
_TITLES = {b"0", b"2"}


class TerminalMemory:
    """The private modes and the title that a program has set. Its picture it draws anew when it is asked."""

    def __init__(self) -> None:
        self.title = ""
        """The newest."""
        self.bells = 0
        """How often it rang."""
        self._modes: dict[bytes, bytes] = {}
        self._held = b""

    def feed(self, written: bytes) -> None:
        """The next piece of what the program writes, cut anywhere."""
        data = self._held + written
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        data, self._held = data[:cut], data[cut:]
        for modes, state, number, text, bell in _TOLD.findall(data):
            if bell:
                self.bells += 1
            elif number in _TITLES:
                self.title = text.decode("utf-8", "replace")
            for mode in modes.split(b";") if modes else ():
                self._modes.pop(mode, None)  # the newest comes last
                self._modes[mode] = state

    def modes(self) -> bytes:
        """What brings a new terminal to the same modes."""
        return b"".join(b"\x1b[?%b%b" % each for each in self._modes.items())
