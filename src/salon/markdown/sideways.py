"""Rows that are wider than the pane: the part of them in view, between marks for what lies beyond the edges.

A mark stands for the text beyond it and is copied as that, so a selection has whole lines.
"""

from salon.markdown.cells import cell_len, clusters
from salon.markdown.lines import Line, Span, look

_MARK = look("text-faint")
_BEFORE, _AFTER = "‹", "›"


def in_view(line: Line, width: int, kept: int, offset: int) -> Line:
    """The row's cells from `offset` on in a pane of `width`; the first `kept` cells (bars, indentation) stay.

    A row that the layout drew (a rule, a header) does not move.
    """
    head, body = _cut(line.spans, kept)
    if all(span.decoration for span in line.spans):
        return line._replace(spans=_cut(line.spans, width)[0])
    room = max(2, width - kept)
    if offset and _cells(body):
        hidden, body = _cut(body, offset + 1)
        body = (_mark(_BEFORE, hidden), *body)
    if _cells(body) > room:
        shown, hidden = _cut(body, room - 1)
        body = (*shown, _mark(_AFTER, hidden))
    return line._replace(spans=(*head, *body))


def goes_on(line: Line) -> bool:
    """Whether there is more of the row beyond the right edge."""
    return bool(line.spans) and line.spans[-1].text == _AFTER and line.spans[-1].look is _MARK


def _mark(sign: str, hidden: tuple[Span, ...]) -> Span:
    text = "".join(span.source or span.text for span in hidden if not span.decoration)
    return Span(sign, _MARK, not text, "", text)


def _cells(spans: tuple[Span, ...]) -> int:
    return sum(cell_len(span.text) for span in spans)


def _cut(spans: tuple[Span, ...], cells: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans before and after so many cells; a wide character across the cut goes after it, a blank before."""
    used = 0
    for index, span in enumerate(spans):
        size = cell_len(span.text)
        if used + size <= cells:
            used += size
            continue
        if span.text.isascii():
            at, gap = cells - used, 0
        else:
            at, gap = _offset_of(span.text, cells - used)
        before = [*spans[:index]]
        if at:
            before.append(span._replace(text=span.text[:at]))
        if gap:
            before.append(Span(" " * gap, span.look, True))
        rest = span._replace(text=span.text[at:])
        if at and span.source:
            rest = rest._replace(source="", decoration=True)
        return tuple(before), (rest, *spans[index + 1 :])
    return spans, ()


def _offset_of(text: str, cells: int) -> tuple[int, int]:
    """How many characters of `text` fit into `cells`, and how many cells they leave."""
    length = used = 0
    for cluster, size in clusters(text):
        if used + size > cells:
            break
        length += len(cluster)
        used += size
    return length, cells - used
