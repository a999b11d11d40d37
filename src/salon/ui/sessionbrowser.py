"""A list of chats with a box that filters it as one types: what the picker and the sidebar share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message as WidgetMessage
from textual.widgets import Input, Static

from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary
from salon.ui.field import Field
from salon.ui.painter import Painter
from salon.ui.sessionlist import SessionList
from salon.ui.sessionrows import Query, grouped, searchable
from salon.words import tr


class SessionBrowser(Vertical):
    """Filter and list; the box has the focus, the arrows move the cursor."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "move(10)", "Next page", show=False, priority=True),
        Binding("pageup", "move(-10)", "Previous page", show=False, priority=True),
        Binding("ctrl+home", "move(-1000000)", "First", show=False, priority=True),
        Binding("ctrl+end", "move(1000000)", "Last", show=False, priority=True),
    ]

    @dataclass
    class Chosen(WidgetMessage):
        """A chat was chosen."""

        session: SessionSummary

    @dataclass
    class Filtered(WidgetMessage):
        """Other chats are shown; `found` of `total`."""

        found: int
        total: int

    def __init__(
        self,
        painter: Painter,
        model_info: Callable[[str], ModelInfo],
        *,
        words: str = "",
        ground: str = "surface",
        id: str = "",  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id or None)
        self.list = SessionList(painter, model_info, ground=ground)
        self._words = f"{words} " if words else ""
        self._sessions: Sequence[SessionSummary] | None = None
        self._texts: list[str] = []
        self._beside = ""
        self._entered = False

    def compose(self) -> ComposeResult:
        """Box, list."""
        yield Field(self._words, placeholder=tr("Type to filter"), select_on_focus=False, classes="filter")
        yield Static("", classes="gap", markup=False)
        yield self.list

    @property
    def box(self) -> Input:
        """The filter."""
        return self.query_one(".filter", Input)

    def show_sessions(self, sessions: Sequence[SessionSummary], open_id: str = "") -> None:
        """Show these, the last used first; the cursor begins beside the chat that is open.

        Chooses at once where Enter was pressed before there was anything to choose.
        """
        # A chat copied to another month's folder is found twice.
        self._sessions = list({session.id: session for session in sessions}.values())
        self._texts = [searchable(session) for session in self._sessions]
        self._beside = open_id
        self._fill(stay=True)
        if self._entered:
            self._entered = False
            self.choose()

    def choose(self) -> None:
        """Choose the chat under the cursor."""
        if self._sessions is None:
            self._entered = True
        elif self.list.current is not None:
            self.post_message(self.Chosen(self.list.current))

    def action_move(self, steps: int) -> None:
        """Move the cursor."""
        self.list.move(steps)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter."""
        event.stop()
        self._fill(stay=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter chooses."""
        event.stop()
        self.choose()

    def on_session_list_clicked(self, event: SessionList.Clicked) -> None:
        """A click chooses, too."""
        event.stop()
        self.post_message(self.Chosen(event.session))

    def _fill(self, *, stay: bool) -> None:
        if self._sessions is None:
            return
        query = Query.of(self.box.value)
        found = [
            session for session, text in zip(self._sessions, self._texts, strict=True) if query.finds(session, text)
        ]
        now = datetime.now()
        rows = grouped(found, now)
        at = self.list.current.id if stay and self.list.current is not None else ""
        first = (row.id for row in rows if isinstance(row, SessionSummary) and row.id != self._beside)
        shown = {session.id for session in found}
        self.list.marked &= shown
        self.list.show_rows(rows, now, at if at in shown else next(first, ""))
        self.post_message(self.Filtered(len(found), len(self._sessions)))
