"""Blocks that are neither text nor thinking: what one folded row says of each, and what is below it when it is open.

All of it is raw: who shows it cleans it. Whatever a server sends, nothing here raises.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from salon.chat.blocks import Block, is_tool_result, is_tool_use, kind_of
from salon.chat.tools import ToolCall
from salon.words import plural, tr

_NAMES = {
    "web_search": tr("Web search"),
    "web_fetch": tr("Web fetch"),
    "bash_code_execution": tr("Shell"),
    "code_execution": tr("Code"),
    "text_editor_code_execution": tr("File"),
    "tool_search_tool_bm25": tr("Tool search"),
    "tool_search_tool_regex": tr("Tool search"),
    "advisor": tr("Advisor"),
}
_TELLING = ("query", "pattern", "url", "command", "path", "code")
"""Inputs that tell most about a call, where it has one of them."""
_LONGEST = 2000
"""Characters of an input or a result that are looked at for a row."""


def describe_block(block: Block) -> str:
    """One line, raw, on a block that is neither text nor thinking."""
    kind = kind_of(block)
    if is_tool_use(block):
        return _call(block)
    if is_tool_result(block):
        return _result(block)
    if kind == "compaction":
        words = len(_string(block, "content").split())
        return tr("Earlier messages were summarised") + (tr(" · {words:,} words", words=words) if words else "")
    if kind == "fallback":
        return _fallback(block)
    if kind == "container_upload":
        return tr("File for the container: {text}", text=_string(block, "file_id")).removesuffix(": ")
    return kind.replace("_", " ") or tr("block without a kind")


def unfolded(block: Block) -> str:
    """What the block says, as text: an input's values, an output, a list of results; JSON where nothing better fits."""
    content = block.get("content")
    if is_tool_use(block):
        return _input(block.get("input"))
    if kind_of(block) == "compaction" and isinstance(content, str):
        return content
    if is_tool_result(block):
        if isinstance(content, list):
            told = [_item(item) for item in content]
            if told and all(told):
                return "\n\n".join(told)
        elif isinstance(content, Mapping) and (output := _output(content)):
            return output
        elif isinstance(content, str) and content:
            return content
    return as_json(block, indent=2)


def as_json(value: Any, indent: int | None = None) -> str:
    """`value` as JSON, or a sentence that it cannot be written."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except (RecursionError, ValueError, TypeError):
        return tr("(It is nested too deeply to be shown.)")  # it could just be read, and is kept as it came


# calls


def call_line(name: str) -> str:
    """A tool of a server's, for people; raw."""
    server, separator, own = name.partition("__")
    return f"{server} · {own}" if separator and server and own else name


def call_text(call: ToolCall) -> str:
    """What a tool is given, for people; raw."""
    return _input(call.arguments) if call.arguments else tr("(nothing)")


def _call(block: Block) -> str:
    name = _string(block, "name") or kind_of(block)
    shown = _NAMES.get(name, name) if kind_of(block) == "server_tool_use" else name
    if kind_of(block) == "tool_use":
        shown = call_line(name)
    if server := _string(block, "server_name"):
        shown = f"{server} · {name}"
    return f"{shown}: {_told(name, block.get('input'))}".removesuffix(": ")


def _told(name: str, asked: Any) -> str:
    if not isinstance(asked, Mapping):
        return as_json(asked)[:_LONGEST] if asked else ""
    if name == "text_editor_code_execution":
        return f"{_string(asked, 'command')} {_string(asked, 'path')}".strip()
    only = next(iter(asked.values())) if len(asked) == 1 else None
    telling = only if isinstance(only, str) else next(filter(None, (_string(asked, key) for key in _TELLING)), "")
    if not telling:
        return as_json(asked)[:_LONGEST] if asked else ""
    lines = [line for line in telling.strip().split("\n") if line.strip()]
    more = tr(" … {count} lines", count=len(lines)) if len(lines) > 1 else ""
    return (lines[0].strip() if lines else "") + more


def _input(asked: Any) -> str:
    if not isinstance(asked, Mapping) or not asked:
        return as_json(asked, indent=2)
    if len(asked) == 1 and isinstance(only := next(iter(asked.values())), str):
        return only.strip("\n")
    parts = []
    for key, value in asked.items():
        text = value.rstrip("\n") if isinstance(value, str) else as_json(value)
        parts.append(f"{key}:\n{text}" if "\n" in text else f"{key}: {text}")
    return "\n".join(parts)


# results


def _result(block: Block) -> str:
    kind, content = kind_of(block), block.get("content")
    name = _NAMES.get(kind.removesuffix("_tool_result"), "")
    if isinstance(content, Mapping):
        error = _string(content, "error_code") or _string(content, "error_message")
        if error:
            return tr("{name} failed: {error}", name=name or tr("Tool"), error=error.replace("_", " "))
        teller = _ran if "return_code" in content else _TELLERS.get(_string(content, "type"))
        return teller(content) if teller is not None else tr("{name} result", name=name).strip().capitalize()
    if kind == "web_search_tool_result" and isinstance(content, list):
        titles = [title for item in content if isinstance(item, Mapping) and (title := _string(item, "title"))]
        return _counted(len(content), "result") + (f": {', '.join(titles)}" if titles else "")
    text = content if isinstance(content, str) else "\n".join(map(_item, content)) if isinstance(content, list) else ""
    first = next((line.strip() for line in text[:_LONGEST].split("\n") if line.strip()), "")
    return f"{(tr('Failed') if block.get('is_error') else tr('Result'))}: {first}".removesuffix(": ")


def _ran(content: Mapping[str, Any]) -> str:
    """Exit code and size of a program's output."""
    code = content.get("return_code")
    parts = [tr("Exit code {code}", code=code) if isinstance(code, int) else tr("Ran")]
    for key, what in (("stdout", "output"), ("stderr", "errors")):
        if text := _string(content, key).strip("\n"):
            parts.append(tr("{count} of {what}", count=_counted(text.count(chr(10)) + 1, "line"), what=what))
    if isinstance(files := content.get("content"), list) and files:
        parts.append(_counted(len(files), "file"))
    return " · ".join(parts)


def _fetched(content: Mapping[str, Any]) -> str:
    """Title, host and size of a page."""
    document = content.get("content")
    document = document if isinstance(document, Mapping) else {}
    source = document.get("source")
    source = source if isinstance(source, Mapping) else {}
    data = _string(source, "data")
    url = _string(content, "url")
    parts = [_string(document, "title") or url]
    try:
        parts.append(urlsplit(url).hostname or "")
    except ValueError:
        parts.append("")
    if data and _string(source, "type") == "text":
        parts.append(tr("{count:,} characters", count=len(data)))
    return tr("Fetched: ") + " · ".join(filter(None, parts))


def _viewed(content: Mapping[str, Any]) -> str:
    lines, total = content.get("num_lines"), content.get("total_lines")
    if not isinstance(lines, int):
        lines = _string(content, "content").count("\n") + 1
    if isinstance(total, int) and total != lines:
        return plural("Read {lines:,} of {n:,} line", "Read {lines:,} of {n:,} lines", max(2, total), lines=lines)
    return plural("Read {n:,} line", "Read {n:,} lines", lines)


def _created(content: Mapping[str, Any]) -> str:
    return tr("File overwritten") if content.get("is_file_update") else tr("File created")


def _replaced(content: Mapping[str, Any]) -> str:
    lines = content.get("lines")
    lines = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    gone, come = (sum(line.startswith(sign) for line in lines) for sign in "-+")
    return tr("File changed: {come} added, {gone:,} removed", come=_counted(come, "line"), gone=gone)


def _tools_found(content: Mapping[str, Any]) -> str:
    found = content.get("tool_references")
    found = found if isinstance(found, list) else []
    names = [name for item in found if isinstance(item, Mapping) and (name := _string(item, "tool_name"))]
    return _counted(len(found), "tool") + (f": {', '.join(names)}" if names else "")


def _advised(content: Mapping[str, Any]) -> str:
    words = len(_string(content, "text").split())
    cut = tr(" · cut at its limit") if content.get("stop_reason") == "max_tokens" else ""
    return tr("Advice · {words}{cut}", words=_counted(words, "word"), cut=cut)


_TELLERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "bash_code_execution_result": _ran,
    "code_execution_result": _ran,
    "encrypted_code_execution_result": _ran,
    "web_fetch_result": _fetched,
    "text_editor_code_execution_view_result": _viewed,
    "text_editor_code_execution_create_result": _created,
    "text_editor_code_execution_str_replace_result": _replaced,
    "tool_search_tool_search_result": _tools_found,
    "advisor_result": _advised,
    "advisor_redacted_result": lambda _content: tr("Advice, encrypted by the API"),
}


def _output(content: Mapping[str, Any]) -> str:
    """What a result object says in words; "" where it says nothing in words."""
    streams = [text.strip("\n") for key in ("stdout", "stderr") if (text := _string(content, key))]
    if streams:
        return "\n\n".join(streams)
    if text := _string(content, "text") or _string(content, "content"):
        return text
    lines = content.get("lines")
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        return "\n".join(lines)
    document = content.get("content")
    source = document.get("source") if isinstance(document, Mapping) else None
    if isinstance(source, Mapping) and _string(source, "type") == "text":
        return _string(source, "data")
    return ""


def _item(item: Any) -> str:
    """One item of a result's list: a text, or a page that was found."""
    if not isinstance(item, Mapping):
        return item if isinstance(item, str) else ""
    if text := _string(item, "text"):
        return text
    lines = [_string(item, "title"), _string(item, "url"), _string(item, "page_age")]
    return "\n".join(filter(None, lines))


def _fallback(block: Block) -> str:
    before, after, trigger = (block.get(key) for key in ("from", "to", "trigger"))
    told = tr("Another model went on")
    if isinstance(after, Mapping) and (model := _string(after, "model")):
        told = tr("{model} went on", model=model)
    if isinstance(before, Mapping) and (model := _string(before, "model")):
        told += tr(" in place of {model}", model=model)
    why = _string(trigger, "type") if isinstance(trigger, Mapping) else ""
    return f"{told} ({why.replace('_', ' ')})" if why else told


def _counted(number: int, thing: str) -> str:
    forms = {
        "line": plural("{n:,} line", "{n:,} lines", number),
        "word": plural("{n:,} word", "{n:,} words", number),
        "result": plural("{n:,} result", "{n:,} results", number),
        "file": plural("{n:,} file", "{n:,} files", number),
        "tool": plural("{n:,} tool", "{n:,} tools", number),
    }
    return forms[thing]


def _string(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
