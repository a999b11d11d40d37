"""Code blocks: a header that names the language, and lines as they were written."""

from collections.abc import Iterator

from pygments.lexer import Lexer  # type: ignore[import-untyped]

from salon.markdown.cells import cell_len
from salon.markdown.citations import without_sign
from salon.markdown.highlight import CODE, LineHighlighter, language, lines_of
from salon.markdown.limits import Limits
from salon.markdown.lines import Line, Span, look
from salon.markdown.text import LineSplitter
from salon.markdown.wrap import CellWrapper, Row
from salon.words import plural

BLOCK_INDENT = 2
_INDENT = Span(" " * BLOCK_INDENT, look(), True)
_RULE = look("table-rule")
_NAME = look("text-faint")
_FOLD = look("text-muted")
_FOLDED, _OPEN = "▸ ", "▾ "


def header_row(info: str | None, box: int) -> Row:
    """``python ────`` over a block `box` cells wide."""
    name = language(info)
    room = max(0, box - len(_INDENT.text))
    if not name or cell_len(name) + 4 > room:
        return Row((_INDENT, Span("─" * room, _RULE, True)))
    return Row((_INDENT, Span(f"{name} ", _NAME, True), Span("─" * (room - cell_len(name) - 1), _RULE, True)))


def is_fold_row(line: Line) -> bool:
    """Whether the row says how much of a code block is folded, or could be."""
    return bool(line.spans) and line.spans[-1].look is _FOLD and line.spans[-1].text.startswith((_FOLDED, _OPEN))


class CodeFlow:
    """The rows of a code block. `width` is what there is for its lines, `box` how wide the block is drawn at least.

    Of a block with more than `fold` lines (0: no limit) the rest is counted and not laid out, unless it is `opened`.
    """

    def __init__(
        self,
        width: int,
        box: int,
        info: str | None,
        limits: Limits,
        lexer: Lexer | None,
        *,
        fold: int = 0,
        opened: bool = False,
    ) -> None:
        self._box = box
        self._lines = CellWrapper(width - len(_INDENT.text))
        self._limits = limits
        self._splitter = LineSplitter(limits.lexed_line)
        self._highlighter = LineHighlighter(lexer) if lexer is not None else None
        self._fold, self._opened = fold, opened
        self._count = 0  # of the lines that have ended
        self.rows: list[Row] = [header_row(info, box)]

    @property
    def is_full(self) -> bool:
        """Whether further lines are folded."""
        return 0 < self._fold <= self._count and not self._opened

    def feed(self, text: str) -> None:
        """Take more content."""
        self._lay_out(self._splitter.feed(without_sign(text)))

    def finish(self) -> None:
        """Lay out what is left."""
        self._lay_out(self._splitter.finish())
        self._end()

    def fork(self) -> "CodeFlow":
        """A flow that goes its own way from here."""
        other = CodeFlow.__new__(CodeFlow)
        other._box, other._limits = self._box, self._limits
        other._fold, other._opened, other._count = self._fold, self._opened, self._count
        other._lines, other._splitter = self._lines.fork(), self._splitter.fork()
        other._highlighter = self._highlighter.fork() if self._highlighter else None
        other.rows = []
        return other

    def _lay_out(self, parts: Iterator[tuple[str, bool, bool]]) -> None:
        for text, begins_line, ends_line in parts:
            if self.is_full:
                self._count += ends_line
                continue
            if self._highlighter is not None and begins_line and ends_line:
                spans = self._highlighter.line(text)
            else:
                spans = [Span(text, CODE)] if text else []
            self.add_line(spans, ends_line=ends_line)

    def add_line(self, spans: list[Span], *, ends_line: bool = True) -> None:
        """Add a line, or a part of one."""
        for span in spans:
            self._lines.feed(span)
        if ends_line:
            self._lines.end_line()
            self._count += 1
        self.rows += [self._framed(row) for row in self._lines.rows]
        self._lines.rows.clear()

    def fold_rest(self, count: int) -> None:
        """End here; `count` lines more have not been added."""
        self._count += count
        self._end()

    def _end(self) -> None:
        if hidden := max(0, self._count - self._fold) if self._fold else 0:
            words = (
                _OPEN + plural("fold {n:,} line", "fold {n:,} lines", hidden)
                if self._opened
                else _FOLDED + plural("{n:,} more line", "{n:,} more lines", hidden)
            )
            room = max(1, self._box - len(_INDENT.text))
            self.rows.append(Row((_INDENT, Span(words[:room], _FOLD, True))))

    def _framed(self, row: Row) -> Row:
        missing = self._box - len(_INDENT.text) - sum(cell_len(span.text) for span in row.spans)
        padding = (Span(" " * missing, CODE, True),) if missing > 0 else ()
        return row._replace(spans=(_INDENT, *row.spans, *padding))


def highlighted_rows(flow: CodeFlow, code: str, lexer: Lexer) -> Iterator[None]:
    """Lay out a whole block into a fresh `flow`, coloured by lexing it as a whole; each step is short."""
    code = without_sign(code)
    total = code.count("\n") + (not code.endswith("\n"))
    done = 0
    for count, line in enumerate(lines_of(code, lexer)):
        if flow.is_full:
            break
        if line is not None:
            flow.add_line(line)
            done += 1
        if line is None or count % 16 == 15:
            yield
    flow.fold_rest(total - done)
