"""All sub-commands of `salon sessions`."""

from salon.commands import showing
from salon.commands.command import Command

COMMANDS: tuple[Command, ...] = (*showing.COMMANDS,)
"""In the order in which the help shows them. Another module adds its own tuple here."""
