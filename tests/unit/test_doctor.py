"""`salon doctor`: what it sees, what it says to do, and that it gives no secret away."""

import errno
import json
import os
import socket
import stat
import zipfile
from pathlib import Path

import pytest

from salon.chat.ids import new_id
from salon.commands.line import run
from salon.paths import Paths
from salon.store.lock import SessionLock
from store_support import file_of, prompt

CANARY = "sk-ant-api03-canary-8f2b61d9aa-wXyZ"
GATEWAY_KEY = "a key of another shape"
WORDS_OF_A_CHAT = "the secret recipe of my grandmother"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
        (tmp_path / name).mkdir(mode=0o700)
    for name in ("CLAUDE_API_KEY", "ANTHROPIC_AUTH_TOKEN", "NO_COLOR", "TMUX", "STY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("HOME", str(tmp_path))
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


def examined(capsys: pytest.CaptureFixture[str], *arguments: str, trouble: bool = False) -> dict[str, dict[str, str]]:
    """The findings by their topic; of several on one topic the last."""
    assert run(["doctor", "--json", "--offline", *arguments]) == int(trouble)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {finding["topic"]: finding for finding in found}


def test_everything_is_looked_at_and_well(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    found = examined(capsys)
    assert list(found) == [
        "versions",
        "terminal",
        "colours",
        "keys",
        "clipboard",
        "config directory",
        "state directory",
        "cache directory",
        "chats",
        "locks",
        "search index",
        "list of chats",
        "log",
        "settings",
        "credentials",
        "server",
    ]
    assert "textual 8" in found["versions"]["says"]
    assert "anthropic 2" in found["versions"]["says"]
    assert found["credentials"]["says"] == "From env ANTHROPIC_API_KEY; the key is not shown."


def test_the_server_is_asked_with_one_cheap_call(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json", "--demo"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["topic"] == "server"
    assert last["says"].startswith("the demo answered in ")


def test_a_server_that_is_not_there_is_said_with_what_to_do(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        assert run(["doctor", "--base-url", f"http://{host}"]) == 1
    told = capsys.readouterr().out
    assert f"! server:            Nothing answers at {host}." in told
    assert "1 thing to mend, marked with “!”." in told


def test_no_key_is_said(paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    found = examined(capsys, trouble=True)["credentials"]
    assert (found["says"], found["state"]) == ("There is no API key.", "bad")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_directory_that_others_can_read_is_said(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.config.chmod(0o755)
    found = examined(capsys, trouble=True)["config directory"]
    assert "Others on this computer can get into" in found["says"]
    assert found["do"] == f"Run: chmod go-rwx '{paths.config}'"


@pytest.mark.parametrize("what", ["config", "state", "cache"])
def test_a_directory_that_cannot_be_entered_is_said(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Told to the process, since whoever runs the tests as root may enter any."""
    closed, stat_of = getattr(paths, what), Path.stat

    def refuse(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if closed in path.parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat_of(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)
    assert run(["doctor", "--json", "--offline"]) in {0, 1}
    told = [json.loads(line)["topic"] for line in capsys.readouterr().out.splitlines()]
    assert {"chats", "locks", "search index", "server"} <= set(told)
    assert run(["list"]) == 0


def test_a_damaged_index_is_said(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.search_index.write_bytes(b"no database" * 1000)
    found = examined(capsys, trouble=True)["search index"]
    assert found["says"].startswith("Damaged (")
    assert found["do"] == f"Remove '{paths.search_index}'; it is made anew from the chats."


@pytest.mark.skipif(os.name != "posix", reason="there is no flock")
def test_who_holds_a_lock_is_said(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    held = SessionLock.acquire(paths.locks, "held")
    assert examined(capsys)["locks"]["says"] == f"held is open in process {os.getpid()}."
    held.release()
    assert examined(capsys)["locks"]["says"] == "No chat is open elsewhere."


@pytest.mark.skipif(os.name != "posix", reason="there is no flock")
def test_locks_that_were_left_behind_are_told_in_one_line(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.locks.mkdir(parents=True, mode=0o700)
    for number in range(200):
        mine = json.dumps({"pid": number + 2**22, "host": socket.gethostname()})
        (paths.locks / f"{number}.lock").write_text(mine if number else "\0garbage")
    told = "200 locks were left behind by a process that has ended; that holds nobody up."
    assert examined(capsys)["locks"]["says"] == told
    (paths.locks / "x.lock").write_text(json.dumps({"pid": 12, "host": "laptop\x1b[31m"}))
    run(["doctor", "--json", "--offline"])
    elsewhere = next(line for line in capsys.readouterr().out.splitlines() if "laptop" in line)
    assert json.loads(elsewhere)["do"] == f"If it is not open there, remove '{paths.locks / 'x.lock'}'"
    assert "\\u001b" not in elsewhere


@pytest.mark.parametrize(
    ("line", "told"),
    [("thinking = 'sideways'", "thinking"), ("theme_dark = 'salon-drak'", 'no theme "salon-drak", which the setting')],
)
def test_wrong_settings_are_said(paths: Paths, capsys: pytest.CaptureFixture[str], line: str, told: str) -> None:
    paths.settings_file.write_text(f"{line}\n")
    assert told in examined(capsys, trouble=True)["settings"]["says"]


@pytest.mark.parametrize(
    ("variables", "topic", "says"),
    [
        ({"TERM": "dumb"}, "terminal", "TERM is dumb: no full screen."),
        ({"COLORTERM": "truecolor"}, "colours", "16 million (COLORTERM)."),
        ({"NO_COLOR": "1"}, "colours", "NO_COLOR is set, so there are none."),
        ({"COLORTERM": "", "TERM": "vt100"}, "colours", "16 or fewer."),
        ({"TMUX": "/x,1,0"}, "clipboard", "Copies through the terminal (OSC 52), which does not say whether it obeys."),
    ],
)
def test_what_the_environment_says(
    paths: Paths,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    topic: str,
    says: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    trouble = variables.get("TERM") == "dumb"
    assert examined(capsys, trouble=trouble)[topic]["says"] == says


def test_no_secret_and_no_chat_is_in_a_bundle(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keys of any shape are taken out wherever they stand, names of files included; what a person wrote never goes in.

    Other names of files stay, below “~”: without them a report of a file that cannot be read says nothing.
    """
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2-of-the-proxy@proxy.example")
    folder = paths.sessions / "2026-11"
    folder.mkdir(parents=True, mode=0o700)
    session_id = new_id()
    head = {"k": "head", "id": session_id, "min": 1}
    (folder / f"{session_id}.jsonl").write_bytes(file_of([head, prompt("p1", None, WORDS_OF_A_CHAT)]))
    paths.credentials_file.write_text(
        f'[keys]\n"api.anthropic.com" = "{CANARY}2"\n"gateway.example" = "{GATEWAY_KEY}"\n'
    )
    themes = paths.config / "themes"
    themes.mkdir(mode=0o700)
    (themes / f"{CANARY}.toml").write_text("nonsense = ")
    paths.credentials_file.chmod(0o600)
    paths.settings_file.write_text(f'system = "{WORDS_OF_A_CHAT}"\ntheme = "{CANARY}"\nthinking = "open"\n')
    logged = f"Authorization: Bearer {CANARY} was refused in {tmp_path}/x"
    paths.log_file.write_text(f"2026 ERROR salon: {logged}\n{GATEWAY_KEY} hunter2-of-the-proxy")
    bundle = tmp_path / "report.zip"
    run(["doctor", "--offline", "--bundle", str(bundle)])
    told = capsys.readouterr()
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    with zipfile.ZipFile(bundle) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert set(files) == {"doctor.txt", "doctor.json", "settings.txt", "log.txt"}
    everything = "".join(files.values())
    for secret in (CANARY, CANARY[:20], GATEWAY_KEY, "hunter2-of-the-proxy", WORDS_OF_A_CHAT):
        assert secret not in everything + told.out + told.err
    assert "was refused in ~/x" in files["log.txt"]
    assert "thinking = 'open'" in files["settings.txt"]
    assert str(tmp_path) not in everything


def test_a_bundle_takes_nobodys_place(paths: Paths, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    there = tmp_path / "mine.zip"
    there.write_bytes(b"precious")
    assert run(["doctor", "--offline", "--bundle", str(there)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert there.read_bytes() == b"precious"
