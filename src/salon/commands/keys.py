"""`salon keys`: the keys as they are now, with preset and keys.toml, as a sheet to print or a table."""

import argparse
import os
import textwrap
from collections.abc import Iterator

from salon.actions import ACTIONS, Place, key_table, use_keys
from salon.commands.command import Command, Desk
from salon.editing.vi.summary import VI_KEYS
from salon.exits import Exit
from salon.keymap import load_keys
from salon.settings import load_settings
from salon.words import tr

_KEY_CELLS = 26
_COLUMNS = 80


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--markdown", action="store_true", help=tr("a Markdown table, as the README has it"))


def cheat_sheet(*, vi: bool = False) -> Iterator[str]:
    """Lines of at most 80 columns: every action with its keys, by the place where they work."""
    for place in Place:
        found = [action for action in ACTIONS if action.place is place and action.keys]
        yield from _part(tr(place.value), [(", ".join(action.key_names()), action.help) for action in found])
    if vi:
        yield from _part(tr("vi in the prompt"), list(VI_KEYS))
    commands = [action for action in ACTIONS if action.command and not action.keys]
    yield from _part(tr("Commands without a key"), [(f"/{each.command}", each.help) for each in commands])


def _part(heading: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield heading.upper()
    for keys, told in rows:
        left = textwrap.wrap(keys, _KEY_CELLS - 2)
        right = textwrap.wrap(told, _COLUMNS - _KEY_CELLS - 2)
        for at in range(max(len(left), len(right))):
            before = left[at] if at < len(left) else ""
            yield f"  {before:<{_KEY_CELLS}}{right[at] if at < len(right) else ''}".rstrip()
    yield ""


def _keys(desk: Desk) -> int:
    settings, problems = load_settings(desk.paths.settings_file, os.environ)
    keys, key_problems = load_keys(desk.paths.keys_file, settings.keys)
    for problem in [*problems, *key_problems]:
        desk.warn(problem)
    use_keys(keys)
    if desk.as_json:
        for action in ACTIONS:
            names = {"keys": action.key_names(), "command": f"/{action.command}" if action.command else None}
            desk.give({"action": action.id, "place": action.place.value, **names, "help": action.help})
    elif desk.options.markdown:
        desk.say(key_table())
    else:
        desk.say("\n".join(cheat_sheet(vi=settings.keys == "vi")).rstrip())
    return Exit.OK


COMMANDS = (Command("keys", tr("print the keys as they are now, with preset and keys.toml"), _arguments, _keys),)
