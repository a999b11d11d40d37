"""Small files of every kind that can be attached, made byte by byte."""

import struct
import zlib


def png(width: int = 3, height: int = 2, padding: int = 0) -> bytes:
    """A whole PNG, black; `padding` bytes of a comment make it larger."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)), 1)
    comment = chunk(b"tEXt", b"c\0" + b"x" * padding) if padding else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + comment + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_header(width: int, height: int) -> bytes:
    """The beginning of a JPEG as cameras write it: a thumbnail's segment and a table before the frame."""
    exif = b"\xff\xe1" + struct.pack(">H", 2 + 20) + b"Exif\0\0" + b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01" + b"\0" * 4
    table = b"\xff\xc4" + struct.pack(">H", 2 + 3) + b"\0\0\0"
    return b"\xff\xd8" + exif + table + b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\0" * 3


def gif_header(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def webp_header(kind: bytes, width: int, height: int) -> bytes:
    body = {
        b"VP8X": b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
        b"VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14),
        b"VP8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[kind]
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


def pdf(pages: int, *, packed: bool = False, trailer: bytes = b"") -> bytes:
    """A PDF's page tree; `packed` puts it into an object stream, as most programs do today."""
    tree = b"<</Type/Pages/Kids[" + b"3 0 R " * pages + b"]/Count %d>>" % pages
    if packed:
        stream = zlib.compress(b"2 0 " + tree)
        tree = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\r\n" % len(stream)
        tree += stream + b"\nendstream"
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj" + tree + b"endobj\n" + trailer + b"%%EOF"
