"""The commands that take arguments: what each makes of what follows it."""

import re
from collections.abc import Callable
from types import MappingProxyType

from salon.markdown.latexgrids import grid_of
from salon.markdown.latexreader import Reader
from salon.markdown.mathnodes import (
    Accent,
    Arrow,
    BigDelimiter,
    Boxed,
    Brace,
    Fence,
    Fraction,
    Grid,
    Kind,
    Node,
    Root,
    Row,
    Scripts,
    Space,
    Symbol,
    Underlined,
    UndrawableError,
    Words,
)
from salon.markdown.mathsymbols import FONTS, accented, character_symbol

Handler = Callable[[Reader, str], Node | None]

LONG_SCRIPTED = (Brace, Arrow)
"""Nodes whose scripts are notes above and below them."""

# A combining character, and the left end, the middle and the right end of what is drawn over more than one character.
_LINE = ("_", "_", "_")
_ACCENTS = {
    "hat": ("\u0302", ("", "^", "")),
    "widehat": ("\u0302", ("", "^", "")),
    "tilde": ("\u0303", ("", "~", "")),
    "widetilde": ("\u0303", ("", "~", "")),
    "vec": ("\u20d7", ("─", "─", "→")),
    "overrightarrow": ("\u20d7", ("─", "─", "→")),
    "overleftarrow": ("\u20d6", ("←", "─", "─")),
    "bar": ("\u0304", _LINE),
    "overline": ("\u0305", _LINE),
    "dot": ("\u0307", ("", "·", "")),
    "ddot": ("\u0308", ("", "¨", "")),
    "check": ("\u030c", ("", "ˇ", "")),
    "breve": ("\u0306", ("", "˘", "")),
    "acute": ("\u0301", ("", "´", "")),
    "grave": ("\u0300", ("", "`", "")),
    "mathring": ("\u030a", ("", "˚", "")),
}
_ARROWS = {
    "xrightarrow": ("→", False),
    "xleftarrow": ("←", True),
    "xRightarrow": ("⇒", False),
    "xLeftarrow": ("⇐", True),
    "xmapsto": ("→", False),
}
_DELIMITERS = {char: char for char in "()[]|/"}
_DELIMITERS |= {".": "", "<": "⟨", ">": "⟩", "\\{": "{", "\\}": "}", "\\lbrace": "{", "\\rbrace": "}", "\\|": "‖"}
_DELIMITERS |= {"\\langle": "⟨", "\\rangle": "⟩", "\\lfloor": "⌊", "\\rfloor": "⌋", "\\lceil": "⌈", "\\rceil": "⌉"}
_DELIMITERS |= {"\\vert": "|", "\\lvert": "|", "\\rvert": "|", "\\Vert": "‖", "\\lVert": "‖", "\\rVert": "‖"}
_DELIMITERS |= {"\\lbrack": "[", "\\rbrack": "]"}

_INNER_FONTS = re.compile(r"\\(?:text[a-z]*|emph|mathrm|mathbf|mathit)\s*(?=\{)")
_ESCAPED = re.compile(r"\\([%&_#$ ])")
_DOLLAR = re.compile(r"(?<!\\)\$")
_BLANKS = re.compile(r"\s+")


def _fraction(reader: Reader, name: str) -> Node:
    fraction = Fraction(reader.argument(), reader.argument(), "frac" in name)
    return fraction if "frac" in name else Fence("(", (fraction,), (), ")")


def _root(reader: Reader, _: str) -> Node:
    index = reader.optional_argument()
    return Root(reader.argument(), index)


def _fence(reader: Reader, _: str) -> Node:
    left = _delimiter(reader)
    parts = [reader.row()]
    bars: list[str] = []
    while reader.take_command("\\middle"):
        bars.append(_delimiter(reader))
        parts.append(reader.row())
    if not reader.take_command("\\right"):
        raise UndrawableError("\\left without \\right")
    return Fence(left, tuple(parts), tuple(bars), _delimiter(reader))


def _delimiter(reader: Reader) -> str:
    ahead = reader.command_ahead() or reader.source[reader.at : reader.at + 1]
    if ahead not in _DELIMITERS:
        raise UndrawableError(f"{ahead!r} is no delimiter")
    reader.at += len(ahead)
    return _DELIMITERS[ahead]


def _sized_delimiter(reader: Reader, name: str) -> Node:
    text = _delimiter(reader)
    by_name = {"l": Kind.OPEN, "r": Kind.CLOSE}.get(name[-1])
    return BigDelimiter(text, by_name or (character_symbol(text).kind if text else Kind.ORDINARY))


def _environment(reader: Reader, _: str) -> Node:
    name = reader.raw_argument()
    if name.startswith("alignat"):
        reader.raw_argument()  # how many columns, which the rows show
    columns = reader.raw_argument() if name == "array" else ""
    rows = reader.rows()
    if not reader.take_command("\\end") or reader.raw_argument() != name:
        raise UndrawableError(f"{name} has no end")
    return grid_of(name.removesuffix("*"), columns, rows)


def _substack(reader: Reader, _: str) -> Node:
    reader.skip_blanks()
    reader.expect("{")
    rows = reader.rows()
    reader.expect("}")
    return Grid(rows)


def _words(reader: Reader, _: str) -> Node:
    items: list[Node] = []
    for index, part in enumerate(_DOLLAR.split(reader.raw_argument())):
        items.append(reader.inner(part) if index % 2 else Words(_plain(part)))
    return items[0] if len(items) == 1 else Row(tuple(items))


def _plain(raw: str) -> str:
    text = _INNER_FONTS.sub("", raw).replace("{", "").replace("}", "").replace("~", " ")
    text = _ESCAPED.sub(r"\1", text).replace("---", "—").replace("--", "–")
    if "\\" in text:
        raise UndrawableError("a command within a text")
    return _BLANKS.sub(" ", text)


def _operator_name(reader: Reader, _: str) -> Node:
    has_limits = reader.take("*")
    name = reader.raw_argument().replace("\\,", " ").replace("\\;", " ").replace("\\ ", " ")
    return Symbol(_plain(name).strip(), Kind.FUNCTION, has_limits)


def _in_font(reader: Reader, name: str) -> Node:
    outer, reader.font = reader.font, name
    node = reader.argument()
    reader.font = outer
    return node


def _accent(reader: Reader, name: str) -> Node:
    mark, wide = _ACCENTS[name]
    return Accent(mark, wide, reader.argument())


def _underline(reader: Reader, _: str) -> Node:
    return Underlined(reader.argument())


def _brace(reader: Reader, name: str) -> Node:
    return Brace(reader.argument(), name.startswith("under"))


def _stacked(reader: Reader, name: str) -> Node:
    note, base = reader.argument(), _unbraced(reader.argument())
    below, above = (note, None) if name == "underset" else (None, note)
    return Scripts(base, below, above, has_limits=True)


def _unbraced(node: Node) -> Node:
    """A symbol as the relation or operator that it was before it stood in braces."""
    return character_symbol(node.text) if isinstance(node, Symbol) and len(node.text) == 1 else node


def _arrow(reader: Reader, name: str) -> Node:
    tip, points_left = _ARROWS[name]
    below = reader.optional_argument()
    arrow = Arrow(tip, reader.argument(), points_left)
    return arrow if below is None else Scripts(arrow, below, None, has_limits=True)


def _boxed(reader: Reader, _: str) -> Node:
    return Boxed(reader.argument())


def _negated(reader: Reader, _: str) -> Node:
    base = _unbraced(reader.argument())
    if not isinstance(base, Symbol):
        raise UndrawableError("only a symbol can be negated")
    return Symbol(accented(base.text, "\u0338"), base.kind)


def _modulo(reader: Reader, name: str) -> Node | None:
    if name == "bmod":
        return Symbol("mod", Kind.BINARY)
    items = (Symbol("mod", Kind.FUNCTION), Space(1), reader.argument())
    return Row((Space(1), Fence("(", (Row(items),), (), ")")))


def _tag(reader: Reader, _: str) -> Node:
    return Words(f"    ({_plain(reader.raw_argument())})")


def _coloured(reader: Reader, name: str) -> Node | None:
    reader.raw_argument()  # the colour, which the theme decides
    return reader.argument() if name == "textcolor" else None


def _dropped(reader: Reader, _: str) -> None:
    reader.raw_argument()


_BY_HANDLER: tuple[tuple[Handler, str], ...] = (
    (_fraction, "frac dfrac tfrac cfrac binom dbinom tbinom"),
    (_root, "sqrt"),
    (_fence, "left"),
    (_sized_delimiter, " ".join(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in "lrm")),
    (_sized_delimiter, "big Big bigg Bigg"),
    (_environment, "begin"),
    (_substack, "substack"),
    (_words, "text textrm textbf textit textsf texttt textnormal mbox hbox"),
    (_operator_name, "operatorname"),
    (_in_font, " ".join(sorted(FONTS))),
    (_accent, " ".join(_ACCENTS)),
    (_underline, "underline underbar"),
    (_brace, "underbrace overbrace"),
    (_stacked, "overset underset stackrel"),
    (_arrow, " ".join(_ARROWS)),
    (_boxed, "boxed fbox"),
    (_negated, "not"),
    (_modulo, "bmod pmod"),
    (_tag, "tag"),
    (_coloured, "color textcolor"),
    (_dropped, "label hspace vspace"),
)
HANDLERS = MappingProxyType({name: handler for handler, names in _BY_HANDLER for name in names.split()})
