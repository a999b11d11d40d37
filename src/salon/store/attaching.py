"""From a file, a folder, an address or the clipboard to an attachment whose content is safely kept."""

import logging
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from salon.chat.attachments import INLINE_LIMIT, Attachment, Blobs, Kind, Mosaic, attachment_at, attachment_of
from salon.chat.filetypes import IMAGE_TYPES, PDF_TYPE, TEXT_TYPE, media_type_of, text_in
from salon.chat.imagesize import size_of_image
from salon.chat.limits import REQUEST_BYTES, megabytes
from salon.chat.pasted import path_readings
from salon.chat.pdfpages import is_encrypted, pages_in_pdf
from salon.errors import SalonError
from salon.hidden import hidden_in
from salon.store.files import reason_of
from salon.store.folders import list_folder
from salon.store.pictures import as_png, downsized, mosaic
from salon.untrusted import clean_line
from salon.words import tr

logger = logging.getLogger(__name__)

READ_LIMIT = 100 * 1024 * 1024
"""Bytes of a file that are read at most: a picture of more than a request takes can be made smaller."""
MOST_COMPLETIONS = 200
_IMAGE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class FileAttacher:
    """The `Attacher` of this machine. `folder` is where relative paths begin. Methods block; call them from a thread.

    `take_image` fetches the picture on the clipboard; see `salon.clipboard_image`.
    """

    def __init__(self, folder: Path | None = None, take_image: Callable[[], bytes] | None = None) -> None:
        self._folder = folder or Path.cwd()
        self._take_image = take_image

    def attach(self, blobs: Blobs, what: str) -> Attachment:
        """The attachment that a path, or an http(s) address of a picture or PDF, means. Raises `SalonError`."""
        what = what.strip()
        if (address := _address_of(what)) is not None:
            return address
        path = self._path(what)
        try:
            if path.is_dir():
                return self._kept(blobs, *_of_folder(path))
            data = _read(path)
        except OSError as error:
            raise SalonError(
                tr("“{what}” cannot be attached: {why}.", what=clean_line(what, 200), why=_why(error))
            ) from error
        return self.attach_content(blobs, data, self._name(path))

    def attach_content(self, blobs: Blobs, data: bytes, name: str) -> Attachment:
        """The attachment with this content, which is what its bytes say it is. Raises `SalonError`."""
        return self._kept(blobs, *_of_content(data, name))

    def attach_clipboard(self, blobs: Blobs) -> Attachment:
        """The picture on the clipboard as an attachment. Raises `SalonError` where there is none or no way to it."""
        if self._take_image is None:
            raise SalonError(tr("The clipboard cannot be read here."))
        return self.attach_content(blobs, self._take_image(), tr("pasted image"))

    def make_smaller(self, blobs: Blobs, attachment: Attachment, side: int) -> Attachment:
        """The picture with no side longer than `side` pixels. Raises `SalonError`."""
        before = attachment.content or blobs.get(attachment.sha256)
        data, media_type, size = downsized(before, side)
        width, height = attachment.pixels or (0, 0)
        note = tr("Made smaller: it was {width} × {height} pixels.", width=width, height=height)
        made = attachment_of(Kind.IMAGE, attachment.name, data, media_type, pixels=size, note=note)
        return self._kept(blobs, made, data)

    def mosaic(self, blobs: Blobs, attachment: Attachment, columns: int, rows: int) -> Mosaic:
        """The picture in at most so many cells, two pixels a cell. Raises `SalonError`."""
        return mosaic(attachment.content or blobs.get(attachment.sha256), columns, rows)

    def text_of(self, blobs: Blobs, attachment: Attachment) -> str:
        """The text of an attached text. Raises `SalonError` where it is not there any more."""
        return (attachment.content or blobs.get(attachment.sha256)).decode("utf-8", "replace")

    def files_in(self, pasted: str) -> Sequence[str]:
        """The paths that a paste consists of, where every one of them is a file or folder here; else none."""
        for reading in path_readings(pasted):
            if all(_exists(Path(path).expanduser()) for path in reading):
                return reading
        return ()

    def complete(self, typed: str) -> Sequence[str]:
        """The files and folders whose path begins with what was typed, folders with a slash at their end."""
        folder, _, beginning = typed.rpartition("/")
        place = self._path(folder + "/") if "/" in typed else self._folder
        try:
            with os.scandir(place) as entries:
                found = [
                    (not entry.is_dir(), entry.name + ("/" if entry.is_dir() else ""))
                    for entry in entries
                    if entry.name.lower().startswith(beginning.lower())
                    and (beginning.startswith(".") or not entry.name.startswith("."))
                ]
        except OSError:
            return ()
        shown = sorted(found, key=lambda each: (each[0], each[1].lower()))[:MOST_COMPLETIONS]
        return [(f"{folder}/" if "/" in typed else "") + name for _, name in shown]

    def _path(self, spelling: str) -> Path:
        """The path that was typed; in quotes, with `~` or as `file://` it is the same."""
        for reading in path_readings(spelling):
            if len(reading) == 1 and _exists(path := Path(reading[0]).expanduser()):
                return path
        quoted = len(spelling) > 2 and spelling[0] == spelling[-1] and spelling[0] in "'\""
        spelling = spelling[1:-1] if quoted else spelling
        try:
            return self._folder / Path(spelling).expanduser()
        except RuntimeError as error:  # ~somebody
            raise SalonError(
                tr("“{spelling}” cannot be attached: nobody has that home.", spelling=clean_line(spelling, 200))
            ) from error

    def _name(self, path: Path) -> str:
        """How the model and the person know the file: from where Salon was started, or its last part."""
        try:
            return str(path.resolve().relative_to(self._folder.resolve()))
        except ValueError:
            return path.name

    @staticmethod
    def _kept(blobs: Blobs, made: Attachment, data: bytes) -> Attachment:
        if len(data) > INLINE_LIMIT:
            blobs.put(data)
        return made


def _address_of(what: str) -> Attachment | None:
    """What the API shall fetch; None for what is no http(s) address."""
    wanted, _, rest = what.partition(" ")
    wanted, what = (wanted, rest.strip()) if wanted in {"image", "pdf"} and "://" in rest else ("", what)
    if not what.lower().startswith(("http://", "https://")):
        if "://" in what and not what.startswith("file://"):
            scheme = clean_line(what.partition("://")[0], 20)
            raise SalonError(
                tr("An address with {scheme}:// cannot be attached; http:// and https:// can.", scheme=scheme)
            )
        return None
    try:
        address = urlsplit(what)
        host = address.hostname
    except ValueError:
        host = None
    if not host or any(character.isspace() for character in what):
        raise SalonError(tr("“{what}” is not a whole address.", what=clean_line(what, 100)))
    name = PurePosixPath(unquote(address.path)).name
    ending = PurePosixPath(name).suffix.lower()
    kind = Kind.PDF if ending == ".pdf" else Kind.IMAGE if ending in _IMAGE_ENDINGS else None
    kind = Kind(wanted) if wanted else kind
    if kind is None:
        raise SalonError(
            tr("The API fetches images and PDFs, and this address does not say which it is."),
            tr("Write image or pdf and a blank before it."),
        )
    return attachment_at(what, kind, f"{host}/…/{name}" if name else host)


def _of_folder(path: Path) -> tuple[Attachment, bytes]:
    listing = list_folder(path)
    if not listing.files:
        raise SalonError(
            tr("“{name}” has no files in it, so there is nothing to attach.", name=clean_line(path.name, 100))
        )
    data = listing.text.encode("utf-8", "replace")
    note = tr("{files:,} file names", files=listing.files) + (tr(", the first ones") if listing.cut else "")
    return attachment_of(Kind.FOLDER, (path.name or str(path)) + "/", data, TEXT_TYPE, note=note), data


def _of_content(data: bytes, name: str) -> tuple[Attachment, bytes]:
    shown = f"“{clean_line(name, 100)}”"
    if not data:
        raise SalonError(tr("{shown} is empty, so there is nothing to attach.", shown=shown))
    media_type = media_type_of(data)
    if media_type in IMAGE_TYPES:
        if (pixels := size_of_image(data)) is None:
            raise SalonError(tr("{shown} is damaged: its size in pixels cannot be read.", shown=shown))
        return attachment_of(Kind.IMAGE, name, data, media_type, pixels=pixels), data
    if media_type.startswith("image/"):
        return _converted(data, name, media_type)
    if 4 * len(data) // 3 > REQUEST_BYTES:
        raise SalonError(
            tr(
                "{shown} has {count}; the API takes {limit} in a request.",
                shown=shown,
                count=megabytes(len(data)),
                limit=megabytes(REQUEST_BYTES),
            )
        )
    if media_type == PDF_TYPE:
        note = tr("It seems to be locked with a password; the API takes only open PDFs.") if is_encrypted(data) else ""
        return attachment_of(Kind.PDF, name, data, PDF_TYPE, pages=pages_in_pdf(data), note=note), data
    text = text_in(data)
    if text is None:
        raise SalonError(tr("{shown} is neither text, nor a PDF, nor an image that the API takes.", shown=shown))
    hidden = hidden_in(text.removeprefix("\ufeff"))
    data = text.encode("utf-8", "replace")
    note = tr("It has {sentence}.", sentence=hidden.sentence()) if hidden else ""
    return attachment_of(Kind.TEXT, name, data, TEXT_TYPE, note=note), data


def _converted(data: bytes, name: str, media_type: str) -> tuple[Attachment, bytes]:
    kind = media_type.rpartition("/")[2].upper()
    try:
        made, size = as_png(data)
    except SalonError as error:
        shown = f"“{clean_line(name, 100)}”"
        now = error.now or tr("Save it as PNG with another program.")
        raise SalonError(
            tr("{shown} is a {kind} image, and the API takes PNG, JPEG, GIF and WebP.", shown=shown, kind=kind), now
        ) from error
    note = tr("It was a {kind} image and is sent as PNG.", kind=kind)
    return attachment_of(Kind.IMAGE, name, made, "image/png", pixels=size, note=note), made


def _read(path: Path) -> bytes:
    """The content of a regular file. Raises `OSError`, and `SalonError` for what is too large or no file."""
    descriptor = os.open(path, _OPEN)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SalonError(tr("“{name}” is not a file that can be read to its end.", name=clean_line(path.name, 100)))
        if status.st_size > READ_LIMIT:
            raise SalonError(
                tr(
                    "“{name}” has {size}; the API takes {limit} in a request.",
                    name=clean_line(path.name, 100),
                    size=megabytes(status.st_size),
                    limit=megabytes(REQUEST_BYTES),
                )
            )
        return stream.read(READ_LIMIT)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return tr("there is no such file")
    if isinstance(error, PermissionError):
        return tr("you have no permission to read it")
    return reason_of(error)
