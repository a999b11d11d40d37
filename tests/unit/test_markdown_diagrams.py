"""Mermaid fences in Markdown: drawn once they are closed, their source otherwise, and copied as it."""

import threading

import pytest

from markdown_support import rendered, rows, shown
from salon.markdown import Document, MarkdownLines, copy_text, diagram, raw_code

SOURCE = "graph LR\n  A[Start] --> B[End]"
FENCE = f"```mermaid\n{SOURCE}\n```"


@pytest.fixture(autouse=True)
def draws_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "can_draw", lambda source: source.startswith("graph"))
    monkeypatch.setattr(diagram, "draw", lambda source, width: ["┌───┐", "│ A │", "└───┘"] if width > 20 else None)


def test_a_closed_fence_is_drawn_under_its_language() -> None:
    header, *drawing = shown(FENCE).split("\n")
    assert header.startswith("  mermaid ──")
    assert drawing == ["  ┌───┐", "  │ A │", "  └───┘"]


def test_what_is_copied_is_the_source() -> None:
    assert copy_text(rendered(f"a\n\n{FENCE}\n\nb")) == f"a\n\n\n{SOURCE}\n\nb"
    assert raw_code(Document(FENCE + "\n").blocks[0]) == SOURCE


@pytest.mark.parametrize(
    "text", [f"```mermaid\n{SOURCE}", FENCE.replace("graph", "unknown"), FENCE.replace("mermaid", "text")]
)
def test_what_is_open_or_cannot_be_drawn_shows_its_source(text: str) -> None:
    assert "A[Start] --> B[End]" in shown(text)


def test_what_is_too_wide_for_the_pane_shows_its_source() -> None:
    assert "A[Start]" in shown(FENCE, 20)


def test_the_answer_goes_on_while_a_diagram_is_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()

    def draw_slowly(source: str, width: int) -> list[str]:
        assert may_end.wait(10)
        return ["drawn"]

    monkeypatch.setattr(diagram, "draw", draw_slowly)
    document = Document(FENCE + "\n\nafter\n")
    layout = MarkdownLines(document, 40)
    assert not layout.update(0.0)
    while not any("after" in row.plain() for row in rows(layout)):
        assert not layout.update(0.001)
    assert any("A[Start]" in row.plain() for row in rows(layout))
    may_end.set()
    assert layout.update()
    assert [row.plain().strip() for row in rows(layout)][1:] == ["drawn", "", "after"]
