"""claude.ai's data export: `conversations.json`, an array of conversations with their `chat_messages`.

A message has `uuid`, `sender` (human or assistant), `created_at`, `content` (blocks), `attachments` (with
`extracted_content`) and `files` (names only); newer exports also `parent_message_uuid`, whose branches are kept. Older
ones have the words in `text` alone and are a line from first to last.
"""

from collections.abc import Mapping
from typing import Any

from salon.chat.blocks import Block, text_block
from salon.chat.conversation import Message
from salon.store.importing.foreign import (
    LONGEST_NAME,
    ForeignSession,
    Node,
    Unreadable,
    attachment_blocks,
    iso_time,
    items,
    mapping,
    text,
)
from salon.words import tr

NAME = "claude"
_NO_PARENT = "00000000-0000-4000-8000-000000000000"
_OF_NO_USE = {"token_budget", "flag", "code_citation"}
"""Kinds of blocks that say nothing to a reader."""


def is_conversation(value: Mapping[str, Any]) -> bool:
    """Whether an element looks like one of claude.ai's."""
    return isinstance(value.get("chat_messages"), list)


def read(value: Mapping[str, Any]) -> ForeignSession:
    """One conversation. Raises `Unreadable`."""
    own_id = text(value.get("uuid"))
    if not own_id:
        raise Unreadable(tr("without an id"))
    session = ForeignSession(
        source=NAME,
        id=own_id,
        title=text(value.get("name"), LONGEST_NAME),
        created=iso_time(value.get("created_at")),
        updated=iso_time(value.get("updated_at")),
        leaf=text(value.get("current_leaf_message_uuid")) or None,
        about=_about(value),
        folds=False,
    )
    model = text(value.get("model"), LONGEST_NAME)
    before: str | None = None
    for number, each in enumerate(items(value.get("chat_messages"))):
        if not isinstance(each, dict):
            session.skipped[tr("unreadable messages")] += 1
            continue
        node = _node(each, text(each.get("uuid")) or f"#{number}", before, model)
        session.nodes.append(node)
        before = node.message.id
    return session


def _about(value: Mapping[str, Any]) -> dict[str, Any]:
    project = mapping(value.get("project"))
    about = {"project": text(project.get("name"), LONGEST_NAME), "summary": text(value.get("summary"), 10_000)}
    return {key: each for key, each in about.items() if each}


def _node(value: Mapping[str, Any], own_id: str, before: str | None, model: str) -> Node:
    sender = text(value.get("sender"))
    parent = value.get("parent_message_uuid")
    message = Message(
        id=own_id,
        parent=before if not isinstance(parent, str) else None if parent == _NO_PARENT else parent,
        role="assistant" if sender == "assistant" else "user",
        content=(*_sent_along(value), *_blocks(value)),
        created=iso_time(value.get("created_at")),
        model=(text(value.get("model"), LONGEST_NAME) or model) if sender == "assistant" else "",
    )
    if sender not in {"human", "assistant"}:
        return Node(message, tr("messages of neither a person nor a model"))
    return Node(message, "" if message.content else tr("empty messages"))


def _sent_along(value: Mapping[str, Any]) -> list[Block]:
    """The attachments; a file that is also an attachment is named once."""
    blocks: list[Block] = []
    named: set[str] = set()
    for each in (*items(value.get("attachments")), *items(value.get("files")), *items(value.get("files_v2"))):
        name = text(mapping(each).get("file_name"))
        if name in named:
            continue
        named.add(name)
        blocks += attachment_blocks(name, text(mapping(each).get("extracted_content")))
    return blocks


def _blocks(value: Mapping[str, Any]) -> list[Block]:
    blocks = [block for each in items(value.get("content")) if (block := _block(mapping(each))) is not None]
    if not blocks and (words := text(value.get("text"))).strip():
        return [text_block(words)]
    return blocks


def _block(value: dict[str, Any]) -> Block | None:
    kind = text(value.get("type"))
    if kind in _OF_NO_USE or not kind:
        return None
    if kind == "text":
        words = text(value.get("text"))
        citations = [found for each in items(value.get("citations")) if (found := _citation(mapping(each)))]
        return text_block(words) | ({"citations": citations} if citations else {}) if words.strip() else None
    if kind == "thinking":
        return {"type": "thinking", "thinking": text(value.get("thinking"))}
    if kind == "tool_use":
        asked = {"id": text(value.get("id")), "name": text(value.get("name"), LONGEST_NAME)}
        return {"type": kind, **asked, "input": mapping(value.get("input"))}
    if kind == "tool_result":
        told = {"tool_use_id": text(value.get("tool_use_id")), "content": value.get("content")}
        return {"type": kind, **told, "is_error": value.get("is_error") is True}
    return value


def _citation(value: Mapping[str, Any]) -> dict[str, Any] | None:
    details = mapping(value.get("details"))
    url = text(details.get("url")) or text(value.get("url"))
    if not url:
        return None
    title = text(details.get("title"), LONGEST_NAME) or text(value.get("title"), LONGEST_NAME)
    return {"type": "web_search_result_location", "url": url, "title": title or url, "cited_text": ""}
