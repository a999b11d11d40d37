"""Blobs: each content once, whole or not at all, found out when damaged."""

import errno
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from salon.errors import StoreError
from salon.store.blobs import FileBlobs, MemoryBlobs
from salon.store.files import OperatingSystem
from store_support import FaultyDisk, failing_at

CONTENT = bytes(range(256)) * 40


def blobs_in(directory: Path, disk: FaultyDisk | None = None) -> FileBlobs:
    return FileBlobs(directory / "blobs", disk or OperatingSystem())


def test_what_is_put_comes_back_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    digest = blobs.put(CONTENT)
    assert digest == sha256(CONTENT).hexdigest()
    assert blobs.get(digest) == CONTENT
    place = tmp_path / "blobs" / digest[:2] / digest
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_the_same_content_is_written_once(tmp_path: Path) -> None:
    blobs_in(tmp_path).put(CONTENT)
    disk = FaultyDisk()
    blobs_in(tmp_path, disk).put(CONTENT)
    assert "write" not in disk.calls


def test_whatever_call_fails_a_blob_is_whole_or_not_there(tmp_path: Path) -> None:
    clean = FaultyDisk()
    digest = blobs_in(tmp_path / "clean", clean).put(CONTENT)
    assert "sync" in clean.calls[: clean.calls.index("replace")]
    assert clean.calls[-1] == "sync_directory"
    for number in range(len(clean.calls)):
        directory = tmp_path / str(number)
        with pytest.raises(StoreError, match="disk is full"):
            blobs_in(directory, FaultyDisk(failing_at(number, errno.ENOSPC))).put(CONTENT)
        blobs = blobs_in(directory)
        assert not blobs.has(digest) or blobs.get(digest) == CONTENT
        assert not list(directory.rglob("*.tmp"))
        assert blobs.put(CONTENT) == digest
        assert blobs.get(digest) == CONTENT


def test_a_damaged_blob_is_found_out_and_mended_by_its_content(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    digest = blobs.put(CONTENT)
    (tmp_path / "blobs" / digest[:2] / digest).write_bytes(CONTENT[:-1])
    with pytest.raises(StoreError, match="damaged"):
        blobs.get(digest)
    blobs.put(CONTENT)
    assert blobs.get(digest) == CONTENT


def test_a_missing_blob_is_said(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    assert not blobs.has("0" * 64)
    with pytest.raises(StoreError, match="missing"):
        blobs.get("0" * 64)
    with pytest.raises(StoreError, match="not there"):
        MemoryBlobs().get("0" * 64)


@pytest.mark.parametrize("digest", ["", "../../../etc/passwd", "0" * 63, "0" * 63 + "G", "0" * 64 + "\n"])
def test_only_a_digest_leads_to_a_file(tmp_path: Path, digest: str) -> None:
    blobs = blobs_in(tmp_path)
    assert not blobs.has(digest)
    with pytest.raises(StoreError):
        blobs.get(digest)


def test_a_link_in_a_blobs_place_is_not_followed(tmp_path: Path) -> None:
    blobs = blobs_in(tmp_path)
    digest = blobs.put(CONTENT)
    place = tmp_path / "blobs" / digest[:2] / digest
    place.unlink()
    (tmp_path / "other").write_bytes(CONTENT)
    place.symlink_to(tmp_path / "other")
    with pytest.raises(StoreError, match="symbolic link"):
        blobs.get(digest)
