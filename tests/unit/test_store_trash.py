"""Sessions that are thrown away, brought back, forked and written anew without what nobody needs."""

import errno
from pathlib import Path

import pytest

from salon.chat.conversation import path
from salon.chat.draft import Draft
from salon.chat.ids import new_id
from salon.errors import SessionLocked, SessionNotFound, StoreError
from salon.paths import Paths
from salon.store.compact import compact
from salon.store.files import OperatingSystem
from salon.store.library import FileLibrary
from salon.store.records import Record, encode
from store_support import FaultyDisk, closed, failing_at, file_of, loaded, opened, part, prompt, text_events


def paths_in(folder: Path) -> Paths:
    return Paths(folder / "config", folder / "state", folder / "cache")


def put(paths: Paths, records: list[Record]) -> str:
    session_id = new_id()
    folder = paths.sessions / "2026-11"
    folder.mkdir(parents=True, exist_ok=True)
    head: Record = {"k": "head", "id": session_id, "min": 1}
    (folder / f"{session_id}.jsonl").write_bytes(file_of([head, *records]))
    return session_id


TALK = [prompt("p1", None, "hello"), opened("a1", "p1"), closed("a1", "Hi.")]


def test_a_session_and_its_draft_go_to_the_trash_and_come_back(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    library = FileLibrary(paths)
    session_id = put(paths, TALK)
    library.save_draft(session_id, Draft("unsent"))
    content = library.path_of(session_id).read_bytes()
    library.trash(session_id)
    assert (list(library.list()), library.latest(), library.load_draft(session_id)) == ([], None, Draft())
    assert [session.first_words for session in library.trashed()] == ["hello"]
    library.restore(session_id)
    assert library.path_of(session_id).read_bytes() == content
    assert library.load_draft(session_id) == Draft("unsent")
    assert list(library.trashed()) == []


def test_a_lone_draft_goes_there_as_well(tmp_path: Path) -> None:
    library = FileLibrary(paths_in(tmp_path))
    session_id = new_id()
    library.save_draft(session_id, Draft("only words"))
    assert [session.first_words for session in library.list()] == ["only words"]
    library.trash(session_id)
    assert not library.list()
    assert [session.id for session in library.trashed()] == [session_id]
    library.restore(session_id)
    assert library.load_draft(session_id) == Draft("only words")


async def test_a_session_that_is_open_stays_where_it_is(tmp_path: Path) -> None:
    library = FileLibrary(paths_in(tmp_path))
    conversation, log = library.create()
    assert await log.append(TALK[0], durable=True)
    with pytest.raises(SessionLocked):
        library.trash(conversation.id)
    assert library.read(conversation.id).messages.keys() == {"p1"}
    assert await log.close()


def test_a_session_that_came_back_by_itself_is_merged_with_the_one_in_the_trash(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    library = FileLibrary(paths)
    session_id = put(paths, TALK)
    content = library.path_of(session_id).read_bytes()
    place = library.path_of(session_id)
    library.trash(session_id)
    place.write_bytes(content + encode(prompt("p2", "a1", "synced"), 0.0))
    library.restore(session_id)
    assert library.read(session_id).messages.keys() == {"p1", "a1", "p2"}
    assert not library.trashed()


@pytest.mark.parametrize("words", ["", "../../etc/passwd", "01m827ksw711kva3g43txt7hcj"])
def test_what_is_not_there_cannot_be_moved(tmp_path: Path, words: str) -> None:
    library = FileLibrary(paths_in(tmp_path))
    for act in (library.trash, library.restore, library.purge, library.fork, library.compact):
        with pytest.raises(StoreError):
            act(words)
    with pytest.raises(SessionNotFound):
        library.change(words, "title", "x")


def test_whatever_fails_on_the_way_nothing_is_lost(tmp_path: Path) -> None:
    for number in range(100):
        folder = tmp_path / str(number)
        paths = paths_in(folder)
        session_id = put(paths, TALK)
        FileLibrary(paths).save_draft(session_id, Draft("unsent"))
        disk = FaultyDisk(failing_at(number, errno.EIO))
        broken = FileLibrary(paths, files=disk)
        for act in (broken.trash, broken.restore):
            try:
                act(session_id)
            except StoreError as error:
                assert isinstance(error, SessionNotFound) or "Nothing of it is lost" in error.now
        sound = FileLibrary(paths)
        if sound.trashed():
            sound.restore(session_id)
        assert sound.read(session_id).messages["a1"].text == "Hi."
        assert sound.load_draft(session_id) == Draft("unsent")
        if len(disk.calls) <= number:
            return
    pytest.fail("more calls than expected")


def test_a_fork_has_the_path_and_the_settings_byte_for_byte(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    library = FileLibrary(paths)
    records: list[Record] = [
        {"k": "set", "key": "title", "value": "Talk"},
        {"k": "set", "key": "system", "value": "Be brief."},
        {"k": "set", "key": "pinned", "value": True},
        *TALK,
        prompt("p2", "a1", "left out"),
        prompt("p3", "a1", "taken along"),
        opened("a3", "p3"),
        part("a3", 0, text_events("half an an")),
    ]
    session_id = put(paths, records)
    before = library.path_of(session_id).read_bytes()
    forked = library.fork(session_id, "a3")
    origin, branch = library.read(session_id), library.read(forked)
    assert path(branch) == path(origin, "a3")
    assert set(branch.messages) == {"p1", "a1", "p3", "a3"}
    assert branch.settings == {"title": "Talk (fork)", "system": "Be brief."}
    content = library.path_of(forked).read_bytes()
    assert b'"fork":{"session":"%s","message":"a3"}' % session_id.encode() in content.split(b"\n")[0]
    assert all(line in before for line in content.split(b"\n")[1:-4])
    assert library.path_of(session_id).read_bytes() == before
    assert library.fork(session_id) != forked


def test_a_fork_through_a_message_whose_id_another_has_too(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    library = FileLibrary(paths)
    session_id = put(paths, [*TALK, closed("a1", "Another."), prompt("p2", "a1", "and then?")])
    origin = library.read(session_id)
    forked = library.read(library.fork(session_id))
    assert [message.text for message in path(forked)] == [message.text for message in path(origin)]


def test_an_empty_session_cannot_be_forked(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    with pytest.raises(StoreError, match="nothing to fork"):
        FileLibrary(paths).fork(put(paths, []))


def bloated(answers: int) -> list[Record]:
    """A session whose answers streamed in many checkpoints."""
    records = [*TALK]
    for number in range(answers):
        records += [prompt(f"q{number}", None, "?"), opened(f"b{number}", f"q{number}")]
        records += [part(f"b{number}", n, text_events("x" * 20_000)) for n in range(10)]
        records += [closed(f"b{number}", "x" * 20_000)] if number else []
    return [*records, {"k": "from the future", "field": 1}]


def test_opening_a_bloated_session_writes_it_anew_without_its_checkpoints(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    library = FileLibrary(paths)
    session_id = put(paths, bloated(4))
    before, content = library.read(session_id), library.path_of(session_id).read_bytes()
    conversation, _ = library.open(session_id)
    after = library.path_of(session_id).read_bytes()
    assert len(after) * 2 < len(content)
    assert conversation == before
    assert b"from the future" in after
    assert after.count(b'"k":"part"') == 10  # of the answer that never ended
    assert library.compact(put(paths, TALK)) == 0


def test_a_session_that_cannot_be_written_anew_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "session.jsonl"
    content = file_of(bloated(3))
    for number in range(60):
        place.write_bytes(content)
        disk = FaultyDisk(failing_at(number, errno.ENOSPC))
        try:
            compact(place, new_id(), disk)
        except OSError as error:
            assert error.errno == errno.ENOSPC
        assert loaded(place.read_bytes()) == loaded(content)
        assert [file.name for file in tmp_path.iterdir()] == [place.name]
        if len(disk.calls) <= number:
            return
    pytest.fail("more calls than expected")


def test_what_is_written_while_a_session_is_written_anew_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "session.jsonl"
    place.write_bytes(file_of(bloated(3)))

    class Interrupted(OperatingSystem):
        def replace(self, source: Path, target: Path) -> None:
            with target.open("ab") as file:
                file.write(encode({"k": "set", "key": "title", "value": "Just now"}, 0.0))
            super().replace(source, target)

    assert compact(place, new_id(), Interrupted()) > 0
    assert loaded(place.read_bytes()).conversation.title == "Just now"
