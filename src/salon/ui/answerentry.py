"""An answer as an entry of the transcript.

A streaming answer grows by turn events; a loaded one is built from its blocks by the same steps, so both end in the
same rows.
"""

from collections.abc import Mapping
from typing import Any

from salon.chat.blocks import Block, kind_of, text_of
from salon.chat.conversation import Message, Status
from salon.chat.events import (
    BlockFinished,
    BlockStarted,
    CitationAdded,
    TextDelta,
    ThinkingDelta,
    ToolProgress,
    TurnEvent,
)
from salon.chat.overlap import Overlap
from salon.markdown import raw_code
from salon.ui.endings import ending_of
from salon.ui.entry import Entry
from salon.ui.sections import BlockSection, RowSection, Section, TextSection, ThinkingSection, thinking_section
from salon.ui.sources import Sources, SourcesSection


class AnswerEntry(Entry):
    """An answer, whole or still arriving."""

    def __init__(self, message: Message, variant: tuple[int, int] = (1, 1), continues: str = "") -> None:
        super().__init__(message, variant)
        self._arrived = 0
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
        if isinstance(event, TextDelta | ThinkingDelta | CitationAdded | ToolProgress) and event.index in self._ended:
            self._mixed = True
        match event:
            case BlockStarted(index, block):
                if self._seen != self._ended:
                    self._mixed = True
                self._begin(index, block)
            case TextDelta(_, text):
                self._arrived += len(text)
                self._append_text(text)
            case ThinkingDelta(index, text):
                self._arrived += len(text)
                if index in self._thinking:
                    self._thinking[index].append(text)
            case BlockFinished(index, block):
                if index in self._blocks:
                    self._blocks[index].become(block)
                self._end(index, block)

    def take_arrived(self) -> int:
        """How many characters have arrived since the last call."""
        arrived, self._arrived = self._arrived, 0
        return arrived

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
        if len(self._seen) != len(message.content) or self._mixed:
            # A server may say something in its `message_start`, which is no event for a reader, or mix blocks' deltas.
            self._rebuild()
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
        self._mixed = False
        """Whether a block began before the one before it had ended, or went on or ended again; the API does neither."""
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
        if text := text_of(block):  # a kind of tomorrow that says something
            self._append_text(text)

    def _end(self, index: int, block: Block) -> None:
        if index in self._ended:
            self._mixed = True
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


def thinking_tokens(usage: Mapping[str, Any]) -> int:
    """The thinking tokens that the API reports; 0 where it does not."""
    details = usage.get("output_tokens_details")
    tokens = details.get("thinking_tokens") if isinstance(details, Mapping) else None
    return tokens if isinstance(tokens, int) else 0
