"""The place in a text where words were found: one clean line with the words marked."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from salon.chat.search import Snippet
from salon.store.index_query import Term
from salon.store.index_text import UNSPACED, is_letter_word, words_of
from salon.untrusted import clean_line

WIDTH = 160
"""Characters."""
BEFORE = 40
"""Characters before the first word that is marked."""

_LOOKED_THROUGH = 200_000
"""Characters; a text longer than this shows its beginning if the words are not in here."""
_CHUNK = 400
_RUN = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_BLANK = re.compile(r"\s")
_LETTER = rf"[^\W_{UNSPACED}]"


def snippet(text: str, terms: Sequence[Term]) -> Snippet:
    """A line of `text` around the first of `terms`, all of them marked in it."""
    start = max(0, _first_place(text[:_LOOKED_THROUGH], terms) - BEFORE)
    if start:
        blank = _BLANK.search(text, start, start + BEFORE // 2)
        start = blank.end() if blank is not None else start
    line = ("… " if start else "") + clean_line(text[start : start + 8 * WIDTH], WIDTH)
    return Snippet(line, tuple(_apart(sorted({place for term in terms for place in places(line, term)}))))


def places(text: str, term: Term) -> list[tuple[int, int]]:
    """Where `text` has the term: first character and the one behind the last."""
    simple = [found.span() for found in _pattern(term).finditer(text)]
    return simple if simple or text.isascii() else list(_folded_places(text, term))


def _first_place(text: str, terms: Sequence[Term]) -> int:
    """Where the first term is; 0 where none is found."""
    for term in terms:
        found = _pattern(term).search(text)
        if found is not None:
            return found.start()
        for offset in range(0, 0 if text.isascii() else len(text), _CHUNK):
            chunk = text[offset : offset + _CHUNK + BEFORE]
            if has_term(words_of(chunk), term):
                return offset + next((start for start, _ in _folded_places(chunk, term)), 0)
    return 0


@lru_cache(maxsize=256)
def _pattern(term: Term) -> re.Pattern[str]:
    """The term as it most often stands in a text: in any case, but with the accents that were typed."""
    first, last = term.words[0], term.words[-1]
    pattern = "" if is_letter_word(first) else f"(?<!{_LETTER})"
    for word, following in zip(term.words, (*term.words[1:], ""), strict=True):
        pattern += re.escape(word)
        if following:
            pattern += r"[\W_]*" if is_letter_word(word) or is_letter_word(following) else r"[\W_]+"
    if term.open_end:
        pattern += f"{_LETTER}*"
    elif not is_letter_word(last):
        pattern += f"(?!{_LETTER})"
    return re.compile(pattern, re.IGNORECASE)


def _folded_places(text: str, term: Term) -> Iterator[tuple[int, int]]:
    """Where a text has the term when accents are folded, slowly."""
    words = list(_words_with_places(text))
    count = len(term.words)
    for first in range(len(words) - count + 1):
        if matches_at([word for word, _, _ in words[first : first + count]], term):
            yield words[first][1], words[first + count - 1][2]


def matches_at(words: Sequence[str], term: Term) -> bool:
    """Whether these words, as many as the term has, are the term's."""
    *leading, last = term.words
    if list(words[:-1]) != leading:
        return False
    return words[-1].startswith(last) if term.open_end else words[-1] == last


def has_term(words: Sequence[str], term: Term) -> bool:
    """Whether folded words have the term somewhere."""
    count = len(term.words)
    return any(matches_at(words[first : first + count], term) for first in range(len(words) - count + 1))


def _words_with_places(text: str) -> Iterator[tuple[str, int, int]]:
    for run in _RUN.finditer(text):
        words = words_of(run[0])
        if len(words) == 1 and not is_letter_word(words[0]):
            yield words[0], run.start(), run.end()
            continue
        yield from _letters_with_places(run[0], run.start())


def _letters_with_places(run: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """The words of a run that has letters of scripts without blanks in it, or characters that stand for several."""
    pending, start = "", 0
    for at, letter in enumerate(run):
        words = words_of(letter)
        if words and all(is_letter_word(word) for word in words):
            if pending:
                yield from ((word, offset + start, offset + at) for word in words_of(pending))
                pending = ""
            yield from ((word, offset + at, offset + at + 1) for word in words)
        else:
            if not pending:
                start = at
            pending += letter
    if pending:
        yield from ((word, offset + start, offset + len(run)) for word in words_of(pending))


def _apart(marks: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Marks that do not overlap, the longest of those that do."""
    end = -1
    for start, stop in marks:
        if start >= end:
            yield start, stop
            end = stop
