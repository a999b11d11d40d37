"""Where a link really leads, and whether it may be opened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.ui.links import checked_link

OPEN = [
    ("https://example.org/a?b=c#d", "Open example.org?"),
    ("http://EXAMPLE.org", "Open example.org?"),
    ("HTTPS://example.org.", "Open example.org.?"),
    ("http://localhost:8080/", "Open localhost?"),
    ("http://127.0.0.1:1/", "Open 127.0.0.1?"),
    ("http://[::1]:80/", "Open ::1?"),
    ("https://bücher.example/", "Open xn--bcher-kva.example?"),
    ("https://xn--80ak6aa92e.com/", "Open xn--80ak6aa92e.com?"),
    ("https://аррӏе.com/", "Open xn--80ak6aa92e.com?"),
    ("https://example.org/" + "long/" * 200, "Open example.org?"),
    ("mailto:someone@example.org", "Write to mailto:someone@example.org?"),
]


@pytest.mark.parametrize(("href", "sentence"), OPEN, ids=[href[:40] for href, _ in OPEN])
def test_a_plain_address_opens_once_its_host_was_shown(href: str, sentence: str) -> None:
    link, told = checked_link(href)
    assert link == href
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
