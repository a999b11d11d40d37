"""Reading TOML that a person wrote: small regular files only, and every complaint with its line."""

import difflib
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from salon.untrusted import clean_line
from salon.words import tr

SIZE_LIMIT = 64 * 1024
"""Bytes; what a person writes is far smaller, and a parser is not to be fed without end."""
MOST_BROKEN_LINES = 20
MOST_ENTRIES = 1_000
"""Keys and values in one file; each that is wrong is told, and looked for among those that are right."""
MOST_OWN_FILES = 200
"""In one directory; more were not written by hand."""

_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_ENDLESS_KEY = re.compile(r"""(?<![\w"'-])[\w"'-]++(?:[ \t]*\.[ \t]*[\w"'-]++){64}""")
"""`tomllib` takes the square of a dotted key's parts: 11 s for the longest that a file of this size can hold."""
_HEADER = re.compile(r"\[([^\[\]]+)\]")
_KEY = re.compile(r"""[\w."' \t-]+""")


def read_small_file(path: Path) -> str:
    """The text of a regular file, newlines as \\n.

    Raises OSError where it cannot be read and ValueError, with a sentence, where it should not be: pipes and devices
    (which could block for ever), files over `SIZE_LIMIT`, and what is not UTF-8.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError(tr("it is not a regular file"))
        raw = file.read(SIZE_LIMIT + 1)
    if len(raw) > SIZE_LIMIT:
        raise ValueError(tr("it is larger than {limit} KB", limit=SIZE_LIMIT // 1024))
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ValueError(tr("it is not UTF-8 text")) from None


def own_files(directory: Path, suffixes: tuple[str, ...], kind: str, problems: list[str]) -> Iterator[Path]:
    """The files of a person's own in a directory, sorted; none of them a link out of it.

    `kind` says in `problems` what they are ("theme"). A directory that does not exist has none.
    """
    try:
        files = sorted(path for path in directory.iterdir() if path.suffix in suffixes and path.name[0] != ".")
        home = directory.resolve(strict=True)
    except FileNotFoundError:
        return
    except OSError as error:
        problems.append(
            tr(
                "{directory}: {kind}s cannot be looked for here: {error}.",
                directory=shown_path(directory),
                kind=kind,
                error=reason_of(error),
            )
        )
        return
    if len(files) > MOST_OWN_FILES:
        problems.append(
            tr(
                "{directory}: only the first {most_own_files} of {count} {kind}s were read.",
                directory=shown_path(directory),
                most_own_files=MOST_OWN_FILES,
                count=len(files),
                kind=kind,
            )
        )
    for path in files[:MOST_OWN_FILES]:
        try:
            inside = path.resolve(strict=True).is_relative_to(home)
        except (OSError, RuntimeError):  # 3.11 and 3.12 raise RuntimeError for a link that leads to itself
            problems.append(
                tr(
                    "{path}: this {kind} was not read: it is a link that leads nowhere.",
                    path=shown_path(path),
                    kind=kind,
                )
            )
            continue
        if inside:
            yield path
        else:
            problems.append(
                tr(
                    "{path}: this {kind} was not read: it is a link out of its directory.",
                    path=shown_path(path),
                    kind=kind,
                )
            )


def own_text(path: Path, kind: str, problems: list[str]) -> str | None:
    """The text of one of those files; None where it cannot be read, which is said in `problems`."""
    try:
        return read_small_file(path)
    except (OSError, ValueError) as error:
        problems.append(
            tr("{path}: this {kind} was not read: {error}.", path=shown_path(path), kind=kind, error=reason_of(error))
        )
        return None


def shown_path(path: Path) -> str:
    """A path in a sentence."""
    return clean_line(str(path), 300)


def reason_of(error: OSError | ValueError) -> str:
    """Why a file could not be read, in words."""
    return (error.strerror or tr("unknown error")) if isinstance(error, OSError) else str(error)


def parse_leniently(text: str, name: str) -> tuple[dict[str, Any], list[str]]:
    """The TOML in `text` without the lines that are broken, and a sentence about each of those.

    `name` is how the sentences call the file. A file that makes no sense even so is empty.
    """
    lines = text.split("\n")
    problems: list[str] = []
    for at, written_line in enumerate(lines):
        if _ENDLESS_KEY.search(written_line):
            problems.append(
                tr("{name}, line {at}: a key of too many parts, this line is not used.", name=name, at=at + 1)
            )
            lines[at] = ""
    del problems[MOST_BROKEN_LINES:]
    for _ in range(MOST_BROKEN_LINES):
        try:
            written = tomllib.loads("\n".join(lines))
        except RecursionError:
            return {}, [tr("{name}: nested too deeply, nothing in it is used.", name=name)]
        except ValueError as error:
            found = _LINE.search(str(error))
            line = int(found[1]) if found else 0
            if not (found and 1 <= line <= len(lines) and lines[line - 1]):
                return {}, [
                    *problems,
                    tr("{name}: not TOML, nothing in it is used: {error}.", name=name, error=clean_line(str(error))),
                ]
            reason = clean_line(str(error)[: found.start()])
            problems.append(
                tr(
                    "{name}, line {line}: not TOML, this line is not used: {reason}.",
                    name=name,
                    line=line,
                    reason=reason,
                )
            )
            lines[line - 1] = ""
            continue
        if _has_more_entries_than(MOST_ENTRIES, written):
            return {}, [
                *problems,
                tr(
                    "{name}: more than {most_entries:,} entries, nothing in it is used.",
                    name=name,
                    most_entries=MOST_ENTRIES,
                ),
            ]
        return written, problems
    return {}, [*problems, tr("{name}: too many broken lines, nothing in it is used.", name=name)]


def _has_more_entries_than(most: int, written: Mapping[str, Any]) -> bool:
    count, left = 0, [iter(written.values())]
    while left and count <= most:
        for value in left.pop():
            count += 1
            if isinstance(value, dict | list):
                left.append(iter(value.values() if isinstance(value, dict) else value))
    return count > most


def place_of(text: str, name: str, key: str, table: str = "") -> str:
    """How to name the place of `key` to a person: the file and, where it can be found, the line.

    `key` may be dotted; `table` is the table it is in, "" for the top.
    """
    wanted = tuple(part for part in (*table.split("."), *key.split(".")) if part)
    line = _lines_of_keys(text).get(wanted)
    return name if line is None else tr("{name}, line {line}", name=name, line=line)


@lru_cache(maxsize=4)
def _lines_of_keys(text: str) -> Mapping[tuple[str, ...], int]:
    """On which line each key and each table first stands; all at once, since a file may have thousands of them."""
    found: dict[tuple[str, ...], int] = {}
    current: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line.lstrip()):
            current = _parts(header[1])
            found.setdefault(current, number)
            continue
        left, assigned, _ = line.partition("=")
        if assigned and _KEY.fullmatch(left):
            found.setdefault((*current, *_parts(left)), number)
    return found


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip(" \t\"'") for part in key.split("."))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest of `known`, with a blank before it; "" where none is near."""
    near = difflib.get_close_matches(word[:100].lower(), list(known), n=1, cutoff=0.6)
    return tr(' Did you mean "{near}"?', near=near[0]) if near else ""
