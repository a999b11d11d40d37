"""Everything that could take a terminal over, through every place that shows what others have written.

What comes out of a real terminal's other end is read byte for byte (`sequences.py`): nothing but Salon's own sequences.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from home import Home
from hostile_corpus import hostile_names, hostile_texts, writable
from hostile_terminal import ALL, DOWN, F2, F3, F6, F8, F9, TITLES, assert_nothing_obeyed, paste, press, seeded
from loopback_api import LoopbackApi, answer_of, loopback_api, text_deltas
from sequences import foreign_in
from terminal import assert_left_as_found, quit_quietly

FRAMED = f"\n\n```\n{ALL}\n```\n\n| a |\n|-|\n| {ALL} |"


@pytest.fixture
def api() -> Iterator[LoopbackApi]:
    with loopback_api() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose files have the worst names."""
    folder = tmp_path / "work"
    folder.mkdir()
    for number, name in enumerate(hostile_names()):
        (folder / f"{number:03}{name}.md").write_text(f"{name}\n")
    (folder / ("latin\udce9\udc9b31m.md")).write_text("not UTF-8\n")
    return folder


def hostile_answer() -> list[dict[str, Any]]:
    results = [{"type": "web_search_result", "title": text, "url": f"https://x/{text}"} for text in hostile_texts()]
    cited = [
        {
            "type": "citations_delta",
            "citation": {"type": "web_search_result_location", "title": text, "url": f"https://x/{text}"},
        }
        for text in hostile_texts()
    ]
    thought = [{"type": "thinking_delta", "thinking": ALL[at : at + 3]} for at in range(0, len(ALL), 3)]
    asked = [{"type": "input_json_delta", "partial_json": json.dumps({"query": ALL})}]
    return answer_of(
        ({"type": "thinking", "thinking": "", "signature": ""}, thought),
        ({"type": "server_tool_use", "id": "srv_1", "name": f"web_search {ALL}", "input": {}}, asked),
        ({"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": results}, []),
        ({"type": "tool_use", "id": "t_2", "name": ALL, "input": {ALL: ALL}}, []),
        ({"type": f"strange {ALL}", "text": ALL}, []),
        (
            {"type": "text", "text": ""},
            [*text_deltas(ALL, 1), *text_deltas(FRAMED, 2), *cited],
        ),
        ({"type": "text", "text": "", "citations": []}, text_deltas("\n\nAt the end.", 2)),
        model=f"claude {ALL}",
    )


def test_an_answer_with_everything_in_it(home: Home, api: LoopbackApi) -> None:
    api.events = hostile_answer()
    api.models = [
        {"id": f"claude-{number}-{text}", "display_name": text} for number, text in enumerate(hostile_texts())
    ]
    arguments = ("--base-url", api.address, "hello")
    with home.start(*arguments, ANTHROPIC_API_KEY="sk-ant-canary", SALON_PRINT_ON_EXIT="yes") as terminal:
        terminal.until("[128] one").until("Ready")
        press(terminal, "\x1bh", *["\x1b[5~"] * 6, "\x1b[Z", "f", "kkkk", "v", "\x1b", "s", "s", "o", "\x1b", "\x1b")
        press(terminal, "\x1b[1;5H", *["\x1b[6~"] * 30)
        terminal.send("\x0c")
        terminal.until("Choose a model")
        press(terminal, *[DOWN] * 10, "\x1b", "/model ", "\x1b", "\x15")
        terminal.send("\x1bj")
        terminal.until("you are here")
        press(terminal, "k", "j", "\x1b")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert_left_as_found(terminal)
        assert_nothing_obeyed(terminal)


def test_what_a_server_says_of_a_failure(home: Home, api: LoopbackApi) -> None:
    fault = {"type": "error", "error": {"type": f"invalid {ALL}", "message": ALL}, "request_id": ALL}
    api.status, api.body = 400, json.dumps(fault).encode()
    with home.start("--base-url", api.address, "hello", ANTHROPIC_API_KEY="sk-ant-canary") as terminal:
        terminal.until("The API refused this request")
        press(terminal, F8)
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)
    with home.start("--base-url", api.address, "-p", "hello", ANTHROPIC_API_KEY="sk-ant-canary") as terminal:
        assert terminal.wait_exit() == 1
        assert_nothing_obeyed(terminal)


def test_the_list_the_search_and_the_sidebar(home: Home) -> None:
    seeded(home)
    with home.start("--demo", "-r") as terminal:
        terminal.until("Open a chat").until("needle")
        paste(terminal, writable(ALL))
        press(terminal, "\x15", F9, F9, F9, *[DOWN] * len(TITLES))
        press(terminal, F2, "\x1b", F3, "\x1b", F6, F8, "\x1b", "\x1b")
        terminal.send("\x13")
        terminal.until("Search all chats").send("needle ")
        terminal.until("30 · newest first")
        press(terminal, *[DOWN] * 30, "\x1b", "/sidebar\r")
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_a_draft_a_queue_notes_and_titles(home: Home) -> None:
    seeded(home)
    with home.start("--demo", "-r", home.library.list()[0].id, PWD=str(home.root)) as terminal:
        terminal.until("needle")
        press(terminal, "\x1b[1;3A", "\x07", "\x18h\x7f", "echo x\r")
        for command in ("/title ", "/system ", "/note\r"):
            press(terminal, command)
            paste(terminal, writable(ALL))
            press(terminal, "\r")
        press(terminal, "words", "\x1bs", "\x12", DOWN, "\x1b", "/export\r")
        paste(terminal, writable(ALL))
        press(terminal, "\r", "\x1b", "\x1b")
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_files_with_the_worst_names(home: Home, folder: Path) -> None:
    with home.start("--demo", PWD=str(folder)) as terminal:
        terminal.until("Type tour").send("@")
        terminal.until("000")
        press(terminal, *[DOWN] * 50, "\t", " @latin", "\t", "\x18h\x7f", "/attach 01", DOWN, "\t", "\r")
        for number in range(20, 60, 2):
            press(terminal, f"\x18h\x7f@{number:03}\t", f"\x18h\x7f/attach {number + 1:03}", "\t\r")
        press(terminal, "\x18h\x7f", "\x1ba", "06", DOWN, DOWN, "\t", "\r", "\x1bx", "\x1bz", "echo done\r")
        press(terminal, "/import\r")
        paste(terminal, str(folder))
        press(terminal, "\r", "\x1b", "\x1b")
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_settings_keys_themes_and_prompts(home: Home) -> None:
    config = home.root / "config"
    quoted = [json.dumps(writable(text)) for text in hostile_texts() if "\x7f" not in text]
    for place in ("themes", "prompts"):
        (config / place).mkdir(parents=True)
        for number, (name, text) in enumerate(zip(hostile_names()[:60], quoted, strict=False)):
            (config / place / f"{number:03}{name}.toml").write_text(f"name = {text}\ntext = {text}\n")
            (config / place / f"{number:03}{name}.md").write_text(f"{name} {{{{{name}}}}}")
    (config / "config.toml").write_text("\n".join(f"{text} = {text}" for text in quoted) + "\x1b[31;5m = \x9b31m")
    (config / "keys.toml").write_text("\n".join(f"{text} = {text}" for text in quoted) + "\nquit = \x1b]0;hacked\x07")
    with home.start("--demo") as terminal:
        terminal.until("config.toml")
        press(
            terminal,
            "\x1bp",
            *[DOWN] * 30,
            "\r",
            "\x1b",
            "/prompt ",
            "\t",
            "\x15",
            "/theme ",
            "\x1b",
            "\x15",
            "\x1bOP",
            "\x1b",
        )
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_fields_that_are_pasted_into(home: Home) -> None:
    """A terminal leaves escape bytes out of a paste, and perhaps nothing else."""
    words = "".join(writable(text).replace("\x1b", "") for text in hostile_texts() if "\n" not in text)
    with home.start("--demo", "echo words") as terminal:
        terminal.until("Ready")
        for opens, heading in (("\x06", "Find"), ("\x13", "Search all"), ("\x0f", "Open a chat"), ("\x1ba", "Attach")):
            terminal.send(opens)
            terminal.until(heading)
            paste(terminal, f"\x9b31m\u202e\U000e0041{words}")
            terminal.send("\x1b")
            terminal.until_gone(heading)
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_the_command_line_on_a_terminal(home: Home, folder: Path) -> None:
    seeded(home)
    first = home.library.list()[0].id
    export = home.root / "chats.jsonl"
    export.write_text(writable(ALL))
    export.rename(home.root / f"{hostile_names()[3]}.jsonl")
    commands = [
        ["-p", f"echo {writable(ALL)}", "--demo"],
        ["-p", f"echo {writable(ALL)}", "--demo", "--json"],
        ["sessions", "list", "--demo"],
        ["sessions", "list", "--demo", "--json"],
        ["sessions", "list", "--demo", "--trash"],
        ["sessions", "show", "--demo", first],
        ["sessions", "show", "--demo", "--json", first],
        ["sessions", "search", "--demo", "needle"],
        ["sessions", "search", "--demo", "--json", "needle"],
        ["sessions", "tag", "--demo", first, *(writable(text) for text in hostile_texts()[:9] if text[0] != "-")],
        ["sessions", "rename", "--demo", first, writable(ALL).replace("\0", "")],
        ["export", "--demo", first],
        ["export", "--demo", "--format", "html", first],
        ["export", "--demo", "--format", "txt", first],
        ["export", "--demo", "--format", "json", first],
        ["import", "--demo", *(str(file) for file in home.root.glob("*.jsonl"))],
        ["import", "--demo", str(folder), *map(str, sorted(folder.iterdir())[:20])],
        ["import", "--demo", "--json", *map(str, sorted(folder.iterdir())[:20])],
        ["sessions", "show", "--demo", "\x1b]0;hacked\x07"],
        ["\x1b]0;hacked\x07", "\x9b31m", "--nothing\x1b[31;5m"],
        ["sessions", "\x1b]0;hacked\x07"],
        ["export", "--format", "\x1b]0;hacked\x07\u202e", first],
        ["--demo", "-p", "-a", str(sorted(folder.iterdir())[5])],
        ["--base-url", "http://\x1b]0;hacked\x07/", "-p", "x"],
    ]
    for command in commands:
        with home.start(*(word.replace("\0", "") for word in command)) as terminal:
            terminal.wait_exit()
            assert foreign_in(terminal.raw) == [], command
            assert_nothing_obeyed(terminal)


def test_a_megabyte_without_a_newline(home: Home, api: LoopbackApi) -> None:
    text = "\x1b]52;c;aGFja2Vk" * 64 + "\x9b31m" * 300_000 + " the end"
    api.events = answer_of(({"type": "text", "text": ""}, text_deltas(text, 30_001)))
    with home.start("--base-url", api.address, "hello", ANTHROPIC_API_KEY="sk-ant-canary") as terminal:
        terminal.until("the end").until("Ready")
        press(terminal, "\x1b[1;5H")
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_inside_tmux_the_clipboard_and_the_title_stay(home: Home) -> None:
    told = home.environment(SALON_DEMO_PACE="0")
    (home.root / "prompt.txt").write_text(f"echo {writable(ALL)} at the end")

    def tmux(*words: str) -> str:
        command = ["tmux", "-S", str(home.root / "tmux"), "-f", os.devnull, *words]
        return subprocess.run(command, capture_output=True, text=True, env=told, timeout=20, check=True).stdout

    tmux("new-session", "-d", "-x", "100", "-y", "30", "sh")
    try:
        tmux("set-option", "-g", "set-clipboard", "on")
        tmux("set-buffer", "what was copied")
        tmux("select-pane", "-T", "the title")
        assert home.run("--demo", "-p", typed=(home.root / "prompt.txt").read_text()).code == 0
        tmux("respawn-pane", "-k", "sh", "-c", f"{sys.executable} -m salon --demo -c")
        deadline = time.monotonic() + 30
        while "at the end" not in tmux("capture-pane", "-p"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert tmux("list-buffers", "-F", "#{buffer_sample}") == "what was copied\n"
        assert "Salon" in tmux("display-message", "-p", "#{pane_title}")
    finally:
        tmux("kill-server")
