"""Commands: every action of a chat can be typed, a slash and its name; some take a word more."""

import re
from dataclasses import dataclass

from salon.actions import ACTIONS, Action, Place
from salon.fuzzy import best
from salon.ui.completion import Candidate

_COMMAND = re.compile(r"/([a-z][a-z-]*)?(?:( +)(.*))?", re.DOTALL)
"""`/` at the beginning, letters, and perhaps a blank and an argument; a path has another slash and is none."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it stands in the prompt."""

    name: str
    argument: str | None
    """None while no blank is behind the name."""


def typed_command(text: str) -> Typed | None:
    """The command that a prompt is, or may become; None for any other text."""
    match = _COMMAND.fullmatch(text)
    if match is None or "\n" in text:
        return None
    return Typed(match[1] or "", match[3] if match[2] else None)


COMMANDS: dict[str, Action] = {
    action.command: action for action in ACTIONS if action.place in {Place.CHAT, Place.EVERYWHERE} and action.command
}
"""What can be typed after a slash."""


FIRST = (
    *("new", "open", "search", "model", "effort", "retry", "edit", "attach", "template", "title", "export"),
    *("settings", "help"),
)
"""What people look for most stands first while nothing else is known of what they want."""


def command_candidates(letters: str) -> list[Candidate]:
    """The commands that the letters mean; all of them for none."""
    names = best(letters, COMMANDS, len(COMMANDS)) if letters else _in_order()
    return [Candidate(name, _hint(COMMANDS[name]), f"/{name}{_blank(COMMANDS[name])}") for name in names]


def _in_order() -> list[str]:
    return list(dict.fromkeys([*(name for name in FIRST if name in COMMANDS), *COMMANDS]))


def _hint(action: Action) -> str:
    return f"{action.help}  {action.key}" if action.key else action.help


def _blank(action: Action) -> str:
    return f" {action.argument}" if action.argument else ""
