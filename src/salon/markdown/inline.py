"""Inline Markdown: the content of a leaf to spans of styled text, with markdown-it's inline parser.

Soft line breaks are line breaks here: in a chat a writer who breaks a line means it. HTML is text, so that
``List<String>`` and ``<thinking>`` stay visible. Images are links to be opened by who wants to, never fetched. Targets
stay as they were written. Decoded entities pass the gate of `salon.untrusted` like everything else from outside.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from salon.markdown.addresses import addresses
from salon.markdown.citations import mark_at
from salon.markdown.definitions import Definition
from salon.markdown.footnotes import key as note_key
from salon.markdown.footnotes import reference_at, shown_label
from salon.markdown.formulas import formula_at
from salon.markdown.lines import Look, Span, look
from salon.markdown.pictures import formula_span
from salon.untrusted import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_MARKUP = re.compile(r"[\\`*_\[\]&~<$]|://|www\.")
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")
_BREAK = "\n"


@lru_cache(maxsize=1)
def inline_parser() -> "MarkdownIt":
    """markdown-it, which takes a moment to import: made for the first text that needs it."""
    from markdown_it import MarkdownIt

    class InlineMarkdown(MarkdownIt):
        """Leaves targets as they are written; opening one decides what they mean."""

        def normalizeLink(self, url: str) -> str:
            return url

        def normalizeLinkText(self, link: str) -> str:
            return link

    markdown = InlineMarkdown(
        "commonmark", {"html": True, "linkify": True}
    )  # HTML: as tokens, which we show as they are
    markdown.enable(["strikethrough", "linkify"])
    # Before escapes: CommonMark would take the backslashes of formulas for its own.
    markdown.inline.ruler.before("escape", "formula", _formula_rule)
    markdown.inline.ruler.before("link", "footnote", _footnote_rule)
    markdown.inline.ruler.before("footnote", "citation", _citation_rule)
    if markdown.linkify is not None:
        markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    return markdown


def _formula_rule(state: "StateInline", silent: bool) -> bool:
    if state.src[state.pos] not in "\\$":
        return False
    formula = formula_at(state.src, state.pos)
    if formula is None or state.pos + len(formula.source) > state.posMax:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.markup = formula.latex, formula.source
    state.pos += len(formula.source)
    return True


def _footnote_rule(state: "StateInline", silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    reference = reference_at(state.src, state.pos)
    if reference is None or state.pos + len(reference.source) > state.posMax:
        return False
    if not reference.certain and state.env["references"].get(note_key(reference.label)) is None:
        return False
    if not silent:
        token = state.push("footnote", "", 0)
        token.content, token.markup = reference.label, reference.source
    state.pos += len(reference.source)
    return True


def _citation_rule(state: "StateInline", silent: bool) -> bool:
    if state.src[state.pos] != "[" or (found := mark_at(state.src, state.pos)) is None or found[1] > state.posMax:
        return False
    number, end = found
    if not silent:
        token = state.push("citation", "", 0)
        token.content, token.attrs["href"] = f"[{number}]", state.env["references"].cited.get(number, "")
    state.pos = end
    return True


class References:
    """What labels stand for, and which labels were asked for in vain.

    markdown-it looks labels up with `get`. `missed` collects the unknown ones until somebody takes it.
    """

    def __init__(self) -> None:
        self._targets: dict[str, dict[str, str]] = {}
        self.cited: dict[int, str] = {}
        """Where the marks of citations lead, by their numbers."""
        self.missed: set[str] = set()

    def define(self, definition: Definition) -> bool:
        """Note a definition; False if the label has one already."""
        if definition.label in self._targets:
            return False
        self._targets[definition.label] = {"href": definition.href, "title": ""}
        return True

    def get(self, label: str, default: None = None) -> dict[str, str] | None:
        """The target of a normalised label, as markdown-it wants it."""
        target = self._targets.get(label, default)
        if target is None:
            self.missed.add(label)
        return target


def inline_spans(text: str, base: Look, references: References) -> list[Span]:
    """The spans of `text`; a line break is a span that is a newline. `base` is the look of unmarked text."""
    if _MARKUP.search(text) is None:
        return _plain_spans(text, base)
    tokens: list[Token] = []
    markdown = inline_parser()
    environment: dict[str, Any] = {"references": references}
    markdown.inline.parse(text, markdown, environment, tokens)
    return _styled(tokens, base)


def _plain_spans(text: str, base: Look) -> list[Span]:
    if "\n" not in text:
        return [Span(text, base)] if text else []
    spans: list[Span] = []
    for index, line in enumerate(_LINE_END.split(text)):
        if index:
            spans.append(Span(_BREAK, base))
        if line:
            spans.append(Span(line, base))
    return spans


def _styled(tokens: "Sequence[Token]", base: Look) -> list[Span]:
    spans: list[Span] = []
    looks = [base]
    targets = [""]
    for token in tokens:
        current, href = looks[-1], targets[-1]
        match token.type:
            case "text" if not href and "www." in token.content:
                spans += _with_addresses(_shown(token.content), current)
            case "code_inline":
                code = _varied(current, role="code.text", background="code-background")
                spans.append(Span(_shown(token.content), code, False, href))
            case "softbreak" | "hardbreak":
                spans.append(Span(_BREAK, base))
            case "em_open":
                looks.append(_varied(current, italic=True))
            case "strong_open":
                looks.append(_varied(current, bold=True))
            case "s_open":
                looks.append(_varied(current, strike=True))
            case "link_open":
                looks.append(_varied(current, role="link", underline=True))
                targets.append(_target(token, "href"))
            case "link_close":
                looks.pop()
                targets.pop()
            case "em_close" | "strong_close" | "s_close":
                looks.pop()
            case "footnote":
                if spans and spans[-1].source.startswith("[^"):
                    spans.append(Span(",", _varied(current, role="accent"), True))
                mark, source = clean(shown_label(token.content)), clean(token.markup)
                spans.append(Span(mark, _varied(current, role="accent"), False, href, source))
            case "citation":
                spans.append(Span(token.content, _varied(current, role="accent"), True, _target(token, "href")))
            case "formula":
                spans.append(formula_span(token.content, token.markup, current, href))
            case "image":
                spans.append(_image(token, current, href))
            case _:
                spans.append(Span(_shown(token.content), current, False, href))
    return [span for span in spans if span.text]


def _with_addresses(text: str, current: Look) -> list[Span]:
    spans: list[Span] = []
    position = 0
    linked = _varied(current, role="link", underline=True)
    for start, end in addresses(text):
        spans.append(Span(text[position:start], current))
        spans.append(Span(text[start:end], linked, False, f"http://{text[start:end]}"))
        position = end
    spans.append(Span(text[position:], current))
    return spans


def _shown(text: str) -> str:
    return clean(text).replace("\n", " ")


def _target(token: "Token", attribute: str) -> str:
    return clean(str(token.attrs.get(attribute, ""))).replace("\n", "").replace("\t", "")


def _image(token: "Token", current: Look, href: str) -> Span:
    alt = _alternative(token.children or [])
    target = href or _target(token, "src")
    return Span(f"🖼 {alt or 'image'}", _varied(current, role="link", underline=True), False, target)


def _alternative(tokens: "Sequence[Token]") -> str:
    """An image's description: its text without the looks, other images as theirs."""
    parts = [
        _alternative(token.children or [])
        if token.type == "image"
        else " "
        if token.type in {"softbreak", "hardbreak"}
        else _shown(token.content)
        for token in tokens
    ]
    return "".join(parts).strip()


@lru_cache(maxsize=512)
def _varied(
    current: Look,
    *,
    role: str | None = None,
    background: str | None = None,
    bold: bool | None = None,
    italic: bool | None = None,
    underline: bool | None = None,
    strike: bool | None = None,
) -> Look:
    """`current` with some things changed, as the shared instance."""
    return look(
        current.role if role is None else role,
        current.background if background is None else background,
        bold=current.bold if bold is None else bold,
        italic=current.italic if italic is None else italic,
        underline=current.underline if underline is None else underline,
        strike=current.strike if strike is None else strike,
    )
