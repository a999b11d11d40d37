"""`salon sessions ...`, as a script and a person read it."""

import json
import sys
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
    with pytest.raises(SystemExit) as left:
        run(["list", "-n", "-1"])
    assert left.value.code == 2
    assert "a number from 1" in capsys.readouterr().err


def test_where_there_is_nothing_a_person_is_told_so(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    assert capsys.readouterr() == ("", "salon: There are no chats yet.\n")
    put(paths, "Bread")
    for command in (["list", "--trash"], ["list", "--archived"], ["search", "narwhal"]):
        assert run(command) == 0
        told = capsys.readouterr()
        assert not told.out
        assert told.err.startswith("salon: ")
        assert run([*command, "--json"]) == 0
        assert capsys.readouterr() == ("", "")


def test_one_chat_named_twice_is_meant_once(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    bread = put(paths, "Bread")
    for command in (["trash"], ["restore"], ["trash"], ["purge", "--yes"]):
        assert run([*command, bread, bread]) == 0
        out, err = capsys.readouterr()
        assert len(out.splitlines()) == 1
        assert not err


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


def test_a_chat_is_renamed_tagged_pinned_and_archived(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    session_id = put(paths, "Bread")
    assert run(["rename", "bread", "Sourdough  at home"]) == 0
    assert run(["tag", session_id, "#kitchen,long"]) == 0
    assert run(["tag", session_id, "--remove", "long"]) == 0
    assert run(["pin", "sourdough"]) == 0
    capsys.readouterr()
    assert run(["list", "--json"]) == 0
    (record,) = records(capsys.readouterr().out)
    told = {name: record[name] for name in ("title", "tags", "pinned", "archived", "messages", "model", "usage")}
    assert told == {
        "title": "Sourdough at home",
        "tags": ["kitchen"],
        "pinned": True,
        "archived": False,
        "messages": 2,
        "model": "claude-test",
        "usage": {"input_tokens": 10, "output_tokens": 4},
    }
    assert run(["archive", "sourdough"]) == 0
    capsys.readouterr()
    assert run(["list"]) == 0
    assert capsys.readouterr() == ("", "salon: All chats are archived; --archived lists them.\n")
    assert run(["list", "--archived"]) == 0
    assert capsys.readouterr().out.endswith("Sourdough at home  #kitchen  (pinned)\n")
    assert run(["archive", "sourdough", "--undo"]) == run(["pin", "sourdough", "--undo"]) == 0


def test_what_a_title_or_a_tag_cannot_be_is_told(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    put(paths, "Bread")
    assert run(["rename", "bread", "  "]) == 2
    assert run(["tag", "bread", "two words"]) == 2
    assert "one word" in capsys.readouterr().err


def test_the_trash_gives_back_what_it_was_given_and_loses_it_only_when_told(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    put(paths, "Bread")
    assert run(["trash", "bread"]) == 0
    assert run(["show", "bread"]) == 1
    assert run(["list", "--trash", "--json"]) == 0
    assert '"title": "Bread"' in capsys.readouterr().out
    assert run(["restore", "bread"]) == 0
    assert run(["restore", "bread"]) == 1
    assert run(["show", "bread"]) == 0
    assert run(["trash", "bread"]) == 0
    assert run(["purge", "bread"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert run(["purge", "bread", "--yes"]) == 0
    assert list(paths.trash.iterdir()) == []


def test_a_fork_is_a_chat_of_its_own(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    put(paths, "Bread")
    assert run(["fork", "bread", "--message", "p1", "--json"]) == 0
    (record,) = records(capsys.readouterr().out)
    assert (record["title"], record["messages"]) == ("Bread (fork)", 1)


def test_everything_said_is_searched(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = put(paths, "Bread"), put(paths, "Cheese", prompt("p2", "a1", "and rye\x1b[2J bread?"))
    assert run(["search", "--json", "about", "bread"]) == 0
    (found,) = records(capsys.readouterr().out)
    assert (found["session"], found["message"], found["role"], found["title"]) == (first, "p1", "user", "Bread")
    assert [found["snippet"][start:end] for start, end in found["marks"]] == ["about", "Bread"]
    assert run(["search", "rye"]) == 0
    heading, snippet = capsys.readouterr().out.splitlines()
    assert heading.startswith(second)
    assert "\x1b" not in snippet
    assert run(["search", "bre"]) == 0
    assert not capsys.readouterr().out, "what a program hands over is no beginning"
    assert run(["search", "answer", "-n", "1", "--json"]) == 0
    assert len(records(capsys.readouterr().out)) == 1


def test_a_question_that_cannot_be_asked_is_wrong_usage(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "role:bird"]) == 2
    assert "role: knows user" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(["search", "x", "-n", "0"])


# models


def test_models_are_listed_for_a_person_and_for_a_program(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.config.mkdir(parents=True)
    paths.prices_file.write_text('["salon-demo"]\ninput = 1\noutput = 2\n')
    assert run(["models", "--demo"]) == 0
    told = capsys.readouterr().out
    assert "salon-demo-careful  Salon demo, careful (scripted)\n    200k context · 32k answers" in told
    assert run(["models", "--json"]) == 0
    listed = {record["id"]: record for record in records(capsys.readouterr().out)}
    haiku = listed["claude-haiku-5-5"]
    assert [tier["up_to"] for tier in haiku["usd_per_million_tokens"]] == [100_000, None]
    assert (haiku["context"], haiku["abilities"]) == (1_000_000, None)
    assert listed["claude-sonnet-4-5"]["retires"] == "2026-11-30"


# tool servers


def test_tool_servers_are_listed_and_a_dead_one_is_only_told(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mcp", "list"]) == 0
    assert "[mcp.NAME]" in capsys.readouterr().out
    paths.config.mkdir(parents=True)
    program = json.dumps([sys.executable, str(Path(__file__).parents[1] / "tool_server.py"), "stdio"])
    paths.settings_file.write_text(
        f'[mcp.sums]\ncommand = {program}\nallow = ["add"]\n'
        '[mcp.dead]\ncommand = ["/nowhere/\\u001b[2J"]\nenabled = false\n'
        "[mcp.odd]\n"
    )
    assert run(["mcp", "list"]) == 0
    told = capsys.readouterr()
    sums, dead = told.out.split("dead  ")
    assert sums.startswith("sums  ")
    assert "tools · in new chats" in sums
    assert "    - add: Adds two numbers.  (runs without asking)\n" in sums
    assert "    - fail: Fails.\n" in sums
    assert dead.startswith("does not answer · only in chats that ask for it\n")
    assert "could not be started" in dead
    assert "\x1b" not in told.out + told.err
    assert "the MCP server “odd” is not used" in told.err
    assert run(["mcp", "list", "--json"]) == 0
    listed = {record["name"]: record for record in records(capsys.readouterr().out)}
    assert (listed["sums"]["state"], listed["sums"]["in_new_chats"]) == ("ready", True)
    assert {"name": "add", "description": "Adds two numbers.", "asks": False} in listed["sums"]["tools"]
    assert (listed["dead"]["state"], listed["dead"]["tools"]) == ("failed", [])
