"""Small data exports as claude.ai, ChatGPT and Claude Code write them, for tests to bend."""

import json
import zipfile
from pathlib import Path
from typing import Any

from salon.paths import Paths
from salon.store.library import FileLibrary


class Shelves(FileLibrary):
    """A library that says where it lies."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(folder / "config", folder / "state", folder / "cache")
        super().__init__(self.paths)


ROOT = "00000000-0000-4000-8000-000000000000"


def claude_message(own_id: str, sender: str, words: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """A message of a claude.ai export."""
    message = {
        "uuid": own_id,
        "text": words,
        "content": [{"type": "text", "text": words, "citations": []}],
        "sender": sender,
        "created_at": "2026-03-07T12:04:42.551130Z",
        "updated_at": "2026-03-07T12:04:42.551130Z",
        "attachments": [],
        "files": [],
    }
    return message | ({"parent_message_uuid": parent} if parent else {}) | more


def claude_chat(own_id: str = "chat-1", **more: Any) -> dict[str, Any]:
    """A chat of a claude.ai export: a question asked twice, thinking, a tool, an attachment."""
    thought = {"type": "thinking", "thinking": "Rayleigh.", "summaries": [{"summary": "Why"}], "cut_off": False}
    used = {"type": "tool_use", "id": "toolu_1", "name": "web_search", "input": {"query": "sky"}}
    found = {"type": "tool_result", "tool_use_id": "toolu_1", "name": "web_search", "content": [{"type": "text"}]}
    cited = {"details": {"type": "web_search_citation", "url": "https://example.org/sky"}, "title": "Sky"}
    answer = [thought, used, found, {"type": "text", "text": "It scatters.", "citations": [cited]}]
    notes = {"file_name": "notes.txt", "file_size": 5, "file_type": "txt", "extracted_content": "dusk"}
    return {
        "uuid": own_id,
        "name": "Why is the sky blue",
        "summary": "",
        "created_at": "2026-03-07T12:04:40.918149Z",
        "updated_at": "2026-03-07T12:06:00.000000Z",
        "account": {"uuid": "a-1"},
        "chat_messages": [
            claude_message("m1", "human", "Why is the sky blue?", ROOT, attachments=[notes]),
            claude_message("m2", "assistant", "It scatters.", "m1", content=answer),
            claude_message("m3", "human", "Why is the sky blue at noon?", ROOT, files=[{"file_name": "sky.png"}]),
            claude_message("m4", "assistant", "Short waves scatter.", "m3"),
        ],
    } | more


def gpt_node(own_id: str, parent: str | None, role: str = "", content: Any = "", **more: Any) -> dict[str, Any]:
    """A node of a ChatGPT export; without a role it has no message."""
    if not role:
        return {"id": own_id, "parent": parent, "children": [], "message": None}
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    message = {
        "id": own_id,
        "author": {"role": role, "name": more.pop("name", None), "metadata": {}},
        "create_time": 1_770_000_000.5,
        "content": content,
        "status": "finished_successfully",
        "recipient": more.pop("recipient", "all"),
        "metadata": {"model_slug": "gpt-5"} | more,
    }
    return {"id": own_id, "parent": parent, "children": [], "message": message}


def gpt_chat(own_id: str = "gpt-1", **more: Any) -> dict[str, Any]:
    """A chat of a ChatGPT export: hidden beginnings, an answer in five pieces, a second version of the question."""
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Adding", "content": "1 and 1 is 2."}]}
    code = {"content_type": "code", "language": "unknown", "text": "print(1+1)"}
    output = {"content_type": "execution_output", "text": "2"}
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_01", "size_bytes": 9}
    asked = {"content_type": "multimodal_text", "parts": [picture, "What is 1+1?"]}
    source = {"metadata": {"type": "webpage", "title": "Sums", "url": "https://example.org/sums", "text": "two"}}
    nodes = [
        gpt_node("root", None),
        gpt_node("sys", "root", "system", "", is_visually_hidden_from_conversation=True),
        gpt_node("about", "sys", "user", "I am Ada.", is_user_system_message=True),
        gpt_node("q1", "about", "user", asked, attachments=[{"id": "f", "name": "sum.png", "size": 9}]),
        gpt_node("t1", "q1", "assistant", thoughts),
        gpt_node("c1", "t1", "assistant", code, recipient="python"),
        gpt_node("o1", "c1", "tool", output, name="python"),
        gpt_node("r1", "o1", "assistant", {"content_type": "reasoning_recap", "content": "Thought for 3s"}),
        gpt_node("a1", "r1", "assistant", "It is 2.", citations=[source]),
        gpt_node("q2", "about", "user", "What is 2+2?"),
        gpt_node("a2", "q2", "assistant", "It is 4."),
    ]
    return {
        "title": "Sums",
        "create_time": 1_770_000_000.0,
        "update_time": 1_770_000_100.0,
        "mapping": {node["id"]: node for node in nodes},
        "current_node": "a1",
        "conversation_id": own_id,
        "id": own_id,
        "default_model_slug": "gpt-5",
        "is_archived": False,
    } | more


def code_line(own_id: str, parent: str | None, kind: str, content: Any, **more: Any) -> dict[str, Any]:
    """A line of a Claude Code session."""
    message: dict[str, Any] = {"role": kind, "content": content}
    if kind == "assistant":
        usage = {"input_tokens": 10, "output_tokens": 5, "service_tier": "standard"}
        message |= {"id": more.pop("reply", "msg_1"), "model": "claude-sonnet-4-5", "type": "message", "usage": usage}
    return {
        "parentUuid": parent,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/home/ada/sums",
        "sessionId": "5a0ddcd0-5487-4794-99ac-143f6bb9e248",
        "version": "2.0.74",
        "gitBranch": "main",
        "type": kind,
        "message": message,
        "uuid": own_id,
        "timestamp": "2026-02-13T02:56:00.000Z",
    } | more


def code_lines() -> list[dict[str, Any]]:
    """A Claude Code session: a prompt, an answer with a tool and a helper, a command, a second prompt."""
    task = {"type": "tool_use", "id": "toolu_2", "name": "Task", "input": {"prompt": "Look at the tests"}}
    done = {"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": "They pass."}]}
    aside = {"isSidechain": True}
    return [
        {"type": "summary", "summary": "Adding sums", "leafUuid": "u9"},
        {"type": "file-history-snapshot", "messageId": "u1", "snapshot": {}},
        code_line("u0", None, "user", "<command-name>/model</command-name>", isMeta=False),
        code_line("u1", "u0", "user", "Add the sums"),
        code_line("u2", "u1", "assistant", [{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}]),
        code_line("u3", "u2", "assistant", [{"type": "text", "text": "I ask a helper."}]),
        code_line("u4", "u3", "assistant", [task], reply="msg_2"),
        code_line("s1", None, "user", "Look at the tests", **aside),
        code_line("s2", "s1", "assistant", [{"type": "text", "text": "All green."}], **aside),
        code_line("u5", "u4", "user", [done], toolUseResult={"status": "completed"}),
        code_line("u6", "u5", "assistant", [{"type": "text", "text": "Done."}], reply="msg_3"),
        code_line("u7", "u6", "user", "Caveat: the messages below", isMeta=True),
        code_line("u8", "u7", "user", "Thanks"),
    ]


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def write_zip(path: Path, members: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return path
