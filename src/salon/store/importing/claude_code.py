"""Claude Code's sessions: one JSONL file each, below `~/.claude/projects`.

A line has `type`, `uuid`, `parentUuid`, `sessionId`, `timestamp` and, for `user` and `assistant`, a `message` as the
API has it. An answer is told in many lines, one a block, with the results of its tools as `user` lines between; they
become one message. A helper's chat (`isSidechain`, in the same file or in one called `agent-...`) hangs on the call
that began it, beside the main chat. A session that was compacted goes on at `logicalParentUuid`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from salon.chat.blocks import Block, is_tool_result, kind_of, text_block
from salon.chat.conversation import Message
from salon.store.importing.foreign import (
    LONGEST_NAME,
    MOST_MESSAGES,
    ForeignSession,
    Node,
    iso_time,
    items,
    mapping,
    parted,
    text,
)
from salon.words import tr

NAME = "claude-code"
_LINES = {"user", "assistant", "system", "attachment", "progress"}
"""The kinds that stand in the chain of parents; others are about the program."""
_NAMES = ("uuid", "sessionId", "leafUuid", "messageId")
"""One of these is on every line."""
_MACHINERY = ("<command-name>", "<command-message>", "<local-command-", "<bash-input>", "<bash-stdout>")
"""How texts begin that the program put among the person's."""
_IMAGE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def is_line(value: Mapping[str, Any]) -> bool:
    """Whether a line looks like one of Claude Code's."""
    return isinstance(value.get("type"), str) and any(key in value for key in _NAMES)


@dataclass(slots=True)
class Gathered:
    """The lines of one session, from its own file and from its helpers'."""

    session: ForeignSession
    calls: dict[str, str] = field(default_factory=dict)
    """Which node called a helper, by what it was asked."""
    roots: list[tuple[int, str]] = field(default_factory=list)
    """Helpers' first nodes, by place and by what they were asked."""


def read(lines: Iterable[Mapping[str, Any]], own_id: str) -> ForeignSession:
    """The session of these lines; `own_id` names it where they do not."""
    gathered = Gathered(ForeignSession(source=NAME, id=""))
    session = gathered.session
    for line in lines:
        if len(session.nodes) >= MOST_MESSAGES:
            session.skipped[tr("messages beyond the first 100,000")] += 1
            continue
        session.id = session.id or text(line.get("sessionId"), LONGEST_NAME)
        _take(gathered, line)
    session.id = session.id or own_id
    _hang_helpers(gathered)
    main = [node for node in session.nodes if not node.aside]
    session.leaf = main[-1].message.id if main else None
    times = [node.message.created for node in session.nodes if node.message.created]
    session.created, session.updated = min(times, default=""), max(times, default="")
    return session


def _take(gathered: Gathered, line: Mapping[str, Any]) -> None:
    session, kind = gathered.session, text(line.get("type"))
    if kind == "summary":
        session.title = text(line.get("summary"), LONGEST_NAME) or session.title
    elif kind in {"custom-title", "ai-title"}:
        session.title = text(line.get("customTitle") or line.get("aiTitle"), LONGEST_NAME) or session.title
    elif kind not in _LINES:
        session.skipped[tr("notes of the program")] += 1
    elif own_id := text(line.get("uuid")):
        if folder := text(line.get("cwd"), LONGEST_NAME):
            session.about = {"folder": folder}
        _add(gathered, line, own_id)
    else:
        session.skipped[tr("messages without an id")] += 1


def _add(gathered: Gathered, line: Mapping[str, Any], own_id: str) -> None:
    said = mapping(line.get("message"))
    aside = line.get("isSidechain") is True
    blocks = list(_blocks(said.get("content"), line.get("type")))
    blocks = parted(blocks) if line.get("type") == "user" else blocks
    results_only = bool(blocks) and all(is_tool_result(block) for block in blocks)
    answers = line.get("type") == "assistant" or results_only
    usage = mapping(said.get("usage"))
    message = Message(
        id=own_id,
        parent=text(line.get("parentUuid")) or text(line.get("logicalParentUuid")) or None,
        role="assistant" if answers else "user",
        content=tuple(blocks),
        created=iso_time(line.get("timestamp")),
        model=text(said.get("model"), LONGEST_NAME) if answers else "",
        extra={"reply": text(said.get("id"), LONGEST_NAME), "usage": usage} if usage else {},
    )
    if aside and message.parent is None and not answers:
        gathered.roots.append((len(gathered.session.nodes), message.text.strip()))
    for block in blocks:
        asked = mapping(block.get("input")).get("prompt") if kind_of(block) == "tool_use" else None
        if isinstance(asked, str) and not aside:
            gathered.calls.setdefault(asked.strip(), own_id)
    gathered.session.nodes.append(Node(message, _hidden(line, message), aside))


def _hidden(line: Mapping[str, Any], message: Message) -> str:
    if text(line.get("type")) not in {"user", "assistant"}:
        return tr("notes of the program")
    if line.get("isMeta") is True:
        return tr("notes of the program")
    if message.role == "user" and message.text.lstrip().startswith(_MACHINERY):
        return tr("commands to the program")
    return "" if message.content else tr("empty messages")


def _hang_helpers(gathered: Gathered) -> None:
    """Put each helper's chat below the call that began it."""
    nodes = gathered.session.nodes
    for place, asked in gathered.roots:
        if (caller := gathered.calls.get(asked)) is not None:
            node = nodes[place]
            nodes[place] = node._replace(message=replace(node.message, parent=caller))


def _blocks(content: Any, kind: Any) -> Iterator[Block]:
    if isinstance(content, str):
        if content.strip():
            yield text_block(content)
        return
    for each in items(content):
        block = mapping(each)
        match kind_of(block):
            case "":
                continue
            case "text" if not text(block.get("text")).strip():
                continue
            case "image" if not _is_sendable_image(block) or kind != "user":
                yield text_block("[Picture]")
            case "document" if not _is_sendable_document(block) or kind != "user":
                yield text_block(f"[Attachment: {text(block.get('title'), LONGEST_NAME) or 'document'}]")
            case "tool_result":
                yield block | {"content": _without_pictures(block.get("content"))}
            case _:
                yield block


def _is_sendable_image(block: Mapping[str, Any]) -> bool:
    source = mapping(block.get("source"))
    return (
        source.get("type") == "base64" and text(source.get("media_type")) in _IMAGE_TYPES and bool(source.get("data"))
    )


def _is_sendable_document(block: Mapping[str, Any]) -> bool:
    source = mapping(block.get("source"))
    types = {"base64": "application/pdf", "text": "text/plain"}
    return types.get(text(source.get("type"))) == source.get("media_type") and isinstance(source.get("data"), str)


def _without_pictures(content: Any) -> Any:
    """A tool's result without the bytes of screenshots, which nobody could see."""
    if not isinstance(content, list):
        return content
    return [text_block("[Picture]") if kind_of(mapping(each)) == "image" else each for each in content]
