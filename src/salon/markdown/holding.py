"""Which beginnings of a line are better not shown yet, because the next character may give them another meaning.

Shown at once, ``-`` would flash as a bullet or an underline, `````` `` `````` as text, ``|--`` as a row. Nothing is
lost by waiting: the next character, the end of the line or the end of the document decides.
"""

import re

from salon.markdown.leaf import Leaf

_ONLY_MARKS = re.compile(
    r"""[ \t>]*(?:
        [-+*_=~`#|:<\\ \t]*             # rules, headings, underlines, fences, delimiter rows
        | \d{1,9}[.)]?[ \t]*            # a number that may turn out to be an item's
        | [-+*][ \t]+\[[ xX]?\]?[ \t]*  # a task's box
        | \[[^\]]{1,60}\]:[ \t]*        # the label of a definition
        | \[![A-Za-z]{0,9}\]?[ \t]*     # an alert's
    )$""",
    re.VERBOSE,
)
_FENCE_INFO = re.compile(r"[ \t>]*(?:`{3,}[^`]*|~{3,}.*)$")
_DELIMITERS = re.compile(r"[ \t>]*[|:-][-|: \t]*$")


def is_held_back(partial: str, leaf: Leaf | None) -> bool:
    """Whether to show nothing yet of the unfinished line `partial`; `leaf` is the open leaf."""
    if leaf is not None and leaf.kind in {"code", "html"}:
        stripped = partial.strip(" \t>")
        return (
            leaf.kind == "code"
            and leaf.info is not None
            and stripped.strip(stripped[:1]) == ""
            and stripped[:1] in "`~"
        )
    if leaf is not None and leaf.kind == "paragraph" and _DELIMITERS.match(partial):
        return True
    return _ONLY_MARKS.match(partial) is not None or _FENCE_INFO.match(partial) is not None
