"""Single keys of readline and vi as a terminal sends them, and where the terminal's own cursor stands."""

from home import Home
from terminal import Terminal, quit_quietly

READLINE = [
    ("Ctrl+W", "\x17", "one two"),
    ("Ctrl+Y", "\x19", "one two three"),
    ("Alt+B and Alt+U", "\x1bb\x1bu", "one two THREE"),
    ("Ctrl+A and Alt+D", "\x01\x1bd", "two THREE"),
    ("Ctrl+E and Ctrl+T", "\x05\x14", "two THREE"[:-2] + "EE"),
    ("Ctrl+A, Alt+F and Ctrl+K", "\x01\x1bf\x0b", "two"),
    ("Ctrl+_", "\x1f", "two THREE"),
    ("Alt+Backspace at the end", "\x05\x1b\x7f", "two"),
    ("Ctrl+U", "\x15", "Type tour, and press Enter"),
]
VI = [
    ("Esc b c w", "\x1bbcwdrei\x1b", "one two drei"),
    ("0 x", "0x", "ne two drei"),
    ("u", "u", "one two drei"),
    ("w d w", "wdw", "one drei"),
    (".", ".", "one"),
    ("A", "Aand all", "one and all"),
    ("Esc 0 ~", "\x1b0~", "One and all"),
    ("v e y P", "vey$p", "One and allne"),
    ("d d", "dd", "Type tour, and press Enter"),
]


def box(terminal: Terminal) -> str:
    """What stands in the prompt."""
    rows = [row for row in terminal.text.splitlines() if row.startswith(">")]
    return rows[-1].removeprefix(">").strip() if rows else ""


def open_demo(home: Home, keys: str = "default") -> Terminal:
    return home.start("--demo", SALON_KEYS=keys).until("A new chat with")


def try_keys(terminal: Terminal, keys: list[tuple[str, str, str]]) -> None:
    for name, sent, expected in keys:
        terminal.send(sent)
        terminal.until(lambda expected=expected: box(terminal) == expected)  # type: ignore[misc]
        assert box(terminal) == expected, name


def test_readlines_keys(home: Home) -> None:
    with open_demo(home) as terminal:
        terminal.send("one two three")
        terminal.until("> one two three")
        try_keys(terminal, READLINE)
        quit_quietly(terminal)


def test_vis_keys(home: Home) -> None:
    with open_demo(home, "vi") as terminal:
        terminal.send("one two three")
        terminal.until("> one two three").until("INSERT")
        try_keys(terminal, VI)
        terminal.until("NORMAL")
        quit_quietly(terminal)


def test_the_terminals_cursor_stands_at_the_caret(home: Home) -> None:
    """Input methods show what is being composed there, and screen magnifiers follow it."""

    def at(column: int, words: str) -> bool:
        screen = terminal.screen
        row = next((number for number, shown in enumerate(screen.display) if shown.startswith("> " + words)), -1)
        return (screen.cursor.x, screen.cursor.y) == (column, row)

    left = "\x1b[D"
    with open_demo(home) as terminal:
        terminal.until(lambda: at(2, "Type tour"))
        terminal.send("hello")
        terminal.until(lambda: at(7, "hello"))
        terminal.send(left * 3)
        terminal.until(lambda: at(4, "hello"))
        terminal.send("\x15\x0b漢字")
        terminal.until(lambda: at(6, "漢"))
        terminal.send(left)
        terminal.until(lambda: at(4, "漢"))
        terminal.send("\nsecond")  # Ctrl+J
        terminal.until(lambda: terminal.screen.cursor.x == 8)
        quit_quietly(terminal)
