"""Pastes, and that none of them can press a key."""

from attached_files import png
from home import Home
from terminal import Terminal, quit_quietly


def open_demo(home: Home) -> Terminal:
    return home.start("--demo")


def test_a_paste_of_some_lines_stays_in_the_box(home: Home) -> None:
    with open_demo(home) as terminal:
        terminal.until("A new chat with").paste("echo one\ntwo\nthree\n")
        terminal.until("three").read_for(0.2)
        assert terminal.prompt_box.split() == [">", "echo", "one", "two", "three"]
        assert home.chats() == []
        terminal.send("\r")
        terminal.until("▎ three")
        quit_quietly(terminal)
    assert home.prompts() == ["echo one\ntwo\nthree\n"]


def test_a_large_paste_is_a_chip_that_is_sent_in_full(home: Home) -> None:
    source = "\n".join(f"    line {number}: “tabs\tand  blanks”  " for number in range(2_000))
    with open_demo(home) as terminal:
        terminal.until("A new chat with").send("echo before ")
        terminal.paste(source)
        terminal.until("> echo before [pasted #1: 2000 lines]").send(" and after")
        terminal.paste("x" * 5_000)
        terminal.until("[pasted #2: 5,000 characters]").read_for(0.2)
        assert home.chats() == []
        terminal.send("\r")
        terminal.until("▎").until("Ready").until(lambda: terminal.prompt_box.startswith("> Ask"))
        quit_quietly(terminal)
    assert home.prompts() == [f"echo before {source} and after{'x' * 5_000}"]
    assert home.drafts() == []


def test_a_chip_survives_the_app_and_can_be_unfolded(home: Home) -> None:
    source = "\n".join(f"row {number}" for number in range(25))
    with open_demo(home) as terminal:
        terminal.until("A new chat with").paste(source)
        terminal.until("[pasted #1: 25 lines]").send("\x11")
        assert terminal.wait_exit() == 0
    with home.start("--demo", "-c") as terminal:
        terminal.until("[pasted #1: 25 lines]").send("\x07")
        terminal.until("row 24").send("\x1f")
        terminal.until("[pasted #1: 25 lines]").send("\x07")
        terminal.until("row 24").send("\r")
        terminal.until("▎ row 24")
        quit_quietly(terminal)
    assert home.prompts() == [source]


def test_a_chip_survives_recall_and_undo(home: Home) -> None:
    assert home.run("--demo", "-p", "echo earlier").code == 0
    source = "\n".join(f"row {number}" for number in range(25))
    with open_demo(home) as terminal:
        terminal.until("A new chat with").paste(source)
        terminal.until("[pasted #1: 25 lines]").read_for(0.1)  # an Enter too soon would be taken for a part of it
        terminal.send("\x1b[A")
        terminal.until("> echo earlier").send("\x1f")
        terminal.until("[pasted #1: 25 lines]").send("\r")
        terminal.until("▎ row 24")
        quit_quietly(terminal)
    assert home.prompts()[-1] == source


def test_what_a_paste_hides_is_shown_and_never_pressed(home: Home) -> None:
    """An escape byte, then what would be Enter, Ctrl+Q, Ctrl+N and F-keys if it were typed."""
    traps = [
        "\x1b\r",
        "\x1b[31m\r\x11\r",
        "\x1b]0;title\x07\r",
        "\x1b[13u\r",
        "\x1b\x1b\r\r",
        "\x0e\r\x11\r",
        "\x1b" * 40 + "\r",
    ]
    with open_demo(home) as terminal:
        terminal.until("A new chat with").send("echo ")
        for number, trap in enumerate(traps):
            terminal.paste(f"before {trap} after {number}.")
            terminal.until(f"after {number}.")
        terminal.read_for(0.3)
        assert home.chats() == []
        assert b"\x1b]0;title" not in terminal.raw
        terminal.send("\r")
        terminal.until("▎").until("Ready")
        quit_quietly(terminal)
    (prompt,) = home.prompts()
    assert prompt.count("before") == prompt.count("after") == len(traps)
    assert "\u241b[31m" in prompt


def test_a_paste_that_comes_in_drops_is_one_paste(home: Home) -> None:
    """A slow line delivers a byte at a time, so even the marks around a paste come in pieces."""
    with open_demo(home) as terminal:
        terminal.until("A new chat with")
        for byte in b"\x1b[200~echo one \x1b\rtwo \x1b[2\x1b[201~":
            terminal.send(bytes([byte]))
            terminal.read_for(0.002)
        terminal.until("two").read_for(0.2)
        assert home.chats() == []
        terminal.send("\r")
        terminal.until("▎ two").until("Ready")
        quit_quietly(terminal)
    assert home.prompts() == ["echo one \u241b\ntwo \u241b[2"]


def test_a_file_dropped_on_the_terminal_is_attached_sent_and_kept(home: Home) -> None:
    dropped = home.root / "two words.png"
    dropped.write_bytes(png(640, 480, padding=9_000))
    with open_demo(home) as terminal:
        terminal.until("A new chat with").paste(f"'{dropped}' ")
        terminal.until("two words.png · image 640×480").until(lambda: "/two" not in terminal.prompt_box)
        terminal.read_for(0.1)  # an Enter this close behind a paste would belong to it
        terminal.send("echo seen\r")
        terminal.until("▎ two words.png").until("Ready")
        quit_quietly(terminal)
    assert home.prompts() == ["echo seen"]
    with home.start("--demo", "-c") as terminal:
        terminal.until("▎ two words.png")
        quit_quietly(terminal)


def test_hidden_characters_of_a_paste_are_told_and_left_out(home: Home) -> None:
    with open_demo(home) as terminal:
        terminal.until("A new chat with").paste("echo see\U000e0068\U000e0069 \u202ethis\u200b")
        terminal.until("4 hidden characters").until("> echo see this").send("\x1bi")
        terminal.until("⟨U+202E⟩").read_for(0.1)
        terminal.send("\x1bi")
        terminal.until("> echo see this").read_for(0.1)
        terminal.send("\r")
        terminal.until("▎ echo see this")
        quit_quietly(terminal)
    assert home.prompts() == ["echo see this"]


def test_an_escape_byte_in_a_paste_with_a_path_changes_nothing(home: Home) -> None:
    with open_demo(home) as terminal:
        terminal.until("A new chat with").paste("/tmp\x1b[201\r\x11text")
        terminal.until("text").read_for(0.2)
        assert "text" in terminal.prompt_box
        assert home.chats() == []
        quit_quietly(terminal)
