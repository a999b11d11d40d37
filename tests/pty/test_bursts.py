"""Keys in one burst, as over a slow line: each prompt goes to the chat it was written in, and none is lost."""

import os
import random

import pytest

from home import Home
from terminal import Terminal, quit_quietly

NEW_CHAT, NEXT_CHAT, QUIT = "\x0e", "\x1b[24~", "\x11"
BURSTS = int(os.environ.get("SALON_BURSTS", "4"))


def until_ready(terminal: Terminal) -> None:
    terminal.until("A new chat with")


def words_by_chat(home: Home) -> list[list[str]]:
    """What the person said in each chat, the oldest chat first."""
    chats = sorted(home.chats(), key=lambda chat: chat.id)
    return [[message.text for message in chat.messages.values() if message.role == "user"] for chat in chats]


def kept(home: Home) -> list[str]:
    """Everything the person wrote that is on disk: sent, queued or a draft."""
    drafts = home.drafts()
    queued = [waiting.text for draft in drafts for waiting in draft.queued]
    return [*home.prompts(), *queued, *(draft.text for draft in drafts if draft.text)]


def test_what_is_sent_right_before_a_new_chat_is_sent_in_the_old_one(home: Home) -> None:
    with home.start("--demo") as terminal:
        until_ready(terminal)
        terminal.send("echo one\r" + NEW_CHAT + "echo two\r")
        terminal.until("▎ echo two").until("Ready")
        quit_quietly(terminal)
    assert words_by_chat(home) == [["echo one"], ["echo two"]]
    assert home.drafts() == []


def test_prompts_in_one_burst_are_sent_one_after_the_other(home: Home) -> None:
    with home.start("--demo") as terminal:
        until_ready(terminal)
        terminal.send("echo one\recho two\recho three\r")
        terminal.until("▎ echo three").until("Ready")
        quit_quietly(terminal)
    assert words_by_chat(home) == [["echo one", "echo two", "echo three"]]


def test_prompts_in_one_burst_at_the_very_start(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until(lambda: b"\x1b[?1049h" in terminal.raw)
        terminal.send("echo one\recho two\rthree")
        terminal.until("▎ echo two").until("> three").until("Ready")
        quit_quietly(terminal)
    assert words_by_chat(home) == [["echo one", "echo two"]]
    assert [draft.text for draft in home.drafts()] == ["three"]


def test_what_is_typed_for_a_new_chat_right_before_quitting_is_its_draft(home: Home) -> None:
    with home.start("--demo") as terminal:
        until_ready(terminal)
        terminal.send("the first" + NEW_CHAT + "the second" + QUIT)
        assert terminal.wait_exit() == 0
    assert [draft.text for draft in home.drafts()] == ["the first", "the second"]


def test_what_is_typed_while_salon_starts_and_is_quit_is_a_draft(home: Home) -> None:
    with home.start("--demo") as terminal:
        terminal.until(lambda: b"\x1b[?1049h" in terminal.raw)
        terminal.send("half a thought" + QUIT)
        assert terminal.wait_exit() == 0
    assert [draft.text for draft in home.drafts()] == ["half a thought"]


def test_keys_typed_through_several_switches_stay_in_order(home: Home) -> None:
    with home.start("--demo") as terminal:
        until_ready(terminal)
        words = [f"echo {number} of the words that are typed" for number in range(6)]
        terminal.send(NEW_CHAT.join(words))
        terminal.send(QUIT)
        assert terminal.wait_exit() == 0
    assert [draft.text for draft in home.drafts()] == words


@pytest.mark.parametrize("seed", range(BURSTS))
def test_no_word_of_a_random_burst_is_lost(home: Home, seed: int) -> None:
    chance = random.Random(seed)
    said: list[str] = []
    keys = ""
    for number in range(8):
        said.append(f"echo w{number}w")
        keys += said[-1] + "\r" * chance.randrange(2) + chance.choice(["", NEW_CHAT, NEXT_CHAT, "\r" + NEW_CHAT])
    with home.start("--demo") as terminal:
        until_ready(terminal)
        at = chance.randrange(len(keys))
        terminal.send(keys[:at])
        terminal.read_for(chance.choice([0.0, 0.02, 0.1]))
        terminal.send(keys[at:] + QUIT)
        assert terminal.wait_exit() == 0
    everything = " ".join(kept(home))
    assert [words for words in said if everything.count(words) != 1] == []
    assert "ERROR" not in home.log()
