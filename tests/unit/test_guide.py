"""The manual: every page is there, says the keys and settings there are, and promises no others."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest

from salon.actions import ACTIONS
from salon.arguments import COMMAND_WORDS
from salon.chat import events
from salon.commands.line import run
from salon.guide import TOPICS, index, page
from salon.settings import settings_help
from salon.ui.slash import COMMANDS


def printed(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_page_is_whole(topic: str) -> None:
    text = page(topic)
    assert text.startswith("# ")
    assert not re.search(r"\{key:|\{(keys|settings|commands)\}", text)
    assert all(len(line) <= 140 or line.startswith("|") for line in text.splitlines())


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_names_only_commands_that_there_are(topic: str) -> None:
    text = page(topic)
    for command in re.findall(r"`/([a-z-]+)[ `]", text):
        assert command in COMMANDS, command
    for word in re.findall(r"salon ([a-z]+)\b", text):
        assert word in {*COMMAND_WORDS, "sessions"} or f"`salon {word}" not in text, word


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_refers_only_to_pages_that_there_are(topic: str) -> None:
    assert set(re.findall(r"`salon help ([a-z]+)`", page(topic))) <= {*TOPICS}


def test_keys_settings_and_commands_come_from_their_tables() -> None:
    assert all(action.help in page("keys") for action in ACTIONS if action.keys)
    assert all(f"`{setting.name}`" in page("settings") for setting in settings_help())
    assert all(f"`salon {word}`" in page("scripting") for word in COMMAND_WORDS)


def test_the_events_that_are_documented_are_those_that_are_printed() -> None:
    told = re.findall(r"`([a-z_]+)`", page("scripting").partition("## --json")[2].partition("##")[0])
    known = {
        "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_") for name in vars(events)
    }
    assert {name for name in told if name not in {"event", "message"}} <= known


def test_salon_help_prints_pages_and_names_the_nearest() -> None:
    assert printed("help") == (0, index() + "\n", "")
    assert printed("help", "files")[1] == page("files") + "\n"
    assert json.loads(printed("help", "files", "--json")[1])["topic"] == "files"
    code, out, err = printed("help", "setings")
    assert (code, out) == (2, "")
    assert 'Did you mean "settings"?' in err
