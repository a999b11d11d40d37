"""A conversation as plain text for the terminal's scrollback."""

from typing import Any

from salon.chat.conversation import Message, Status
from salon.ui.printing import printed


def message(role: Any, *blocks: dict[str, Any], **fields: Any) -> Message:
    return Message(id="1", parent=None, role=role, content=blocks, **fields)


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def answer(*blocks: dict[str, Any], status: Status = Status.COMPLETE) -> Message:
    return message("assistant", *blocks, status=status, stop_reason="end_turn")


def test_prompts_and_answers_follow_each_other() -> None:
    shown = printed([message("user", text("one\n\ntwo")), answer(text("\n# Title\n\ntext\n"))])
    assert "".join(shown) == "> one\n>\n> two\n\n# Title\n\ntext\n\n"


def test_nothing_in_it_is_obeyed() -> None:
    assert "".join(printed([answer(text("a\x1b[31mb\x07\r\nc"))])) == "a␛[31mb␇\nc\n\n"


def test_tools_have_a_row_and_thinking_none() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm"},
        text("Let me see."),
        {"type": "server_tool_use", "name": "web_search", "input": {"query": "sky\x1b"}},
        text("Blue."),
    ]
    assert "".join(printed([answer(*blocks)])) == "Let me see.\n(Web search: sky␛)\nBlue.\n\n"


def test_an_answer_that_was_cut_says_so() -> None:
    assert list(printed([answer(text("Begun"), status=Status.STOPPED)])) == ["Begun\n\n(Stopped.)\n\n"]
    assert list(printed([answer(status=Status.STOPPED)])) == ["(Stopped before anything came.)\n\n"]
