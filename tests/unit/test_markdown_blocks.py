"""Blocks: what a reader sees of each construct."""

import pytest

from markdown_support import rendered, shown, span_of
from salon.markdown import Document, block_source, raw_code


@pytest.mark.parametrize(
    ("source", "screen"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("# Title\ntext", "Title\n\ntext"),
        ("## Closed ##", "Closed"),
        ("#5 bolt", "#5 bolt"),
        ("Title\n=====\ntext", "Title\n\ntext"),
        ("a\n\n***\n\nb", "a\n\n" + "─" * 20 + "\n\nb"),
        ("<thinking>\na plan\n</thinking>", "<thinking>\na plan\n</thinking>"),
        ("    indented code", "  " + "─" * 18 + "\n  indented code"),
        ("[label]: http://host\n\ntext", "text"),
        ("", ""),
        ("\n\n \n", ""),
    ],
)
def test_a_block_is_shown(source: str, screen: str) -> None:
    assert shown(source, 20) == screen


@pytest.mark.parametrize(
    ("source", "screen"),
    [
        ("- one\n- two", "• one\n• two"),
        ("- one\n\n- two\n- three", "• one\n\n• two\n• three"),
        ("- a\n  - b\n    - c\n      - d", "• a\n  ◦ b\n    ▪ c\n      ▪ d"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("9. nine\n10. ten", "9. nine\n10. ten"),
        ("1) one", "1. one"),
        ("1. a\n\n   b", "1. a\n\n   b"),
        ("- a long item that wraps", "• a long\n  item that\n  wraps"),
        ("- [ ] open\n- [x] done\n- [no] box", "☐ open\n☑ done\n• [no] box"),
        ("1. [x] done", "1. ☑ done"),
        ("-\n- b", "•\n• b"),
        ("- - a", "• ◦ a"),
        ("- ```\n  x\n  ```", "•   ────────────\n    x"),
        ("text\n- a", "text\n\n• a"),
        ("- a\n\ntext", "• a\n\ntext"),
        ("- a\n* b", "• a\n\n• b"),
    ],
)
def test_a_list_is_shown(source: str, screen: str) -> None:
    assert shown(source, 11 if "long" in source else 16) == screen


@pytest.mark.parametrize(
    ("source", "screen"),
    [
        ("> a\n> b", "▌ a\n▌ b"),
        ("> a\n>\n> b", "▌ a\n▌\n▌ b"),
        ("> a\nlazy", "▌ a\nlazy".replace("lazy", "▌ lazy")),
        ("> a\n> > b", "▌ a\n▌\n▌ ▌ b"),
        ("> - a\n> - b", "▌ • a\n▌ • b"),
        ("- > a", "• ▌ a"),
        ("> a\n\n> b", "▌ a\n\n▌ b"),
        (">", "▌"),
    ],
)
def test_a_quote_is_shown(source: str, screen: str) -> None:
    assert shown(source) == screen


def test_containers_never_take_more_than_half_of_the_row() -> None:
    assert shown("> > > > > > > > deep", 12) == "▌ ▌ ▌ deep"


def test_marks_nested_too_deep_are_text() -> None:
    assert rendered("> " * 10_000 + "a", 80)


def test_a_heading_is_bold_and_in_its_role() -> None:
    title = span_of("# Title\n", "Title")
    assert (title.look.role, title.look.bold, title.look.underline) == ("heading", True, True)
    assert not span_of("## Title\n", "Title").look.underline


def test_decoration_is_marked_as_such() -> None:
    for source in ("- item", "1. item", "> item"):
        (line,) = rendered(source)
        assert [span.text for span in line.spans if not span.decoration] == ["item"]


def test_a_block_knows_its_source() -> None:
    document = Document("# Title\n\n- item\n  more\n\n```py\nx\n```\n\nend")
    document.finish()
    sources = [block_source(document, index) for index in range(len(document.blocks))]
    assert sources == ["# Title", "- item\n  more", "```py\nx\n```", "end"]
    assert raw_code(document.blocks[2]) == "x"


def test_code_is_copied_with_its_tabs() -> None:
    document = Document("```make\nall:\n\tcc a.c\n```\n")
    document.finish()
    assert raw_code(document.blocks[0]) == "all:\n\tcc a.c"


def test_text_keeps_to_the_measure_and_code_may_pass_it() -> None:
    lines = rendered("word " * 20 + "\n\n```\n" + "x" * 60 + "\n```", 80, measure=30)
    assert max(line.cells() for line in lines if line.block == 0) <= 30
    assert max(line.cells() for line in lines if line.block == 1) == 62


def test_definitions_of_a_paragraph_are_taken_however_many() -> None:
    source = "".join(f"[a{index}]: /u{index}\n" for index in range(3000))
    assert shown(source + "\n[a0] [a2999]") == "a0 a2999"


def test_a_finished_document_does_not_grow() -> None:
    document = Document("a")
    document.finish()
    with pytest.raises(ValueError, match="finished"):
        document.append("b")
