"""Paths in what was pasted: terminals paste the path of a file that is dropped on them, each in its own spelling.

Quoted with either quote, with backslashes before blanks, as `file://` addresses, as it is with blanks in it; several
parted by blanks or by lines. Only absolute paths count: a word that happens to be a file's name is a word.
"""

from urllib.parse import unquote, urlsplit

LONGEST = 8_192
"""Characters; what is longer is a text."""
MOST = 20
"""Paths of one paste."""

Reading = tuple[str, ...]
"""Paths that a paste may mean together."""


def path_readings(text: str) -> tuple[Reading, ...]:
    """The ways in which `text` may be nothing but paths, the most literal first; empty where it cannot be."""
    trimmed = text.strip()
    if not trimmed or len(trimmed) > LONGEST:
        return ()
    lines = [line.strip() for line in trimmed.splitlines() if line.strip()]
    words = _words(trimmed)
    readings = [[trimmed] if len(lines) == 1 else lines, [word for line in lines for word in _unquoted(line)], words]
    found = (tuple(map(_path, reading)) for reading in readings if reading)
    possible = (reading for reading in found if len(reading) <= MOST and all(map(_is_absolute, reading)))
    return tuple(dict.fromkeys(possible))


def _unquoted(line: str) -> list[str]:
    """A whole line in quotes, with whatever stands between them."""
    return [line[1:-1]] if len(line) > 2 and line[0] == line[-1] and line[0] in "'\"" else [line]


def _words(text: str) -> list[str]:
    """The words as a shell would part them; [] where quotes do not close or something is not a path's spelling."""
    words: list[str] = []
    word: list[str] = []
    begun, quote, escaped = False, "", False
    for character in text:
        if escaped:
            word.append(character)
            escaped = False
        elif character == "\\" and quote != "'":
            begun = escaped = True
        elif quote:
            if character == quote:
                quote = ""
            else:
                word.append(character)
        elif character in "'\"":
            begun, quote = True, character
        elif not character.isspace():
            begun = True
            word.append(character)
        elif begun:
            words.append("".join(word))
            begun, word = False, []
    if quote or escaped:
        return []
    return words + (["".join(word)] if begun else [])


def _path(spelling: str) -> str:
    if not spelling.startswith("file://"):
        return spelling
    try:
        address = urlsplit(spelling)
    except ValueError:
        return spelling
    return unquote(address.path) if address.hostname in {None, "localhost"} else spelling


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "~/")) and "\0" not in path and "\n" not in path and path.strip("/~ ") != ""
