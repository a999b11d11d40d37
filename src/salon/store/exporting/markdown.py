"""A chat as Markdown, the words exactly as they were written."""

import re

from salon.store.exporting.parts import Part, Piece, pieces
from salon.store.exporting.selecting import Export, Said
from salon.untrusted import clean_line

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_SPECIAL = re.compile(r"([\\`*\[\]<>#|]|(?<!\w)_|_(?!\w))")


def markdown(export: Export) -> str:
    """The whole document."""
    parts = [f"# {_line(export.title)}", f"*{_line(' · '.join(export.facts()))}*"]
    for each in export.said:
        parts += _message(export, each)
    return "\n\n".join(parts) + "\n"


def _message(export: Export, each: Said) -> list[str]:
    remarks = "".join(f" · {remark}" for remark in export.remarks(each))
    told = (_piece(piece) for piece in pieces(each.message, thinking=export.wanted.thinking))
    return [f"## {_line(export.name_of(each.message) + remarks)}", *(part for part in told if part)]


def _piece(piece: Piece) -> str:
    match piece.part:
        case Part.WORDS:
            return _closed(piece.text.strip("\n"))
        case Part.THINKING:
            lines = (f"> {line}".rstrip() for line in _closed(piece.text.strip("\n")).split("\n"))
            return f"> **{piece.heading}**\n>\n" + "\n".join(lines)
        case Part.CALL | Part.RESULT:
            return f"**{_line(piece.heading)}**\n\n{fenced(piece.text, 'json' if piece.part is Part.CALL else '')}"
        case Part.ATTACHMENT:
            return f"*{_line(piece.heading)}*"
        case Part.SOURCES:
            return "Sources:\n\n" + "\n".join(f"{number}. {_link(*link)}" for number, link in enumerate(piece.links, 1))


def fenced(text: str, language: str = "") -> str:
    """`text` as a code block that nothing in it can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _closed(text: str) -> str:
    """`text` with a code block that it leaves open closed, so that it does not swallow the rest of the document."""
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.fullmatch(line)
        if found is None:
            continue
        mark, rest = found[1], found[2]
        if not fence:
            fence = mark if mark[0] == "~" or "`" not in rest else ""
        elif mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip():
            fence = ""
    return f"{text}\n{fence}" if fence else text


def _line(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean_line(text, 300))


def _link(title: str, url: str) -> str:
    address = re.sub(r"[\s<>]", "", url)
    return f"[{_line(title)}](<{address}>)" if address.startswith(("http://", "https://")) else _line(title)
