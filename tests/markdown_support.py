"""Laying out small documents for the tests of `salon.markdown`."""

from salon.markdown import Document, Line, MarkdownLines, Span
from salon.markdown.limits import DEFAULT_LIMITS, Limits


def rows(layout: MarkdownLines) -> list[Line]:
    return [layout.line(index) for index in range(layout.height)]


def rendered(text: str, width: int = 40, *, measure: int = 100, limits: Limits = DEFAULT_LIMITS) -> list[Line]:
    document = Document(text, limits=limits)
    document.finish()
    layout = MarkdownLines(document, width, measure=measure)
    assert layout.update()
    return rows(layout)


def shown(text: str, width: int = 40, *, measure: int = 100) -> str:
    """The rows' text, blanks at their ends removed."""
    return "\n".join(line.plain().rstrip() for line in rendered(text, width, measure=measure))


def spans(text: str, width: int = 40) -> list[Span]:
    """All spans that are no decoration."""
    return [span for line in rendered(text, width) for span in line.spans if not span.decoration]


def span_of(text: str, wanted: str) -> Span:
    """The span in which `wanted` stands."""
    return next(span for span in spans(text) if wanted in span.text)


def typed(text: str, width: int = 40) -> list[str]:
    """What is shown after each character of `text`."""
    document = Document()
    layout = MarkdownLines(document, width)
    screens: list[str] = []
    for char in text:
        document.append(char)
        assert layout.update()
        screens.append("\n".join(line.plain().rstrip() for line in rows(layout)))
    return screens
