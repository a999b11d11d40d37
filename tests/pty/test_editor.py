"""The draft in the person's own editor: what arrives meanwhile, and the terminal afterwards."""

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from home import Home
from terminal import Terminal, quit_quietly

_EDITOR = """
import os, sys, pathlib
file = pathlib.Path(sys.argv[-1])
root = pathlib.Path(os.environ["HOME"])
text = file.read_text("utf-8")
(root / "seen").write_text(repr((text, oct(file.stat().st_mode), oct(file.parent.stat().st_mode), sorted(os.environ))))
{body}
"""


def editor(home: Home, body: str) -> str:
    """A command that runs `body` with `file`, `text` and `root`."""
    script = home.root / "my editor.py"
    script.write_text(_EDITOR.format(body=body), encoding="utf-8")
    return f"{sys.executable} '{script}' --wait"


SHELL = """
import subprocess, sys
salon = subprocess.Popen([sys.executable, "-m", "salon", *sys.argv[2:]])
open(sys.argv[1], "w").write(str(salon.pid))
sys.exit(salon.wait())
"""
"""What has started Salon and waits for it, as a shell does; it notes the process id in the file that it is given."""


def open_demo(home: Home, **environment: str) -> Terminal:
    return home.start("--demo", columns=100, rows=30, cold=False, **environment).until("A new chat with")


def test_the_editors_text_is_the_draft_and_nobody_else_sees_it(home: Home) -> None:
    command = editor(home, "(root / 'where').write_text(str(file))\nfile.write_text(text + ' and more\\n', 'utf-8')")
    runtime = home.root / "runtime"
    runtime.mkdir(mode=0o700)
    secrets = {"ANTHROPIC_API_KEY": "sk-ant-secret", "GITHUB_TOKEN": "x", "MY_PASSWORD": "y", "PAGER": "less"}
    with open_demo(home, VISUAL=command, EDITOR="false", XDG_RUNTIME_DIR=str(runtime), **secrets) as terminal:
        terminal.send("hello")
        terminal.until("> hello").send("\x18\x05")
        terminal.until("> hello and more")
        terminal.send("\x1f")
        terminal.until_gone("and more")
        assert "> hello" in terminal.text
        quit_quietly(terminal)
    text, file_mode, folder_mode, names = eval((home.root / "seen").read_text())
    assert (text, file_mode, folder_mode) == ("hello", oct(stat.S_IFREG | 0o600), oct(stat.S_IFDIR | 0o700))
    assert "PAGER" in names
    assert not {"ANTHROPIC_API_KEY", "GITHUB_TOKEN", "MY_PASSWORD"} & set(names)
    assert Path((home.root / "where").read_text()).parent.parent == runtime
    assert list(runtime.iterdir()) == []


def test_an_answer_goes_on_arriving_on_disk_while_the_editor_runs(home: Home) -> None:
    body = """
import time
sessions = root / "config" / "demo" / "sessions"
def size(): return sum(each.stat().st_size for each in sessions.rglob("*.jsonl"))
first = size()
deadline = time.monotonic() + 20
while size() <= first + 200 and time.monotonic() < deadline:
    time.sleep(0.02)
file.write_text(f"grown {size() > first + 200}")
"""
    with open_demo(home, EDITOR=editor(home, body), SALON_DEMO_PACE="0.3") as terminal:
        terminal.send("tour\r")
        terminal.until("Streaming").send("\x1b[23~")
        terminal.until("> grown True")
        terminal.send("\x1b")
        quit_quietly(terminal)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("file.write_text('lost'); sys.exit(3)", "ended with code 3"),
        ("import signal; os.kill(os.getpid(), signal.SIGKILL)", "was ended by signal 9"),
        ("file.write_bytes(b'\\xff\\xfe\\xff')", "not UTF-8"),
        ("file.unlink()", "Your text is kept"),
    ],
    ids=["a code", "killed", "no text", "no file"],
)
def test_an_editor_that_fails_leaves_the_draft_and_the_terminal_whole(home: Home, body: str, sentence: str) -> None:
    mess = "import tty; tty.setraw(0); os.write(1, b'\\x1b[?1049h\\x1b[?1003h\\x1b[?25l\\x1b[5;9r\\x1b[31m\\x0e')\n"
    with open_demo(home, EDITOR=editor(home, mess + body)) as terminal:
        terminal.send("my draft")
        terminal.until("> my draft").send("\x1b[23~")
        terminal.until(sentence)
        assert "> my draft" in terminal.text
        terminal.send(" goes on")
        terminal.until("> my draft goes on")
        quit_quietly(terminal)


def test_an_editor_that_is_not_there_is_named(home: Home) -> None:
    with open_demo(home, EDITOR="no-such-editor --flag") as terminal:
        terminal.send("my draft")
        terminal.until("> my draft").send("\x1be")
        terminal.until("no-such-editor could not be started").until("> my draft")
        quit_quietly(terminal)


def test_ctrl_c_in_the_editor_is_the_editors(home: Home) -> None:
    body = "import time\nprint('editing', flush=True)\ntime.sleep(60)"
    with open_demo(home, EDITOR=editor(home, body)) as terminal:
        terminal.send("my draft")
        terminal.until("> my draft").send("\x1b[23~")
        terminal.until("editing").send("\x03")
        terminal.until("Your text is kept").until("> my draft")
        quit_quietly(terminal)


def test_ctrl_z_goes_to_the_shell_and_fg_brings_the_screen_back(home: Home) -> None:
    noted = home.root / "pid"
    with home.start_program("-c", SHELL, str(noted), "--demo") as terminal:
        terminal.until("A new chat with").send("my draft")
        terminal.until("> my draft").send("\x1a")
        terminal.until(lambda: terminal.modes().get(1049) is False)
        terminal.read_for(0.2)
        os.kill(int(noted.read_text()), signal.SIGCONT)
        terminal.until(lambda: terminal.modes().get(1049) is True).until("> my draft").until("A new chat with")
        terminal.send(" on")
        terminal.until("> my draft on")
        quit_quietly(terminal)
