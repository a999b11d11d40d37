"""A session file -> its records, whatever happened to the file."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from salon.store.files import READ, FileLayer
from salon.store.records import FILE_LIMIT, LINE_LIMIT, Record, decode

_BOM = b"\xef\xbb\xbf"


class FileTooLarge(ValueError):
    """The file is longer than any that Salon writes."""


@dataclass(slots=True)
class Line:
    """One line: its record, or None where it holds none; `intact` is false when bytes of it were not UTF-8."""

    record: Record | None
    intact: bool = True


def read_session_file(path: Path, files: FileLayer, line_limit: int = LINE_LIMIT) -> Iterator[Line]:
    """The lines of the file, one by one: its parts need not all be in memory to be folded.

    Raises `OSError` when it cannot be read and `FileTooLarge`; never for its content.
    """
    descriptor = files.open(path, READ)
    with os.fdopen(descriptor, "rb") as stream:
        if files.size(descriptor) > FILE_LIMIT:
            raise FileTooLarge
        yield from parse(bounded_lines(stream, line_limit))


def parse(lines: Iterable[bytes]) -> Iterator[Line]:
    """The records of lines; runs of NUL, which a power cut leaves, and blank lines are no lines."""
    for number, line in enumerate(lines):
        content = (line.removeprefix(_BOM) if number == 0 else line).strip(b"\0 \t\r\n")
        if not content:
            continue
        try:
            yield Line(*decode(content))
        except (ValueError, RecursionError, MemoryError):
            yield Line(None, intact=False)


def bounded_lines(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    """The stream's lines; one over the limit comes as a short stand-in that is no record."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
            pass
        yield b"(too long)"
