"""What a terminal is told beside the screen, by what its environment says of it."""

import re

import pytest

from hostile_corpus import hostile_texts
from salon.settings import Settings
from salon.terminals import Manners, Notifying, manners_of
from salon.ui.presence import LONGEST, Presence, harmless, notification

TERMINALS: list[tuple[dict[str, str], Manners]] = [
    ({}, Manners()),
    ({"TERM": "linux"}, Manners()),
    ({"TERM": "dumb"}, Manners()),
    ({"TERM": "xterm-256color"}, Manners(title=True)),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Manners(title=True)),
    ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, Manners(title=True)),
    ({"TERM": "xterm-kitty"}, Manners(Notifying.OSC_99, title=True)),
    ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, Manners(Notifying.OSC_99, title=True)),
    ({"TERM": "foot"}, Manners(Notifying.OSC_777, title=True)),
    ({"TERM": "rxvt-unicode-256color"}, Manners(Notifying.OSC_777, title=True)),
    ({"TERM": "xterm-256color", "WT_SESSION": "a-b"}, Manners(title=True, progress=True)),
    (
        {"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.0"},
        Manners(Notifying.OSC_9, title=True, progress=True),
    ),
    (
        {"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.1.3"},
        Manners(Notifying.OSC_9, title=True),
    ),
    (
        {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.6"},
        Manners(Notifying.OSC_9, title=True, progress=True),
    ),
    (  # an older one would show “4;3” as a notification
        {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.14"},
        Manners(Notifying.OSC_9, title=True),
    ),
    (
        {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203-110809-5046fc22"},
        Manners(Notifying.OSC_9, title=True),
    ),
    ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0", "KITTY_WINDOW_ID": "1"}, Manners(title=True)),
    ({"TERM": "screen", "STY": "1.pts", "TERM_PROGRAM": "iTerm.app"}, Manners(title=True)),
    ({"TERM": "screen-256color", "WT_SESSION": "a-b"}, Manners(title=True)),
]


@pytest.mark.parametrize(("environ", "manners"), TERMINALS, ids=lambda case: str(case)[:60])
def test_only_what_is_known_to_be_understood_is_sent(environ: dict[str, str], manners: Manners) -> None:
    assert manners_of(environ) == manners


ALL = Manners(Notifying.OSC_9, title=True, progress=True)


def presence(manners: Manners = ALL, **settings: object) -> tuple[Presence, list[str]]:
    sent: list[str] = []
    return Presence(sent.append, manners, lambda: Settings(**settings)), sent  # type: ignore[arg-type]


def test_a_title_is_put_over_the_terminals_own_and_taken_away_at_the_end() -> None:
    told, sent = presence()
    told.show("The sea", "", busy=False)
    told.show("The sea", "", busy=False)
    told.show("The sea", "answering", busy=True)
    told.leave()
    told.show("Too late", "", busy=False)
    assert sent == [
        "\x1b[22;2t\x1b]2;Salon · The sea\x07",
        "\x1b]2;Salon · The sea · answering\x07",
        "\x1b]9;4;3\x07",
        "\x1b[23;2t",
        "\x1b]9;4;0\x07",
    ]


def test_while_another_program_has_the_terminal_nothing_is_sent() -> None:
    told, sent = presence()
    told.show("The sea", "answering", busy=True)
    told.leave()
    sent.clear()
    told.show("The sea", "", busy=False, failed=True)
    told.notify("It has its answer")
    assert sent == []
    told.come_back()
    assert sent == ["\x1b[22;2t\x1b]2;Salon · The sea\x07", "\x1b]9;4;2;100\x07"]


def test_all_of_it_can_be_turned_off() -> None:
    told, sent = presence(terminal_title=False, terminal_progress=False, notify="off")
    told.show("The sea", "answering", busy=True)
    told.notify("It has its answer")
    told.leave()
    told.come_back()
    assert sent == []


def test_what_is_turned_off_meanwhile_is_taken_back() -> None:
    sent: list[str] = []
    settings = Settings()
    told = Presence(sent.append, ALL, lambda: settings)
    told.show("The sea", "", busy=False)
    settings = Settings(terminal_title=False)
    told.show("The sea", "answering", busy=False)
    assert sent == ["\x1b[22;2t\x1b]2;Salon · The sea\x07", "\x1b[23;2t"]


def test_a_person_may_want_the_bell_everywhere() -> None:
    told, sent = presence(notify="bell")
    told.notify("It has its answer")
    assert sent == ["\x07"]


@pytest.mark.parametrize(
    ("kind", "sequence"),
    [
        (Notifying.OSC_9, "\x1b]9;“A” has its answer\x07"),
        (Notifying.OSC_99, "\x1b]99;i=salon:o=unfocused;“A” has its answer\x1b\\"),
        (Notifying.OSC_777, "\x1b]777;notify;Salon;“A” has its answer\x07"),
        (Notifying.BELL, "\x07"),
    ],
)
def test_each_terminal_gets_its_own_sequence(kind: Notifying, sequence: str) -> None:
    assert notification(kind, "“A” has its answer") == sequence


@pytest.mark.parametrize("text", ["a\x07b", "4;3;100", "\x1b]0;x\x07", "a\x9cb", "\u202eabc", "x" * 500, "a\nb"])
def test_no_text_can_end_a_sequence_or_begin_a_field(text: str) -> None:
    shown = harmless(text)
    assert len(shown) <= LONGEST
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == ";" for char in shown)


WORDS = r"[^\x00-\x1f\x7f-\x9f;\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]{0,80}"
FORMS = {
    Notifying.BELL: "\x07",
    Notifying.OSC_9: rf"\x1b\]9;{WORDS}\x07",
    Notifying.OSC_99: rf"\x1b\]99;i=salon:o=unfocused;{WORDS}\x1b\\",
    Notifying.OSC_777: rf"\x1b\]777;notify;Salon;{WORDS}\x07",
}


@pytest.mark.parametrize("kind", Notifying)
def test_hostile_words_are_one_notification_and_nothing_else(kind: Notifying) -> None:
    for text in (*hostile_texts(), "4;3;50", "".join(hostile_texts())):
        assert re.fullmatch(FORMS[kind], notification(kind, text)), repr(text)


def test_hostile_words_are_one_title_and_progress_has_none() -> None:
    for text in (*hostile_texts(), "".join(hostile_texts())):
        told, sent = presence()
        told.show(text, "answering", busy=True)
        told.show(text, "", busy=False, failed=True)
        told.leave()
        own = rf"(\x1b\[22;2t)?\x1b\]2;{WORDS}\x07|\x1b\]9;4;(3|2;100|0)\x07|\x1b\[23;2t"
        assert [each for each in sent if not re.fullmatch(own, each)] == []
