"""What an entry of the transcript is made of: runs of Markdown, folds, and rows that Salon itself writes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from salon.chat.blocks import Block, kind_of, thinking_of
from salon.chat.numbers import short_number as short_number
from salon.markdown import (
    Choices,
    Document,
    Line,
    Lines,
    MarkdownLines,
    PlainLines,
    Span,
    look,
    marks,
    without_marks,
    without_sign,
)
from salon.ui.toollines import describe_block, unfolded
from salon.untrusted import clean, clean_line
from salon.words import tr

EMPTY = Line(())
THINKING_TEXT = look("thinking", italic=True)


@dataclass(frozen=True, slots=True)
class Frame:
    """The room that an entry is laid out in, in cells, and how folds begin.

    `code_fold` is how many lines of a code block are shown before the rest is folded (0: all of them), `code_scrolls`
    whether long lines of code run on beyond the edge instead of being wrapped.
    """

    width: int
    measure: int = 100
    thinking_open: bool = False
    folds_open: bool = False
    code_fold: int = 0
    code_scrolls: bool = False


class Section(Protocol):
    """A part of an entry. It can be laid out in any frame, as often as the frame changes."""

    def lay_out(self, frame: Frame) -> Lines:
        """The section's rows in this frame, to be settled by `Lines.update`."""
        ...

    def source(self) -> str:
        """The section as the model wrote it."""
        ...


class Rows:
    """Rows that are ready, as `Lines`."""

    def __init__(self, rows: Sequence[Line]) -> None:
        self._rows = list(rows)
        self._changed = 0

    def update(self, budget: float = math.inf) -> bool:
        """Nothing is ever left to do."""
        return True

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def line(self, index: int) -> Line:
        """The row at `index`."""
        return self._rows[index]

    @property
    def first_changed(self) -> int:
        """Everything is new until it was taken once."""
        return self._changed

    def take_changed(self) -> int:
        """The first row not yet taken."""
        changed, self._changed = self._changed, len(self._rows)
        return changed


class TextSection:
    """Consecutive text blocks, rendered as one Markdown document."""

    def __init__(self) -> None:
        self.document = Document()
        self.choices = Choices()
        """Which of its blocks the person wants to see otherwise; they outlive a layout."""

    def append(self, text: str) -> None:
        """Add raw text at the end."""
        self.document.append(without_sign(clean(text)))

    def cite(self, targets: Mapping[int, str]) -> None:
        """Mark the end of the text so far with the numbers of its sources; `targets` are where they lead."""
        if not targets:
            return
        self.document.cited.update(targets)
        self.document.append(marks(targets, self.document.source[-80:]))

    def finish(self) -> None:
        """Say that nothing more comes."""
        if not self.document.finished:
            self.document.finish()

    def lay_out(self, frame: Frame) -> Lines:
        """The document's rows."""
        self.choices.fold, self.choices.scroll_code = frame.code_fold, frame.code_scrolls
        return MarkdownLines(self.document, frame.width, measure=frame.measure, choices=self.choices)

    def source(self) -> str:
        """The Markdown, cleaned, without marks of citations."""
        return without_marks(self.document.source)


class WordsSection:
    """A person's own words, shown exactly as typed."""

    def __init__(self, text: str) -> None:
        self._text = clean(text)

    def lay_out(self, frame: Frame) -> Lines:
        """The words, wrapped."""
        return PlainLines(self._text, frame.width, look=look("user"), measure=frame.measure)

    def source(self) -> str:
        """The words."""
        return self._text


class RowSection:
    """One paragraph that Salon writes about an answer."""

    def __init__(self, text: str, role: str) -> None:
        self._text = clean(text)
        self._look = look(role)

    def lay_out(self, frame: Frame) -> Lines:
        """The paragraph, wrapped."""
        return PlainLines(self._text, frame.width, look=self._look, measure=frame.measure)

    def source(self) -> str:
        """ "" : it is not part of what the model wrote."""
        return ""


class FoldLines:
    """A heading row and, while open, the rows below it."""

    def __init__(self, heading: Callable[[bool], Line], body: Callable[[], Lines], is_open: bool) -> None:
        self._heading = heading
        self._make_body = body
        self._body: Lines | None = body() if is_open else None
        self._changed = 0

    @property
    def is_open(self) -> bool:
        """Whether the body is shown."""
        return self._body is not None

    def toggle(self) -> None:
        """Open or close the fold."""
        self._body = self._make_body() if self._body is None else None
        self._changed = 0

    def touch(self) -> None:
        """The heading says something else now."""
        self._changed = 0

    def remake(self) -> None:
        """The body says something else now, too."""
        self._body = self._make_body() if self._body is not None else None
        self._changed = 0

    def update(self, budget: float = math.inf) -> bool:
        """Lay out the body, if it is open."""
        return self._body is None or self._body.update(budget)

    @property
    def height(self) -> int:
        """The heading and the body."""
        return 1 + (self._body.height if self._body is not None else 0)

    def line(self, index: int) -> Line:
        """The heading at 0, the body below."""
        if index == 0 or self._body is None:
            return self._heading(self.is_open)
        row = self._body.line(index - 1)
        return row._replace(spans=(Span("  ", THINKING_TEXT, True), *row.spans), block=-1)

    @property
    def first_changed(self) -> int:
        """The first row that may differ."""
        below = self._body.first_changed + 1 if self._body is not None else 1
        return min(self._changed, below)

    def take_changed(self) -> int:
        """`first_changed`, which is then forgotten."""
        changed = self.first_changed
        if self._body is not None:
            self._body.take_changed()
        self._changed = self.height
        return changed


class FoldSection:
    """Something that is one row until somebody wants to see it."""

    def __init__(self, role: str) -> None:
        self._role = role
        self.lines: FoldLines | None = None
        self.opened: bool | None = None
        """What the person chose, over the frame's beginning state."""

    def label(self) -> str:
        """What the folded row says."""
        raise NotImplementedError

    def text(self) -> str:
        """What is shown when it is open."""
        raise NotImplementedError

    def starts_open(self, frame: Frame) -> bool:
        """Whether it is open before anybody has chosen."""
        return frame.folds_open

    def toggle(self) -> None:
        """Open or close it."""
        if self.lines is not None:
            self.lines.toggle()
            self.opened = self.lines.is_open

    def lay_out(self, frame: Frame) -> Lines:
        """The row, and the body when open."""
        is_open = self.starts_open(frame) if self.opened is None else self.opened
        self.lines = FoldLines(self._heading(frame.width), lambda: self.body(frame), is_open)
        return self.lines

    def body(self, frame: Frame) -> PlainLines:
        """The rows below the heading."""
        inner = max(1, frame.width - 2)
        return PlainLines(clean(self.text()), inner, look=look(self._role, italic=True), measure=frame.measure)

    def _heading(self, width: int) -> Callable[[bool], Line]:
        def heading(is_open: bool) -> Line:
            arrow = "▾ " if is_open else "▸ "
            return Line((Span(arrow + clean_line(self.label(), max(8, width - 2)), look(self._role), True),))

        return heading

    def source(self) -> str:
        """What is folded away."""
        return clean(self.text())


class ThinkingSection(FoldSection):
    """A thinking block: its duration and size on one row, its words below."""

    def __init__(self, *, tokens: int = 0, seconds: float = 0.0, redacted: bool = False) -> None:
        super().__init__("thinking")
        self._pieces: list[str] = []
        self._redacted = redacted
        self.tokens = tokens
        self.seconds = seconds
        self.finished = False
        self._body: PlainLines | None = None

    def append(self, text: str) -> None:
        """Add raw thinking at the end."""
        self._pieces.append(text)
        if self._body is not None and self.lines is not None and self.lines.is_open:
            self._body.append(clean(text))

    def finish(self) -> None:
        """Say that nothing more comes."""
        self.finished = True
        if self.lines is None:
            return
        if self._pieces:
            self.lines.touch()
        else:
            self.lines.remake()

    def label(self) -> str:
        """How long it took and how much it was."""
        if not self.finished:
            return tr("Thinking")
        what = tr("Thought, redacted by the API") if self._redacted else tr("Thought")
        lasted = tr(" for {seconds}", seconds=duration(self.seconds)) if self.seconds >= 1 else ""
        size = tr(" · {tokens} tokens", tokens=short_number(self.tokens)) if self.tokens else ""
        return f"{what}{lasted}{size}"

    def text(self) -> str:
        """The thinking as far as the API shows it."""
        return "".join(self._pieces) or (tr("(The API keeps this thinking to itself.)") if self.finished else "")

    def starts_open(self, frame: Frame) -> bool:
        """As the settings say."""
        return frame.thinking_open or frame.folds_open

    def body(self, frame: Frame) -> PlainLines:
        """The thinking, which grows while it streams."""
        self._body = super().body(frame)
        return self._body


class BlockSection(FoldSection):
    """Any other block: what it is on one row, what it says below."""

    def __init__(self, block: Block) -> None:
        super().__init__("tool")
        self.block = block

    def become(self, block: Block) -> None:
        """Show the block as it is now."""
        self.block = block
        if self.lines is not None:
            self.lines.remake()

    def label(self) -> str:
        """The kind of block, and the part of it that tells most."""
        return describe_block(self.block)

    def text(self) -> str:
        """What it says."""
        return unfolded(self.block)


def duration(seconds: float) -> str:
    """8 s, 1 min 20 s."""
    whole = round(seconds)
    return (
        f"{whole} s"
        if whole < 60
        else tr("{whole} min {whole2} s", whole=whole // 60, whole2=whole % 60).removesuffix(" 0 s")
    )


def thinking_section(block: Block, *, tokens: int = 0, seconds: float = 0.0) -> ThinkingSection:
    """The section of a thinking block as it stands."""
    section = ThinkingSection(tokens=tokens, seconds=seconds, redacted=kind_of(block) == "redacted_thinking")
    if words := thinking_of(block):
        section.append(words)
    return section
