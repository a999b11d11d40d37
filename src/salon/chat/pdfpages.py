"""How many pages a PDF has, without reading all of it: what its page tree says, or the page objects that are seen.

The root of the page tree has the sum of all pages below it in `/Count` (ISO 32000-1, 7.7.3). Where the objects lie
compressed in object streams (7.5.7) those are unpacked, up to a bound, so that a hostile file costs no more than a
large honest one.
"""

import re
import zlib

UNPACKED_LIMIT = 16 * 1024 * 1024
"""Bytes of object streams that are unpacked at most."""
_STREAMS = 2_000
"""Object streams that are looked at, at most."""
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
    for tree in _TREE.finditer(data):
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
        unpacker = zlib.decompressobj()
        try:
            parts.append(unpacker.decompress(data[start : start + UNPACKED_LIMIT], room))
        except zlib.error:
            continue  # packed in another way, or damaged; the rest may still tell
        room -= len(parts[-1])
    return b"\n".join(parts)
