"""Lines of roles to strips of colours: the one place where a theme becomes something to draw."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from salon.markdown import Line, Look, Span
from salon.themes import Theme
from salon.ui.links import terminal_target

LINKS_KEPT = 2_000


class RowStrip(Strip):
    """A strip that does not refer to itself.

    The compositor divides every row where widgets end, and Textual's own strip keeps itself as the only part of a row
    that is one widget's. Such a strip is freed by the garbage collector alone, seldom, and with 10 KB of caches: of an
    answer of a megabyte that was 20 MB (measured).
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The parts of the strip between `cuts`."""
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else super().divide(cuts)

    def apply_filter(self, filter: LineFilter, background: Color) -> Strip:  # noqa: A002 - Textual's own name
        """The strip with a filter's colours; remembered, as Textual's is."""
        filtered = self._filter_cache.get((filter, background))
        if filtered is None:
            filtered = RowStrip(filter.apply(self._segments, background), self.cell_length)
            self._filter_cache[filter, background] = filtered
        return filtered


class Painter:
    """Draws lines in one theme; styles are made once per look.

    With `links` what leads to a web or mail address is written as a hyperlink (OSC 8), which many terminals open by
    themselves. All cells of one address have one id, so a link that was wrapped is one link.
    """

    def __init__(self, theme: Theme, *, links: bool = False) -> None:
        self.theme = theme
        self.links = links
        self._styles: dict[tuple[Look, str], Style] = {}
        self._linked: dict[str, Style] = {}

    def colour(self, role: str) -> str:
        """The colour of a role, as Rich spells it."""
        value = self.theme.roles.get(role, self.theme.roles["text"])
        return value.removeprefix("ansi_")

    def style(self, look: Look, ground: str = "background") -> Style:
        """The style of a look on the role `ground`, where the look has no background of its own."""
        key = (look, ground)
        style = self._styles.get(key)
        if style is None:
            is_cut_out = look.role == "background" and self.theme.of_terminal  # whose own ground has no name as ink
            style = self._styles[key] = Style(
                color=self.colour(look.background or ground if is_cut_out else self._ink(look, ground)),
                bgcolor=self.colour("background" if is_cut_out else look.background or ground),
                reverse=is_cut_out or None,
                bold=look.bold or None,
                italic=look.italic or None,
                underline=look.underline or None,
                strike=look.strike or None,
            )
        return style

    def _ink(self, look: Look, ground: str) -> str:
        """The role that colours the letters."""
        return "text" if not look.background and self._hides_shades(ground) else look.role

    def _hides_shades(self, ground: str) -> bool:
        """Whether only plain text can be read on a role: of a terminal's own colours nobody knows which do together."""
        return self.theme.of_terminal and ground in {"selection", "search-hit"}

    def _span_style(self, span: Span, ground: str) -> Style:
        style = self.style(span.look, ground)
        if not span.href or not self.links:
            return style
        linked = self._linked.get(span.href)
        if linked is None:
            if len(self._linked) >= LINKS_KEPT:
                self._linked.clear()
            linked = self._linked[span.href] = Style(link=terminal_target(span.href) or None)
        return style + linked

    def strip(self, line: Line, width: int, ground: str = "background") -> Strip:
        """A row of exactly `width` cells; neighbours of one style are one segment, which is less to write."""
        blank = self.style(Look(), ground)
        cells = line.cells()
        runs: list[tuple[str, Style]] = [
            (span.text, self._span_style(span, ground)) for span in line.spans if span.text
        ]
        runs.append((" " * max(0, width - cells), blank))
        segments: list[Segment] = []
        for style, group in groupby(runs, key=itemgetter(1)):
            if text := "".join(run for run, _ in group):
                segments.append(Segment(text, style))
        strip = RowStrip(segments, max(width, cells))
        return strip if cells <= width else strip.crop(0, width)

    def highlighted(self, strip: Strip, start: int, end: int, role: str = "selection") -> Strip:
        """The strip with the cells from `start` to `end` on another background."""
        text = self.colour("text") if self._hides_shades(role) else None
        ground = Style(color=text, bgcolor=self.colour(role))
        before, middle, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end)
        lit = RowStrip([Segment(text, (style or Style.null()) + ground) for text, style, _ in middle])
        return joined(before, lit, after)


def joined(*parts: Strip) -> Strip:
    """One row of parts that stand side by side."""
    return RowStrip([segment for part in parts for segment in part], sum(part.cell_length for part in parts))
