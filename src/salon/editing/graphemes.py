"""One step of the caret: a base character with all that belongs to it.

The rules are those of Unicode's text segmentation (UAX 29, extended grapheme clusters) as far as general categories and
a few ranges carry them: combining marks, joined emoji, flags, skin tones, tag sequences and Hangul syllables.
"""

import unicodedata

_JOINER = "\u200d"
_FURTHEST = 256
"""Code points that are looked back at to find where a cluster begins; longer ones are parted."""


def following(text: str, at: int) -> int:
    """Where the cluster that begins at `at` ends; the length of the text at its end."""
    length = len(text)
    if at >= length:
        return length
    at += 1
    while at < length and not _parts(text, at):
        at += 1
    return at


def preceding(text: str, at: int) -> int:
    """Where the cluster that ends at `at` begins; 0 at the beginning."""
    if at <= 0:
        return 0
    furthest = max(0, at - _FURTHEST)
    at -= 1
    while at > furthest and not _parts(text, at):
        at -= 1
    return at


def snapped(text: str, at: int) -> int:
    """`at`, moved back to a place between clusters and into the text."""
    at = max(0, min(at, len(text)))
    return at if at in (0, len(text)) or _parts(text, at) else preceding(text, at)


def is_extender(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    if character.isascii():
        return False
    code = ord(character)
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or code in {0x200C, 0x200D, 0x0E33, 0x0EB3, 0xFF9E, 0xFF9F}
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _parts(text: str, at: int) -> bool:
    """Whether clusters part between the characters before and at `at`."""
    before, after = text[at - 1], text[at]
    if after.isascii() or before == "\n":
        return True
    if is_extender(after):
        return before.isascii() and unicodedata.category(before) == "Cc"
    if before.isascii():
        return True
    if before == _JOINER:
        return not (_is_pictograph(after) and _joins_pictograph(text, at - 1))
    if _is_regional(before) and _is_regional(after):
        first = at - 1
        while first > 0 and _is_regional(text[first - 1]):
            first -= 1
        return (at - first) % 2 == 0
    return not _is_one_syllable(ord(before), ord(after))


def _joins_pictograph(text: str, joiner: int) -> bool:
    base = joiner - 1
    while base > 0 and is_extender(text[base]):
        base -= 1
    return base >= 0 and _is_pictograph(text[base])


def _is_pictograph(character: str) -> bool:
    code = ord(character)
    return (code >= 0xA9 and unicodedata.category(character) in {"So", "Sm", "Po", "Cn"}) or 0x1F000 <= code <= 0x1FAFF


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_one_syllable(before: int, after: int) -> bool:
    """Hangul: leading consonants, vowels and trailing consonants that are written one by one."""
    leading, vowel, trailing = 0x1100 <= before <= 0x115F, 0x1160 <= before <= 0x11A7, 0x11A8 <= before <= 0x11FF
    whole = 0xAC00 <= before <= 0xD7A3
    open_syllable = whole and (before - 0xAC00) % 28 == 0
    if leading:
        return 0x1100 <= after <= 0x11A7 or 0xAC00 <= after <= 0xD7A3
    if vowel or open_syllable:
        return 0x1160 <= after <= 0x11FF
    return (trailing or whole) and 0x11A8 <= after <= 0x11FF
