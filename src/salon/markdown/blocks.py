"""The block parser: lines in, leaf blocks out, each line looked at once.

It follows the parsing strategy in the appendix of CommonMark 0.31: match the open containers against the line, open
new ones, give what is left to the open leaf. Because it is shown complete lines only, in order, the leaves depend on
the text and not on how it arrived. `preview` answers what a line that has only begun would make of the document, and
leaves the parser as it was.

Deliberate differences, all to keep the cost of a line bounded: containers nest `MAX_DEPTH` deep, deeper marks are text;
tables have up to `marks.MAX_COLUMNS`; and see `Limits` for lines and paragraphs of many thousand characters.
"""

from collections.abc import Sequence
from dataclasses import replace

from salon.markdown import footnotes, marks
from salon.markdown.building import LeafBuilder
from salon.markdown.cursor import Cursor
from salon.markdown.definitions import Definition
from salon.markdown.formulas import closing_of_block
from salon.markdown.leaf import Item, Leaf, Quote, Series
from salon.markdown.limits import DEFAULT_LIMITS, Limits

MAX_DEPTH = 24
_CODE_INDENT = 4


class BlockParser:
    """Turns lines into `leaves` and `definitions`, two lists that only grow; `leaf` is the one still open."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS, builder: LeafBuilder | None = None) -> None:
        self._limits = limits
        self._builder = builder or LeafBuilder(limits)

    @property
    def leaves(self) -> Sequence[Leaf]:
        """The leaves that are complete."""
        return self._builder.leaves

    @property
    def definitions(self) -> Sequence[Definition]:
        """The link reference definitions, in the order of the text."""
        return self._builder.definitions

    @property
    def leaf(self) -> Leaf | None:
        """The open leaf, which will grow or be closed, or be replaced if it is a paragraph."""
        return self._builder.state.leaf

    def line(self, text: str, start: int) -> None:
        """Take a complete line without its newline, which begins at `start` in the source."""
        self._line(Cursor(text), start, start + len(text), whole=True)

    def begin_long_line(self, text: str, start: int) -> None:
        """Take the beginning of a line that is too long to wait for."""
        state = self._builder.state
        self._line(Cursor(text), start, start + len(text), whole=False)
        leaf = state.leaf or self._builder.open("paragraph", start)
        if leaf.kind == "paragraph":
            self._builder.seal(leaf)
            state.sealed = True
        state.overlap = text[-marks.HTML_END_REACH :]
        state.html_ended = state.html_end is not None and state.html_end.search(text) is not None

    def extend_long_line(self, text: str) -> None:
        """Take more of the line begun with `begin_long_line`."""
        state = self._builder.state
        if state.leaf is None:
            return
        state.leaf.add(text)
        state.leaf.end += len(text)
        overlapped = state.overlap + text
        if state.html_end is not None and state.html_end.search(overlapped):
            state.html_ended = True
        state.overlap = overlapped[-marks.HTML_END_REACH :]

    def end_long_line(self) -> None:
        """The long line is complete."""
        leaf = self._builder.state.leaf
        if leaf is None:
            return
        if leaf.kind in {"code", "html", "math"}:
            leaf.add("\n")
        if leaf.kind == "html" and self._builder.state.html_ended:
            self._builder.close_leaf()

    def close(self) -> None:
        """The document is complete."""
        self._builder.close_to(0)

    def preview(self, text: str, start: int, *, in_long_line: bool) -> list[Leaf]:
        """The leaves that would follow `leaves` if the document ended with the line `text`."""
        builder = self._builder.fork()
        parser = BlockParser(self._limits, builder)
        if in_long_line:
            parser.end_long_line()
        elif text:
            parser.line(text, start)
        builder.anticipate_table()
        parser.close()
        return builder.leaves

    # One line, in three steps.

    def _line(self, cursor: Cursor, start: int, end: int, *, whole: bool) -> None:
        matched = self._match_containers(cursor)
        all_matched = matched == len(self._builder.state.containers)
        if all_matched and self._continue_verbatim(cursor, end, whole=whole):
            return
        opened = False
        while not cursor.blank and cursor.indent < _CODE_INDENT:
            begun = self._begin(cursor, matched, start, end, opened=opened, whole=whole)
            if begun == "leaf":
                return
            if begun == "nothing":
                break
            opened = True
            matched += 1
        self._take_text(cursor, matched, start, end, opened=opened, whole=whole)

    def _match_containers(self, cursor: Cursor) -> int:
        """Step one: how many of the open containers the line goes on with."""
        state = self._builder.state
        matched = 0
        for container in state.containers:
            if isinstance(container, Quote):
                if cursor.indent >= _CODE_INDENT or cursor.char != ">":
                    break
                cursor.skip_mark(1)
                cursor.skip_columns(1)
            elif cursor.blank:
                if state.childless and matched == len(state.containers) - 1:
                    break
                cursor.skip_mark(0)
            elif cursor.indent >= container.hang:
                cursor.skip_columns(container.hang)
            else:
                break
            matched += 1
        return matched

    def _begin(self, cursor: Cursor, depth: int, start: int, end: int, *, opened: bool, whole: bool) -> str:
        """Step two: open a ``container`` or a ``leaf`` that begins at the cursor, or ``nothing``."""
        state = self._builder.state
        in_paragraph = (
            not opened and depth == len(state.containers) and state.leaf is not None and state.leaf.kind == "paragraph"
        )
        char, text = cursor.char, cursor.text
        if char == ">" and depth < MAX_DEPTH:
            self._builder.close_to(depth)
            cursor.skip_mark(1)
            cursor.skip_columns(1)
            alert = marks.alert(cursor.text) if whole and cursor.indent < _CODE_INDENT else ""
            self._builder.open_container(Quote(alert), start, end)
            if alert:
                self._builder.add_closed("alert", start, end, alert)
                return "leaf"
            return "container"
        if whole and self._begin_leaf(char, text, cursor.indent, depth, start, end, in_paragraph=in_paragraph):
            return "leaf"
        if depth < MAX_DEPTH and (mark := marks.list_mark(text, interrupts_paragraph=in_paragraph)):
            self._builder.open_container(self._item(cursor, mark, depth), start, end)
            return "container"
        if depth < MAX_DEPTH and (extension := self._extension_item(cursor, depth, in_paragraph=in_paragraph)):
            self._builder.open_container(extension, start, end)
            return "container"
        return "nothing"

    def _extension_item(self, cursor: Cursor, depth: int, *, in_paragraph: bool) -> Item | None:
        """The footnote or the definition that begins at the cursor: lists that CommonMark does not know."""
        state = self._builder.state
        if cursor.char == "[" and (note := footnotes.note_mark(cursor.text)):
            item = self._item(cursor, marks.ListMark("^", None, len(note.source)), depth)
            self._builder.definitions.append(footnotes.definition(note.label))
            return replace(item, hang=footnotes.HANG, label=note.label)
        if cursor.char == ":" and (mark := marks.definition_mark(cursor.text)):
            before = state.containers[depth] if depth < len(state.containers) else None
            goes_on = isinstance(before, Item) and before.series.marker == mark.marker
            if goes_on or (in_paragraph and self._builder.make_term()):
                return self._item(cursor, mark, depth)
        return None

    def _begin_leaf(
        self, char: str, text: str, indent: int, depth: int, start: int, end: int, *, in_paragraph: bool
    ) -> bool:
        state = self._builder.state
        if in_paragraph and marks.may_delimit(text) and self._builder.begin_table(text, end):
            return True
        if char in {"$", "\\"} and (closing := closing_of_block(text)) and not self._in_formula(in_paragraph):
            self._builder.close_to(depth)
            self._builder.begin_formula(text, closing, start, end)
            return True
        if char == "#" and (heading := marks.heading(text)):
            self._builder.close_to(depth)
            self._builder.add_closed("heading", start, end, heading.text, heading.level)
            return True
        if char in {"`", "~"} and (fence := marks.fence(text)):
            self._builder.close_to(depth)
            self._builder.open("code", start, info=fence.info).end = end
            state.fence, state.indent = fence, indent
            return True
        lazy_paragraph = state.leaf is not None and state.leaf.kind == "paragraph"
        if char == "<" and (html_end := marks.html_end(text, may_be_lone_tag=not lazy_paragraph)):
            self._builder.close_to(depth)
            state.html_end = html_end
            self._builder.open("html", start)
            self._builder.add_html(" " * indent + text, end)
            return True
        if in_paragraph and char in {"=", "-"} and self._builder.underline(text, end):
            return True
        if marks.is_rule(text):
            self._builder.close_to(depth)
            self._builder.add_closed("rule", start, end)
            return True
        return False

    def _in_formula(self, in_paragraph: bool) -> bool:
        """Whether the open paragraph has begun a displayed formula that goes on over its lines."""
        paragraph = self._builder.state.leaf
        if not in_paragraph or paragraph is None or self._builder.state.sealed:
            return False
        return paragraph.text.count("$$") % 2 == 1

    def _take_text(self, cursor: Cursor, depth: int, start: int, end: int, *, opened: bool, whole: bool) -> None:
        """Step three: what is left belongs to a paragraph, a table, indented code, or is an empty line."""
        state = self._builder.state
        all_matched = depth == len(state.containers)
        if cursor.blank:
            innermost = state.containers[-1] if state.childless and depth == len(state.containers) - 1 else None
            self._builder.close_to(depth)
            if isinstance(innermost, Item):
                state.bare_item = innermost
            if not opened:
                state.blank_before = True
            return
        paragraph = state.leaf if state.leaf is not None and state.leaf.kind == "paragraph" else None
        if cursor.indent >= _CODE_INDENT and paragraph is None:
            self._builder.close_to(depth)
            cursor.skip_columns(_CODE_INDENT)
            self._builder.open("code", start)
            self._builder.add_code(cursor.verbatim, end, whole=whole)
        elif paragraph is not None:
            may_be_header = all_matched and cursor.indent < _CODE_INDENT
            self._builder.continue_paragraph(paragraph, cursor.text, start, end, may_be_header=may_be_header)
        elif state.leaf is not None and state.leaf.kind == "table" and all_matched and whole:
            state.leaf.add(cursor.text + "\n")
            state.leaf.end = end
        else:
            self._builder.close_to(depth)
            self._builder.begin_paragraph(cursor.text, start, end)

    # Containers and open leaves.

    def _item(self, cursor: Cursor, mark: marks.ListMark, depth: int) -> Item:
        """The item that begins at the cursor; whatever was open from `depth` on is closed."""
        state = self._builder.state
        before = state.containers[depth] if depth < len(state.containers) else state.bare_item
        indent = cursor.indent
        cursor.skip_mark(mark.length)
        spaces = cursor.indent
        if cursor.blank or spaces > _CODE_INDENT:
            cursor.skip_columns(1)
            spaces = 1
        else:
            cursor.skip_columns(spaces)
        hang = indent + mark.length + spaces
        if isinstance(before, Item) and before.series.marker == mark.marker:
            ordinal = None if before.ordinal is None else before.ordinal + 1
            item = Item(before.series, ordinal, hang)
        else:
            item = Item(Series(mark.marker), mark.ordinal, hang)
        self._builder.close_to(depth)
        return item

    def _continue_verbatim(self, cursor: Cursor, end: int, *, whole: bool) -> bool:
        """Give the line to open code or HTML; False if neither is open or the line ends it."""
        state = self._builder.state
        leaf = state.leaf
        if leaf is None:
            return False
        if state.fence is not None:
            if whole and cursor.indent < _CODE_INDENT and marks.closes_fence(cursor.text, state.fence):
                leaf.end, leaf.ended = end, True
                self._builder.close_leaf()
                return True
            cursor.skip_columns(min(state.indent, cursor.indent))
            self._builder.add_code(cursor.verbatim, end, whole=whole)
            return True
        if leaf.kind == "code":
            if cursor.blank:
                state.trailing_blanks += 1
                return True
            if cursor.indent < _CODE_INDENT:
                return False
            cursor.skip_columns(_CODE_INDENT)
            self._builder.add_code(cursor.verbatim, end, whole=whole)
            return True
        if state.formula_end is not None:
            if cursor.blank:
                return False
            self._builder.add_to_formula("", cursor.text, end, whole=whole)
            return True
        if state.html_end is not None:
            if cursor.blank and marks.ends_at_blank_line(state.html_end):
                return False
            self._builder.add_html(cursor.verbatim, end, whole=whole)
            return True
        return False
