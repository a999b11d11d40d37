"""HTML between paragraphs: shown as it is, but for the tags around what can be folded elsewhere, which keep still."""

import re
from collections.abc import Iterator

from salon.markdown.lines import Span, look
from salon.markdown.text import LiteralFlow

_QUIET = look("text-faint")
_TITLE = look(bold=True)
_ARROW = Span("▾ ", look("text-muted"), True)
_FOLD = re.compile(r"\s*</?details(?:\s[^<>]*)?>\s*", re.IGNORECASE)
_SUMMARY = re.compile(r"\s*(?:<details(?:\s[^<>]*)?>\s*)?<summary>(.*\S.*)</summary>\s*", re.IGNORECASE)
_STYLE_TAG = re.compile(r"</?(?:b|strong|i|em|code|kbd|h[1-6])>", re.IGNORECASE)


class HtmlFlow(LiteralFlow):
    """``<details>`` is faint, and a ``<summary>`` on one line is its text, as a title."""

    def _lay_out(self, parts: Iterator[tuple[str, bool, bool]]) -> None:
        for text, begins_line, ends_line in parts:
            for span in self._spans(text) if begins_line and ends_line else [Span(text, self._base)]:
                if span.text:
                    self._wrapper.feed(span)
            if ends_line:
                self._wrapper.end_line()

    def _spans(self, line: str) -> list[Span]:
        if _FOLD.fullmatch(line):
            return [Span(line, _QUIET)]
        summary = _SUMMARY.fullmatch(line)
        title = _STYLE_TAG.sub("", summary[1]).strip() if summary else ""
        return [_ARROW, Span(title, _TITLE, False, "", line)] if title else [Span(line, self._base)]
