"""Somebody who has never seen Salon: whatever they do next is told on the screen, with a key that does it.

Each key that is pressed here is read from the screen, so that what the screen tells can never be wrong.
"""

import re

from home import Home
from terminal import Terminal

BYTES = {"Enter": "\r", "Esc": "\x1b", "Tab": "\t", "F1": "\x1bOP", "F2": "\x1bOQ", "F5": "\x1b[15~", "F10": "\x1b[21~"}
KEY = r"(?<!\S)((?:Ctrl\+|Alt\+)\S|Enter|Esc|Tab|F\d+)"


def told(terminal: Terminal, words: str) -> str:
    """The key that the screen tells for something, as bytes."""
    terminal.until(lambda: re.search(rf"{KEY}(?: or \S+)?\s+{re.escape(words)}", terminal.text) is not None)
    (name, *_) = re.findall(rf"{KEY}(?: or \S+)?\s+{re.escape(words)}", terminal.text)
    modifier, plus, letter = name.partition("+")
    if not plus:
        return BYTES[name]
    return chr(ord(letter) & 31) if modifier == "Ctrl" else f"\x1b{letter.lower()}"


def does(terminal: Terminal, words: str) -> None:
    """Press the key for something that the screen tells at the moment."""
    terminal.send(told(terminal, words))


def looks_up(terminal: Terminal, search: str, words: str) -> None:
    """Find a key in the help, whose own key is told everywhere, leave the help, and press it."""
    does(terminal, "shows all keys")
    terminal.until("Type to search keys").send(search)
    key = told(terminal, words)
    does(terminal, "leaves")
    terminal.until_gone("PgDn a page").send(key)


def test_all_of_the_first_day_is_told_on_the_screen(home: Home) -> None:
    with home.start("--demo", SALON_DEMO_PACE="0.3") as terminal:
        terminal.until("Type tour, and press Enter").send("long")
        does(terminal, "sends")
        terminal.until("Streaming")
        does(terminal, "stops")
        terminal.until("Stopped.")
        does(terminal, "retry")
        terminal.until("Streaming")
        does(terminal, "stops")
        terminal.until("Stopped.")
        does(terminal, "edit")
        terminal.until("Esc leaves that as it was").send("\x15echo something shorter\r")
        terminal.until(lambda: terminal.flowing_text.count("something shorter") == 2).until("Ready")
        terminal.until("shows all keys")
        looks_up(terminal, "new chat", "Start a new chat")
        terminal.until("A new chat with")
        does(terminal, "opens an earlier chat")
        terminal.until("Open a chat").send("some words that no title has")
        told(terminal, "in a chat searches all")
        terminal.send("\x15")
        terminal.until("1 chat")
        does(terminal, "opens")
        terminal.until("▎ echo something shorter")
        looks_up(terminal, "colours", "Choose other colours")
        terminal.until("Themes").send("sepia")
        does(terminal, "keeps")
        terminal.until_gone("Themes")
        looks_up(terminal, "quit", "Quit. Everything is kept")
        assert terminal.wait_exit() == 0
    assert 'theme = "sepia"' in home.paths.settings_file.read_text(encoding="utf-8")
    with home.start("--demo") as terminal:
        does(terminal, "opens an earlier chat")
        terminal.until("1 chat")
        does(terminal, "opens")
        terminal.until("▎ echo something shorter").until("Ready")
        assert "shows all keys" not in terminal.text, "whoever has looked thrice knows it"
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
