"""The command line, as a shell and a script see it."""

import json
import os
import resource
import signal
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from home import Home
from salon.chat.events import TurnEvent
from terminal import assert_left_as_found

HEAVY = {"textual", "rich", "anthropic", "httpx2", "markdown_it", "pygments", "asyncio"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_is_asked_in_passing_is_answered_at_once(home: Home, option: str) -> None:
    script = f"""
import sys
from salon.cli import main
try:
    main([{option!r}])
except SystemExit as end:
    assert end.code == 0
sys.exit(", ".join({HEAVY!r} & set(sys.modules)) or 0)
"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=home.environment(), check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(("usage: salon", "salon "))
    assert after.ru_utime - before.ru_utime < 0.5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--nonsense"], "unrecognized arguments"),
        (["-c", "-r", "words"], "not allowed with"),
        (["--json"], "go with -p"),
        (["-p", "--demo"], "nothing to answer"),
        (["-p", "--demo", "   "], "nothing to answer"),
        (["--demo"], "needs a terminal"),
        (["-p", "-r", "--demo", "-s", "x"], "nothing to answer"),
        (["-p", "hello", "--base-url", "http://example.com"], "https"),
    ],
)
def test_a_wrong_command_line_is_told_in_a_sentence(home: Home, arguments: list[str], told: str) -> None:
    outcome = home.run(*arguments)
    assert outcome.code == 2
    assert told in outcome.err
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


def test_a_terminal_that_cannot_show_a_screen_is_told_so(home: Home) -> None:
    with home.start("--demo", TERM="dumb") as terminal:
        terminal.until("Use -p to answer on standard output.")
        assert terminal.wait_exit() == 2
        assert b"\x1b" not in terminal.raw


def test_without_credentials_print_says_what_is_missing(home: Home) -> None:
    outcome = home.run("-p", "hello")
    assert outcome.code == 3
    assert outcome.out == ""
    assert outcome.err == "salon: No API key yet. Set ANTHROPIC_API_KEY, or start salon once and paste a key.\n"


def test_the_answer_is_all_that_print_prints(home: Home) -> None:
    outcome = home.run("--demo", "-p", "echo this:", typed="two words", cold=True)
    assert (outcome.code, outcome.out, outcome.err) == (0, "two words\n", "")
    assert home.said() == [("user", "complete", "echo this:\n\ntwo words"), ("assistant", "complete", "two words")]


def test_an_answer_to_a_pipe_is_what_the_model_wrote(home: Home) -> None:
    written = "red \x1b[31m, a bell \x07, hidden \u202e\U000e0041, half \ud83d, and a tab\t."
    outcome = home.run("--demo", "-p", "echo " + written.replace("\ud83d", "\ufffd"))
    assert outcome.out == written.replace("\ud83d", "\ufffd") + "\n"


def test_no_save_leaves_nothing_behind(home: Home) -> None:
    outcome = home.run("--demo", "--no-save", "-p", "echo secret plans")
    assert outcome.out == "secret plans\n"
    files = [file for file in home.root.rglob("*") if file.is_file() and file.name not in {"stdin", "stdout", "stderr"}]
    assert [file for file in files if b"secret plans" in file.read_bytes()] == []
    assert not home.paths.config.exists()
    assert home.run("--demo", "--no-save", "-p", "error 400 always").err.count("saved") == 0


def test_json_is_one_documented_event_a_line(home: Home) -> None:
    outcome = home.run("--demo", "--json", "-p", "thinking")
    events = [json.loads(line) for line in outcome.out.splitlines()]
    documented = {
        "".join(f"_{char.lower()}" if char.isupper() else char for char in kind.__name__).lstrip("_")
        for kind in typing.get_args(TurnEvent)
    }
    names = [event["event"] for event in events]
    assert set(names) <= documented
    assert names[0] == "connecting"
    assert names[-1] == "finished"
    assert {"thinking_delta", "text_delta", "usage_updated"} <= set(names)
    (text,) = (block["text"] for block in events[-1]["message"]["content"] if block["type"] == "text")
    assert "".join(event["text"] for event in events if event["event"] == "text_delta") == text


def test_a_failure_is_told_on_standard_error(home: Home) -> None:
    outcome = home.run("--demo", "-p", "error 400 always")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Your message is saved." in outcome.err
    assert [role for role, _, _ in home.said()] == ["user", "assistant"]
    assert home.run("--demo", "-p", "error 401 always").code == 3


def test_an_answer_that_is_cut_is_kept_and_told(home: Home) -> None:
    outcome = home.run("--demo", "-p", "drop")
    assert outcome.code == 1
    assert "salon -c" in outcome.err
    answer = home.said()[1]
    assert answer[1] == "interrupted"
    assert outcome.out.rstrip("\n") == answer[2].rstrip("\n")
    assert outcome.out.endswith("\n")


def test_an_interrupted_print_says_so_and_keeps_what_came(home: Home) -> None:
    with home.start("--demo", "-p", "long", SALON_DEMO_PACE="0.3") as terminal:
        terminal.until("This answer is long").send("\x03")
        assert terminal.wait_exit() == 130
        assert "Traceback" not in terminal.text
        shown = bytes(terminal.raw).replace(b"\r\n", b"\n").removesuffix(b"\n").decode()
    role, status, text = home.said()[1]
    assert (role, status) == ("assistant", "stopped")
    assert text.rstrip() == shown.replace("^C", "").rstrip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_print_with_everything_kept(home: Home, number: signal.Signals) -> None:
    read, write = os.pipe()
    with open(os.devnull, "rb") as nothing, open(read, "rb") as out:  # noqa: PTH123 - one is a descriptor
        process = home.warm().start(
            ["--demo", "-p", "long"], home.environment(SALON_DEMO_PACE="0.3"), (nothing.fileno(), write, 2)
        )
        os.close(write)
        shown = out.read(200)
        os.kill(process.pid, number)
        shown += out.read()
        assert process.wait(10) == 128 + number
    role, status, text = home.said()[1]
    assert (role, status) == ("assistant", "stopped")
    assert text.rstrip("\n") == shown.decode().rstrip("\n")


def test_a_reader_that_goes_away_is_no_error(home: Home) -> None:
    read, write = os.pipe()
    err = home.root / "err"
    with open(os.devnull, "rb") as nothing, open(read, "rb", buffering=0) as out, err.open("wb") as told:  # noqa: PTH123
        process = home.warm().start(
            ["--demo", "-p", "long"],
            home.environment(SALON_DEMO_PACE="0.1"),
            (nothing.fileno(), write, told.fileno()),
        )
        os.close(write)
        beginning = out.read(10)
    assert process.wait(20) == 0
    assert err.read_text() == ""
    role, status, text = home.said()[1]
    assert (role, status) == ("assistant", "stopped")
    assert text.encode().startswith(beginning)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_behind_standard_output_is_told(home: Home) -> None:
    err = home.root / "err"
    with open(os.devnull, "rb") as nothing, open("/dev/full", "wb") as full, err.open("wb") as told:  # noqa: PTH123
        process = home.warm().start(
            ["--demo", "-p", "echo hello"], home.environment(), (nothing.fileno(), full.fileno(), told.fileno())
        )
    assert process.wait(20) == 1
    assert err.read_text() == (
        "salon: Standard output takes nothing: No space left on device.\n"
        "salon: The answer so far is saved. salon -c shows the chat.\n"
    )
    assert home.said()[0] == ("user", "complete", "echo hello")


def test_print_goes_on_with_the_last_chat_or_a_named_one(home: Home) -> None:
    assert home.run("--demo", "-p", "echo apples").code == 0
    assert home.run("--demo", "-p", "-c", "echo pears").out == "pears\n"
    assert [text for _, _, text in home.said()] == ["echo apples", "apples", "echo pears", "pears"]
    assert home.run("--demo", "-p", "echo apples and plums").code == 0
    ambiguous = home.run("--demo", "-p", "-r", "apples", "echo no")
    assert (ambiguous.code, ambiguous.out) == (2, "")
    assert home.run("--demo", "-p", "-r", "plums apples", "echo figs").out == "figs\n"
    missing = home.run("--demo", "-p", "-r", "quinces", "echo no")
    assert (missing.code, missing.out) == (1, "")
    assert "quinces" in missing.err
    by_id = home.chats()[0].id
    assert home.run("--demo", "-p", "-r", by_id, "echo dates").out == "dates\n"
    assert [len(chat.messages) for chat in home.chats()] == [6, 4]


def test_a_chat_that_is_open_elsewhere_is_not_written_to(home: Home) -> None:
    with home.start("--demo", "echo mine") as terminal:
        terminal.until("saved").until(lambda: len(home.chats()) == 1 and len(home.only_chat().messages) == 2)
        outcome = home.run("--demo", "-p", "-c", "echo yours")
        assert outcome.code == 1
        assert "open in another window" in outcome.err
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert_left_as_found(terminal)
    assert home.run("--demo", "-p", "-c", "echo yours").code == 0


def test_a_chat_is_gone_on_with_by_its_id(home: Home) -> None:
    home.run("-p", "--demo", "echo one")
    listed = home.run("sessions", "list", "--demo", "--json")
    session_id = json.loads(listed.out.splitlines()[0])["id"]
    assert home.run("-p", "--demo", "--session", session_id, "echo two").out == "two\n"
    assert len(home.run("sessions", "list", "--demo", "--json").out.splitlines()) == 1
    unknown = home.run("-p", "--demo", "--session", session_id[:10], "echo three")
    assert (unknown.code, unknown.out) == (1, "")
    assert "No chat has the id" in unknown.err


def test_an_answer_that_was_to_fit_a_schema_is_json_or_a_failure(home: Home, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"a": {"type": "integer"}}}')
    fits = home.run("-p", "--demo", "--schema", str(schema), 'echo {"a": 1}')
    assert (fits.code, fits.out) == (0, '{"a": 1}\n')
    odd = home.run("-p", "--demo", "--schema", str(schema), "echo words")
    assert (odd.code, odd.out) == (1, "words\n")
    assert "not JSON" in odd.err
    for content in ("[1]", "{", "[" * 5_000):
        schema.write_text(content)
        refused = home.run("-p", "--demo", "--schema", str(schema), "echo x")
        assert (refused.code, refused.out) == (2, "")
        assert "cannot be used" in refused.err


def test_a_script_stops_at_a_budget_before_it_asks(home: Home) -> None:
    home.paths.config.mkdir(parents=True, exist_ok=True)
    home.paths.prices_file.write_text('["salon-demo"]\ninput = 1000\noutput = 1000\n')
    assert home.run("-p", "--demo", "hello").code == 0
    outcome = home.run("-p", "--demo", "hello", SALON_BUDGET_DAY="0.001")
    assert outcome.code == 1
    assert "and the budget is $0.001." in outcome.err
    assert "Nothing more was asked, and your message is saved. SALON_BUDGET_DAY=0 asks all the same." in outcome.err
    assert outcome.out == ""
