"""A text area that is edited as a shell's prompt is, or as vi edits.

Textual's text area holds the lines, wraps and scrolls them; what keys do is decided in `salon.editing`.
"""

import string
import time
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rich.segment import Segment
from textual import events
from textual.document._document import Document, EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._history import EditHistory
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.message import Message as WidgetMessage
from textual.strip import Strip
from textual.widgets import TextArea

from salon.actions import ACTIONS, Place
from salon.editing.graphemes import following, snapped
from salon.editing.history import Deed, History, Journey
from salon.editing.killring import KillRing
from salon.editing.readline import COMMANDS, SELECTING
from salon.editing.text import Buffer, Change
from salon.editing.vi.machine import Vi
from salon.editing.vi.step import Step
from salon.ui.wrapping import QuickWrap
from salon.untrusted import clean

_PLACES = frozenset({Place.PROMPT, Place.EDITING})


class _NoHistory(EditHistory):
    """Takes the place of Textual's history, which forgets all but its last steps; it tells ours where steps part."""

    def __init__(self, past: History) -> None:
        super().__init__(max_checkpoints=1, checkpoint_timer=0, checkpoint_max_characters=0)
        self._past = past

    def record(self, edit: Edit) -> None:
        """Nothing; `EditingArea.edit` records."""

    def checkpoint(self) -> None:
        """What comes next is a step of its own; Textual says so whenever the caret is moved."""
        self._past.pause()

    def clear(self) -> None:
        """Forget everything."""
        self._past.clear()


class EditingArea(TextArea, inherit_bindings=False):
    """A text area with readline's commands and, if `vi`, with vi's language."""

    @dataclass
    class ModeChanged(WidgetMessage):
        """vi's mode, or what it has been given of a command, is another one."""

        shown: str

    @dataclass
    class Cut(WidgetMessage):
        """The person wants this on the clipboard."""

        text: str

    def __init__(self, *, vi: bool = False, id: str = "") -> None:  # noqa: A002 - Textual's own name
        self._dressed: object = None
        """The colours that have been looked up in the styles as they are now."""
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus", compact=True, id=id or None)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.vi = Vi(lambda: self.app.clipboard) if vi else None
        self._past = History()
        self.history = _NoHistory(self._past)
        self._travelling = False
        self._ring = KillRing()
        self._yanked: tuple[int, int] | None = None
        """Where the last yank stands, as long as it was the last thing that was done."""
        self._mark_set = False
        self._finding = False
        self._told_mode = ""
        self._chosen: tuple[Location, Location] | None = None
        """What is chosen in a visual mode of vi."""
        self._keys = {key: action.id for action in ACTIONS if action.place in _PLACES for key in action.keys}

    # lines and rows

    def _set_document(self, text: str, language: str | None) -> None:
        # As in Textual, without its syntax, and with a wrapped document that long lines do not slow down.
        self.document = Document(text)
        self.wrapped_document = QuickWrap(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def notify_style_update(self) -> None:
        """Look the styles up again before the next row is drawn."""
        self._dressed = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows within `crop`. Textual looks all styles up with every key, a third of what one costs (measured)."""
        if self._dressed is self._theme:
            return super(TextArea, self).render_lines(crop)
        self._dressed = self._theme
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """A row: text, what is selected, and the caret on a whole cluster."""
        wrapped = self.wrapped_document
        y += self.scroll_offset.y
        empty = self.document.line_count == 1 and not self.document.get_line(0)
        if empty or not isinstance(wrapped, QuickWrap) or y >= wrapped.height:
            return super().render_line(y - self.scroll_offset.y)
        row, section = wrapped._offset_to_line_info[y]
        start, end = wrapped.section(row, section)
        line, width = self.document.get_line(row), self.scrollable_content_region.width
        theme = self._theme
        base = (theme is not None and theme.base_style) or self.rich_style
        marked = self._marked_on(row, start, end)
        caret_row, caret = self.cursor_location
        last = end == len(line)
        caret_here = caret_row == row and self._draw_cursor and (start <= caret < end or (last and caret == end))
        caret_end = following(line, caret) if caret < len(line) else caret + 1
        cuts = {start, end, *marked, *((min(caret, end), min(caret_end, end)) if caret_here else ())}
        segments: list[Segment] = []
        for first, stop in pairwise(sorted(cuts)):
            style = base
            if marked and marked[0] <= first < marked[1] and theme is not None and theme.selection_style is not None:
                style = base + theme.selection_style
            if caret_here and first == caret and theme is not None and theme.cursor_style is not None:
                style = base + theme.cursor_style
            segments.append(Segment(line[first:stop].replace("\t", " " * self.indent_width), style))
        if caret_here and caret == end and theme is not None and theme.cursor_style is not None:
            segments.append(Segment(" ", base + theme.cursor_style))
        elif marked and not line and theme is not None and theme.selection_style is not None:
            segments.append(Segment(" ", base + theme.selection_style))
        return Strip(segments).adjust_cell_length(width, base)

    def _marked_on(self, row: int, start: int, end: int) -> tuple[int, ...]:
        """From where to where a part of a line is selected, () where it is not."""
        first, last = self._chosen if self._chosen is not None else sorted(self.selection)
        if first == last or not first[0] <= row <= last[0]:
            return ()
        begin = first[1] if row == first[0] else 0
        stop = last[1] if row == last[0] else max(end, begin)
        begin, stop = max(start, begin), min(end, stop)
        return (begin, stop) if begin < stop or start == end else ()

    # places

    def index_of(self, location: Location) -> int:
        """The place of a location in the text."""
        row, column = location
        lines = self.document.lines
        return sum(map(len, lines[:row])) + row + column

    def location_of(self, index: int) -> Location:
        """The location of a place in the text."""
        starts = [0, *accumulate(len(line) + 1 for line in self.document.lines)]
        row = min(bisect_right(starts, index) - 1, len(starts) - 2)
        return row, index - starts[row]

    @property
    def caret(self) -> int:
        """Where the caret is in the text."""
        return self.index_of(self.cursor_location)

    @property
    def selected_text(self) -> str:
        """What is selected, in vi's visual modes what is chosen there."""
        if self.vi is not None and (span := self.vi.chosen(self.text, self.caret)) is not None:
            return self.text[span.start : span.end]
        return super().selected_text

    # changing

    def edit(self, edit: Edit) -> EditResult:
        """Do an edit with what is harmless of its text, and have it in the history.

        Whatever gets into the box passes here: typed, pasted, recalled, completed.
        """
        edit.text = clean(edit.text)
        if self._travelling:
            return super().edit(edit)
        start, before = self.index_of(edit.top), self.caret
        result = super().edit(edit)
        inserted = self.document.get_text_range(edit.top, result.end_location) if edit.text else ""
        if inserted or result.replaced_text:
            deed = Deed(start, result.replaced_text, inserted)
            self._past.record(deed, before=before, after=self.caret, now=time.monotonic())
        self._mark_set = False
        return result

    def change(self, change: Change) -> None:
        """Do a change, the caret behind it."""
        self.replace(
            change.text, self.location_of(change.start), self.location_of(change.end), maintain_selection_offset=False
        )

    def type(self, text: str) -> None:
        """Put text in the place of the selection."""
        self._replace_via_keyboard(text, *self.selection)

    def undo(self) -> None:
        """Undo a step."""
        self._travel(self._past.undo())

    def redo(self) -> None:
        """Redo a step."""
        self._travel(self._past.redo())

    def _travel(self, journey: Journey) -> bool:
        self._travelling = True
        try:
            for deed in journey.deeds:
                self.change(Change(deed.start, deed.start + len(deed.removed), deed.inserted))
        finally:
            self._travelling = False
        if journey.caret is not None:
            self.move_cursor(self.location_of(min(journey.caret, len(self.text))))
        return bool(journey)

    def clear_draft(self) -> bool:
        """Empty the box, as a step that undo brings back; whether there was anything."""
        if not self.text:
            return False
        self._past.part()
        self.clear()
        self._past.part()
        if self.vi is not None:
            self.vi.reset()
            self._tell_mode()
        return True

    # keys

    async def _on_key(self, event: events.Key) -> None:
        # Nothing is left to Textual's bindings: it sends a key that is bound round by the app, where the keys after it
        # overtake it, so that on a slow line, where keys come in bursts, a backspace would delete what came after it.
        event.prevent_default()
        if await self.take_key(event.key, event.character):
            event.stop()

    async def take_key(self, key: str, character: str | None) -> bool:
        """Do what a key means here; whether it means anything."""
        text = character if character and "+" not in key and is_text(character) else ""
        if self._finding:
            self._finding = False
            self._find(text)
            return True
        if self.vi is not None and await self._take_in_vi(key, text):
            return True
        if (action := self._keys.get(key)) is not None:
            return await self.obey(action)
        if text:
            self._ring.interrupt()
            self._yanked = None
            self.type(text)
            return True
        return False

    async def obey(self, action: str) -> bool:
        """Do an action of the prompt; whether it is one."""
        if action not in {"yank", "yank_pop"}:
            self._yanked = None
        if not action.startswith("kill"):
            self._ring.interrupt()
        if action in COMMANDS:
            self._command(action, select=self._mark_set)
        elif action in SELECTING:
            self._command(SELECTING[action], select=True)
        elif action in {"yank", "yank_pop"}:
            self._yank(pop=action == "yank_pop")
        elif (own := getattr(self, f"edit_{action}", None)) is not None:
            own()
        else:
            await self.run_action(f"screen.{action}")
        return True

    def _command(self, action: str, *, select: bool) -> None:
        anchor, caret = self.index_of(self.selection.start), self.caret
        outcome = COMMANDS[action](Buffer(self.text, caret, anchor if not select and anchor != caret else None))
        if action.startswith(("delete", "kill")) and anchor != caret:
            outcome = COMMANDS[action](Buffer(self.text, caret, anchor))
        if outcome.killed:
            self._ring.kill(outcome.killed, backwards=outcome.backwards)
        if outcome.change is not None:
            self.change(outcome.change)
            self.move_cursor(self.location_of(outcome.caret))
            return
        if not outcome.killed and not action.startswith(("delete", "kill")):
            self._past.part()
        self.move_cursor(self.location_of(outcome.caret), select=select)

    def _yank(self, *, pop: bool) -> None:
        if pop and self._yanked is None:
            return
        text = self._ring.pop() if pop else self._ring.yank()
        if not text:
            return
        start, end = sorted((self.index_of(self.selection.start), self.caret))
        if pop and self._yanked is not None:
            start, end = self._yanked
        self.change(Change(start, end, text))
        self._yanked = start, start + len(text)

    # actions that are not readline's functions of a text

    def edit_undo(self) -> None:
        """Undo."""
        self.undo()

    def edit_redo(self) -> None:
        """Redo."""
        self.redo()

    def edit_older_text(self) -> None:
        """Go back in time."""
        self._travel(self._past.older())

    def edit_newer_text(self) -> None:
        """Go forward in time."""
        self._travel(self._past.newer())

    def edit_set_mark(self) -> None:
        """Select from here on."""
        self._mark_set = True
        self.move_cursor(self.cursor_location)

    def edit_exchange_mark(self) -> None:
        """Go to the other end of the selection."""
        self.selection = Selection(self.selection.end, self.selection.start)

    def edit_find_character(self) -> None:
        """Wait for a character, and go to its next place."""
        self._finding = True

    def _find(self, text: str) -> None:
        found = self.text.find(text, self.caret + 1) if text else -1
        if found >= 0:
            self.move_cursor(self.location_of(found), select=self._mark_set)

    def edit_select_up(self) -> None:
        """Select one row up."""
        self.vertical(-1, select=True)

    def edit_select_down(self) -> None:
        """Select one row down."""
        self.vertical(+1, select=True)

    def edit_select_all(self) -> None:
        """Select everything."""
        self.select_all()

    def edit_cut(self) -> None:
        """Take out what is selected, for the clipboard."""
        if text := self.selected_text:
            self._delete_via_keyboard(*self.selection)
            self.post_message(self.Cut(text))

    def edit_paste(self) -> None:
        """Put in what was copied in this app."""
        if text := self.app.clipboard:
            self.type(clean(text))

    def vertical(self, rows: int, *, select: bool = False) -> None:
        """Go some rows of the screen down, or up if negative, in the same column."""
        self._past.part()
        select = select or self._mark_set
        for _ in range(abs(rows)):
            self.action_cursor_down(select) if rows > 0 else self.action_cursor_up(select)
        row, column = self.cursor_location
        self.move_cursor((row, snapped(self.document.get_line(row), column)), select=select, record_width=False)

    # vi

    def claims(self, key: str) -> bool:
        """Whether a key that the app has bound is vi's here, in the order in which keys were typed."""
        if self.vi is None:
            return False
        if self.vi.inserting:
            return key == "escape" or _as_escaped(key) != ""
        return key in {"escape", "ctrl+r"}

    async def _take_in_vi(self, key: str, text: str) -> bool:
        assert self.vi is not None
        vi = self.vi
        if vi.inserting and (letter := _as_escaped(key)):
            await self._take_in_vi("escape", "")
            return await self._take_in_vi(letter, letter)
        if vi.mode == "INSERT" and key != "escape":
            return False
        before_inserting = vi.inserting
        step = vi.press(text or key, self.text, self.caret)
        if step.passed:
            self._tell_mode()
            if key == "escape":
                await self.run_action("screen.stop")
                return True
            # Keys by name that mean nothing to vi are the prompt's and the app's; nothing that is text gets through.
            return bool(text)
        if not before_inserting:
            self._past.hold_open()
        self._do_step(step)
        if not vi.inserting:
            self._past.part()
        self._tell_mode()
        if step.send:
            await self.obey("send")
        elif step.edge:
            await self.obey("recall_older" if step.edge < 0 else "recall_newer")
        return True

    def _do_step(self, step: Step) -> None:
        assert self.vi is not None
        if step.history:
            self._past.part()
            for _ in range(step.times):
                journey = getattr(self._past, step.history)()
                if not self._travel(journey):
                    break
                self.move_cursor(self.location_of(self.vi.settle(self.text, journey.deeds[-1].start)))
            return
        for change in step.changes:
            self.change(change)
        if step.rows:
            self.vertical(step.rows)
            caret = self.vi.settle(self.text, self.caret)
        else:
            caret = step.caret
        if step.changes or step.rows or caret != self.caret or not self.selection.is_empty:
            self.move_cursor(self.location_of(caret))
        if step.copied is not None:
            self.post_message(self.Cut(step.copied))

    def _tell_mode(self) -> None:
        if self.vi is None:
            return
        span = self.vi.chosen(self.text, self.caret) if self.vi.visual else None
        self._chosen = None if span is None else (self.location_of(span.start), self.location_of(span.end))
        shown = f"{self.vi.mode} {self.vi.pending}".strip()
        if span is not None or shown != self._told_mode:
            self.refresh()
        if shown != self._told_mode:
            self._told_mode = shown
            self.post_message(self.ModeChanged(shown))

    def begin_text(self) -> None:
        """Another text has come into the box: vi is in its insert mode, and nothing is half done."""
        self._yanked = None
        self._mark_set = self._finding = False
        self._ring.interrupt()
        if self.vi is not None:
            self.vi.reset(self.text, self.caret)
            self._tell_mode()


_PUNCTUATION = {_character_to_key(character): character for character in string.punctuation}


def _as_escaped(key: str) -> str:
    """The character of Alt and a character, which is what Esc and a key typed fast look like; "" for other keys."""
    if not key.startswith("alt+"):
        return ""
    name = key.removeprefix("alt+").removeprefix("shift+")
    character = name if len(name) == 1 else _PUNCTUATION.get(name, "")
    return character.upper() if "shift+" in key else character


def is_text(character: str) -> bool:
    """Whether a key is text, also what Python does not call printable: the blanks of Japanese and French, joiners."""
    return character not in "\t\n\r\x7f" and clean(character) == character
