"""`salon doctor`: looks at everything that Salon stands on, says what to do, and packs a bundle for a bug report."""

import argparse
import asyncio
import io
import json
import os
import platform
import shutil
import textwrap
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from salon import __version__
from salon.claude.credentials import saved_keys, warn_if_readable_by_others
from salon.commands.command import Command, Desk
from salon.commands.findings import Finding, State, bad, note
from salon.commands.place_checks import log_tail, place_findings
from salon.commands.server_checks import credentials_finding, server_finding
from salon.commands.terminal_checks import terminal_findings
from salon.errors import SalonError
from salon.exits import Exit
from salon.keymap import load_keys
from salon.logs import keep_secret, without_secrets
from salon.settings import Settings
from salon.store.permissions import permission_warnings
from salon.untrusted import clean_line
from salon.wiring import House, Options, build
from salon.words import WORDS, plural, tr, tr_later

_LIBRARIES = ("textual", "rich", "anthropic", "httpx2", "markdown-it-py", "pygments")
_KEYS = ("ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "ANTHROPIC_AUTH_TOKEN")
_PRIVATE = {"system"}
"""Settings that are a person's own words."""
_INDENT = 21
_SIGNS = {State.GOOD: "  ", State.NOTE: "· ", State.BAD: "! "}


def findings(desk: Desk, house: House) -> Iterator[Finding]:
    """Everything that was looked at, in the order in which a person would look."""
    yield Finding(tr_later("versions"), _versions())
    if WORDS.said:
        told = tr("{language}, {count:,} sentences", language=WORDS.languages[0], count=len(WORDS.said))
        yield Finding(tr_later("language"), told)
    yield from terminal_findings(house.environ)
    yield from place_findings(desk.paths, desk.library, house.paths.log_file)
    yield from _files(house)
    yield credentials_finding(house)
    yield (
        note(tr_later("server"), tr("Not asked (--offline)."))
        if desk.options.offline
        else asyncio.run(server_finding(house))
    )


def _versions() -> str:
    told = [f"Salon {__version__}", f"Python {platform.python_version()}", f"{platform.system()} {platform.release()}"]
    for name in _LIBRARIES:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(tr("{name} missing", name=name))
    return ", ".join(told)


def _files(house: House) -> Iterator[Finding]:
    """What is wrong with files of the person's own."""
    said_elsewhere = {*permission_warnings(house.paths), warn_if_readable_by_others(house.paths.credentials_file)}
    problems = [problem for problem in house.problems if problem not in said_elsewhere]
    problems += load_keys(house.paths.keys_file, house.settings.keys)[1]
    problems += house.themes()[1]
    for problem in problems:
        yield bad(tr_later("settings"), clean_line(problem, 500))
    if not problems:
        yield Finding(tr_later("settings"), tr("Nothing is wrong with settings, keys and themes."))


# telling


def _doctor(desk: Desk) -> int:
    options = desk.options
    house = build(Options(config_dir=options.config_dir, base_url=options.base_url, demo=options.demo))
    for secret in _secrets(house):
        keep_secret(secret)
    try:
        found = [_harmless(finding) for finding in findings(desk, house)]
    finally:
        house.close()
    for finding in found:
        if desk.as_json:
            desk.give(finding.record())
        else:
            desk.say(_told(finding, _width(desk)))
    troubles = sum(finding.state is State.BAD for finding in found)
    if not desk.as_json:
        desk.say(f"\n{_summary(troubles)}")
    if options.bundle is not None:
        _write_bundle(options.bundle, _bundle(house, found))
        if not desk.as_json:
            desk.say(
                tr(
                    "For a bug report: {bundle}. It holds no chats and no keys; look into it before you send it.",
                    bundle=options.bundle,
                )
            )
    return Exit.FAILURE if troubles else Exit.OK


def _secrets(house: House) -> Iterator[str]:
    """What must not be told although it may look like anything: keys, and the passwords of proxies."""
    yield from (house.environ.get(name, "").strip() for name in _KEYS)
    yield from saved_keys(house.paths.credentials_file)
    for variable, value in house.environ.items():
        if variable.lower().endswith("_proxy") and "@" in value:
            yield value.rpartition("@")[0].rpartition(":")[2]


def _harmless(finding: Finding) -> Finding:
    return Finding(finding.topic, without_secrets(finding.says), finding.state, without_secrets(finding.do))


def _width(desk: Desk) -> int:
    """So wide are lines on a terminal; elsewhere they are not cut, so that they can be searched."""
    return max(60, shutil.get_terminal_size().columns - 1) if desk.out.isatty() else 0


def _told(finding: Finding, width: int = 0) -> str:
    rows = [row for text in (finding.says, finding.do) if text for row in _wrapped(text, width - _INDENT)]
    return f"{_SIGNS[finding.state]}{tr(finding.topic) + ':':<18} " + f"\n{'':{_INDENT}}".join(rows)


def _wrapped(text: str, width: int) -> list[str]:
    # Commands and paths are to be copied, so no word is cut.
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) if width > 0 else [text]


def _summary(troubles: int) -> str:
    if not troubles:
        return tr("Nothing stands in the way.")
    return plural("{n} thing to mend, marked with “!”.", "{n} things to mend, marked with “!”.", troubles)


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
        raise SalonError(tr("{file} is there already.", file=file), tr("Name a file that is not there yet.")) from None
    except OSError as error:
        raise SalonError(tr("{file} cannot be written: {reason}.", file=file, reason=error.strerror)) from error


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help=tr("do not ask the server"))
    parser.add_argument(
        "--base-url", default="", metavar="URL", help=tr("the server to ask, if not the one that is set")
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="FILE", help=tr("write a zip for a bug report: no chats, no keys in it")
    )


COMMANDS = (Command("doctor", tr("check what Salon stands on, and say what to do"), _arguments, _doctor),)
