"""Files that the model's code made in the server's container: which there are, and what they may be called here."""

import re
from collections.abc import Iterable, Mapping

from salon.chat.blocks import is_tool_result
from salon.chat.conversation import Message

LARGEST = 100 * 1024 * 1024
"""Bytes of a file that are downloaded; it is in memory once."""
_LONGEST_NAME = 100
_UNSUITABLE = re.compile(r"[^\w.() +,=@-]+")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def made_files(messages: Iterable[Message]) -> list[str]:
    """The ids of the files that code made in these answers, each once, in order."""
    found: dict[str, None] = {}
    for message in messages:
        for block in message.content if message.role == "assistant" and not message.source else ():
            content = block.get("content")
            outputs = content.get("content") if is_tool_result(block) and isinstance(content, Mapping) else None
            for output in outputs if isinstance(outputs, list) else ():
                file_id = output.get("file_id") if isinstance(output, Mapping) else None
                if isinstance(file_id, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,100}", file_id):
                    found[file_id] = None
    return list(found)


def name_here(name: str) -> str:
    """The name under which a downloaded file is kept: no path, not hidden, no device, nothing a terminal obeys."""
    last = re.split(r"[/\\]", name)[-1]
    words = _UNSUITABLE.sub("-", last).strip(" .-")
    stem, dot, suffix = words.rpartition(".")
    if dot and len(suffix) <= 10:
        stem, suffix = stem[: _LONGEST_NAME - len(suffix)].strip(" .-"), f".{suffix}"
    else:
        stem, suffix = words[:_LONGEST_NAME].strip(" .-"), ""
    if not stem or _DEVICES.fullmatch(stem + suffix):
        stem = f"file-{stem}".strip("-")
    return stem + suffix
