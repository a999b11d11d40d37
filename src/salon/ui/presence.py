"""What the terminal is told beside the screen: a title, a progress bar, and that an answer has ended.

Everything that goes into a sequence has been cleaned and has no semicolon, which would begin another field of it.
"""

from collections.abc import Callable

from salon.settings import Settings
from salon.terminals import Manners, Notifying
from salon.untrusted import clean_line

LONGEST = 80
"""Characters of a title or a notification."""
_BUSY, _FAILED, _NONE = "\x1b]9;4;3\x07", "\x1b]9;4;2;100\x07", "\x1b]9;4;0\x07"
_PUSH_TITLE, _POP_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class Presence:
    """`write` takes sequences to the terminal. Nothing is sent that the settings or the terminal do not want.

    The settings are asked each time: a person may change them meanwhile.
    """

    def __init__(self, write: Callable[[str], None], manners: Manners, settings: Callable[[], Settings]) -> None:
        self._write = write
        self._manners = manners
        self._settings = settings
        self._wanted = ("", _NONE)
        """Title and progress as they should be now."""
        self._shown = ("", _NONE)
        """The same as the terminal has them; a title of its own is ""."""
        self._away = False
        """Whether the terminal is another program's at the moment, or Salon is ending."""

    def show(self, title: str, state: str, *, busy: bool, failed: bool = False) -> None:
        """Say which chat is shown and how it is."""
        told = " · ".join(part for part in ("Salon", harmless(title, LONGEST - 20), state) if part)
        self._wanted = (told, _BUSY if busy else _FAILED if failed else _NONE)
        if not self._away:
            self._tell()

    def notify(self, sentence: str) -> None:
        """Tell somebody who looks elsewhere."""
        wish = self._settings().notify
        if wish != "off" and not self._away:
            self._write(notification(Notifying.BELL if wish == "bell" else self._manners.notifying, sentence))

    def leave(self) -> None:
        """Give the terminal back as it was; nothing is sent until `come_back`."""
        self._away = True
        self._put("", _NONE)

    def come_back(self) -> None:
        """The terminal is Salon's again."""
        if self._away:
            self._away = False
            self._tell()

    def _tell(self) -> None:
        settings, (title, progress) = self._settings(), self._wanted
        moves = progress == _BUSY and settings.reduced_motion  # terminals draw it as something that runs to and fro
        self._put(
            title if self._manners.title and settings.terminal_title else "",
            progress if self._manners.progress and settings.terminal_progress and not moves else _NONE,
        )

    def _put(self, title: str, progress: str) -> None:
        title_before, progress_before = self._shown
        self._shown = (title, progress)
        if title and title != title_before:
            self._write(f"{'' if title_before else _PUSH_TITLE}\x1b]2;{title}\x07")
        elif title_before and not title:
            self._write(_POP_TITLE)
        if progress != progress_before:
            self._write(progress)


def harmless(text: str, room: int = LONGEST) -> str:
    """A text that ends no sequence and begins no other field."""
    return clean_line(text, room).replace(";", ",")


def notification(kind: Notifying, sentence: str) -> str:
    """The sequence that shows a sentence as a notification."""
    told = harmless(sentence)
    match kind:
        case Notifying.OSC_9:
            # A digit and a semicolon at the beginning would be another command; there is no semicolon any more.
            return f"\x1b]9;{told}\x07"
        case Notifying.OSC_99:
            return f"\x1b]99;i=salon:o=unfocused;{told}\x1b\\"
        case Notifying.OSC_777:
            return f"\x1b]777;notify;Salon;{told}\x07"
        case Notifying.BELL:
            return "\x07"
