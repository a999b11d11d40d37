"""What a specification's HTML shows, and what our rows show, in one form that can be compared.

The form is a list of characters, blanks left out, each with the marks it stands in: emphasis, strength, code, a link.
List markers are characters too (``•`` or the number), images are ``🖼`` and their alternative text. HTML that the source
itself contains is text, as Salon shows it.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_support import rendered
from salon.markdown import Document, Span

_TAG = re.compile(
    r"<!--(?:-?>|.*?-->)|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<![A-Za-z][^>]*>|</?([A-Za-z][\w-]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_MARKS = {"em": "i", "strong": "b", "del": "s", "code": "c", "a": "l"}
_UNMARKED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "table"})  # where a look is bold by itself
_MARKER = re.compile(r"\s*(?:[•◦▪]|\d+\.|[☐☑])\s*")
_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^#{1,6} +(.*)$", re.MULTILINE)

Shown = list[tuple[str, str]]


class Example(NamedTuple):
    """One example of a specification, its section's heading and its number in the order of the text."""

    number: int
    section: str
    source: str
    html: str


def examples(specification: Path) -> Iterator[Example]:
    """The examples of a ``spec.txt``, whose arrows stand for tabs."""
    text = specification.read_text(encoding="utf-8").replace("→", "\t")
    sections = [(match.start(), match[1]) for match in _SECTION.finditer(_EXAMPLE.sub(_blank, text))]
    for number, match in enumerate(_EXAMPLE.finditer(text), start=1):
        section = [name for start, name in sections if start < match.start()][-1]
        yield Example(number, section, match[1], match[2])


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def shown_by_html(expected: str, source: str) -> Shown:
    """What the HTML of an example shows of `source`."""
    shown: Shown = []
    open_tags: list[str] = []
    ordinals: list[int | None] = []
    position = 0
    for match in _TAG.finditer(expected):
        shown += _marked(html.unescape(expected[position : match.start()]), open_tags)
        position = match.end()
        attributes = dict(_ATTRIBUTE.findall(match[2] or ""))
        name, closes = (match[1] or "").lower(), match[0].startswith("</")
        if not name or match[0] in source:
            shown += _marked(match[0], open_tags)
        elif name in {"ol", "ul"}:
            if closes:
                ordinals.pop()
            else:
                ordinals.append(int(attributes.get("start", "1")) if name == "ol" else None)
        elif name == "li" and not closes:
            ordinal = ordinals[-1]
            shown += _marked("•" if ordinal is None else f"{ordinal}.", [])
            ordinals[-1] = None if ordinal is None else ordinal + 1
        elif name == "img":
            shown += _marked(f"🖼{html.unescape(attributes['alt']) or 'image'}", [*open_tags, "a"])
        elif name == "input":
            shown[-1] = ("☑" if "checked" in attributes else "☐", "")
        elif closes:
            if name in open_tags:
                del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name) :]
        elif name not in {"br", "hr"}:
            open_tags.append(name)
    return shown + _marked(html.unescape(expected[position:]), open_tags)


def _marked(text: str, open_tags: list[str]) -> Shown:
    marks = "".join(sorted({_MARKS[tag] for tag in open_tags if tag in _MARKS}))
    if "pre" in open_tags:
        marks = "c"
    if not _UNMARKED.isdisjoint(open_tags):
        marks = marks.replace("b", "")
    return [(char, marks) for char in text if not char.isspace()]


def shown_by_rows(source: str) -> Shown:
    """What our rows show of `source`."""
    document = Document(source)
    document.finish()
    shown: Shown = []
    for line in rendered(source, 1000, measure=1000):
        kind = document.blocks[line.block].kind if line.block >= 0 else ""
        for span in line.spans:
            if span.decoration:
                if _MARKER.fullmatch(span.text):
                    text = re.sub("[◦▪]", "•", span.text)
                    shown += [(char, "") for char in text if not char.isspace()]
            else:
                marks = _marks(span)
                if kind in {"heading", "table"}:
                    marks = marks.replace("b", "")
                shown += [(char, marks) for char in span.text if not char.isspace()]
    return shown


def _marks(span: Span) -> str:
    look = span.look
    # A link without a target shows only in its colour.
    flags = {
        "i": look.italic,
        "b": look.bold,
        "s": look.strike,
        "c": look.role.startswith("code."),
        "l": look.role == "link" or span.href,
    }
    return "".join(sorted(mark for mark, is_on in flags.items() if is_on))
