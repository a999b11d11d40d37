"""Highlighting of code with Pygments, which is neither trusted to be right nor to be quick.

Its spans are clamped to the text (some lexers yield more than they were given), its exceptions cost colour and nothing
else, the language is never guessed, and all work comes in steps.
"""

import logging
import re
from collections.abc import Iterator
from functools import lru_cache

from pygments.lexer import DelegatingLexer, Lexer  # type: ignore[import-untyped]
from pygments.lexers import find_lexer_class, get_all_lexers  # type: ignore[import-untyped]
from pygments.token import Token, _TokenType  # type: ignore[import-untyped]

from salon.markdown.cells import cluster_end, expand_tabs
from salon.markdown.lines import Look, Span, look

_log = logging.getLogger(__name__)
CODE = look("code.text", "code-background")
_ROLES = {
    Token.Keyword: "code.keyword",
    Token.Keyword.Constant: "code.keyword",
    Token.Keyword.Type: "code.type",
    Token.Literal: "code.number",
    Token.Literal.String: "code.string",
    Token.Literal.Number: "code.number",
    Token.Comment: "code.comment",
    Token.Name: "code.name",
    Token.Name.Function: "code.function",
    Token.Name.Class: "code.type",
    Token.Name.Exception: "code.type",
    Token.Name.Builtin: "code.builtin",
    Token.Name.Decorator: "code.decorator",
    Token.Name.Tag: "code.keyword",
    Token.Operator: "code.operator",
    Token.Operator.Word: "code.keyword",
    Token.Punctuation: "code.punctuation",
    Token.Error: "code.error",
    Token.Generic.Error: "code.error",
    Token.Generic.Inserted: "code.inserted",
    Token.Generic.Deleted: "code.deleted",
    Token.Generic.Heading: "code.heading",
    Token.Generic.Subheading: "code.heading",
    Token.Generic.Prompt: "code.punctuation",
}
_MAX_EAGER = 16_384
"""Characters of a language within a language (templates): its lexer does all its work before the first token."""
_CONTEXT_LINES = 12


def language(info: str | None) -> str:
    """The language that a fence's info string names: its first word, without braces, options and file names."""
    name = re.split(r"[\s,:;]", (info or "").strip("{ .}"), maxsplit=1)[0]
    return name.strip("{}.")[:40]


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Pygments' name of a language by each name that a fence may give it.

    What other packages add is not asked for: that reads the records of all that is installed, which takes as long as a
    frame, and then runs code that has nothing to do with Salon.
    """
    names: dict[str, str] = {}
    for name, aliases, _, _ in get_all_lexers(plugins=False):
        for alias in aliases:
            names.setdefault(alias, name)
    return names


@lru_cache(maxsize=64)
def lexer_for(name: str) -> Lexer | None:
    """The lexer of a language, or None if there is none by that very name."""
    known = _names().get(name.lower())
    if known is None:
        return None
    try:
        return find_lexer_class(known)(stripnl=False, ensurenl=False)
    except Exception:  # noqa: BLE001 - importing a lexer runs foreign code; a block without colour is the worst it may do
        _log.exception("the lexer for %r cannot be made", name)
        return None


def can_be_lexed_whole(lexer: Lexer, size: int, limit: int) -> bool:
    """Whether lexing `size` characters comes in small enough steps; `limit` is `Limits.lexed_code`."""
    return size <= (min(limit, _MAX_EAGER) if isinstance(lexer, DelegatingLexer) else limit)


@lru_cache(maxsize=512)
def look_of(kind: _TokenType) -> Look:
    """The look of a Pygments token type: that of the nearest ancestor which has one."""
    nearest: _TokenType | None = kind
    while nearest is not None:
        if nearest in _ROLES:
            return look(_ROLES[nearest], "code-background")
        nearest = nearest.parent
    return CODE


def spans_of(text: str, lexer: Lexer) -> Iterator[Span]:
    """`text` in spans that together are exactly `text`, whatever the lexer does."""
    position = 0
    try:
        for index, kind, value in lexer.get_tokens_unprocessed(text):
            if index >= len(text) or index + len(value) <= position:
                continue
            end = cluster_end(text, min(index + len(value), len(text)))
            index = cluster_end(text, index)
            if index > position:
                yield Span(text[position:index], CODE)
                position = index
            yield Span(text[position:end], look_of(kind))
            position = end
    except Exception:  # noqa: BLE001 - a lexer is foreign code and may raise anything; what it left out is shown plain
        _log.exception("%s gave up", type(lexer).__name__)
    if position < len(text):
        yield Span(text[position:], CODE)


def lines_of(code: str, lexer: Lexer) -> Iterator[list[Span] | None]:
    """The lines of `code`, without newlines, lexed as a whole; None between them means that some work has been done."""
    text = "\n".join(map(expand_tabs, code.split("\n")))
    line: list[Span] = []
    for count, span in enumerate(spans_of(text, lexer)):
        if count % 64 == 63:
            yield None
        first, *others = span.text.split("\n")
        if first:
            line.append(span if not others else span._replace(text=first))
        for other in others:
            yield line
            line = [span._replace(text=other)] if other else []
    if line:
        yield line


class LineHighlighter:
    """Highlights line by line while code arrives, each with the comment or string that the lines above left open."""

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._context: tuple[str, ...] = ()

    def fork(self) -> "LineHighlighter":
        """A highlighter that goes its own way from here."""
        other = LineHighlighter(self._lexer)
        other._context = self._context
        return other

    def line(self, text: str) -> list[Span]:
        """The spans of the next line, tabs expanded."""
        text = expand_tabs(text)
        known = (*self._context, text)
        lines = [line for line in lines_of("".join(f"{line}\n" for line in known), self._lexer) if line is not None]
        if len(lines) != len(known):
            return [Span(text, CODE)] if text else []
        first_open = len(lines)
        while first_open and _is_within_comment_or_string(lines[first_open - 1]):
            first_open -= 1
        context = known[max(0, first_open - 1) :] if first_open < len(lines) or _ends_open(lines[-1]) else ()
        # Of a long comment or string, the line that opened it and the newest ones say all that the next line needs.
        self._context = context if len(context) <= _CONTEXT_LINES else (context[0], *context[-2:])
        return lines[-1]


def _ends_open(line: list[Span]) -> bool:
    """Whether the line may have opened a comment or a string which the next goes on with."""
    return bool(line) and line[-1].look.role in {"code.comment", "code.string"}


def _is_within_comment_or_string(line: list[Span]) -> bool:
    return all(span.look.role in {"code.comment", "code.string"} or span.text.isspace() for span in line)
