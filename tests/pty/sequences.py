"""What a terminal was told, byte for byte: which of it is not what Salon itself says to terminals.

A terminal's parser in small (after ECMA-48 and the xterm manual), and a short list of what may come out of it. All that
is not on the list is foreign, whatever it would do.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_k].*?(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC, and screen's title
    r"|\x1b[ -/]*[0-~]"  # other sequences
    r"|[\x00-\x1f\x7f-\x9f]",
    re.DOTALL,
)
_OWN = re.compile(
    r"\x1b\[[0-9;]*m"  # colours
    r"|\x1b\[\d+;\d+H"  # the place of a row
    r"|\x1b\[\d*;?\d*r|\x1b\[\d*[LMST]"  # rows that scroll
    r"|\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2031|2048)[hl]"  # modes
    r"|\x1b\[\?(?:2026|2048)\$p|\x1b\[>\d+u|\x1b\[<u|\x1b\[\?u"  # which modes there are; the keyboard
    r"|\x1b\[K"  # after a progress bar
    r"|\x1b\]22;[a-z]+\x07|\x1b\]11;\?\x07"  # the pointer, the ground
    r"|\x1b\]8;id=[0-9a-z-]+;(?:https?://|mailto:)[!-~]+\x1b\\|\x1b\]8;;\x1b\\"  # links to the web
    r"|\x1b\[2[23];2t|\x1b\]2;(?:(?:● |! )?Salon[^\x00-\x1f;\x7f-\x9f]*)?\x07"  # its title, in which nothing commands
    r"|\x1b\]9;4;(?:0|3|2;100)\x07"  # how far an answer is
    r"|[\r\n\t]"
)
_UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def foreign_in(raw: bytes | bytearray) -> list[str]:
    """The sequences, controls and unseen characters that are not Salon's own; bytes that are not UTF-8 as well."""
    return list(_foreign(bytes(raw).decode("utf-8", "surrogateescape")))


def _foreign(text: str) -> Iterator[str]:
    at = 0
    for token in _TOKEN.finditer(text):
        yield from _in_words(text[at : token.start()])
        if _OWN.fullmatch(token[0]) is None:
            yield token[0]
        at = token.end()
    yield from _in_words(text[at:])


def _in_words(words: str) -> Iterator[str]:
    yield from _UNSEEN.findall(words)
    yield from re.findall("[\ud800-\udfff]|\x1b", words)


def links_in(raw: bytes | bytearray) -> set[str]:
    """The targets of all hyperlinks."""
    found = re.findall(rb"\x1b\]8;[^;]*;([^\x07\x1b]*)(?:\x07|\x1b\\)", bytes(raw))
    return {target.decode("utf-8", "replace") for target in found if target}
