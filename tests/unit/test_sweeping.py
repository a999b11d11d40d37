"""`salon sessions sweep` removes only what nothing refers to."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from salon.chat.attachments import Kind, attachment_of, block_of
from salon.chat.draft import Draft
from salon.commands.line import run
from salon.paths import Paths
from salon.store import unused
from salon.store.library import FileLibrary

CONTENTS = {name: name.encode() * 2_000 for name in ("sent", "drafted", "aside", "trashed", "dropped")}


@pytest.fixture
async def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """A person's places, with five old attachments, one of them used by nothing, and a young one."""
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")
    library = FileLibrary(paths)
    made = {name: attachment_of(Kind.TEXT, name, content, "text/plain") for name, content in CONTENTS.items()}
    for content in CONTENTS.values():
        os.utime(blob_in(paths, library.blobs.put(content)), (1e9, 1e9))
    library.blobs.put(b"young" * 2_000)
    for name in ("sent", "trashed"):
        conversation, log = library.create()
        record = {"k": "msg", "id": name, "parent": None, "role": "user", "content": [block_of(made[name])]}
        await log.append(record, durable=True)
        await log.close()
        if name == "trashed":
            library.trash(conversation.id)
        else:
            library.save_draft(conversation.id, Draft(attachments=(made["drafted"],)))
    library.stash().push(Draft(attachments=(made["aside"],)))
    return paths


def blob_in(paths: Paths, digest: str) -> Path:
    return paths.blobs / digest[:2] / digest


def kept(paths: Paths) -> set[str]:
    return {name for name, content in CONTENTS.items() if blob_in(paths, sha256(content).hexdigest()).exists()}


async def test_only_what_nothing_uses_is_removed_and_only_when_told(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sweep"]) == 0
    assert capsys.readouterr().out == "1 attachment is unused (14,000 bytes); --yes removes them.\n"
    assert kept(paths) == {*CONTENTS}
    assert run(["sweep", "--yes"]) == 0
    assert kept(paths) == {"sent", "drafted", "aside", "trashed"}
    assert blob_in(paths, sha256(b"young" * 2_000).hexdigest()).exists()
    capsys.readouterr()
    assert run(["sweep", "--yes", "--json"]) == 0
    assert capsys.readouterr().out == '{"files": 0, "bytes": 0, "removed": true}\n'


async def test_without_any_attachment_there_is_nothing_to_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SALON_CONFIG_DIR", str(tmp_path))
    assert run(["sweep"]) == 0
    assert capsys.readouterr().out == "No attachment is unused.\n"


async def test_where_a_folder_cannot_be_read_nothing_is_removed(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = os.scandir

    def refuse(place: str) -> object:
        if str(place).startswith(str(paths.sessions)):
            raise PermissionError(13, "no")
        return scan(place)

    monkeypatch.setattr(os, "scandir", refuse)
    assert run(["sweep", "--yes"]) == 1
    assert "nothing is swept" in capsys.readouterr().err
    monkeypatch.undo()
    assert kept(paths) == {*CONTENTS}


async def test_what_only_lies_where_blobs_lie_is_left_alone(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    others = [
        tmp_path / "papers" / "will.odt",
        tmp_path / "papers" / ("ab" + "0" * 62),
        paths.blobs / "zz" / "note.txt",
    ]
    (paths.blobs / "zz").mkdir()
    (paths.blobs / "ab").symlink_to(tmp_path / "papers")
    (paths.blobs / "cd").mkdir()
    link = paths.blobs / "cd" / ("cd" + "0" * 62)
    for other in others:
        other.write_text("mine")
        os.utime(other, (1e9, 1e9))
    link.symlink_to(others[0])
    assert run(["sweep", "--yes"]) == 0
    assert all(other.exists() for other in others)
    assert link.is_symlink()


async def test_a_digest_is_found_wherever_a_file_is_cut(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unused, "_PIECE", 67)
    (left,) = unused.unused_blobs(paths)
    assert left.read_bytes() == CONTENTS["dropped"]
    (paths.drafts / "words").write_text("f" * 63 + left.name + "f" * 200)
    assert unused.unused_blobs(paths) == []
