"""`salon config`: the settings, seen and changed without the screen."""

import argparse
import os
import subprocess
import textwrap

from salon.children import without_secrets
from salon.claude.address import DEFAULT_BASE_URL, host_of
from salon.claude.credentials import forget_key, hosts_of_keys
from salon.commands.command import Command, Desk
from salon.editor import EditorError, editor_command
from salon.errors import StoreError, UsageError
from salon.exits import Exit
from salon.settings import SETTINGS, Effect, Setting, about_unknown
from salon.store.files import OperatingSystem, reason_of, write_atomically
from salon.store.settings_file import FileSettings
from salon.untrusted import clean_line
from salon.words import tr

DEFAULT_HOST = host_of(DEFAULT_BASE_URL)


def _arguments(parser: argparse.ArgumentParser) -> None:
    # Also behind the word, where people write it; without a default of its own, which would undo the one before.
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=tr("one JSON object a line"))
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    words.add_parser("path", parents=[as_json], help=tr("say where config.toml lies")).set_defaults(do=_path)
    show = words.add_parser(
        "show", parents=[as_json], help=tr("show all settings, as lines that config.toml could have")
    )
    show.add_argument("--origin", action="store_true", help=tr("say where each value comes from"))
    show.set_defaults(do=_show)
    put = words.add_parser("set", parents=[as_json], help=tr("change a setting; comments and order of the file stay"))
    put.add_argument("name", metavar="NAME")
    put.add_argument("value", metavar="VALUE")
    put.set_defaults(do=_set)
    unset = words.add_parser(
        "unset", parents=[as_json], help=tr("take a setting out of the file; its default holds then")
    )
    unset.add_argument("name", metavar="NAME")
    unset.set_defaults(do=_unset)
    forget = words.add_parser("forget-key", parents=[as_json], help=tr("remove the key that was saved for a host"))
    forget.add_argument(
        "host",
        metavar="HOST",
        nargs="?",
        default=DEFAULT_HOST,
        help=tr("{default_host} if not given", default_host=DEFAULT_HOST),
    )
    forget.set_defaults(do=_forget_key)
    words.add_parser("edit", parents=[as_json], help=tr("open the file in your editor")).set_defaults(do=_edit)


def _run(desk: Desk) -> int:
    code: int = desk.options.do(desk)
    return code


def _kept(desk: Desk) -> FileSettings:
    return FileSettings(desk.paths.settings_file, os.environ, locks=desk.paths.locks)


def _warned(desk: Desk) -> FileSettings:
    kept = _kept(desk)
    for problem in kept.problems:
        desk.warn(problem)
    return kept


def _path(desk: Desk) -> int:
    path = str(desk.paths.settings_file)
    if desk.as_json:
        desk.give({"path": path, "exists": desk.paths.settings_file.exists()})
    else:
        desk.say(path)
    return Exit.OK


def _show(desk: Desk) -> int:
    kept = _warned(desk)
    for setting in SETTINGS.values():
        value, origin = kept.value(setting.name), kept.origin(setting.name)
        if desk.as_json:
            found = {"name": setting.name, "value": value, "default": setting.default}
            desk.give({**found, "origin": origin.value, "source": kept.source(setting.name)})
        else:
            line = f"{setting.name} = {setting.literal(value)}"
            desk.say(f"{line:<44}  # {kept.source(setting.name)}" if desk.options.origin else line)
    return Exit.OK


def _setting(desk: Desk) -> Setting:
    name = desk.options.name.replace("-", "_")
    if name not in SETTINGS:
        sentence = about_unknown(desk.options.name)
        raise UsageError(sentence[:1].upper() + sentence[1:])
    return SETTINGS[name]


def _set(desk: Desk) -> int:
    setting = _setting(desk)
    try:
        value = setting.read(desk.options.value)
    except ValueError as error:
        raise UsageError(f"{setting.name} {error}") from None
    return _say_kept(desk, setting, _kept(desk).keep(setting.name, value))


def _unset(desk: Desk) -> int:
    setting = _setting(desk)
    return _say_kept(desk, setting, _kept(desk).forget(setting.name))


def _say_kept(desk: Desk, setting: Setting, said: str) -> int:
    kept = _kept(desk)
    if desk.as_json:
        desk.give({"name": setting.name, "value": kept.value(setting.name), "origin": kept.origin(setting.name).value})
    else:
        desk.say(f"{setting.name} = {setting.literal(kept.value(setting.name))}")
    if said:
        desk.warn(said)
    elif setting.effect is Effect.NEXT_START and not desk.as_json:
        desk.say(tr("A Salon that is running has it when it is started again."))
    return Exit.OK


def _forget_key(desk: Desk) -> int:
    file, host = desk.paths.credentials_file, desk.options.host
    if not forget_key(file, host):
        hosts = ", ".join(clean_line(each, 100) for each in hosts_of_keys(file))
        others = tr("There are keys for: {hosts}.", hosts=hosts) if hosts else tr("No key is saved.")
        raise StoreError(tr("No key is saved for {host}.", host=clean_line(host, 100)), others)
    if desk.as_json:
        desk.give({"host": host, "path": str(file)})
    else:
        desk.say(tr("The key for {host} is removed from {file}.", host=clean_line(host, 100), file=file))
    return Exit.OK


def template() -> str:
    """A file in which every setting stands as a comment: what it does, what it may be, its default."""
    parts = [
        tr("# Salon's settings. Take the # away from a line to set it; `salon config show --origin` says what holds.")
    ]
    for setting in SETTINGS.values():
        about = textwrap.wrap(f"{setting.help} ({setting.allowed})", 110)
        parts.append(
            "\n".join([*(f"# {line}" for line in about), f"# {setting.name} = {setting.shown(setting.default)}"])
        )
    return "\n\n".join(parts) + "\n"


def _edit(desk: Desk) -> int:
    file = desk.paths.settings_file
    try:
        if not file.exists():
            write_atomically(OperatingSystem(), file, template().encode())
        command = editor_command(os.environ)
        ended = subprocess.run([*command, str(file)], env=without_secrets(os.environ), check=False).returncode
    except EditorError as error:
        raise UsageError(error.what, tr("The file is {file}.", file=file)) from None
    except OSError as error:
        raise StoreError(
            tr(
                "{file} could not be opened in an editor: {error}.",
                file=clean_line(str(file), 300),
                error=reason_of(error),
            )
        ) from error
    if ended:
        raise StoreError(tr("The editor ended with code {ended}.", ended=ended), tr("What it wrote is in the file."))
    return Exit.FAILURE if _warned(desk).problems else Exit.OK


COMMANDS = (
    Command("config", tr("see and change the settings: path, show, set, unset, edit, forget-key"), _arguments, _run),
)
