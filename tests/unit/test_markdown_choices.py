"""What a reader asks for of single blocks: long code folds, wide blocks move sideways, drawings show their source."""

import pytest

from markdown_support import rows
from salon.markdown import Choices, Document, Line, MarkdownLines, alone, copy_text, diagram, goes_on, is_fold_row
from salon.markdown.cells import cell_len

LONG = "before\n\n```python\n" + "".join(f"x{n} = {n}\n" for n in range(1, 31)) + "```\n\nafter"
WIDE = "| name | what it is |\n|---|---|\n| a | " + "long words " * 12 + "|\n| bb | short |\n"


def layout_of(text: str, choices: Choices, width: int = 40) -> MarkdownLines:
    document = Document(text)
    document.finish()
    layout = MarkdownLines(document, width, choices=choices)
    assert layout.update()
    return layout


def plain(layout: MarkdownLines) -> list[str]:
    assert layout.update()
    return [line.plain().rstrip() for line in rows(layout)]


def block_named(layout: MarkdownLines, kind: str) -> int:
    return next(index for index, leaf in enumerate(layout.document.blocks) if leaf.kind == kind)


def test_long_code_is_folded_with_a_count() -> None:
    shown = plain(layout_of(LONG, Choices(fold=5)))
    assert "  x5 = 5" in shown
    assert "  x6 = 6" not in shown
    assert shown[-3:] == ["  ▸ 25 more lines", "", "after"]


def test_code_of_just_as_many_lines_is_whole() -> None:
    assert not any("more line" in row for row in plain(layout_of(LONG, Choices(fold=30))))
    assert "  ▸ 1 more line" in plain(layout_of(LONG, Choices(fold=29)))


def test_folded_code_opens_and_folds_again() -> None:
    choices = Choices(fold=5)
    layout = layout_of(LONG, choices)
    folded, code = plain(layout), block_named(layout, "code")
    choices.opened.add(code)
    layout.redo(code)
    opened = plain(layout)
    assert "  x30 = 30" in opened
    assert opened[-3] == "  ▾ fold 25 lines"
    choices.opened.clear()
    layout.redo(code)
    assert plain(layout) == folded


@pytest.mark.parametrize("opened", [set(), {1}])
@pytest.mark.parametrize("size", [1, 7, 50])
def test_streamed_code_is_folded_as_loaded_code(size: int, opened: set[int]) -> None:
    document = Document()
    layout = MarkdownLines(document, 40, choices=Choices(fold=5, opened=set(opened)))
    for start in range(0, len(LONG), size):
        document.append(LONG[start : start + size])
        layout.update()
    document.finish()
    assert layout.update()
    assert rows(layout) == rows(layout_of(LONG, Choices(fold=5, opened=set(opened))))


def test_the_count_grows_while_code_arrives() -> None:
    document = Document("```\n" + "line\n" * 7)
    layout = MarkdownLines(document, 40, choices=Choices(fold=5))
    assert plain(layout)[-1] == "  ▸ 2 more lines"
    document.append("line\nli")
    assert plain(layout)[-1] == "  ▸ 4 more lines"


def test_what_is_folded_is_not_laid_out() -> None:
    layout = layout_of("```\n" + "line\n" * 5000 + "```", Choices(fold=10))
    assert layout.height == 12
    assert is_fold_row(layout.line(11))


def unwrapped(text: str, kind: str, width: int = 40) -> tuple[MarkdownLines, int]:
    layout = layout_of(text, Choices(), width)
    index = block_named(layout, kind)
    layout.move(index, 0)
    layout.redo(index)
    assert layout.update()
    return layout, index


def lines_of_block(layout: MarkdownLines, index: int) -> list[Line]:
    return [line for line in rows(layout) if line.block == index]


def test_an_unwrapped_table_has_one_row_a_row_and_moves() -> None:
    layout, index = unwrapped(WIDE, "table")
    lines = lines_of_block(layout, index)
    assert len(lines) == 4
    assert [goes_on(line) for line in lines] == [False, False, True, False]
    assert all(line.cells() <= 40 for line in lines)
    layout.move(index, 16)
    assert lines_of_block(layout, index)[2].plain().startswith("‹")
    layout.move(index, 2000)
    assert not any(goes_on(line) for line in lines_of_block(layout, index))


def test_a_selection_of_what_is_in_view_has_whole_lines() -> None:
    code = "```\n" + "abcdefghij" * 20 + "\n```"
    layout, index = unwrapped(code, "code")
    for offset in (0, 8, 64):
        layout.move(index, offset)
        assert "abcdefghij" * 20 in copy_text(lines_of_block(layout, index)).split("\n")


def test_lines_of_code_run_on_where_the_setting_says_so() -> None:
    layout = layout_of(
        "> ```\n> " + "abcdefghij" * 20 + "\n> short\n> ```\n\n" + "words " * 30, Choices(scroll_code=True)
    )
    lines = rows(layout)
    assert goes_on(lines[1])
    assert all(line.cells() <= 40 for line in lines)
    layout.move(0, 10)
    assert layout.line(1).plain().startswith("▌   ‹")


def test_wide_characters_are_not_cut_in_half() -> None:
    layout, index = unwrapped("```\n" + "日本語の長い行" * 10 + "\n```", "code", width=21)
    for offset in range(12):
        layout.move(index, offset)
        assert all(cell_len(line.plain()) <= 21 for line in lines_of_block(layout, index))


def test_a_diagram_shows_its_source_and_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "can_draw", lambda source: True)
    monkeypatch.setattr(diagram, "draw", lambda source, width: ["[A]->[B]"])
    choices = Choices()
    layout = layout_of("```mermaid\ngraph LR\nA-->B\n```", choices)
    drawn = plain(layout)
    assert "  [A]->[B]" in drawn
    choices.sources.add(0)
    layout.redo(0)
    assert "  A-->B" in plain(layout)
    choices.sources.clear()
    layout.redo(0)
    assert plain(layout) == drawn


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("$$\nx^2\n$$", "x²"),
        ("```math\nx^2\n```", "x²"),
        ("| a | b |\n|---|---|\n| c | d |", "─"),
        ("**a** $x^2$", "x²"),
    ],
)
def test_what_is_drawn_can_be_read_as_it_was_written(source: str, drawn: str) -> None:
    choices = Choices()
    layout = layout_of(source, choices)
    assert drawn in "\n".join(plain(layout))
    choices.sources.add(0)
    layout.redo(0)
    inner = source.removeprefix("```math\n").removesuffix("\n```")
    assert [row.strip() for row in plain(layout)][-len(inner.split("\n")) :] == inner.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1\n\n```",
        "> - ```\n>   ````\n>   ```",
        "    indented\n    code",
        "~~~a`b\nx\n~~~",
        "- | a | b |\n  |---|---|\n  | [x][here] | d |\n\n[here]: http://host",
        "### heading *one*",
        "---",
    ],
)
def test_a_block_by_itself_is_what_it_was(text: str) -> None:
    document = Document(text)
    document.finish()
    kinds = ("code", "table", "heading", "rule")
    index = next(index for index, leaf in enumerate(document.blocks) if leaf.kind in kinds)
    single = alone(document, index)
    there, here = document.blocks[index], single.blocks[0]
    assert (here.kind, here.text, here.level) == (there.kind, there.text, there.level)
    if "[here]" in text:
        layout = MarkdownLines(single, 80)
        assert layout.update()
        assert any(span.href == "http://host" for line in rows(layout) for span in line.spans)


def test_rows_can_be_looked_at_before_newer_text_is_laid_out() -> None:
    document = Document("\nword word www.example.com.\n| 0000000")
    layout = MarkdownLines(document, 8, choices=Choices(moved={0: 4, 1: 4}))
    for piece in ("", "00\n", "\n"):
        document.append(piece)
        assert [layout.line(row).cells() <= 8 for row in range(layout.height)].count(False) == 0
        layout.update(0.0)


def test_a_row_stays_as_it_is_until_the_newer_text_is_laid_out() -> None:
    """The text goes on, and what was a quotation is a footnote, which is indented by more."""
    document = Document("word word\n\n> [^2]")
    layout = MarkdownLines(document, 8, choices=Choices(moved={1: 1}))
    assert layout.update()
    before = rows(layout)
    document.append(": x\n")
    assert rows(layout) == before
