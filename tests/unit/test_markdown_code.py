"""Code blocks: header, highlighting, tabs, and lexers that misbehave."""

from collections.abc import Iterator

import pytest
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]

from markdown_support import rendered, rows, shown, span_of
from salon.markdown import Document, MarkdownLines
from salon.markdown.highlight import language, lexer_for, spans_of


def test_a_fence_is_headed_by_its_language() -> None:
    assert shown("```python\nx = 1\n```", 20) == "  python ───────────\n  x = 1"


def test_a_fence_without_a_language_has_a_rule() -> None:
    assert shown("```\nx\n```", 10) == "  ────────\n  x"


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("python", "python"),
        ('python title="x"', "python"),
        ("rust,ignore", "rust"),
        ("{.python .numberLines}", "python"),
        ("js:file.js", "js"),
        ("", ""),
        ("c++", "c++"),
        (None, ""),
    ],
)
def test_the_language_is_the_first_word(info: str | None, name: str) -> None:
    assert language(info) == name


@pytest.mark.parametrize(
    ("source", "text", "role"),
    [
        ("```python\ndef f(): pass\n```", "def", "code.keyword"),
        ("```python\ndef run(): pass\n```", "run", "code.function"),
        ("```python\nx = 'a'\n```", "'a'", "code.string"),
        ("```python\nx = 12\n```", "12", "code.number"),
        ("```python\n# note\n```", "# note", "code.comment"),
        ("```python\nlen(x)\n```", "len", "code.builtin"),
        ("```diff\n+added\n```", "+added", "code.inserted"),
        ("```diff\n-gone\n```", "-gone", "code.deleted"),
        ("```nonsense\ndef f\n```", "def f", "code.text"),
        ("```\ndef f\n```", "def f", "code.text"),
    ],
)
def test_code_is_coloured_by_its_language(source: str, text: str, role: str) -> None:
    span = span_of(source, text)
    assert (span.look.role, span.look.background) == (role, "code-background")


def test_tabs_reach_to_multiples_of_four() -> None:
    assert shown("```go\n\tif x {\n  \ty\n```") == f"  go {'─' * 35}\n      if x {{\n      y"


def test_colours_stand_where_the_text_is_despite_tabs() -> None:
    assert span_of("```python\n\tx = 'a'\n```", "'a'").text == "'a'"


def test_long_lines_wrap_at_the_edge() -> None:
    lines = rendered("```\n" + "abcdefgh" * 3 + "\n```", 12)
    assert [line.plain().strip() for line in lines[1:]] == ["abcdefghab", "cdefghabcd", "efgh"]
    assert [line.wrapped for line in lines[1:]] == [False, True, True]


@pytest.mark.parametrize("name", ["ini", "cfg", "bash", "html+django", "console", "json", "c", "yaml", "latex"])
@pytest.mark.parametrize("code", ["a=b\\", "[", '"', "\\\n\\", "{% x", "$ x\n", "\t\\", "'''", "<![CDATA["])
def test_unfinished_code_of_any_language_keeps_its_text(name: str, code: str) -> None:
    lines = rendered(f"```{name}\n{code}\n```")
    assert [line.plain().strip() for line in lines[1:]] == [line.strip() for line in code.split("\n")]


class _Wrong(Lexer):  # type: ignore[misc]
    """Yields more than it was given, then backwards, then raises."""

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, object, str]]:
        yield 1, Token.Keyword, "ab"
        yield 0, Token.Name, "xa"
        yield 2, Token.Name, "long beyond the end of the text"
        yield 99, Token.Name, "z"
        raise RuntimeError("as lexers do")


def test_a_lexer_that_is_wrong_costs_colour_only() -> None:
    spans = list(spans_of("xabc", _Wrong()))
    assert "".join(span.text for span in spans) == "xabc"
    assert [span.look.role for span in spans] == ["code.text", "code.keyword", "code.name"]


def test_an_open_string_colours_the_lines_that_follow_while_code_arrives() -> None:
    document = Document('```python\nx = """one\ntwo\n')
    layout = MarkdownLines(document, 40)
    assert layout.update()
    two = next(span for line in rows(layout) for span in line.spans if span.text == "two")
    assert two.look.role == "code.string"


def test_a_huge_block_keeps_the_colours_it_arrived_with() -> None:
    source = "```python\n" + "x = 1\n" * 40_000 + "```"
    document = Document(source)
    document.finish()
    layout = MarkdownLines(document, 40)
    assert layout.update()
    assert layout.height == 40_001
    assert any(span.look.role == "code.number" for span in layout.line(39_000).spans)


def test_what_other_packages_add_to_pygments_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would read the records of all that is installed, and run code that nobody chose."""

    def asked() -> None:
        raise AssertionError("another package was asked for a lexer")

    monkeypatch.setattr("pygments.lexers.find_plugin_lexers", asked)
    monkeypatch.setattr("pygments.plugin.find_plugin_lexers", asked)
    lexer_for.cache_clear()
    assert lexer_for("log") is None
    assert type(lexer_for("Py")) is type(lexer_for("python"))
