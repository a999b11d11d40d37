"""How large a request is, before it is sent."""

import json
from collections.abc import Mapping
from typing import Any

from salon.chat.blocks import kind_of

_ATTACHMENTS = {"image", "document", "file"}


def size_of(body: Mapping[str, Any]) -> int:
    """The bytes of a body as JSON."""
    return len(json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace"))


def characters_of(value: object) -> int:
    """The characters in all strings of a body: a quarter of its bytes at least, at a thousandth of the price."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(characters_of, value.values()))
    return sum(map(characters_of, value)) if isinstance(value, (list, tuple)) else 0


def has_attachments(body: Mapping[str, Any]) -> bool:
    """Whether a message of the body holds a file or an image."""
    contents = (message.get("content") for message in body.get("messages", ()))
    return any(
        isinstance(block, dict) and kind_of(block) in _ATTACHMENTS
        for content in contents
        if isinstance(content, list)
        for block in content
    )
