"""What a message carries besides its words: pictures, PDFs, texts, lists of files, addresses.

An attachment lies in a message's content as one block in the API's own shape, so that whoever reads a session knows it:

    {"type": "image", "source": {...}, "salon": {"name": "shot.png", "size": 48123, "tokens": 1446, ...}}
    {"type": "document", "title": "notes.md", "source": {...}, "salon": {...}}

`salon` holds what is known of it and never goes to the API. The source is the API's own for an address
(`{"type": "url"}`) and for content of at most `INLINE_LIMIT` bytes (`base64`, `text`). Larger content lies once, by its
SHA-256, in a file of its own, and the source refers to it:

    {"type": "salon_blob", "sha256": "...", "media_type": "image/png"}

`resolved` makes the API's block of one of these when a request is made. Attachments stand before the words, as
Anthropic's documentation advises (platform.claude.com, "Vision" and "PDF support").
"""

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from salon.chat.blocks import Block, kind_of
from salon.chat.filetypes import TEXT_TYPE

INLINE_LIMIT = 4096
"""Bytes up to which content stands in the session file itself."""
BLOB = "salon_blob"

_PATCH = 28
_LONGEST_SEEN = 2044
"""Pixels: larger pictures are scaled down by the API before they are counted."""
_TOKENS_A_PAGE = 2_300
"""Anthropic says 1,500 to 3,000 tokens for a page's text, and each page is a picture too."""
_BYTES_A_TOKEN = 3.3


class Kind(StrEnum):
    """What an attachment is to a reader."""

    IMAGE = "image"
    PDF = "pdf"
    TEXT = "text"
    FOLDER = "folder"


Pixel = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
Mosaic = Sequence[Sequence[tuple[Pixel, Pixel]]]
"""A picture in cells: rows of them, each the pixel above and the pixel below."""


class Blobs(Protocol):
    """Contents by their SHA-256, kept until somebody explicitly clears them up. The methods block."""

    def put(self, data: bytes) -> str:
        """Keep `data`; its SHA-256 in hexadecimal digits, once it is on the medium. Raises `StoreError`."""
        ...

    def get(self, digest: str) -> bytes:
        """The content, checked against its digest. Raises `StoreError` where it is missing, damaged or unreadable."""
        ...

    def has(self, digest: str) -> bool:
        """Whether it is there, by a quick look that reads nothing of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attachment. `content` is empty where the content lies in a blob, or at an address."""

    kind: Kind
    name: str
    """Raw: it comes from a file system or a server."""
    media_type: str = ""
    size: int = 0
    """Bytes of the content; 0 for an address, which only the API reads."""
    sha256: str = ""
    content: bytes = b""
    url: str = ""
    pixels: tuple[int, int] | None = None
    """Width and height."""
    pages: int | None = None
    tokens: int | None = None
    """About how many tokens it is; None where nobody can know."""
    note: str = ""
    """What a person should know of it, in a sentence: that it was made smaller, that it was cut."""

    @property
    def is_image(self) -> bool:
        """Whether the API takes it as a picture."""
        return self.kind is Kind.IMAGE


def attachment_of(kind: Kind, name: str, data: bytes, media_type: str, **known: Any) -> Attachment:
    """The attachment with this content, its digest taken and its tokens estimated."""
    made = Attachment(
        kind=kind,
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        content=data if len(data) <= INLINE_LIMIT else b"",
        **known,
    )
    return _with_tokens(made, data)


def attachment_at(url: str, kind: Kind, name: str) -> Attachment:
    """What the API is to fetch from an address."""
    return Attachment(kind=kind, name=name, url=url)


def block_of(attachment: Attachment) -> Block:
    """The block that a message keeps."""
    known: dict[str, Any] = {
        "kind": attachment.kind.value,
        "name": attachment.name,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "pixels": list(attachment.pixels or ()),
        "pages": attachment.pages,
        "tokens": attachment.tokens,
        "note": attachment.note,
    }
    told = {key: value for key, value in known.items() if value}
    if attachment.is_image:
        return {"type": "image", "source": _source(attachment), "salon": told}
    return {"type": "document", "title": attachment.name, "source": _source(attachment), "salon": told}


def of_block(block: Mapping[str, Any]) -> Attachment | None:
    """The attachment that a block is, also one that another program wrote; None for any other block."""
    kind, source = kind_of(block), block.get("source")
    if kind not in {"image", "document"} or not isinstance(source, Mapping):
        return None
    told = block.get("salon")
    told = told if isinstance(told, Mapping) else {}
    media_type = _text(source.get("media_type"))
    content, digest = _content(source), _text(source.get("sha256")) or _text(told.get("sha256"))
    pixels = told.get("pixels")
    known_size = isinstance(pixels, list) and len(pixels) == 2 and all(isinstance(side, int) for side in pixels)
    return Attachment(
        kind=_kind(kind, media_type or _text(source.get("type")), _text(told.get("kind"))),
        name=_text(told.get("name")) or _text(block.get("title")) or _text(source.get("url")) or kind,
        media_type=media_type,
        size=_number(told.get("size")) or len(content),
        sha256=digest,
        content=content,
        url=_text(source.get("url")),
        pixels=(pixels[0], pixels[1]) if known_size and isinstance(pixels, list) else None,
        pages=_number(told.get("pages")) or None,
        tokens=_number(told.get("tokens")) or None,
        note=_text(told.get("note")),
    )


def attachments_of(content: Iterable[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    """The attachments of a message, in order."""
    return tuple(found for block in content if (found := of_block(block)) is not None)


def blob_of(block: Mapping[str, Any]) -> str:
    """The digest of the blob that a block refers to; "" where it refers to none."""
    source = block.get("source")
    if not isinstance(source, Mapping) or source.get("type") != BLOB:
        return ""
    return _text(source.get("sha256"))


def resolved(block: Block, data: bytes = b"") -> Block:
    """The block as the API takes it; `data` is the content of the blob that it refers to, if it does."""
    sent = {key: value for key, value in block.items() if key != "salon"}
    if blob_of(block):
        media_type = _text(block["source"].get("media_type"))
        sent["source"] = _inline_source(media_type, data)
    return sent


def text_tokens(text: str) -> int:
    """About how many tokens a text is; no tokenizer is public, so this is a rule of thumb from UTF-8's length."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_A_TOKEN)


def image_tokens(width: int, height: int) -> int:
    """About how many tokens a picture is: patches of 28 pixels, as public measurements of the 5.5 models show."""
    scale = min(1.0, _LONGEST_SEEN / max(width, height))
    return math.ceil(int(width * scale) / _PATCH) * math.ceil(int(height * scale) / _PATCH)


def _with_tokens(made: Attachment, data: bytes) -> Attachment:
    if made.pixels is not None:
        return replace(made, tokens=image_tokens(*made.pixels))
    if made.kind is Kind.PDF:
        return replace(made, tokens=made.pages * _TOKENS_A_PAGE if made.pages else None)
    return replace(made, tokens=math.ceil(len(data) / _BYTES_A_TOKEN))


def _source(attachment: Attachment) -> dict[str, Any]:
    if attachment.url:
        return {"type": "url", "url": attachment.url}
    if attachment.content or not attachment.size:  # also more than the limit, where another program put it inline
        return _inline_source(attachment.media_type, attachment.content)
    return {"type": BLOB, "sha256": attachment.sha256, "media_type": attachment.media_type}


def _inline_source(media_type: str, data: bytes) -> dict[str, Any]:
    if media_type == TEXT_TYPE:
        return {"type": "text", "media_type": TEXT_TYPE, "data": data.decode("utf-8", "replace")}
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode("ascii")}


def _content(source: Mapping[str, Any]) -> bytes:
    data = source.get("data")
    if not isinstance(data, str):
        return b""
    if source.get("type") == "text":
        return data.encode("utf-8", "replace")
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        return b""


def _kind(block_kind: str, media_type: str, told: str) -> Kind:
    if block_kind == "image":
        return Kind.IMAGE
    if told in {Kind.TEXT, Kind.FOLDER}:
        return Kind(told)
    return Kind.TEXT if media_type.startswith("text") else Kind.PDF


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
