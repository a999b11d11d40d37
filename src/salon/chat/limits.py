"""What one request may carry, checked before anything of it leaves.

The limits are those of platform.claude.com ("Vision", "PDF support", "Request size limits", read in stored copies of
November 2026). They hold for the whole request, so for every attachment of the conversation, not only for the newest.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from salon.chat.attachments import BLOB, Attachment, Kind, attachments_of
from salon.chat.conversation import Message
from salon.chat.filetypes import IMAGE_TYPES
from salon.errors import SalonError
from salon.untrusted import clean_line
from salon.words import tr

REQUEST_BYTES = 32 * 1024 * 1024
LONGEST_SIDE = 8_000
"""Pixels of a picture's side."""
LONGEST_SIDE_AMONG_MANY = 2_000
"""The same where a request has more than `MANY_IMAGES` pictures."""
MANY_IMAGES = 20
SMALL_CONTEXT = 200_000
"""Models with at most this many tokens of context take fewer pictures and pages."""
_MOST, _MOST_SMALL = 600, 100
_ENVELOPE = 2_048
"""Bytes of a request that are neither words nor attachments."""


class TooMuch(SalonError):
    """What was about to be sent is more than the API takes; `oversized` names pictures that could be made smaller."""

    def __init__(self, what: str, now: str = "", oversized: tuple[Attachment, ...] = ()) -> None:
        super().__init__(what, now)
        self.oversized = oversized


def longest_side(images: int) -> int:
    """How many pixels a picture's side may have among this many pictures."""
    return LONGEST_SIDE_AMONG_MANY if images > MANY_IMAGES else LONGEST_SIDE


def check(attached: Sequence[Attachment], *, other_bytes: int = 0, context: int | None = None) -> None:
    """Raise `TooMuch` where the attachments of one request, and the rest of it, break a limit.

    `other_bytes` is what everything else has as JSON; `context` the model's context window in tokens, if it is known.
    """
    images = [each for each in attached if each.is_image]
    most = _MOST_SMALL if context is not None and context <= SMALL_CONTEXT else _MOST
    if len(images) > most:
        raise TooMuch(
            tr(
                "There are {count} images in this chat; the model takes {most} in one request.",
                count=len(images),
                most=most,
            ),
            _LESS,
        )
    pages = sum(each.pages or 0 for each in attached if each.kind is Kind.PDF)
    if pages > most:
        raise TooMuch(
            tr(
                "The PDFs of this chat have {pages} pages; the model takes {most} in one request.",
                pages=pages,
                most=most,
            ),
            _LESS,
        )
    _check_types(attached)
    _check_sides(images)
    size = sum(sent_bytes(each) for each in attached) + other_bytes + _ENVELOPE
    if size > REQUEST_BYTES:
        raise TooMuch(
            tr(
                "With its attachments this request would have {size}; the API takes {limit}, so {size2} too many.",
                size=megabytes(size),
                limit=megabytes(REQUEST_BYTES),
                size2=megabytes(size - REQUEST_BYTES),
            ),
            _LESS,
            tuple(each for each in images if max(each.pixels or (0,)) > LONGEST_SIDE_AMONG_MANY),
        )


_LESS = tr("Remove some, or start a new chat.")


def _check_types(attached: Iterable[Attachment]) -> None:
    for each in attached:
        if each.is_image and not each.url and each.media_type not in IMAGE_TYPES:
            kind = each.media_type.rpartition("/")[2].upper() or "unknown"
            raise TooMuch(
                tr("{name} is a {kind} image; the API takes PNG, JPEG, GIF and WebP.", name=_name(each), kind=kind),
                tr("Remove it."),
            )


def _check_sides(images: Sequence[Attachment]) -> None:
    limit = longest_side(len(images))
    too_long = tuple(each for each in images if each.pixels is not None and max(each.pixels) > limit)
    if not too_long:
        return
    first = too_long[0]
    width, height = first.pixels or (0, 0)
    rest = tr(", and {count} more are too", count=len(too_long) - 1) if len(too_long) > 1 else ""
    among = tr(" among {count} images", count=len(images)) if limit != LONGEST_SIDE else ""
    raise TooMuch(
        tr(
            "{name} is {width} × {height} pixels{rest}; a side may have {limit}{among}, so it is {width2} too long.",
            name=_name(first),
            width=width,
            height=height,
            rest=rest,
            limit=limit,
            among=among,
            width2=max(width, height) - limit,
        ),
        "",
        too_long,
    )


def sent_bytes(attachment: Attachment) -> int:
    """The bytes that an attachment adds to a request: base64 is a third larger; text is estimated as it stands."""
    if attachment.kind in {Kind.TEXT, Kind.FOLDER}:
        return attachment.size
    return 4 * -(-attachment.size // 3)


def other_bytes(messages: Iterable[Message], *texts: str) -> int:
    """About how many bytes the words of a request have, attachments left out."""
    total = sum(len(text.encode("utf-8", "replace")) for text in texts)
    for message in messages:
        total += sum(_size_of(block) for block in message.content)
    return total


def attached_in(messages: Iterable[Message]) -> list[Attachment]:
    """Every attachment of a path."""
    return [each for message in messages for each in attachments_of(message.content)]


def megabytes(size: int) -> str:
    """31.9 MB, rounded up, so that what is too much never reads as the limit itself."""
    tenths = -(-size * 10 // (1024 * 1024))
    return f"{tenths / 10:.1f}".removesuffix(".0") + tr(" MB")


def _size_of(value: Any) -> int:
    """The bytes of a block without attached content."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    if isinstance(value, Mapping):
        if value.get("type") in {"image", "document"} or value.get("type") == BLOB:
            return 0
        return sum(map(_size_of, value.values()))
    return sum(map(_size_of, value)) if isinstance(value, list | tuple) else 0


def _name(attachment: Attachment) -> str:
    return f"“{clean_line(attachment.name, 60)}”"
