"""A session file without what nobody needs any more: the checkpoints of answers that were closed with all their text.

They are two thirds of a file in which answers streamed. The file is written anew beside the old one and put in its
place when it is on the medium; what cannot be shown to be the same afterwards is left as it is.
"""

import logging
from collections import Counter
from pathlib import Path

from salon.store.files import READ, FileLayer, write_atomically
from salon.store.merge import append_late, read_whole, written_late
from salon.store.reader import parse
from salon.store.records import Record, decode
from salon.store.replay import replay

logger = logging.getLogger(__name__)

WORTH_IT = 2.0
"""A file is written anew when it is this many times larger than it needs to be."""
SMALL = 256 * 1024
"""Bytes; smaller files are left alone."""


def compact(path: Path, session_id: str, files: FileLayer) -> int:
    """Write the session anew if that is worth it; how many bytes that saved.

    The caller holds the session's lock. Raises `OSError` and `FileTooLarge`; the file is whole in any case.
    """
    descriptor = files.open(path, READ)
    try:
        if files.size(descriptor) < SMALL:
            return 0
        content = read_whole(path, files)
        needed = without_checkpoints(content)
        if len(needed) * WORTH_IT > len(content) or not _tell_the_same(session_id, content, needed):
            return 0
        write_atomically(files, path, needed)
        append_late(path, written_late(descriptor, content, files), files)
    finally:
        files.close(descriptor)
    logger.info("%s is %d bytes smaller", path, len(content) - len(needed))
    return len(content) - len(needed)


def without_checkpoints(content: bytes) -> bytes:
    """The lines of `content` but for the parts of answers whose whole text is in their `close`."""
    lines = content.split(b"\n")
    opened: Counter[str] = Counter()
    closed: set[str] = set()
    parts: dict[int, str] = {}
    for number, line in enumerate(lines):
        record = _record(line)
        if record is None:
            continue
        an_id = record.get("of", record.get("id"))
        if not isinstance(an_id, str):
            continue
        if record["k"] in {"msg", "open"}:
            opened[an_id] += 1
        elif record["k"] == "part":
            parts[number] = an_id
        elif record["k"] == "close" and isinstance(record.get("content"), list):
            closed.add(an_id)
    dropped = {number for number, an_id in parts.items() if an_id in closed and opened[an_id] == 1}
    kept = b"\n".join(line for number, line in enumerate(lines) if number not in dropped)
    return kept if kept.endswith(b"\n") or not kept else kept + b"\n"


def _tell_the_same(session_id: str, before: bytes, after: bytes) -> bool:
    old, new = (replay(session_id, parse(content.split(b"\n"))) for content in (before, after))
    if old.too_new:
        return False  # what its parts are for is not known here
    if old == new:
        return True
    logger.error("The session %s would not be the same without its checkpoints; it is left as it is", session_id)
    return False


def _record(line: bytes) -> Record | None:
    try:
        return decode(line.strip(b"\0 \t\r"))[0]
    except (ValueError, RecursionError, MemoryError):
        return None
