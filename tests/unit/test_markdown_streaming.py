"""What is shown while a document arrives."""

import logging

import pytest

from markdown_support import rendered, rows, typed
from salon.markdown import Document, MarkdownLines
from salon.markdown.text import TextFlow


@pytest.mark.parametrize("mark", ["- ", "1. ", "# ", "> ", "```py", "|--", "***", "- [ ] ", "---"])
def test_a_mark_is_not_shown_before_it_is_known_what_it_marks(mark: str) -> None:
    assert set(typed("text\n\n" + mark)[4:]) == {"text"}


def test_an_underline_does_not_flash() -> None:
    screens = typed("Title\n---\n")
    assert set(screens[5:]) == {"Title"}


def test_emphasis_does_not_show_its_marks() -> None:
    assert not any("*" in screen for screen in typed("some **bold** and *italic* text"))


def test_code_does_not_show_its_marks() -> None:
    assert not any("`" in screen for screen in typed("call `f()` now"))


def test_a_target_is_not_shown_while_it_arrives() -> None:
    assert not any("http" in screen for screen in typed("see [this](http://host/path) now"))


def test_a_closing_fence_is_not_shown_as_code() -> None:
    assert not any("`" in screen for screen in typed("```py\nx = 1\n```\n"))


def test_the_header_of_a_table_is_not_shown_as_text() -> None:
    screens = typed("| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert not any("|" in screen for screen in screens)
    assert screens[8] == screens[-11] == "a  b\n────"


def test_a_fence_has_its_header_before_its_code() -> None:
    assert typed("```py\n", 12)[-1] == "  py ───────"


def test_what_is_shown_grows_row_by_row() -> None:
    heights = [screen.count("\n") for screen in typed("one two three four\n\n- a\n- b\n\n> c\n\nend", 8)]
    assert heights == sorted(heights)


def test_only_rows_that_changed_are_reported() -> None:
    document = Document("first\n\nsecond\n\nthi")
    layout = MarkdownLines(document, 20)
    layout.update()
    assert layout.take_changed() == 0
    assert layout.first_changed == layout.height == 5
    document.append("rd")
    layout.update()
    assert layout.take_changed() == 4
    layout.update()
    assert layout.first_changed == layout.height


def test_a_late_definition_changes_the_paragraph_that_waited_for_it() -> None:
    document = Document("see [this]\n\nother\n\n")
    layout = MarkdownLines(document, 40)
    layout.update()
    layout.take_changed()
    assert layout.line(0).plain() == "see [this]"
    document.append("[this]: http://late\n\n")
    assert layout.update()
    assert layout.line(0).plain() == "see this"
    assert layout.first_changed == 0


def test_no_update_takes_much_longer_than_its_budget_and_all_come_to_an_end() -> None:
    document = Document("word *it* " * 5000)
    document.finish()
    layout = MarkdownLines(document, 80)
    steps = 0
    while not layout.update(0.0):
        steps += 1
    assert steps > 10
    assert rows(layout) == rendered("word *it* " * 5000, 80)


def test_a_document_may_have_several_layouts() -> None:
    document = Document()
    wide, narrow = MarkdownLines(document, 40), MarkdownLines(document, 10)
    for char in "alpha beta gamma\n\n- item":
        document.append(char)
        wide.update()
        narrow.update()
    assert [line.plain() for line in rows(wide)] == ["alpha beta gamma", "", "• item"]
    assert [line.plain() for line in rows(narrow)] == ["alpha beta", "gamma", "", "• item"]


def test_a_leaf_that_cannot_be_laid_out_is_shown_plain_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: TextFlow, text: str) -> None:
        raise RecursionError("a parser's limit")

    monkeypatch.setattr(TextFlow, "feed", fail)
    with caplog.at_level(logging.ERROR):
        lines = rendered("- some *text*\n\n> more")
    assert [line.plain() for line in lines] == ["• some *text*", "", "▌ more"]
    assert "cannot be laid out" in caplog.text


def test_a_leaf_that_cannot_be_laid_out_again_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    document = Document("see [this]\n\nother\n\n")
    layout = MarkdownLines(document, 40)
    layout.update()

    def fail(self: TextFlow, text: str) -> None:
        raise RecursionError("a parser's limit")

    monkeypatch.setattr(TextFlow, "feed", fail)
    document.append("[this]: http://late\n\n")
    with caplog.at_level(logging.ERROR):
        assert layout.update()
    assert [line.plain() for line in rows(layout)] == ["see [this]", "", "other"]
    assert "cannot be laid out again" in caplog.text


def test_there_is_no_row_beyond_the_last() -> None:
    document = Document("a")
    layout = MarkdownLines(document, 10)
    layout.update()
    for index in (-1, 1):
        with pytest.raises(IndexError):
            layout.line(index)
