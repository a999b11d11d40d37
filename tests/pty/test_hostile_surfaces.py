"""Hostile words through every surface beside the chat itself: each row of the tables is a sink and a way to get there.

Several sinks share one start of the app, because a start is what costs.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import pytest

import hostile_tools
from home import Home
from hostile_corpus import CORPUS, hostile_names, hostile_texts, writable
from hostile_terminal import ALL, DOWN, ONE_LINE, assert_nothing_obeyed, paste, press, seeded
from loopback_api import LoopbackApi, answer_of, loopback_api, text_deltas
from salon.settings import Settings
from terminal import Terminal, quit_quietly

KEY = {"ANTHROPIC_API_KEY": "sk-ant-canary"}
ENTER, ESC, CLEAR, PAGE, SETTINGS = "\r", "\x1b", "\x18h\x7f", "\x1b[6~", "\x18\x0f"


def quoted(text: str) -> str:
    """A text as TOML has it."""
    return json.dumps(writable(text), ensure_ascii=False).replace("\x7f", "\\u007f")


TOML = [quoted(text) for text in hostile_texts()]


@pytest.fixture
def api() -> Iterator[LoopbackApi]:
    with loopback_api() as server:
        yield server


def started(home: Home, *arguments: str, **environment: str) -> Terminal:
    return home.start(*arguments, columns=100, rows=30, cold=False, **environment)


class Way(NamedTuple):
    """A sink: the keys that open it, what then stands on the screen, the keys inside, and the one that leaves it."""

    opens: tuple[str, ...]
    sees: str
    then: tuple[str, ...] = ()
    leaves: str = ESC


def visit(terminal: Terminal, ways: dict[str, Way]) -> None:
    """Go every way; a sink is looked at as soon as it was seen, so that a failure names it."""
    for sink, way in ways.items():
        try:
            for key in way.opens:
                press(terminal, key)
            terminal.until(way.sees)
            press(terminal, *way.then)
            assert_nothing_obeyed(terminal, at_rest=False)
            terminal.send(way.leaves)
            terminal.until_gone(way.sees)
        except AssertionError as error:
            raise AssertionError(f"{sink}: {error}") from error


# what a person's own files say

OWN_FILES = {
    "the palette": Way(("\x10",), "Everything that can", (DOWN * 30,)),
    "the settings": Way((SETTINGS,), "Settings", (*[DOWN * 3] * 13,)),
    "a setting": Way((SETTINGS, DOWN * 5, ENTER), "Enter keeps"),
    "the settings after that": Way((), "Settings"),
    "themes": Way(("\x1b[21~",), "Themes", (*[DOWN * 5] * 8,)),
    "templates": Way(("/template\r",), "Templates", (*[PAGE] * 9,)),
    "templates behind the slash": Way((CLEAR, "/template "), "evil.example", (*[DOWN * 5] * 4,), CLEAR),
    "saved prompts": Way((CLEAR, "\x1bp"), "Saved prompts", (*[PAGE] * 9,)),
    "the manual": Way((CLEAR, "\x1bOP"), "Keys", (PAGE,)),
}


def test_what_a_persons_own_files_say(home: Home) -> None:
    config = home.root / "config"
    for place in ("themes", "prompts", "templates"):
        (config / place).mkdir(parents=True)
    for number, (name, text) in enumerate(zip(hostile_names(), TOML, strict=False)):
        (config / "themes" / f"{number:03}{name}.toml").write_text(f"name = {text}\nlabel = {text}\ndark = true\n")
        whole = f"name = {text}\nmodel = {text}\nsystem = {text}\nprompt = {text}\n"
        (config / "templates" / f"{number:03}{name}.toml").write_text(whole)
        (config / "prompts" / f"{number:03}{name}.md").write_text(f"{writable(hostile_texts()[number])} {{{{{name}}}}}")
    texts = [each.name for each in fields(Settings) if isinstance(getattr(Settings(), each.name), str)]
    wrong = [f"{name} = {quoted(ONE_LINE)}" for name in texts if name != "base_url"]
    servers = [f"[mcp.{text}]\ncommand = [{text}]" for text in TOML]
    servers += [f"[mcp.s{number}]\n{text} = {text}" for number, text in enumerate(TOML)]
    written = "\n".join([*wrong, *servers])
    (config / "config.toml").write_text(written)
    (config / "prices.toml").write_text("\n".join(f"[{text}]\n{text} = 1" for text in TOML))
    strange = {"EDITOR": "/nothing\x1b]0;hacked\x07\x9b31m", "TERM_PROGRAM": "\x1b]0;hacked\x07", "NO_COLOR": ""}
    with started(home, "--demo", PWD=str(config), **strange) as terminal:
        terminal.until("config.toml")
        visit(terminal, OWN_FILES)
        press(terminal, CLEAR, "words", "\x1b[23~")
        terminal.until("could not be started")
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


# what servers say

WAYS_OF_AN_ANSWER = {
    "the inspector": Way(("\x18i",), "Request and response", ("f", *[PAGE] * 12, "f")),
    "the costs": Way(("\x18c",), "Costs, in", (DOWN * 5,)),
    "the list of models": Way(("\x0c",), "Choose a model", (*[PAGE] * 8, "hacked")),
    "whom to compare": Way((CLEAR, "again", "\x1bq"), "Ask side by side", (DOWN * 9, "\t")),
    "the comparison": Way((CLEAR, "more", "\x1bq", DOWN, "\t", ENTER), "keeps the first", (PAGE, "l", PAGE)),
}


def test_what_servers_say(home: Home, api: LoopbackApi) -> None:
    api.models = [
        {"id": f"claude-{number}-{text}", "display_name": text} for number, text in enumerate(hostile_texts())
    ]
    api.events = answer_of(
        ({"type": f"strange {ALL}", ALL: ALL}, []),
        ({"type": "text", "text": ""}, [*text_deltas(ALL, 997), *text_deltas("\n\nAt the end.", 30)]),
        model=f"claude {ALL}",
    )
    with started(home, "--base-url", api.address, "hello", **KEY) as terminal:
        terminal.until("At the end.").until("Ready")
        visit(terminal, WAYS_OF_AN_ANSWER)
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def test_what_tools_say_and_are_asked(home: Home, api: LoopbackApi) -> None:
    server = json.dumps([sys.executable, hostile_tools.__file__, str(CORPUS.parent.parent), writable(ALL)[:60] + "x"])
    home.paths.config.mkdir()
    home.paths.settings_file.write_text(f"[mcp.evil]\ncommand = {server}\n".replace("\\u0000", ""))
    for name in ("say", "fail", "odd"):
        api.then.append(
            answer_of(({"type": "tool_use", "id": f"t{name}", "name": f"evil__{name}", "input": {}}, asked()))
        )
        for event in api.then[-1]:
            if event["type"] == "message_delta":
                event["delta"] = {"stop_reason": "tool_use"}
    api.events = answer_of(({"type": "text", "text": ""}, text_deltas("At the end.", 5)))
    with started(home, "--base-url", api.address, "hello", **KEY) as terminal:
        terminal.until("evil")
        for _ in range(3):
            terminal.until("Alt+1")
            press(terminal, *["\x1b5"] * 4)
            assert_nothing_obeyed(terminal, at_rest=False)
            terminal.send("\x1b1")
            terminal.until_gone("Alt+1")
        terminal.until("At the end.").until("Ready")
        press(terminal, "/tools\r", DOWN, ESC, "\x1b[Z", "f", "kkk", "v", ESC, ESC, "\x1b[1;5H", "\x1b[6~")
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


def asked() -> list[dict[str, str]]:
    return [{"type": "input_json_delta", "partial_json": json.dumps({ALL: [ALL, {ALL: ALL}]})}]


# what an editor leaves


def test_what_an_editor_leaves(home: Home) -> None:
    editor = home.root / "editor.py"
    text = writable(ALL).replace("\r", "")
    editor.write_text(f"import sys, pathlib\npathlib.Path(sys.argv[1]).write_text({text!r})\nsys.exit(7)\n")
    good = home.root / "good.py"
    good.write_text(editor.read_text().replace("sys.exit(7)", ""))
    with started(home, "--demo", EDITOR=f"{sys.executable} {good}") as terminal:
        terminal.until("Type tour").send("\x1b[23~")
        terminal.until("four")
        press(terminal, *["\x1b[A"] * 5, ENTER, "\x1b[1;3A", "/edit-system\r", "/system\r", ESC)
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)


# without the screen


def test_in_lines(home: Home) -> None:
    """What is typed is harmless, since a terminal echoes it by itself."""
    seeded(home)
    attached: list[str] = []
    for number, name in enumerate(hostile_names()[:20]):
        attached += ["--attach", str(home.root / f"{number}{name}.txt")]
        Path(attached[-1]).write_text("x")
    prompt = f"echo {writable(ALL)}".replace("\0", "")
    with started(home, "--accessible", "--demo", *attached, prompt) as terminal:
        terminal.until("End of answer")
        steps = ("/open", "1", "/read 3", "/open needle", "2", "/read", "/title", "/model", "1", "/help", "/attach 1")
        for step in (*steps, "error 400 always", "\u00b2", "9" * 3000, "2", "", "/read \u00b2", "/quit"):
            press(terminal, f"{step}\r")
        assert terminal.wait_exit() == 0
        assert_nothing_obeyed(terminal)


COMMANDS = [
    ["models", "--base-url", "API"],
    ["models", "--base-url", "API", "--json"],
    ["doctor", "--base-url", "API"],
    ["doctor", "--offline", "--json"],
    ["cost", "--demo", "--by", "model"],
    ["cost", "--demo", "--by", "model", "--json"],
    ["config", "show", "--origin"],
    ["config", "set", "theme", "\x1b]0;hacked\x07\u202e"],
    ["config", "set", "\x9b31m", "\x1b[31;5m"],
    ["keys"],
    ["mcp", "list"],
    ["manual", "\x1b]0;hacked\x07"],
    ["completion", "\x1b]0;hacked\x07"],
    ["sessions", "list", "--demo", "-n", "\x9b31m"],
    ["sessions", "show", "--demo", "CHAT"],
    ["sessions", "sweep", "--demo"],
    ["--base-url", "API", "-p", "hello"],
    ["--base-url", "API", "-p", "hello", "--json"],
    ["--accessible", "--demo", "--attach", "/nothing/\x1b]0;hacked\x07"],
    ["--config-dir", "/nothing/\x1b]0;hacked\x07\u202e", "-p", "hello"],
]


def test_the_other_commands_on_a_terminal(home: Home, api: LoopbackApi) -> None:
    seeded(home)
    api.models = [{"id": f"claude {text}", "display_name": text, "deprecated": text} for text in hostile_texts()]
    api.events = answer_of(({"type": "text", "text": ""}, text_deltas(ALL, 13)), model=ALL)
    chat = home.library.list()[0].id
    month = next(home.paths.for_demo().sessions.iterdir())
    for number, name in enumerate(hostile_names()[:40]):
        (month / f"{chat} ({number}{name}).jsonl").mkdir()  # what cannot be looked into is warned of
    home.paths.settings_file.write_text("\n".join(f"{text} = {text}" for text in TOML))
    home.paths.keys_file.write_text("\n".join(f"{text} = {text}" for text in TOML))
    strange = {
        "TERM": "xterm-256color",
        "TERM_PROGRAM": "\x1b]0;hacked\x07",
        "VISUAL": "\x9b31m",
        "SALON_THEME": ONE_LINE.replace("\0", ""),
    }
    for command in COMMANDS:
        words = [{"API": api.address, "CHAT": chat}.get(word, word).replace("\0", "") for word in command]
        with started(home, *words, **KEY, **strange, LC_MESSAGES="\x1b]0;hacked\x07") as terminal:
            if command[0] == "doctor":
                terminal.until(lambda: b"\x1b[c" in terminal.raw or terminal.process.poll() is not None)
                terminal.send(b"\x1b[?62;22c")
            terminal.wait_exit()
            raw = bytes(terminal.raw).replace(b"\x1b[?u\x1b[c", b"")  # doctor asks which keys there are
            terminal.raw[:] = raw
            assert_nothing_obeyed(terminal)


def test_terminals_that_call_themselves_something_hostile(home: Home) -> None:
    for term in ("xterm\x1b]0;hacked\x07", "\x9b31m", "x" * 3000, "../../etc/passwd"):
        with started(home, "--demo", TERM=term, COLORTERM=term) as terminal:
            terminal.until("Type tour")
            quit_quietly(terminal)
            assert_nothing_obeyed(terminal)


def test_pasting_into_every_field_of_the_newer_screens(home: Home) -> None:
    words = ONE_LINE.replace("\x1b", "")
    opened = {"the settings": "/settings\r", "the palette": "\x10", "templates": "/template\r", "the tree": "\x1bj"}
    with started(home, "--demo", "echo words") as terminal:
        terminal.until("Ready")
        for keys in opened.values():
            press(terminal, keys)
            paste(terminal, f"\x9b31m\u202e\U000e0041{words}")
            press(terminal, ESC, ESC, CLEAR)
        quit_quietly(terminal)
        assert_nothing_obeyed(terminal)
