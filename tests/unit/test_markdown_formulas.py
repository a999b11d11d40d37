"""Formulas in Markdown: where they begin and end, how they are shown, and what is copied."""

import pytest

from markdown_support import rendered, shown, span_of, typed
from salon.markdown import copy_text
from salon.markdown.limits import Limits


@pytest.mark.parametrize("source", ["a $x^2$ b", r"a \(x^2\) b"])
def test_a_formula_in_a_line_is_drawn_in_it(source: str) -> None:
    assert shown(source) == "a x² b"
    assert copy_text(rendered(source)) == source


@pytest.mark.parametrize("source", ["$$\nx^2\n$$", "$$x^2$$", "\\[\nx^2\n\\]", r"\[ x^2 \]", "```math\nx^2\n```"])
def test_a_displayed_formula_has_rows_of_its_own(source: str) -> None:
    assert shown(f"before\n\n{source}\n\nafter") == "before\n\n    x²\n\nafter"


def test_a_displayed_formula_within_a_paragraph_breaks_it() -> None:
    assert shown("because $$x^2 = 4$$, it ends") == "because\n    x² = 4\n, it ends"


def test_a_displayed_formula_is_copied_as_its_source() -> None:
    source = "$$\n\\frac{a}{b}\n= \\frac{c}{d}\n$$"
    rows = rendered(f"before\n\n{source}\n\nafter")
    assert len(rows) == 7
    assert copy_text(rows) == f"before\n\n{source}\n\nafter"


def test_a_long_formula_in_a_line_is_copied_once_however_it_wraps() -> None:
    source = "as $a + b + c + d + e + f + g = h$ says"
    rows = rendered(source, 16)
    assert len(rows) > 2
    assert copy_text(rows) == source


@pytest.mark.parametrize("source", [r"$\unheardof{x}$", r"\(\unheardof{x}\)", "$$\n\\unheardof{x}\n$$"])
def test_what_cannot_be_drawn_is_shown_as_its_source(source: str) -> None:
    assert shown(source) == source
    assert span_of(source, "unheardof").look.role == "code.text"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("from $5 to $10", "from $5 to $10"),
        ("`$x^2$` and `\\(x\\)`", "$x^2$ and \\(x\\)"),
        (r"\$x^2$", "$x^2$"),
        (r"\(see there\)", "(see there)"),
        (r"\[sic\]", "[sic]"),
        (r"- \[ \] a box", "• [ ] a box"),
        ("$$ is the pid", "$$ is the pid"),
        ("[$x^2$](http://host/$y$)", "x²"),
    ],
)
def test_what_only_looks_like_a_formula_is_none(source: str, text: str) -> None:
    assert shown(source) == text


def test_code_is_never_a_formula() -> None:
    assert [row.strip() for row in shown("```\n$$\nx^2\n$$\n```").split("\n")[1:]] == ["$$", "x^2", "$$"]
    assert "$x^2$" in shown("```sh\necho $x^2$\n```")


def test_marks_of_markdown_within_a_formula_are_its_own() -> None:
    assert shown(r"$a_1 * b_2 * c_3$ and \(x_1 * y_1\)") == "a₁ * b₂ * c₃ and x₁ * y₁"
    assert shown("$$\n- x\n+ y\n= 1\n$$") == "    -x + y = 1".replace("-", "−")


def test_an_unclosed_formula_ends_with_its_paragraph_and_is_text() -> None:
    assert shown("$$\nx *y*\n\nafter") == "$$\nx *y*\n\nafter"


def test_text_after_a_closing_mark_is_a_paragraph() -> None:
    assert shown("$$\nx^2\n$$ with *x* real") == "    x²\n\nwith x real"


def test_a_formula_being_typed_shows_its_source_until_it_is_closed() -> None:
    screens = typed(r"so \(x_1 * y_1 * z\) it is")
    assert r"so \(x_1 * y_1" in screens
    assert screens[-1] == "so x₁ * y₁ * z it is"
    assert not any("<" in screen or "  " in screen for screen in screens)


def test_an_open_block_shows_its_source_and_a_fence_that_is_never_closed_too() -> None:
    screens = typed("$$\nx^2\n$$\n")
    assert screens[len("$$\nx^2") - 1] == "$$\nx^2"
    assert screens[-1] == "    x²"
    assert "x^2" in shown("```math\nx^2")


def test_a_long_paragraph_is_not_cut_within_a_formula() -> None:
    text = " ".join(f"word{index} $a_{index} + b$" for index in range(20))
    limits = Limits(piece=16, forced_piece=60)
    whole = "".join(line.plain() + " " for line in rendered(text, 40))
    cut = "".join(line.plain() + " " for line in rendered(text, 40, limits=limits))
    assert cut == whole
