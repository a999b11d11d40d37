"""The conversation pane: one widget that draws rows, however long the conversation is.

Work is done in slices of at most `SLICE_SECONDS`, and the loop is given back between them. A trickle of deltas is
drawn at most 30 times a second, what comes too fast to be read half as often, and takes at most a quarter of a core; a
backlog is worked off slice after slice.
Nothing is scheduled while nothing changes.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from textual import events
from textual.geometry import Region
from textual.message import Message as WidgetMessage
from textual.strip import Strip
from textual.widget import Widget

from salon.actions import Place
from salon.markdown import Line, Look, Span, is_fold_row, look
from salon.ui.answerentry import AnswerEntry
from salon.ui.blockcursor import BlockCursor, BlockPlace
from salon.ui.entry import Entry
from salon.ui.find import Finder, Hit, columns_of
from salon.ui.keys import bind_actions
from salon.ui.leaves import ShownLeaf
from salon.ui.painter import Painter, joined
from salon.ui.sections import EMPTY, Frame
from salon.ui.selection import Selection, Spot, selected_text
from salon.ui.targets import are_large
from salon.ui.viewport import Viewport

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.008
FRAME_SECONDS = 1 / 30
STILL_SECONDS = 1.0
"""Between two steps of an answer that arrives, where the screen is to be kept still."""
FLOOD_ROWS = 100
FLOOD_SECONDS = 1 / 15
"""More rows a second than this nobody reads as they come, and frames that follow each other less closely do."""
SHARE = 4
"""A trickle may use one part in so many of a core."""
WAY_SECONDS = 0.01
"""So long after a key an answer waits, so that what the key does is drawn first: it takes 0.003 s of CPU (measured)."""
MOST_WAITING = 0.1
"""Seconds for which a slice of an answer is put off, however many keys come."""
WHEEL_ROWS = 3
STRIPS_KEPT = 400
"""With what Textual keeps beside them, so many are about a megabyte."""
_GREETING = -1
"""What stands for an entry where there is none."""
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
        self.painter = painter
        self._frame = frame or Frame(80)
        self.viewport = Viewport(self._frame_for(80), 24)
        self.selection: Selection | None = None
        self._selecting_from: Spot | None = None
        self._strips: dict[tuple[int, int], Strip] = {}
        self._planned: asyncio.TimerHandle | None = None
        self._urgent = False
        """Whether the planned slice is something that the person waits for."""
        self._way_until = 0.0
        self._due = 0.0
        """When the planned slice was to be done, had nothing put it off."""
        self._last_start = 0.0
        self._last_cost = 0.0
        self._pause = FRAME_SECONDS
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
        self.still = False
        """Whether what arrives is shown in few large steps instead of many small ones."""

    # contents

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries, at their end."""
        self.selection = self.block = self.hit = None
        self.viewport.show(entries)
        self._redraw()
        self._plan(now=True)

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self.viewport.append(entry)
        self._plan(now=True)

    def truncate(self, count: int) -> None:
        """Keep the first `count` entries."""
        self.selection = self.block = self.hit = None
        self.viewport.truncate(count)
        self._redraw()
        self._plan(now=True)

    def change(self, count: int, entries: Sequence[Entry]) -> None:
        """Keep the first `count` entries and show these after them."""
        self.selection = self.block = self.hit = None
        self.viewport.change(count, entries)
        self._redraw()
        self._plan(now=True)

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
        self._plan(now=now)

    def set_greeting(self, greeting: Callable[[int], Sequence[Line]]) -> None:
        """What stands in a conversation that has no messages yet."""
        self._greeting = greeting
        self._redraw()

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self.painter = painter
        self._redraw()

    def set_thinking_open(self, open_them: bool) -> None:
        """Open or close all thinking."""
        self._frame = replace(self._frame, thinking_open=open_them)
        for entry in self.viewport.entries:
            entry.set_thinking_open(open_them)
        self.viewport.refold(self._frame_for(self.size.width))
        self._redraw()
        self._plan(now=True)

    def lay_out_as(self, frame: Frame) -> None:
        """Lay entries out in this way from now on; its width, and which folds are open, stay what they are."""
        now = self._frame
        self._frame = replace(frame, width=now.width, thinking_open=now.thinking_open, folds_open=now.folds_open)
        if self._frame != now:
            self.selection = None  # its rows are others now
            self.viewport.resize(self._frame_for(self.size.width), self.size.height)
            self._redraw()
            self._plan(now=True)

    def toggle_folds(self) -> None:
        """Open everything that is folded in one row, or fold it again."""
        open_them = not self._frame.folds_open
        self._frame = replace(self._frame, folds_open=open_them, thinking_open=open_them)
        for entry in self.viewport.entries:
            entry.set_folds_open(open_them)
        self.viewport.refold(self._frame_for(self.size.width))
        self._block_changes = self.block is not None
        self._redraw()
        self._plan(now=True)

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
        self._plan(now=True)
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
        self._plan(now=True)
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
        thumb = self._thumb(height) if width >= THUMB_WIDTH else range(0)
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
            return self._kept((_GREETING, row), greeting[row], width) if greets else self._blank(width)
        place = self.viewport.place(y)
        strip = self._strip_at(place, width)
        if place is not None and self.selection is not None:
            columns = self.selection.columns(*place, width)
            if columns is not None and columns[0] < columns[1]:
                strip = self.painter.highlighted(strip, *columns)
        if place is not None:
            strip = self._with_reading(strip, *place)
        if y == height - 1 and self.viewport.unread:
            strip = self._with_marker(strip, width)
        return self._with_thumb(strip, width) if is_thumb else strip

    def _strip_at(self, place: tuple[int, int] | None, width: int) -> Strip:
        if place is None:
            return self._blank(width)
        strip = self._strips.get(place)
        if strip is None or strip.cell_length != width:
            line = self.viewport.line(*place)
            return self._blank(width) if line is None else self._kept(place, line, width)
        return strip

    def _blank(self, width: int) -> Strip:
        return self._kept((_GREETING, -1), EMPTY, width)

    def _kept(self, place: tuple[int, int], line: Line, width: int) -> Strip:
        """The strip of a line, made once as long as nothing changes."""
        strip = self._strips.get(place)
        if strip is None or strip.cell_length != width:
            if len(self._strips) > STRIPS_KEPT:
                self._strips.clear()
            strip = self._strips[place] = self.painter.strip(line, width)
        return strip

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

    def _with_marker(self, strip: Strip, width: int) -> Strip:
        unread = self.viewport.unread
        text = f" ↓ {unread} new {'line' if unread == 1 else 'lines'} · Ctrl+End "
        marker = self.painter.strip(Line((Span(text, look("accent", bold=True), True),)), len(text), "surface")
        start = max(0, width - len(text) - 2)
        return joined(strip.crop(0, start), marker, strip.crop(start + len(text), width))

    def _with_thumb(self, strip: Strip, width: int) -> Strip:
        thumb = self.painter.strip(Line((Span("▕", Look("table-rule"), True),)), 1)
        return joined(strip.crop(0, width - 1), thumb)

    def _thumb(self, height: int) -> range:
        """The rows of the view that show where in the conversation it is; none where all of it is in view."""
        total = self.viewport.total
        if total <= height:
            return range(0)
        size = max(1, height * height // total)
        start = round((height - size) * self.viewport.top / (total - height))
        return range(start, start + size)

    def _redraw(self) -> None:
        self._strips.clear()
        self.refresh()

    # working

    def make_way(self) -> None:
        """A key was pressed: what it does is drawn before more of an answer that arrives."""
        self._way_until = time.monotonic() + WAY_SECONDS

    def _plan(self, *, now: bool = False) -> None:
        """Have the next slice done: at once, or when the next frame is due."""
        if self._planned is not None:
            if not now:
                return
            self._planned.cancel()
        self._urgent = self._urgent or now
        pause = 0.0 if now else max(STILL_SECONDS if self.still else self._pause, SHARE * self._last_cost)
        self._plan_at(self._last_start + pause)

    def _plan_at(self, moment: float) -> None:
        self._due = max(moment, time.monotonic())
        self._work_at(self._due)

    def _work_at(self, moment: float) -> None:
        delay = max(0.0, moment - time.monotonic())
        self._planned = asyncio.get_running_loop().call_later(delay, self._work)

    def _work(self) -> None:
        self._planned = None
        if not self.is_attached or self.size.height == 0:
            return
        free_at = min(self._way_until, self._due + MOST_WAITING)
        if not self._urgent and time.monotonic() < free_at:
            self._work_at(free_at)
            return
        self._urgent = False
        began, before = self._last_start, self.viewport.total
        self._last_start = time.monotonic()
        settled = self.viewport.settle(SLICE_SECONDS)
        rows = self.viewport.total - before
        self._pause = FLOOD_SECONDS if rows > FLOOD_ROWS * (self._last_start - began) else FRAME_SECONDS
        self._repaint()
        self._last_cost = time.monotonic() - self._last_start
        if not settled:
            self._plan_at(self._last_start)
        elif self._block_changes and self.block is not None:
            self._block_changes = False
            self.put_block(BlockCursor(self.viewport).at(self.block.entry, self.block.first))

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
                for row in range(changed, entry.height):
                    self._strips.pop((index, row), None)
                first = min(first, self.viewport.row_of(index, changed))
        if self.viewport.top != top_before:
            first = 0
        first = max(0, first)
        if first < height:
            self.refresh(Region(0, first, width, height - first))
        elif self.viewport.total != total_before:
            self.refresh(Region(0, height - 1, width, 1))
        thumb = self._thumb(height)
        if thumb != self._thumb_drawn:
            self._thumb_drawn = thumb
            self.refresh(Region(width - 1, 0, 1, height))

    def _moved(self) -> None:
        self.refresh()
        self._plan(now=True)

    def _frame_for(self, width: int) -> Frame:
        return replace(self._frame, width=max(1, width - 2))

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew for another width."""
        frame = self._frame_for(event.size.width)
        if frame != self.viewport.frame:
            self.selection = None  # its rows are others now
        self.viewport.resize(frame, event.size.height)
        self._redraw()
        self._plan(now=True)

    def on_unmount(self) -> None:
        """Leave nothing scheduled."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None

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
