"""Where a link really leads, and whether it may be opened."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from salon.markdown import Line, Span, look
from salon.paths import Paths, theme_directories
from salon.themes import load_themes
from salon.ui.links import checked_link, terminal_target
from salon.ui.painter import Painter
from salon.ui.rowfilter import RowFilter

OPEN = [
    ("https://example.org/a?b=c#d", "Open example.org?"),
    ("http://EXAMPLE.org", "Open example.org?"),
    ("HTTPS://example.org.", "Open example.org.?"),
    ("http://localhost:8080/", "Open localhost?"),
    ("http://127.0.0.1:1/", "Open 127.0.0.1?"),
    ("http://[::1]:80/", "Open ::1?"),
    ("http://127.0.0.1:65535/", "Open 127.0.0.1?"),
    ("https://good.example\u2044evil.example/", "Open good.xn--exampleevil-lx3f.example?"),
    ("https://g\u043eogle.com/", "Open xn--gogle-jye.com?"),
    ("https://3com.example/", "Open 3com.example?"),
    ("https://bücher.example/", "Open xn--bcher-kva.example?"),
    ("https://xn--80ak6aa92e.com/", "Open xn--80ak6aa92e.com?"),
    ("https://аррӏе.com/", "Open xn--80ak6aa92e.com?"),
    ("https://faß.example/ß", "Open fass.example?"),
    ("https://claude.ai\u3002evil.example/", "Open claude.ai.evil.example?"),
    ("https://example.org/" + "long/" * 200, "Open example.org?"),
    ("mailto:someone@example.org", "Write to mailto:someone@example.org?"),
]


@pytest.mark.parametrize(("href", "sentence"), OPEN, ids=[href[:40] for href, _ in OPEN])
def test_a_plain_address_opens_once_its_host_was_shown(href: str, sentence: str) -> None:
    link, told = checked_link(href)
    host = href.split("/")[2] if "//" in href else ""
    assert link == (href if href.isascii() else href.replace(host, sentence.split()[1][:-1])), "what was shown opens"
    assert told.startswith(sentence)
    assert len(told) < 700


CLOSED = [
    "",
    " ",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "%66ile:///etc/passwd",
    "file:///etc/passwd",
    "data:text/html,x",
    "vscode://open",
    "-oProxyCommand=x",
    "--help",
    "/etc/passwd",
    "example.org",
    "//example.org/x",
    "https://",
    "https:///path",
    "https:example.org",
    "https://anthropic.com@evil.example/",
    "https://user:pw@evil.example/",
    "https://good.example\\@evil.example/",
    "https://good.example\\.evil.example/",
    "https://ex%61mple.org/",
    "https://-evil.example/",
    "https://good.example evil.example/",
    "https://example.org/a b",
    "https://example.org/\tx",
    "https://example.org/\nx",
    "https://example.org/\x1b]0;x\x07",
    "https://example.org/\u202egpj.exe",
    "https://exa\u200bmple.org/",
    "https://[::1",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://0177.0.0.1/",
    "https://good.example.0x",
    "https://" + "evil." * 100 + "example/",
    "https://good.example:80:80/",
    "https://good.example:99999/",
    "https://good.example:x/",
    "https:\\\\good.example",
    "https://good.example%2eevil.example/",
    "https://good.example%00.evil.example/",
    "https://good.example\uff0fevil.example/",
    "https://good.example\uff03.evil.example/",
    "vscode-insiders://x",
    "ms-settings:privacy",
    "view-source:https://example.org",
    "blob:https://example.org/x",
    "java\tscript:alert(1)",
    "java%73cript:alert(1)",
    "\u202ehttps://example.org",
    "\x1b]8;;javascript:alert(1)\x07https://example.org\x1b]8;;\x07",
    "https://a..b/",
    "https://" + "a" * 70 + ".example/",
    " https://example.org",
]


@pytest.mark.parametrize("href", CLOSED)
def test_everything_else_is_shown_and_not_opened(href: str) -> None:
    link, sentence = checked_link(href)
    assert link == ""
    assert sentence.startswith("This link is not opened")
    assert sentence.isprintable()


@given(st.text())
def test_no_link_at_all_raises_or_shows_what_a_terminal_obeys(href: str) -> None:
    link, sentence = checked_link(href)
    assert link in {"", href}
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in sentence)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("https://bücher.example:81/straße?q=ü", "https://xn--bcher-kva.example:81/stra%C3%9Fe?q=%C3%BC"),
        ("https://example.com/a%20b", "https://example.com/a%20b"),
        ("http://[::1]:8/ü", "http://[::1]:8/%C3%BC"),
    ],
)
def test_a_terminal_is_given_printable_ascii(href: str, target: str) -> None:
    assert terminal_target(href) == target


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://example.com",
        "//example.com",
        "relative/path",
        "https://user:password@example.com",
        "https://example.com\\@evil.example",
        "https://example.com/\x1b]8;;http://evil\x1b\\",
        "https://example.com/\x07",
        "https://example.com/a b",
        "https://example.com/\x9c",
        "https://example.com/\u202e",
        "https://example.com/" + "a" * 2000,
        "",
    ],
)
def test_a_terminal_is_given_nothing_else(href: str) -> None:
    assert terminal_target(href) == ""
    strip = painter(links=True).strip(Line((Span("text", look("link"), False, href),)), 10)
    assert "\x1b]8" not in strip.render(Console(color_system="truecolor", force_terminal=True))


def test_a_wrapped_link_is_one_link() -> None:
    draw = painter(links=True)
    first, second, third = "https://a.example", "https://a.example", "https://b.example"
    spans = [Span("one", look("link"), False, first), Span("two", look(bold=True), False, second)]
    spans.append(Span("three", look("link"), False, third))
    console = Console(color_system="truecolor", force_terminal=True)
    rows = [draw.strip(Line((span,)), 10).render(console) for span in spans]
    written = RowFilter().filter("".join(f"\x1b[{y};1H{row}" for y, row in enumerate(rows, start=1)))
    ids = re.findall(r"\x1b\]8;id=([^;]+);(https://.\.example)\x1b", written)
    assert [target for _, target in ids] == ["https://a.example", "https://a.example", "https://b.example"]
    assert ids[0] == ids[1]
    assert ids[0][0] != ids[2][0]


def test_links_are_not_written_where_nobody_asked_for_them() -> None:
    strip = painter(links=False).strip(Line((Span("text", look("link"), False, "https://a.example"),)), 10)
    assert "\x1b]8" not in strip.render(Console(color_system="truecolor", force_terminal=True))


def painter(*, links: bool) -> Painter:
    nowhere = Path("/nonexistent")
    themes, _ = load_themes(theme_directories(Paths(nowhere, nowhere, nowhere))[:1])
    return Painter(themes[0], links=links)
