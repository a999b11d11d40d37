"""A copy says what really happened to it."""

import base64
from pathlib import Path

import pytest

from salon.clipboard import TERMINAL_LIMIT, Copied, copy, local_tool, terminal_sequences


def nothing(_sequence: str) -> None:
    """A terminal that nobody looks at."""


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, str]:
    """A machine with an X display and an xclip that writes what it is given, and its environment, beside itself."""
    tool = tmp_path / "xclip"
    tool.write_text(f"#!/bin/sh\ncat > {tmp_path}/copied\nenv > {tmp_path}/environment\n")
    tool.chmod(0o700)
    return {"DISPLAY": ":0", "PATH": f"{tmp_path}:/usr/bin:/bin", "ANTHROPIC_API_KEY": "canary"}


def test_a_local_tool_is_used_and_its_success_is_certain(tools: dict[str, str], tmp_path: Path) -> None:
    assert copy("a tëxt", nothing, tools) == Copied("with xclip", certain=True)
    assert (tmp_path / "copied").read_text("utf-8") == "a tëxt"


def test_a_tool_is_not_given_the_key(tools: dict[str, str], tmp_path: Path) -> None:
    copy("text", nothing, tools)
    assert "canary" not in (tmp_path / "environment").read_text("utf-8")


def test_a_tool_that_fails_leaves_it_to_the_terminal(tools: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "xclip").write_text("#!/bin/sh\nexit 1\n")
    written: list[str] = []
    assert copy("text", written.append, tools) == Copied("to the terminal's clipboard", certain=False)
    assert written == ["\x1b]52;c;" + base64.b64encode(b"text").decode() + "\x07"]


def test_over_ssh_the_clipboard_of_the_far_machine_is_no_use(tools: dict[str, str]) -> None:
    assert local_tool({**tools, "SSH_CONNECTION": "here there"}) is None


def test_in_tmux_the_sequence_is_sent_for_tmux_and_for_the_terminal_around_it() -> None:
    bare, wrapped = terminal_sequences("x", {"TMUX": "/tmp/tmux"})
    assert bare.startswith("\x1b]52;c;")
    assert wrapped == "\x1bPtmux;\x1b" + bare + "\x1b\\"


def test_in_screen_it_is_cut_into_pieces_that_screen_passes_on() -> None:
    (sequence,) = terminal_sequences("x" * 5_000, {"STY": "1.tty"})
    pieces = sequence.split("\x1b\\")[:-1]
    assert all(piece.startswith("\x1bP") and len(piece) < 768 for piece in pieces)
    whole = "".join(piece.removeprefix("\x1bP") for piece in pieces)
    assert base64.b64decode(whole[len("\x1b]52;c;") : -1]) == b"x" * 5_000


def test_what_is_too_large_for_a_terminal_is_not_cut_off_silently() -> None:
    assert copy("x" * (TERMINAL_LIMIT + 1), nothing, {}) is None
