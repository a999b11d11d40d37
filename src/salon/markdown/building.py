"""The tree as it grows: the open containers, the open leaf, and what a leaf turns into when it is closed.

The block parser says what each line is; this module does what that means. The state of both is one small record, so
that a preview can go on from a copy of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from salon.markdown import marks
from salon.markdown.definitions import Definition, take_definitions
from salon.markdown.formulas import end_of_block
from salon.markdown.leaf import Container, Item, Kind, Leaf, common_depth
from salon.markdown.limits import Limits

_BLANKS = " \t\n"


@dataclass(slots=True)
class ParserState:
    """All that decides what the next line means; everything in it is replaced and never changed, but the open leaf."""

    containers: tuple[Container, ...] = ()
    shown: tuple[Container, ...] | None = None  # of the last leaf that was closed
    label_shown: bool = False  # that leaf is the label of what follows it
    leaf: Leaf | None = None
    fence: marks.FenceMark | None = None
    indent: int = 0  # of the open fence
    html_end: re.Pattern[str] | None = None
    formula_end: str | None = None  # the mark that closes the open formula
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


class LeafBuilder:
    """Collects `leaves` and `definitions`, two lists that only grow; `state` has all that is still open."""

    def __init__(self, limits: Limits) -> None:
        self.leaves: list[Leaf] = []
        self.definitions: list[Definition] = []
        self.state = ParserState()
        self._limits = limits

    def fork(self) -> "LeafBuilder":
        """A builder that goes on from here into lists of its own, its first leaf a preview of the open one."""
        other = LeafBuilder(self._limits)
        other.state = replace(self.state)
        if self.state.leaf is not None:
            other.state.leaf = self.state.leaf.extended()
        return other

    def open_container(self, container: Container, start: int, end: int) -> None:
        """Open a container within those that are open, with the line from `start` to `end`."""
        state = self.state
        state.containers = (*state.containers, container)
        state.childless, state.bare_item = True, None
        state.container_start, state.container_end = start, end

    def close_to(self, depth: int) -> None:
        """Close the open leaf, and the containers from index `depth` on; one that has shown nothing shows itself."""
        state = self.state
        self.close_leaf()
        if depth >= len(state.containers):
            return
        shown_depth = common_depth(state.shown or (), state.containers)
        if shown_depth < len(state.containers):
            self.add_closed("empty", state.container_start, state.container_end)
        state.containers = state.containers[:depth]
        state.childless, state.bare_item = False, None

    def open(self, kind: Kind, start: int, *, text: str = "", info: str | None = None, level: int = 0) -> Leaf:
        """Open a leaf within the open containers, with the line that begins at `start`."""
        state = self.state
        shown = state.shown
        fresh = 0 if shown is None else common_depth(shown, state.containers)
        close = state.label_shown or (shown is not None and _in_same_list(shown, state.containers, fresh))
        gap = shown is not None and (state.blank_before or not close)
        leaf = Leaf(kind, state.containers, fresh, gap, start, text=text, info=info, level=level)
        state.leaf, state.blank_before, state.childless, state.sealed = leaf, False, False, False
        state.bare_item = None
        state.last_line_start = start
        return leaf

    def add_closed(self, kind: Kind, start: int, end: int, text: str = "", level: int = 0) -> None:
        """Add a leaf that is one line."""
        self.open(kind, start, text=text, level=level).end = end
        self.close_leaf()

    def close_leaf(self) -> None:
        """Close the open leaf, if any; a paragraph without text but definitions vanishes."""
        state = self.state
        leaf = state.leaf
        if leaf is None:
            return
        state.leaf, state.fence, state.html_end, state.formula_end = None, None, None, None
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
        state.shown, state.label_shown = leaf.containers, leaf.kind in {"alert", "term"}

    def add_code(self, text: str, end: int, *, whole: bool) -> None:
        """Add a line to open code, or the beginning of a line that is not `whole`."""
        state = self.state
        if state.leaf is not None:
            state.leaf.add("\n" * state.trailing_blanks + text + ("\n" if whole else ""))
            state.leaf.end = end
            state.trailing_blanks = 0

    def add_html(self, text: str, end: int, *, whole: bool = True) -> None:
        """Add a line to open HTML, and close it if the line has its end."""
        state = self.state
        if state.leaf is None or state.html_end is None:
            return
        state.leaf.add(text + ("\n" if whole else ""))
        state.leaf.end = end
        if whole and state.html_end.search(text):
            self.close_leaf()

    def begin_formula(self, text: str, closing: str, start: int, end: int) -> None:
        """Open a formula with its first line."""
        self.state.formula_end = closing
        self.open("math", start)
        self.add_to_formula(text[:2], text[2:], end)

    def add_to_formula(self, before: str, text: str, end: int, *, whole: bool = True) -> None:
        """Add a line to the open formula; `text`, the line after `before`, may have its closing mark and more."""
        state = self.state
        if state.leaf is None or state.formula_end is None:
            return
        closing = end_of_block(text, state.formula_end) if whole else -1
        after = text[closing:].lstrip(" \t") if closing != -1 else ""
        state.leaf.add(before + text[: len(text) if closing == -1 else closing] + ("\n" if whole else ""))
        state.leaf.end = end
        if closing != -1:
            self.close_leaf()
            if after:
                self.begin_paragraph(after, end - len(after), end)

    def begin_paragraph(self, text: str, start: int, end: int) -> None:
        """Open a paragraph with its first line."""
        state = self.state
        self.open("paragraph", start, text=text).end = end
        state.may_be_header, state.last_line, state.last_line_start = True, 0, start

    def continue_paragraph(self, paragraph: Leaf, text: str, start: int, end: int, *, may_be_header: bool) -> None:
        """Add a line to the open paragraph, and note whether it may turn out to be a table's header."""
        state = self.state
        size = paragraph.size + (paragraph.base.size if paragraph.base else 0)
        paragraph.add("\n" + text)
        paragraph.end = end
        state.may_be_header = may_be_header
        state.last_line, state.last_line_start = size + 1, start
        if size + 1 + len(text) > self._limits.long_paragraph and not state.sealed:
            self.seal(paragraph)

    def anticipate_table(self) -> None:
        """Take a line in bars for a table's header, so that it need not be shown as text before its delimiters come."""
        state = self.state
        paragraph = state.leaf
        if paragraph is None or paragraph.kind != "paragraph" or state.sealed or not state.may_be_header:
            return
        header = paragraph.text[state.last_line :]
        if header.startswith("| ") or (header.startswith("|") and header.rstrip().endswith("|") and len(header) > 1):
            self.begin_table("|-" * len(marks.cells(header)) + "|", paragraph.end)

    def seal(self, paragraph: Leaf) -> None:
        """Decide that a paragraph grown long is one: take the definitions it begins with, and look back no more."""
        state = self.state
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

    def underline(self, text: str, end: int) -> bool:
        """Make a heading of the open paragraph, if `text` is an underline and the paragraph has text."""
        state = self.state
        level = marks.underline_level(text)
        if not level or state.sealed or state.leaf is None:
            return False
        paragraph = self._without_definitions(state.leaf)
        if paragraph is None:
            return False
        heading = paragraph.replaced("heading", paragraph.text.strip(_BLANKS))
        heading.level, heading.end = level, end
        state.leaf = heading
        self.close_leaf()
        return True

    def make_term(self) -> bool:
        """Make a term to be defined of the open paragraph, if it is one line."""
        state = self.state
        if state.sealed or state.leaf is None or "\n" in state.leaf.text:
            return False
        paragraph = self._without_definitions(state.leaf)
        if paragraph is None:
            return False
        state.leaf = paragraph.replaced("term", paragraph.text.strip(_BLANKS))
        return True

    def begin_table(self, delimiters: str, end: int) -> bool:
        """Turn the paragraph's last line into a table's header, if it fits; the lines before stay a paragraph."""
        state = self.state
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
            self.close_leaf()
            table = self.open("table", start)
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
