"""The index says what the files say, whatever becomes of them and of it."""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.chat.search import IndexState
from salon.store import index as index_module
from salon.store import index_schema
from salon.store.index import SearchIndex
from salon.store.index_search import Searcher
from salon.store.index_update import Updater
from salon.store.library import FileLibrary
from search_support import Shelf, as_set, search_of, shelf_in, texts
from store_support import part, text_delta, text_events


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return shelf_in(tmp_path)


def find(search: SearchIndex, asked: str) -> list[str]:
    search.refresh()
    assert search.settle(20)
    return texts(search.find(asked))


# the files change


def test_what_is_written_while_the_app_runs_is_found(shelf: Shelf) -> None:
    session = shelf.session("", "first thing")
    with search_of(shelf) as search:
        shelf.answer(session, "second thing")
        search.note_written(shelf.file(session))
        assert search.settle(20)
        assert texts(search.find("thing")) == ["second thing", "first thing"]


async def test_the_library_tells_what_it_has_written(shelf: Shelf) -> None:
    with search_of(shelf) as search:
        library = FileLibrary(shelf.paths, on_written=search.note_written)
        _, log = library.create()
        message = {"k": "msg", "id": "p1", "parent": None, "role": "user"}
        await log.append({**message, "content": [{"type": "text", "text": "just said"}]}, durable=True)
        assert search.settle(20)
        assert texts(search.find("said")) == ["just said"]
        assert await log.close()


def test_only_the_new_tail_is_read(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    session = shelf.session("", "once", "upon")
    with search_of(shelf) as search:
        seen: list[int] = []
        real = Updater._write_rows

        def count(self: Any, rows: Any) -> None:
            rows = list(rows)
            seen.append(len(rows))
            real(self, rows)

        monkeypatch.setattr(Updater, "_write_rows", count)
        shelf.ask(session, "a time")
        assert find(search, "time") == ["a time"]
        assert seen == [1]


def test_an_answer_that_is_still_arriving_is_found_and_its_end_takes_its_place(shelf: Shelf) -> None:
    session = shelf.session("", "tell me")
    answer = shelf._say(session, {"k": "open", "model": "claude-test"})
    shelf.add(session, part(answer, 0, text_events("half of", " an answer")))
    with search_of(shelf) as search:
        assert texts(search.find("half")) == ["half of an answer"]
        shelf.add(session, part(answer, 1, [text_delta(" and more")]))
        assert find(search, "half") == ["half of an answer and more"]
        content = [{"type": "text", "text": "half of an answer, whole"}]
        shelf.add(session, {"k": "close", "of": answer, "status": "complete", "content": content})
        assert find(search, "half") == ["half of an answer, whole"]
        shelf.ask(session, "next")
        assert find(search, "half") == ["half of an answer, whole"]


def test_an_answer_whose_process_died_is_found(shelf: Shelf) -> None:
    session = shelf.session("", "tell me")
    answer = shelf._say(session, {"k": "open", "model": "claude-test"})
    shelf.add(session, part(answer, 0, text_events("half of", " an answer")))
    shelf.ask(session, "go on")
    with search_of(shelf) as search:
        assert find(search, "half") == ["half of an answer"]


def test_a_torn_last_line_is_read_when_it_is_whole(shelf: Shelf) -> None:
    session = shelf.session("", "before")
    file = shelf.file(session)
    shelf.ask(session, "the torn one")
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    with search_of(shelf) as search:
        assert texts(search.find("torn")) == []
        file.write_bytes(whole)
        assert find(search, "torn") == ["the torn one"]


def test_deleted_messages_are_out_of_sight_until_that_is_undone(shelf: Shelf) -> None:
    session = shelf.session("", "keep this word", "lose this word")
    top = shelf.parents[session]
    shelf.ask(session, "below, this word")
    with search_of(shelf) as search:
        shelf.add(session, {"k": "del", "of": top})
        assert find(search, "word") == ["keep this word"]
        shelf.add(session, {"k": "del", "of": top, "undo": True})
        assert find(search, "word") == ["below, this word", "lose this word", "keep this word"]


def test_a_new_title_takes_the_place_of_the_old_one(shelf: Shelf) -> None:
    session = shelf.session("old name", "x", tags=["one"])
    with search_of(shelf) as search:
        shelf.add(session, {"k": "set", "key": "title", "value": "new name"})
        shelf.add(session, {"k": "set", "key": "tags", "value": ["two"]})
        assert find(search, "name") == ["new name two"]
        assert find(search, "tag:one x") == []
        assert find(search, "tag:two x") == ["x"]


def test_sessions_that_are_thrown_away_or_removed_leave_and_come_back(shelf: Shelf) -> None:
    one, two = shelf.session("", "lost word"), shelf.session("", "other word")
    library = FileLibrary(shelf.paths)
    with search_of(shelf) as search:
        library.trash(one)
        assert find(search, "word") == ["other word"]
        library.restore(one)
        assert set(find(search, "word")) == {"lost word", "other word"}
        shelf.file(two).unlink()
        assert texts(search.find("word")) == ["lost word"], "a file that has just gone is no hit"
        assert find(search, "word") == ["lost word"]


def test_a_file_that_another_program_replaced_is_read_anew(shelf: Shelf) -> None:
    session = shelf.session("", "the first version")
    other = shelf.session("", "the second version, which is longer than the first one was")
    with search_of(shelf) as search:
        shelf.file(other).replace(shelf.file(session))
        assert find(search, "version") == ["the second version, which is longer than the first one was"]


def test_a_file_that_cannot_be_read_hides_no_other(shelf: Shelf) -> None:
    session = shelf.session("", "a word")
    bad = shelf.file(session).with_name("01m827ksw711kva3g43txt7hcj.jsonl")
    bad.write_bytes(b"\xff\xfe garbage\n{\n" + b"[" * 100_000 + b"\n")
    shelf.paths.sessions.joinpath("2025-11").mkdir()
    bad.with_name("01m827ksw711kva3g43txt7hck.jsonl").symlink_to(bad)
    with search_of(shelf) as search:
        assert texts(search.find("word")) == ["a word"]


# the index is lost, damaged, another's


def damage_truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def damage_garbage(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)


def damage_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def damage_tables(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE units")
    connection.close()


def damage_middle(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x5a" * (path.stat().st_size - 4096))


def damage_emptied(path: Path) -> None:
    path.write_bytes(b"")


def damage_removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        damage_truncated,
        damage_garbage,
        damage_version,
        damage_tables,
        damage_middle,
        damage_emptied,
        damage_removed,
    ],
)
def test_a_damaged_index_is_built_anew_and_meanwhile_everything_is_found(shelf: Shelf, damage: Any) -> None:
    for number in range(20):
        shelf.session(f"title {number}", f"whale {number}", "an answer " * 20)
    with search_of(shelf) as search:
        assert len(search.find("whale", limit=50).hits) == 20
    damage(shelf.paths.search_index)
    again = SearchIndex(shelf.paths)
    try:
        first = again.find("whale", limit=50).hits
        assert len(first) in {0, 20}, "an index that is not there yet is empty; from a damaged one the files are read"
        again.refresh()
        assert again.settle(20)
        assert len(again.find("whale", limit=50).hits) == 20
        assert again.state() == IndexState()
    finally:
        again.close()


def test_damage_that_only_a_question_meets_is_mended_too(shelf: Shelf) -> None:
    for number in range(20):
        shelf.session(f"title {number}", f"whale {number}")
    with search_of(shelf):
        pass
    with sqlite3.connect(shelf.paths.search_index) as connection:
        connection.execute("UPDATE words_data SET block = x'00' WHERE id > 10")
    connection.close()
    with search_of(shelf) as search:
        assert len(search.find("whale", limit=50).hits) == 20, "found in the files"
        assert search.settle(20)
        with sqlite3.connect(shelf.paths.search_index) as connection:
            assert connection.execute("SELECT count(*) FROM words WHERE words MATCH 'whale'").fetchone()[0] == 20
        connection.close()


def test_an_index_damaged_while_it_is_open_is_built_anew(shelf: Shelf) -> None:
    for number in range(20):
        shelf.session(f"title {number}", f"whale {number}")
    with search_of(shelf) as search:
        damage_removed(shelf.paths.search_index)
        assert len(find(search, "whale")) == 20


def test_without_a_place_for_the_index_the_files_are_searched(shelf: Shelf) -> None:
    shelf.session("", "a whale", "another whale")
    shelf.paths.cache.parent.mkdir(parents=True, exist_ok=True)
    shelf.paths.cache.write_text("a file where the folder should be")
    with search_of(shelf) as search:
        assert texts(search.find("whale")) == ["another whale", "a whale"]
        page = search.find("whale", limit=1)
        assert page.next is not None
        assert texts(search.find("whale", after=page.next)) == ["a whale"]
        assert search.state().trouble.startswith("Searching without an index")


def test_without_full_text_in_sqlite_the_files_are_searched(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_schema, "_TABLES", "CREATE VIRTUAL TABLE words USING absent(text)")
    shelf.session("", "a whale")
    with search_of(shelf) as search:
        assert texts(search.find("whale")) == ["a whale"]
        assert "no full-text search" in search.state().trouble


def test_an_index_that_only_root_may_write_is_no_reason_to_fail(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.session("", "a whale")

    def refuse(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(index_module, "connect", refuse)
    with search_of(shelf) as search:
        assert texts(search.find("whale")) == ["a whale"]
        assert "readonly" in search.state().trouble


def test_rows_that_no_longer_count_are_swept_away(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salon.store.index_update.MOST_GONE", 10)
    sessions = [shelf.session("", f"whale {number}") for number in range(20)]
    with search_of(shelf) as search:
        for session in sessions[1:]:
            shelf.file(session).unlink()
        assert find(search, "whale") == ["whale 0"]
        search.refresh()
        assert search.settle(20)
        with sqlite3.connect(shelf.paths.search_index) as connection:
            assert connection.execute("SELECT count(*) FROM units").fetchone()[0] == 1
        connection.close()


# several at once


def test_several_processes_may_keep_the_same_index(shelf: Shelf) -> None:
    sessions = [shelf.session(f"title {number}", f"whale {number}", "answer") for number in range(30)]
    searches = [SearchIndex(shelf.paths) for _ in range(4)]  # with connections of their own, as processes have
    try:
        for search in searches:
            search.refresh()
        for session in sessions:
            shelf.ask(session, "one more whale")
            for search in searches:
                search.note_written(shelf.file(session))
        for search in searches:
            search.refresh()
        assert all(search.settle(30) for search in searches)
        for search in searches:
            assert search.state() == IndexState()
            hits = search.find("whale", limit=100).hits
            assert len(hits) == len(as_set(hits)) == 60
    finally:
        for search in searches:
            search.close()


def test_a_later_question_ends_an_earlier_one(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.session("", "a whale")
    reached, go = threading.Event(), threading.Event()
    real = Searcher.find

    def slow(self: Any, query: Any, **how: Any) -> Any:
        if query.terms[0].words == ("slow",):
            reached.set()
            assert go.wait(10)
            self._connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            ).fetchone()
        return real(self, query, **how)

    monkeypatch.setattr(Searcher, "find", slow)
    with search_of(shelf) as search:
        pages: list[Any] = []
        first = threading.Thread(target=lambda: pages.append(search.find("slow ")))
        first.start()
        assert reached.wait(10)
        second = threading.Thread(target=lambda: pages.append(search.find("whale")))
        second.start()
        go.set()  # the endless statement of the first only ends because it is interrupted
        first.join(20)
        second.join(20)
        assert [page.superseded for page in pages] == [True, False]
        assert texts(pages[1]) == ["a whale"]


# the index and the files agree

WORDS = ("alpha", "beta", "Gamma", "機械", "学習", "été", "read_file", "검색어", "x")
SAID = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("ask", "answer", "think", "crash", "delete", "undo", "title", "tags", "note", "code", "index")
        ),
        st.integers(0, 2),
        SAID,
    ),
    min_size=3,
    max_size=25,
)
FILTERS = st.sampled_from(
    ("", "role:user", "role:assistant", "role:thinking", "role:note", "in:title", "in:code", "tag:alpha", "model:two")
)
ASKED = st.tuples(
    st.lists(st.sampled_from((*WORDS, "al", "機", "械学", '"alpha beta"', "ga*", "ete")), max_size=2), FILTERS
)


@settings(max_examples=40)
@given(steps=STEPS, questions=st.lists(ASKED, min_size=1, max_size=6))
def test_the_index_finds_what_a_look_into_every_file_finds(
    steps: list[tuple[str, int, str]],
    questions: list[tuple[list[str], str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shelf = shelf_in(tmp_path_factory.mktemp("library"))
    sessions = [shelf.session() for _ in range(3)]
    said: list[list[str]] = [[], [], []]
    with search_of(shelf) as search:
        for step, number, text in steps:
            _do(step, shelf, sessions[number], said[number], text, search)
        search.refresh()
        assert search.settle(20)
        for words, wanted in questions:
            asked = f"{' '.join(words)} {wanted}".strip()
            if asked and not search.find(asked).problem:
                assert as_set(search.find(asked, limit=1_000).hits) == shelf.scanned(asked)
                assert as_set(search.find(asked, limit=1_000, ranked=True).hits) == shelf.scanned(asked)


def _do(step: str, shelf: Shelf, session: str, said: list[str], text: str, search: SearchIndex) -> None:
    if step == "ask":
        said.append(shelf.ask(session, text))
    elif step == "answer":
        said.append(shelf.answer(session, text, model="model-two"))
    elif step == "think":
        said.append(shelf.answer(session, "well", thinking=text))
    elif step == "code":
        said.append(shelf.answer(session, f"{text}\n```\n{text[::-1]} alpha\n```\nbeta"))
    elif step == "crash":
        own_id = shelf._say(session, {"k": "open", "model": "model-two"})
        shelf.add(session, part(own_id, 0, text_events(text)))
    elif step in {"delete", "undo"} and said:
        shelf.add(session, {"k": "del", "of": said[len(text) % len(said)]} | ({"undo": True} if step == "undo" else {}))
    elif step == "only" and said:
        shelf.add(session, {"k": "del", "of": said[len(text) % len(said)], "only": True})
    elif step == "title":
        shelf.add(session, {"k": "set", "key": "title", "value": text})
    elif step == "tags":
        shelf.add(session, {"k": "set", "key": "tags", "value": text.split()})
    elif step == "note" and said:
        said.append(shelf.note(session, text, parent=said[-1]))
    elif step == "reword" and said:
        shelf.add(session, {"k": "note", "of": said[-1], "text": text})
    elif step == "index":
        search.refresh()
        assert search.settle(20)
