"""A list of any number of chats: only the rows in view are drawn, and none is a widget."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.geometry import Region, Size
from textual.message import Message as WidgetMessage
from textual.scroll_view import ScrollView
from textual.strip import Strip

from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary, cost
from salon.markdown import Line
from salon.ui.chatstates import ChatState
from salon.ui.painter import Painter
from salon.ui.sessionrows import Figures, Rows, heading_line, money, session_line, size_of, when
from salon.ui.targets import row_height
from salon.untrusted import clean_line


class SessionList(ScrollView):
    """Rows of chats with a cursor; takes no keys, its owner moves it."""

    ALLOW_SELECT = False
    can_focus = False

    @dataclass
    class Clicked(WidgetMessage):
        """A chat was clicked."""

        session: SessionSummary

    @dataclass
    class Moved(WidgetMessage):
        """The cursor stands on another chat, or on none."""

        session: SessionSummary | None
        by_person: bool
        """Whether somebody moved it; otherwise other rows came under it."""

    def __init__(
        self,
        painter: Painter,
        model_info: Callable[[str], ModelInfo],
        *,
        ground: str = "surface",
        id: str = "",  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id or None)
        self._painter = painter
        self._model_info = model_info
        self._ground = ground
        self._rows: Rows = []
        self._now = datetime.now()
        self._cursor = -1
        self.marked: set[str] = set()
        """The ids of the chats that an action is for; without any it is for the one under the cursor."""
        self._states: Mapping[str, ChatState] = {}

    @property
    def current(self) -> SessionSummary | None:
        """The chat under the cursor."""
        row = self._rows[self._cursor] if 0 <= self._cursor < len(self._rows) else None
        return row if isinstance(row, SessionSummary) else None

    def chats(self) -> Iterable[SessionSummary]:
        """All chats in the list, in its order."""
        return (row for row in self._rows if isinstance(row, SessionSummary))

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._painter = painter
        self.refresh()

    def show_rows(self, rows: Rows, now: datetime, at: str = "") -> None:
        """Show these, the cursor on the chat with the id `at`, else on the first; the view stays if it can."""
        before = self.current
        self._rows, self._now = rows, now
        self._measure()
        chats = [number for number, row in enumerate(rows) if isinstance(row, SessionSummary)]
        self._cursor = next((number for number in chats if self._id_at(number) == at), chats[0] if chats else -1)
        self.refresh()
        self._into_view()
        if self.current != before:
            self.post_message(self.Moved(self.current, by_person=False))

    def show_states(self, states: Mapping[str, ChatState]) -> None:
        """Say of the open chats how they are."""
        if states != self._states:
            self._states = states
            self.refresh()

    def move(self, steps: int) -> None:
        """Move the cursor by chats, headings passed over, as far as there are some."""
        direction = 1 if steps > 0 else -1
        place, left, target = self._cursor, abs(steps), self._cursor
        while left and 0 <= place + direction < len(self._rows):
            place += direction
            if isinstance(self._rows[place], SessionSummary):
                target = place
                left -= 1
        if target != self._cursor:
            self._put(target)
        if direction < 0 and not any(isinstance(row, SessionSummary) for row in self._rows[: self._cursor]):
            self.scroll_to(y=0, animate=False, immediate=True)  # the first heading as well

    def _put(self, place: int) -> None:
        before, self._cursor = self._cursor, place
        self._refresh_row(before)
        self._refresh_row(place)
        self._into_view()
        self.post_message(self.Moved(self.current, by_person=True))

    def toggle_mark(self) -> None:
        """Mark the chat under the cursor, or take its mark away."""
        if self.current is not None:
            self.marked ^= {self.current.id}
            self._refresh_row(self._cursor)

    def _id_at(self, number: int) -> str:
        row = self._rows[number]
        return row.id if isinstance(row, SessionSummary) else ""

    def _into_view(self) -> None:
        top, height, high = int(self.scroll_offset.y), self.scrollable_content_region.height, row_height(self)
        if self._cursor < 0 or height <= 0:
            return
        # With the heading above, where there is one: it says what the row is.
        first = self._cursor - (self._cursor > 0 and isinstance(self._rows[self._cursor - 1], str))
        if first * high < top:
            self.scroll_to(y=first * high, animate=False, immediate=True)
        elif (self._cursor + 1) * high > top + height:
            self.scroll_to(y=(self._cursor + 1) * high - height, animate=False, immediate=True)

    def _refresh_row(self, place: int) -> None:
        high = row_height(self)
        y = place * high - int(self.scroll_offset.y)
        if -high < y < self.size.height:
            self.refresh(Region(0, y, self.size.width, high))

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._measure()
        self._into_view()

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) * row_height(self))

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        place = (event.y + int(self.scroll_offset.y)) // row_height(self)
        if 0 <= place < len(self._rows) and isinstance(self._rows[place], SessionSummary):
            self._put(place)
            if self.current is not None:
                self.post_message(self.Clicked(self.current))

    def render_line(self, y: int) -> Strip:
        """One row; everything that is shown of a chat is worked out here, for what is in view only."""
        width, high = self.scrollable_content_region.width, row_height(self)
        place, part = divmod(y + int(self.scroll_offset.y), high)
        row = self._rows[place] if place < len(self._rows) else ""
        if part != high // 2:
            chosen = place == self._cursor
            return self._painter.strip(Line(()), width, "selection" if chosen else self._ground)
        if isinstance(row, str):
            return self._painter.strip(heading_line(row), width, self._ground)
        line = session_line(
            row, self._figures(row), width, marked=row.id in self.marked, state=self._states.get(row.id)
        )
        return self._painter.strip(line, width, "selection" if place == self._cursor else self._ground)

    def _figures(self, session: SessionSummary) -> Figures:
        model = clean_line(self._model_info(session.model).label, 40) if session.model else ""
        spent = money(cost(session, self._model_info))
        return Figures(model, when(session.modified, self._now), size_of(session), spent)
