"""Texts that are made to break a parser or to keep it busy: all of them end, quickly, with their text shown.

A quadratic algorithm would take minutes for these; the runner's patience is the measure, no clock is looked at.
"""

import pytest

from markdown_support import rendered
from salon.markdown import Document, MarkdownLines

MANY = 50_000
HOSTILE = {
    "brackets": "[" * MANY,
    "images": "![" * (MANY // 4),
    "links": "[a](" * (MANY // 4),
    "backticks": "`" * MANY,
    "backticks of all lengths": " ".join("`" * length for length in range(1, 300)),
    "emphasis": "*a _b " * (MANY // 6),
    "asterisks": "*" * MANY,
    "tildes": "~~a " * (MANY // 4),
    "entities": "&#27;&#155;&#x202e;&#10;" * 2000,
    "schemes": "://" * (MANY // 3),
    "tags": "<a " * (MANY // 3),
    "quotes": ">" * 10_000 + " a",
    "lists": "- " * 10_000 + "a",
    "list lines": "".join("  " * depth + "- a\n" for depth in range(200)),
    "numbers": "1. " * 5000,
    "one word": "x" * 1_000_000,
    "one line": "word " * 200_000,
    "one cluster": "a" + "\u0301" * MANY,
    "empty lines": "\n" * 200_000,
    "empty lines in code": "    x\n" + "\n" * 200_000,
    "blanks": " " * MANY,
    "tabs": "\t" * MANY,
    "bars": "|" * MANY,
    "columns": "|a" * 1500 + "|\n" + "|-" * 1500 + "|\n" + ("|b" * 1500 + "|\n") * 10,
    "fence": "```python\n" + '"""' * 5000,
    "fence with a long line": "```js\n" + "a+" * 100_000,
    "comment": "<!--\n" + "x\n" * MANY,
    "definitions": '[a]: "x\n' * 5000,
    "title": '[a]: /u "x\n' + "text\n" * 20_000,
    "references": "[a] " * 10_000 + "\n\n[a]: /u\n",
    "backslashes": "\\" * MANY,
    "lazy lines": "> a\n" + "b\n" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_laid_out(name: str) -> None:
    text = HOSTILE[name]
    whole = rendered(text, 80)
    assert all(line.cells() <= 80 for line in whole[:1000])
    document = Document()
    layout = MarkdownLines(document, 80)
    step = max(400, len(text) // 50)
    for position in range(0, len(text), step):
        document.append(text[position : position + step])
        layout.update(0.01)
    document.finish()
    while not layout.update(0.01):
        pass
    assert layout.height == len(whole)
    for index in range(0, layout.height, 1 + layout.height // 500):
        assert layout.line(index) == whole[index]
