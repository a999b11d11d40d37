"""Another size at any time: nothing crashes, nothing is lost, the picture is the one that a fresh start would give."""

import random

from home import Home
from terminal import quit_quietly

SIZES = [(20, 5), (40, 10), (39, 30), (200, 60), (80, 24), (41, 11), (120, 40), (1, 1), (300, 9), (60, 100)]


def test_a_storm_of_sizes_while_an_answer_streams(home: Home) -> None:
    chance = random.Random(7)
    with home.start("--demo", "long", SALON_DEMO_PACE="0.15") as terminal:
        terminal.until("This answer is long").send("my next question")
        for number in range(60):
            columns, rows = SIZES[number % len(SIZES)]
            terminal.resize(columns + chance.randrange(3), rows + chance.randrange(3))
            if number % 3:
                terminal.read_for(chance.random() * 0.03)
        terminal.resize(100, 30)
        terminal.until("Streaming").until("> my next question").send("\x1b")
        terminal.until("Stopped.").until("> my next question").read_for(0.2)
        shown = terminal.conversation
        quit_quietly(terminal)
    with home.start("--demo", "-c") as terminal:
        terminal.until("Stopped.").until("> my next question").until("words above are kept").read_for(0.2)
        assert terminal.conversation == shown
        quit_quietly(terminal)
    (_, _, question), (_, status, _) = home.said()
    assert (question, status) == ("long", "stopped")
    assert "ERROR" not in home.log()
    assert "CRITICAL" not in home.log()


def test_a_window_that_is_too_small_says_so_and_loses_nothing(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send("half a ")
        terminal.until("> half a").resize(20, 5)
        terminal.until("Salon needs at least 40×10 characters.")
        terminal.resize(100, 30)
        terminal.until("> half a").send("thought")
        terminal.until("> half a thought")
        quit_quietly(terminal)
    assert [draft.text for draft in home.drafts()] == ["half a thought"]


def test_it_starts_in_a_window_that_is_too_small(home: Home) -> None:
    with home.start("--demo", columns=20, rows=5) as terminal:
        terminal.until("Salon needs at least").resize(80, 24)
        terminal.until("A new chat with")
        quit_quietly(terminal)


def test_the_place_is_kept_when_the_width_changes(home: Home) -> None:
    with home.start("--demo", "long") as terminal:
        terminal.until("That was the last of them.").until("Ready").send("\x1b[1;5H")
        terminal.until("▎ long").send("\x1b[6~\x1b[6~\x1b[6~")
        terminal.until_gone("▎ long").read_for(0.2)
        top = " ".join(next(row for row in terminal.conversation if len(row.split()) > 3).split()[:4])
        for columns in (60, 140, 45, 100):
            terminal.resize(columns, 30)
            terminal.until(lambda: top in " ".join(terminal.flowing_text.split()[:60]))
            terminal.read_for(0.1).until(lambda: top in " ".join(terminal.flowing_text.split()[:60]))
        quit_quietly(terminal)
