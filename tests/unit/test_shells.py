"""What shells and `man` are told: everything that the command line has, in a form that they take."""

import io
import shutil
import subprocess
from contextlib import redirect_stdout

import pytest

from salon.arguments import COMMAND_WORDS
from salon.commands.line import run
from salon.commands.shells import SHELLS, grammar
from salon.settings import settings_help


def printed(*arguments: str) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        assert run(arguments) == 0
    return out.getvalue()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_word_and_option_is_completed(shell: str) -> None:
    completion = printed("completion", shell)
    root = grammar()
    sessions = next(word for word in root.words if word.name == "sessions")
    assert {word.name for word in root.words} == {*COMMAND_WORDS}
    for word in (*root.words, *sessions.words):
        assert word.name in completion
        assert word.help
    for flag in root.flags:
        for spelling in flag.spellings:
            shown = spelling.lstrip("-") if shell == "fish" else spelling
            assert shown in completion


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_itself_can_read_it(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    done = subprocess.run(
        [program, "-n"], input=printed("completion", shell), text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_bash_completes_with_it() -> None:
    program = shutil.which("bash")
    if program is None:
        pytest.skip("there is no bash here")
    ask = '\nCOMP_WORDS=(salon {words}); COMP_CWORD={at}; _salon; echo "${{COMPREPLY[@]}}"'
    script = printed("completion", "bash") + ask.format(words="sess", at=1) + ask.format(words="sessions restor", at=2)
    done = subprocess.run([program, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["sessions", "restore"]


def test_the_manual_page_has_options_commands_and_settings() -> None:
    page = printed("man")
    assert page.startswith(".TH SALON 1")
    plain = page.replace("\\-", "-")
    for word in COMMAND_WORDS:
        assert f".B {word}\n" in plain
    for setting in settings_help():
        assert setting.environment in plain
    assert "--schema" in plain


def test_no_line_of_the_manual_page_is_taken_for_a_request_by_mistake() -> None:
    known = (".TH ", ".SH ", ".B ", ".TP", ".br")
    for line in printed("man").splitlines():
        assert not line.startswith((".", "'")) or line.startswith(known), line
