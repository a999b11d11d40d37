"""What a file is, told by its first bytes and never by its name.

Signatures are those of the formats' own specifications: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), GIF89a, WebP and RIFF,
BMP, TIFF 6.0, ISO base media (HEIC, AVIF), PDF (ISO 32000-1, 7.5.2: the header may follow other bytes).
"""

import codecs

IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""The images that the Messages API takes."""
PDF_TYPE = "application/pdf"
TEXT_TYPE = "text/plain"

_HEAD = 1024
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def media_type_of(data: bytes) -> str:
    """The media type of a file with this content; "" for one that is neither a known picture, a PDF nor text."""
    head = data[:_HEAD]
    for signature, media_type in _SIGNATURES:
        # Text may begin with "BM" too, and a bitmap's header has zeros.
        if head.startswith(signature) and (media_type != "image/bmp" or b"\0" in head):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and (brand := _BRANDS.get(head[8:12])):
        return brand
    if b"%PDF-" in head:
        return PDF_TYPE
    return TEXT_TYPE if text_in(data) is not None else ""


def text_in(data: bytes) -> str | None:
    """The text that the bytes are, in UTF-8 or in what their byte order mark says; None where they are none."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
