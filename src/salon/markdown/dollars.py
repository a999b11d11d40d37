"""Dollars in prose: the sign of a currency, of a shell's variable, or of a formula."""

import re
from typing import Final

MAX_INLINE: Final = 1000
"""Characters; no formula within a sentence is longer."""
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|[{},;:!|%\\])")
_TEXT = re.compile(r"\\(?:text[a-z]*|mathrm|operatorname\*?|mbox)\s*\{[^{}]*\}")
_GROUP = re.compile(r"[_^]\{[^{}]*\}")
_SENTENCE = re.compile(r"[A-Za-z]{2,},?\s+[A-Za-z]|[A-Za-z],?\s+[A-Za-z]{2,}")
_IDENTIFIER = re.compile(r"[A-Za-z]{2,}_[A-Za-z]{2,}|[A-Z]{2,}_")
_LONG_WORD = re.compile(r"[A-Za-z]{6,}")
_SIMPLE = re.compile(r"[A-Za-z]{1,3}'*|\d+(?:[.,]\d+)*%?|\d+[A-Za-z]{1,2}|[^\W\d_a-zA-Z]'*")
_OPERATOR = re.compile(r"[_^=<>+*/|!()\[\]{}×·÷±≤≥≠≈→∈∞−-]|[A-Za-z],\s*[A-Za-z]|\d,\s*\d")
_SCRIPT = re.compile(r"[_^]")
_LEFT_OPEN = frozenset("+-–—*/=<>:,;.&~([{")
_SHELL_OR_PROSE = frozenset("{/*=,.;:")
_FOREIGN = frozenset('`"“”$#@?€£')
_ENDINGS = frozenset("tsnrdD")  # $n$th, $x$s, $n$D
_FUNCTION_WORDS = re.compile(r"\b(?:log|sin|cos|tan|exp|max|min|mod|lim)\b")


def is_math(inside: str, before: str = "", after: str = "") -> bool:
    """Whether the text between two single dollars is a formula.

    `before` and `after` are the characters next to the dollars, "" at the ends of a line. Pandoc's rule holds (no blank
    inside next to a dollar, no digit after the closing one), and there must be something that prose, prices and shells
    do not have between dollars: a command, an operator between operands, a script, a lone letter or number.
    """
    if not inside or len(inside) > MAX_INLINE or inside[0].isspace() or inside[-1].isspace() or "\n\n" in inside:
        return False
    if before.isalnum() or before == "\\" or after.isdigit() or "$" in {before, after}:
        return False
    prose = _GROUP.sub("", _TEXT.sub("", inside))
    if not _FOREIGN.isdisjoint(prose) or not _is_balanced(inside):
        return False
    has_command = _COMMAND.search(inside) is not None
    rest = _FUNCTION_WORDS.sub("", _COMMAND.sub("", prose))
    if not has_command and (inside[-1] in _LEFT_OPEN or inside[0] in _SHELL_OR_PROSE):
        return False
    if _SENTENCE.search(rest) or (_IDENTIFIER.search(rest) and not has_command):
        return False
    if has_command:
        return True
    if after.isalpha() and after not in _ENDINGS and not _SCRIPT.search(inside):
        return False
    if _SIMPLE.fullmatch(inside):
        return True
    return _OPERATOR.search(inside) is not None and _LONG_WORD.search(rest) is None


def _is_balanced(text: str) -> bool:
    """Whether brackets close; of which kind they are does not matter, since intervals are half-open."""
    depth = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return False
    return depth == 0
