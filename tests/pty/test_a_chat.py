"""A chat from its first key to its last, and coming back to it."""

from home import Home
from terminal import quit_quietly


def test_ask_type_on_stop_leave_and_come_back(home: Home) -> None:
    with home.start("--demo", cold=True, SALON_DEMO_PACE="0.4") as terminal:
        terminal.until("DEMO scripted").send("long\r")
        terminal.until("This answer is long").until("Streaming")
        terminal.send("and what about")
        terminal.until(lambda: terminal.prompt_box == "> and what about").until("Streaming")
        terminal.send(" eleven?")
        terminal.until(lambda: terminal.prompt_box == "> and what about eleven?")
        terminal.until("Streaming").send("\x1b")
        terminal.until("Stopped.").until("words above are kept")
        shown = terminal.conversation
        quit_quietly(terminal)
    (_, _, question), (_, status, answer) = home.said()
    assert (question, status) == ("long", "stopped")
    assert "This answer is long" in answer
    assert [draft.text for draft in home.drafts()] == ["and what about eleven?"]

    with home.start("-c", "--demo", SALON_DEMO_PACE="0") as terminal:
        terminal.until("Stopped.").until("> and what about eleven?").until("words above are kept")
        assert terminal.conversation == shown
        terminal.send("\x1b[17~")  # F6: continue
        terminal.until("— continued —").until("The end").until("Ready")
        assert terminal.prompt_box == "> and what about eleven?"
        quit_quietly(terminal)
    assert [draft.text for draft in home.drafts()] == ["and what about eleven?"]


def test_what_is_typed_before_anything_is_shown_is_sent(home: Home) -> None:
    with home.start("--demo", cold=True) as terminal:
        terminal.until(lambda: b"\x1b[?1049h" in terminal.raw).send("echo early bird\r")
        terminal.until("▎ echo early bird").until(lambda: terminal.text.count("early bird") == 2)
        quit_quietly(terminal)


def test_what_is_typed_while_it_still_loads_is_neither_echoed_nor_lost(home: Home) -> None:
    with home.start("--demo", cold=True) as terminal:
        terminal.until(lambda: terminal.tty_modes() != terminal.modes_before)
        assert terminal.raw == b""
        terminal.send("echo very early\r")
        terminal.until(lambda: b"\x1b[?1049h" in terminal.raw)
        assert b"early" not in terminal.raw[: terminal.raw.index(b"\x1b[?1049h")]
        terminal.until("▎ echo very early").until("Ready")
        quit_quietly(terminal)
    assert home.prompts() == ["echo very early"]


def test_what_is_typed_before_the_chat_is_open_stays_in_the_box(home: Home) -> None:
    for _ in range(5):
        with home.start("--demo") as terminal:
            terminal.until(lambda t=terminal: b"\x1b[?1049h" in t.raw).send("typed early")  # type: ignore[misc]
            terminal.until("> typed early").until("A new chat with").read_for(0.1)
            assert terminal.prompt_box == "> typed early"
            terminal.kill()


def test_keys_that_follow_enter_at_once_are_the_next_draft(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until("A new chat with").send("echo one\rand two")
        terminal.until(lambda: terminal.text.count("one") == 2).until(lambda: terminal.prompt_box == "> and two")
        quit_quietly(terminal)
    assert home.prompts() == ["echo one"]
    assert [draft.text for draft in home.drafts()] == ["and two"]


def test_a_prompt_on_the_command_line_does_not_take_the_draft_away(home: Home) -> None:
    with home.start("--demo", "echo one") as terminal:
        terminal.until(lambda: terminal.text.count("one") == 2).send("half a thought")
        terminal.until("> half a thought")
        quit_quietly(terminal)
    with home.start("--demo", "-c", "echo two") as terminal:
        terminal.until(lambda: terminal.text.count("two") == 2).until("> half a thought")
        quit_quietly(terminal)
    assert home.prompts() == ["echo one", "echo two"]
    assert [draft.text for draft in home.drafts()] == ["half a thought"]


def test_a_new_chat_takes_the_keys_that_follow(home: Home) -> None:
    with home.start("--demo", "echo one") as terminal:
        terminal.until(lambda: terminal.text.count("one") == 2).until("Ready").send("for later\x0eecho two")
        terminal.until("A new chat with").until("> echo two").send("\r")
        terminal.until(lambda: terminal.text.count("two") == 2)
        quit_quietly(terminal)
    assert home.prompts() == ["echo one", "echo two"]
    assert [draft.text for draft in home.drafts()] == ["for later"]


def test_come_back_by_words_and_by_the_list(home: Home) -> None:
    for words in ("apples", "pears", "apples with pears"):
        assert home.run("--demo", "-p", f"echo {words}").code == 0
    with home.start("--demo", "-r", "with") as terminal:
        terminal.until(lambda: terminal.text.count("apples with pears") == 2)
        quit_quietly(terminal)
    with home.start("--demo", "-r", "pears") as terminal:
        terminal.until("Open a chat").until("echo apples with pears")
        assert "echo pears" in terminal.flowing_text
        terminal.send("with\r")
        terminal.until("▎ echo apples with pears")
        quit_quietly(terminal)
    with home.start("--demo", "-r") as terminal:
        terminal.until("Open a chat").until("echo apples").send("\x1b[B\x1b[B\r")
        terminal.until(lambda: terminal.text.startswith("\n\n▎ echo apples"))
        terminal.send("\x0f")
        terminal.until("Open a chat").send("pears\x1b")
        terminal.until_gone("Open a chat")
        quit_quietly(terminal)
    with home.start("--demo", "-r", "quinces") as terminal:
        terminal.until("No chat has “quinces”")
        assert terminal.wait_exit() == 1
        assert b"\x1b" not in terminal.raw


def test_a_prompt_is_not_lost_where_a_chat_must_be_chosen_first(home: Home) -> None:
    for words in ("apples", "more apples"):
        assert home.run("--demo", "-p", f"echo {words}").code == 0
    with home.start("--demo", "-r", "apples", "echo and pears") as terminal:
        terminal.until("Open a chat").until("echo more apples").send("\r")
        terminal.until("▎ echo more apples").until("echo and pears")
        quit_quietly(terminal)
    sent, kept = home.prompts(), [draft.text for draft in home.drafts()]
    assert "echo and pears" in [*sent, *kept]


def test_an_overloaded_server_is_waited_for_and_hurried(home: Home) -> None:
    with home.start("--demo", "error 529") as terminal:
        terminal.until("Retrying 2 of 5").until("Your message is saved.")
        terminal.send("\r")
        terminal.until("Retrying 3 of 5").send("\r")
        terminal.until("this attempt went through").until("Ready")
        quit_quietly(terminal)


def test_impatient_keys_do_no_harm(home: Home) -> None:
    """Every key that there is, while an answer streams, and none of them ends or freezes the app."""
    everything = [f"\x1b[{number}~" for number in (1, 2, 3, 4, 5, 6, 15, 17, 18, 19, 20, 21, 23, 24)]
    everything += [f"\x1bO{letter}" for letter in "PQRS"] + [f"\x1b[{letter}" for letter in "ABCDHF"]
    everything += [chr(code) for code in range(1, 32) if code not in {0x11, 0x1A, 0x1B, 0x0D}]  # not quit, suspend
    everything += [f"\x1b[1;{modifier}{letter}" for modifier in (2, 3, 5, 6) for letter in "ABCDHF"]
    with home.start("--demo", "long", SALON_DEMO_PACE="0.2") as terminal:
        terminal.until("This answer is long")
        for key in everything:
            terminal.send(key)
        for _ in range(6):
            terminal.send("\x1b")
            terminal.read_for(0.12)  # longer than Textual waits for the rest of a sequence
        terminal.until("saved")
        quit_quietly(terminal)
    assert home.prompts()[0] == "long"


def test_ctrl_s_does_not_stop_the_terminal_but_searches(home: Home) -> None:
    with home.start("--demo", cold=True, SALON_DEMO_PACE="0") as terminal:
        terminal.until("DEMO scripted").send("echo a needle\r")
        terminal.until(lambda: terminal.text.count("needle") == 2).until("Ready")
        terminal.send("\x13")
        terminal.until("Search all chats").send("needl")
        terminal.until("newest first").until("a needle").send("\x1b[B\r")
        terminal.until("Esc closes").until("Ready")
        quit_quietly(terminal)
