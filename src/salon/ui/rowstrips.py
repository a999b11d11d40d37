"""The rows of a conversation as strips, kept by their place in it, and the two signs of where in it one is."""

from textual.strip import Strip

from salon.markdown import Line, Look, Span, look
from salon.ui.painter import Painter, joined
from salon.ui.sections import EMPTY
from salon.ui.viewport import Viewport
from salon.words import plural

STRIPS_KEPT = 400
"""With what Textual keeps beside them, so many are about a megabyte."""
_NOWHERE = -1
"""What stands for an entry where there is none."""


class RowStrips:
    """Strips with all their colours, made once as long as nothing changes."""

    def __init__(self, painter: Painter, viewport: Viewport) -> None:
        self.painter = painter
        self._viewport = viewport
        self._strips: dict[tuple[int, int], Strip] = {}

    def at(self, place: tuple[int, int] | None, width: int) -> Strip:
        """The row at a place; a blank one where there is none."""
        if place is None:
            return self.blank(width)
        strip = self._strips.get(place)
        if strip is None or strip.cell_length != width:
            line = self._viewport.line(*place)
            return self.blank(width) if line is None else self._kept(place, line, width)
        return strip

    def greeting(self, row: int, line: Line, width: int) -> Strip:
        """A row of what stands in a conversation without messages."""
        return self._kept((_NOWHERE, row), line, width)

    def blank(self, width: int) -> Strip:
        """A row with nothing in it."""
        return self._kept((_NOWHERE, -1), EMPTY, width)

    def drop(self, entry: int, first: int, end: int) -> None:
        """Rows of an entry look different now."""
        for row in range(first, end):
            self._strips.pop((entry, row), None)

    def clear(self) -> None:
        """All rows look different now."""
        self._strips.clear()

    def _kept(self, place: tuple[int, int], line: Line, width: int) -> Strip:
        strip = self._strips.get(place)
        if strip is None or strip.cell_length != width:
            if len(self._strips) > STRIPS_KEPT:
                self._strips.clear()
            strip = self._strips[place] = self.painter.strip(line, width)
        return strip


def with_marker(painter: Painter, strip: Strip, unread: int, width: int) -> Strip:
    """The last row of the view, saying that there is more below."""
    text = plural(" ↓ {n} new line · Ctrl+End ", " ↓ {n} new lines · Ctrl+End ", unread)
    marker = painter.strip(Line((Span(text, look("accent", bold=True), True),)), len(text), "surface")
    start = max(0, width - len(text) - 2)
    return joined(strip.crop(0, start), marker, strip.crop(start + len(text), width))


def with_thumb(painter: Painter, strip: Strip, width: int) -> Strip:
    """A row of the view with the thumb at its right edge."""
    thumb = painter.strip(Line((Span("▕", Look("table-rule"), True),)), 1)
    return joined(strip.crop(0, width - 1), thumb)


def thumb_rows(viewport: Viewport, height: int) -> range:
    """The rows of the view that show where in the conversation it is; none where all of it is in view."""
    total = viewport.total
    if total <= height:
        return range(0)
    size = max(1, height * height // total)
    start = round((height - size) * viewport.top / (total - height))
    return range(start, start + size)
