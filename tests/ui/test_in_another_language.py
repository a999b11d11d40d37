"""Salon in a language that nobody speaks: every letter of the interface is accented, and every word a third longer."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from salon.actions import ACTIONS
from salon.arguments import COMMAND_WORDS
from salon.commands.table import ALONE, COMMANDS
from salon.guide import TOPICS
from salon.settings import SETTINGS
from speaking import SIZE
from translations import PSEUDO, install, pseudo_catalogue

KEYS = {"Ctrl", "Alt", "Shift", "Enter", "Esc", "Tab", "Space", "Backspace", "Delete", "Insert", "Home", "End", "PgUp"}
KEYS |= {"PgDn", "Up", "Down", "Left", "Right"}
"""They stand on the keyboard as they are."""
NAMES = {
    "Salon",
    "Claude",
    "Fable",
    "Opus",
    "Sonnet",
    "Haiku",
    "Python",
    "Linux",
    "Test",
    "Model",
    "Other",
    "The",
    "httpx",
    "color",
    "py",
    "it",
}
NAMES |= {"anthropic", "markdown", "pygments", "rich", "textual", "xterm", "qps", "nothing"}
NAMES |= {"llama", "server", "Ollama", "Studio", "LiteLLM"}
TYPED = {name for command in (*COMMANDS, *ALONE) for name in command.name.split()} | {*COMMAND_WORDS, *TOPICS, "salon"}
TYPED |= {word for action in ACTIONS for word in re.findall(r"`(\w+)", action.help)} | {"sessions"}
VALUES = {str(choice) for setting in SETTINGS.values() for choice in setting.choices} | {*SETTINGS, "true", "false"}
IDS = {
    "complete",
    "messages",
    "model",
    "stream",
    "claude",
    "test",
    "other",
    "salon",
    "dark",
    "light",
    "text",
    "fable",
    "haiku",
    "opus",
    "sonnet",
}


def run(folder: Path, *command: str, typed: str = "") -> str:
    """What a process prints that speaks the language from its start."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "SALON_LANGUAGE": PSEUDO,
        **{f"SALON_{place}_DIR": str(folder / place.lower()) for place in ("CONFIG", "STATE", "CACHE")},
    }
    ran = subprocess.run(
        [sys.executable, *command], env=environ, input=typed, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is on every screen, and what commands print."""
    folder = tmp_path_factory.mktemp("spoken")
    install(folder / "config", pseudo_catalogue(longer=True))
    told: dict[str, Any] = json.loads(run(folder, str(Path(__file__).parent.parent / "speaking.py"), str(folder)))
    lines = "/help\n/title\n/system\n/retry\n/attach nothing\n/quit\n"
    told["commands"]["--accessible"] = run(folder, "-m", "salon", "--accessible", "--demo", typed=lines)
    return told


def plain_words(text: str) -> set[str]:
    """The words without an accent that are nothing one types, no path and no option."""
    found: set[str] = set()
    for word in text.split():
        if not re.search(r"^\W*[-/]|[_/=]|\.\w|^@", word):
            found |= {part for part in re.findall(r"(?<![^\W\d_])[A-Za-z]{2,}(?![^\W\d_])", word) if not part.isupper()}
    return found


def test_no_word_of_the_interface_is_left_in_english(said: dict[str, Any]) -> None:
    kept = KEYS | NAMES | TYPED | VALUES | IDS
    texts = {name: screen["text"] for name, screen in said["screens"].items()} | said["commands"]
    left = {name: words for name, text in texts.items() if (words := plain_words(text) - kept)}
    known = {
        "pick_theme": {"Colour", "blind", "safe", "High", "contrast", "Dusk", "Frost", "Harbour", "Moss", "Night"},
        "failure": {"connection", "was", "lost"},  # as the server's side of the test says it
        "welcome": {"ChatGPT", "Code"},
        "--help": {"or"},  # ID or WORDS
        "export --help": {"md", "html", "txt", "json"},
    }
    assert {
        name: words - known.get(name, set()) for name, words in left.items() if words - known.get(name, set())
    } == {}


def test_longer_words_leave_every_screen_whole(said: dict[str, Any]) -> None:
    for name, screen in said["screens"].items():
        rows = screen["text"].split("\n")
        assert len(rows) <= SIZE[1] and all(len(row) <= SIZE[0] for row in rows), name
        assert screen["too wide"] == [], name
