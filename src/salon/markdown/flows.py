"""Which flow lays out which kind of leaf."""

from salon.markdown.code import CodeFlow
from salon.markdown.frame import Frame
from salon.markdown.highlight import can_be_lexed_whole, language, lexer_for
from salon.markdown.inline import References
from salon.markdown.leaf import Leaf
from salon.markdown.limits import Limits
from salon.markdown.lines import Span, look
from salon.markdown.table import TableFlow
from salon.markdown.text import Flow, LiteralFlow, TextFlow
from salon.markdown.wrap import Row

_TEXT = look()
_RULE = look("table-rule")
_HEADINGS = (look("heading", bold=True, underline=True), look("heading", bold=True), look("heading"))
_HEADING_LEVELS = (0, 1, 1, 2, 2, 2)


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

    def __init__(self, width: int, reading: int, references: References, limits: Limits) -> None:
        self.reading = reading
        self._beyond = width - reading
        self._references = references
        self._limits = limits

    def flow(self, leaf: Leaf, frame: Frame, *, highlight: bool) -> Flow:
        """A flow for `leaf` from its beginning; `highlight` colours code line by line as it arrives."""
        match leaf.kind:
            case "paragraph":
                return TextFlow(frame.room, _TEXT, self._references, self._limits)
            case "heading":
                base = _HEADINGS[_HEADING_LEVELS[leaf.level - 1]]
                return TextFlow(frame.room, base, self._references, self._limits)
            case "html":
                return LiteralFlow(frame.room, _TEXT)
            case "code":
                return self.code_flow(leaf, frame, highlight=highlight)
            case "table":
                return TableFlow(frame.room + self._beyond, self._references, self._limits)
            case "rule":
                return FixedFlow([Row((Span("─" * frame.room, _RULE, True),))])
            case "empty":
                return FixedFlow([Row(())])

    def code_flow(self, leaf: Leaf, frame: Frame, *, highlight: bool) -> CodeFlow:
        """A flow for a code block."""
        lexer = lexer_for(language(leaf.info)) if highlight else None
        return CodeFlow(frame.room + self._beyond, frame.room, leaf.info, self._limits, lexer)

    def lexed_whole(self, leaf: Leaf) -> bool:
        """Whether `leaf` is code that is coloured by lexing all of it once it is complete."""
        if leaf.kind != "code":
            return False
        lexer = lexer_for(language(leaf.info))
        return lexer is not None and can_be_lexed_whole(lexer, leaf.size, self._limits.lexed_code)
