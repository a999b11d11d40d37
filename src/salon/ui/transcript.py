"""The conversation pane: one widget that draws rows, however long the conversation is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from textual import events
from textual.geometry import Region
from textual.message import Message as WidgetMessage
from textual.strip import Strip
from textual.widget import Widget

from salon.actions import Place
from salon.markdown import Line, Span, is_fold_row, look
from salon.ui.answerentry import AnswerEntry
from salon.ui.blockcursor import BlockCursor, BlockPlace
from salon.ui.entry import Entry
from salon.ui.find import Finder, Hit, columns_of
from salon.ui.keys import bind_actions
from salon.ui.leaves import ShownLeaf
from salon.ui.pace import SLICE_SECONDS, Pace, Slice
from salon.ui.painter import Painter, joined
from salon.ui.rowstrips import RowStrips, thumb_rows, with_marker, with_thumb
from salon.ui.sections import Frame
from salon.ui.selection import Selection, Spot, selected_text
from salon.ui.targets import are_large
from salon.ui.viewport import Viewport

WHEEL_ROWS = 3
_NEAR = sorted(
    ((across, down) for across in range(-4, 5) for down in range(-1, 2)), key=lambda cell: abs(cell[0]) + abs(cell[1])
)
"""Steps across and down to where a click is still meant for what is there, with large targets; nearest first."""
THUMB_WIDTH = 20
"""A narrower pane has no cell to spare for where in the conversation it is."""


class Transcript(Widget):
    """The messages on the current path, newest at the end. It takes the keys from the prompt only to be read."""

    ALLOW_SELECT = False

    @dataclass
    class LinkPicked(WidgetMessage):
        """Somebody chose a link; `href` is unchecked."""

        href: str

    @dataclass
    class VariantPicked(WidgetMessage):
        """Somebody clicked on what says which variant an entry is."""

        entry: Entry

    def __init__(self, painter: Painter, *, frame: Frame | None = None, id: str = "") -> None:  # noqa: A002 - Textual's own name
        """`frame` says how entries are laid out, whatever its width."""
        super().__init__(id=id or None)
        bind_actions(self, Place.READING, prefix="screen.")
        self._frame = frame or Frame(80)
        self.viewport = Viewport(self._frame_for(80), 24)
        self.selection: Selection | None = None
        self._selecting_from: Spot | None = None
        self._strips = RowStrips(painter, self.viewport)
        self.pace = Pace(self._work)
        self._arrived = 0
        """Characters of answers since the last slice."""
        self._greeting: Callable[[int], Sequence[Line]] = lambda width: ()
        self._drawn = (0, 0)
        """The viewport's top and total when rows were last sent to be drawn."""
        self._thumb_drawn = range(0)
        self.block: BlockPlace | None = None
        """The block that is being read, while the transcript has the keys."""
        self.finder = Finder(self.viewport)
        self.hit: Hit | None = None
        self._block_changes = False
        """Whether the block that is being read is about to have other rows."""

    @property
    def painter(self) -> Painter:
        """What draws the rows."""
        return self._strips.painter

    # contents

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries, at their end."""
        self.selection = self.block = self.hit = None
        self.viewport.show(entries)
        self._redraw()
        self.pace.plan(now=True)

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self.viewport.append(entry)
        self.pace.plan(now=True)

    def truncate(self, count: int) -> None:
        """Keep the first `count` entries."""
        self.selection = self.block = self.hit = None
        self.viewport.truncate(count)
        self._redraw()
        self.pace.plan(now=True)

    def change(self, count: int, entries: Sequence[Entry]) -> None:
        """Keep the first `count` entries and show these after them."""
        self.selection = self.block = self.hit = None
        self.viewport.change(count, entries)
        self._redraw()
        self.pace.plan(now=True)

    def read_entry(self, index: int) -> None:
        """Read the first block of an entry."""
        if self.has_focus and 0 <= index < len(self.viewport.entries):
            self.put_block(BlockCursor(self.viewport).first_of(index))

    def reveal_entry(self, index: int) -> None:
        """Bring the beginning of an entry into view, moving no further than it takes."""
        self.viewport.settle_entry(index, 0.05)
        height = self.viewport.entries[index].height
        self.viewport.reveal(index, 0, min(height, self.size.height) - 1)
        self._moved()

    def touch(self, entry: Entry, *, now: bool = False) -> None:
        """Something was added to an entry; it is drawn with the next frame, or at once."""
        entries = self.viewport.entries
        index = len(entries) - 1 if entries and entries[-1] is entry else entries.index(entry)
        self.viewport.touch(index)
        self._arrived += entry.take_arrived()
        self.pace.plan(now=now)

    def set_greeting(self, greeting: Callable[[int], Sequence[Line]]) -> None:
        """What stands in a conversation that has no messages yet."""
        self._greeting = greeting
        self._redraw()

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._strips.painter = painter
        self._redraw()

    def set_thinking_open(self, open_them: bool) -> None:
        """Open or close all thinking."""
        self._frame = replace(self._frame, thinking_open=open_them)
        for entry in self.viewport.entries:
            entry.set_thinking_open(open_them)
        self.viewport.refold(self._frame_for(self.size.width))
        self._redraw()
        self.pace.plan(now=True)

    def lay_out_as(self, frame: Frame) -> None:
        """Lay entries out in this way from now on; its width, and which folds are open, stay what they are."""
        now = self._frame
        self._frame = replace(frame, width=now.width, thinking_open=now.thinking_open, folds_open=now.folds_open)
        if self._frame != now:
            self.selection = None  # its rows are others now
            self.viewport.resize(self._frame_for(self.size.width), self.size.height)
            self._redraw()
            self.pace.plan(now=True)

    def toggle_folds(self) -> None:
        """Open everything that is folded in one row, or fold it again."""
        open_them = not self._frame.folds_open
        self._frame = replace(self._frame, folds_open=open_them, thinking_open=open_them)
        for entry in self.viewport.entries:
            entry.set_folds_open(open_them)
        self.viewport.refold(self._frame_for(self.size.width))
        self._block_changes = self.block is not None
        self._redraw()
        self.pace.plan(now=True)

    @property
    def thinking_open(self) -> bool:
        """Whether thinking begins open."""
        return self._frame.thinking_open

    # moving

    def page(self, direction: int) -> None:
        """Move by a page less two rows, down if positive."""
        self.scroll_rows(direction * max(1, self.size.height - 2))

    def scroll_rows(self, rows: int) -> None:
        """Move by rows, down if positive."""
        self.viewport.scroll(rows)
        self._moved()

    def to_top(self) -> None:
        """Go to the beginning."""
        self.viewport.to_top()
        self._moved()

    def to_end(self) -> None:
        """Go to the end and follow it."""
        self.viewport.to_end()
        self._moved()

    # reading

    def read(self) -> None:
        """Take the keys and begin at the lowest block in view."""
        self.can_focus = True
        self.focus()
        self.put_block(BlockCursor(self.viewport).nearest(self.size.height - 1))

    def toggle_fold(self, index: int, row: int) -> bool:
        """Open or close the fold whose heading is at a row of an entry; whether there was one."""
        if not self.viewport.entries[index].toggle_at(row):
            return False
        self.selection = None
        self.viewport.keep_place(index, row)
        self.viewport.touch(index)
        self._redraw()
        self.pace.plan(now=True)
        return True

    def change_leaf(self, entry: int, row: int, change: Callable[[ShownLeaf], bool]) -> bool:
        """Show the block of Markdown at a row of an entry otherwise; whether `change` did anything."""
        leaf = self.viewport.entries[entry].leaf_at(row)
        if leaf is None or not change(leaf):
            return False
        self.selection = None
        self.viewport.keep_place(entry, row)
        self.viewport.touch(entry)
        self.viewport.settle_entry(entry, SLICE_SECONDS)
        self._block_changes = self.block is not None
        self._redraw()
        self.pace.plan(now=True)
        return True

    def on_blur(self) -> None:
        """Nobody reads any more; a click must not take the keys from the prompt."""
        self.can_focus = False
        self.block = None
        self.refresh()

    def put_block(self, block: BlockPlace | None) -> None:
        """Read this block; None, at the end of the way, changes nothing."""
        if block is not None:
            self.block = block
            self.viewport.reveal(block.entry, block.first, block.last)
            self._moved()

    def look_for(self, words: str, also: int | None = None) -> int:
        """Mark other words; how often they are there. See `Finder.look_for`."""
        self.hit = None
        count = self.finder.look_for(words, also)
        self.refresh()
        return count

    def step_to_hit(self, direction: int, entry: int | None = None) -> int:
        """Go to the next or previous occurrence; its number, or 0.

        From the last one or from the top of the view on, or from the beginning of the entry that is given.
        """
        if entry is not None:
            row, column = 0, -1
        elif self.hit is not None:
            entry, row, column = self.hit.entry, self.hit.row, self.hit.start
        else:
            place = self.viewport.place(0) or (0, 0)
            entry, row, column = *place, -1
        found = self.finder.next(entry, row, column, direction)
        if found is None:
            return 0
        self.hit = found
        self.viewport.reveal(found.entry, max(0, found.row - 2), found.row + 2)
        self._moved()
        return self.finder.number_of(found)

    # selecting and copying

    def selected_text(self) -> str:
        """What is selected, as source; "" for nothing."""
        return "" if self.selection is None else selected_text(self.viewport, self.selection)

    def clear_selection(self) -> None:
        """Select nothing."""
        if self.selection is not None:
            self.selection = None
            self.refresh()

    def last_answer(self) -> AnswerEntry | None:
        """The last answer with any text."""
        answers = (entry for entry in reversed(self.viewport.entries) if isinstance(entry, AnswerEntry))
        return next((entry for entry in answers if entry.source().strip()), None)

    # drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of the view within `crop`.

        Rows come with all their colours and are kept by place, not by where on the screen they stand. What Textual does
        here, composing each with the widget's styles whenever it moves, is a third of what a streaming answer costs to
        draw (measured).
        """
        width, height = self.size
        thumb = thumb_rows(self.viewport, height) if width >= THUMB_WIDTH else range(0)
        strips = [self._row(y, width, height, is_thumb=y in thumb) for y in crop.line_range]
        ground = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, ground) for strip in strips]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Row `y` of the view."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _row(self, y: int, width: int, height: int, *, is_thumb: bool) -> Strip:
        if not self.viewport.entries:
            row = y - 2
            greeting = self._greeting(width)
            greets = 0 <= row < len(greeting)
            return self._strips.greeting(row, greeting[row], width) if greets else self._strips.blank(width)
        place = self.viewport.place(y)
        strip = self._strips.at(place, width)
        if place is not None and self.selection is not None:
            columns = self.selection.columns(*place, width)
            if columns is not None and columns[0] < columns[1]:
                strip = self.painter.highlighted(strip, *columns)
        if place is not None:
            strip = self._with_reading(strip, *place)
        if y == height - 1 and self.viewport.unread:
            strip = with_marker(self.painter, strip, self.viewport.unread, width)
        return with_thumb(self.painter, strip, width) if is_thumb else strip

    def _with_reading(self, strip: Strip, entry: int, row: int) -> Strip:
        """The row with what was searched marked, and with a bar if its block is being read."""
        if self.finder.words and (line := self.viewport.line(entry, row)) is not None:
            for start, end in columns_of(line, self.finder.words):
                here = self.hit is not None and (self.hit.entry, self.hit.row, self.hit.start) == (entry, row, start)
                strip = self.painter.highlighted(strip, start, end, "selection" if here else "search-hit")
        block = self.block
        if block is not None and block.entry == entry and block.first <= row <= block.last:
            bar = self.painter.strip(Line((Span("▌", look("accent"), True),)), 1)
            strip = joined(bar, strip.crop(1, strip.cell_length))
        return strip

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    # working

    def _work(self) -> Slice | None:
        if not self.is_attached or self.size.height == 0:
            return None
        arrived, self._arrived = self._arrived, 0
        settled = self.viewport.settle(SLICE_SECONDS)
        self._repaint()
        if settled and self._block_changes and self.block is not None:
            self._block_changes = False
            self.put_block(BlockCursor(self.viewport).at(self.block.entry, self.block.first))
        return Slice(arrived, settled)

    def _repaint(self) -> None:
        """Have the rows drawn that may look different from what was drawn last."""
        top_before, total_before = self._drawn
        self._drawn = (self.viewport.top, self.viewport.total)
        width, height = self.size  # which Textual looks up in its layout, so once
        first = height
        for index in self.viewport.visible_or_last():
            entry = self.viewport.entries[index]
            changed = entry.take_changed()
            if changed < entry.height or self.viewport.total != total_before:
                self._strips.drop(index, changed, entry.height)
                first = min(first, self.viewport.row_of(index, changed))
        if self.viewport.top != top_before:
            first = 0
        first = max(0, first)
        if first < height:
            self.refresh(Region(0, first, width, height - first))
        elif self.viewport.total != total_before:
            self.refresh(Region(0, height - 1, width, 1))
        thumb = thumb_rows(self.viewport, height)
        if thumb != self._thumb_drawn:
            self._thumb_drawn = thumb
            self.refresh(Region(width - 1, 0, 1, height))

    def _moved(self) -> None:
        self.refresh()
        self.pace.plan(now=True)

    def _frame_for(self, width: int) -> Frame:
        return replace(self._frame, width=max(1, width - 2))

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew for another width."""
        frame = self._frame_for(event.size.width)
        if frame != self.viewport.frame:
            self.selection = None  # its rows are others now
        self.viewport.resize(frame, event.size.height)
        self._redraw()
        self.pace.plan(now=True)

    def on_unmount(self) -> None:
        """Leave nothing scheduled."""
        self.pace.stop()

    # the mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        event.stop()
        self.scroll_rows(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        event.stop()
        self.scroll_rows(-WHEEL_ROWS)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select."""
        if event.button != 1:
            return
        self.clear_selection()
        self._selecting_from = self._spot(event.x, event.y)
        if self._selecting_from is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select as far as the pointer, scrolling where it leaves the pane."""
        if self._selecting_from is None:
            return
        if event.y < 0:
            self.scroll_rows(-1)
        elif event.y >= self.size.height:
            self.scroll_rows(1)
        here = self._spot(event.x, max(0, min(event.y, self.size.height - 1)))
        if here is not None and here != self._selecting_from:
            self.selection = Selection(self._selecting_from, here)
            self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the selection; without one it was a click."""
        self.release_mouse()
        start, self._selecting_from = self._selecting_from, None
        if start is not None and self.selection is None:
            self._click(event.x, event.y)

    def _spot(self, x: int, y: int) -> Spot | None:
        place = self.viewport.place(y)
        return None if place is None else Spot(*place, max(0, x))

    def _click(self, x: int, y: int) -> None:
        near = _NEAR if are_large(self) else _NEAR[:1]
        spots = (self._spot(x + across, y + down) for across, down in near if x + across >= 0)
        any(self._obey(spot) for spot in spots if spot is not None)

    def _obey(self, spot: Spot) -> bool:
        """Do what a click on a cell means; whether it means anything."""
        if self.toggle_fold(spot.entry, spot.row):
            return True
        line = self.viewport.line(spot.entry, spot.row)
        if line is not None and is_fold_row(line) and self.change_leaf(spot.entry, spot.row, ShownLeaf.toggle_fold):
            return True
        entry = self.viewport.entries[spot.entry]
        if entry.names_variant_at(spot.row, spot.column):
            self.post_message(self.VariantPicked(entry))
            return True
        href = href_at(line, spot.column) if line is not None else ""
        if href:
            self.post_message(self.LinkPicked(href))
        return bool(href)


def href_at(line: Line, column: int) -> str:
    """The target of the link at a column, "" where there is none."""
    end = 0
    for span in line.spans:
        end += Line((span,)).cells()
        if column < end:
            return span.href
    return ""
