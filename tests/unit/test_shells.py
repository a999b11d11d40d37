"""What shells and `man` are told: everything that the command line has, in a form that they take."""

import io
import shutil
import subprocess
from contextlib import redirect_stdout

import pytest

from salon.arguments import COMMAND_WORDS
from salon.commands.grammar import grammar
from salon.commands.line import alone, parser, run
from salon.commands.shells import SHELLS
from salon.settings import settings_help


def printed(*arguments: str) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        assert run(arguments) == 0
    return out.getvalue()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_word_and_option_is_completed(shell: str) -> None:
    completion = printed("completion", shell)
    root = grammar(parser(), alone())
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


BASH = """
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _salon; echo "${COMPREPLY[@]}"; }
"""
ZSH = """
compdef() {}
_files() {}
_describe() { local each; for each in "${(@P)2}"; do [[ "$each" == "$typing"* ]] && offered+=("${each%%:*}"); done }
ask() { local -a words=("$@") offered; local CURRENT=$# typing="${@[-1]}"; _salon; echo "${offered[@]}"; }
"""
FISH = """
function ask; complete -C (string join ' ' -- $argv) | string replace -r '\\t.*' '' | string join ' '; end
"""


@pytest.mark.parametrize(("shell", "helpers"), [("bash", BASH), ("zsh", ZSH), ("fish", FISH)])
def test_the_shell_completes_with_it(shell: str, helpers: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    offered = {
        "salon sess": ["sessions"],
        "salon sessions restor": ["restore"],
        "salon sessions show --al": ["--all"],
        "salon help them": ["themes"],
        "salon completion z": ["zsh"],
        "salon config pa": ["path"],
        "salon config show --or": ["--origin"],
        "salon export --format h": ["html"],
        "salon -p --js": ["--json"],
        "salon serve --no-o": ["--no-open"],
    }
    script = helpers + printed("completion", shell) + "".join(f"ask {line}\n" for line in offered)
    done = subprocess.run([program, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert [line.split() for line in done.stdout.splitlines()] == list(offered.values())


def test_the_manual_page_has_options_commands_and_settings() -> None:
    page = printed("man")
    assert page.startswith(".TH SALON 1")
    plain = page.replace("\\-", "-")
    for word in COMMAND_WORDS:
        assert f".B {word}\n" in plain
    for setting in settings_help():
        assert setting.environment in plain
    assert "--schema" in plain
    assert "CLAUDE_API_KEY" in plain


def test_no_line_of_the_manual_page_is_taken_for_a_request_by_mistake() -> None:
    known = (".TH ", ".SH ", ".B ", ".TP", ".br")
    for line in printed("man").splitlines():
        assert not line.startswith((".", "'")) or line.startswith(known), line
