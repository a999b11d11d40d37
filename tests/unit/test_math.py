"""Formulas on one line, what cannot be drawn, and what no formula may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from salon.markdown.math import MAX_LINE, MAX_SOURCE, display, inline

INLINE = {
    r"x": "x",
    r"n+1": "n + 1",
    r"x^2": "x²",
    r"a_i": "aᵢ",
    r"x_i^2": "xᵢ²",
    r"x^{n+1}": "xⁿ⁺¹",
    r"x_{max}": "xₘₐₓ",
    r"x_b": "x_b",
    r"a_{i,j}": "a_{i,j}",
    r"e^{-x^2}": "e^{−x²}",
    r"f''(x)": "f″(x)",
    r"90^\circ": "90°",
    r"A^\top": "Aᵀ",
    r"\alpha": "α",
    r"\frac{1}{2}": "½",
    r"\frac12 mv^2": "½ mv²",
    r"\frac{a}{b}": "a/b",
    r"\frac{a}{2b}": "a/(2b)",
    r"\frac{a+b}{c+d}": "(a+b)/(c+d)",
    r"\frac{dy}{dx}": "dy/dx",
    r"\frac{\partial^2 u}{\partial x^2}": "∂²u/∂x²",
    r"\frac{n!}{k!(n-k)!}": "n!/(k!(n−k)!)",
    r"-\frac{a}{b} c": "−a/b c",
    r"{\frac{a}{b}}^2": "(a/b)²",
    r"\sqrt{x}": "√x",
    r"\sqrt{x+1}": "√(x+1)",
    r"\sqrt[3]{x}": "∛x",
    r"\sqrt[n]{x}": "ⁿ√x",
    r"\sum_{k=1}^n k": "∑ₖ₌₁ⁿ k",
    r"\sum_{k=1}^{Q} k": "∑ₖ₌₁^Q k",
    r"\sum_{q \in S} q": "∑_{q∈S} q",
    r"\int_0^1 x\,dx": "∫₀¹ x dx",
    r"\lim_{x \to 0} f(x)": "lim_{x→0} f(x)",
    r"\mathbb{R}^n": "ℝⁿ",
    r"\mathcal{L}": "ℒ",
    r"\mathbf{v} \cdot \mathrm{d}x": "𝐯 · dx",
    r"\hat{y} - \bar{y} + \vec{v} + \dot{x} + \tilde{x}": "ŷ − ȳ + v\u20d7 + ẋ + x\u0303",
    r"\overline{AB}": "A\u0305B\u0305",
    r"\text{if } x > 0": "if x > 0",
    r"\text{if $x$ is 50\% of $y$}": "if x is 50% of y",
    r"\operatorname{Var}(X)": "Var(X)",
    r"\log n \cdot \sin^2 \theta": "log n · sin² θ",
    r"O(n \log n)": "O(n log n)",
    r"\left( \frac{a}{b} \right)": "(a/b)",
    r"\left. x \right|_0^1": "x|₀¹",
    r"\bigl[ x \bigr]": "[x]",
    r"a \le b \ne c \to \infty": "a ≤ b ≠ c → ∞",
    r"a \not= b \not\in C": "a ≠ b ∉ C",
    r"\forall x \in X,\quad x \geq 0": "∀x ∈ X,  x ≥ 0",
    r"\{1, 2, \dots, n\}": "{1, 2, …, n}",
    r"1{,}5 + 1,000": "1,5 + 1,000",
    r"a = -1": "a = −1",
    r"\binom{n}{k}": "(n choose k)",
    r"{n \choose k}": "(n choose k)",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}": "(a b; c d)",
    r"a \equiv b \pmod{n}": "a ≡ b (mod n)",
    r"p \implies q \iff r": "p ⟹ q ⟺ r",
    r"A \xrightarrow{f} B": "A ─f─→ B",
    r"E = mc^2 \tag{1}": "E = mc²    (1)",
    r"\color{red} x": "x",
    "漢 = 字": "漢 = 字",
}
UNDRAWABLE = {
    "nothing": "",
    "blanks": "  \n ",
    "an unknown command": r"\frobnicate{x}",
    "a definition": r"\def\x{y} \x",
    "a macro": r"\newcommand{\x}{\x\x} \x",
    "a file": r"\input{/etc/passwd}",
    "an environment": r"\begin{tikzpicture} \end{tikzpicture}",
    "a missing brace": r"\frac{a}{b",
    "a brace too many": "a}",
    "a missing argument": r"\frac{a}",
    "a missing right": r"\left( a",
    "a lone right": r"a \right)",
    "a missing end": r"\begin{matrix} a",
    "another end": r"\begin{matrix} a \end{cases}",
    "two superscripts": "x^1^2",
    "a script without text": "x^",
    "a parameter": "#1",
    "a dollar": "a $ b",
    "a backslash": "a \\",
    "an escape": "a \x1b[31m",
    "a direction": "a \u202e b",
    "an emoji of two characters": "\u2714\ufe0f",
    "a lone surrogate": "\ud800",
    "depth": "{" * 60 + "x" + "}" * 60,
    "length": "x" * (MAX_SOURCE + 1),
    "marks": r"\hat{" * 10 + "x" + "}" * 10,
}
HOSTILE = {
    "scripts in scripts": "x^{" * 24 + "q" + "}" * 24,
    "fractions in fractions": r"\frac{1}{1+" * 16 + "x" + "}" * 16,
    "arguments without braces": r"\frac" * 800,
    "roots in roots": r"\sqrt{" * 24 + "x" + "}" * 24,
    "fences in fences": r"\left(" * 45 + "x" + r"\right)" * 45,
    "open fences": r"\left(" * 600,
    "sized in sized": r"{\big(\big(" * 24 + "x" + r"\big)\big)}" * 24,
    "matrices in matrices": r"\begin{pmatrix}" * 20 + "x" + r"\end{pmatrix}" * 20,
    "rows": r"\\" * 2000,
    "cells": "&" * 4000,
    "cells in rows": "&" * 1500 + r"\\" * 1200,
    "texts in texts": r"\text{" * 600 + "}" * 600,
    "over and over": r"{a\over " * 40 + "x" + "}" * 40,
    "sums": "+x" * 2000,
    "relations": "=x" * 2000,
    "signs": "-" * 4000,
    "spaces": "~" * 4000,
    "primes": "x" + "'" * 4000,
    "fractions": r"\frac{a}{b}" * 370,
    "notes on braces": r"\underbrace{" * 15 + "x" + "}_{a}" * 15,
    "arrows": r"\xrightarrow{" * 16 + "x" + "}" * 16,
}
_PIECES = (
    r"\frac \sqrt { } ^ _ ' & \\ \left( \right) \left\{ \right. \begin{pmatrix} \end{pmatrix} \begin{cases} "
    r"\end{cases} \begin{aligned} \end{aligned} x y 22 + - = , \alpha \sum \int _{ ^{ \hat \vec \overline \underbrace "
    r"\text{ab } \mathbb{R} \big( \big) \quad \lim \sin [ ] ( ) | \middle| \over \binom \substack{ \xrightarrow{ "
    r"\not \operatorname{ \mathbf{ \pmod \boxed \limits \, ~ % $ # \def \overset \tag{1} "
    "\\ 漢 é \u0301 👍 🇩 🇪 \u1100 \u20e3"
)
latex_like = st.lists(st.sampled_from([*_PIECES.split(" "), " "]), max_size=40).map("".join) | st.text(max_size=40)


@pytest.mark.parametrize("source", INLINE)
def test_a_formula_on_one_line(source: str) -> None:
    assert inline(source) == INLINE[source]


@pytest.mark.parametrize("name", UNDRAWABLE)
def test_what_cannot_be_drawn(name: str) -> None:
    assert inline(UNDRAWABLE[name]) is None
    assert display(UNDRAWABLE[name], 80) is None


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_formula_comes_to_an_end(name: str) -> None:
    text = inline(HOSTILE[name])
    assert text is None or cell_len(text) <= MAX_LINE
    lines = display(HOSTILE[name], 100)
    assert lines is None or all(cell_len(line) <= 100 for line in lines)


@given(latex_like, st.integers(-1, 90))
def test_whatever_the_source_lines_are_of_one_width_and_printable(source: str, width: int) -> None:
    lines = display(source, width)
    if lines is not None:
        assert len({cell_len(line) for line in lines}) == 1
        assert 0 < cell_len(lines[0]) <= width
        assert all(line.isprintable() for line in lines)
    text = inline(source)
    assert text is None or (text.isprintable() and text.strip() == text != "")


def test_a_wide_formula_is_cut_before_its_relations() -> None:
    assert display("alpha = beta + gamma = delta", 20) == ["alpha = beta + gamma", "   = delta          "]


def test_a_wide_sum_is_cut_before_its_terms() -> None:
    lines = display("x = aaaaaaaa + bbbbbbbb + cccccccc + dddddddd", 26)
    assert lines is not None
    assert [line.rstrip() for line in lines] == ["x = aaaaaaaa + bbbbbbbb", "   + cccccccc + dddddddd"]


def test_wide_aligned_rows_are_cut_each_by_itself() -> None:
    lines = display(r"\begin{aligned} x &= aaaaaaaa = bbbbbbbb \\ y &= c \end{aligned}", 16)
    assert lines is not None
    assert [line.rstrip() for line in lines] == ["x = aaaaaaaa", "   = bbbbbbbb", "y = c"]


def test_what_cannot_be_cut_is_not_drawn() -> None:
    assert display(r"\frac{aaaaaaaaaaaaaaaaaaaa}{b}", 10) is None
    assert display("x", 0) is None


def test_a_changed_list_does_not_change_what_is_remembered() -> None:
    first = display("a + b", 20)
    assert first is not None
    first.clear()
    assert display("a + b", 20) == ["a + b"]
