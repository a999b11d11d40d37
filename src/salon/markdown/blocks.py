"""The block parser: lines in, leaf blocks out, each line looked at once.

It follows the parsing strategy in the appendix of CommonMark 0.31: match the open containers against the line, open
new ones, give what is left to the open leaf. Because it is shown complete lines only, in order, the leaves depend on
the text and not on how it arrived. `preview` answers what a line that has only begun would make of the document, and
leaves the parser as it was.

Deliberate differences, all to keep the cost of a line bounded: containers nest `MAX_DEPTH` deep, deeper marks are text;
and see `Limits` for lines and paragraphs of many thousand characters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from salon.markdown import marks
from salon.markdown.cursor import Cursor
from salon.markdown.definitions import Definition, take_definitions
from salon.markdown.leaf import Container, Item, Kind, Leaf, Quote, Series, common_depth
from salon.markdown.limits import DEFAULT_LIMITS, Limits

MAX_DEPTH = 24
_CODE_INDENT = 4
_BLANKS = " \t\n"


@dataclass(slots=True)
class _State:
    """All that decides what the next line means; everything in it is replaced and never changed, but the open leaf."""

    containers: tuple[Container, ...] = ()
    shown: tuple[Container, ...] | None = None  # of the last leaf that was closed
    leaf: Leaf | None = None
    fence: marks.FenceMark | None = None
    indent: int = 0  # of the open fence
    html_end: re.Pattern[str] | None = None
    blank_before: bool = False  # an empty line after the last leaf
    childless: bool = False  # the innermost container has just been opened
    bare_item: Item | None = None  # an item that an empty line has closed before it had content; its list goes on
    may_be_header: bool = False  # the paragraph's last line may turn out to be a table's header
    last_line: int = 0  # where that line begins in the paragraph's text
    last_line_start: int = 0  # ... and in the source
    sealed: bool = False  # the paragraph can only be a paragraph
    trailing_blanks: int = 0  # empty lines that belong to indented code only if more code follows
    container_start: int = 0  # the line that opened the innermost container, in the source
    container_end: int = 0
    overlap: str = ""  # the end of a long line's last chunk
    html_ended: bool = False  # the long line has an end of the open HTML in it


class BlockParser:
    """Turns lines into `leaves` and `definitions`, two lists that only grow; `leaf` is the one still open."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.leaves: list[Leaf] = []
        self.definitions: list[Definition] = []
        self._limits = limits
        self._state = _State()

    @property
    def leaf(self) -> Leaf | None:
        """The open leaf, which will grow or be closed, or be replaced if it is a paragraph."""
        return self._state.leaf

    def line(self, text: str, start: int) -> None:
        """Take a complete line without its newline, which begins at `start` in the source."""
        self._line(Cursor(text), start, start + len(text), whole=True)

    def begin_long_line(self, text: str, start: int) -> None:
        """Take the beginning of a line that is too long to wait for."""
        state = self._state
        self._line(Cursor(text), start, start + len(text), whole=False)
        leaf = state.leaf or self._open("paragraph", start)
        if leaf.kind == "paragraph":
            self._seal(leaf)
            state.sealed = True
        state.overlap = text[-marks.HTML_END_REACH :]
        state.html_ended = state.html_end is not None and state.html_end.search(text) is not None

    def extend_long_line(self, text: str) -> None:
        """Take more of the line begun with `begin_long_line`."""
        state = self._state
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
        leaf = self._state.leaf
        if leaf is None:
            return
        if leaf.kind in {"code", "html"}:
            leaf.add("\n")
        if leaf.kind == "html" and self._state.html_ended:
            self._close_leaf()

    def close(self) -> None:
        """The document is complete."""
        self._close_to(0)

    def preview(self, text: str, start: int, *, in_long_line: bool) -> list[Leaf]:
        """The leaves that would follow `leaves` if the document ended with the line `text`."""
        leaves, definitions, state = self.leaves, self.definitions, self._state
        self.leaves, self.definitions, self._state = [], [], replace(state)
        try:
            if state.leaf is not None:
                self._state.leaf = state.leaf.extended()
            if in_long_line:
                self.end_long_line()
            elif text:
                self._line(Cursor(text), start, start + len(text), whole=True)
            self._anticipate_table()
            self.close()
            return self.leaves
        finally:
            self.leaves, self.definitions, self._state = leaves, definitions, state

    # One line, in three steps.

    def _line(self, cursor: Cursor, start: int, end: int, *, whole: bool) -> None:
        matched = self._match_containers(cursor)
        all_matched = matched == len(self._state.containers)
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
        state = self._state
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
        state = self._state
        in_paragraph = (
            not opened and depth == len(state.containers) and state.leaf is not None and state.leaf.kind == "paragraph"
        )
        char, text = cursor.char, cursor.text
        if char == ">" and depth < MAX_DEPTH:
            self._close_to(depth)
            cursor.skip_mark(1)
            cursor.skip_columns(1)
            self._open_container(Quote(), start, end)
            return "container"
        if whole and self._begin_leaf(char, text, cursor.indent, depth, start, end, in_paragraph=in_paragraph):
            return "leaf"
        if depth < MAX_DEPTH and (mark := marks.list_mark(text, interrupts_paragraph=in_paragraph)):
            self._open_container(self._item(cursor, mark, depth), start, end)
            return "container"
        return "nothing"

    def _begin_leaf(
        self, char: str, text: str, indent: int, depth: int, start: int, end: int, *, in_paragraph: bool
    ) -> bool:
        state = self._state
        if in_paragraph and marks.may_delimit(text) and self._begin_table(text, end):
            return True
        if char == "#" and (heading := marks.heading(text)):
            self._close_to(depth)
            self._add_closed("heading", start, end, heading.text, heading.level)
            return True
        if char in {"`", "~"} and (fence := marks.fence(text)):
            self._close_to(depth)
            self._open("code", start, info=fence.info).end = end
            state.fence, state.indent = fence, indent
            return True
        lazy_paragraph = state.leaf is not None and state.leaf.kind == "paragraph"
        if char == "<" and (html_end := marks.html_end(text, may_be_lone_tag=not lazy_paragraph)):
            self._close_to(depth)
            state.html_end = html_end
            self._open("html", start)
            self._add_html(" " * indent + text, end)
            return True
        if in_paragraph and char in {"=", "-"} and self._underline(text, end):
            return True
        if marks.is_rule(text):
            self._close_to(depth)
            self._add_closed("rule", start, end)
            return True
        return False

    def _take_text(self, cursor: Cursor, depth: int, start: int, end: int, *, opened: bool, whole: bool) -> None:
        """Step three: what is left belongs to a paragraph, a table, indented code, or is an empty line."""
        state = self._state
        all_matched = depth == len(state.containers)
        if cursor.blank:
            innermost = state.containers[-1] if state.childless and depth == len(state.containers) - 1 else None
            self._close_to(depth)
            if isinstance(innermost, Item):
                state.bare_item = innermost
            if not opened:
                state.blank_before = True
            return
        paragraph = state.leaf if state.leaf is not None and state.leaf.kind == "paragraph" else None
        if cursor.indent >= _CODE_INDENT and paragraph is None:
            self._close_to(depth)
            cursor.skip_columns(_CODE_INDENT)
            self._open("code", start)
            self._add_code(cursor.verbatim, end, whole=whole)
        elif paragraph is not None:
            self._continue_paragraph(paragraph, cursor, start, end, lazy=not all_matched, whole=whole)
        elif state.leaf is not None and state.leaf.kind == "table" and all_matched and whole:
            state.leaf.add(cursor.text + "\n")
            state.leaf.end = end
        else:
            self._close_to(depth)
            paragraph = self._open("paragraph", start, text=cursor.text)
            paragraph.end = end
            state.may_be_header, state.last_line, state.last_line_start = True, 0, start

    # Containers.

    def _open_container(self, container: Container, start: int, end: int) -> None:
        state = self._state
        state.containers = (*state.containers, container)
        state.childless, state.bare_item = True, None
        state.container_start, state.container_end = start, end

    def _item(self, cursor: Cursor, mark: marks.ListMark, depth: int) -> Item:
        """The item that begins at the cursor; whatever was open from `depth` on is closed."""
        state = self._state
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
        self._close_to(depth)
        return item

    def _close_to(self, depth: int) -> None:
        """Close the open leaf, and the containers from index `depth` on; one that has shown nothing shows itself."""
        state = self._state
        self._close_leaf()
        if depth >= len(state.containers):
            return
        shown_depth = common_depth(state.shown or (), state.containers)
        if shown_depth < len(state.containers):
            self._add_closed("empty", state.container_start, state.container_end)
        state.containers = state.containers[:depth]
        state.childless, state.bare_item = False, None

    # Leaves.

    def _open(self, kind: Kind, start: int, *, text: str = "", info: str | None = None, level: int = 0) -> Leaf:
        state = self._state
        shown = state.shown
        fresh = 0 if shown is None else common_depth(shown, state.containers)
        gap = shown is not None and (state.blank_before or not _in_same_list(shown, state.containers, fresh))
        leaf = Leaf(kind, state.containers, fresh, gap, start, text=text, info=info, level=level)
        state.leaf, state.blank_before, state.childless, state.sealed = leaf, False, False, False
        state.bare_item = None
        state.last_line_start = start
        return leaf

    def _add_closed(self, kind: Kind, start: int, end: int, text: str = "", level: int = 0) -> None:
        self._open(kind, start, text=text, level=level).end = end
        self._close_leaf()

    def _close_leaf(self) -> None:
        state = self._state
        leaf = state.leaf
        if leaf is None:
            return
        state.leaf, state.fence, state.html_end = None, None, None
        if state.trailing_blanks:
            state.trailing_blanks, state.blank_before = 0, True
        if leaf.kind == "paragraph" and not state.sealed:
            whole = self._without_definitions(leaf)
            if whole is None:
                state.blank_before = True
                return
            leaf = whole
        if leaf.kind == "paragraph" and _is_blank(leaf):
            return
        leaf.close()
        self.leaves.append(leaf)
        state.shown = leaf.containers

    def _continue_verbatim(self, cursor: Cursor, end: int, *, whole: bool) -> bool:
        """Give the line to open code or HTML; False if neither is open or the line ends it."""
        state = self._state
        leaf = state.leaf
        if leaf is None:
            return False
        if state.fence is not None:
            if whole and cursor.indent < _CODE_INDENT and marks.closes_fence(cursor.text, state.fence):
                leaf.end = end
                self._close_leaf()
                return True
            cursor.skip_columns(min(state.indent, cursor.indent))
            self._add_code(cursor.verbatim, end, whole=whole)
            return True
        if leaf.kind == "code":
            if cursor.blank:
                state.trailing_blanks += 1
                return True
            if cursor.indent < _CODE_INDENT:
                return False
            cursor.skip_columns(_CODE_INDENT)
            self._add_code(cursor.verbatim, end, whole=whole)
            return True
        if state.html_end is not None:
            if cursor.blank and marks.ends_at_blank_line(state.html_end):
                return False
            self._add_html(cursor.verbatim, end, whole=whole)
            return True
        return False

    def _add_code(self, text: str, end: int, *, whole: bool) -> None:
        state = self._state
        if state.leaf is not None:
            state.leaf.add("\n" * state.trailing_blanks + text + ("\n" if whole else ""))
            state.leaf.end = end
            state.trailing_blanks = 0

    def _add_html(self, text: str, end: int, *, whole: bool = True) -> None:
        state = self._state
        if state.leaf is None or state.html_end is None:
            return
        state.leaf.add(text + ("\n" if whole else ""))
        state.leaf.end = end
        if whole and state.html_end.search(text):
            self._close_leaf()

    # Paragraphs, and what they can turn into.

    def _continue_paragraph(
        self, paragraph: Leaf, cursor: Cursor, start: int, end: int, *, lazy: bool, whole: bool
    ) -> None:
        state = self._state
        text = cursor.text
        size = paragraph.size + (paragraph.base.size if paragraph.base else 0)
        paragraph.add("\n" + text)
        paragraph.end = end
        state.may_be_header = not lazy and cursor.indent < _CODE_INDENT
        state.last_line, state.last_line_start = size + 1, start
        if size + 1 + len(text) > self._limits.long_paragraph and not state.sealed:
            self._seal(paragraph)

    def _anticipate_table(self) -> None:
        """Take a line in bars for a table's header, so that it need not be shown as text before its delimiters come."""
        state = self._state
        paragraph = state.leaf
        if paragraph is None or paragraph.kind != "paragraph" or state.sealed or not state.may_be_header:
            return
        header = paragraph.text[state.last_line :]
        if header.startswith("| ") or (header.startswith("|") and header.rstrip().endswith("|") and len(header) > 1):
            self._begin_table("|-" * len(marks.cells(header)) + "|", paragraph.end)

    def _seal(self, paragraph: Leaf) -> None:
        """Decide that a paragraph grown long is one: take the definitions it begins with, and look back no more."""
        state = self._state
        rest = self._without_definitions(paragraph, before=state.last_line)
        if rest is None or rest is paragraph:
            state.sealed = True
            return
        state.leaf = rest
        state.sealed = rest.size > self._limits.long_paragraph
        state.last_line -= len(paragraph.text) - rest.size

    def _without_definitions(self, paragraph: Leaf, before: int | None = None) -> Leaf | None:
        """The paragraph, or a new one with what follows the definitions, or None if nothing does.

        Definitions that end after the offset `before` stay in place: the next line may go on with the last one.
        """
        first = paragraph if paragraph.base is None else paragraph.base
        if first.slice(0, 1) != "[":
            return paragraph
        text = paragraph.text
        found, offset = take_definitions(text, len(text) if before is None else before)
        if not found:
            return paragraph
        self.definitions.extend(found)
        rest = text[offset:]
        if not rest.strip(_BLANKS):
            return None
        return paragraph.replaced("paragraph", rest)

    def _underline(self, text: str, end: int) -> bool:
        """Make a heading of the open paragraph, if `text` is an underline and the paragraph has text."""
        state = self._state
        level = marks.underline_level(text)
        if not level or state.sealed or state.leaf is None:
            return False
        paragraph = self._without_definitions(state.leaf)
        if paragraph is None:
            return False
        heading = paragraph.replaced("heading", paragraph.text.strip(_BLANKS))
        heading.level, heading.end = level, end
        state.leaf = heading
        self._close_leaf()
        return True

    def _begin_table(self, delimiters: str, end: int) -> bool:
        """Turn the paragraph's last line into a table's header, if it fits; the lines before stay a paragraph."""
        state = self._state
        paragraph = state.leaf
        if paragraph is None or state.sealed or not state.may_be_header:
            return False
        header = paragraph.text[state.last_line :]
        if not marks.is_delimiter_row(delimiters, header):
            return False
        start = state.last_line_start
        if state.last_line:
            before = paragraph.text[: state.last_line - 1]
            shorter = paragraph.replaced("paragraph", before)
            shorter.end = max(paragraph.start, start - 1)
            state.leaf = shorter
            self._close_leaf()
            table = self._open("table", start)
        else:
            table = paragraph.replaced("table", "")
            state.leaf = table
        table.add(f"{header}\n{delimiters}\n")
        table.end = end
        return True


def _is_blank(paragraph: Leaf) -> bool:
    """Whether there is nothing to see, as in a line of too many blanks to wait for."""
    beginning = paragraph.base or paragraph
    return not beginning.slice(0, 64).strip(_BLANKS) and not paragraph.text.strip(_BLANKS)


def _in_same_list(some: Sequence[Container], others: Sequence[Container], depth: int) -> bool:
    """Whether two leaves that share `depth` containers are neighbours within a list, where the writer sets the gaps."""
    if depth < len(some) and depth < len(others):
        one, other = some[depth], others[depth]
        if isinstance(one, Item) and isinstance(other, Item) and one.series is other.series:
            return True
    return depth > 0 and isinstance(others[depth - 1], Item)
