"""The app's log keeps no secret and never reaches the terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from salon.logs import keep_secret, without_secrets

KEY = "sk-ant-api03-" + "Ab-_9" * 18
START = """
import logging, os, sys, threading, warnings
from pathlib import Path
from salon.logs import keep_secret, start_logging
from salon.paths import Paths
root = Path(sys.argv[1])
trouble = start_logging(Paths(root / "c", root / "s", root / "k"))
log = logging.getLogger("somewhere")
"""


def run(tmp_path: Path, script: str) -> "subprocess.CompletedProcess[str]":
    """Run `script` after logging has been started, in a process of its own: logging is global."""
    environment = {**os.environ, "ANTHROPIC_LOG": "debug"}
    return subprocess.run(
        [sys.executable, "-c", START + script, str(tmp_path)], capture_output=True, text=True, env=environment
    )


def log_of(tmp_path: Path) -> str:
    return (tmp_path / "s" / "salon.log").read_text()


def test_nothing_reaches_the_terminal_and_everything_the_log(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        """
log.error("said %s", "so")
warnings.warn("warned")
logging.getLogger("x").critical("bad \\x1b[31m \\udc80 line")
thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start(); thread.join()
class Odd:
    def __del__(self): raise KeyError("unraisable")
Odd()
log.error("broken %d", "format")
try:
    local_variable_with_a_secret = "do not show"
    raise ValueError("caught")
except ValueError:
    log.exception("oops")
assert "ANTHROPIC_LOG" not in os.environ
assert trouble == ""
""",
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    log = log_of(tmp_path)
    for expected in ("said so", "warned", "Exception in thread worker", "ZeroDivisionError", "unraisable", "caught"):
        assert expected in log
    assert "\\x1b[31m" in log
    assert "\x1b" not in log
    assert "do not show" not in "".join(line for line in log.splitlines() if "local_variable" not in line)


def test_no_secret_is_written_however_it_gets_there(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        f"""
keep_secret("correct horse battery")
class Sly:
    def __str__(self): return "{KEY}"
log.error("key {KEY}")
log.error("key %s and %r", "{KEY}", {{"x-api-key": "plain-token-1"}})
log.error("%s", Sly())
log.error("Authorization: Bearer plain.token-2==")
log.error("my correct horse battery staple")
try:
    raise RuntimeError("refused x-api-key: plain-token-3, sorry")
except RuntimeError as error:
    log.exception("failed", exc_info=error)
""",
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    log = log_of(tmp_path)
    assert not [secret for secret in ("sk-ant", "plain", "correct horse") if secret in log]
    assert log.count("[hidden]") == 7
    assert "staple" in log
    assert ", sorry" in log


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing to hide", "nothing to hide"),
        (f"a {KEY}, b", "a [hidden], b"),
        ('{"api_key": "abc", "x": 1}', '{"api_key": "[hidden]", "x": 1}'),
        ("headers={b'x-api-key': b'abc'}", "headers={b'x-api-key': b'[hidden]'}"),
        ("the bearer of news", "the bearer of news"),
    ],
)
def test_what_is_hidden_and_what_is_not(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_a_short_secret_does_not_spoil_every_line() -> None:
    keep_secret("a")
    assert without_secrets("banana") == "banana"


def test_the_log_is_private_and_rotates(tmp_path: Path) -> None:
    done = run(tmp_path, 'for number in range(50): log.error("x" * 100_000)')
    assert done.stderr == ""
    files = sorted((tmp_path / "s").iterdir())
    assert [file.name for file in files] == ["salon.log", "salon.log.1", "salon.log.2"]
    assert all(file.stat().st_size <= 1_000_000 and file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700


def test_where_no_log_can_be_kept_that_is_said_once_and_nothing_is_printed(tmp_path: Path) -> None:
    (tmp_path / "s").touch()
    done = run(tmp_path, 'log.error("lost")\nwarnings.warn("lost")\nassert "No log is kept" in trouble, trouble')
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
