"""Random documents: streamed is as loaded, and blocks are where CommonMark has them.

``SALON_FUZZ_EXAMPLES`` sets how many documents each property sees (the suite's default is small).
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from salon.markdown import (
    Choices,
    Document,
    Item,
    Leaf,
    Line,
    MarkdownLines,
    Quote,
    diagram,
    document,
    drawing,
    later,
    layout,
)
from salon.markdown.cells import cell_len
from salon.markdown.limits import DEFAULT_LIMITS, Limits

_EXAMPLES = int(os.environ.get("SALON_FUZZ_EXAMPLES", "500"))
fuzzed = settings(
    max_examples=_EXAMPLES, deadline=None, derandomize=_EXAMPLES == 500, suppress_health_check=list(HealthCheck)
)

SMALL_LIMITS = Limits(
    long_line=60,
    long_paragraph=90,
    piece=16,
    forced_piece=40,
    sampled_rows=3,
    lexed_code=200,
    lexed_line=30,
    prompt_redo=50,
)

words = st.sampled_from(
    [
        "word",
        "*emphasis*",
        "**strong",
        "text**",
        "`code`",
        "``",
        "[label]",
        "[text](http://host/path)",
        "[text][label]",
        "![alt](image.png)",
        "https://example.com/a_b",
        "<http://auto.link>",
        "<b>",
        "List<String>",
        "a_b_c",
        "~~gone~~",
        "&amp;",
        "&#27;",
        "\\*",
        "\\",
        "|",
        "a|b",
        "日本語、テキスト。",
        "👩‍👩‍👧",
        "☁\ufe0f",
        "e\u0301",
        "\u0301",
        "x" * 30,
        "\t",
        "1.",
        "-",
        ">",
        "#",
        "=",
        ":",
        "[ ]",
        "[x] task",
        *["$x^2$", "$5", "$", "$$", "$$y_1$$", "\\(a + b\\)", "\\(", "\\[x = 1\\]", "\\[", "\\]", "\\frac{1}{2}"],
        *["[^1]", "[^note]", "[^1][^2]", "<br>"],
        *["www.example.com.", "<a b='*'>"],
    ]
)
phrases = st.lists(words, min_size=1, max_size=8).map(" ".join)
beginnings = st.sampled_from(
    [
        *["", "", "", "", " ", "  ", "   ", "    ", "     ", "\t"],
        *["- ", "* ", "+ ", "-\t", "-    ", "-     ", "- - ", "1. ", "2. ", "10) ", "  - ", "   - ", "    - "],
        *["> ", ">", "> > ", "> - ", "- > ", "1. > ", "# ", "## ", "###### ", "[label]: ", "| "],
    ]
)
lone_lines = st.sampled_from(
    [
        *["", "", "", "", " ", "    ", ">", "> ", "-", "1.", "*", "#", "- ", "  -"],
        *["---", "***", "___", "- - -", "===", "=", "  ---", "    ---", "> ---", "> ==="],
        *["```", "```python", "~~~", "````", "  ```", "> ```", "- ```", "``` a`b", "```ini"],
        *[
            "|---|---|",
            "|--|",
            ":-:|:-",
            "---|---",
            "| a | b |",
            "| a \\| b | `c|d` |",
            "a | b",
            "> | a | b |",
            "> |---|---|",
        ],
        *["<div>", "</div>", "<!-- note", "-->", "<thinking>", "<script>", "</script>", "<?php", "?>", "<a b='c'>"],
        *["[label]: http://host", "[label]:", "[other]: <a b> 'title'", '"title"', "[label]: x 'a", "  [ref]: /url"],
        *["$$", "$$ x = 1", "x^2 $$", "x $$ text", "$$z$$", "\\[", "\\]", "\\[ y_1 \\].", "```math", "\\sqrt{x"],
        *["> [!NOTE]", "> [!warning] ", "[!TIP]", "> - [!TIP]", "[^1]: note", "[^note]:", "    goes on", "> [^2]: x"],
        *[": definition", ":   *defined*", "Term", "> : x", "<details>", "<summary>a <b>b</b></summary>", "</details>"],
        *["```mermaid", "graph LR", "A-->B"],
        *["def f():", "    return 'x'", '\t"""doc', '"""', "key = value\\", "# comment"],
    ]
)
text_lines = st.builds(str.__add__, beginnings, phrases)
any_lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
lines = st.one_of(lone_lines, text_lines, text_lines, st.builds(str.__add__, beginnings, lone_lines), any_lines)
documents = st.builds(str.__add__, st.lists(lines, max_size=16).map("\n".join), st.sampled_from(["", "\n", "\n\n"]))


LOOK = 0.0005
"""How many seconds pass between two looks at the clock."""
budgets = st.sampled_from([0.0, LOOK, 2 * LOOK, 6 * LOOK, 20 * LOOK, float("inf")])
blocks_chosen = st.frozensets(st.integers(0, 4), max_size=2).map(set)
wishes = st.one_of(
    st.just(Choices()),
    st.builds(
        Choices,
        fold=st.integers(0, 3),
        scroll_code=st.booleans(),
        opened=blocks_chosen,
        sources=blocks_chosen,
        moved=st.dictionaries(st.integers(0, 4), st.integers(0, 40), max_size=2),
    ),
)
"""What a reader may have chosen before the text came."""


class AtOnce:
    """A thread that has done its work when it was started."""

    def __init__(self, *, target: Callable[..., None], args: tuple[object, ...], **_: object) -> None:
        self.start = partial(target, *args)


@pytest.fixture(autouse=True, scope="module")
def nothing_depends_on_the_computer() -> Iterator[None]:
    """Neither how quick it is decides how far a layout comes in its time, nor a process what a diagram looks like."""
    looks = count()
    with pytest.MonkeyPatch.context() as patch:
        for module in (document, later, layout):
            patch.setattr(module, "perf_counter", lambda: next(looks) * LOOK)
        patch.setattr(drawing, "Thread", AtOnce)
        patch.setattr(diagram, "draw", lambda source, width: ["┌─┐", "│A│"] if len(source) % 2 and width > 9 else None)
        yield


def lines_of(shown: MarkdownLines) -> list[Line]:
    return [shown.line(index) for index in range(shown.height)]


def loaded(text: str, width: int, limits: Limits = DEFAULT_LIMITS, choices: Choices | None = None) -> list[Line]:
    source = Document(text, limits=limits)
    source.finish()
    rows = MarkdownLines(source, width, choices=choices)
    assert rows.update()
    return lines_of(rows)


@fuzzed
@given(documents, st.integers(8, 60), st.sampled_from([DEFAULT_LIMITS, SMALL_LIMITS]), wishes, st.data())
def test_a_streamed_document_is_laid_out_as_a_loaded_one(
    text: str, width: int, limits: Limits, choices: Choices, data: st.DataObject
) -> None:
    source = Document(limits=limits)
    rows = MarkdownLines(source, width, choices=choices)
    shown: list[Line] = []
    position = 0
    while position < len(text):
        size = data.draw(st.integers(1, 12), label="delta")
        source.append(text[position : position + size])
        position += size
        if data.draw(st.booleans(), label="update"):
            rows.update(data.draw(budgets, label="budget"))
            changed = rows.take_changed()
            now = lines_of(rows)
            assert now[:changed] == shown[:changed]
            shown = now
    source.finish()
    while not rows.update(0.0):
        pass
    assert lines_of(rows) == loaded(text, width, limits, choices)


@fuzzed
@given(
    # A definition counts once its paragraph is complete, and a line in bars is taken for a table's header meanwhile.
    documents.filter(lambda text: "]:" not in text and not re.search(r"(?m)^[ \t>*+\-\d.)$]*\|", text)),
    st.integers(8, 60),
    st.sampled_from([DEFAULT_LIMITS, SMALL_LIMITS]),
)
def test_after_each_line_all_is_shown_that_the_text_so_far_says(text: str, width: int, limits: Limits) -> None:
    source = Document(limits=limits)
    rows = MarkdownLines(source, width)
    so_far = ""
    for line in text.splitlines(keepends=True):
        so_far += line
        source.append(line)
        assert rows.update()
        if line.endswith("\n"):
            assert [row.plain() for row in lines_of(rows)] == [row.plain() for row in loaded(so_far, width, limits)]


@fuzzed
@given(documents, st.integers(8, 60), wishes)
def test_no_row_is_wider_than_the_pane_or_has_controls(text: str, width: int, choices: Choices) -> None:
    for line in loaded(text, width, choices=choices):
        assert line.cells() <= width
        assert cell_len(line.plain()) <= width
        assert not re.search("[\x00-\x1f\x7f-\x9f]", line.plain())


Shape = tuple[str, tuple[object, ...], str]


def _normal(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _own_shape(leaf: Leaf) -> Shape:
    nesting: tuple[object, ...] = tuple(
        "quote" if isinstance(container, Quote) else (container.series.marker, container.ordinal)
        for container in leaf.containers
        if isinstance(container, Quote | Item)
    )
    return leaf.kind + str(leaf.level or ""), nesting, _normal(leaf.text)


def _table_text(tokens: list[Token]) -> str:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content)
    return repr(rows)


def reference_shapes(text: str) -> list[Shape]:
    """The leaves as markdown-it sees them, tables left out of their text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    shapes: list[Shape] = []
    nesting: list[object] = []
    ordinals: list[int | None] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        match token.type:
            case "blockquote_open":
                nesting.append("quote")
            case "bullet_list_open":
                ordinals.append(None)
            case "ordered_list_open":
                ordinals.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                ordinals.pop()
            case "list_item_open":
                ordinal = ordinals[-1]
                nesting.append((token.markup, ordinal))
                ordinals[-1] = None if ordinal is None else ordinal + 1
            case "list_item_close" | "blockquote_close":
                nesting.pop()
            case "paragraph_open":
                shapes.append(("paragraph", tuple(nesting), _normal(tokens[index + 1].content)))
            case "heading_open":
                shapes.append((f"heading{token.tag[1]}", tuple(nesting), _normal(tokens[index + 1].content)))
            case "hr":
                shapes.append(("rule", tuple(nesting), ""))
            case "fence" | "code_block":
                shapes.append(("code", tuple(nesting), _normal(token.content)))
            case "html_block":
                shapes.append(("html", tuple(nesting), _normal(token.content)))
            case "table_open":
                shapes.append(("table", tuple(nesting), ""))
                while tokens[index].type != "table_close":
                    index += 1
            case _:
                pass
        index += 1
    return shapes


def own_shapes(text: str) -> list[Shape]:
    source = Document(text)
    source.finish()
    shapes = [_own_shape(leaf) for leaf in source.blocks if leaf.kind != "empty"]
    return [(kind, nesting, "" if kind == "table" else content) for kind, nesting, content in shapes]


_TAKEN_OTHERWISE = re.compile(
    r"""\]:                                    # definitions: decided before lazy lines are looked at
    | \|.*\n[ \t>]*[-:|]                      # tables: decided before quotes and lists
    | ^[-|:\ \t>*+\d.]*:[-|:\ \t]*$
    | \$\$ | \\\[                             # formulas
    | \[[!^] | ^[ \t>*+\-\d.)]*:[ \t]        # alerts, footnotes, definitions of terms
    | (?:^|[ ])(?:[ ]{3}|\t)\s*[-*_=+#>`~<\d]  # marks that are indented like code, below a quote or an item
    """,
    re.MULTILINE | re.VERBOSE,
)
"""Where markdown-it departs from CommonMark's parsing strategy, or GFM from CommonMark."""


@fuzzed
@given(documents.filter(lambda text: _TAKEN_OTHERWISE.search(text) is None))
def test_blocks_are_where_commonmark_has_them(text: str) -> None:
    assert own_shapes(text) == reference_shapes(text)


table_lines = st.sampled_from(
    [
        *[
            "| a | b |",
            "a | b",
            "| a |",
            "a|b|c",
            "| `x|y` | z |",
            "| a \\| b | c |",
            "|",
            "||",
            "text",
            "",
            "# heading",
        ],
        *[
            "|---|---|",
            "---|---",
            "| :-- | --: |",
            "|--|",
            "|-|-|-|",
            ":-:|:-",
            "|---||",
            "---",
            "- - -",
            "- item",
            "    |a|b|",
        ],
    ]
)


@fuzzed
@given(st.lists(table_lines, max_size=8).map("\n".join))
def test_tables_are_where_gfm_has_them(text: str) -> None:
    assert own_shapes(text) == reference_shapes(text)
