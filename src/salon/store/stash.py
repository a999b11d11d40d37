"""Drafts that were put aside, all in one small file, replaced as a whole.

What a newer Salon wrote of a draft stays in the file as it is, and a file of another version is only read.
"""

import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from salon.chat.draft import Draft
from salon.errors import StoreError
from salon.store.alone import alone
from salon.store.drafts import VERSION, draft_of, is_newer, record_of
from salon.store.files import READ, FileLayer, reason_of, write_atomically
from salon.store.records import LINE_LIMIT, encode_json
from salon.words import tr

logger = logging.getLogger(__name__)


class Stash:
    """The drafts in one file, the newest first; the file is made when the first is put aside.

    `locks` is the directory in which processes agree on who changes it.
    """

    def __init__(self, path: Path, files: FileLayer, locks: Path) -> None:
        self._path = path
        self._files = files
        self._locks = locks
        self._changing = threading.Lock()

    def load(self) -> list[Draft]:
        """The drafts; none where there is no file. Raises `StoreError` for one that cannot be read."""
        return [draft for draft, _ in self._read()[1]]

    def _read(self) -> tuple[bool, list[tuple[Draft, Any]]]:
        """Whether a newer Salon wrote the file; each draft, and as it stands there."""
        try:
            descriptor = self._files.open(self._path, READ)
            with os.fdopen(descriptor, "rb") as stream:
                content = json.loads(stream.read(LINE_LIMIT))
            return is_newer(content), [(draft_of(each), each) for each in content["drafts"]]
        except FileNotFoundError:
            return False, []
        except OSError as error:
            raise self._trouble(tr("cannot be read"), reason_of(error)) from error
        except (ValueError, RecursionError, MemoryError, KeyError, TypeError) as error:
            raise self._trouble(tr("is damaged"), tr("it is not what Salon writes")) from error

    def push(self, draft: Draft) -> None:
        """Put a draft before the others, on the medium when this returns. Raises `StoreError`."""
        with self._changed() as drafts:
            drafts.insert(0, (draft, record_of(draft)))

    def drop(self, draft: Draft) -> None:
        """Take a draft away, if it is still there. Raises `StoreError`."""
        with self._changed() as drafts:
            position = next((at for at, (each, _) in enumerate(drafts) if each == draft), None)
            if position is not None:
                del drafts[position]

    @contextmanager
    def _changed(self) -> Iterator[list[tuple[Draft, Any]]]:
        """Read the file, have its drafts changed, and write it, while nobody else does."""
        with self._changing, alone(self._locks, self._path.stem, self._files):
            newer, drafts = self._read()
            before = list(drafts)
            yield drafts
            if drafts == before:
                return
            if newer:
                raise self._trouble(tr("cannot be changed"), tr("a newer Salon wrote it"))
            try:
                content = {"v": VERSION, "drafts": [record for _, record in drafts]}
                write_atomically(self._files, self._path, encode_json(content) + b"\n")
            except OSError as error:
                raise self._trouble(tr("is not saved"), reason_of(error)) from error

    def _trouble(self, what: str, why: str) -> StoreError:
        return StoreError(
            tr("What was put aside {what}: {why}.", what=what, why=why), details={"path": str(self._path)}
        )
