"""Blocks that are neither text nor thinking: each says on its folded row what matters, and more below.

What the recorded ones say stands in the table of `test_stream_table`.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import (
    block_start,
    block_stop,
    message_delta,
    message_start,
    text_delta,
    text_start,
    thinking_delta,
    thinking_start,
)
from salon.ui.toollines import describe_block, unfolded
from ui.driver import Person, salon


@pytest.mark.parametrize(
    ("block", "row"),
    [
        ({"type": "server_tool_use", "name": "web_search", "input": {}}, "Web search"),
        ({"type": "tool_use", "name": "run", "input": {"a": 1, "b": 2}}, 'run: {"a": 1, "b": 2}'),
        ({"type": "tool_use", "name": "run", "input": "odd"}, 'run: "odd"'),
        ({"type": "tool_use"}, "tool_use"),
        (
            {"type": "web_search_tool_result", "content": {"type": "x", "error_code": "max_uses_exceeded"}},
            "Web search failed: max uses exceeded",
        ),
        ({"type": "web_search_tool_result", "content": []}, "0 results"),
        (
            {"type": "bash_code_execution_tool_result", "content": {"error_code": "unavailable"}},
            "Shell failed: unavailable",
        ),
        (
            {
                "type": "code_execution_tool_result",
                "content": {
                    "type": "code_execution_result",
                    "return_code": 1,
                    "stdout": "",
                    "stderr": "no\nway\n",
                    "content": [{}, {}],
                },
            },
            "Exit code 1 · 2 lines of errors · 2 files",
        ),
        ({"type": "mcp_tool_result", "is_error": True, "content": [{"type": "text", "text": "\nno"}]}, "Failed: no"),
        ({"type": "tool_result", "content": "fine\nindeed"}, "Result: fine"),
        ({"type": "tool_result"}, "Result"),
        ({"type": "container_upload", "file_id": "file_1"}, "File for the container: file_1"),
        ({"type": "of_tomorrow"}, "of tomorrow"),
        ({}, "block without a kind"),
        ({"type": "future_tool_result", "content": {"type": "future"}}, "Result"),
    ],
)
def test_a_row_says_what_matters(block: dict[str, Any], row: str) -> None:
    assert describe_block(block) == row


KINDS = st.sampled_from(
    [
        *["tool_use", "mcp_tool_use", "web_search_tool_result", "bash_code_execution_tool_result", "tool_result"],
        *["web_fetch_tool_result", "text_editor_code_execution_tool_result", "compaction", "fallback", "x"],
    ]
)
CONTENTS = st.sampled_from(
    ["bash_code_execution_result", "web_fetch_result", "text_editor_code_execution_view_result", "advisor_result"]
)
FIELDS = st.sampled_from(
    ["stdout", "return_code", "content", "lines", "url", "title", "source", "input", "from", "to", "trigger", "text"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("http://[x"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(FIELDS, inner, max_size=3)
        | st.builds(lambda kind, rest: {**rest, "type": kind}, CONTENTS, st.dictionaries(FIELDS, inner, max_size=3))
    ),
    max_leaves=8,
)


@given(KINDS, st.dictionaries(FIELDS, ANYTHING, max_size=4))
def test_no_block_is_too_odd_to_be_shown(kind: str, fields: dict[str, Any]) -> None:
    block = {**fields, "type": kind}
    assert isinstance(describe_block(block), str)
    assert isinstance(unfolded(block), str)


def test_what_a_program_wrote_is_below_its_row() -> None:
    ran = {"type": "bash_code_execution_result", "stdout": "out\n", "stderr": "err\n", "return_code": 0, "content": []}
    assert unfolded({"type": "bash_code_execution_tool_result", "content": ran}) == "out\n\nerr"
    found = [{"type": "web_search_result", "title": "T", "url": "https://a.example", "encrypted_content": "x"}]
    assert unfolded({"type": "web_search_tool_result", "content": found}) == "T\nhttps://a.example"
    assert unfolded({"type": "tool_use", "input": {"path": "a", "text": "b\nc"}}) == "path: a\ntext:\nb\nc"
    assert json.loads(unfolded({"type": "of_tomorrow", "x": 1})) == {"type": "of_tomorrow", "x": 1}


@pytest.fixture
async def person(tmp_path: Path) -> AsyncIterator[Person]:
    async with salon(tmp_path) as person:
        yield person


async def test_one_key_opens_and_folds_all(person: Person) -> None:
    call = {
        "type": "server_tool_use",
        "id": "1",
        "name": "bash_code_execution",
        "input": {"command": "make\nmake test"},
    }
    events = [message_start(), thinking_start(0), thinking_delta("hm, well", 0), block_stop(0)]
    events += [block_start(1, call), block_stop(1), text_start(2), text_delta("Done.", 2), block_stop(2)]
    await person.say("run it", *events, message_delta(), {"type": "message_stop"})
    await person.answer_arrives()
    assert "▸ Shell: make … 2 lines" in person.text_of_transcript()
    await person.press("shift+tab", "f")
    await person.is_drawn()
    assert "hm, well" in person.text_of_transcript()
    assert "make test" in person.text_of_transcript()
    await person.press("f")
    await person.is_drawn()
    assert "hm, well" not in person.text_of_transcript()
    assert "make test" not in person.text_of_transcript()
