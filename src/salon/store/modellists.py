"""The lists of models that servers gave, in the cache directory, each with its date.

One JSON file, by host. It can be deleted at any time: then the built-in table serves until a server has been asked.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from salon.store.files import OperatingSystem, content_of, reason_of, write_atomically
from salon.store.records import timestamp

logger = logging.getLogger(__name__)

_LARGEST = 4 * 1024 * 1024
"""Bytes; a gateway may have some thousand models."""


class ModelList(NamedTuple):
    """What one server said it offers: entries in the shape of `GET /v1/models`, and when it said so, ISO 8601."""

    at: str = ""
    entries: Sequence[Mapping[str, Any]] = ()


class ModelLists:
    """The file. Methods block for a moment and never raise; what cannot be read or written is logged."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self, host: str) -> ModelList:
        """The list of a host; empty where there is none."""
        found = self._all().get(host)
        if not isinstance(found, dict) or not isinstance(found.get("models"), list):
            return ModelList()
        at = found.get("at")
        return ModelList(
            at if isinstance(at, str) else "", [entry for entry in found["models"] if isinstance(entry, dict)]
        )

    def save(self, host: str, entries: Sequence[Mapping[str, Any]], now: float) -> ModelList:
        """Keep what a host said at `now`, in seconds since 1970; the list as it is kept."""
        kept = ModelList(timestamp(now), entries)
        content = self._all() | {host: {"at": kept.at, "models": list(entries)}}
        try:
            files = OperatingSystem()
            files.make_directory(self._file.parent)
            write_atomically(files, self._file, json.dumps(content).encode())
        except OSError as error:
            logger.warning("The list of models is not kept in %s: %s", self._file, reason_of(error))
        return kept

    def _all(self) -> dict[str, Any]:
        try:
            content = json.loads(content_of(OperatingSystem(), self._file, _LARGEST))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            logger.warning("The lists of models in %s cannot be read: %s", self._file, error)
            return {}
        return content if isinstance(content, dict) else {}
