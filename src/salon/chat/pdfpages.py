"""How many pages a PDF has, without reading all of it: what its page tree says, or the page objects that are seen.

The root of the page tree has the sum of all pages below it in `/Count` (ISO 32000-1, 7.7.3). Where the objects lie
compressed in object streams (7.5.7) those are unpacked, up to a bound, so that a hostile file costs no more than a
large honest one.
"""

import re
import zlib
from itertools import islice

UNPACKED_LIMIT = 16 * 1024 * 1024
"""Bytes of object streams that are unpacked at most."""
_PIECE = 16 * 1024
_STREAMS = 2_000
"""Object streams that are looked at, at most."""
_TREES = 10_000
"""Parts of a page tree that are looked at, at most."""
_NEAR = 2_000
"""Bytes of a dictionary around `/Type /Pages` in which its `/Count` is looked for."""

_TREE = re.compile(rb"/Type\s*/Pages\b")
_COUNT = re.compile(rb"/Count\s+(\d{1,9})\b")
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm\b")
_ENCRYPTED = re.compile(rb"/Encrypt\s+\d{1,9}\s+\d{1,5}\s+R\b")


def pages_in_pdf(data: bytes) -> int | None:
    """The number of pages; None where nothing tells it."""
    return _pages(data) or _pages(_unpacked(data)) or None


def is_encrypted(data: bytes) -> bool:
    """Whether the trailer names an encryption, which the API does not take."""
    return _ENCRYPTED.search(data[-8_192:]) is not None or _ENCRYPTED.search(data[:8_192]) is not None


def _pages(data: bytes) -> int:
    counts = [0]
    for tree in islice(_TREE.finditer(data), _TREES):
        start = data.rfind(b"<<", max(0, tree.start() - _NEAR), tree.start())
        beginning = start if start >= 0 else tree.start()
        around = data[beginning : tree.end() + _NEAR]
        end = around.find(b">>", tree.end() - beginning)
        found = _COUNT.search(around[:end] if end >= 0 else around)
        counts.append(int(found[1]) if found else 0)
    return max(counts) or sum(1 for _ in _PAGE.finditer(data))


def _unpacked(data: bytes) -> bytes:
    parts: list[bytes] = []
    room = UNPACKED_LIMIT
    for number, found in enumerate(_OBJECT_STREAM.finditer(data)):
        start = data.find(b"stream", found.end(), found.end() + _NEAR)
        if number >= _STREAMS or room <= 0:
            break
        if start < 0:
            continue
        start += len(b"stream")
        start += 2 if data[start : start + 2] == b"\r\n" else 1
        unpacked, spent = _inflated(memoryview(data)[start:], room)
        parts.append(unpacked)
        room -= spent
    return b"\n".join(parts)


def _inflated(packed: memoryview, room: int) -> tuple[bytes, int]:
    """What comes of a stream up to where it ends or is damaged, and the bytes of work that it was.

    Work counts, since two thousand streams that are damaged at their ends would each be unpacked for nothing.
    """
    unpacker = zlib.decompressobj()
    parts: list[bytes] = []
    spent = 0
    for at in range(0, len(packed), _PIECE):
        try:
            parts.append(unpacker.decompress(packed[at : at + _PIECE], room - spent))
        except zlib.error:  # packed in another way, or damaged; the rest may still tell
            spent += _PIECE
            break
        spent += max(len(parts[-1]), min(_PIECE, len(packed) - at))
        if unpacker.eof or unpacker.unconsumed_tail or spent >= room:
            break
    return b"".join(parts), spent
