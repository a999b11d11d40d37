"""The chat in lines, as a screen reader hears it."""

import os
import signal

from home import Home
from terminal import assert_left_as_found


def lines_of(home: Home, *typed: str, arguments: tuple[str, ...] = ()) -> list[str]:
    outcome = home.run("--accessible", "--demo", *arguments, typed="\n".join(typed) + "\n")
    assert outcome.code == 0, outcome.err
    assert "\x1b" not in outcome.out
    return outcome.out.splitlines()


def test_an_answer_is_labelled_and_its_end_is_said(home: Home) -> None:
    lines = lines_of(home, "echo two words", "/quit")
    assert "two words" in lines
    assert "End of answer. 2 words." in lines
    assert home.prompts() == ["echo two words"]


def test_a_cut_answer_offers_numbered_choices_and_goes_on(home: Home) -> None:
    lines = lines_of(home, "limit", "1", "/quit")
    assert any(line.startswith("The answer reached its length limit.") for line in lines)
    assert "1. Have it go on" in lines
    assert any("two halves were put together well" in line for line in lines)
    assert any("def fibonacci" in line for line in lines)


def test_a_failure_is_told_and_can_be_tried_again(home: Home) -> None:
    lines = lines_of(home, "error 400 always", "2", "", "/quit")
    assert any("The answer failed" in line for line in lines)
    assert any("Ask again" in line for line in lines)
    assert any("There is no choice 2" in line for line in lines)


def test_chats_are_named_opened_by_number_and_read(home: Home) -> None:
    lines = lines_of(home, "echo first", "/title My first", "/new", "echo second", "/open", "1", "/read 2", "/quit")
    assert "1. My first" in lines or any(line.endswith("1. My first") for line in lines)
    assert any("Opened: My first. 2 messages." in line for line in lines)
    opened = next(number for number, line in enumerate(lines) if "Opened: My first" in line)
    assert "first" in lines[opened:]


def test_a_prompt_is_changed_and_the_first_one_is_kept(home: Home) -> None:
    lines = lines_of(home, "echo before", "/edit", "echo after", "/quit")
    assert any("It was: echo before" in line for line in lines)
    assert "after" in lines
    assert sorted(home.prompts()) == ["echo after", "echo before"]


def test_a_backslash_goes_on_in_the_next_line_and_an_unknown_command_is_a_prompt(home: Home) -> None:
    lines_of(home, "echo one \\", "two", "/quit")
    assert home.prompts() == ["echo one \ntwo"]


def test_the_end_of_the_input_ends_it_and_everything_is_kept(home: Home) -> None:
    lines_of(home, "echo kept")
    assert home.prompts() == ["echo kept"]


def test_a_budget_is_asked_about_before_it_is_passed(home: Home) -> None:
    home.paths.config.mkdir(parents=True, exist_ok=True)
    home.paths.settings_file.write_text("budget_chat = 0.0001\n", encoding="utf-8")
    home.paths.prices_file.write_text('["salon-demo"]\ninput = 1000\noutput = 1000\n')
    lines = lines_of(home, "echo dear", "", "/retry", "2", "echo more", "/quit")
    asked = [line for line in lines if "This passes your budget. The answers of this chat cost" in line]
    assert len(asked) == 2
    assert any("Nothing was asked, because of the budget. Your message is saved." in line for line in lines)
    assert "dear" in lines
    assert "more" in lines


def test_nothing_is_kept_of_a_temporary_chat(home: Home) -> None:
    lines_of(home, "echo secret", "/quit", arguments=("--temporary",))
    assert home.prompts() == []


def test_the_environment_asks_for_it_too_and_without_a_key_it_is_told(home: Home) -> None:
    outcome = home.run(typed="/quit\n", SALON_ACCESSIBLE="1")
    assert outcome.code == 3
    assert "No API key yet" in outcome.err


def test_on_a_terminal_control_c_stops_an_answer_and_leaves_it_as_found(home: Home) -> None:
    with home.start("--accessible", "--demo", columns=80, rows=24, SALON_DEMO_PACE="0.2") as terminal:
        terminal.until("/help says the commands").send("long\r")
        terminal.until("Salon demo (scripted):")
        os.kill(terminal.process.pid, signal.SIGINT)  # what Ctrl+C is to a program in the foreground
        terminal.until("Stopped. What came is kept").send("\r")  # perhaps asked what to do now, and wanting nothing
        terminal.send("/quit\r")
        assert terminal.wait_exit() == 0
        assert_left_as_found(terminal)
