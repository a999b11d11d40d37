"""The marks that begin and end blocks: CommonMark 0.31, section 4 and 5, and the tables of GFM.

Each function looks at a line after its indentation and says what it begins, knowing nothing of what came before.
"""

import re
from typing import NamedTuple

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_HEADING_END = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_BULLET = re.compile(r"[-+*](?=[ \t]|$)")
_ORDINAL = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)", re.ASCII)
_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")

_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|"
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|"
    "track|ul"
)
_ATTRIBUTE = r"""\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?"""
_LONE_TAG = re.compile(rf"(?:<[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?>|</[A-Za-z][A-Za-z0-9-]*\s*>)\s*$", re.ASCII)
_BLANK_LINE = re.compile(r"(?!)")
"""Never found in a line that is not blank: the end of HTML that an empty line ends."""
_HTML_KINDS = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:\s|>|$)", re.I),
        re.compile(r"</(?:script|pre|style|textarea)>", re.I),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{_BLOCK_TAGS})(?:\s|/?>|$)", re.I), _BLANK_LINE),
)
MAX_COLUMNS = 100
"""Lines with more cells are text: no pane has room for them, and each row would cost all of its columns."""
HTML_END_REACH = 16
"""No end of an HTML block is longer, so that an overlap of so many characters finds one across two chunks."""


_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*$", re.I)
_DEFINITION = re.compile(r":(?=[ \t]+\S)")


class Heading(NamedTuple):
    """An ATX heading."""

    level: int
    text: str


class FenceMark(NamedTuple):
    """The opening of a fenced code block, or what it takes to close one."""

    char: str
    length: int
    info: str


class ListMark(NamedTuple):
    """A list item's mark: its list's marker, its number (None: a bullet) and its length in characters."""

    marker: str
    ordinal: int | None
    length: int


def heading(line: str) -> Heading | None:
    """``## Text ##``"""
    match = _HEADING.match(line)
    if match is None:
        return None
    return Heading(len(match[1]), _HEADING_END.sub("", line[match.end() :]).strip(" \t"))


def underline_level(line: str) -> int:
    """1 or 2 if `line` can make a heading of the paragraph above, else 0."""
    if _UNDERLINE.match(line) is None:
        return 0
    return 1 if line[0] == "=" else 2


def is_rule(line: str) -> bool:
    """``***``, ``- - -``, ``___``"""
    return line[:1] in {"*", "-", "_"} and _RULE.match(line) is not None


def fence(line: str) -> FenceMark | None:
    """The opening of a fenced code block, its info string stripped."""
    match = _FENCE.match(line)
    if match is None:
        return None
    run, info = (match[1], match[2]) if match[1] else (match[3], match[4])
    return FenceMark(run[0], len(run), info.strip())


def closes_fence(line: str, opening: FenceMark) -> bool:
    """Whether `line` is nothing but the fence that closes `opening`."""
    run = line.rstrip(" \t")
    return len(run) >= opening.length and run.strip(opening.char) == "" and run != ""


def html_end(line: str, *, may_be_lone_tag: bool) -> re.Pattern[str] | None:
    """If `line` begins an HTML block: what ends the block in this or a later line.

    Blocks that an empty line ends get a pattern that never matches. A tag alone on its line begins a block only if
    `may_be_lone_tag`, since it cannot interrupt a paragraph.
    """
    if line[:1] != "<":
        return None
    for begin, end in _HTML_KINDS:
        if begin.match(line):
            return end
    return _BLANK_LINE if may_be_lone_tag and _LONE_TAG.match(line) else None


def ends_at_blank_line(end: re.Pattern[str]) -> bool:
    """Whether an HTML block with this end is closed by an empty line."""
    return end is _BLANK_LINE


def list_mark(line: str, *, interrupts_paragraph: bool) -> ListMark | None:
    """A bullet or a number at the beginning of `line`, if a list item may begin with it here."""
    if match := _BULLET.match(line):
        mark = ListMark(match[0], None, 1)
    elif match := _ORDINAL.match(line):
        mark = ListMark(match[2], int(match[1]), match.end())
    else:
        return None
    if interrupts_paragraph and (mark.ordinal not in {None, 1} or not line[mark.length :].strip(" \t")):
        return None
    return mark


def definition_mark(line: str) -> ListMark | None:
    """The colon before the definition of the term above."""
    return ListMark(":", None, 1) if _DEFINITION.match(line) else None


def alert(line: str) -> str:
    """The kind of alert that a quote with this first line is, in small letters, or nothing."""
    match = _ALERT.match(line)
    return match[1].lower() if match else ""


def cells(row: str) -> list[str]:
    """The cells of a table's row, outer bars removed and ``\\|`` turned into a bar."""
    row = row.strip(" \t")
    parts = [part.replace("\\|", "|") for part in _split_unescaped(row)]
    if parts and parts[0].strip(" \t") == "" and row.startswith("|"):
        parts = parts[1:]
    if parts and row.endswith("|") and parts[-1] == "":
        parts = parts[:-1]
    return [part.strip(" \t") for part in parts]


def _split_unescaped(row: str) -> list[str]:
    parts: list[str] = []
    begin = position = 0
    while (bar := row.find("|", position)) != -1:
        position = bar + 1
        if bar and row[bar - 1] == "\\":
            continue
        parts.append(row[begin:bar])
        begin = position
    parts.append(row[begin:])
    return parts


def may_delimit(line: str) -> bool:
    """A cheap test that the delimiter row of a table passes, and most other lines do not."""
    return line[:1] in {"|", "-", ":"} and len(line) > 1 and line[:2] not in {"- ", "-\t"}


def is_delimiter_row(line: str, header: str) -> bool:
    """Whether `line` under `header` makes a table of the two."""
    if "|" not in header or _DELIMITERS.match(line) is None:
        return False
    return len(cells(line)) == len(cells(header)) <= MAX_COLUMNS
