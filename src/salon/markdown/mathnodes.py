"""What a formula consists of: the tree between LaTeX source and its drawings."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class UndrawableError(Exception):
    """The formula has no drawing here; whoever asked shows its source. Never leaves `salon.markdown.math`."""


class Kind(Enum):
    """TeX's classes of atoms, by which neighbours keep their distance."""

    ORDINARY = "ordinary"
    FUNCTION = "function"  # sin, lim: stands off its argument, but not off a parenthesis
    BIG = "big"  # sums, products, integrals
    BINARY = "binary"
    RELATION = "relation"
    OPEN = "open"
    CLOSE = "close"
    PUNCTUATION = "punctuation"
    INNER = "inner"  # fractions, which must not grow together with their neighbours


@dataclass(frozen=True, slots=True)
class Symbol:
    """A character, number or name."""

    text: str
    kind: Kind = Kind.ORDINARY
    has_limits: bool = False
    """Whether a display writes the scripts above and below instead of beside."""


@dataclass(frozen=True, slots=True)
class BigDelimiter:
    """``\\Big(`` and its kin, until the parser has found its partner."""

    text: str
    side: Kind


@dataclass(frozen=True, slots=True)
class Words:
    """``\\text{...}``, its blanks kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Space:
    """An explicit distance of so many cells."""

    cells: int


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes side by side: what stood between braces."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One over the other; a binomial coefficient has no bar and stands in a `Fence`."""

    top: "Node"
    bottom: "Node"
    has_bar: bool = True


@dataclass(frozen=True, slots=True)
class Root:
    """A root; `index` is None for the square root."""

    radicand: "Node"
    index: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Scripts:
    """A base with something below, above, or both. A display writes them centred if `has_limits`."""

    base: "Node"
    below: "Node | None"
    above: "Node | None"
    has_limits: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """Delimiters as tall as what they hold. `parts` are divided by `bars`; "" is an invisible delimiter."""

    left: str
    parts: tuple["Node", ...]
    bars: tuple[str, ...]
    right: str


@dataclass(frozen=True, slots=True)
class Accent:
    """A combining character over `body`; over a wider one a display stretches `wide` (its left, middle, right)."""

    mark: str
    wide: tuple[str, str, str]
    body: "Node"


@dataclass(frozen=True, slots=True)
class Underlined:
    """A line below."""

    body: "Node"


@dataclass(frozen=True, slots=True)
class Brace:
    """A brace below or above, that may have a note as its script."""

    body: "Node"
    is_below: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow as long as the note on it."""

    tip: str
    note: "Node"
    points_left: bool


@dataclass(frozen=True, slots=True)
class Boxed:
    """``\\boxed{...}``."""

    body: "Node"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells. `columns` aligns them: l, c and r, the last for all that follow; `pairs` for &= alignment."""

    rows: tuple[tuple["Node", ...], ...]
    columns: str = "c"
    pairs: bool = False
    left: str = ""
    right: str = ""
    is_loose: bool = False
    """Whether rows keep a line between them (cases, where the brace's tip needs it)."""


Node: TypeAlias = (
    Symbol
    | BigDelimiter
    | Words
    | Space
    | Row
    | Fraction
    | Root
    | Scripts
    | Fence
    | Accent
    | Underlined
    | Brace
    | Arrow
    | Boxed
    | Grid
)


def items_of(node: Node) -> tuple[Node, ...]:
    """`node` as what stands side by side in it."""
    return node.items if isinstance(node, Row) else (node,)
