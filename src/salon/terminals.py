"""What is known of a terminal by its environment: how it is told of an ended answer, of a title, of progress.

There is no way to ask for any of this. A terminal that does not know a sequence may print it, or take a progress bar
for a notification, so only what is known to be understood is sent. Inside tmux and screen the terminal around them is
not known and most sequences do not get through: there is the bell, and the title, which both of them handle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Notifying(StrEnum):
    """The sequence that shows a desktop notification."""

    BELL = "bell"
    OSC_9 = "9"
    OSC_99 = "99"
    OSC_777 = "777"


@dataclass(frozen=True, slots=True)
class Manners:
    """What a terminal understands."""

    notifying: Notifying = Notifying.BELL
    title: bool = False
    progress: bool = False
    """Whether it knows OSC 9;4."""


_OSC_9 = {"iTerm.app", "WezTerm", "ghostty", "WarpTerminal", "rio"}
_ITERM_WITH_PROGRESS = (3, 6, 6)
_GHOSTTY_WITH_PROGRESS = (1, 2)
_WEZTERM_WITH_PROGRESS = (20250000,)


def manners_of(environ: Mapping[str, str]) -> Manners:
    """What the terminal of this environment understands."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if term in {"", "linux", "dumb"}:
        return Manners()
    if environ.get("TMUX") or environ.get("STY") or term.startswith(("tmux", "screen")):
        return Manners(title=True)
    return Manners(_notifying(term, program, environ), title=True, progress=_progress(program, environ))


def _notifying(term: str, program: str, environ: Mapping[str, str]) -> Notifying:
    if term == "xterm-kitty" or environ.get("KITTY_WINDOW_ID"):
        return Notifying.OSC_99
    if program in _OSC_9 or term == "xterm-ghostty":
        return Notifying.OSC_9
    if term.startswith(("foot", "rxvt-unicode")):
        return Notifying.OSC_777
    return Notifying.BELL


def _progress(program: str, environ: Mapping[str, str]) -> bool:
    if environ.get("WT_SESSION") or environ.get("ConEmuANSI") == "ON" or program == "mintty":
        return True
    least = {
        "iTerm.app": _ITERM_WITH_PROGRESS,
        "ghostty": _GHOSTTY_WITH_PROGRESS,
        "WezTerm": _WEZTERM_WITH_PROGRESS,
    }.get(program)
    return least is not None and _version(environ.get("TERM_PROGRAM_VERSION", "")) >= least


def _version(text: str) -> tuple[int, ...]:
    parts = text.replace("-", ".").split(".")
    numbers: list[int] = []
    for part in parts:
        if not part.isdecimal():
            break
        numbers.append(int(part[:9]))
    return tuple(numbers)
