"""What each source writes, as a person finds it in Salon afterwards."""

from pathlib import Path
from typing import Any

import pytest

from exports import (
    Shelves,
    claude_chat,
    claude_message,
    code_line,
    code_lines,
    gpt_chat,
    gpt_node,
    write_json,
    write_lines,
    write_zip,
)
from salon.chat import conversation as tree
from salon.chat.conversation import Conversation
from salon.chat.model import ModelInfo
from salon.chat.request import build
from salon.store.importing.importer import Importer, Summary
from salon.store.importing.shelf import Shelf
from salon.store.importing.sources import Origin


@pytest.fixture
def library(tmp_path: Path) -> Shelves:
    return Shelves(tmp_path)


def take_in(library: Shelves, *places: Path, origin: Origin = Origin.AUTO) -> Summary:
    return Importer(Shelf(library, library.paths)).run(places, origin)


def only(library: Shelves) -> Conversation:
    (session,) = library.list()
    conversation = library.read(session.id)
    assert not conversation.notices
    return conversation


def shown(conversation: Conversation) -> list[tuple[str, str]]:
    """The current path as one reads it: who, and the words or kinds of blocks."""
    return [
        (
            message.role,
            " ".join(block["text"].strip() if "text" in block else block["type"] for block in message.content),
        )
        for message in tree.path(conversation)
    ]


def test_a_chat_of_claude_ai_keeps_its_branches_attachments_thinking_and_times(
    library: Shelves, tmp_path: Path
) -> None:
    export = write_zip(
        tmp_path / "data.zip", {"conversations.json": [claude_chat()], "projects.json": [], "users.json": []}
    )
    summary = take_in(library, export)
    assert (summary.new, summary.messages, dict(summary.skipped)) == (1, 4, {})
    assert summary.ignored == ["projects.json", "users.json"]
    chat = only(library)
    assert chat.title == "Why is the sky blue"
    assert chat.settings["source"] == {"name": "claude", "id": "chat-1"}
    assert shown(chat) == [
        ("user", "[Attachment: sky.png] Why is the sky blue at noon?"),
        ("assistant", "Short waves scatter."),
    ]
    first, second = chat.children[None]
    assert chat.messages[first].content[0]["source"]["data"] == "dusk"
    assert chat.messages[first].content[0]["title"] == "notes.txt"
    assert chat.messages[second].created == "2026-03-07T12:04:42.551Z"
    chat = tree.select(chat, first)
    assert shown(chat)[1] == ("assistant", "thinking tool_use tool_result It scatters.")
    assert tree.path(chat)[1].content[3]["citations"][0]["url"] == "https://example.org/sky"


def test_an_old_chat_of_claude_ai_has_its_words_in_one_field(library: Shelves, tmp_path: Path) -> None:
    messages = [
        claude_message(f"m{number}", sender, f"words {number}", content=[])
        for number, sender in enumerate(["human", "assistant", "human"])
    ]
    take_in(library, write_json(tmp_path / "conversations.json", [claude_chat(chat_messages=messages)]))
    assert shown(only(library)) == [("user", "words 0"), ("assistant", "words 1"), ("user", "words 2")]


def test_a_chat_of_chatgpt_is_folded_into_the_messages_that_one_saw(library: Shelves, tmp_path: Path) -> None:
    summary = take_in(library, write_json(tmp_path / "conversations.json", [gpt_chat()]))
    assert dict(summary.skipped) == {"system messages": 1, "custom instructions": 1, "empty messages": 1}
    chat = only(library)
    assert shown(chat) == [
        ("user", "[Attachment: sum.png] [Picture: file_01] What is 1+1?"),
        ("assistant", "thinking tool_use tool_result It is 2."),
    ]
    assert chat.messages[chat.children[None][0]].text.endswith("\n\nWhat is 1+1?")
    assert len(chat.children[None]) == 2
    answer = tree.path(chat)[1]
    assert (answer.model, answer.created, answer.source) == ("gpt-5", "2026-02-02T02:40:00.500Z", "chatgpt")
    assert answer.content[-1]["citations"][0]["title"] == "Sums"
    assert "model" not in chat.settings, "a chat must not ask Anthropic for somebody else's model"


def test_numbered_parts_of_a_large_export_are_all_read(library: Shelves, tmp_path: Path) -> None:
    parts = {f"conversations-{number:03}.json": [gpt_chat(f"chat-{number}")] for number in range(3)}
    assert take_in(library, write_zip(tmp_path / "export.zip", parts)).new == 3
    whole = write_json(tmp_path / "all.json", {"conversations": [gpt_chat("chat-9")]})
    assert take_in(library, whole).new == 1


def test_an_answer_written_twice_stays_two_messages(library: Shelves, tmp_path: Path) -> None:
    nodes = [
        gpt_node("q", None, "user", "Say something"),
        gpt_node("t", "q", "assistant", {"content_type": "thoughts", "thoughts": [{"summary": "", "content": "Hm"}]}),
        gpt_node("a", "t", "assistant", "One"),
        gpt_node("b", "t", "assistant", "Other"),
    ]
    chat = gpt_chat(mapping={node["id"]: node for node in nodes}, current_node="b")
    take_in(library, write_json(tmp_path / "conversations.json", [chat]))
    assert shown(only(library)) == [("user", "Say something"), ("assistant", "thinking"), ("assistant", "Other")]


def test_a_session_of_claude_code_is_folded_and_its_helper_hangs_on_the_call(library: Shelves, tmp_path: Path) -> None:
    summary = take_in(library, write_lines(tmp_path / "projects" / "p" / "s.jsonl", code_lines()).parent.parent)
    assert dict(summary.skipped) == {"notes of the program": 2, "commands to the program": 1}
    chat = only(library)
    assert chat.title == "Adding sums"
    assert shown(chat) == [
        ("user", "Add the sums"),
        ("assistant", "thinking I ask a helper. tool_use tool_result Done."),
        ("user", "Thanks"),
    ]
    answer = tree.path(chat)[1]
    assert answer.extra["usage"] == {"input_tokens": 30, "output_tokens": 15}, "three replies, told in five lines"
    assert not answer.usage, "what somebody else was billed for is no cost of this chat"
    helper = chat.messages[chat.children[answer.id][1]]
    assert [helper.text, chat.messages[chat.children[helper.id][0]].text] == ["Look at the tests", "All green."]


def test_a_helper_in_a_file_of_its_own_joins_its_session(library: Shelves, tmp_path: Path) -> None:
    lines = [line for line in code_lines() if not line.get("isSidechain")]
    aside = [line for line in code_lines() if line.get("isSidechain")]
    session = lines[-1]["sessionId"]
    write_lines(tmp_path / "p" / f"{session}.jsonl", lines)
    write_lines(tmp_path / "p" / session / "subagents" / "agent-1.jsonl", aside)
    assert take_in(library, tmp_path / "p").new == 1
    assert len(only(library).messages) == 5


def test_a_compacted_session_goes_on_where_it_was(library: Shelves, tmp_path: Path) -> None:
    lines = [
        code_line("a", None, "user", "Begin"),
        code_line("b", "a", "assistant", [{"type": "text", "text": "Begun."}]),
        code_line("c", None, "system", "", logicalParentUuid="b", subtype="compact_boundary"),
        code_line("d", "c", "user", "So far: begun.", isCompactSummary=True),
        code_line("e", "d", "assistant", [{"type": "text", "text": "Going on."}]),
    ]
    take_in(library, write_lines(tmp_path / "s.jsonl", lines))
    assert [words for _, words in shown(only(library))] == ["Begin", "Begun.", "So far: begun.", "Going on."]


@pytest.mark.parametrize(
    ("name", "value"),
    [("claude", [claude_chat()]), ("chatgpt", [gpt_chat()]), ("claude-code", None)],
)
def test_no_request_made_of_an_imported_chat_has_anything_the_api_refuses(
    library: Shelves, tmp_path: Path, name: str, value: Any
) -> None:
    lines = write_lines(tmp_path / "s.jsonl", code_lines())
    take_in(
        library, lines if value is None else write_json(tmp_path / "conversations.json", value), origin=Origin(name)
    )
    chat = only(library)
    prompts = [message for message in chat.messages.values() if message.role == "user"]
    assert prompts
    for prompt in prompts:
        history = build(tree.path(chat, prompt.id), model=ModelInfo(id="m")).body["messages"]
        assert history[0]["role"] == history[-1]["role"] == "user"
        for message in history:
            for block in message["content"]:
                assert block["type"] in ({"text", "document"} if message["role"] == "user" else {"text"})
                assert "citations" not in block
                assert block["type"] != "text" or (set(block) == {"type", "text"} and block["text"].strip())


def test_a_kind_that_was_asked_for_is_the_only_one_taken(library: Shelves, tmp_path: Path) -> None:
    both = write_json(tmp_path / "conversations.json", [claude_chat(), gpt_chat()])
    summary = take_in(library, both, origin=Origin.CHATGPT)
    assert (summary.new, summary.skipped["conversations that are not of the kind chatgpt"]) == (1, 1)
    assert only(library).title == "Sums"
