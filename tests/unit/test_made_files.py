"""Files that code made: found in answers, and kept under harmless names, never over something."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorded import events_of
from salon.chat.answer import Answer
from salon.chat.conversation import Message
from salon.chat.madefiles import made_files, name_here
from salon.chat.model import ModelInfo
from salon.errors import StoreError
from salon.paths import Paths
from salon.store.carrying import FileCarrier
from store_support import STREAMS


@pytest.mark.skipif(not STREAMS.is_dir(), reason="there are no recorded streams")
def test_files_are_found_in_a_recorded_answer() -> None:
    answer = Answer("a")
    for event in events_of(STREAMS / "vercel-ai" / "anthropic-code-execution-20250825.2.sse"):
        answer.apply(event)
    message = Message(id="a", parent=None, role="assistant", content=answer.blocks())
    assert made_files([message, message]) == ["file_011CUJb81H3UdPo5KVkmq3Ez", "file_011CUJb8TVNUHywcwDzzu7ms"]


def test_an_id_that_is_no_id_is_not_asked_for() -> None:
    content = {"type": "code_execution_result", "content": [{"file_id": "../models"}, {"file_id": 3}, "x"]}
    block = {"type": "code_execution_tool_result", "tool_use_id": "t", "content": content}
    assert made_files([Message(id="a", parent=None, role="assistant", content=(block,))]) == []


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("results.xlsx", "results.xlsx"),
        ("../../.bashrc", "bashrc"),
        ("C:\\temp\\a.txt", "a.txt"),
        (".hidden", "hidden"),
        ("\x1b[31mred\n.txt", "31mred.txt"),
        ("con.txt", "file-con.txt"),
        ("", "file"),
        ("größe 1.csv", "größe 1.csv"),
    ],
)
def test_names(name: str, here: str) -> None:
    assert name_here(name) == here


@given(st.text())
def test_any_name_is_harmless(name: str) -> None:
    here = name_here(name)
    assert here and here[0] != "." and not set("/\\\0\n\x1b") & set(here) and len(here) <= 120


def test_a_file_is_kept_beside_what_is_there(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "c", tmp_path / "s", tmp_path / "h")
    carrier = FileCarrier(paths, lambda name: ModelInfo(id=name), tmp_path, tmp_path)
    (tmp_path / "a.txt").write_text("mine", encoding="utf-8")
    carrier.save(str(tmp_path), "a.txt", b"theirs")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "a-2.txt").read_bytes() == b"theirs"
    assert stat.S_IMODE((tmp_path / "a-2.txt").stat().st_mode) & 0o111 == 0
    with pytest.raises(StoreError, match="no folder"):
        carrier.save(str(tmp_path / "none"), "a.txt", b"x")
