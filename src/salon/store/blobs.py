"""Contents by their SHA-256: `<config>/blobs/<2 digits>/<64 digits>`, each written once, read-checked, never changed.

Session files and drafts refer to a blob only after it is on the medium. Nothing is ever removed here in passing: a
session in the trash, a copy of it or a fork of it may still refer to what this one has dropped.
"""

import itertools
import os
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from salon.chat.attachments import blob_of
from salon.chat.conversation import Conversation
from salon.errors import StoreError
from salon.store.files import FileLayer, content_of, reason_of, write_atomically
from salon.words import plural, tr

BLOB_LIMIT = 256 * 1024 * 1024
"""Bytes; what is larger cannot be an attachment."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_numbers = itertools.count()


class FileBlobs:
    """The `Blobs` in one directory, which is made when the first is kept. Safe from any thread and process."""

    def __init__(self, directory: Path, files: FileLayer) -> None:
        self.directory = directory
        self._files = files

    def put(self, data: bytes) -> str:
        """See `Blobs`. Content that is there and whole is not written again."""
        digest = sha256(data).hexdigest()
        target = self._path(digest)
        try:
            if self._read(target) != data:
                # A name of its own for each writer: two processes may keep the same content at the same time.
                temporary = target.with_name(f"{digest}.{os.getpid()}-{next(_numbers)}.tmp")
                write_atomically(self._files, target, data, temporary)
            else:
                self._files.sync_directory(target.parent)  # whoever wrote it may not have got that far
        except OSError as error:
            raise StoreError(
                tr("The attachment is not saved: {error}.", error=reason_of(error)),
                tr("Attach it again."),
                details={"path": str(target)},
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """See `Blobs`."""
        if not _DIGEST.fullmatch(digest):
            raise StoreError(tr("The attachment's digest is damaged."))
        path = self._path(digest)
        try:
            data = self._read(path)
        except OSError as error:
            raise StoreError(
                tr("The attachment cannot be read: {error}.", error=reason_of(error)), tr("It is {path}.", path=path)
            ) from error
        if data is None:
            raise StoreError(tr("The attachment's file is missing."), tr("It was {path}.", path=path))
        if sha256(data).hexdigest() != digest:
            raise StoreError(tr("The attachment's file is damaged."), tr("It is {path}.", path=path))
        return data

    def has(self, digest: str) -> bool:
        """Whether there is a file for this digest; a quick look that reads nothing of it."""
        return bool(_DIGEST.fullmatch(digest)) and self._path(digest).is_file()

    def _path(self, digest: str) -> Path:
        return self.directory / digest[:2] / digest

    def _read(self, path: Path) -> bytes | None:
        """The content of a file; None where there is none."""
        try:
            return content_of(self._files, path, BLOB_LIMIT)
        except FileNotFoundError:
            return None


class MemoryBlobs:
    """The `Blobs` of a conversation that is kept nowhere."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """See `Blobs`."""
        digest = sha256(data).hexdigest()
        self._contents[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        """See `Blobs`."""
        if digest not in self._contents:
            raise StoreError(tr("The attachment is not there."))
        return self._contents[digest]

    def has(self, digest: str) -> bool:
        """Whether it is there."""
        return digest in self._contents


def noting_lost(conversation: Conversation, blobs: FileBlobs) -> Conversation:
    """The conversation with what is said of attachments whose files are not there."""
    blocks = (block for message in conversation.messages.values() for block in message.content)
    digests = {digest for block in blocks if (digest := blob_of(block))}
    lost = frozenset(digest for digest in digests if not blobs.has(digest))
    if not lost:
        return conversation
    what = plural("{n} attachment is", "{n} attachments are", len(lost))
    sentence = tr(
        "{what} missing from {directory}, and left out of what is sent.", what=what, directory=blobs.directory
    )
    return replace(conversation, lost=lost, notices=(*conversation.notices, sentence))
