"""The gate: every string from outside passes through `clean` before a terminal can see it.

Textual hands escape bytes, C1 controls and bidirectional overrides to the terminal as they come (measured on 8.2.8:
a title and the clipboard of tmux were rewritten from an answer's text), so harmlessness is decided here, character by
character. Because no decision looks at a neighbour, a sequence split over two deltas is exactly as harmless as a whole
one, and ``clean(a) + clean(b) == clean(a + b)`` holds for every split.

What is on disk and what goes back to the API stays as it was received; only what is shown is cleaned.
"""

import re

_SHOWN = "\ufffd"


def _table() -> dict[int, str]:
    table: dict[int, str] = {code: chr(0x2400 + code) for code in range(0x20)}
    table[0x7F] = "\u2421"
    table.update(dict.fromkeys(range(0x80, 0xA0), _SHOWN))
    table.update(dict.fromkeys(range(0xD800, 0xE000), _SHOWN))
    # Overrides and isolates reorder what a reader sees, line and paragraph separators break what a program sees.
    table.update(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029), _SHOWN))
    # Characters without width or picture: they carry hidden text, and terminals disagree about their cells.
    invisible = (
        0x00AD,
        0x061C,
        0x180E,
        0x200B,
        0x200E,
        0x200F,
        *range(0x2060, 0x2065),
        *range(0x206A, 0x2070),
    )
    table.update(dict.fromkeys((*invisible, 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)), ""))
    table[0x0D] = ""  # of CR LF only the LF is text; a lone CR would let text overwrite itself
    del table[0x09], table[0x0A]
    return table


_TABLE = _table()
_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` with nothing in it that a terminal would obey or a reader could not see.

    Tab and newline stay. Other controls become their pictures (ESC is shown as ``␛``), what reorders or breaks lines
    becomes U+FFFD, what has no width is dropped; the joiners U+200C and U+200D stay, since emoji and several scripts
    are spelled with them.
    """
    if _HOSTILE.search(text) is None:
        return text
    return text.translate(_TABLE)


def clean_line(text: str, limit: int = 200) -> str:
    """`text` cleaned onto one line of at most `limit` characters, for titles, names and notices."""
    line = _BLANKS.sub(" ", clean(text[: limit * 8])).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def json_line(text: str) -> str:
    """`text`, which is JSON on one line, with what `clean` would change written as JSON's own escapes.

    It says the same to a program and nothing to a terminal; what UTF-8 cannot hold is kept as well.
    """
    return _HOSTILE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        return f"\\u{0xD800 + ((code - 0x10000) >> 10):04x}\\u{0xDC00 + ((code - 0x10000) & 0x3FF):04x}"
    return f"\\u{code:04x}"
