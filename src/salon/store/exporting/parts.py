"""A message's content as the parts that a reader tells apart."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from salon.chat.blocks import is_tool_result, is_tool_use, kind_of, text_of, thinking_of
from salon.chat.conversation import Message

_LONGEST_RESULT = 20_000
"""Characters of a tool's result; the JSON export has all of it."""


class Part(StrEnum):
    """What a part is."""

    WORDS = "words"
    THINKING = "thinking"
    CALL = "call"
    RESULT = "result"
    ATTACHMENT = "attachment"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class Piece:
    """One part: its heading, if it has one, its text, and for sources their names and addresses. All raw."""

    part: Part
    text: str = ""
    heading: str = ""
    links: tuple[tuple[str, str], ...] = ()


def pieces(message: Message, *, thinking: bool) -> Iterator[Piece]:
    """The parts of a message in order; text blocks on end are one, because a cited passage is a block of its own."""
    words: list[str] = []
    links: dict[str, str] = {}
    for block in message.content:
        if kind_of(block) == "text":
            words.append(text_of(block))
            links |= _sources(block)
            continue
        if words:
            yield Piece(Part.WORDS, "".join(words))
            words.clear()
        if (piece := _piece(block, thinking)) is not None:
            yield piece
    if words:
        yield Piece(Part.WORDS, "".join(words))
    if links:
        yield Piece(Part.SOURCES, links=tuple((title, url) for url, title in links.items()))


def _piece(block: Mapping[str, Any], thinking: bool) -> Piece | None:
    kind = kind_of(block)
    if kind in {"thinking", "redacted_thinking"}:
        told = thinking_of(block)
        return Piece(Part.THINKING, told, "Thinking") if thinking and told.strip() else None
    if is_tool_use(block):
        return Piece(Part.CALL, _as_json(block.get("input") or {}), f"Tool: {block.get('name') or kind}")
    if is_tool_result(block):
        told = _result(block.get("content"))
        heading = "Result (failed)" if block.get("is_error") is True else "Result"
        rest = len(told) - _LONGEST_RESULT
        return Piece(
            Part.RESULT, told[:_LONGEST_RESULT] + (f"\n… ({rest:,} more characters)" if rest > 0 else ""), heading
        )
    if kind in {"image", "document"}:
        return Piece(Part.ATTACHMENT, heading=f"{'Picture' if kind == 'image' else 'Attachment'}: {_name(block)}")
    return Piece(Part.CALL, _as_json(block), kind.replace("_", " ") or "Block")


def _name(block: Mapping[str, Any]) -> str:
    """The name of an attachment, or its address, or its type."""
    told, source = block.get("salon"), block.get("source")
    named = told.get("name") if isinstance(told, Mapping) else None
    source = source if isinstance(source, Mapping) else {}
    found = (named, block.get("title"), source.get("url"), source.get("media_type"))
    return next((each for each in found if isinstance(each, str) and each), "without a name")


def _result(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return _as_json(content)
    return "\n".join(_item(each) for each in content)


def _item(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    if kind_of(value) == "text":
        return text_of(value)
    told = [str(value[key]) for key in ("title", "url") if isinstance(value.get(key), str)]
    return " · ".join(told) or _as_json(value)


def _sources(block: Mapping[str, Any]) -> dict[str, str]:
    """The sources of a text block: titles by address, or by themselves where they have none."""
    citations = block.get("citations")
    found: dict[str, str] = {}
    for each in citations if isinstance(citations, list) else ():
        if not isinstance(each, Mapping):
            continue
        title = each.get("title") or each.get("document_title")
        url = each.get("url") or each.get("source")
        title = title if isinstance(title, str) else ""
        url = url if isinstance(url, str) else ""
        if title or url:
            found.setdefault(url or title, title or url)
    return found


def _as_json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=2)
    except (RecursionError, ValueError, TypeError):
        return "(It is nested too deeply to be shown.)"
