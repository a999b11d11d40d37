"""The programs that Salon starts know none of its secrets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from salon import browser, clipboard, clipboard_image
from salon.children import without_secrets
from salon.markdown import diagram
from salon.workfiles import list_files

CANARY = "sk-ant-canary-0123456789"
SECRETS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_IDENTITY_TOKEN", "CLAUDE_API_KEY", "DB_PASSWORD")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which every program that is started writes its arguments and its environment."""
    told = tmp_path / "told"
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git", "xclip", "wl-copy", "wl-paste", "the-browser"):
        program = programs / name
        program.write_text(f'#!/bin/sh\n{{ echo "$0 $@"; env; }} >> {told}\n')
        program.chmod(0o700)
    for name in SECRETS:
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    for name in ("SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    return told


def test_what_looks_like_a_secret_is_left_out() -> None:
    environ = {**dict.fromkeys(SECRETS, CANARY), "PATH": "/bin", "SSH_AUTH_SOCK": "/run/agent"}
    assert without_secrets(environ) == {"PATH": "/bin", "SSH_AUTH_SOCK": "/run/agent"}


def test_git_gets_no_key(told: Path, tmp_path: Path) -> None:
    list_files(tmp_path)
    assert "ls-files" in told.read_text()
    assert CANARY not in told.read_text()


@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_clipboard_tools_get_no_key(told: Path, monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv(display, ":0")
    assert clipboard.copy("words", lambda _: None) is not None
    with pytest.raises(Exception, match="no picture"):
        clipboard_image.take_image()
    text = told.read_text()
    assert ("xclip" in text) or ("wl-copy" in text and "wl-paste" in text)
    assert CANARY not in text


def test_the_browser_gets_the_address_and_no_key(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "the-browser")
    assert browser.open_address("https://example.com/?a=1&b=$(touch x);`id`")
    text = told.read_text()
    assert "the-browser https://example.com/?a=1&b=$(touch x);`id`" in text
    assert CANARY not in text


def test_no_browser_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "/nothing/of/the/kind %s")
    monkeypatch.setenv("PATH", "/nothing")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not browser.open_address("https://example.com/")


def test_the_drawer_of_diagrams_gets_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []

    def run(*_: object, env: dict[str, str], **__: object) -> subprocess.CompletedProcess[bytes]:
        given.append(env)
        return subprocess.CompletedProcess([], 1, b"")

    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    monkeypatch.setattr(subprocess, "run", run)
    diagram.draw("graph LR\n A --> canary", 80)
    assert [CANARY in env.values() for env in given] == [False]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_a_folder_cannot_have_git_start_its_programs(tmp_path: Path) -> None:
    repository = tmp_path / "unpacked"
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    (repository / "a.txt").write_text("x")
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {tmp_path / 'started'}\n")
    monitor.chmod(0o700)
    with (repository / ".git" / "config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = {monitor}\n")
    assert list_files(repository) == ["a.txt"]
    assert not (tmp_path / "started").exists()
