"""What stands before a leaf's rows: quote bars, bullets, numbers and the indentation that hangs from them."""

import re

from salon.markdown.cells import cell_len
from salon.markdown.footnotes import shown_label
from salon.markdown.leaf import Item, Leaf, Quote
from salon.markdown.lines import Line, Span, look
from salon.markdown.wrap import Row
from salon.untrusted import clean

ALERT_ROLES = {"note": "accent", "tip": "success", "important": "accent", "warning": "warning", "caution": "error"}
_BARS = {alert: Span("▌ ", look(role), True) for alert, role in {"": "quote", **ALERT_ROLES}.items()}
_BULLETS = ("•", "◦", "▪")
_BULLET_MARKERS = frozenset("-+*")
_MARKER = look("text-muted")
_LONGEST_LABEL = 16
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_TASK_BEGUN = re.compile(r"\[([ xX])\][ \t]*$")


class Frame:
    """Turns a leaf's rows into lines. `width` is the row's, `room` what the frame leaves of it for the content."""

    __slots__ = ("_begun", "_first", "_gap", "_rest", "room", "skipped")

    def __init__(self, leaf: Leaf, width: int) -> None:
        self.skipped, box = _task(leaf)
        first: list[Span] = []
        rest: list[Span] = []
        gap: list[Span] = []
        bullets = 0
        for depth, container in enumerate(leaf.containers):
            fresh = depth >= leaf.fresh
            if isinstance(container, Quote):
                bar = _BARS[container.alert]
                first.append(bar)
                rest.append(bar)
                gap.append(_BLANK_BAR if fresh else bar)
                continue
            own_box = box if depth == len(leaf.containers) - 1 else ""
            marker = _marker(container, bullets, own_box)
            bullets += container.series.marker in _BULLET_MARKERS
            blank = Span(" " * cell_len(marker), look(), True)
            first.append(Span(marker, _MARKER, True) if fresh else blank)
            rest.append(blank)
            gap.append(blank)
        kept = _innermost_within(rest, width // 2)
        self._first, self._rest = tuple(first[kept:]), tuple(rest[kept:])
        self._gap = _without_end(gap[kept:]) if leaf.gap_before else None
        self._begun = False
        self.room = max(1, width - sum(cell_len(span.text) for span in self._rest))

    @property
    def begun(self) -> bool:
        """Whether it has framed a row yet."""
        return self._begun

    def fork(self) -> "Frame":
        """A copy that goes its own way."""
        other = Frame.__new__(Frame)
        other._first, other._rest, other._gap = self._first, self._rest, self._gap
        other._begun, other.room, other.skipped = self._begun, self.room, self.skipped
        return other

    def lines(self, rows: list[Row], block: int) -> list[Line]:
        """The lines of `rows`, with the gap and the markers before the first."""
        lines: list[Line] = []
        for row in rows:
            prefix = self._rest
            if not self._begun:
                self._begun, prefix = True, self._first
                if self._gap is not None:
                    lines.append(Line(self._gap, block))
            lines.append(Line(prefix + row.spans, block, row.wrapped, row.joint))
        return lines


_BLANK_BAR = Span("  ", look(), True)


def _marker(item: Item, bullets: int, box: str) -> str:
    if item.label:
        return f"{clean(shown_label(item.label))[:_LONGEST_LABEL]} "
    if item.series.marker == ":":
        return "  " + box
    if item.ordinal is None:
        return box or f"{_BULLETS[min(bullets, len(_BULLETS) - 1)]} "
    return f"{item.ordinal}. ".ljust(3) + box


def _task(leaf: Leaf) -> tuple[int, str]:
    """How many characters of the content are a task's box, and the box to show for them."""
    if leaf.kind != "paragraph" or not leaf.first_in_item:
        return 0, ""
    beginning = leaf.text[:80] if leaf.closed else leaf.text_from(0)[:80]
    match = _TASK.match(beginning)
    if match is None:
        return 0, ""
    return match.end(), "☐ " if match[1] == " " else "☑ "


def _innermost_within(spans: list[Span], room: int) -> int:
    """The index of the first of the innermost containers that fit into `room` cells; outer ones are not drawn."""
    used = 0
    for index in range(len(spans) - 1, -1, -1):
        used += cell_len(spans[index].text)
        if used > room:
            return index + 1
    return 0


def _without_end(spans: list[Span]) -> tuple[Span, ...]:
    """Without the blanks at the end, which nobody sees."""
    while spans and not spans[-1].text.strip():
        spans = spans[:-1]
    return tuple(spans)
