"""Unsent drafts, one small file a session, replaced as a whole.

One that a newer Salon wrote is shown as far as it is understood; before another takes its place it is moved aside.
"""

import json
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from salon.chat.attachments import attachments_of, block_of
from salon.chat.branching import Aim, Purpose
from salon.chat.draft import Draft
from salon.chat.ids import is_id
from salon.errors import StoreError
from salon.store.files import READ, FileLayer, reason_of, write_atomically
from salon.store.records import LINE_LIMIT, encode_json
from salon.words import tr

logger = logging.getLogger(__name__)

_SUFFIX = ".json"
VERSION = 1
"""The version this Salon writes, and the newest that it understands."""


class Drafts:
    """The drafts in one directory, which is made when the first is saved."""

    def __init__(self, directory: Path, files: FileLayer) -> None:
        self._directory = directory
        self._files = files
        self._saving = threading.Lock()
        self._own: set[str] = set()
        """The sessions whose drafts were written in here, so that no newer Salon can have."""

    def load(self, session_id: str) -> Draft:
        """The draft of a session; empty where there is none, or none that can be read, which is logged."""
        path = self._path(session_id)
        try:
            descriptor = self._files.open(path, READ)
            with os.fdopen(descriptor, "rb") as stream:
                return draft_of(json.loads(stream.read(LINE_LIMIT)))
        except FileNotFoundError:
            return Draft()
        except OSError as error:
            logger.warning("Could not read the draft %s: %s", path, reason_of(error))
        except (ValueError, RecursionError, MemoryError) as error:
            logger.warning("The draft %s is damaged: %s", path, error)
        return Draft()

    def save(self, session_id: str, draft: Draft) -> None:
        """Keep `draft`, on the medium when this returns; an empty one is removed. Raises `StoreError`."""
        path = self._path(session_id)
        try:
            with self._saving:
                self._spare(session_id, path)
                if draft:
                    write_atomically(self._files, path, encode_json({"v": VERSION, **record_of(draft)}) + b"\n")
                else:
                    self._files.remove(path)
        except OSError as error:
            raise StoreError(
                tr("The draft is not saved: {error}.", error=reason_of(error)),
                tr("It is still in the prompt."),
                details={"path": str(path)},
            ) from error

    def _spare(self, session_id: str, path: Path) -> None:
        """Move a draft aside that says more than can be written in here."""
        if session_id in self._own:
            return
        if is_newer(self._content(path)):
            self._files.replace(path, path.with_name(f"{path.name}.newer"))
        self._own.add(session_id)

    def _content(self, path: Path) -> Any:
        """What is in a file; None where it is not there, or is no JSON."""
        try:
            descriptor = self._files.open(path, READ)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as stream:
            try:
                return json.loads(stream.read(LINE_LIMIT))
            except (ValueError, RecursionError, MemoryError):
                return None

    def modified(self) -> Iterator[tuple[str, float]]:
        """The sessions that have a draft, and when each was saved, in seconds since 1970."""
        try:
            with os.scandir(self._directory) as entries:
                for entry in entries:
                    session_id = entry.name.removesuffix(_SUFFIX)
                    if entry.name.endswith(_SUFFIX) and is_id(session_id) and entry.is_file(follow_symlinks=False):
                        yield session_id, entry.stat(follow_symlinks=False).st_mtime
        except FileNotFoundError:
            return
        except OSError as error:
            logger.warning("Could not look for drafts in %s: %s", self._directory, reason_of(error))

    def has(self, session_id: str) -> bool:
        """Whether a session has a draft."""
        return self._path(session_id).is_file()

    def _path(self, session_id: str) -> Path:
        if not is_id(session_id):
            raise StoreError(tr("That is not the id of a session."))
        return self._directory / (session_id + _SUFFIX)


def is_newer(content: Any) -> bool:
    """Whether JSON with drafts is of a version that this Salon does not know."""
    version = content.get("v") if isinstance(content, dict) else None
    return isinstance(version, int) and version > VERSION


def record_of(draft: Draft) -> dict[str, Any]:
    """A draft as JSON holds it."""
    content: dict[str, Any] = {"text": draft.text, "pastes": list(draft.pastes)}
    if draft.queued:
        content["queued"] = [record_of(each) for each in draft.queued]
    if draft.attachments:
        content["attachments"] = [block_of(each) for each in draft.attachments]
    if draft.purpose:
        content["purpose"] = {"aim": draft.purpose.aim.value, "of": draft.purpose.of}
    if draft.aside is not None:
        content["aside"] = record_of(replace(draft.aside, aside=None))
    return content


def draft_of(content: Any) -> Draft:
    """The draft that JSON holds; what does not fit is left out. Raises `ValueError` for what is no object."""
    if not isinstance(content, dict):
        raise ValueError("not an object")
    text, pastes, queued = content.get("text"), content.get("pastes"), content.get("queued")
    attached, aside = content.get("attachments"), content.get("aside")
    return Draft(
        text if isinstance(text, str) else "",
        tuple(str(paste) for paste in pastes) if isinstance(pastes, list) else (),
        tuple(draft_of(each) for each in queued if isinstance(each, dict)) if isinstance(queued, list) else (),
        attachments_of(each for each in attached if isinstance(each, dict)) if isinstance(attached, list) else (),
        purpose=_purpose_of(content.get("purpose")),
        aside=draft_of(aside) if isinstance(aside, dict) else None,
    )


def _purpose_of(told: Any) -> Purpose:
    """What a draft is; an aim of which this version knows nothing is that of a prompt."""
    if not isinstance(told, dict) or not isinstance(told.get("of"), str):
        return Purpose()
    aim = next((aim for aim in Aim if aim.value == told.get("aim")), Aim.SAY)
    return Purpose(aim, told["of"]) if aim is not Aim.SAY else Purpose()
