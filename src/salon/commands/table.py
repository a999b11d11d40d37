"""All sub-commands of `salon sessions`."""

from salon.commands import carrying, changing, searching, showing, sweeping
from salon.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    *showing.COMMANDS,
    *searching.COMMANDS,
    *changing.COMMANDS,
    *carrying.COMMANDS,
    *sweeping.COMMANDS,
)
"""In the order in which the help shows them. Another module adds its own tuple here."""
