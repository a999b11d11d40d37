"""What an answer cites: each source once, numbered in the order of the text, and the list of them under the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from rich.cells import set_cell_size

from salon.markdown import Line, Lines, Span, look
from salon.markdown.cells import cell_len
from salon.ui.sections import Frame, Rows
from salon.untrusted import clean, clean_line
from salon.words import tr

_NUMBER, _TITLE, _REST = look("accent"), look("link"), look("text-faint")
_LONGEST = 300


@dataclass(slots=True)
class Source:
    """One source: its title, where it is, and the pages that were cited."""

    number: int
    title: str
    href: str = ""
    pages: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The host of a page on the web, the cited pages of a document."""
        if self.pages:
            return f"{'pages' if len(self.pages) > 1 or '–' in self.pages[0] else 'page'} {', '.join(self.pages)}"
        try:
            host = urlsplit(self.href).hostname or ""
        except ValueError:
            return ""
        return host.removeprefix("www.")


class Sources:
    """The sources of one message."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Source] = {}

    def all(self) -> list[Source]:
        """Every source so far, in the order of its number."""
        return list(self._by_key.values())

    def cite(self, citations: Any) -> list[Source]:
        """The sources of a passage, in order, each once; `citations` is what a text block has under that name."""
        found: dict[int, Source] = {}
        for citation in citations if isinstance(citations, list) else ():
            if isinstance(citation, Mapping):
                source = self._source(citation)
                found[source.number] = source
        return list(found.values())

    def _source(self, citation: Mapping[str, Any]) -> Source:
        href = _text(citation, "url") or _text(citation, "source")
        title = _text(citation, "title") or _text(citation, "document_title")
        position = citation.get("document_index")
        key = ("", href) if href else (str(position), title)
        source = self._by_key.get(key)
        if source is None:
            shown = (
                title
                or href
                or (
                    tr("Document {position}", position=position + 1)
                    if isinstance(position, int)
                    else tr("Untitled source")
                )
            )
            link = clean(href).replace("\n", "").replace("\t", "")
            source = self._by_key[key] = Source(len(self._by_key) + 1, clean_line(shown, _LONGEST), link)
        if (pages := _pages(citation)) and pages not in source.pages:
            source.pages.append(pages)
        return source


def _text(citation: Mapping[str, Any], name: str) -> str:
    value = citation.get(name)
    return value if isinstance(value, str) else ""


def _pages(citation: Mapping[str, Any]) -> str:
    """The pages of a page_location, whose end is exclusive."""
    first, end = citation.get("start_page_number"), citation.get("end_page_number")
    if not isinstance(first, int):
        return ""
    return f"{first}–{end - 1}" if isinstance(end, int) and end - 1 > first else str(first)


class SourcesSection:
    """The list under an answer: number, title, and where it is."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def lay_out(self, frame: Frame) -> Lines:
        """A row each, below a heading."""
        width = min(frame.width, frame.measure)
        wide = len(str(len(self._sources)))
        rows = [Line((Span("Sources"[:width], look("text-muted"), True),))]
        for source in self._sources:
            number = f"[{source.number}] ".ljust(wide + 3)
            room = max(1, width - len(number))
            place = f" · {source.place}" if source.place and source.place != source.title else ""
            title = _fitted(source.title, max(min(room, 8), room - cell_len(place)))
            rest = _fitted(place, room - cell_len(title))
            spans = (Span(number, _NUMBER), Span(title, _TITLE, False, source.href), Span(rest, _REST))
            rows.append(Line(tuple(span for span in spans if span.text)))
        return Rows(rows)

    def source(self) -> str:
        """The list as Markdown."""
        return "\n".join(
            f"[{source.number}] {source.title}{f' <{source.href}>' if source.href else f' {source.place}'.rstrip()}"
            for source in self._sources
        )


def _fitted(text: str, cells: int) -> str:
    """The text in so many cells, an ellipsis at its end where it was cut."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "…"[: max(0, cells)]
