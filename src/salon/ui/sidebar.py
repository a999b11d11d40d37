"""The chats beside the conversation: the same list as Ctrl+O shows, narrow."""

from collections.abc import Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary
from salon.ui.chatstates import ChatState
from salon.ui.painter import Painter
from salon.ui.sessionbrowser import SessionBrowser

STAYS_FROM = 140
"""Columns from which on there is room for it beside a conversation of full width."""


class Sidebar(Vertical):
    """Hidden until it is opened; what it lists is given to it."""

    def __init__(self, painter: Painter, model_info: Callable[[str], ModelInfo]) -> None:
        super().__init__(id="sidebar")
        self.browser = SessionBrowser(painter, model_info)
        self.display = False

    def compose(self) -> ComposeResult:
        """Filter and list."""
        yield self.browser

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return bool(self.display)

    def open(self, *, focus: bool) -> None:
        """Show it, and let it have the keys with `focus`."""
        self.display = True
        if focus:
            self.browser.box.value = ""
            self.browser.box.focus()

    def close(self) -> None:
        """Hide it."""
        self.display = False

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self.browser.list.set_painter(painter)

    def show_sessions(self, sessions: Sequence[SessionSummary], open_id: str, states: Mapping[str, ChatState]) -> None:
        """List these; those that are open have a mark."""
        self.show_states(states)
        self.browser.show_sessions([session for session in sessions if not session.archived], open_id)

    def show_states(self, states: Mapping[str, ChatState]) -> None:
        """Say of the open chats how they are."""
        self.browser.list.show_states(states)
