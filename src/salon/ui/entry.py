"""An entry of the transcript: one message as rows that are made when somebody looks.

An entry costs next to nothing until it is seen: its height is estimated from its text, and its sections are built and
laid out on the first look.
"""

import math
from dataclasses import replace

from salon.chat.blocks import joined_text
from salon.chat.conversation import Message
from salon.markdown import Line, Lines, MarkdownLines, Span, look
from salon.ui.leaves import ShownLeaf
from salon.ui.sections import (
    EMPTY,
    FoldSection,
    Frame,
    Section,
    TextSection,
    ThinkingSection,
    WordsSection,
)
from salon.untrusted import clean

INDENT = 2
_MARGIN = Span(" " * INDENT, look(), True)


class Entry:
    """One message as rows: sections with a blank row between them, after `gap` blank rows."""

    gap = 1

    def __init__(self, message: Message, variant: tuple[int, int] = (1, 1)) -> None:
        self.message = message
        self.variant = variant
        """Which of its siblings the message is, counted from 1, and how many there are."""
        text = joined_text(message.content)
        self._extent = (text.count("\n"), len(text))
        """Lines and characters, for as long as there are no sections: ten thousand entries are estimated at once."""
        self._sections: list[Section] | None = None
        self._lines: list[Lines] = []
        self._starts: list[int] = []
        self._frame: Frame | None = None
        self._height = 0
        self._changed = 0

    # what a kind of message decides

    def build(self) -> list[Section]:
        """The sections of the message."""
        raise NotImplementedError

    def margin(self) -> Span:
        """What stands left of every row."""
        return _MARGIN

    def label(self) -> str:
        """What stands right of the first row; "" for nothing."""
        return ""

    def shows(self, message: Message, variant: tuple[int, int]) -> bool:
        """Whether this is what would be shown of a message now."""
        return self.message is message and self.variant == variant

    def names_variant_at(self, index: int, column: int) -> bool:
        """Whether the label at the right, which says which variant this is, stands at a column of a row."""
        if self.variant[1] == 1 or index != self.gap or self._frame is None:
            return False
        return self._frame.width - len(self.label()) <= column < self._frame.width

    # layout

    def estimate(self, frame: Frame) -> int:
        """About how many rows the entry will have, without laying it out."""
        width = max(1, min(frame.width - INDENT, frame.measure))
        if self._sections is None:
            lines, characters = self._extent
            return self.gap + max(1, lines + characters // width)
        # What is still arriving is in the sections only.
        texts = [section.source() for section in self._sections if not isinstance(section, FoldSection)]
        return self.gap + max(1, len(self._sections) + sum(text.count("\n") + len(text) // width for text in texts))

    @property
    def is_laid_out(self) -> bool:
        """Whether the entry has rows."""
        return self._frame is not None

    def lay_out(self, frame: Frame) -> None:
        """Make rows for `frame`, to be settled by `update`."""
        if frame == self._frame:
            return
        self._frame = frame
        if self._sections is None:
            self._sections = self.build()
        self._lines = [self._lay_out_section(section) for section in self._sections]
        self._changed = 0
        self._measure()

    def forget(self) -> None:
        """Give the rows back; the next look lays out anew."""
        self._frame = None
        self._lines = []
        self._starts = []

    def update(self, budget: float = math.inf) -> bool:
        """Settle rows for about `budget` seconds; True when nothing is left."""
        settled = True
        for lines in self._lines:
            settled = lines.update(budget) and settled
            if not settled:
                break
        self._measure()
        return settled

    @property
    def height(self) -> int:
        """The rows so far, the gap included."""
        return self._height

    def line(self, index: int) -> Line:
        """The row at `index`, margin included."""
        if index < self.gap:
            return EMPTY
        section, row = self._locate(index)
        if section < 0 or row >= self._lines[section].height:
            return EMPTY
        line = self._lines[section].line(row)
        line = line._replace(spans=(self.margin(), *line.spans))
        return self._labelled(line) if index == self.gap else line

    def take_changed(self) -> int:
        """The first row that may differ since the last call."""
        first = self._changed
        for start, lines in zip(self._starts, self._lines, strict=True):
            if lines.first_changed < lines.height:
                first = min(first, start + lines.first_changed)
            lines.take_changed()
        self._changed = self._height
        return first

    def take_arrived(self) -> int:
        """How many characters have arrived since the last call; of a message that is whole, none."""
        return 0

    # what a person can do with it

    def section_at(self, index: int) -> Section | None:
        """The section at a row."""
        section, _ = self._locate(index)
        return None if self._sections is None or section < 0 else self._sections[section]

    def block_at(self, index: int) -> tuple[int, int] | None:
        """Which block a row belongs to, as section and leaf; None for a blank row between blocks."""
        section, row = self._locate(index)
        if section < 0 or row >= self._lines[section].height:
            return None
        if self._sections is not None and isinstance(self._sections[section], FoldSection | WordsSection):
            return section, -1
        lines = self._lines[section]
        line = lines.line(row)
        # The blank row before a leaf counts as the leaf's first; blank rows further down are part of it.
        is_gap = not line.plain().strip() and (row == 0 or lines.line(row - 1).block != line.block)
        return None if is_gap else (section, line.block)

    def block_text(self, index: int) -> str:
        """The source of the block at a row: code as it is, everything else as the model wrote it."""
        if (leaf := self.leaf_at(index)) is not None:
            return leaf.text()
        section = self.section_at(index)
        return section.source() if section is not None else ""

    def is_code_at(self, index: int) -> bool:
        """Whether a row is part of a code block."""
        leaf = self.leaf_at(index)
        return leaf is not None and leaf.leaf.kind == "code"

    def leaf_at(self, index: int) -> ShownLeaf | None:
        """The block of Markdown at a row."""
        section, row = self._locate(index)
        part = self._sections[section] if self._sections is not None and section >= 0 else None
        lines = self._lines[section] if section >= 0 else None
        if not isinstance(part, TextSection) or not isinstance(lines, MarkdownLines) or row >= lines.height:
            return None
        leaf = lines.line(row).block
        return ShownLeaf(part, lines, leaf, row) if 0 <= leaf < len(part.document.blocks) else None

    def unfold(self, words: str) -> bool:
        """Unfold the code that has `words`, which are casefolded, in its folded part; whether there is any."""
        found = [
            leaf
            for row in range(self.height)
            if (leaf := self.leaf_at(row)) is not None and words in leaf.hidden().casefold()
        ]
        for leaf in found:
            leaf.toggle_fold()
        return bool(found)

    def links_at(self, first: int, last: int) -> list[str]:
        """The link targets in rows, in order, each once."""
        spans = [span for row in range(first, last + 1) for span in self.line(row).spans if span.href]
        return list(dict.fromkeys(span.href for span in spans))

    def source(self) -> str:
        """The message's text as it was written, cleaned."""
        return clean(joined_text(self.message.content))

    def toggle_at(self, index: int) -> bool:
        """Open or close the fold whose heading is at a row; whether there was one."""
        section, row = self._locate(index)
        fold = self._sections[section] if self._sections is not None and section >= 0 else None
        if not isinstance(fold, FoldSection) or row != 0:
            return False
        fold.toggle()
        self._touch_from(section)
        return True

    def folds(self) -> list[FoldSection]:
        """The folds of the entry."""
        return [section for section in self._sections or () if isinstance(section, FoldSection)]

    def set_thinking_open(self, open_it: bool) -> None:
        """Open or close all thinking, whether or not it is laid out."""
        self.set_folds_open(open_it, ThinkingSection)

    def set_folds_open(self, open_it: bool, kind: type[FoldSection] = FoldSection) -> None:
        """Open or close all folds of a kind, whether or not they are laid out."""
        for fold in self.folds():
            if not isinstance(fold, kind):
                continue
            if fold.lines is not None and fold.lines.is_open != open_it:
                fold.toggle()
            fold.opened = open_it
        self._touch_from(0)

    # the machinery

    def _lay_out_section(self, section: Section) -> Lines:
        assert self._frame is not None
        room = self._frame.width - INDENT - (len(self.label()) + 2 if self.label() else 0)
        return section.lay_out(replace(self._frame, width=max(1, room)))

    def _add_section(self, section: Section) -> None:
        if self._sections is None:
            self._sections = []
        self._sections.append(section)
        if self._frame is not None:
            self._lines.append(self._lay_out_section(section))
            self._measure()

    def _measure(self) -> None:
        before, self._starts = self._starts, []
        row = self.gap
        for index, lines in enumerate(self._lines):
            row += self._gap_before(index) if lines.height else 0
            self._starts.append(row)
            row += lines.height
        self._height = row
        # What stands below something that grew or shrank has moved, and says nothing of it itself.
        moved = next((min(pair) for pair in zip(before, self._starts, strict=False) if pair[0] != pair[1]), row)
        self._changed = min(self._changed, moved, row)

    def _gap_before(self, index: int) -> int:
        """A blank row between sections, none between two folds."""
        if index == 0 or self._sections is None:
            return 0
        both = isinstance(self._sections[index], FoldSection) and isinstance(self._sections[index - 1], FoldSection)
        return 0 if both else 1

    def _locate(self, index: int) -> tuple[int, int]:
        for section in range(len(self._starts) - 1, -1, -1):
            if index >= self._starts[section]:
                return section, index - self._starts[section]
        return -1, 0

    def _touch_from(self, section: int) -> None:
        self._changed = min(self._changed, self._starts[section] if section < len(self._starts) else 0)
        self._measure()

    def _labelled(self, line: Line) -> Line:
        label = self.label()
        if not label or self._frame is None:
            return line
        blank = self._frame.width - line.cells() - len(label)
        spans = (*line.spans, Span(" " * max(1, blank), look(), True), Span(label, look("text-faint"), True))
        return line._replace(spans=spans)
