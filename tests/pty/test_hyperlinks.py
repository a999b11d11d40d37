"""Links reach a terminal as hyperlinks (OSC 8), and nothing reaches it that is not a web or mail address."""

import re

from home import Home
from terminal import Terminal, quit_quietly

SAFE = "[a page](https://example.com/page?x=1) and [mail](mailto:someone@example.com)"
LONG = f"[{'words of a link that goes on over the end of the row ' * 4}](https://example.com/long)"
HOSTILE = " ".join(
    [
        "[a](javascript:alert(1))",
        "[b](file:///etc/passwd)",
        "[c](https://user:secret@example.com/)",
        "[d](<https://example.com/\x1b]8;;http://evil.example/\x1b\\>)",
        "[e](https://example.com/\x07)",
        "[f](data:text/html,x)",
        f"[g](https://example.com/{'a' * 3000})",
    ]
)
_OPENING = re.compile(rb"\x1b\]8;([^;]*);([^\x1b\x07]+)\x1b\\")
_CLOSING = b"\x1b]8;;\x1b\\"


def targets(terminal: Terminal) -> set[bytes]:
    return {match[2] for match in _OPENING.finditer(terminal.raw)}


def echoed(home: Home, text: str, *, term: str = "xterm-256color", hyperlinks: str = "yes") -> Terminal:
    told = {"TERM": term, "SALON_HYPERLINKS": hyperlinks, "SALON_DEMO_PACE": "0.05"}
    return home.start("--demo", f"echo {text}", columns=100, rows=30, cold=False, **told)


def test_web_and_mail_addresses_are_links(home: Home) -> None:
    with echoed(home, f"{SAFE}\n\n{LONG}") as terminal:
        wanted = {b"https://example.com/page?x=1", b"mailto:someone@example.com", b"https://example.com/long"}
        terminal.until(lambda: targets(terminal) >= wanted)
        quit_quietly(terminal)
        assert targets(terminal) == wanted
        ids = {match[1] for match in _OPENING.finditer(terminal.raw) if match[2] == b"https://example.com/long"}
        assert len(ids) == 1, "one link, over however many rows"
        assert terminal.raw.count(_CLOSING) >= 3


def test_nothing_else_is_a_link(home: Home) -> None:
    with echoed(home, HOSTILE) as terminal:
        terminal.until("Ready")
        terminal.until(lambda: terminal.flowing_text.count(" g") >= 1)
        quit_quietly(terminal)
        # Of an address that is still arriving nobody knows yet that it will be too long.
        assert {
            target for target in targets(terminal) if not re.fullmatch(rb"https://example\.com/a+", target)
        } == set()


def test_who_wants_no_links_gets_none(home: Home) -> None:
    for term, hyperlinks in (("xterm-256color", "no"), ("linux", "yes")):
        with echoed(home, SAFE, term=term, hyperlinks=hyperlinks) as terminal:
            terminal.until("a page").until("Ready")
            quit_quietly(terminal)
            assert b"\x1b]8;" not in terminal.raw
