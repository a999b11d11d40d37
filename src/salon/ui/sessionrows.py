"""Chats as the rows of a list: which are found, in which groups they stand, what a row says."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from rich.cells import set_cell_size

from salon.chat.summary import SessionSummary
from salon.markdown import Line, Span, look
from salon.markdown.cells import cell_len
from salon.ui.chatstates import ROLES, ChatState
from salon.ui.sections import short_number
from salon.untrusted import clean_line
from salon.words import tr

Rows = list[str | SessionSummary]
"""Headings of groups, and chats."""

_TAG = "tag:"


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed into a list of chats: words, and tags as `tag:x`."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Query":
        """The query that somebody typed."""
        parts = typed.casefold().split()
        return cls(
            tuple(part for part in parts if not part.startswith(_TAG)),
            tuple(part[len(_TAG) :] for part in parts if part.startswith(_TAG) and part != _TAG),
        )

    def finds(self, session: SessionSummary, text: str) -> bool:
        """Whether a chat whose `searchable` text is given is meant; of the last tag the beginning is enough."""
        if not all(word in text for word in self.words):
            return False
        return not self.tags or _has_tags(session.tags.casefold().split(), self.tags)


def _has_tags(tags: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(tag in tags for tag in wanted[:-1]) and any(tag.startswith(wanted[-1]) for tag in tags)


def searchable(session: SessionSummary) -> str:
    """What the words of a query are looked for in."""
    return f"{session.title}\n{session.first_words}\n{session.tags}\n{session.id}".casefold()


def grouped(sessions: Sequence[SessionSummary], now: datetime) -> Rows:
    """Pinned chats, then the others by when they were used last; `sessions` are in that order already."""
    midnight = datetime(now.year, now.month, now.day)
    bounds = [(midnight - timedelta(days=days)).timestamp() for days in (30, 6, 1, 0)]
    names = (tr("Older"), tr("Last month"), tr("Last week"), tr("Yesterday"), tr("Today"))
    rows: Rows = []
    pinned = [session for session in sessions if session.pinned]
    if pinned:
        rows += [tr("Pinned"), *pinned]
    group = len(names)
    for session in sessions:
        if session.pinned:
            continue
        own = bisect_right(bounds, session.modified)
        if own < group:
            group = own
            rows.append(names[own])
        rows.append(session)
    return rows


def when(seconds: float, now: datetime) -> str:
    """When something was: a clock today, yesterday, a day of the week or a date."""
    try:
        time = datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):
        return "?"  # a file system may say what a calendar does not have
    days = (now.date() - time.date()).days
    if days == 0:
        return f"{time:%H:%M}"
    if days == 1:
        return "yesterday"
    if 1 < days < 7:
        return f"{time:%a}"
    return f"{time:%d %b}" if time.year == now.year else f"{time:%d %b %Y}"


def money(cost: Decimal | None) -> str:
    """A cost in few characters; "" where none is known."""
    if cost is None:
        return ""
    return f"${cost:.2f}" if cost >= Decimal("0.005") or not cost else "<1¢"


def brief(name: str, cells: int) -> str:
    """A name in so many cells: what it says in brackets goes first, then its end."""
    if cell_len(name) > cells:
        name = name.partition(" (")[0]
    return name if cell_len(name) <= cells else set_cell_size(name, cells - 1) + "…"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a row shows at its right, clean; "" where nothing is known."""

    model: str = ""
    when: str = ""
    size: str = ""
    cost: str = ""


_COLUMNS = (("when", 11, 46), ("model", 16, 64), ("cost", 8, 80), ("size", 8, 92))
"""Column, its cells, and the width of a list from which on it is shown."""
_ORDER = ("model", "size", "cost", "when")


def session_line(
    session: SessionSummary, figures: Figures, width: int, *, marked: bool = False, state: ChatState | None = None
) -> Line:
    """One row: marks, how it is if it is open, title and first words, tags, figures."""
    shown = {name: cells for name, cells, least in _COLUMNS if width >= least}
    room = max(8, width - 4 - sum(shown.values()))
    spans = [
        Span(" ", look()),
        Span("✓" if marked else "●" if state is not None else " ", look("accent")),
        Span(" ", look()),
    ]
    if state:
        spans.append(Span(f"{state.value} · ", look(ROLES[state])))
        room -= cell_len(spans[-1].text)
    spans += _texts(session, max(0, room))
    for name in _ORDER:
        if name in shown:
            text = getattr(figures, name)
            fitted = brief(text, shown[name] - 1)
            role = "text-muted" if name == "when" else "text-faint"
            spans.append(Span(" " * (shown[name] - cell_len(fitted)) + fitted, look(role)))
    spans.append(Span(" ", look()))
    return Line(tuple(spans))


def _texts(session: SessionSummary, room: int) -> list[Span]:
    """Title, tags, and the first words where they are not the title; exactly `room` cells."""
    title, first = clean_line(session.title, 120), clean_line(session.first_words, 160)
    texts = [(title or first or tr("(only a draft)"), "text" if title or first else "text-muted")]
    texts += [(f"  #{clean_line(tag, 40)}", "accent") for tag in session.tags.split()]
    if title and first and not first.startswith(title.rstrip("…")):
        texts.append((f"  {first}", "text-faint"))
    spans: list[Span] = []
    for text, role in texts:
        cells = cell_len(text)
        if cells > room:
            if room > 3:
                spans.append(Span(set_cell_size(text, room - 1) + "…", look(role)))
                room = 0
            break
        spans.append(Span(text, look(role)))
        room -= cells
    return [*spans, Span(" " * room, look())] if room else spans


def heading_line(heading: str) -> Line:
    """The row of a group's name."""
    return Line((Span(f"   {heading}", look("text-faint")),))


def size_of(session: SessionSummary) -> str:
    """A size on disk, as few characters."""
    return f"{short_number(session.size)}B" if session.size else ""
