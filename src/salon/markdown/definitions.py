"""Link reference definitions: CommonMark 0.31, section 4.7."""

import re
from typing import NamedTuple

_LABEL = re.compile(r"[ ]{0,3}\[((?:[^\\\[\]]|\\.){1,999})\]:[ \t]*\n?[ \t]*", re.DOTALL)
_POINTED = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_BARE_PART = re.compile(r"(?:[^\\()\x00-\x20\x7f]|\\[^\x00-\x20\x7f])+|\\")
_TITLE = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)""", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*\n?[ \t]*")
_LINE_END = re.compile(r"[ \t]*(?:\n|$)")


class Definition(NamedTuple):
    """What a label stands for; `label` is normalised as references to it are."""

    label: str
    href: str


def take_definitions(text: str, before: int) -> tuple[list[Definition], int]:
    """The definitions that a paragraph begins with and that end at `before` at the latest, and where they do."""
    found: list[Definition] = []
    offset = 0
    while True:
        parsed = _definition(text, offset)
        if parsed is None or parsed[1] > before:
            return found, offset
        definition, offset = parsed
        found.append(definition)


def _definition(text: str, offset: int) -> tuple[Definition, int] | None:
    label = _LABEL.match(text, offset)
    if label is None or not label[1].strip():
        return None
    # Slow to import, and hardly any text defines a link.
    from markdown_it.common.normalize_url import validateLink
    from markdown_it.common.utils import normalizeReference, unescapeAll

    target = _destination(text, label.end())
    if target is None:
        return None
    href, after_target = unescapeAll(target[0]), target[1]
    end = _after_title(text, after_target)
    if end is None or not validateLink(href):
        return None
    return Definition(normalizeReference(label[1]), href), end


def _destination(text: str, offset: int) -> tuple[str, int] | None:
    if pointed := _POINTED.match(text, offset):
        return pointed[1], pointed.end()
    if text.startswith("<", offset):
        return None
    end, depth = offset, 0
    while True:
        if part := _BARE_PART.match(text, end):
            end = part.end()
        elif text.startswith("(", end):
            depth += 1
            end += 1
        elif text.startswith(")", end) and depth:
            depth -= 1
            end += 1
        else:
            break
    if end == offset or depth:
        return None
    return text[offset:end], end


def _after_title(text: str, offset: int) -> int | None:
    """Where the line after the definition begins: a title has to fill its line, or it is none."""
    without = _LINE_END.match(text, offset)
    blanks = _BLANKS.match(text, offset)
    if blanks and blanks.end() > offset and (title := _TITLE.match(text, blanks.end())):
        with_title = _LINE_END.match(text, title.end())
        if with_title:
            return with_title.end()
    return without.end() if without else None
