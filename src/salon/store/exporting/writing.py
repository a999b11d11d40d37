"""An export on disk: whole or not at all, for its owner's eyes only, and never over something that is there."""

import errno
import logging
import os
import re
import tempfile
from pathlib import Path

from salon.errors import StoreError
from salon.store.files import FileLayer, OperatingSystem, reason_of, write_all
from salon.words import tr

logger = logging.getLogger(__name__)

_LONGEST_NAME = 80
_MOST_TRIES = 1_000
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def suggested_name(title: str, suffix: str) -> str:
    """A file name made of a title: letters, digits and hyphens, so that it can be no path and no device."""
    words = re.sub(r"[^\w]+", "-", title[:400]).strip("-_").lower()
    stem = words.encode()[:_LONGEST_NAME].decode(errors="ignore").strip("-_")
    return f"{'chat' if not stem or _RESERVED.fullmatch(stem) else stem}.{suffix}"


def write_new(place: Path, content: str | bytes, what: str = "The export", files: FileLayer | None = None) -> Path:
    """Write `content` to `place`, or beside it under a free name ("chat-2.md"); where it is.

    Raises `StoreError`, about `what`.
    """
    files = files or OperatingSystem()
    temporary = ""
    try:
        if not place.parent.is_dir():
            raise StoreError(
                tr("There is no folder {parent}.", parent=place.parent),
                tr("Choose another place; nothing was written."),
            )
        descriptor, temporary = tempfile.mkstemp(prefix=".salon-", dir=place.parent)  # 0600
        try:
            write_all(files, descriptor, content.encode("utf-8", "replace") if isinstance(content, str) else content)
            files.sync(descriptor)
        finally:
            files.close(descriptor)
        return _named(Path(temporary), place)
    except OSError as error:
        raise StoreError(
            tr("{what} could not be written: {error}.", what=what, error=reason_of(error)),
            tr("The chat itself is safe. Choose another place."),
            details={"path": str(place)},
        ) from error
    finally:
        if temporary:
            _remove(Path(temporary), files)


def _remove(temporary: Path, files: FileLayer) -> None:
    try:
        files.remove(temporary)
    except OSError as error:
        logger.warning("Could not remove %s: %s", temporary, reason_of(error))


def _named(temporary: Path, place: Path) -> Path:
    """Give the file a name that was free until then."""
    for number in range(1, _MOST_TRIES):
        target = place if number == 1 else place.with_name(f"{place.stem}-{number}{place.suffix}")
        try:
            os.link(temporary, target)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if target.exists() or target.is_symlink():
                continue
            temporary.rename(target)  # a file system without links (FAT): as good as it can be had there
        return target
    raise StoreError(
        tr("There are {most_tries:,} files called like {name} already.", most_tries=_MOST_TRIES, name=place.name),
        tr("Choose another name."),
    )
