"""Marks of citations: ``[n]`` after a passage, put into the text by who shows it and no part of what the model wrote.

In the text a mark has a noncharacter after its bracket, which Unicode keeps for uses within a program: nothing that a
model writes is taken for a mark, since `without_sign` has taken the sign out of it.
"""

import re
from collections.abc import Iterable

_SIGN = "\ufdd0"
_MARK = re.compile(rf"\[{_SIGN}([0-9]{{1,6}})\]")
_MARKS = re.compile(rf"(?:\n\n)?{_MARK.pattern}")
_ENDS_A_BLOCK = re.compile(r"(?:```|~~~|\$\$|\\\]|---|===|\|)[ \t]*$")


def marks(numbers: Iterable[int], text: str) -> str:
    """The marks to be put after `text`: below it where they would be taken for part of a fence or a formula."""
    made = "".join(f"[{_SIGN}{number}]" for number in numbers)
    return f"\n\n{made}" if made and _ENDS_A_BLOCK.search(text[-80:]) else made


def mark_at(text: str, position: int) -> tuple[int, int] | None:
    """The number of the mark that begins at `position`, and where it ends."""
    match = _MARK.match(text, position)
    return (int(match[1]), match.end()) if match else None


def without_marks(text: str) -> str:
    """The text as it was before marks were put into it."""
    return _MARKS.sub("", text) if _SIGN in text else text


def without_sign(text: str) -> str:
    """The text without what could be taken for a mark; marks in it become ``[n]``."""
    return text.replace(_SIGN, "") if _SIGN in text else text
