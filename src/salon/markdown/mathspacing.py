"""How far apart the nodes of a row stand: TeX's table of atoms, in cells."""

from collections.abc import Sequence

from salon.markdown.mathnodes import Accent, Arrow, Fence, Fraction, Grid, Kind, Node, Scripts, Space, Symbol

_OPERANDS = {Kind.ORDINARY, Kind.CLOSE, Kind.INNER}
_NO_OPERAND_BEFORE = {None, Kind.BINARY, Kind.RELATION, Kind.OPEN, Kind.PUNCTUATION, Kind.FUNCTION, Kind.BIG}
_NO_OPERAND_AFTER = {None, Kind.RELATION, Kind.CLOSE, Kind.PUNCTUATION}


def sides(node: Node) -> tuple[Kind, Kind]:
    """What `node` is to its left and to its right neighbour."""
    match node:
        case Symbol(kind=kind):
            return kind, kind
        case Scripts(base=base) | Accent(body=base):
            return sides(base)
        case Fence(left=left, right=right):
            return Kind.OPEN if left else Kind.INNER, Kind.CLOSE if right else Kind.INNER
        case Grid(left=left, right=right) if left or right:
            return Kind.OPEN if left else Kind.INNER, Kind.CLOSE if right else Kind.INNER
        case Fraction():
            return Kind.INNER, Kind.INNER
        case Arrow():
            return Kind.RELATION, Kind.RELATION
        case _:
            return Kind.ORDINARY, Kind.ORDINARY


def gaps(items: Sequence[Node], *, is_tight: bool) -> list[int]:
    """The cells before each of `items`, spaces among them included, which are nothing themselves.

    Scripts and the like are tight: there, operators and commas keep no distance.
    """
    found: list[int] = []
    before: Kind | None = None
    explicit = 0
    for index, item in enumerate(items):
        if isinstance(item, Space):
            explicit = max(explicit, item.cells)
            found.append(0)
            continue
        left, right = sides(item)
        if left is Kind.BINARY and (before in _NO_OPERAND_BEFORE or _after(items, index) in _NO_OPERAND_AFTER):
            left, right = Kind.ORDINARY, Kind.OPEN  # a sign, which keeps close to what follows
        found.append(max(explicit, _gap(before, left, is_tight)))
        before, explicit = right, 0
    return found


def _after(items: Sequence[Node], index: int) -> Kind | None:
    for item in items[index + 1 : index + 9]:  # more spaces in a row than that are nobody's sign
        if not isinstance(item, Space):
            return sides(item)[0]
    return None


def _gap(left: Kind | None, right: Kind, is_tight: bool) -> int:
    if left is None or left is Kind.OPEN or right in {Kind.CLOSE, Kind.PUNCTUATION}:
        return 0
    if Kind.BINARY in {left, right} or left is Kind.PUNCTUATION:
        return 0 if is_tight else 1
    if Kind.RELATION in {left, right}:
        return 0 if is_tight or left is right else 1
    if left is Kind.FUNCTION:
        return 0 if right is Kind.OPEN else 1
    if left is Kind.BIG:
        return 1
    if right in {Kind.FUNCTION, Kind.BIG}:
        return 1 if left in _OPERANDS else 0
    return 1 if Kind.INNER in {left, right} else 0
