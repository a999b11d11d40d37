"""Wrapping: spans in, rows of limited width out, in one pass and with little state.

Both wrappers take text as it comes: where one call ends and the next begins makes no difference to the rows.
"""

import re
from typing import NamedTuple

from salon.markdown.cells import cell_len, clusters, expand_tabs, extenders
from salon.markdown.lines import Span


class Row(NamedTuple):
    """A finished row, without what its block puts before it; see `Line` for the last two fields."""

    spans: tuple[Span, ...]
    wrapped: bool = False
    joint: str = ""


_OPENING = "（［｛「『【〈《〔〖｟"
_CLOSING = "）］｝」』】〉》〕〗｠、。，．！？；：・ー々…"
_WIDE = (
    "\u2e80-\u303e\u3041-\u30ff\u3105-\u312f\u31a0-\u31ff\u3200-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\ufe30-\ufe6f"
    "\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_UNITS = re.compile(
    rf"[ \t]+|[{_OPENING}]*(?:[{_WIDE}][\u0300-\u036f\u200c\u200d\u3099\u309a\ufe00-\ufe0f]*|[^ \t{_WIDE}]+)"
    rf"[{_CLOSING}]*"
)
_PLAIN_UNITS = re.compile(r"[ \t]+|[^ \t]+")
_IS_WIDE = re.compile(f"[{_WIDE}]")


def _breakable(before: str, after: str) -> bool:
    """Whether a line may break between two characters without a blank: on either side of an ideograph, mostly."""
    if after in _CLOSING or before in _OPENING:
        return False
    return _IS_WIDE.match(before) is not None or _IS_WIDE.match(after) is not None


def merged(spans: list[Span]) -> tuple[Span, ...]:
    """Neighbours of one look as one span."""
    if len(spans) < 2:
        return tuple(spans)
    result: list[Span] = []
    first, parts = spans[0], [spans[0].text]
    for span in spans[1:]:
        if (
            span.look is first.look
            and span.href == first.href
            and span.decoration == first.decoration
            and not (span.source or first.source)
        ):
            parts.append(span.text)
        else:
            result.append(first if len(parts) == 1 else first._replace(text="".join(parts)))
            first, parts = span, [span.text]
    result.append(first if len(parts) == 1 else first._replace(text="".join(parts)))
    return tuple(result)


def _rest_of_picture(span: Span) -> Span:
    """What the parts after the first of a span are: a picture's source is copied once."""
    return span._replace(source="", decoration=True) if span.source else span


class WordWrapper:
    """Wraps by words. Ideographs may part anywhere except at their punctuation; a word wider than a row is broken.

    Blanks at a break are swallowed into the next row's joint, blanks at the end of a line are dropped.
    """

    __slots__ = (
        "_joint",
        "_line",
        "_space",
        "_space_used",
        "_used",
        "_word",
        "_word_used",
        "_wrapped",
        "rows",
        "width",
    )

    def __init__(self, width: int) -> None:
        self.width = max(1, width)
        self.rows: list[Row] = []
        self._line: list[Span] = []
        self._used = 0
        self._space: list[Span] = []
        self._space_used = 0
        self._word: list[Span] = []
        self._word_used = 0
        self._wrapped = False
        self._joint = ""

    def fork(self) -> "WordWrapper":
        """A copy that goes its own way, without the rows finished so far."""
        other = WordWrapper(self.width)
        other._line, other._used = self._line[:], self._used
        other._space, other._space_used = self._space[:], self._space_used
        other._word, other._word_used = self._word[:], self._word_used
        other._wrapped, other._joint = self._wrapped, self._joint
        return other

    def feed(self, span: Span) -> None:
        """Add text without newlines."""
        text = span.text
        if (extending := extenders(text)) and self._extend(text[:extending]):
            text = text[extending:]
        plain = text.isascii()
        for match in (_PLAIN_UNITS if plain else _UNITS).finditer(text):
            unit = match[0]
            if unit[0] in " \t":
                self._commit()
                unit = unit.expandtabs(4)
                self._space.append(span._replace(text=unit))
                self._space_used += len(unit)
                span = _rest_of_picture(span)
                continue
            if self._word and (not plain or not self._word[-1].text.isascii()):
                last = self._word[-1].text
                if last and _breakable(last[-1], unit[0]):
                    self._commit()
            self._word.append(span._replace(text=unit))
            self._word_used += len(unit) if plain else cell_len(unit)
            span = _rest_of_picture(span)
            if self._word_used > self.width:
                self._break_word()

    def end_line(self) -> None:
        """The line ends here because the text says so."""
        self._commit()
        self._emit()
        self._wrapped, self._joint = False, ""
        self._space, self._space_used = [], 0

    def break_line(self) -> None:
        """What comes next begins a line, whether or not anything came before it."""
        self.finish()
        self._wrapped, self._joint = False, ""
        self._space, self._space_used = [], 0

    def finish(self) -> None:
        """The text ends here: emit what is left, if anything is."""
        self._commit()
        if self._line:
            self._emit()

    def _extend(self, text: str) -> bool:
        """Put combining characters at the beginning of a span to the span before; False if there is none pending."""
        spans = self._word or self._space
        if not spans:
            return False
        last = spans[-1]
        spans[-1] = last._replace(text=last.text + text)
        grown = cell_len(last.text + text) - cell_len(last.text)
        if spans is self._space:
            self._space_used += grown
        else:
            self._word_used += grown
            if self._word_used > self.width:
                self._break_word()
        return True

    def _commit(self) -> None:
        """Put the pending word into the line, or onto the next if it does not fit."""
        if not self._word:
            return
        if self._used + self._space_used + self._word_used > self.width:
            self._wrap()
        self._line += self._space
        self._line += self._word
        self._used += self._space_used + self._word_used
        self._space, self._space_used = [], 0
        self._word, self._word_used = [], 0

    def _wrap(self) -> None:
        joint = "".join(span.text for span in self._space if not span.decoration)
        self._space, self._space_used = [], 0
        if self._line:
            self._emit()
            self._wrapped, self._joint = True, joint

    def _break_word(self) -> None:
        """Fill rows with a word that is wider than one; what is left of it stays pending."""
        if self._line or self._space:
            self._wrap()
        word, self._word, self._word_used = self._word, [], 0
        for span in word:
            start = ""
            for cluster, cells in clusters(span.text):
                if self._word_used + cells > self.width and self._word_used:
                    if start:
                        self._word.append(span._replace(text=start))
                        span = _rest_of_picture(span)
                    self._line, self._word, start = self._word, [], ""
                    self._emit()
                    self._wrapped, self._joint, self._word_used = True, "", 0
                start += cluster
                self._word_used += cells
            if start:
                self._word.append(span._replace(text=start))

    def _emit(self) -> None:
        self.rows.append(Row(merged(self._line), self._wrapped, self._joint))
        self._line, self._used = [], 0


class CellWrapper:
    """Wraps code: at the edge, every blank kept, and no words known. A line without text is a row without text."""

    __slots__ = ("_column", "_line", "_used", "_wrapped", "rows", "width")

    def __init__(self, width: int) -> None:
        self.width = max(1, width)
        self.rows: list[Row] = []
        self._line: list[Span] = []
        self._used = 0
        self._column = 0  # in characters of the line, for its tabs
        self._wrapped = False

    def fork(self) -> "CellWrapper":
        """A copy that goes its own way, without the rows finished so far."""
        other = CellWrapper(self.width)
        other._line, other._used = self._line[:], self._used
        other._column, other._wrapped = self._column, self._wrapped
        return other

    def feed(self, span: Span) -> None:
        """Add text without newlines."""
        text = expand_tabs(span.text, self._column)
        self._column += len(text)
        if text.isascii():
            self._feed_narrow(text, span)
        else:
            self._feed_clusters(text, span)

    def end_line(self) -> None:
        """The line is complete."""
        self._emit()
        self._column, self._wrapped = 0, False

    def _feed_narrow(self, text: str, span: Span) -> None:
        position = 0
        while position < len(text):
            if self._used >= self.width:
                self._wrap()
            part = text[position : position + self.width - self._used]
            self._line.append(span._replace(text=part))
            self._used += len(part)
            position += len(part)

    def _feed_clusters(self, text: str, span: Span) -> None:
        start = ""
        for cluster, cells in clusters(text):
            if self._used + cells > self.width and self._used:
                if start:
                    self._line.append(span._replace(text=start))
                self._wrap()
                start = ""
            start += cluster
            self._used += cells
        if start:
            self._line.append(span._replace(text=start))

    def _wrap(self) -> None:
        self._emit()
        self._wrapped = True

    def _emit(self) -> None:
        self.rows.append(Row(merged(self._line), self._wrapped))
        self._line, self._used = [], 0
