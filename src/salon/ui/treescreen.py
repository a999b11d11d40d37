"""The whole conversation as a tree: a row a message, and the message under the cursor below or beside it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message as WidgetMessage
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from salon.actions import BY_ID, Place
from salon.chat import conversation as tree
from salon.chat.conversation import Conversation
from salon.chat.outline import OutlineRow, outline
from salon.chat.session import Session
from salon.markdown import Line, Span, look
from salon.markdown.cells import cell_len
from salon.ui.entries import NoteEntry, clock_of
from salon.ui.keyline import KeyLine
from salon.ui.keys import bind_actions
from salon.ui.painter import Painter
from salon.ui.presenting import deleted_sentence, entry_of, variant_of
from salon.ui.sessionrows import brief
from salon.ui.targets import row_height
from salon.ui.transcript import Transcript
from salon.untrusted import clean_line
from salon.words import tr

WHEEL_ROWS = 3
DEEPEST = 12
"""Steps; branches of branches further in are not set in any further."""
BESIDE = 120
"""Columns from which on the message stands beside the tree."""
_ROLE_WIDTH = 8
_BAR = Span("▎ ", look("accent"), True)
_NO_BAR = Span("  ", look(), True)


@dataclass(frozen=True, slots=True)
class TreeChoice:
    """What the person chose to do, and with which message or note."""

    action: str
    """go, edit, note or fork."""
    of: str


class TreeView(Widget, can_focus=True):
    """The rows; each is made when it is in view."""

    ALLOW_SELECT = False

    class Moved(WidgetMessage):
        """Another row is under the cursor."""

    class Chosen(WidgetMessage):
        """The row under the cursor was clicked."""

    def __init__(self, painter: Painter, model_name: Callable[[str], str]) -> None:
        super().__init__()
        bind_actions(self, Place.TREE, prefix="screen.")
        self.painter = painter
        self._model_name = model_name
        self._conversation = tree.conversation_of("", ())
        self._folded: set[str] = set()
        self.rows: list[OutlineRow] = []
        self.cursor = 0
        self._top = 0

    @property
    def row(self) -> OutlineRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, conversation: Conversation, an_id: str | None = None, rows: list[OutlineRow] | None = None) -> None:
        """Show a conversation, the cursor on a message or else where it was; `rows` are its outline, if it is known."""
        self._conversation = conversation
        self.rows = outline(conversation, self._folded) if rows is None else rows
        self.put_cursor(self.cursor)
        if an_id is not None:
            self.go_to(an_id)

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self.painter = painter
        self.refresh()

    # moving

    def put_cursor(self, index: int) -> None:
        """Move to a row, and no further than to the ends."""
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._reveal()
        self.refresh()
        self.post_message(self.Moved())

    @property
    def _shown(self) -> int:
        """How many rows of the tree have room."""
        return max(1, self.size.height // row_height(self))

    def _reveal(self) -> None:
        height = self._shown
        self._top = max(0, min(self._top, len(self.rows) - height))
        self._top = max(self.cursor - height + 1, min(self._top, self.cursor))

    def go_to(self, an_id: str) -> bool:
        """Move to the row of a message; whether it is shown."""
        index = next((at for at, row in enumerate(self.rows) if row.id == an_id), None)
        if index is None:
            return False
        self._top = max(0, index - self._shown // 2)
        self.put_cursor(index)
        return True

    def step_variant(self, direction: int) -> None:
        """To the next or previous variant; from a message without any up to the nearest that has some."""
        row, messages = self.row, self._conversation.messages
        if row is None:
            return
        an_id = self._conversation.notes[row.id].parent if row.is_note else row.id
        while an_id is not None:
            family = tree.siblings(self._conversation, an_id)
            if len(family) > 1:
                index = family.index(an_id) + (direction if an_id == row.id else 0)
                self.go_to(family[max(0, min(index, len(family) - 1))])
                return
            an_id = messages[an_id].parent

    def toggle_fold(self) -> None:
        """Hide what is below the message, or show it."""
        row = self.row
        if row is not None and not row.is_note and self._conversation.children.get(row.id):
            self._folded.symmetric_difference_update({row.id})
            self.show(self._conversation)

    # drawing

    def render_line(self, y: int) -> Strip:
        """Row `y` of the view."""
        high, width = row_height(self), self.size.width
        index = self._top + y // high
        if index >= len(self.rows):
            return self.painter.strip(Line(()), width)
        line = self._line(self.rows[index], width) if y % high == high // 2 else Line(())
        strip = self.painter.strip(line, width)
        return self.painter.highlighted(strip, 0, width) if index == self.cursor else strip

    def _line(self, row: OutlineRow, width: int) -> Line:
        conversation = self._conversation
        step = "  " * min(row.depth, DEEPEST)
        if row.is_note:
            who, words, right, role = "note", conversation.notes[row.id].text, "", "text-muted"
        else:
            message = conversation.messages[row.id]
            mine = message.role == "user"
            who = (tr("go on") if message.seam else tr("you")) if mine else "Claude"
            words = "" if message.seam else message.text or f"({message.status.value})"
            number, of = variant_of(conversation, message)
            right = "  ".join(
                part
                for part in (
                    f"+{row.folded:,}" if row.folded else "",
                    "" if mine or width < 70 else brief(clean_line(self._model_name(message.model)), 20),
                    f"{number}/{of}" if of > 1 else "",
                    clock_of(message) if width >= 60 else "",
                    tr("you are here") if row.id == conversation.leaf else "",
                )
                if part
            )
            role = "user" if mine and row.on_path else "text" if row.on_path else "text-muted"
        left = f"{step}{who:<{_ROLE_WIDTH}}"
        room = max(4, width - 2 - len(left) - len(right) - 3)
        first = clean_line(words[: 4 * room], room)
        blank = max(1, width - 2 - len(left) - cell_len(first) - len(right) - 1)
        here = row.id == conversation.leaf
        return Line(
            (
                _BAR if row.on_path else _NO_BAR,
                Span(left, look("text-faint"), True),
                Span(first, look(role)),
                Span(" " * blank, look(), True),
                Span(right, look("accent" if here else "text-faint"), True),
            )
        )

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the cursor in view."""
        self._reveal()

    # the mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        event.stop()
        self.put_cursor(self.cursor + WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        event.stop()
        self.put_cursor(self.cursor - WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        """Move to the row; a second click goes there."""
        index = self._top + event.y // row_height(self)
        if index < len(self.rows):
            again = self.cursor == index
            self.put_cursor(index)
            if again and event.chain > 1:
                self.post_message(self.Chosen())


class TreeScreen(ModalScreen[TreeChoice | None]):
    """The tree, the message under the cursor, and a row that says what can be done."""

    def __init__(self, session: Session, painter: Painter, model_name: Callable[[str], str]) -> None:
        super().__init__()
        self._session = session
        self._view = TreeView(painter, model_name)
        self._preview = Transcript(painter, id="tree-preview")
        self._previewed = ""
        self._said = ""

    def compose(self) -> ComposeResult:
        """Heading, tree, preview, what can be done."""
        title = clean_line(self._session.conversation.title, 60)
        with Vertical(id="tree-pane"):
            yield Static(tr("Tree of “{title}”", title=title) if title else tr("Tree"), id="tree-heading", markup=False)
            yield self._view
        with Vertical(id="tree-message"):
            yield self._preview
        yield KeyLine(rows=1, id="tree-hint")

    def on_mount(self) -> None:
        """Begin at the leaf."""
        self._view.focus()
        self._begin()

    @work(group="tree", exit_on_error=False)
    async def _begin(self) -> None:
        conversation = self._session.conversation
        rows = await asyncio.to_thread(outline, conversation)  # there may be ten thousand messages
        self._view.show(conversation, conversation.leaf, rows)

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._view.set_painter(painter)
        self._preview.set_painter(painter)

    def on_resize(self, event: events.Resize) -> None:
        """Put the message beside the tree where there is room."""
        self.set_class(event.size.width >= BESIDE, "-beside")

    def on_tree_view_moved(self) -> None:
        """Show the message under the cursor."""
        row, conversation = self._view.row, self._session.conversation
        an_id = "" if row is None else row.id
        if an_id != self._previewed:
            self._previewed = an_id
            if an_id in conversation.notes:
                self._preview.show([NoteEntry(conversation.notes[an_id])])
            elif an_id in conversation.messages:
                self._preview.show([entry_of(conversation, conversation.messages[an_id])])
            else:
                self._preview.show([])
            self._preview.to_top()
        self._show_hint()

    def on_tree_view_chosen(self) -> None:
        """A row was clicked twice."""
        self.action_tree_go()

    def _show_hint(self) -> None:
        keys = [f"{BY_ID[name].key} {words}" for name, words in _HINTS]
        self.query_one(KeyLine).show(self._said or " · ".join([tr("↑ ↓ ← → move"), *keys]))
        self._said = ""

    def _choose(self, action: str) -> None:
        if (row := self._view.row) is not None:
            self.dismiss(TreeChoice(action, row.id))

    # moving

    def action_tree_up(self) -> None:
        """A row up."""
        self._view.put_cursor(self._view.cursor - 1)

    def action_tree_down(self) -> None:
        """A row down."""
        self._view.put_cursor(self._view.cursor + 1)

    def action_tree_page_up(self) -> None:
        """A page up."""
        self._view.put_cursor(self._view.cursor - max(1, self._view.size.height - 2))

    def action_tree_page_down(self) -> None:
        """A page down."""
        self._view.put_cursor(self._view.cursor + max(1, self._view.size.height - 2))

    def action_tree_start(self) -> None:
        """To the first row."""
        self._view.put_cursor(0)

    def action_tree_end(self) -> None:
        """To the last row."""
        self._view.put_cursor(len(self._view.rows))

    def action_tree_left(self) -> None:
        """To the variant before."""
        self._view.step_variant(-1)

    def action_tree_right(self) -> None:
        """To the variant after."""
        self._view.step_variant(1)

    def action_tree_fold(self) -> None:
        """Hide what is below, or show it."""
        self._view.toggle_fold()

    # doing

    def action_tree_go(self) -> None:
        """Show the branch of the message, and the message in it."""
        self._choose("go")

    def action_tree_edit(self) -> None:
        """Change the prompt or note."""
        row, messages = self._view.row, self._session.conversation.messages
        if row is not None and (row.is_note or (messages[row.id].role == "user" and not messages[row.id].seam)):
            self._choose("edit")

    def action_tree_note(self) -> None:
        """Write a note below the message."""
        self._choose("note")

    def action_tree_fork(self) -> None:
        """Make a chat of its own of all up to the message."""
        self._choose("fork")

    def action_tree_delete(self) -> None:
        """Delete the message alone."""
        self._delete(branch=False)

    def action_tree_delete_branch(self) -> None:
        """Delete the message and all below it."""
        self._delete(branch=True)

    @work(group="tree", exit_on_error=False)
    async def _delete(self, *, branch: bool) -> None:
        row = self._view.row
        if row is not None:
            sentence = deleted_sentence(self._session.conversation, row.id, branch=branch)
            await self._session.delete(row.id, branch=branch)
            self._show_change(
                tr(
                    "{sentence} {tree_undo_key} brings it back.",
                    sentence=sentence,
                    tree_undo_key=BY_ID["tree_undo"].key,
                )
            )

    @work(group="tree", exit_on_error=False)
    async def action_tree_undo(self) -> None:
        """Bring back what was deleted last."""
        an_id = await self._session.undelete()
        self._show_change(tr("Nothing was deleted here.") if an_id is None else tr("It is back."), an_id)

    def _show_change(self, sentence: str, an_id: str | None = None) -> None:
        self._said, self._previewed = sentence, ""
        self._view.show(self._session.conversation, an_id)

    async def action_help_tree(self) -> None:
        """Show the keys."""
        await self.run_action("app.help")

    def action_close_tree(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)


_HINTS = (
    ("tree_go", tr("goes")),
    ("tree_fold", tr("folds")),
    ("tree_note", tr("note")),
    ("tree_delete", tr("deletes")),
    ("tree_fork", tr("forks")),
    ("close_tree", tr("closes")),
)
"""What the last row says of the keys, beside the arrows."""
