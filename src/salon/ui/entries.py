"""Entries of the transcript: one message each, as rows that are made when somebody looks.

An entry costs next to nothing until it is seen: its height is estimated from its text, and its sections are built and
laid out on the first look. A streaming answer grows by turn events; a loaded one is built from its blocks by the same
steps, so both end in the same rows.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from salon.chat.attachments import Attachment, attachments_of
from salon.chat.blocks import Block, joined_text, kind_of, text_block, text_of
from salon.chat.conversation import WINDOW_FULL, Message, Note, Status
from salon.chat.events import BlockFinished, BlockStarted, TextDelta, ThinkingDelta, TurnEvent
from salon.chat.overlap import Overlap
from salon.chat.room import COMPACTION, DIGEST, SUMMARY
from salon.markdown import Line, Lines, MarkdownLines, Span, look, raw_code
from salon.ui.described import described
from salon.ui.leaves import ShownLeaf
from salon.ui.sections import (
    EMPTY,
    BlockSection,
    FoldSection,
    Frame,
    RowSection,
    Section,
    TextSection,
    ThinkingSection,
    WordsSection,
    thinking_section,
)
from salon.ui.sources import Sources, SourcesSection
from salon.untrusted import clean, clean_line

INDENT = 2
_MARGIN = Span(" " * INDENT, look(), True)
_BAR = Span("▎ ", look("accent"), True)
_THIN = Span("┊ ", look("text-faint"), True)


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


class PromptEntry(Entry):
    """The person's words, with an accent bar, the time, and which variant it is."""

    gap = 2

    def __init__(self, message: Message, variant: tuple[int, int] = (1, 1), lost: frozenset[str] = frozenset()) -> None:
        super().__init__(message, variant)
        self._lost = lost
        self._clock: str | None = None

    def build(self) -> list[Section]:
        """What was attached, a row each, and the words."""
        rows = [_attached(each, self._lost) for each in attachments_of(self.message.content)]
        words = joined_text(self.message.content)
        sections: list[Section] = [RowSection("\n".join(rows), "text-muted")] if rows else []
        return [*sections, *([WordsSection(words)] if words or not rows else [])]

    def margin(self) -> Span:
        """The accent bar."""
        return _BAR

    def label(self) -> str:
        """Variant and time."""
        if self._clock is None:
            self._clock = clock_of(self.message)
        number, of = self.variant
        return "  ".join(part for part in (f"{number}/{of}" if of > 1 else "", self._clock) if part)


def _attached(attachment: Attachment, lost: frozenset[str]) -> str:
    gone = " · missing, not sent" if attachment.sha256 in lost and not attachment.content else ""
    return clean_line(described(attachment), 240) + gone


class NoteEntry(Entry):
    """Something the person wrote for themselves; it is never sent."""

    def __init__(self, note: Note) -> None:
        words = (text_block(note.text),)
        super().__init__(Message(id=note.id, parent=note.parent, role="user", content=words, created=note.created))
        self.note = note

    def build(self) -> list[Section]:
        """The words, quieter than what is part of the conversation."""
        return [RowSection(joined_text(self.message.content), "text-muted")]

    def margin(self) -> Span:
        """A thin line."""
        return _THIN

    def label(self) -> str:
        """What this is."""
        return "note"


_SEAMS = {
    SUMMARY: "— a summary follows; from here on it is sent in place of what stands above —",
    COMPACTION: "— a summary follows; from here on it is sent in place of what stands above —",
    DIGEST: "— a summary for another chat —",
}


class SeamEntry(Entry):
    """Where Salon asked for something by itself: a cut answer to go on, or a summary."""

    def build(self) -> list[Section]:
        """One faint row."""
        return [RowSection(_SEAMS.get(self.message.seam, "— continued —"), "text-faint")]


class LeftOutEntry(Entry):
    """Above it nothing is sent any more."""

    def __init__(self, first: Message) -> None:
        super().__init__(Message(id=f"left out before {first.id}", parent=first.id, role="user"))

    def build(self) -> list[Section]:
        """One row."""
        return [RowSection("— what stands above is left out of what is sent —", "warning")]


class ResultEntry(Entry):
    """What a tool answered, folded, right below the call."""

    gap = 0

    def build(self) -> list[Section]:
        """A row a result."""
        return [BlockSection(block) for block in self.message.content]


class AnswerEntry(Entry):
    """An answer, whole or still arriving."""

    def __init__(self, message: Message, variant: tuple[int, int] = (1, 1), continues: str = "") -> None:
        super().__init__(message, variant)
        self._continues = continues  # the rest is made by `_start_over`, not ten thousand times for what nobody sees

    def label(self) -> str:
        """Which variant it is."""
        number, of = self.variant
        return f"{number}/{of}" if of > 1 else ""

    def build(self) -> list[Section]:
        """The sections of the blocks so far, and a last row on how it ended."""
        self._start_over()
        assert self._sections is not None
        for index, block in enumerate(self.message.content):
            self._begin(index, block)
            self._end(index, block)
        self._time_thinking()
        self._close_text()
        self._add_ending()
        return self._sections

    def apply(self, event: TurnEvent) -> None:
        """Take in what happens while the answer streams."""
        if self._sections is None:
            self._start_over()  # from here on it grows; building it from the message would lose what is held back
        match event:
            case BlockStarted(index, block):
                self._begin(index, block)
            case TextDelta(_, text):
                self._append_text(text)
            case ThinkingDelta(index, text):
                if index in self._thinking:
                    self._thinking[index].append(text)
            case BlockFinished(index, block):
                if index in self._blocks:
                    self._blocks[index].become(block)
                self._end(index, block)

    def restart(self, message: Message) -> None:
        """Begin again with what `message` has: the attempt is repeated."""
        self.message = message
        self._start_over()
        self._lines, self._starts = [], []
        for index, block in enumerate(message.content):
            self._begin(index, block)
            self._end(index, block)
        self._changed = 0
        self._measure()

    def finish(self, message: Message) -> None:
        """Take the answer as it ended."""
        if self._sections is None:
            self._start_over()
        self.message = message
        if len(self._seen) != len(message.content):
            self._rebuild()  # a server may say something in its `message_start`, which is no event for a reader
            return
        for index, shown in self._blocks.items():
            if shown.block != message.content[index]:
                shown.become(message.content[index])
        for index, block in enumerate(message.content):
            if index not in self._ended:
                self._end(index, block)
        self._time_thinking()
        self._close_text()
        self._add_ending()

    def source(self) -> str:
        """The answer's Markdown, cleaned; of one that is still arriving, as much as is shown."""
        if self.message.status is Status.OPEN:
            return "".join(section.source() for section in self._sections or () if isinstance(section, TextSection))
        return super().source()

    def code_blocks(self) -> list[str]:
        """The code of the answer's fences, in order."""
        sections = self.build() if self._sections is None else self._sections
        documents = [section.document for section in sections if isinstance(section, TextSection)]
        return [raw_code(block) for document in documents for block in document.blocks if block.kind == "code"]

    def _start_over(self) -> None:
        self._sections = []
        self._overlap = Overlap(self._continues)
        self._heard = False
        """Whether any text has come: thinking before it says nothing about an overlap."""
        self._blanks = ""
        """White space that no text has followed yet: it counts once there is some, and marks stand before it."""
        self._text: TextSection | None = None
        self._thinking: dict[int, ThinkingSection] = {}
        self._blocks: dict[int, BlockSection] = {}
        self._seen: set[int] = set()
        self._ended: set[int] = set()
        self._sources = Sources()

    def _rebuild(self) -> None:
        frame = self._frame
        self._sections = None
        self.forget()
        if frame is not None:
            self.lay_out(frame)

    def _time_thinking(self) -> None:
        """Say how long the thinking was; the API gives one figure, so of several thoughts none has its own."""
        alone = len(self._thinking) == 1
        for thinking in self._thinking.values():
            thinking.tokens = thinking_tokens(self.message.usage) if alone else 0
            thinking.seconds = self.message.timing.get("thinking", 0.0) if alone else 0.0
            thinking.finish()

    def _begin(self, index: int, block: Block) -> None:
        self._seen.add(index)
        kind = kind_of(block)
        if kind == "text":
            self._append_text(text_of(block))
            return
        self._close_text()
        if kind in {"thinking", "redacted_thinking"}:
            section = thinking_section(block)
            self._thinking[index] = section
            self._add_section(section)
        else:
            self._blocks[index] = BlockSection(block)
            self._add_section(self._blocks[index])

    def _end(self, index: int, block: Block) -> None:
        self._ended.add(index)
        if (
            self._text is not None
            and kind_of(block) == "text"
            and (cited := self._sources.cite(block.get("citations")))
        ):
            self._text.cite({source.number: source.href for source in cited})
        if index in self._thinking:
            self._thinking[index].finish()
        if index in self._blocks and (lines := self._blocks[index].lines) is not None:
            lines.touch()

    def _append_text(self, text: str) -> None:
        self._heard = self._heard or bool(text)
        text = self._overlap.trim(text)
        text = self._blanks + text
        words = text.rstrip()
        self._blanks = text[len(words) :]
        if not words:
            return
        if self._text is None:
            self._text = TextSection()
            self._add_section(self._text)
        self._text.append(words)

    def _close_text(self) -> None:
        if self._heard and (held := self._overlap.release()):
            self._append_text(held)
        if self._text is not None:
            self._text.append(self._blanks)
            self._text.finish()
            self._text = None
        self._blanks = ""

    def _add_ending(self) -> None:
        if sources := self._sources.all():
            self._add_section(SourcesSection(sources))
        sentence, role = ending_of(self.message)
        if sentence:
            self._add_section(RowSection(sentence, role))


def clock_of(message: Message) -> str:
    """When a message was written: the time for today's, the date before it for others."""
    try:
        written = datetime.fromisoformat(message.created).astimezone()
    except ValueError:
        return ""
    today = datetime.now().astimezone().date()
    if written.date() == today:
        return f"{written:%H:%M}"
    return f"{written:%d %b %H:%M}" if written.year == today.year else f"{written:%d %b %Y}"


def thinking_tokens(usage: Mapping[str, Any]) -> int:
    """The thinking tokens that the API reports; 0 where it does not."""
    details = usage.get("output_tokens_details")
    tokens = details.get("thinking_tokens") if isinstance(details, Mapping) else None
    return tokens if isinstance(tokens, int) else 0


_ORDINARY = {None, "end_turn", "stop_sequence", "tool_use", "compaction"}
"""Stop reasons of which there is nothing to say."""


def ending_of(message: Message) -> tuple[str, str]:
    """The sentence under an answer that did not simply end, and its role; "" for one that did."""
    fault = clean_line(str((message.fault or {}).get("what", "")), 400)
    match message.status:
        case Status.STOPPED:
            return ("Stopped." if message.content else "Stopped before anything came."), "text-muted"
        case Status.INTERRUPTED:
            return fault or "Salon was closed before this answer was whole.", "warning"
        case Status.ERROR:
            return fault or "This answer failed before anything came.", "error"
        case Status.MAX_TOKENS if message.stop_reason == WINDOW_FULL:
            return "The context window is full, so the answer was cut.", "warning"
        case Status.MAX_TOKENS:
            return "The answer reached its length limit.", "warning"
        case Status.REFUSED:
            details = message.stop_details or {}
            why = clean_line(str(details.get("explanation") or details.get("category") or ""), 300)
            return f"Claude declined to answer this.{f' ({why})' if why else ''}", "warning"
        case Status.COMPLETE if message.stop_reason not in {
            None,
            "end_turn",
            "stop_sequence",
            "tool_use",
            "compaction",
        }:
            return f"Ended with “{clean_line(str(message.stop_reason), 60)}”.", "text-muted"
        case Status.COMPLETE if not message.content:
            return "The answer is empty.", "text-muted"
    return "", ""
