"""What was put aside: kept on disk, the newest first, and never lost to a damaged file or a full disk."""

import errno
from pathlib import Path

import pytest

from salon.chat.session import Draft
from salon.errors import StoreError
from salon.store.files import OperatingSystem
from salon.store.stash import Stash
from store_support import FaultyDisk


def test_what_is_pushed_is_there_for_the_next_process_newest_first(tmp_path: Path) -> None:
    first, second = Draft("one", ("paste",)), Draft("two")
    stash = Stash(tmp_path / "stash.json", OperatingSystem())
    assert list(stash.load()) == []
    stash.push(first)
    stash.push(second)
    assert list(Stash(tmp_path / "stash.json", OperatingSystem()).load()) == [second, first]
    stash.drop(second)
    stash.drop(second)
    assert list(stash.load()) == [first]
    assert (tmp_path / "stash.json").stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_told_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "stash.json"
    path.write_text('{"drafts": [')
    stash = Stash(path, OperatingSystem())
    with pytest.raises(StoreError, match="damaged"):
        stash.push(Draft("new"))
    assert path.read_text() == '{"drafts": ['


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "stash.json"
    Stash(path, OperatingSystem()).push(Draft("kept"))
    stash = Stash(path, FaultyDisk(lambda number, name: errno.ENOSPC if name.startswith("write") else 0))
    with pytest.raises(StoreError, match="put aside"):
        stash.push(Draft("lost?"))
    assert list(Stash(path, OperatingSystem()).load()) == [Draft("kept")]
