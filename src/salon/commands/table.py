"""All sub-commands of `salon sessions`."""

from salon.commands import changing, showing
from salon.commands.command import Command

COMMANDS: tuple[Command, ...] = (*showing.COMMANDS, *changing.COMMANDS)
"""In the order in which the help shows them. Another module adds its own tuple here."""
