"""What of a message is indexed, and what counts as the same word.

Words are made here and not by SQLite, so that the index, the slow scan and the marks in a snippet agree: accents and
case are folded, a word is a run of letters and digits, and each letter of a script that is written without blanks
(Chinese, Japanese, Korean, Thai ...) is a word of its own. A question in one of these is then a phrase of letters, and
found in the middle of any text, be it a single letter.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from unicodedata import normalize

from salon.chat.blocks import Block, is_tool_result, is_tool_use, joined_text, kind_of, thinking_of
from salon.chat.conversation import Message
from salon.chat.search import Voice

LONGEST = 2_000_000
"""Characters of one text that are indexed; what is longer is data."""

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""The letters that are words of their own, as the inside of a character class."""
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NOT_A_WORD = re.compile(r"[\W_]+")
_LETTER_WORD = re.compile(f"[{UNSPACED}]")
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_NAMES = ("title", "name", "filename", "file_name", "url")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that is found as one: what one voice says in one message, prose and code apart."""

    voice: Voice
    text: str
    code: str = ""


def folded(text: str) -> str:
    """`text` as the index has it: words parted by blanks or by ASCII that is neither letter nor digit."""
    if text.isascii():
        return text.lower().replace("\0", " ")
    plain = normalize("NFKC", _ACCENTS.sub("", normalize("NFKD", text))).casefold()
    return _LETTER_WORD.sub(r" \g<0> ", _NOT_A_WORD.sub(" ", plain))


def words_of(text: str) -> list[str]:
    """The words of `text`, folded, in their order."""
    return _WORD.findall(folded(text))


def is_letter_word(word: str) -> bool:
    """Whether a word is a letter of a script without blanks: then it is never the beginning of another word."""
    return _LETTER_WORD.match(word) is not None


def passages(message: Message) -> list[Passage]:
    """What is indexed of a message; of one that Salon wrote to have an answer continued, nothing."""
    if message.seam:
        return []
    voice = Voice.USER if message.role == "user" else Voice.ASSISTANT
    said = joined_text(message.content)
    names = "\n".join(dict.fromkeys(chain.from_iterable(map(_attachment_names, message.content))))
    told = [
        _passage(voice, "\n\n".join(filter(None, (said, names)))),
        Passage(Voice.THINKING, "\n\n".join(filter(None, map(thinking_of, message.content)))[:LONGEST]),
        Passage(Voice.TOOL, "\n".join(chain.from_iterable(map(_tool_texts, message.content)))[:LONGEST]),
    ]
    return [passage for passage in told if passage.text or passage.code]


def note_passage(text: str) -> Passage:
    """What is indexed of a note."""
    return _passage(Voice.NOTE, text)


def title_passage(title: str, tags: Iterable[str]) -> Passage:
    """What is indexed of a session itself."""
    return Passage(Voice.TITLE, "\n".join(filter(None, (title, " · ".join(tags)))))


def _passage(voice: Voice, text: str) -> Passage:
    prose, code = split_code(text[:LONGEST])
    return Passage(voice, prose, code)


def split_code(text: str) -> tuple[str, str]:
    """Prose and fenced code of a Markdown text, each in its order; an open fence reaches to the end."""
    if "```" not in text and "~~~" not in text:
        return text, ""
    prose: list[str] = []
    code: list[str] = []
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found is not None and not fence:
            fence = found[1]
            code.append(line[found.end() :])
        elif found is not None and found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""
        else:
            (code if fence else prose).append(line)
    return "\n".join(prose), "\n".join(code)


def _attachment_names(block: Block) -> Iterator[str]:
    """What a picture or a document is called."""
    if kind_of(block) in {"", "text", "thinking"} or is_tool_use(block) or is_tool_result(block):
        return
    for place in (block, block.get("source"), block.get("salon")):
        if isinstance(place, Mapping):
            for name in _NAMES:
                value = place.get(name)
                if isinstance(value, str) and not value.startswith("data:"):
                    yield value[:1_000]


def _tool_texts(block: Block) -> Iterator[str]:
    """A tool's name and what it was asked, or what the things it found are called."""
    if is_tool_use(block):
        if isinstance(name := block.get("name"), str):
            yield name
        yield from _strings(block.get("input"), _DEEPEST)
    elif is_tool_result(block):
        found = block.get("content")
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, Mapping):
                yield from (value for name in _NAMES if isinstance(value := item.get(name), str))


def _strings(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item, depth - 1)
    elif depth and isinstance(value, list):
        for item in value:
            yield from _strings(item, depth - 1)
