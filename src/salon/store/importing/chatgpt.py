"""ChatGPT's data export: `conversations.json` (or `conversations-000.json` ...), conversations as a `mapping` of nodes.

A node has `id`, `parent` and a `message` with `author.role`, `content` of one of a dozen `content_type`s and
`metadata`; `current_node` is the leaf. What an answer did on its way (thoughts, code it ran, results, searches) are
nodes of their own, which become one message. System messages and those marked as hidden are left out and counted.
"""

import json
from collections.abc import Mapping
from typing import Any

from salon.chat.blocks import Block, text_block
from salon.chat.conversation import Message, Status
from salon.store.importing.foreign import (
    LONGEST_NAME,
    NO_MESSAGE,
    ForeignSession,
    Node,
    Unreadable,
    attachment_blocks,
    iso_time,
    items,
    mapping,
    parted,
    text,
)
from salon.words import tr

NAME = "chatgpt"
_MOST_CITATIONS = 200


def is_conversation(value: Mapping[str, Any]) -> bool:
    """Whether an element looks like one of ChatGPT's."""
    return isinstance(value.get("mapping"), dict)


def read(value: Mapping[str, Any]) -> ForeignSession:
    """One conversation. Raises `Unreadable`."""
    own_id = text(value.get("conversation_id")) or text(value.get("id"))
    if not own_id:
        raise Unreadable(tr("without an id"))
    session = ForeignSession(
        source=NAME,
        id=own_id,
        title=text(value.get("title"), LONGEST_NAME),
        created=iso_time(value.get("create_time")),
        updated=iso_time(value.get("update_time")),
        leaf=text(value.get("current_node")) or None,
        settings={"archived": True} if value.get("is_archived") is True else {},
        about={"gizmo": text(value.get("gizmo_id"), LONGEST_NAME)} if value.get("gizmo_id") else {},
    )
    model = text(value.get("default_model_slug"), LONGEST_NAME)
    for key, each in mapping(value.get("mapping")).items():
        if isinstance(each, dict):
            session.nodes.append(_node(key, each, model))
        else:
            session.skipped[tr("unreadable messages")] += 1
    return session


def _node(key: str, value: Mapping[str, Any], model: str) -> Node:
    parent = text(value.get("parent")) or None
    said = value.get("message")
    if not isinstance(said, dict):
        return Node(Message(id=key, parent=parent, role="user"), NO_MESSAGE)
    author, about = mapping(said.get("author")), mapping(said.get("metadata"))
    role = text(author.get("role"))
    content = mapping(said.get("content"))
    blocks = [*_sent_along(about), *_words(content)] if role == "user" else _answer(said, author, content, about)
    message = Message(
        id=key,
        parent=parent,
        role="user" if role == "user" else "assistant",
        content=tuple(blocks),
        status=Status.INTERRUPTED if said.get("status") == "in_progress" else Status.COMPLETE,
        created=iso_time(said.get("create_time")),
        model="" if role == "user" else text(about.get("model_slug"), LONGEST_NAME) or model,
    )
    return Node(message, _hidden(role, about, content, message))


def _hidden(role: str, about: Mapping[str, Any], content: Mapping[str, Any], message: Message) -> str:
    if about.get("is_user_system_message") is True or content.get("content_type") == "user_editable_context":
        return tr("custom instructions")
    if role == "system":
        return tr("system messages")
    if about.get("is_visually_hidden_from_conversation") is True:
        return tr("hidden messages")
    if role not in {"user", "assistant", "tool"}:
        return tr("messages of neither a person nor a model")
    return "" if message.content else tr("empty messages")


def _sent_along(about: Mapping[str, Any]) -> list[Block]:
    files = (mapping(each) for each in items(about.get("attachments")))
    return [block for file in files for block in attachment_blocks(text(file.get("name")), "")]


def _answer(
    said: Mapping[str, Any], author: Mapping[str, Any], content: Mapping[str, Any], about: Mapping[str, Any]
) -> list[Block]:
    """The blocks of what a model or one of its tools said."""
    kind = text(content.get("content_type"))
    if kind == "thoughts":
        return _thoughts(content)
    if kind == "reasoning_recap":
        return []  # "Thought for 8 seconds": it says nothing
    words = _words(content)
    if author.get("role") == "tool":
        told = "\n".join(str(block.get("text", "")) for block in words)
        name = text(author.get("name"), LONGEST_NAME) or "tool"
        return [{"type": "tool_result", "tool_use_id": "", "name": name, "content": told}] if told.strip() else []
    recipient = text(said.get("recipient"), LONGEST_NAME)
    if recipient not in {"", "all"}:
        asked = "\n".join(str(block.get("text", "")) for block in words)
        return [{"type": "tool_use", "id": "", "name": recipient, "input": _input(asked)}] if asked.strip() else []
    citations = _citations(about)
    if citations and words and words[-1].get("type") == "text":
        words[-1] = words[-1] | {"citations": citations}
    return words


def _thoughts(content: Mapping[str, Any]) -> list[Block]:
    thoughts = (mapping(each) for each in items(content.get("thoughts")))
    told = [
        "\n\n".join(part for part in (text(each.get("summary")), text(each.get("content"))) if part.strip())
        for each in thoughts
    ]
    joined = "\n\n".join(each for each in told if each)
    return [{"type": "thinking", "thinking": joined}] if joined else []


def _input(asked: str) -> dict[str, Any]:
    try:
        value = json.loads(asked)
    except (ValueError, RecursionError):
        return {"text": asked}
    return value if isinstance(value, dict) else {"text": asked}


def _words(content: Mapping[str, Any]) -> list[Block]:
    """The content as text blocks, by its type; of unknown types whatever text they have."""
    kind = text(content.get("content_type"))
    if kind == "code":
        source = text(content.get("text"))
        language = text(content.get("language"), 40)
        fenced = f"```{language if language.isalnum() and language != 'unknown' else ''}\n{source}\n```"
        return [text_block(source if language in {"", "json", "unknown"} else fenced)] if source.strip() else []
    parts = items(content.get("parts"))
    if not parts:
        alone = [text(content.get(key)) for key in ("title", "url", "text", "result")]
        joined = "\n".join(part for part in alone if part.strip())
        return [text_block(joined)] if joined else []
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, str):
            blocks += [text_block(part)] if part.strip() else []
        elif isinstance(part, dict):
            blocks += _part(part)
    return parted(blocks)


def _part(part: Mapping[str, Any]) -> list[Block]:
    """A part that is not words: a picture, a sound, what was said aloud."""
    kind = text(part.get("content_type"))
    if kind == "audio_transcription":
        words = text(part.get("text"))
        return [text_block(words)] if words.strip() else []
    pointer = text(part.get("asset_pointer") or mapping(part.get("audio_asset_pointer")).get("asset_pointer"))
    name = pointer.rpartition("/")[2][:LONGEST_NAME]
    word = "Picture" if "image" in kind else "Recording" if "audio" in kind else "Attachment"
    drawn = text(mapping(mapping(part.get("metadata")).get("dalle")).get("prompt"))
    if not name and not drawn:
        words = text(part.get("text"))
        return [text_block(words)] if words.strip() else []
    return [text_block(f"[{word}: {name}]" + (f"\n\n{drawn}" if drawn else ""))]


def _citations(about: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in (*items(about.get("citations")), *items(about.get("content_references"))):
        told = mapping(each)
        for source in (mapping(told.get("metadata")), told, *map(mapping, items(told.get("items")))):
            url = text(source.get("url"))
            if url and url not in found and len(found) < _MOST_CITATIONS:
                title = text(source.get("title"), LONGEST_NAME) or url
                cited = text(source.get("text") or source.get("snippet"), 1_000)
                found[url] = {"type": "web_search_result_location", "url": url, "title": title, "cited_text": cited}
    return list(found.values())
