"""`salon sessions ...`, as a script and a person read it."""

import json
from pathlib import Path

import pytest

from salon.chat.ids import new_id
from salon.commands.line import run
from salon.paths import Paths
from salon.store.records import Record
from store_support import closed, file_of, opened, prompt


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


def put(paths: Paths, title: str, *records: Record) -> str:
    """A chat on disk with a prompt, an answer and a title."""
    session_id = new_id()
    folder = paths.sessions / "2026-11"
    folder.mkdir(parents=True, exist_ok=True)
    told: list[Record] = [
        {"k": "head", "id": session_id, "min": 1},
        {"k": "set", "key": "title", "value": title},
        prompt("p1", None, f"about {title}"),
        opened("a1", "p1"),
        closed("a1", "An answer.", model="claude-test", usage={"input_tokens": 10, "output_tokens": 4}),
        *records,
    ]
    (folder / f"{session_id}.jsonl").write_bytes(file_of(told))
    return session_id


def records(text: str) -> list[Record]:
    return [json.loads(line) for line in text.splitlines()]


def test_all_chats_are_listed_the_last_used_first(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = put(paths, "Bread"), put(paths, "Cheese")
    assert run(["list", "--json"]) == 0
    assert [record["id"] for record in records(capsys.readouterr().out)] == [second, first]
    assert run(["list", "-n", "1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(second)
    assert line.endswith("Cheese")


def test_a_chat_is_shown_by_words_of_its_title(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    put(paths, "Bread")
    assert run(["show", "bread"]) == 0
    assert capsys.readouterr().out == "## You\n\nabout Bread\n\n## claude-test\n\nAn answer.\n"
    assert run(["show", "bread", "--json"]) == 0
    assert [record["role"] for record in records(capsys.readouterr().out)] == ["user", "assistant"]


def test_words_that_no_title_or_several_have_are_told(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    put(paths, "Bread"), put(paths, "Bread again")
    assert run(["path", "cheese"]) == 1
    assert "No chat has “cheese”" in capsys.readouterr().err
    assert run(["path", "bread"]) == 2
    assert "2 chats have “bread”" in capsys.readouterr().err


def test_a_path_can_be_given_to_another_program(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    session_id = put(paths, "Bread")
    assert run(["path", session_id[:20]]) == 0
    assert Path(capsys.readouterr().out.rstrip("\n")).stem == session_id
