"""One block of a document by itself, for a view that has nothing else to show."""

import re

from salon.markdown.document import Document
from salon.markdown.leaf import Leaf

_TICKS = re.compile(r"`{3,}")


def alone(document: Document, index: int) -> Document:
    """The leaf at `index` as a finished document of its own, without the quotes and lists around it.

    What its references stand for is taken along.
    """
    leaf = document.blocks[index]
    single = Document(_source(leaf), definitions=document.definitions)
    single.cited = document.cited
    single.finish()
    return single


def _source(leaf: Leaf) -> str:
    """Markdown that means the leaf and nothing else."""
    text = leaf.text
    match leaf.kind:
        case "code":
            longest = max(map(len, _TICKS.findall(text)), default=2)
            fence = ("~" if "`" in (leaf.info or "") else "`") * (longest + 1)
            return f"{fence}{leaf.info or ''}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{fence}\n"
        case "heading":
            return f"{'#' * leaf.level} {text}"
        case "rule":
            return "---"
    return text
