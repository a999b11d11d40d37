"""The list of all chats: find one, open it, or put several in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from salon.actions import BY_ID, Place
from salon.chat.conversation import path
from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary, tags_in
from salon.errors import SalonError
from salon.ui.chatstates import ChatState
from salon.ui.field import Field
from salon.ui.keyline import LOW, KeyLine
from salon.ui.keys import bind_actions
from salon.ui.painter import Painter
from salon.ui.sessionbrowser import SessionBrowser
from salon.ui.sessionlist import SessionList
from salon.ui.shelf import Shelf, counted
from salon.untrusted import clean, clean_line
from salon.words import tr

logger = logging.getLogger(__name__)

PREVIEW_FROM = 110
"""Columns from which on there is room for a preview."""
_PREVIEW_BYTES = 8 * 1024 * 1024
_PREVIEW_PAUSE = 0.12
"""Seconds that the cursor rests before a chat is read: one who goes through the list reads none."""


class View(StrEnum):
    """Which chats are listed."""

    CHATS = tr("Open a chat")
    ARCHIVED = tr("Archived chats")
    TRASH = tr("Trash")


_NEXT = {View.CHATS: View.ARCHIVED, View.ARCHIVED: View.TRASH, View.TRASH: View.CHATS}
_EMPTY = {
    View.CHATS: tr("No chats yet."),
    View.ARCHIVED: tr("Nothing is archived."),
    View.TRASH: tr("The trash is empty."),
}


class LibraryScreen(ModalScreen[str | None]):
    """Type to filter, arrows to move, Enter to open, Esc to leave. The result is the id of the chat to open."""

    def __init__(
        self,
        shelf: Shelf,
        painter: Painter,
        model_info: Callable[[str], ModelInfo],
        *,
        words: str = "",
        open_id: str = "",
        states: Mapping[str, ChatState] | None = None,
    ) -> None:
        super().__init__()
        bind_actions(self, Place.LIST, priority=True)
        self._shelf = shelf
        self._open_id = open_id
        self._states = states or {}
        self._view = View.CHATS
        self._browser = SessionBrowser(painter, model_info, words=words, ground="background")
        self._sessions: dict[View, list[SessionSummary]] | None = None
        self._found = (0, 0)
        self._field = ""
        """The id of the action that waits for a text; "" where none does."""
        self._sure: list[str] = []
        """The ids of what will be removed for ever when the key is pressed once more."""
        self._told = ("", "")
        self._working = asyncio.Lock()
        self.loaded = asyncio.Event()
        """Set once the directory has been looked at."""

    # building

    def compose(self) -> ComposeResult:
        """Heading, filter and list, preview, a field for titles and tags, the keys."""
        with Vertical(id="library"):
            yield Static(self._view, id="library-heading", classes="heading", markup=False)
            with Horizontal(id="library-middle"):
                yield self._browser
                yield Static("", id="library-preview", markup=False)
            with Horizontal(id="library-field"):
                yield Static("", id="library-label", markup=False)
                yield Field(id="library-text", select_on_focus=False)
            yield Static(tr("Looking …"), id="library-hint", markup=False)
            yield KeyLine(id="library-keys")

    def on_mount(self) -> None:
        """Show what was there at the last look, then look."""
        self.query_one("#library-field").display = False
        self.show_states(self._states)
        self._browser.box.focus()
        self._do(self._begin)

    def show_states(self, states: Mapping[str, ChatState]) -> None:
        """Say of the open chats how they are."""
        self._browser.list.show_states(states)

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._browser.list.set_painter(painter)

    def on_resize(self, event: events.Resize) -> None:
        """A preview, and air, only where there is room."""
        self.query_one("#library-preview").display = event.size.width >= PREVIEW_FROM
        self.set_class(event.size.height < LOW, "-low")

    # loading

    async def _begin(self) -> None:
        remembered = await self._shelf.remembered()
        if remembered:
            self._show({View.CHATS: list(remembered)})
        await self._load()
        self.loaded.set()

    async def _load(self) -> None:
        sessions, trashed = await asyncio.gather(self._shelf.load(), self._shelf.trashed())
        self._show({View.CHATS: list(sessions), View.TRASH: list(trashed)})

    def _show(self, found: dict[View, list[SessionSummary]]) -> None:
        everything = found[View.CHATS]
        self._sessions = {
            View.CHATS: [session for session in everything if not session.archived],
            View.ARCHIVED: [session for session in everything if session.archived],
            View.TRASH: found.get(View.TRASH, []),
        }
        self._show_view()

    def _show_view(self) -> None:
        if self._sessions is not None:
            self._browser.show_sessions(self._sessions[self._view], self._open_id)

    # choosing

    def on_session_browser_chosen(self, event: SessionBrowser.Chosen) -> None:
        """Open it; what is in the trash is brought back first."""
        event.stop()
        if self._view is View.TRASH:
            self._do(partial(self._restore_and_open, event.session))
        else:
            self.dismiss(event.session.id)

    async def _restore_and_open(self, session: SessionSummary) -> None:
        await self._shelf.restore([session])
        self.dismiss(session.id)

    def action_leave_list(self) -> None:
        """Leave the field, or the list."""
        if self._field:
            self._close_field()
        else:
            self.dismiss(None)

    # marking

    def action_mark_chat(self) -> None:
        """Mark the chat under the cursor and go on."""
        if not self._field:
            self._browser.list.toggle_mark()
            self._browser.list.move(1)
            self._tell()

    def action_mark_all(self) -> None:
        """Mark everything that was found, or nothing."""
        chats = self._browser.list
        everything = {session.id for session in chats.chats()}
        chats.marked = set() if everything == chats.marked else everything
        chats.refresh()
        self._tell()

    def _chosen(self) -> list[SessionSummary]:
        chats = self._browser.list
        if chats.marked:
            return [session for session in chats.chats() if session.id in chats.marked]
        return [] if chats.current is None else [chats.current]

    # putting in order

    def action_next_view(self) -> None:
        """Show the next of the three lists."""
        self._close_field()
        self._view = _NEXT[self._view]
        self._told = ("", "")
        self._browser.list.marked.clear()
        self.query_one("#library-heading", Static).update(self._view.value)
        self._show_view()

    def action_pin_chat(self) -> None:
        """Pin, or no longer, if all of them are."""
        chosen = self._chosen()
        pin = not all(session.pinned for session in chosen)
        if chosen and self._view is not View.TRASH:
            values = [(session, bool(session.pinned), pin) for session in chosen]
            self._do(partial(self._changed, "pinned", values, tr("pinned") if pin else tr("not pinned any more")))

    def action_archive_chat(self) -> None:
        """Archive, bring back from the archive, or bring back from the trash."""
        chosen = self._chosen()
        if chosen and self._view is View.TRASH:
            self._do(partial(self._restored, chosen))
        elif chosen:
            archive = self._view is View.CHATS
            values = [(session, bool(session.archived), archive) for session in chosen]
            self._do(
                partial(self._changed, "archived", values, tr("archived") if archive else tr("among the chats again"))
            )

    def action_trash_chat(self) -> None:
        """Throw away; in the trash remove for ever, when that is asked for twice."""
        chosen = self._chosen()
        if not chosen:
            return
        if self._view is not View.TRASH:
            self._do(partial(self._thrown_away, chosen))
            return
        ids = [session.id for session in chosen]
        if self._sure == ids:
            self._sure = []
            self._do(partial(self._purged, chosen))
        else:
            self._sure = ids
            self._tell(
                tr(
                    "{trash_chat_key} once more removes {count} for ever.",
                    trash_chat_key=BY_ID["trash_chat"].key,
                    count=counted(len(ids)),
                ),
                "warning",
            )

    def action_undo_list(self) -> None:
        """Take back what was done last."""
        self._do(self._undone)

    def action_rename_chat(self) -> None:
        """Ask for a title."""
        current = self._browser.list.current
        if current is not None and self._view is not View.TRASH:
            self._ask("rename_chat", tr("Title"), current.name)

    def action_tag_chat(self) -> None:
        """Ask for tags: those that all chosen chats have."""
        chosen = self._chosen()
        if chosen and self._view is not View.TRASH:
            common = [tag for tag in chosen[0].tags.split() if all(tag in session.tags.split() for session in chosen)]
            self._ask("tag_chat", tr("Tags"), "".join(f"{tag} " for tag in common))

    def _ask(self, action: str, label: str, text: str) -> None:
        self._field = action
        self.query_one("#library-label", Static).update(f"{label} ")
        self.query_one("#library-field").display = True
        field = self.query_one("#library-text", Input)
        field.value = clean_line(text, 200) + " " * text.endswith(" ")  # the next word does not join the last
        field.cursor_position = len(field.value)
        field.focus()
        self._tell(tr("Enter keeps it · Esc leaves it as it was"))

    def _close_field(self) -> None:
        self._field = ""
        self.query_one("#library-field").display = False
        self._browser.box.focus()
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A title or tags were typed."""
        if not self._field:
            return
        action, typed = self._field, event.value
        current, chosen = self._browser.list.current, self._chosen()
        self._close_field()
        if action == "tag_chat":
            tags = tags_in(typed)
            values = [(session, session.tags.split(), tags) for session in chosen]
            self._do(partial(self._changed, "tags", values, tr("tagged") if tags else tr("without tags")))
        elif current is not None and (title := " ".join(typed.split())):
            self._do(
                partial(
                    self._changed,
                    "title",
                    [(current, current.title, title)],
                    tr("called “{title}”", title=clean_line(title, 40)),
                )
            )

    async def _changed(self, key: str, values: Sequence[tuple[SessionSummary, Any, Any]], done: str) -> None:
        await self._shelf.change(tr("{count} as before", count=counted(len(values))), key, values)
        await self._done(f"{counted(len(values))} {done}.")

    async def _thrown_away(self, chosen: Sequence[SessionSummary]) -> None:
        try:
            await self._shelf.trash(chosen)
        except SalonError:
            await self._load()
            raise
        await self._done(tr("{count} in the trash.", count=counted(len(chosen))))

    async def _restored(self, chosen: Sequence[SessionSummary]) -> None:
        await self._shelf.restore(chosen)
        await self._done(tr("{count} back among the chats.", count=counted(len(chosen))))

    async def _purged(self, chosen: Sequence[SessionSummary]) -> None:
        await self._shelf.purge(chosen)
        await self._done(tr("{count} removed for ever.", count=counted(len(chosen))), undoable=False)

    async def _undone(self) -> None:
        what = await self._shelf.undo()
        await self._load()
        self._tell(tr("Undone: {what}.", what=what) if what else tr("There is nothing to undo."))

    async def _done(self, sentence: str, *, undoable: bool = True) -> None:
        self._browser.list.marked.clear()
        await self._load()
        self._tell(
            tr("{sentence} {undo_list_key} undoes it.", sentence=sentence, undo_list_key=BY_ID["undo_list"].key)
            if undoable
            else sentence
        )

    def _do(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do what takes time, one after the other, and say what goes wrong."""
        self._in_turn(step)

    @work(group="library")
    async def _in_turn(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._working:
                await step()
        except SalonError as error:
            self._tell(error.sentence(), "error")

    # telling

    def on_session_browser_filtered(self, event: SessionBrowser.Filtered) -> None:
        """Say how many there are."""
        event.stop()
        self._found = (event.found, event.total)
        self._tell(*self._told)

    def on_session_list_moved(self, event: SessionList.Moved) -> None:
        """Another chat is under the cursor."""
        event.stop()
        if event.by_person:
            self._sure = []
            self._tell()
        if self.query_one("#library-preview").display:
            self._preview(event.session)

    def _tell(self, sentence: str = "", role: str = "") -> None:
        """Say something above the keys, until something else happens."""
        self._told = (sentence, role)
        found, total = self._found
        marked = len(self._browser.list.marked)
        if not sentence:
            if self._sessions is None:
                sentence = tr("Looking …")
            elif not total:
                sentence = _EMPTY[self._view]
            elif not found:
                sentence = tr("No title has these words. tag:x finds a tag.")
                if search := BY_ID["search"].key:
                    sentence += tr(" {search} in a chat searches all that was said.", search=search)
            else:
                sentence = (
                    counted(total) if found == total else tr("{found:,} of {total}", found=found, total=counted(total))
                )
                sentence += tr(" · {marked:,} marked", marked=marked) if marked else ""
        hint = self.query_one("#library-hint", Static)
        hint.set_class(role == "error", "-error")
        hint.set_class(role == "warning", "-warning")
        hint.update(Content(clean_line(sentence, 300)))
        self.query_one(KeyLine).show(self._keys())

    def _keys(self) -> str:
        labels = {"archive_chat": tr("restore"), "trash_chat": tr("for ever")} if self._view is View.TRASH else {}
        if self._view is View.ARCHIVED:
            labels = {"archive_chat": "unarchive"}
        names = ["mark_chat", "rename_chat", "tag_chat", "pin_chat", "archive_chat", "trash_chat", "undo_list"]
        if self._view is View.TRASH:
            names = ["mark_chat", "archive_chat", "trash_chat", "undo_list"]
        keys = [f"{BY_ID[name].key} {labels.get(name, BY_ID[name].label.lower())}" for name in names]
        following = {View.CHATS: tr("see archive"), View.ARCHIVED: tr("see trash"), View.TRASH: tr("see chats")}[
            self._view
        ]
        return " · ".join([tr("Enter opens"), *keys, f"{BY_ID['next_view'].key} {following}", tr("Esc leaves")])

    @work(group="preview", exclusive=True)
    async def _preview(self, session: SessionSummary | None) -> None:
        await asyncio.sleep(_PREVIEW_PAUSE)
        told = "" if session is None else clean(await asyncio.to_thread(self._look_into, session))
        for preview in self.query("#library-preview").results(Static):  # none, once the list is left
            preview.update(Content(told))

    def _look_into(self, session: SessionSummary) -> str:
        """The beginning of a chat's first and last messages."""
        if self._view is View.TRASH or not session.messages or session.size > _PREVIEW_BYTES:
            return session.first_words
        try:
            messages = path(self._shelf.library.view(session.id)[0])
        except SalonError as error:
            logger.info("No preview of %s: %s", session.id, error.what)
            return session.first_words
        shown = [*messages[:1], *messages[max(1, len(messages) - 3) :]]
        left_out = len(messages) - len(shown)
        pieces = [_beginning(message.role, message.text) for message in shown]
        if left_out:
            pieces.insert(1, tr("  … {left_out:,} more …", left_out=left_out))
        return "\n\n".join(pieces)


def _beginning(role: str, text: str) -> str:
    mark = "> " if role == "user" else "  "
    return mark + clean_line(text, 400)
