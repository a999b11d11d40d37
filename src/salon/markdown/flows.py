"""Which flow lays out which kind of leaf."""

from collections.abc import Iterator
from functools import partial

from salon.markdown.choices import Choices
from salon.markdown.code import BLOCK_INDENT, CodeFlow, header_row
from salon.markdown.drawing import drawn_in_steps, is_diagram
from salon.markdown.drawn import DrawnFlow
from salon.markdown.formulas import split_block
from salon.markdown.frame import ALERT_ROLES, Frame
from salon.markdown.highlight import can_be_lexed_whole, language, lexer_for
from salon.markdown.inline import References
from salon.markdown.leaf import Leaf
from salon.markdown.limits import Limits
from salon.markdown.lines import Span, look
from salon.markdown.literal_html import HtmlFlow
from salon.markdown.pictures import displayed_formula, picture
from salon.markdown.table import TableFlow
from salon.markdown.text import Flow, LiteralFlow, TextFlow
from salon.markdown.wrap import Row

_TEXT = look()
_RULE = look("table-rule")
_TERM = look(bold=True)
_SOURCE = look("code.text")
_FORMULA = "math"
"""The language of fences that hold a formula."""
_HEADINGS = (look("heading", bold=True, underline=True), look("heading", bold=True), look("heading"))
_HEADING_LEVELS = (0, 1, 1, 2, 2, 2)
_WITHOUT_SOURCE = {"code", "html", "rule", "alert", "empty"}
"""Leaves whose content is shown as it is written, or which have none."""


def formula_rows(text: str, width: int) -> list[Row] | None:
    """The rows of a formula with its marks, and of what comes after it; None if it is not closed or cannot be drawn."""
    parts = split_block(text)
    if parts is None:
        return None
    latex, after = parts
    source = text.strip("\n")
    if len(after) <= 1:
        return displayed_formula(latex, source, width, after)
    return None


class FixedFlow:
    """A leaf whose rows do not depend on its content."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def feed(self, text: str) -> None:
        """Take no notice of content."""

    def finish(self) -> None:
        """Have nothing left."""

    def fork(self) -> "FixedFlow":
        """A flow without rows."""
        return FixedFlow([])


class FlowMaker:
    """Makes flows for one layout. `width` is the pane's, `reading` how much of it text may use."""

    def __init__(self, width: int, reading: int, references: References, limits: Limits, choices: Choices) -> None:
        self.reading = reading
        self._choices = choices
        self._beyond = width - reading
        self._references = references
        self._limits = limits

    def flow(self, leaf: Leaf, frame: Frame, index: int, *, highlight: bool) -> Flow:
        """A flow for `leaf` from its beginning; `highlight` colours code line by line as it arrives."""
        if index in self._choices.sources and leaf.kind not in _WITHOUT_SOURCE:
            return LiteralFlow(frame.room, _SOURCE)
        match leaf.kind:
            case "paragraph":
                return TextFlow(frame.room, _TEXT, self._references, self._limits)
            case "heading":
                base = _HEADINGS[_HEADING_LEVELS[leaf.level - 1]]
                return TextFlow(frame.room, base, self._references, self._limits)
            case "math":
                return DrawnFlow(LiteralFlow(frame.room, _SOURCE), partial(formula_rows, width=frame.room))
            case "code" if language(leaf.info) == _FORMULA and index not in self._choices.sources:
                shown = self.code_flow(leaf, frame, index, highlight=False)
                return DrawnFlow(shown, partial(self._fenced, leaf, frame))
            case "term":
                return TextFlow(frame.room, _TERM, self._references, self._limits)
            case "alert":
                label = look(ALERT_ROLES[leaf.text], bold=True)
                name = leaf.text.capitalize()[: frame.room]
                return FixedFlow([Row((Span(name, label, False, "", f"[!{leaf.text.upper()}]"),))])
            case "html":
                return HtmlFlow(frame.room, _TEXT)
            case "code":
                return self.code_flow(leaf, frame, index, highlight=highlight)
            case "table":
                return TableFlow(self._room(leaf, frame, index), self._references, self._limits)
            case "rule":
                return FixedFlow([Row((Span("─" * frame.room, _RULE, True),))])
            case "empty":
                return FixedFlow([Row(())])

    def _fenced(self, leaf: Leaf, frame: Frame, latex: str) -> list[Row] | None:
        """The rows of a formula in a fence that has been closed."""
        return displayed_formula(latex, latex.strip("\n"), frame.room) if leaf.ended else None

    def code_flow(self, leaf: Leaf, frame: Frame, index: int, *, highlight: bool) -> CodeFlow:
        """A flow for a code block."""
        lexer = lexer_for(language(leaf.info)) if highlight else None
        opened = index in self._choices.opened
        room = self._room(leaf, frame, index)
        return CodeFlow(room, frame.room, leaf.info, self._limits, lexer, fold=self._choices.fold, opened=opened)

    def _room(self, leaf: Leaf, frame: Frame, index: int) -> int:
        return self._choices.room(index, leaf.kind, frame.room + self._beyond)

    def is_diagram(self, leaf: Leaf, index: int) -> bool:
        """Whether `leaf` is a closed fence that may be drawn."""
        if leaf.kind != "code" or not leaf.ended or index in self._choices.sources:
            return False
        return is_diagram(language(leaf.info), leaf.text)

    def diagram_rows(self, leaf: Leaf, frame: Frame, index: int, rows: list[Row]) -> Iterator[None]:
        """Draw a diagram in short steps, and put its rows into `rows` if it can be drawn."""

        def take(lines: list[str]) -> None:
            rows.append(header_row(leaf.info, frame.room))
            rows.extend(picture(lines, leaf.text.rstrip("\n"), _SOURCE, BLOCK_INDENT))

        yield from drawn_in_steps(leaf.text, self._room(leaf, frame, index) - BLOCK_INDENT, take)

    def laid_out_again(self, leaf: Leaf, index: int) -> bool:
        """Whether `leaf` looks different some time after it is complete."""
        return leaf.size > 0 and (self.lexed_whole(leaf) or self.is_diagram(leaf, index))

    def lexed_whole(self, leaf: Leaf) -> bool:
        """Whether `leaf` is code that is coloured by lexing all of it once it is complete."""
        if leaf.kind != "code" or language(leaf.info) == _FORMULA:
            return False
        lexer = lexer_for(language(leaf.info))
        return lexer is not None and can_be_lexed_whole(lexer, leaf.size, self._limits.lexed_code)
