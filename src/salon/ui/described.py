"""An attachment in words."""

from salon.chat.attachments import Attachment, Kind
from salon.ui.sections import short_number
from salon.untrusted import clean_line


def described(attachment: Attachment, width: int = 200) -> str:
    """An attachment in one line: name, kind, size, about how many tokens; the name gives way where there is no room."""
    told = [_kind(attachment)]
    if attachment.size and attachment.kind is not Kind.FOLDER:
        told.append(bytes_in_words(attachment.size))
    if attachment.tokens:
        told.append(f"about {short_number(attachment.tokens)} tokens")
    facts = " · ".join(told)
    note = f" · {attachment.note}" if attachment.note else ""
    return f"{clean_line(attachment.name, max(12, width - len(facts) - 3)) or 'unnamed'} · {facts}{note}"


def bytes_in_words(size: int) -> str:
    """812 bytes, 48 KB, 3.1 MB."""
    if size < 1024:
        return f"{size} bytes"
    if size < 1024**2 - 512:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024**2:.1f} MB"


def _kind(attachment: Attachment) -> str:
    match attachment.kind:
        case Kind.IMAGE if attachment.pixels is not None:
            return f"image {attachment.pixels[0]}×{attachment.pixels[1]}"
        case Kind.IMAGE:
            return "image from the web" if attachment.url else "image"
        case Kind.PDF if attachment.pages is not None:
            return f"PDF, {attachment.pages} page{'s' if attachment.pages != 1 else ''}"
        case Kind.PDF:
            return "PDF from the web" if attachment.url else "PDF"
        case Kind.FOLDER:
            return "list of files"
    return "text"
