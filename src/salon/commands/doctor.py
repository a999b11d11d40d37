"""`salon doctor`: looks at everything that Salon stands on, says what to do, and packs a bundle for a bug report."""

import argparse
import asyncio
import io
import json
import os
import platform
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from salon import __version__
from salon.commands.command import Command, Desk
from salon.commands.findings import Finding, State, bad, note
from salon.commands.place_checks import log_tail, place_findings
from salon.commands.terminal_checks import terminal_findings
from salon.errors import Fault, SalonError
from salon.exits import Exit
from salon.keymap import load_keys
from salon.logs import keep_secret, without_secrets
from salon.paths import theme_directories
from salon.settings import Settings
from salon.themes import load_themes
from salon.untrusted import clean_line
from salon.wiring import House, Options, build
from salon.words import WORDS, tr

_LIBRARIES = ("textual", "rich", "anthropic", "httpx2", "markdown-it-py", "pygments")
_KEYS = ("ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_PRIVATE = {"system"}
"""Settings that are a person's own words."""
_SIGNS = {State.GOOD: "  ", State.NOTE: "· ", State.BAD: "! "}


def findings(desk: Desk, house: House) -> Iterator[Finding]:
    """Everything that was looked at, in the order in which a person would look."""
    yield Finding("versions", _versions())
    if WORDS.said:
        told = tr("{language}, {count:,} sentences", language=WORDS.languages[0], count=len(WORDS.said))
        yield Finding("language", told)
    yield from terminal_findings(house.environ)
    yield from place_findings(desk.paths, desk.library, house.paths.log_file)
    yield from _files(house)
    yield _credentials(house)
    yield note("server", "Not asked (--offline).") if desk.options.offline else asyncio.run(_server(house))


def _versions() -> str:
    told = [f"Salon {__version__}", f"Python {platform.python_version()}", f"{platform.system()} {platform.release()}"]
    for name in _LIBRARIES:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(f"{name} missing")
    return ", ".join(told)


def _files(house: House) -> Iterator[Finding]:
    """What is wrong with files of the person's own."""
    problems = list(house.problems)
    problems += load_keys(house.paths.keys_file, house.settings.keys)[1]
    problems += load_themes(theme_directories(house.paths))[1]
    for problem in problems:
        yield bad("settings", clean_line(problem, 500))
    if not problems:
        yield Finding("settings", "Nothing is wrong with settings, keys and themes.")


def _credentials(house: House) -> Finding:
    try:
        connection = house.connect()
    except SalonError as error:
        return bad("credentials", error.what, error.now)
    if connection is None:
        return bad("credentials", "There is no API key.", "Start salon and paste one, or set ANTHROPIC_API_KEY.")
    if not connection.credentials:
        return note("credentials", f"None, which {connection.host} may not need.")
    return Finding("credentials", f"From {connection.credentials}; its value is not shown.")


async def _server(house: House) -> Finding:
    """One cheap call: whether the server is there and takes the key."""
    try:
        connection = house.connect()
    except SalonError as error:
        return bad("server", error.what, error.now)
    if connection is None:
        return note("server", "Not asked, as there is no key.")
    host = connection.host or ("the demo" if connection.demo else "api.anthropic.com")
    try:
        await connection.client.prepare()
        start = time.monotonic()
        await connection.client.check()
        return Finding("server", f"{host} answered in {(time.monotonic() - start) * 1000:.0f} ms and takes the key.")
    except Fault as fault:
        return bad("server", clean_line(fault.what, 300), fault.now)
    finally:
        await connection.client.aclose()


# telling


def _doctor(desk: Desk) -> int:
    options = desk.options
    house = build(Options(config_dir=options.config_dir, base_url=options.base_url, demo=options.demo))
    for name in _KEYS:
        keep_secret(house.environ.get(name, "").strip())
    try:
        found = [_harmless(finding) for finding in findings(desk, house)]
    finally:
        house.close()
    for finding in found:
        if desk.as_json:
            desk.give(finding.record())
        else:
            desk.say(_told(finding))
    troubles = sum(finding.state is State.BAD for finding in found)
    if not desk.as_json:
        desk.say(f"\n{_summary(troubles)}")
    if options.bundle is not None:
        _write_bundle(options.bundle, _bundle(house, found))
        if not desk.as_json:
            desk.say(
                f"For a bug report: {options.bundle}. It holds no chats and no keys; look into it before you send it."
            )
    return Exit.FAILURE if troubles else Exit.OK


def _harmless(finding: Finding) -> Finding:
    return Finding(finding.topic, without_secrets(finding.says), finding.state, without_secrets(finding.do))


def _told(finding: Finding) -> str:
    line = f"{_SIGNS[finding.state]}{finding.topic + ':':<18} {finding.says}"
    return f"{line}\n{'':21}{finding.do}" if finding.do else line


def _summary(troubles: int) -> str:
    if not troubles:
        return "Nothing stands in the way."
    return f"{troubles} thing{'s' if troubles > 1 else ''} to mend, marked with “!”."


# the bundle


def _bundle(house: House, found: Sequence[Finding]) -> bytes:
    """A zip with what a bug report needs: what was found, the settings, the end of the log."""
    told = {
        "doctor.txt": "\n".join(_told(finding) for finding in found),
        "doctor.json": "\n".join(json.dumps(finding.record(), ensure_ascii=False) for finding in found),
        "settings.txt": "\n".join(_settings(house.settings)),
        "log.txt": log_tail(house.paths.log_file),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in told.items():
            # Whose directory it is tells who reports, and a person may not want to say so in public.
            bundle.writestr(name, without_secrets(text).replace(str(Path.home()), "~") + "\n")
    return packed.getvalue()


def _settings(settings: Settings) -> Iterator[str]:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value != field.default:
            yield f"{field.name} = {f'({len(value)} characters)' if field.name in _PRIVATE else repr(value)}"


def _write_bundle(file: Path, content: bytes) -> None:
    """Write a file that was not there. Raises `SalonError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(file, flags, 0o600), "wb") as opened:
            opened.write(content)
    except FileExistsError:
        raise SalonError(f"{file} is there already.", "Name a file that is not there yet.") from None
    except OSError as error:
        raise SalonError(f"{file} cannot be written: {error.strerror}.") from error


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="do not ask the server")
    parser.add_argument("--base-url", default="", metavar="URL", help="the server to ask, if not the one that is set")
    parser.add_argument(
        "--bundle", type=Path, metavar="FILE", help="write a zip for a bug report: no chats, no keys in it"
    )


COMMANDS = (Command("doctor", "check what Salon stands on, and say what to do", _arguments, _doctor),)
