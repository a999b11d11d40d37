"""A message that came in one piece, told as the stream it should have been."""

from typing import Any, TypeGuard

from salon.chat.blocks import Block, kind_of
from salon.chat.events import ApiEvent


def is_message(payload: object) -> TypeGuard[dict[str, Any]]:
    """Whether `payload` is an answer of the Messages API."""
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("content"), list)
        and (payload.get("type") == "message" or payload.get("role") == "assistant")
    )


def events_of_message(message: dict[str, Any]) -> list[ApiEvent]:
    """The stream that folds into `message`."""
    start = {**message, "content": [], "stop_reason": None, "stop_sequence": None}
    events: list[ApiEvent] = [{"type": "message_start", "message": start}]
    blocks = [block for block in message["content"] if isinstance(block, dict)]
    for index, block in enumerate(blocks):
        events += _events_of_block(index, block)
    ending = {key: message.get(key) for key in ("stop_reason", "stop_sequence", "stop_details")}
    events.append({"type": "message_delta", "delta": ending, "usage": message.get("usage") or {}})
    events.append({"type": "message_stop"})
    return events


def _events_of_block(index: int, block: Block) -> list[ApiEvent]:
    # Text and thinking go into deltas, where a reader looks for them; every other kind comes whole, as results do.
    key = kind_of(block)
    events: list[ApiEvent] = []
    if key in ("text", "thinking") and isinstance(text := block.get(key), str) and text:
        events.append({"type": "content_block_start", "index": index, "content_block": {**block, key: ""}})
        delta = {"type": f"{key}_delta", key: text}
        events.append({"type": "content_block_delta", "index": index, "delta": delta})
    else:
        events.append({"type": "content_block_start", "index": index, "content_block": block})
    events.append({"type": "content_block_stop", "index": index})
    return events
