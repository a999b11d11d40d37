"""Where words begin and end, in every script.

Scripts that write without blanks have no words that a rule could find; there a run of one kind (Han, hiragana,
katakana, hangul, Thai and its neighbours, emoji) is a step, which is what vim and the common editors do too.
"""

import unicodedata
from collections.abc import Callable
from enum import IntEnum, auto
from functools import lru_cache

from salon.editing.graphemes import is_extender


class Kind(IntEnum):
    """What a character is to words."""

    BLANK = 0
    PUNCTUATION = auto()
    UNDERSCORE = auto()
    LETTER = auto()
    HAN = auto()
    HIRAGANA = auto()
    KATAKANA = auto()
    HANGUL = auto()
    UNSPACED = auto()
    EMOJI = auto()


_RANGES = (
    (0x0E00, 0x0EFF, Kind.UNSPACED),  # Thai, Lao
    (0x1000, 0x109F, Kind.UNSPACED),  # Myanmar
    (0x1100, 0x11FF, Kind.HANGUL),
    (0x1780, 0x17FF, Kind.UNSPACED),  # Khmer
    (0x2E80, 0x2FDF, Kind.HAN),
    (0x3005, 0x3007, Kind.HAN),
    (0x3041, 0x309F, Kind.HIRAGANA),
    (0x30A1, 0x30FF, Kind.KATAKANA),
    (0x3130, 0x318F, Kind.HANGUL),
    (0x31F0, 0x31FF, Kind.KATAKANA),
    (0x3400, 0x9FFF, Kind.HAN),
    (0xAC00, 0xD7FF, Kind.HANGUL),
    (0xF900, 0xFAFF, Kind.HAN),
    (0xFF66, 0xFF9F, Kind.KATAKANA),
    (0x1F000, 0x1FAFF, Kind.EMOJI),
    (0x20000, 0x3FFFF, Kind.HAN),
)

Classify = Callable[[str], int]
"""Tells characters apart: words are runs of one class, class 0 parts them."""


@lru_cache(maxsize=4096)
def kind(character: str) -> Kind:
    """What a character is."""
    if character.isspace():
        return Kind.BLANK
    code = ord(character)
    if code >= 0x0E00:
        for first, last, found in _RANGES:
            if first <= code <= last:
                return (
                    found if character.isalnum() or found is Kind.EMOJI or is_extender(character) else Kind.PUNCTUATION
                )
    if character == "_":
        return Kind.UNDERSCORE
    return Kind.LETTER if character.isalnum() or unicodedata.category(character)[0] == "M" else Kind.PUNCTUATION


def readline_class(character: str) -> int:
    """Readline's words: letters and digits; all else parts them."""
    found = kind(character)
    return 0 if found <= Kind.UNDERSCORE else found


def keyword_class(character: str) -> int:
    """vi's `w`: letters, digits and underscores are one class, punctuation is another."""
    found = kind(character)
    return Kind.LETTER if found is Kind.UNDERSCORE else found


def blank_class(character: str) -> int:
    """vi's `W` and readline's Ctrl+W: all that is not blank is one class."""
    return 0 if character.isspace() else 1


def class_at(text: str, at: int, classify: Classify) -> int:
    """The class of the cluster that the character at `at` belongs to."""
    while at > 0 and is_extender(text[at]):
        at -= 1
    return classify(text[at])


def run_end(text: str, at: int, classify: Classify) -> int:
    """Where the run of one class that `at` lies in ends."""
    found = class_at(text, at, classify)
    while at < len(text) and (is_extender(text[at]) or classify(text[at]) == found):
        at += 1
    return at


def run_start(text: str, at: int, classify: Classify) -> int:
    """Where the run of one class that `at` lies in begins."""
    found = class_at(text, at, classify)
    while at > 0 and class_at(text, at - 1, classify) == found:
        at -= 1
    return at


def word_end(text: str, at: int, classify: Classify = readline_class) -> int:
    """The end of this word or, from between words, of the next one."""
    while at < len(text) and class_at(text, at, classify) == 0:
        at += 1
    return run_end(text, at, classify) if at < len(text) else at


def word_start(text: str, at: int, classify: Classify = readline_class) -> int:
    """The beginning of this word or, from its beginning or between words, of the one before."""
    while at > 0 and class_at(text, at - 1, classify) == 0:
        at -= 1
    return run_start(text, at - 1, classify) if at > 0 else 0
