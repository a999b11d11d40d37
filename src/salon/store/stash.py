"""Drafts that were put aside, all in one small file, replaced as a whole."""

import json
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from salon.chat.session import Draft
from salon.errors import StoreError
from salon.store.drafts import draft_of, record_of
from salon.store.files import READ, FileLayer, reason_of, write_atomically
from salon.store.records import LINE_LIMIT, encode_json

logger = logging.getLogger(__name__)


class Stash:
    """The drafts in one file, the newest first; the file is made when the first is put aside."""

    def __init__(self, path: Path, files: FileLayer) -> None:
        self._path = path
        self._files = files
        self._changing = threading.Lock()

    def load(self) -> list[Draft]:
        """The drafts; none where there is no file. Raises `StoreError` for one that cannot be read."""
        try:
            descriptor = self._files.open(self._path, READ)
            with os.fdopen(descriptor, "rb") as stream:
                content = json.loads(stream.read(LINE_LIMIT))
            return [draft_of(each) for each in content["drafts"]]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._trouble("cannot be read", reason_of(error)) from error
        except (ValueError, RecursionError, MemoryError, KeyError, TypeError) as error:
            raise self._trouble("is damaged", "it is not what Salon writes") from error

    def push(self, draft: Draft) -> None:
        """Put a draft before the others, on the medium when this returns. Raises `StoreError`."""
        with self._changing:
            self._save([draft, *self.load()])

    def drop(self, draft: Draft) -> None:
        """Take a draft away, if it is still there. Raises `StoreError`."""
        with self._changing:
            rest = self.load()
            if draft in rest:
                rest.remove(draft)
                self._save(rest)

    def _save(self, drafts: Sequence[Draft]) -> None:
        try:
            content = {"v": 1, "drafts": [record_of(draft) for draft in drafts]}
            write_atomically(self._files, self._path, encode_json(content) + b"\n")
        except OSError as error:
            raise self._trouble("is not saved", reason_of(error)) from error

    def _trouble(self, what: str, why: str) -> StoreError:
        return StoreError(f"What was put aside {what}: {why}.", details={"path": str(self._path)})
