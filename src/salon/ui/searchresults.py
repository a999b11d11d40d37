"""What a search has found, as rows to choose from: a heading for each chat, a line for each message."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.widgets.option_list import Option

from salon.chat.search import Hit, Voice
from salon.ui.targets import Options
from salon.untrusted import clean_line
from salon.words import tr

_WHO = {
    Voice.USER: tr("You"),
    Voice.ASSISTANT: "Claude",
    Voice.THINKING: tr("Thinking"),
    Voice.TOOL: tr("Tool"),
    Voice.NOTE: tr("Note"),
    Voice.TITLE: tr("Title"),
}
_WHO_WIDTH = 10
_DAY_WIDTH = 13
_NARROW = 60
"""Columns; below this the date and then the speaker make room for the words."""


class SearchResults(Options):
    """Hits in the order they were given, those of one chat under its title. Headings cannot be chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"results--title", "results--mark", "results--who"}

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._hits: list[Hit] = []
        self._rows: list[Hit | None] = []
        """What each row shows; None for a heading."""

    @property
    def chosen(self) -> Hit | None:
        """The highlighted hit."""
        return None if self.highlighted is None else self._rows[self.highlighted]

    @property
    def at_end(self) -> bool:
        """Whether the last hit is highlighted."""
        return self.highlighted is not None and self.highlighted == len(self._rows) - 1

    @property
    def count(self) -> int:
        """How many hits are shown."""
        return len(self._hits)

    def show(self, hits: Sequence[Hit], *, first: bool) -> None:
        """Show these hits; with `first` the first one is highlighted."""
        self._hits, self._rows = [], []
        self.clear_options()
        self.extend(hits)
        if first and self._hits:
            self.move(1)

    def extend(self, hits: Sequence[Hit]) -> None:
        """Show more hits below."""
        options = []
        for hit in hits:
            before = self._hits[-1] if self._hits else None
            if before is None or before.session_id != hit.session_id:
                self._rows.append(None)
                options.append(Option(self._heading(hit, gap=before is not None), disabled=True))
            self._hits.append(hit)
            self._rows.append(hit)
            options.append(Option(self._line(hit)))
        self.add_options(options)

    def redraw(self) -> None:
        """Draw the same hits again, after the colours or the width have changed."""
        highlighted, hits = self.highlighted, self._hits
        self.show(hits, first=False)
        self.highlighted = highlighted

    def move(self, hits: int) -> None:
        """Move the highlight by so many hits; the first step goes to the first one."""
        places = [row for row, hit in enumerate(self._rows) if hit is not None]
        if not places:
            return
        if self.highlighted is None:
            self.highlighted = places[0]
            self.scroll_to(y=0, animate=False)
            return
        here = sum(place < self.highlighted for place in places)
        self.highlighted = places[max(0, min(len(places) - 1, here + hits))]
        if self.highlighted == places[0]:
            self.scroll_to(y=0, animate=False)  # its heading stands above it

    def choose(self, hit: Hit) -> None:
        """Put the highlight on this hit, if it is there."""
        wanted = (hit.session_id, hit.message_id, hit.voice)
        for row, other in enumerate(self._rows):
            if other is not None and (other.session_id, other.message_id, other.voice) == wanted:
                self.highlighted = row
                return

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"results--{name}", partial=True)

    def _heading(self, hit: Hit, *, gap: bool) -> Text:
        title = clean_line(hit.title, 120) or tr("(untitled)")
        text = Text("\n" if gap else "", no_wrap=True, overflow="ellipsis", end="")
        text.append(title, self._style("title"))
        if hit.archived:
            text.append(tr("  archived"), self._style("who"))
        return text

    def _line(self, hit: Hit) -> Text:
        width = self.app.size.width
        text = Text(no_wrap=True, overflow="ellipsis", end="")
        if width >= _NARROW:
            text.append(f"{_WHO[hit.voice]:<{_WHO_WIDTH}}{day(hit.when):<{_DAY_WIDTH}}", self._style("who"))
        snippet = Text(hit.snippet.text)
        for start, end in hit.snippet.marks:
            snippet.stylize(self._style("mark"), start, end)
        return text.append_text(snippet)


def day(seconds: float, now: datetime | None = None) -> str:
    """The day of a message, as short as it can be told."""
    try:
        time, now = datetime.fromtimestamp(seconds), now or datetime.now()
    except (ValueError, OverflowError, OSError):
        return ""
    if time.date() == now.date():
        return f"{time:%H:%M}"
    return f"{time:%d %b}" if time.year == now.year else f"{time:%d %b %Y}"
