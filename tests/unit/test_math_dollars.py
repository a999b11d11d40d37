"""Which dollars in prose are those of a formula."""

import re

import pytest

from salon.markdown.dollars import is_math

_SPAN = re.compile(r"(?<!\\)\$(.*?)(?<!\\)\$")
FORMULAS = r"""
$x$
$n+1$
$\alpha$
$O(n \log n)$
$a_i$
the $n$th
$2x$
$5$
$x \in \mathbb{R}$
$f(x)$
$[0, 1)$
$x, y$
$E = mc^2$
$dx$
$\text{loss rate}$
$x_{max}$
$n!$
$O(1)$
$a \ne b$
($x$)
$x$-axis
so $x$, then
$\frac{a}{b}$
$ab$
$1/2$
$p < 0.05$
$f'(x)$
$\{1, 2\}$
$-1$
$ABC$
$|x|$
$x = 5$
$50\%$
$α$
$n \times m$
$x_1, \dots, x_n$
$(x, y)$
$10^{-3}$
$O(n log n)$
$a = b \text{ if } c$
""".strip().splitlines()
OTHERS = r"""
$5 and $10
costs $5-$10 total
$HOME and $PATH
US$ 5
US$5 or CA$6
$HOME/bin:$PATH
echo $a $b
$1 $2
$1$2
${A}${B}
$5,$10
$5/$10
$5–$10
it's $5.50/mo (was $6)
$5M→$10M
$20k, or $30k
$HOME:$PATH
a $ b $ c
$USER_NAME$
$API_KEY, $X
\$5 and 6$
$x and y$
$FOO=$BAR
($5)/($6)
$5+$6
$PATH$HOME
$$
$i, $j
from $10 to 20$
$foo->bar and $baz->qux
$this->x = $that
`$a` and `$b`
$(pwd)/x:$HOME
$something$
$a$b$
""".strip().splitlines()


def _found(text: str) -> list[str]:
    spans = _SPAN.finditer(text)
    return [span[1] for span in spans if is_math(span[1], text[: span.start()][-1:], text[span.end() : span.end() + 1])]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula(text: str) -> None:
    assert len(_found(text)) == 1


@pytest.mark.parametrize("text", OTHERS)
def test_no_formula(text: str) -> None:
    assert _found(text) == []


def test_a_formula_in_a_sentence_has_a_length_and_no_empty_line() -> None:
    assert not is_math("x + " * 400 + "x")
    assert not is_math("x\n\n+ y")
    assert is_math("x\n+ y")
