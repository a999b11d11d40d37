"""One block on a screen of its own: tables, code and diagrams unwrapped, to be moved in both directions."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message as WidgetMessage
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from salon.actions import BY_ID, Place
from salon.markdown import Choices, Document, Lines, MarkdownLines, PlainLines, Span, goes_on, look
from salon.ui.keyline import KeyLine
from salon.ui.keys import bind_actions
from salon.ui.leaves import STEP, ShownLeaf
from salon.ui.painter import Painter
from salon.ui.sections import EMPTY, Rows
from salon.untrusted import clean_line
from salon.words import tr

SLICE_SECONDS = 0.008
MARGIN = 2
_MARGIN = Span(" " * MARGIN, look(), True)
WHEEL_ROWS = 3


@dataclass
class CopyWanted(WidgetMessage):
    """A text is to be put on the clipboard; `what` names it in a sentence."""

    text: str
    what: str


@dataclass(frozen=True, slots=True)
class OpenedBlock:
    """What the screen shows: the source for the clipboard, and its rows in a pane of some width."""

    text: str
    lay_out: Callable[[int, Choices], Lines]
    table: tuple[str, str, str] | None = None
    drawn: bool = False
    """Whether it looks otherwise than it was written."""

    @classmethod
    def of_leaf(cls, leaf: ShownLeaf) -> "OpenedBlock":
        """A block of Markdown; what may be wide is not wrapped."""
        document, wide = leaf.alone(), leaf.leaf.kind in {"code", "table"}

        def lay_out(width: int, choices: Choices) -> Lines:
            if wide:
                choices.moved.setdefault(0, 0)
            return MarkdownLines(document, width, measure=width, choices=choices)

        return cls(leaf.text(), lay_out, leaf.table(), leaf.is_drawn)

    @classmethod
    def of_page(cls, text: str, measure: int) -> "OpenedBlock":
        """A page of Markdown; `measure` is the widest that its running text gets, in columns."""
        document = Document(text)

        def lay_out(width: int, choices: Choices) -> Lines:
            return MarkdownLines(document, width, measure=min(width, measure), choices=choices)

        return cls(text, lay_out)

    @classmethod
    def of_text(cls, text: str) -> "OpenedBlock":
        """Words that mean nothing but themselves; they have been cleaned."""
        return cls(text, lambda width, _choices: PlainLines(text, width, look=look(), measure=width))


class BlockView(Widget, can_focus=True):
    """The rows of one block, from `top` on and from a column on."""

    ALLOW_SELECT = False

    class Moved(WidgetMessage):
        """Other rows are in view, or there are more of them."""

    def __init__(self, block: OpenedBlock, painter: Painter) -> None:
        super().__init__()
        bind_actions(self, Place.OPENED, prefix="screen.")
        self._block = block
        self.painter = painter
        self._choices = Choices()
        self._lines: Lines = Rows(())
        self._planned: asyncio.Handle | None = None
        self.top = 0

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self.painter = painter
        self.refresh()

    @property
    def total(self) -> int:
        """The rows laid out so far."""
        return self._lines.height

    def move_rows(self, rows: int) -> None:
        """Move down, or up if negative."""
        self.top = max(0, min(self.top + rows, self.total - self.size.height))
        self._show()

    def move_cells(self, steps: int) -> None:
        """Move to the right, as long as a row in view goes on there; to the left if negative."""
        offset = self._choices.moved.get(0)
        if not isinstance(self._lines, MarkdownLines) or offset is None:
            return
        rows = range(self.top, min(self.total, self.top + self.size.height))
        if steps < 0 or any(goes_on(self._lines.line(row)) for row in rows):
            self._lines.move(0, max(0, offset + steps * STEP))
            self._show()

    def toggle_source(self) -> None:
        """Show the block as it was written, or draw it."""
        if isinstance(self._lines, MarkdownLines) and self._block.drawn:
            self._choices.sources.symmetric_difference_update({0})
            self._lines.redo(0)
            self._plan()

    def render_line(self, y: int) -> Strip:
        """Row `y` of the view."""
        row, width = self.top + y, self.size.width
        line = self._lines.line(row) if row < self.total else EMPTY
        return self.painter.strip(line._replace(spans=(_MARGIN, *line.spans)), width)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for another width."""
        self._lines = self._block.lay_out(max(1, event.size.width - 2 * MARGIN), self._choices)
        self._plan()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        event.stop()
        self.move_rows(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        event.stop()
        self.move_rows(-WHEEL_ROWS)

    def on_unmount(self) -> None:
        """Leave nothing scheduled."""
        if self._planned is not None:
            self._planned.cancel()

    def _plan(self) -> None:
        if self._planned is None:
            self._planned = asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        self._planned = None
        if not self._lines.update(SLICE_SECONDS):
            self._planned = asyncio.get_running_loop().call_later(0.001, self._work)
        self.move_rows(0)

    def _show(self) -> None:
        self.refresh()
        self.post_message(self.Moved())


class BlockScreen(ModalScreen[None]):
    """The block, and a row that says how to move and where one is."""

    def __init__(self, block: OpenedBlock, painter: Painter) -> None:
        super().__init__()
        self._block = block
        self._view = BlockView(block, painter)
        self._said = ""

    def compose(self) -> ComposeResult:
        """The view and the row below it."""
        yield self._view
        with Horizontal(id="opened-bar"):
            yield KeyLine(rows=1, id="opened-hint")
            yield Static("", id="opened-place", markup=False)

    def on_mount(self) -> None:
        """Take the keys."""
        self._view.focus()

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._view.set_painter(painter)

    def say(self, sentence: str) -> None:
        """Show a sentence until the next move."""
        self._said = sentence
        self._show_bar()
        self._said = ""

    def on_block_view_moved(self) -> None:
        """Say where one is."""
        self._show_bar()

    def _show_bar(self) -> None:
        hints = [tr("← → ↑ ↓ move"), tr("{copy_opened_key} copies", copy_opened_key=BY_ID["copy_opened"].key)]
        if self._block.table is not None:
            hints.append(
                tr(
                    "{copy_opened_tsv_key} as TSV, {copy_opened_csv_key} as CSV",
                    copy_opened_tsv_key=BY_ID["copy_opened_tsv"].key,
                    copy_opened_csv_key=BY_ID["copy_opened_csv"].key,
                )
            )
        if self._block.drawn:
            hints.append(
                tr("{toggle_opened_source_key} source", toggle_opened_source_key=BY_ID["toggle_opened_source"].key)
            )
        hints.append(tr("Esc closes"))
        view = self._view
        first, last = view.top + 1, min(view.total, view.top + view.size.height)
        place = (
            tr("{first:,}–{last:,} of {total:,}", first=first, last=last, total=view.total)
            if view.total > view.size.height
            else ""
        )
        self.query_one(KeyLine).show(clean_line(self._said) or " · ".join(hints))
        self.query_one("#opened-place", Static).update(Text(place, no_wrap=True))

    async def action_help_opened(self) -> None:
        """Show the keys."""
        await self.run_action("app.help")

    def action_close_opened(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)

    def action_opened_up(self) -> None:
        """A row up."""
        self._view.move_rows(-1)

    def action_opened_down(self) -> None:
        """A row down."""
        self._view.move_rows(1)

    def action_opened_page_up(self) -> None:
        """A page up."""
        self._view.move_rows(-max(1, self._view.size.height - 2))

    def action_opened_page_down(self) -> None:
        """A page down."""
        self._view.move_rows(max(1, self._view.size.height - 2))

    def action_opened_start(self) -> None:
        """To the first row."""
        self._view.move_rows(-self._view.total)

    def action_opened_end(self) -> None:
        """To the last row."""
        self._view.move_rows(self._view.total)

    def action_opened_left(self) -> None:
        """To the left."""
        self._view.move_cells(-1)

    def action_opened_right(self) -> None:
        """To the right."""
        self._view.move_cells(1)

    def action_toggle_opened_source(self) -> None:
        """Show the block as it was written, or draw it."""
        self._view.toggle_source()

    def action_copy_opened(self) -> None:
        """Copy the block."""
        self.post_message(CopyWanted(self._block.text, tr("the block")))

    def action_copy_opened_tsv(self) -> None:
        """Copy the table for a spreadsheet."""
        self._copy_table(1)

    def action_copy_opened_csv(self) -> None:
        """Copy the table as comma-separated values."""
        self._copy_table(2)

    def _copy_table(self, form: int) -> None:
        if self._block.table is not None:
            self.post_message(CopyWanted(self._block.table[form], tr("the table")))
