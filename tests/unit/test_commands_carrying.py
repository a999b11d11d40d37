"""`salon export` and `salon import`, as a script and a person use them."""

import io
import json
import os
from pathlib import Path

import pytest

from exports import claude_chat, code_lines, gpt_chat, write_json, write_lines, write_zip
from salon.cli import main
from salon.commands.carrying import ProgressBar
from salon.exits import Exit
from salon.store.importing.importer import Progress


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))


def test_an_export_comes_in_and_goes_out_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = write_zip(tmp_path / "data.zip", {"conversations.json": [claude_chat()], "users.json": []})
    assert main(["import", str(export)]) == Exit.OK
    told = capsys.readouterr().out
    assert told == "1 chat imported, 4 messages.\nNo conversations, so not read: users.json.\n"
    assert main(["export", "blue", "--format", "txt"]) == Exit.OK
    assert "Short waves scatter." in capsys.readouterr().out
    out = tmp_path / "out" / "chat.json"
    out.parent.mkdir()
    assert main(["sessions", "export", "blue", "--format", "json", "--whole", "-o", str(out)]) == Exit.OK
    assert capsys.readouterr().out == f"Exported to {out}\n"
    assert main(["import", str(out), "--json"]) == Exit.OK
    summary = json.loads(capsys.readouterr().out)
    assert (summary["new"], summary["messages"], summary["sources"]) == (1, 4, {"salon": 1})
    assert main(["import", str(out), "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["known"] == 1


def test_claude_codes_own_folder_is_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(tmp_path / "claude" / "projects" / "p" / "s.jsonl", code_lines())
    assert main(["import", "--from", "claude-code", "--dry-run"]) == Exit.OK
    assert capsys.readouterr().out.startswith("1 chat would be imported, 5 messages.\n")
    assert main(["import", "--from", "claude-code"]) == Exit.OK


def test_what_cannot_be_read_is_told_and_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write_json(tmp_path / "conversations.json", [gpt_chat()])
    os.mkfifo(tmp_path / "pipe")
    assert main(["import", str(good), str(tmp_path / "pipe"), str(tmp_path / "nothing")]) == Exit.FAILURE
    told = capsys.readouterr().out
    assert "1 chat imported" in told
    assert "because it is not a regular file" in told
    assert "because there is no such file" in told
    (page := tmp_path / "chat.html").write_text('<a title="x">\n{}\n[1]')
    (tmp_path / "empty.json").touch()
    assert main(["import", str(page), str(tmp_path / "empty.json")]) == Exit.FAILURE
    told = capsys.readouterr().out
    assert "Left out" not in told
    for name in ("chat.html", "empty.json"):
        assert f"{name}, because it is no export that Salon knows." in told
    assert main(["import"]) == Exit.USAGE
    assert "There is nothing to import." in capsys.readouterr().err


def test_nothing_that_was_imported_reaches_a_terminal_unclean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "\x1b]0;owned\x07\u202e"
    main(["import", str(write_json(tmp_path / "a.json", [claude_chat(name="evil" + evil, project={"name": evil})]))])
    capsys.readouterr()
    screen = io.StringIO()
    screen.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdout", screen)
    for form in ("md", "txt", "json", "html"):
        assert main(["export", "evil", "--format", form]) == Exit.OK
    assert not set(screen.getvalue()) & {"\x1b", "\x07", "\u202e"}


def test_the_bar_draws_on_one_line_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    bar = ProgressBar(True)
    assert bar.show(Progress(50, 100, 3, 12, "x"))
    bar.clear()
    shown = capsys.readouterr().err
    assert " 50%  3 chats, 12 messages" in shown
    assert shown.endswith("\r\x1b[K")
    quiet = ProgressBar(False)
    quiet.show(Progress(50, 100, 3, 12, "x"))
    quiet.clear()
    assert not capsys.readouterr().err
