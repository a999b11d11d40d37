"""What a person names as the source of an import, opened with care: a file, a zip, a folder.

Nothing is ever unpacked to disk: members of an archive are read as streams, and their names are only looked at.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from salon.errors import StoreError
from salon.store.files import reason_of
from salon.store.importing.foreign import ByteStream
from salon.words import tr

LARGEST_FILE = 8 * 1024**3
"""Bytes. Exports with pictures have a few GB; only the conversations in them are read."""
LARGEST_CONTENT = 4 * 1024**3
"""Bytes that the conversations of one archive may have unpacked."""
HIGHEST_RATIO = 200
"""Unpacked to packed; JSON of conversations is packed 4 to 12 times, a bomb of nothing 1,000 times."""
HARMLESS = 16 * 1024**2
"""Bytes unpacked for which the ratio does not matter."""
MOST_MEMBERS = 100_000
LARGEST_DIRECTORY = 64 * 1024**2
MOST_FILES = 20_000
"""In a folder."""
DEEPEST_FOLDER = 8

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True, slots=True)
class Input:
    """One stretch of conversations: a file, or a member of an archive. `name` is for showing."""

    path: Path
    name: str
    size: int
    """Bytes, unpacked."""
    member: str = ""


@dataclass(slots=True)
class Inputs:
    """What was found in the places that a person named."""

    found: list[Input] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """A name and why it is not read, as the end of a sentence."""
    ignored: list[str] = field(default_factory=list)
    """Names of what may lie in an export and is no conversation."""


def inputs_in(places: list[Path]) -> Inputs:
    """The conversations in files, archives and folders; never raises for what they hold."""
    inputs = Inputs()
    for place in places:
        try:
            if place.is_dir():
                _look_in_folder(inputs, place)
            else:
                _look_at(inputs, place, place.name)
        except OSError as error:
            inputs.refused.append((str(place), _why(error)))
        except StoreError as error:
            inputs.refused.append((str(place), error.what))
    return inputs


@contextmanager
def opened(source: Input) -> Iterator[ByteStream]:
    """The bytes of an input. Raises `StoreError` when opening or reading fails, also inside the `with`."""
    with ExitStack() as stack:
        with _told(source):
            file = stack.enter_context(_regular(source.path))
            stream: ByteStream = file
            if source.member:
                archive = stack.enter_context(zipfile.ZipFile(file))
                stream = stack.enter_context(archive.open(source.member))
        yield _Bounded(stream, source)


class _Bounded:
    """A stream that gives no more bytes than its source said it has, and whose failures are `StoreError`s."""

    def __init__(self, stream: ByteStream, source: Input) -> None:
        self._stream = stream
        self._source = source
        self._left = source.size

    def read(self, count: int, /) -> bytes:
        """See `ByteStream`."""
        return self._limited(self._stream.read, count)

    def readline(self, limit: int, /) -> bytes:
        """See `ByteStream`."""
        return self._limited(self._stream.readline, limit)

    def _limited(self, read: Callable[[int], bytes], count: int) -> bytes:
        if self._left <= 0:
            return b""
        with _told(self._source):
            data = read(min(count, self._left))
        self._left -= len(data)
        return data


@contextmanager
def _told(source: Input) -> Iterator[None]:
    """Say what failed in words that continue "..., because"."""
    try:
        yield
    except OSError as error:
        raise StoreError(_why(error)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, KeyError) as error:
        raise StoreError(tr("the archive is damaged"), details={"why": str(error), "name": source.name}) from error


def _regular(path: Path) -> BinaryIO:
    """An open regular file; a FIFO in its place is found out without waiting for its other end."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise StoreError(tr("it is not a regular file"))
    if status.st_size > LARGEST_FILE:
        os.close(descriptor)
        raise StoreError(tr("it is larger than {limit} GB", limit=LARGEST_FILE // 1024**3))
    return os.fdopen(descriptor, "rb")


def _look_in_folder(inputs: Inputs, folder: Path) -> None:
    """Take the conversations of an unpacked export, or all JSONL files below; links are not followed."""
    count = 0
    for directory, below, names in os.walk(folder, followlinks=False):
        if len(Path(directory).relative_to(folder).parts) >= DEEPEST_FOLDER:
            below.clear()
        below.sort()
        for name in sorted(names):
            path = Path(directory) / name
            if not (_is_conversations(name) or name.endswith(".jsonl")) or path.is_symlink():
                continue
            count += 1
            if count > MOST_FILES:
                inputs.refused.append((str(folder), tr("it has more than {most_files:,} files", most_files=MOST_FILES)))
                return
            try:
                _look_at(inputs, path, str(path.relative_to(folder)))
            except OSError as error:
                inputs.refused.append((str(path), _why(error)))
            except StoreError as error:
                inputs.refused.append((str(path), error.what))


def _look_at(inputs: Inputs, path: Path, name: str) -> None:
    with _regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}:
            _look_in_archive(inputs, path, name, file, size)
        else:
            inputs.found.append(Input(path, name, size))


def _look_in_archive(inputs: Inputs, path: Path, name: str, file: BinaryIO, size: int) -> None:
    _check_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise StoreError(tr("the archive is damaged")) from error
    if len(members) > MOST_MEMBERS:
        raise StoreError(tr("the archive has more than {most_members:,} files", most_members=MOST_MEMBERS))
    seen: set[str] = set()
    unpacked = 0
    for member in members:
        own_name = PurePosixPath(member.filename).name
        if member.is_dir() or not own_name.endswith((".json", ".jsonl")):
            continue
        if not (_is_conversations(own_name) or own_name.endswith(".jsonl")):
            inputs.ignored.append(own_name)
            continue
        unpacked += member.file_size
        trouble = _trouble_with(member, unpacked, size)
        if member.filename in seen:
            trouble = tr("the archive has two files of this name")
        seen.add(member.filename)
        if trouble:
            inputs.refused.append((f"{own_name} in {name}", trouble))
        else:
            inputs.found.append(Input(path, f"{own_name} in {name}", member.file_size, member.filename))


def _trouble_with(member: zipfile.ZipInfo, unpacked: int, archive_size: int) -> str:
    if member.flag_bits & 0x1:
        return tr("it is encrypted")
    if member.compress_type not in _METHODS:
        return tr("it is packed in a way that exports are not")
    if member.compress_size > archive_size:
        return tr("the archive is damaged")
    if unpacked > LARGEST_CONTENT:
        return tr("unpacked it is larger than {largest_content} GB", largest_content=LARGEST_CONTENT // 1024**3)
    if member.file_size > HARMLESS and member.file_size > HIGHEST_RATIO * max(1, member.compress_size):
        return tr("it is packed suspiciously tightly")
    return ""


def _check_directory(file: BinaryIO, size: int) -> None:
    """Look at how long the archive's list of members is before `zipfile` reads it whole.

    The record at the end (22 bytes and a comment of at most 64 KB) says so, or that of ZIP64 to which the 20 bytes
    before it point (PKWARE APPNOTE, 4.3.14 to 4.3.16); `zipfile` believes that one whatever the other says.
    """
    tail_start = max(0, size - 22 - 0xFFFF - 20)
    file.seek(tail_start)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise StoreError(tr("the archive is damaged"))
    members, length = struct.unpack_from("<HL", tail, end + 10)
    if end >= 20 and tail[end - 20 : end - 16] == b"PK\x06\x07":
        (offset,) = struct.unpack_from("<Q", tail, end - 12)
        file.seek(min(offset, size))
        record = file.read(56)
        if len(record) < 56:
            raise StoreError(tr("the archive is damaged"))
        members, length = struct.unpack_from("<QQ", record, 32)
    if length > LARGEST_DIRECTORY or members > MOST_MEMBERS:
        raise StoreError(tr("the archive has too many files"))
    file.seek(0)


def _is_conversations(name: str) -> bool:
    """`conversations.json`, and the numbered parts into which large exports are cut."""
    return name.startswith("conversations") and name.endswith(".json")


def _why(error: OSError) -> str:
    return tr("there is no such file") if isinstance(error, FileNotFoundError) else reason_of(error)
