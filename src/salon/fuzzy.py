"""Fuzzy choice: the names that a few typed letters mean, the likeliest first."""

import heapq
from collections.abc import Iterable, Sequence

WORD_PARTS = frozenset(" /._-")
"""A letter behind one of these begins a word."""
_EXACT, _BEGINS, _BEGINS_WORD, _INSIDE, _SCATTERED = range(5)

Rank = tuple[int, int, int, str]
"""How well a name fits, the least first: the kind of fit, how far its letters lie apart, its length, itself."""


def best(query: str, names: Iterable[str], limit: int) -> list[str]:
    """At most `limit` of the names that have the letters of `query` in their order, in any case, best first."""
    wanted = query.casefold()
    ranked = ((rank, name) for name in names if (rank := rank_of(wanted, name)) is not None)
    return [name for _, name in heapq.nsmallest(limit, ranked)]


def rank_of(wanted: str, name: str) -> Rank | None:
    """How well `name` fits the casefolded letters `wanted`; None where it has not all of them in their order.

    A path is meant by its last part first: `wid` is `src/widget.py` before `widgets/index.md`.
    """
    folded = name.casefold()
    last = folded.rstrip("/").rfind("/") + 1
    if (at := folded.find(wanted, last)) < 0:
        at = folded.find(wanted)
    if at >= 0:
        if len(wanted) == len(folded) - last and at == last:
            kind = _EXACT
        elif at == last:
            kind = _BEGINS
        elif at == 0 or folded[at - 1] in WORD_PARTS:
            kind = _BEGINS_WORD
        else:
            kind = _INSIDE
        return kind, 0, len(name), name
    spread = _spread(wanted, folded)
    return None if spread is None else (_SCATTERED, spread, len(name), name)


def narrowed(query: str, names: Sequence[str]) -> list[str]:
    """Those of the names that have the letters of `query` in their order: what a longer query has to look at."""
    wanted = query.casefold()
    return [name for name in names if wanted in (folded := name.casefold()) or _spread(wanted, folded) is not None]


def _spread(wanted: str, folded: str) -> int | None:
    """How many letters lie between the first and the last one of `wanted`, each taken where it comes first."""
    at = start = -1
    for letter in wanted:
        at = folded.find(letter, at + 1)
        if at < 0:
            return None
        if start < 0:
            start = at
    return at - start + 1 - len(wanted)
