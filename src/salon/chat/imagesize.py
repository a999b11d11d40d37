"""The size of a picture in pixels, read from its header; never raises, whatever the bytes are.

PNG: the IHDR chunk. JPEG: the first frame header (SOF), found by walking the segments. GIF: the logical screen. WebP:
the three kinds of its first chunk. BMP: the information header. All numbers are taken as they stand there.
"""

from struct import error as TooShort
from struct import unpack_from

Size = tuple[int, int]

_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}
"""JPEG markers that stand alone."""
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame; the three left out are tables."""


def size_of_image(data: bytes) -> Size | None:
    """Width and height; None where the bytes are no picture of a kind read here, or a damaged one."""
    try:
        size = _read(data)
    except (TooShort, IndexError):
        return None
    return size if size is not None and size[0] > 0 and size[1] > 0 else None


def _read(data: bytes) -> Size | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _pair(data, ">II", 16) if data[12:16] == b"IHDR" else None
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return _pair(data, "<HH", 6)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:2] == b"BM":
        width, height = _pair(data, "<ii", 18)
        return width, abs(height)  # a negative height says that the rows run downwards
    return None


def _pair(data: bytes, layout: str, offset: int) -> Size:
    first, second = unpack_from(layout, data, offset)
    return int(first), int(second)


def _jpeg(data: bytes) -> Size | None:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker in _FRAMES:
            height, width = _pair(data, ">HH", at + 5)
            return width, height
        elif marker in {0xD9, 0xDA}:  # the end, or the picture itself: a frame would have come before
            return None
        else:
            (length,) = unpack_from(">H", data, at + 2)
            at += 2 + max(2, length)
    return None


def _webp(data: bytes) -> Size | None:
    match data[12:16]:
        case b"VP8X":
            width = int.from_bytes(data[24:27], "little") + 1
            height = int.from_bytes(data[27:30], "little") + 1
            return (width, height) if len(data) >= 30 else None
        case b"VP8L":
            (bits,) = unpack_from("<I", data, 21)
            return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if data[20] == 0x2F else None
        case b"VP8 ":
            if data[23:26] != b"\x9d\x01\x2a":
                return None
            width, height = _pair(data, "<HH", 26)
            return width & 0x3FFF, height & 0x3FFF
    return None
