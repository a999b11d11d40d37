"""Inline Markdown: looks, links, and what stays literal."""

import pytest

from markdown_support import rendered, shown, span_of, spans


@pytest.mark.parametrize(
    "text",
    [
        "List<String>",
        "if a<b and c>d",
        "<b>bold</b>",
        "see README.md and main.py",
        "me@example.com",
        "[red]not markup[/red]",
        "2 * 3 * 4",
        "snake_case_name",
        "[@click=app.quit]x",
    ],
)
def test_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert not any(span.href for span in spans(text))


@pytest.mark.parametrize(
    ("source", "attribute"), [("*word*", "italic"), ("**word**", "bold"), ("~~word~~", "strike"), ("_word_", "italic")]
)
def test_emphasis_changes_the_look(source: str, attribute: str) -> None:
    assert getattr(span_of(source, "word").look, attribute)
    assert shown(source) == "word"


def test_code_has_its_own_background() -> None:
    assert span_of("a `b` c", "b").look.background == "code-background"


def test_code_within_emphasis_keeps_both() -> None:
    code = span_of("**a `b`**", "b")
    assert code.look.bold and code.look.role == "code.text"


@pytest.mark.parametrize(
    ("source", "text", "href"),
    [
        ("[text](http://host/a%20b?c=d&e)", "text", "http://host/a%20b?c=d&e"),
        ("<http://host/a>", "http://host/a", "http://host/a"),
        ("go to https://host/a_b_c.", "https://host/a_b_c", "https://host/a_b_c"),
        ("[text](<a b>)", "text", "a b"),
        ("![alt *text*](http://host/p.png)", "🖼 alt text", "http://host/p.png"),
        ("[text][ref]\n\n[ref]: http://late", "text", "http://late"),
        ("[ref]\n\n[REF]: http://late 'title'", "ref", "http://late"),
        ("[a](http://x/%66ile:///etc)", "a", "http://x/%66ile:///etc"),
    ],
)
def test_a_link_keeps_its_target_as_written(source: str, text: str, href: str) -> None:
    link = next(span for span in spans(source) if span.href)
    assert (link.text, link.href, link.look.role, link.look.underline) == (text, href, "link", True)


@pytest.mark.parametrize("target", ["javascript:alert(1)", "file:///etc/passwd", "vbscript:x", "data:text/html,x"])
def test_a_target_that_could_run_is_no_link(target: str) -> None:
    assert not any(span.href for span in spans(f"[text]({target})"))


@pytest.mark.parametrize("entity", ["&#27;", "&#x1b;", "&#155;", "&#x202e;", "&#x2028;", "&#8;", "&#127;", "&#xfeff;"])
@pytest.mark.parametrize(
    "place", ["{}[31m", "**{}**", "[a](http://x/{}y)", "`{}`", "![{}](x)", "| {} |\n|---|\n", "# {}"]
)
def test_no_entity_brings_a_control_character_in(entity: str, place: str) -> None:
    for line in rendered(place.format(entity)):
        for text in (line.plain(), *(span.href for span in line.spans)):
            assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u2028\ufeff" for char in text)


def test_entities_are_decoded() -> None:
    assert shown("&lt;tag&gt; &copy; &#65;") == "<tag> © A"


def test_line_breaks_are_kept() -> None:
    assert shown("one\ntwo  \nthree\\\nfour") == "one\ntwo\nthree\nfour"


def test_emphasis_over_the_cut_of_a_long_paragraph() -> None:
    filler = "word " * 300
    assert span_of(f"{filler}**{filler}bold**", "bold").look.bold is True
