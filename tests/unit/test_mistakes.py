"""What nobody expected, off the screen: a few clean lines for the person, all of it in the log, no secret in either."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CANARY = "sk-ant-canary-0123456789abcdef"
HOSTILE = "\\x1b]0;hacked\\x07\\x9b31m\\u202e"
START = f"""
import asyncio, faulthandler, logging, os, sys, threading
from pathlib import Path
from salon import cli, logs
def fail(*_, **__):
    secret_local = {CANARY!r}
    raise RuntimeError("the mistake, {HOSTILE}, " + secret_local)
"""
PLACES = {
    "before anything": "cli.parser = fail; cli.main(['-p', 'x'])",
    "while the parts are put together": "import salon.wiring as w; w.build = fail; cli.main(['--demo', '-p', 'x'])",
    "in a command": "import salon.commands.line as line; line.Desk = fail; cli.main(['sessions', 'list'])",
    "in an answer": "import salon.headless as h; h.Headless.run = fail; cli.main(['--demo', '-p', 'x'])",
    "an exception of a hostile name": (
        "odd = type('Odd' + chr(27) + ']0;hacked' + chr(7), (Exception,), {})\n"
        "def fail(*_): raise odd\ncli.parser = fail; cli.main(['x'])"
    ),
}


def run(tmp_path: Path, script: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    told = {**os.environ, **{f"SALON_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "STATE", "CACHE")}}
    told |= {"ANTHROPIC_API_KEY": CANARY, **environment}
    return subprocess.run([sys.executable, "-c", START + script], capture_output=True, text=True, env=told, timeout=60)


def log_of(tmp_path: Path) -> str:
    return (tmp_path / "STATE" / "salon.log").read_text()


@pytest.mark.parametrize("place", PLACES)
def test_a_mistake_is_three_lines_and_a_log(tmp_path: Path, place: str) -> None:
    done = run(tmp_path, PLACES[place])
    assert done.returncode == 1
    told = done.stderr.splitlines()
    assert told[0].startswith("Salon ended because of a mistake of its own (")
    assert told[1:] == [
        "What was saved is safe.",
        f"What happened is in {tmp_path / 'STATE' / 'salon.log'}; please send its last part with a report.",
    ]
    log = log_of(tmp_path)
    assert "Traceback" in log
    for output in (done.stdout, done.stderr, log):
        assert CANARY not in output
        assert not any(char in output for char in "\x1b\x07\x9b\u202e")
    assert "secret_local =" not in log.replace("    secret_local = ", "")
    assert (tmp_path / "STATE" / "salon.log").stat().st_mode & 0o777 == 0o600


def test_where_there_can_be_no_log_that_is_said_instead(tmp_path: Path) -> None:
    (tmp_path / "STATE").write_text("a file in the way")
    done = run(tmp_path, PLACES["before anything"])
    assert "No log is kept" in done.stderr
    assert "Traceback" not in done.stderr
    assert CANARY not in done.stderr


def test_threads_tasks_and_warnings_go_to_the_log_of_commands_as_well(tmp_path: Path) -> None:
    script = """
import salon.commands.line as line
def odd(*_):
    thread = threading.Thread(target=fail); thread.start(); thread.join()
    async def lost():
        asyncio.get_running_loop().call_soon(fail)
        task = asyncio.create_task(asyncio.to_thread(fail))
        await asyncio.sleep(0.05)
    asyncio.run(lost())
    logging.getLogger("salon.store").warning("a file called %s", "\\x1b]0;hacked\\x07")
    raise line.SalonError("enough")
line.Desk = odd
sys.exit(cli.main(["sessions", "list"]))
"""
    done = run(tmp_path, script)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "salon: enough\n")
    log = log_of(tmp_path)
    for expected in ("Exception in thread", "Exception in callback", "never retrieved", "a file called"):
        assert expected in log
    assert CANARY not in log
    assert "\x1b" not in log


def test_a_command_that_has_nothing_to_log_makes_no_file(tmp_path: Path) -> None:
    assert run(tmp_path, "sys.exit(cli.main(['sessions', 'list']))").returncode == 0
    assert not (tmp_path / "STATE").exists()


def test_a_dump_of_all_threads_has_no_values(tmp_path: Path) -> None:
    script = "import salon.headless as h\nh.Headless.run = lambda *_: os.abort()\ncli.main(['--demo', '-p', 'x'])"
    done = run(tmp_path, script, PYTHONFAULTHANDLER="1")
    assert done.returncode < 0
    assert "most recent call first" in done.stderr
    assert CANARY not in done.stderr


def test_ctrl_c_and_a_closed_pipe_are_no_mistakes(tmp_path: Path) -> None:
    for kind in ("KeyboardInterrupt", "BrokenPipeError"):
        done = run(tmp_path, f"def fail(*_): raise {kind}\ncli.parser = fail; cli.main(['-p', 'x'])")
        assert done.stderr == ""
        assert not (tmp_path / "STATE").exists()
