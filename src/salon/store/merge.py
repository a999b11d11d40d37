"""Several copies of one session -> one, with every record of each.

Sync programs keep both versions of a file that was written in two places. Since files only grow and every message
names its parent, their union is a session in which the two continuations are branches.

The result depends on nothing but the set of lines: merging is commutative, associative and idempotent, byte for byte,
so computers that merge the same copies independently make the same file and no new conflict. Lines are put in the
order of their times, but a message never stands before its parent, nor anything before what it is about. That two
writes of the same setting are ordered by their clocks is the price.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from salon.store.files import APPEND, READ, FileLayer, write_all, write_atomically
from salon.store.reader import FileTooLarge
from salon.store.records import FILE_LIMIT, FORMAT_VERSION, Record, decode

_RANKS = {"head": 0, "set": 1, "msg": 2, "open": 2, "part": 3, "close": 4, "leaf": 5, "del": 6}
"""In which order records of the same millisecond are meant."""


class _Line(NamedTuple):
    """Compared from the left; nothing that differs in meaning compares equal."""

    no_head: bool
    time: str
    rank: int
    number: int
    content: bytes
    defines: str
    needs: str


def merged(contents: Iterable[bytes]) -> bytes:
    """The union of the lines of several files; lines that are no records are kept as well."""
    lines = {line for content in contents for piece in content.split(b"\n") if (line := _stripped(piece))}
    told = sorted(_read(line) for line in lines)
    return b"".join(line.content + b"\n" for line in _with_parents_first(told))


def session_of(content: bytes) -> str:
    """The id in the head of a session file; "" where there is none."""
    return _text(_head(content).get("id"))


def is_newer(content: bytes) -> bool:
    """Whether a head in a session file, also one further down, says that it takes a newer Salon to write it."""
    mins = (_head(line).get("min") for line in content.split(b"\n") if b'"min"' in line)
    return any(isinstance(oldest_writer, int) and oldest_writer > FORMAT_VERSION for oldest_writer in mins)


def _head(content: bytes) -> Record:
    record = _record(_stripped(content.split(b"\n", 1)[0]))
    return record if record is not None and record["k"] == "head" else {}


def read_whole(path: Path, files: FileLayer) -> bytes:
    """A session file's bytes. Raises `OSError` and `FileTooLarge`."""
    descriptor = files.open(path, READ)
    try:
        return _content(descriptor, files)
    finally:
        files.close(descriptor)


def _content(descriptor: int, files: FileLayer) -> bytes:
    size = files.size(descriptor)
    if size > FILE_LIMIT:
        raise FileTooLarge
    content = b""
    while len(content) < size and (piece := files.read_at(descriptor, size - len(content), len(content))):
        content += piece
    return content


def written_late(descriptor: int, content: bytes, files: FileLayer) -> bytes:
    """What somebody has written behind `content`, which was read from the file, and before it was replaced or removed.

    Whoever writes without the session's lock looks afterwards whether the file is still in its place, and writes again
    if not; so after the replacement all is in here that nobody will write again. It begins with a whole line.
    """
    late = b""
    while piece := files.read_at(descriptor, 1 << 20, len(content) + len(late)):
        late += piece
    return content[content.rfind(b"\n") + 1 :] + late if late else b""


def append_late(path: Path, late: bytes, files: FileLayer) -> None:
    """Put what came late behind the file that has taken the place of the one it was written to."""
    if not late:
        return
    descriptor = files.open(path, APPEND)
    try:
        write_all(files, descriptor, late)
        files.sync(descriptor)
    finally:
        files.close(descriptor)


def merge_into(target: Path, copies: Iterable[Path], files: FileLayer) -> None:
    """Put the union of `target`, where there is one, and `copies` into `target`'s place, then remove the copies.

    A crash in between leaves the union and copies, whose union is the same. Raises `OSError` and `FileTooLarge`.
    """
    copies = list(copies)
    with ExitStack() as still_open:
        contents: dict[int, bytes] = {}
        for source in (*copies, target) if target.exists() else copies:
            descriptor = files.open(source, READ)
            still_open.callback(files.close, descriptor)
            contents[descriptor] = _content(descriptor, files)
        whole = merged(contents.values())
        if len(whole) > FILE_LIMIT:
            raise FileTooLarge
        write_atomically(files, target, whole)
        for copy in copies:
            files.remove(copy)
        late = [written_late(descriptor, content, files) for descriptor, content in contents.items()]
        append_late(target, b"".join(late), files)


def _with_parents_first(lines: list[_Line]) -> list[_Line]:
    """The lines in their order, but each after the first line that defines what it needs."""
    definitions: dict[str, _Line] = {}
    for line in lines:
        if line.defines:
            definitions.setdefault(line.defines, line)
    ordered: list[_Line] = []
    begun: set[bytes] = set()
    for line in lines:
        waiting = [line]
        while waiting:
            needed = definitions.get(waiting[-1].needs)
            begun.add(waiting[-1].content)
            if needed is not None and needed.content not in begun:
                waiting.append(needed)
                continue
            last = waiting.pop()
            ordered.append(last)
        # Whatever was put out on the way is met again by the loop above, and passed over.
    return list(dict.fromkeys(ordered))


def _read(content: bytes) -> _Line:
    record = _record(content)
    if record is None:
        return _Line(True, "", 9, 0, content, "", "")
    kind = record["k"]
    number = record.get("n")
    needs = record.get("of", record.get("id") if kind in {"leaf", "del"} else record.get("parent"))
    return _Line(
        kind != "head",
        _text(record.get("ts")),
        _RANKS.get(kind, 7),
        number if isinstance(number, int) else 0,
        content,
        _text(record.get("id")) if kind in {"msg", "open", "note"} else "",
        _text(needs),
    )


def _record(line: bytes) -> Record | None:
    try:
        return decode(line)[0]
    except (ValueError, RecursionError, MemoryError):
        return None


def _stripped(line: bytes) -> bytes:
    return line.strip(b"\0 \t\r").removeprefix(b"\xef\xbb\xbf")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
