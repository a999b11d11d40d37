"""The Messages API's rules about history, as a checker: what it would refuse, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any


def broken_rules(body: Mapping[str, Any]) -> list[str]:
    """What of a request's history the API would refuse; empty for one that it takes."""
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    found = []
    if not messages or messages[0]["role"] != "user":
        found.append("a history begins with a user message")
    if messages and messages[-1]["role"] != "user" and not _paused(messages[-1]):
        found.append("a history ends with a user message, unless a paused answer is resumed")
    open_calls: list[Any] = []
    for number, message in enumerate(messages):
        content = message["content"]
        if not content:
            found.append(f"message {number} is empty")
        kinds = [block["type"] for block in content]
        results = [block["tool_use_id"] for block in content if block["type"] == "tool_result"]
        if any(block["type"] == "text" and not block["text"].strip() for block in content):
            found.append(f"message {number} has blank text")
        if results != open_calls:
            found.append(f"message {number} answers {results}, the calls before it are {open_calls}")
        if results and kinds[: len(results)] != ["tool_result"] * len(results):
            found.append(f"message {number} has something before its tool results")
        if results and message["role"] != "user":
            found.append(f"message {number} has tool results in an answer")
        open_calls = [block["id"] for block in content if block["type"] == "tool_use"]
        if open_calls and message["role"] != "assistant":
            found.append(f"message {number} has calls in a user message")
        if number and messages[number - 1]["role"] == message["role"] == "user" and results:
            found.append(f"message {number} is behind another user message and has results")
        if open_calls and not any("input_schema" in tool for tool in body.get("tools", ())):
            found.append(f"message {number} has calls of tools that the request does not define")
    if open_calls:
        found.append("the last calls have no results")
    return found


def _paused(message: Mapping[str, Any]) -> bool:
    return message["role"] == "assistant" and any(block["type"] == "server_tool_use" for block in message["content"])
