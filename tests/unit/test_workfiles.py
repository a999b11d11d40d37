"""The files that can be named: what git knows of, or what a walk finds."""

import subprocess
from pathlib import Path

import pytest

from salon import workfiles
from salon.workfiles import list_files


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def test_in_a_working_tree_what_is_ignored_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "src/a.py", "src/deep/b.py", "build/out.o", "Ümlaut name.txt")
    (tmp_path / ".gitignore").write_text("build/\n")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert list_files(tmp_path) == [
        ".gitignore",
        "src/",
        "src/a.py",
        "src/deep/",
        "src/deep/b.py",
        "Ümlaut name.txt",
    ]
    assert list_files(tmp_path / "src") == ["a.py", "deep/", "deep/b.py"]


def test_elsewhere_what_is_hidden_or_installed_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no git
    write(tmp_path, "a.txt", ".secret", ".git/config", "node_modules/x.js", "docs/b.md")
    assert list_files(tmp_path) == ["a.txt", "docs/", "docs/b.md"]


def test_a_tree_that_is_too_large_is_listed_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no git
    monkeypatch.setattr(workfiles, "MOST", 3)
    write(tmp_path, *(f"{n}.txt" for n in range(5)))
    assert len(list_files(tmp_path)) == 3


def test_what_is_not_there_is_no_files(tmp_path: Path) -> None:
    assert list_files(tmp_path / "gone") == []
