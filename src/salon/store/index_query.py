"""What a person asks of the search -> words and filters; what is wrong with it is said, never raised.

    quick "brown fox" stag* model:opus tag:work before:2026-03 after:2025 role:thinking in:code

All words must be in one passage. The last word may be a beginning while it is typed. A word with a colon whose first
part is no filter is a word like any other.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from salon.chat.search import Voice
from salon.store.index_text import is_letter_word, words_of
from salon.words import tr

LONGEST_QUESTION = 500
"""Characters; the rest is left away."""
MOST_TERMS = 40
SHORTEST_BEGINNING = 2
"""Letters that a beginning must have: the words that begin with one letter are a tenth of all that was ever said."""

_PIECE = re.compile(r'(?=\S)(?:([a-z]+):)?(?:"([^"]*)("|$)|(\S*))', re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_PLACES = ("code", "title")
_ROLES = tuple(voice.value for voice in Voice if voice is not Voice.TITLE)


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand side by side; with `open_end` the last one may go on."""

    words: tuple[str, ...]
    open_end: bool = False
    raw: str = ""
    """As it was typed."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood."""

    terms: tuple[Term, ...] = ()
    voices: frozenset[Voice] = frozenset()
    """Empty: all."""
    models: tuple[str, ...] = ()
    """What a model's id has in it, in lower case; one of them is enough."""
    tags: tuple[str, ...] = ()
    """In lower case; a session must have all of them."""
    after: int | None = None
    """Seconds since 1970, the first that is meant."""
    before: int | None = None
    """Seconds since 1970, the first that is no longer meant."""
    code: bool = False
    problem: str = ""

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(
            self.terms or self.voices or self.models or self.tags or self.after is not None or self.before is not None
        )


@dataclass(slots=True)
class _Parts:
    terms: list[Term] = field(default_factory=list)
    voices: set[Voice] = field(default_factory=set)
    models: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    code: bool = False
    title: bool = False
    problems: list[str] = field(default_factory=list)


def parse_query(asked: str, now: datetime | None = None) -> Query:
    """Understand a question; dates are in the time zone of `now`, by default this computer's."""
    now = now or datetime.now()
    asked = asked[:LONGEST_QUESTION].replace("\0", " ")
    parts = _Parts()
    for piece in _PIECE.finditer(asked):
        key, phrase, _, word = piece.groups()
        value = word if phrase is None else phrase
        if key is not None and key.lower() in _FILTERS:
            _filter(parts, key.lower(), value, now)
        else:
            at_end = piece.end() == len(asked) and phrase is None
            _take_words(parts, f"{key}:{value}" if key is not None else value, at_end=at_end, starred=phrase is None)
    return _query(parts, typed=bool(asked.strip()))


def _take_words(parts: _Parts, text: str, *, at_end: bool, starred: bool) -> None:
    words = tuple(words_of(text))
    if not words or len(parts.terms) >= MOST_TERMS:
        return
    last = words[-1]
    may_go_on = (at_end and text[-1].isalnum()) or (starred and text.endswith("*"))
    open_end = may_go_on and not is_letter_word(last) and len(last) >= SHORTEST_BEGINNING
    parts.terms.append(Term(words, open_end, text.rstrip("*")))


def _filter(parts: _Parts, key: str, value: str, now: datetime) -> None:
    value = value.strip().casefold()
    if not value:
        parts.problems.append(tr("{key}: needs {wanted}.", key=key, wanted=_FILTERS[key]))
    elif key == "model":
        parts.models.append(value)
    elif key == "tag":
        parts.tags.append(value.removeprefix("#"))
    elif key == "role":
        if value in _ROLES:
            parts.voices.add(Voice(value))
        else:
            parts.problems.append(tr("role: knows {known}; not “{value}”.", known=", ".join(_ROLES), value=value))
    elif key == "in":
        if value not in _PLACES:
            parts.problems.append(tr("in: knows {known}; not “{value}”.", known=tr(" and ").join(_PLACES), value=value))
        parts.code = parts.code or value == "code"
        parts.title = parts.title or value == "title"
    else:
        moment = _moment(value, now)
        if moment is None:
            parts.problems.append(
                tr("{key}: needs {wanted}; not “{value}”.", key=key, wanted=_FILTERS[key], value=value)
            )
        else:
            (parts.after if key == "after" else parts.before).append(moment)


_DATES = tr("a date, such as 2026, 2026-03, 2026-03-31, today or yesterday")
_FILTERS = {
    "model": tr("a part of a model's name"),
    "tag": tr("a tag"),
    "role": tr("one of {known}", known=", ".join(_ROLES)),
    "in": tr("code or title"),
    "after": _DATES,
    "before": _DATES,
}


def _moment(value: str, now: datetime) -> int | None:
    """The first second of a day, a month or a year; None for what is no date."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        if value in {"today", "yesterday"}:
            return int((midnight - timedelta(days=value == "yesterday")).timestamp())
        found = _DATE.fullmatch(value)
        if found is None:
            return None
        year, month, day = (int(part) if part else 1 for part in found.groups())
        return int(midnight.replace(year=year, month=month, day=day).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def _query(parts: _Parts, *, typed: bool) -> Query:
    voices = frozenset(parts.voices)
    if parts.title:
        if voices or parts.code:
            parts.problems.append(tr("in:title goes with neither role: nor in:code."))
        voices = frozenset({Voice.TITLE})
    query = Query(
        terms=tuple(parts.terms),
        voices=voices,
        models=tuple(parts.models),
        tags=tuple(parts.tags),
        after=max(parts.after, default=None),
        before=min(parts.before, default=None),
        code=parts.code,
        problem=" ".join(parts.problems),
    )
    if not query.problem and parts.code and not query.terms:
        return Query(problem=tr("in:code needs a word to look for."))
    if not query.problem and typed and not query.asks:
        return Query(problem=tr("A word needs a letter or a digit to be found."))
    return query


def match_expression(query: Query) -> str:
    """The question in the language of FTS5; nothing but words, which are letters and digits, comes from the person."""
    terms = " AND ".join(f'"{" ".join(term.words)}"{"*" if term.open_end else ""}' for term in query.terms)
    return f"code : ({terms})" if query.code else terms
