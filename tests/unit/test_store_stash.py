"""What was put aside: kept on disk, the newest first, and never lost to a damaged file or a full disk."""

import errno
import json
from pathlib import Path

import pytest

from salon.chat.draft import Draft
from salon.errors import StoreError
from salon.store.files import OperatingSystem
from salon.store.stash import Stash
from store_support import FaultyDisk


def test_what_is_pushed_is_there_for_the_next_process_newest_first(tmp_path: Path) -> None:
    first, second = Draft("one", ("paste",)), Draft("two")
    stash = Stash(tmp_path / "stash.json", OperatingSystem(), tmp_path)
    assert list(stash.load()) == []
    stash.push(first)
    stash.push(second)
    assert list(Stash(tmp_path / "stash.json", OperatingSystem(), tmp_path).load()) == [second, first]
    stash.drop(second)
    stash.drop(second)
    assert list(stash.load()) == [first]
    assert (tmp_path / "stash.json").stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_told_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "stash.json"
    path.write_text('{"drafts": [')
    stash = Stash(path, OperatingSystem(), tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        stash.push(Draft("new"))
    assert path.read_text() == '{"drafts": ['


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "stash.json"
    Stash(path, OperatingSystem(), tmp_path).push(Draft("kept"))
    stash = Stash(path, FaultyDisk(lambda number, name: errno.ENOSPC if name.startswith("write") else 0), tmp_path)
    with pytest.raises(StoreError, match="put aside"):
        stash.push(Draft("lost?"))
    assert list(Stash(path, OperatingSystem(), tmp_path).load()) == [Draft("kept")]


def test_what_a_newer_salon_knows_of_a_draft_stays_and_its_own_file_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "stash.json"
    path.write_text('{"v": 1, "drafts": [{"text": "theirs", "mood": "calm"}]}')
    stash = Stash(path, OperatingSystem(), tmp_path)
    stash.push(Draft("ours"))
    stash.drop(Draft("ours"))
    stash.push(Draft("ours again"))
    assert json.loads(path.read_text())["drafts"][1] == {"text": "theirs", "mood": "calm"}
    path.write_text(newer := '{"v": 2, "drafts": [{"text": "theirs", "parts": []}]}')
    assert list(stash.load()) == [Draft("theirs")]
    for change in (stash.push, stash.drop):
        with pytest.raises(StoreError, match="newer Salon"):
            change(Draft("theirs"))
    assert path.read_text() == newer
