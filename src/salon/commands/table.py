"""All commands: those of `salon sessions`, and those with a word of their own."""

from salon.commands import (
    carrying,
    changing,
    config,
    cost,
    doctor,
    keys,
    manual,
    mcp,
    models,
    searching,
    serving,
    shells,
    showing,
    sweeping,
)
from salon.commands.command import Command

COMMANDS: tuple[Command, ...] = (
    *showing.COMMANDS,
    *searching.COMMANDS,
    *changing.COMMANDS,
    *carrying.COMMANDS,
    *sweeping.COMMANDS,
)
"""In the order in which the help shows them. Another module adds its own tuple here."""

ALONE: tuple[Command, ...] = (
    *config.COMMANDS,
    *keys.COMMANDS,
    *models.COMMANDS,
    *mcp.COMMANDS,
    *cost.COMMANDS,
    *shells.COMMANDS,
    *manual.COMMANDS,
    *doctor.COMMANDS,
    *serving.COMMANDS,
)
"""Those that are not about chats, as in `salon models`."""
