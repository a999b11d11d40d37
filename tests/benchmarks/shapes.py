"""The shapes of answers that the benchmarks stream; none holds the probe key, a capital J.

A ``#`` becomes the number of the repetition, so that rows of an answer differ as they do in life, and ``§`` the mark
of a heading.
"""

_SENTENCE = (
    "Number # says: because the **shorter** the wavelength, the more `strongly` air scatters *it*; "
    "see [this](http://host/a_b). "
)
_CODE = "def scattering(wavelength):\n    'the fourth power, #'\n    return 'x' * wavelength ** -4\n\n"
_MIXED = (
    f"§ Heading #\n\n{_SENTENCE * 3}\n\n- one {_SENTENCE}\n- two\n\n```python\n{_CODE * 3}```\n\n"
    "| a | b |\n|---|---|\n| # | 2 |\n\n"
)
_FORMULA = (
    "Formula # is $x_{#}^2 + \\frac{a}{b}$, for \\(\\alpha \\le \\beta\\) and five dollars ($5):\n\n"
    "$$\n\\sum_{i=1}^{#} \\sqrt{x_i} = \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$\n\n"
    "It follows that \\[ e^{i\\pi} + # = 0 \\] as we wanted, and the **rest** is text.\n\n"
)
_LOG_LINE = "2026-01-02T03:04:05.678Z INFO  [worker-7] request # took 12.5 ms, status=200 path=/a/b?c=d\n"
_COLUMNS = 7
_TABLE_HEAD = "| " + " | ".join(f"Column {n}" for n in range(_COLUMNS)) + " |\n" + "|---" * _COLUMNS + "|\n"
_TABLE_ROW = "| Rayleigh `lambda ** -4` | # " + "| a cell long enough to need wrapping " * (_COLUMNS - 2) + "|\n"

# before, what is repeated, after
_SHAPES = {
    "paragraphs": ("", _SENTENCE * 4 + "\n\n", ""),
    "mixed": ("", _MIXED, ""),
    "fence": ("```python\n", _CODE, "```\n"),
    "fence_without_language": ("```\n", _CODE, "```\n"),
    "wide_table": (_TABLE_HEAD, _TABLE_ROW, ""),
    "list": ("", f"- {_SENTENCE}\n", ""),
    "nested_list": ("", f"- {_SENTENCE}\n  - {_SENTENCE}\n    1. {_SENTENCE}\n", ""),
    "quote": ("", f"> {_SENTENCE}\n>\n", ""),
    "one_line": ("", _SENTENCE, ""),
    "math": ("", _FORMULA, ""),
    "log": ("```log\n", _LOG_LINE, "```\n"),
}
NAMES = tuple(_SHAPES)


def shape(name: str, size: int) -> str:
    """About `size` characters of a shape."""
    before, unit, after = _SHAPES[name]
    units = (unit.replace("#", str(number)).replace("§", "##") for number in range(max(1, size // len(unit))))
    return before + "".join(units) + after
