"""A draft is whole or as it was before, and never an obstacle."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.draft import Draft
from salon.errors import StoreError
from salon.store.drafts import Drafts
from salon.store.files import OperatingSystem
from store_support import SESSION, FaultyDisk, failing_at

OLD, NEW = Draft("old"), Draft("new", ("paste",))


def drafts_in(directory: Path, disk: FaultyDisk | None = None) -> Drafts:
    return Drafts(directory, disk or OperatingSystem())


@given(st.text(), st.lists(st.text(), max_size=3))
def test_a_draft_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str, pastes: list[str]) -> None:
    drafts = drafts_in(tmp_path_factory.mktemp("drafts"))
    draft = Draft(text, tuple(pastes))
    drafts.save(SESSION, draft)
    assert drafts.load(SESSION) == draft
    assert [session_id for session_id, _ in drafts.modified()] == ([SESSION] if draft else [])


def test_an_empty_draft_removes_it(tmp_path: Path) -> None:
    drafts = drafts_in(tmp_path / "drafts")
    drafts.save(SESSION, Draft())
    drafts.save(SESSION, OLD)
    assert drafts.has(SESSION)
    drafts.save(SESSION, Draft())
    assert not drafts.has(SESSION)
    assert drafts.load(SESSION) == Draft()


def test_whatever_call_fails_the_draft_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    clean = FaultyDisk()
    drafts_in(tmp_path / "clean").save(SESSION, OLD)
    drafts_in(tmp_path / "clean", clean).save(SESSION, NEW)
    assert "sync" in clean.calls[: clean.calls.index("replace")]
    for number in range(len(clean.calls)):
        directory = tmp_path / str(number)
        drafts_in(directory).save(SESSION, OLD)
        with pytest.raises(StoreError, match="disk is full"):
            drafts_in(directory, FaultyDisk(failing_at(number, errno.ENOSPC))).save(SESSION, NEW)
        assert drafts_in(directory).load(SESSION) in (OLD, NEW)
        assert [file.name for file in directory.iterdir()] == [f"{SESSION}.json"]
        drafts_in(directory).save(SESSION, NEW)
        assert drafts_in(directory).load(SESSION) == NEW


@pytest.mark.parametrize("content", [b"", b"[]", b'{"text":5,"pastes":6}', b"\xff", b"[" * 100_000, b'{"te'])
def test_a_damaged_draft_is_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{SESSION}.json").write_bytes(content)
    assert drafts_in(tmp_path).load(SESSION) == Draft()


def test_a_draft_is_private_and_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    drafts = drafts_in(tmp_path / "drafts")
    drafts.save(SESSION, OLD)
    path = tmp_path / "drafts" / f"{SESSION}.json"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    path.unlink()
    os.mkfifo(path)
    assert drafts.load(SESSION) == Draft()
    path.unlink()
    (tmp_path / "elsewhere").write_text('{"text": "theirs"}')
    path.symlink_to(tmp_path / "elsewhere")
    assert drafts.load(SESSION) == Draft()
    drafts.save(SESSION, NEW)
    assert (tmp_path / "elsewhere").read_text() == '{"text": "theirs"}'


@pytest.mark.parametrize("session_id", ["", "../../x", "/etc/passwd", SESSION.upper(), SESSION + "/", SESSION[:-1]])
def test_no_path_is_made_of_what_is_not_an_id(tmp_path: Path, session_id: str) -> None:
    with pytest.raises(StoreError):
        drafts_in(tmp_path).save(session_id, OLD)


def test_a_draft_of_a_newer_salon_is_shown_and_moved_aside_before_another_takes_its_place(tmp_path: Path) -> None:
    file = tmp_path / f"{SESSION}.json"
    file.write_text(newer := '{"v": 2, "text": "theirs", "voice": "calm"}')
    drafts = drafts_in(tmp_path)
    assert drafts.load(SESSION) == Draft("theirs")
    drafts.save(SESSION, OLD)
    drafts.save(SESSION, NEW)
    assert drafts.load(SESSION) == NEW
    assert [each.read_text() for each in tmp_path.glob(f"{SESSION}.json.*")] == [newer]
    assert [session_id for session_id, _ in drafts.modified()] == [SESSION]
