"""A formula on one line: fractions with a slash, scripts in raised and lowered characters or after ^ and _."""

from collections.abc import Callable, Sequence

from salon.markdown.cells import cell_len
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
    items_of,
)
from salon.markdown.mathspacing import gaps, sides
from salon.markdown.mathsymbols import accented, lowered, raised, vulgar_fraction

_PRODUCT = {Kind.ORDINARY, Kind.OPEN, Kind.CLOSE}
_DIFFERENTIALS = {"d", "∂", "δ"}
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_MAX_MARKS = 4


def line(node: Node, *, is_tight: bool) -> str:
    """`node` on one line; tight, operators keep no distance. Raises `UndrawableError`."""
    match node:
        case Symbol(text=text) | Words(text=text) | BigDelimiter(text=text):
            return text
        case Space(cells=cells):
            return " " * cells
        case Row(items=items):
            return _side_by_side(items, is_tight)
        case Fraction():
            return _fraction(node)
        case Root():
            return _root(node)
        case Scripts():
            return _scripts(node, is_tight)
        case Fence(left=left, parts=parts, bars=bars, right=right):
            inner = [line(part, is_tight=is_tight) for part in parts]
            others = "".join(f" {bar} {part}" for bar, part in zip(bars, inner[1:], strict=True))
            return f"{left}{inner[0]}{others}{right}"
        case Accent(mark=mark, body=body):
            return marked(line(body, is_tight=True), mark)
        case Underlined(body=body):
            return marked(line(body, is_tight=True), "\u0332")
        case Arrow(tip=tip, note=note, points_left=points_left):
            text = line(note, is_tight=True)
            return f"{tip}─{text}─" if points_left else f"─{text}─{tip}"
        case Brace(body=body) | Boxed(body=body):
            return line(body, is_tight=is_tight)
        case Grid():
            return _grid(node, is_tight)


def marked(text: str, mark: str) -> str:
    """`text` with a combining character on each of its characters."""
    if len(text) > _MAX_MARKS * cell_len(text):
        raise UndrawableError("too many accents on one character")
    return accented(text, mark)


def raised_line(node: Node) -> str | None:
    """A superscript in raised characters, or None if it has others."""
    return raised(_primes(line(node, is_tight=True)))


def lowered_line(node: Node) -> str | None:
    """A subscript in lowered characters, or None if it has others."""
    return lowered(line(node, is_tight=True))


def root_sign(index: Node | None) -> str | None:
    """The sign of the `index`-th root, or None if there is no such character."""
    text = "" if index is None else line(index, is_tight=True)
    if text in _ROOTS:
        return _ROOTS[text]
    high = raised(text)
    return None if high is None else f"{high}√"


def _side_by_side(items: Sequence[Node], is_tight: bool) -> str:
    parts: list[str] = []
    for item, gap in zip(items, gaps(items, is_tight=is_tight), strict=True):
        if not isinstance(item, Space):
            parts.append(" " * gap + line(item, is_tight=is_tight))
    return "".join(parts)


def _fraction(node: Fraction) -> str:
    top, bottom = line(node.top, is_tight=True), line(node.bottom, is_tight=True)
    if not node.has_bar:
        return f"{top} choose {bottom}"
    if one := vulgar_fraction(top, bottom):
        return one
    return f"{_grouped(node.top, top, _is_product)}/{_grouped(node.bottom, bottom, _is_divisor)}"


def _grouped(node: Node, text: str, stands_alone: Callable[[Node], bool]) -> str:
    return text if stands_alone(node) else f"({text})"


def _is_atom(node: Node) -> bool:
    match node:
        case Symbol() | Root() | Words() | Accent():
            return True
        case Fence(left=left, right=right) | Grid(left=left, right=right):
            return bool(left and right)
        case Scripts(base=base):
            return _is_atom(base)
        case _:
            return False


def _is_product(node: Node) -> bool:
    items = items_of(node)
    if len(items) > 1 and sides(items[0])[0] is Kind.BINARY:
        items = items[1:]  # a sign
    outer = _outside_parentheses(items)
    return bool(outer) and all(_is_atom(item) and set(sides(item)) <= _PRODUCT for item in outer)


def _outside_parentheses(items: Sequence[Node]) -> list[Node]:
    outer: list[Node] = []
    depth = 0
    for item in items:
        left, right = sides(item)
        depth -= left is Kind.CLOSE and right is Kind.CLOSE
        if depth <= 0 and not isinstance(item, Space):
            outer.append(item)
        depth += left is Kind.OPEN and right is Kind.OPEN
    return outer


def _is_divisor(node: Node) -> bool:
    """Whether `node` can follow a slash as it is: a/2b would be read in two ways, d/dx in one."""
    items = items_of(node)
    if len(items) == 1:
        return _is_atom(node)
    if _is_product(node) and all(sides(item)[0] is not Kind.ORDINARY for item in _outside_parentheses(items)[1:]):
        return sum(sides(item) == (Kind.OPEN, Kind.OPEN) for item in _outside_parentheses(items)) <= 1
    if items[1:] == (Symbol("!"),):
        return _is_atom(items[0])
    return _is_product(node) and len(items) % 2 == 0 and all(_is_differential(item) for item in items[::2])


def _is_differential(node: Node) -> bool:
    base = node.base if isinstance(node, Scripts) else node
    return isinstance(base, Symbol) and base.text in _DIFFERENTIALS


def _root(node: Root) -> str:
    sign = root_sign(node.index)
    if sign is None:
        raise UndrawableError("no characters for this root's index")
    radicand = line(node.radicand, is_tight=True)
    inner = node.radicand
    is_bare = isinstance(inner, Symbol | Fence) or (isinstance(inner, Scripts) and inner.above is None)
    return sign + (radicand if is_bare else f"({radicand})")


def _scripts(node: Scripts, is_tight: bool) -> str:
    base = line(node.base, is_tight=is_tight)
    if isinstance(node.base, Fraction) or (isinstance(node.base, Brace) and not _is_atom(node.base.body)):
        base = f"({base})"
    if node.below is not None:
        low = line(node.below, is_tight=True)
        base += lowered(low) or _after("_", low)
    if node.above is not None:
        high = _primes(line(node.above, is_tight=True))
        base += raised(high) or _after("^", high)
    return base


def _primes(text: str) -> str:
    return text.replace("′′′", "‴").replace("′′", "″") if "′′" in text else text


def _after(sign: str, text: str) -> str:
    if not text:
        return ""
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"


def _grid(node: Grid, is_tight: bool) -> str:
    if node.pairs:
        merged = [tuple(item for cell in row for item in items_of(cell)) for row in node.rows]
        return "; ".join(_side_by_side(items, is_tight) for items in merged)
    rows = [" ".join(filter(None, (line(cell, is_tight=is_tight) for cell in row))) for row in node.rows]
    return node.left + "; ".join(rows) + node.right
