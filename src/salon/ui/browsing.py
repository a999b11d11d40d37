"""From one chat to another: the actions that lead out of a chat, and what was found in it."""

from dataclasses import dataclass

from textual.message import Message as WidgetMessage

from salon.chat.library import Keeping
from salon.chat.search import Voice
from salon.ui.handing import HandingActions
from salon.ui.notice import NoticeText
from salon.ui.presenting import entries_of
from salon.ui.search import Chosen
from salon.ui.sessionbrowser import SessionBrowser
from salon.ui.sidebar import STAYS_FROM, Sidebar
from salon.words import tr


class BrowsingActions(HandingActions):
    """A screen from which other chats are reached; what shows them is told by a message."""

    class NewChatWanted(WidgetMessage):
        """The person wants a new chat."""

    class TemporaryChatWanted(WidgetMessage):
        """The person wants a chat of which nothing is kept."""

    class ReloadWanted(WidgetMessage):
        """The person wants the chat as it is on disk."""

    @dataclass
    class ForkWanted(WidgetMessage):
        """The person wants a copy of a branch as a chat of its own."""

        session_id: str
        leaf: str | None

    class SidebarWanted(WidgetMessage):
        """The sidebar has been opened and needs to know the chats."""

    @dataclass
    class SidebarChosen(WidgetMessage):
        """A chat was chosen in the sidebar."""

        session_id: str

    class ChatListWanted(WidgetMessage):
        """The person wants to open another chat."""

    class SearchWanted(WidgetMessage):
        """The person wants to search all chats."""

    class NextChatWanted(WidgetMessage):
        """The person wants to see the next of the open chats."""

    def action_new_chat(self) -> None:
        """Start a new chat; an answer that is arriving here goes on."""
        # In the prompt's own queue: keys before this one go to this chat's draft, keys after it to the next.
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.NewChatWanted())

    def action_temporary_chat(self) -> None:
        """Start a chat of which nothing is kept."""
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.TemporaryChatWanted())

    def action_fork_chat(self) -> None:
        """Go on in a copy of this branch; an answer that is arriving goes on here."""
        session = self.session
        if session is None or session.log.keeping is Keeping.NOTHING or not session.path:
            self.notice.show(NoticeText(tr("There is nothing on disk to fork."), (), "info"))
            return
        whole = [message.id for message in session.path]
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.ForkWanted(session.id, whole[-1]))

    def action_reload_chat(self) -> None:
        """Read the chat from disk again."""
        self.post_message(self.ReloadWanted())

    @property
    def sidebar(self) -> Sidebar:
        """The chats at the left."""
        return self.query_one(Sidebar)

    def action_sidebar(self) -> None:
        """Open the sidebar and go into it; from inside, close it."""
        if self.sidebar.is_open and self.sidebar.has_focus_within:
            self.close_sidebar()
        else:
            self.sidebar.open(focus=True)
            self.post_message(self.SidebarWanted())

    def close_sidebar(self) -> None:
        """Hide the sidebar and go back to the prompt."""
        self.sidebar.close()
        self.prompt.focus()

    def action_stop(self) -> None:
        """Leave the sidebar, or stop the answer."""
        if not self.sidebar.has_focus_within:
            super().action_stop()
        elif self._services.settings.sidebar and self.size.width >= STAYS_FROM:
            self.prompt.focus()
        else:
            self.close_sidebar()

    def on_session_browser_chosen(self, event: SessionBrowser.Chosen) -> None:
        """Open what was chosen in the sidebar."""
        if self.size.width < STAYS_FROM:
            self.close_sidebar()
        self.prompt.focus()
        self.post_message(self.SidebarChosen(event.session.id))

    def action_open_chat(self) -> None:
        """Open another chat; an answer that is arriving here goes on."""
        self.post_message(self.ChatListWanted())

    def action_search(self) -> None:
        """Search all chats."""
        self.post_message(self.SearchWanted())

    async def show_found(self, chosen: Chosen) -> None:
        """Go to a message that was found and mark the words in it; one on another branch brings its branch along."""
        session = self.session
        if session is None or not chosen.hit.message_id:
            return
        note = session.conversation.notes.get(chosen.hit.message_id)
        wanted = chosen.hit.message_id if note is None else note.parent
        elsewhere = wanted in session.conversation.messages and all(message.id != wanted for message in session.path)
        if wanted is not None and elsewhere and not session.busy and not session.editing:
            await session.go_to(wanted)
            self.transcript.show(entries_of(session.conversation))
        entries = self.transcript.viewport.entries
        index = next((at for at, entry in enumerate(entries) if entry.message.id == wanted), None)
        if index is None:
            self.notice.show(NoticeText(tr("What was found cannot be shown in this chat now."), (), "info"))
            return
        if chosen.hit.voice is Voice.THINKING:
            self.transcript.set_thinking_open(True)
        self.find_from(index, chosen.words)

    def action_next_chat(self) -> None:
        """Show the next of the open chats."""
        self.prompt.call_later(self.part)
        self.prompt.call_later(self.post_message, self.NextChatWanted())
