"""An attachment in words."""

from salon.chat.attachments import Attachment, Kind
from salon.ui.sections import short_number
from salon.untrusted import clean_line
from salon.words import plural, tr


def described(attachment: Attachment, width: int = 200) -> str:
    """An attachment in one line: name, kind, size, about how many tokens; the name gives way where there is no room."""
    told = [_kind(attachment)]
    if attachment.size and attachment.kind is not Kind.FOLDER:
        told.append(bytes_in_words(attachment.size))
    if attachment.tokens:
        told.append(tr("about {tokens} tokens", tokens=short_number(attachment.tokens)))
    facts = " · ".join(told)
    note = f" · {attachment.note}" if attachment.note else ""
    return f"{clean_line(attachment.name, max(12, width - len(facts) - 3)) or 'unnamed'} · {facts}{note}"


def bytes_in_words(size: int) -> str:
    """812 bytes, 48 KB, 3.1 MB."""
    if size < 1024:
        return tr("{size} bytes", size=size)
    if size < 1024**2 - 512:
        return tr("{size:.0f} KB", size=size / 1024)
    return tr("{size:.1f} MB", size=size / 1024**2)


def _kind(attachment: Attachment) -> str:
    match attachment.kind:
        case Kind.IMAGE if attachment.pixels is not None:
            return tr("image {pixel}×{pixel2}", pixel=attachment.pixels[0], pixel2=attachment.pixels[1])
        case Kind.IMAGE:
            return tr("image from the web") if attachment.url else tr("image")
        case Kind.PDF if attachment.pages is not None:
            return plural("PDF, {n} page", "PDF, {n} pages", attachment.pages)
        case Kind.PDF:
            return tr("PDF from the web") if attachment.url else "PDF"
        case Kind.FOLDER:
            return tr("list of files")
    return "text"
