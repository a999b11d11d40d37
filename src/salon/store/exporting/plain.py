"""A chat as plain text."""

from salon.store.exporting.parts import Part, Piece, pieces
from salon.store.exporting.selecting import Export
from salon.untrusted import clean_line


def plain(export: Export) -> str:
    """The whole document."""
    title = clean_line(export.title, 300)
    parts = [f"{title}\n{'=' * min(len(title), 78)}", clean_line(" · ".join(export.facts()), 300)]
    for each in export.said:
        name = clean_line(export.name_of(each.message), 100)
        remarks = "".join(f" · {remark}" for remark in export.remarks(each))
        parts.append(f"{name}{clean_line(remarks, 300) and ' '}{clean_line(remarks, 300)}\n{'-' * len(name)}")
        told = (_piece(piece) for piece in pieces(each.message, thinking=export.wanted.thinking))
        parts += [part for part in told if part]
    return "\n\n".join(parts) + "\n"


def _piece(piece: Piece) -> str:
    heading = clean_line(piece.heading, 300)
    match piece.part:
        case Part.WORDS:
            return piece.text.strip("\n")
        case Part.ATTACHMENT:
            return f"[{heading}]"
        case Part.SOURCES:
            links = (clean_line(f"{title}: {url}" if title != url else url, 500) for title, url in piece.links)
            return "Sources:\n" + "\n".join(f"  {number}. {link}" for number, link in enumerate(links, 1))
        case _:
            return f"[{heading}]\n" + "\n".join(f"  {line}".rstrip() for line in piece.text.strip("\n").split("\n"))
