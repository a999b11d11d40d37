"""Content blocks: the Messages API's own dictionaries, kept verbatim, and views on them.

A block is never rebuilt from a view: thinking is signed and search results are encrypted, and the API takes them back
only as it sent them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Block = dict[str, Any]


def kind_of(block: Mapping[str, Any]) -> str:
    """The block's `type`, or "" where a server left it out."""
    kind = block.get("type")
    return kind if isinstance(kind, str) else ""


def text_of(block: Mapping[str, Any]) -> str:
    """What a text block says, and a block of a kind that is not known yet where it says something; "" for others."""
    text = block.get("text")
    return text if isinstance(text, str) else ""


def thinking_of(block: Mapping[str, Any]) -> str:
    """The readable thinking of a block; "" where it is absent, omitted or redacted."""
    text = block.get("thinking") if kind_of(block) == "thinking" else None
    return text if isinstance(text, str) else ""


def text_block(text: str) -> Block:
    """A text block that says `text`."""
    return {"type": "text", "text": text}


def joined_text(blocks: Iterable[Mapping[str, Any]]) -> str:
    """The text blocks' text on end, as one reads it.

    A cited passage is a text block of its own in the middle of a sentence, so nothing is put between blocks.
    """
    return "".join(map(text_of, blocks))


def is_tool_use(block: Mapping[str, Any]) -> bool:
    """Whether the block asks for a tool, the client's, the server's or a connector's."""
    return kind_of(block).endswith("tool_use")


def is_tool_result(block: Mapping[str, Any]) -> bool:
    """Whether the block answers a tool use of the same answer."""
    return kind_of(block).endswith("_tool_result") or kind_of(block) == "tool_result"
