"""Files named in the prompt: `@` and a few letters of a path."""

import asyncio
import heapq
import re
import time
from collections.abc import Callable, Sequence

from salon.fuzzy import Rank, narrowed, rank_of
from salon.ui.completion import Candidate
from salon.untrusted import clean_line

SHOWN = 50
FRESH_SECONDS = 10
"""A list of files that is older is made again when the next name is begun."""
_SLICE = 4_000
"""Names looked at before the loop is given back: about 4 ms."""
_MENTION = re.compile(r'(?:^|\s)@("[^"\n]*|[^\s"@]*)$')


def mention_before(line: str) -> str | None:
    """The letters behind an `@` that begins a word and ends `line`; None where there is none."""
    match = _MENTION.search(line)
    return None if match is None else match[1]


def mention_of(path: str) -> str:
    """How a path is written behind an `@`."""
    return f'"{path}"' if re.search(r'[\s"@]', path) else path


class FileNames:
    """Finds files by a few letters; `list_files` blocks, and is called in a thread."""

    def __init__(self, list_files: Callable[[], Sequence[str]]) -> None:
        self._list_files = list_files
        self._names: Sequence[str] = ()
        self._listed_at = float("-inf")
        self._listing: asyncio.Future[Sequence[str]] | None = None
        self._query = ""
        self._narrowed: Sequence[str] = ()
        """The names that have the letters of `_query`: those that a longer query is looked for in."""

    async def find(self, query: str) -> list[Candidate]:
        """The likeliest files for these letters; for none, those that lie nearest."""
        if time.monotonic() - self._listed_at > FRESH_SECONDS and (not query or not self._names):
            await self._list()
        names = self._narrowed if query.startswith(self._query) else self._names
        if not query:
            nearest = heapq.nsmallest(SHOWN, names, key=lambda name: (name.rstrip("/").count("/"), name.casefold()))
            return [_candidate(name) for name in nearest]
        left: list[str] = []
        ranked: list[tuple[Rank, str]] = []
        wanted = query.casefold()
        for start in range(0, len(names), _SLICE):
            fitting = narrowed(wanted, names[start : start + _SLICE])
            left += fitting
            fits = [(rank, name) for name in fitting if (rank := rank_of(wanted, name)) is not None]
            ranked = heapq.nsmallest(SHOWN, [*ranked, *fits])
            await asyncio.sleep(0)
        self._query, self._narrowed = query, left
        return [_candidate(name) for _, name in ranked]

    async def _list(self) -> None:
        """List the files once, however many keys come meanwhile: each looks anew and gives up the look before."""
        if self._listing is None:
            self._listing = asyncio.ensure_future(asyncio.to_thread(self._list_files))
        listing = self._listing
        try:
            self._names = await asyncio.shield(listing)
        finally:
            if listing.done():
                self._listing = None
        self._listed_at = time.monotonic()
        self._query, self._narrowed = "", self._names


def _candidate(name: str) -> Candidate:
    return Candidate(name, label=clean_line(name, 200))
