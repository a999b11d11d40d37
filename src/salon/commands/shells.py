"""`salon completion` and `salon man`: what shells and `man` want to know, made from the arguments themselves."""

import argparse
from collections.abc import Iterator

from salon.commands.command import Command, Desk
from salon.commands.grammar import Flag, Word, grammar, valued
from salon.exits import Exit
from salon.settings import settings_help
from salon.words import tr

SHELLS = ("bash", "zsh", "fish")
_ENVIRONMENT = (
    (
        ("ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
        "The key; the first that is set. It is no argument.",
    ),
    (("ANTHROPIC_BASE_URL",), "The server to ask, as --base-url."),
    (("SALON_CONFIG_DIR", "SALON_STATE_DIR", "SALON_CACHE_DIR"), "Where settings and chats lie, the log, the index."),
    (("SALON_ACCESSIBLE",), "Set to 1: talk in lines, as --accessible."),
    (("SALON_LANGUAGE",), "The language, as in de; see salon help language."),
    (("NO_COLOR",), "Set to anything: no colours."),
)
"""What is no setting, for the manual page; settings have their own variables."""


# completion: of the words before the one that is typed, the first two say what may follow


def bash(root: Word) -> str:
    """A completion for bash."""
    cases = [f"        {pattern}) words='{_listed(word)}' ;;" for pattern, word in _paths(root)]
    values = [f"        {flag}) words='{' '.join(among)}' ;;" for flag, among in valued(root).items()]
    return "\n".join(
        [
            "_salon() {",
            '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words',
            '    local typed="${COMP_WORDS[*]:1:COMP_CWORD-1}"',
            '    case "$typed " in',
            *cases,
            f"        *) words='{' '.join(root.spellings())}' ;;",
            "    esac",
            '    case "$before" in',
            *values,
            "    esac",
            '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
            "}",
            "complete -o default -F _salon salon",
        ]
    )


def zsh(root: Word) -> str:
    """A completion for zsh."""
    cases: list[str] = []
    for pattern, word in (*_paths(root), ("*", Word("", "", root.flags))):
        cases += [f"        {pattern})", *_zsh_lists(word, " " * 12), " " * 12 + ";;"]
    values = [f"        {flag}) choices=({' '.join(among)}); flags=() ;;" for flag, among in valued(root).items()]
    return "\n".join(
        [
            "#compdef salon",
            "_salon() {",
            "    local -a choices flags",
            '    local typed="${words[2,CURRENT-1]}"',
            '    case "$typed " in',
            *cases,
            "    esac",
            '    case "${words[CURRENT-1]}" in',
            *values,
            "    esac",
            "    _describe 'command' choices",
            "    _describe 'option' flags",
            "    (( $#choices )) || _files",
            "}",
            'if [ "$funcstack[1]" = "_salon" ]; then _salon "$@"; else compdef _salon salon; fi',
        ]
    )


def _paths(root: Word) -> Iterator[tuple[str, Word]]:
    """Shell patterns of what stands before the cursor, with a blank behind it, and the word that it ends at."""
    yield r"\ ", root
    for first in root.words:
        yield from ((rf"{first.name}\ {second.name}\ *", second) for second in first.words)
        yield rf"{first.name}\ ", first
        yield rf"{first.name}\ *", Word("", "", first.flags)


def fish(root: Word) -> str:
    """A completion for fish."""
    lines = [_fish_flag(flag, "__fish_use_subcommand") for flag in root.flags]
    for word in root.words:
        lines.append(f"complete -c salon -n __fish_use_subcommand -a {word.name} -d {_quoted(word.help)}")
        here = f"__fish_seen_subcommand_from {word.name}"
        inner = " ".join(each.name for each in word.words)
        first = f"'{here}; and not __fish_seen_subcommand_from {inner}'"
        for each in word.words:
            lines.append(f"complete -c salon -n {first} -f -a {each.name} -d {_quoted(each.help)}")
            behind = f"'{here}; and __fish_seen_subcommand_from {each.name}'"
            lines += [_fish_flag(flag, behind) for flag in each.flags]
        lines += [_fish_flag(flag, f"'{here}'") for flag in word.flags]
    return "\n".join(lines)


def _zsh_lists(word: Word, indent: str) -> list[str]:
    choices = " ".join(_quoted(f"{inner.name}:{inner.help}") for inner in word.words)
    flags = " ".join(_quoted(f"{name}:{flag.help}") for flag in word.flags for name in flag.spellings)
    return [f"{indent}choices=({choices})", f"{indent}flags=({flags})"]


def _fish_flag(flag: Flag, condition: str) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.spellings)
    takes = f" -x -a '{' '.join(flag.values)}'" if flag.values else " -r" if flag.takes else ""
    return f"complete -c salon -n {condition} {names}{takes} -d {_quoted(flag.help)}"


def _listed(word: Word) -> str:
    return " ".join([*(inner.name for inner in word.words), *word.spellings()])


def _quoted(text: str) -> str:
    """The text in single quotes, as all three shells read it when it has no quote of its own."""
    return "'" + text.replace("'", "’").replace("\n", " ") + "'"


# the manual page


def man(root: Word) -> str:
    """The manual page, in the language of `man`."""
    lines = ['.TH SALON 1 "" "Salon" "User commands"', ".SH NAME", f"salon \\- {_roff(root.help)}"]
    lines += [".SH SYNOPSIS", ".B salon", r"[\fIoption\fR ...] [\fIPROMPT\fR]", ".br", ".B salon"]
    lines += [r"\fIcommand\fR [\fIoption\fR ...]", ".SH OPTIONS", *_roff_flags(root)]
    lines += [".SH COMMANDS", r"\fBsalon\fR \fIcommand\fR \fB\-\-help\fR lists the options of each."]
    for word in root.words:
        lines += [".TP", f".B {_roff(word.name)}", _roff(word.help)]
    lines.append(".SH COMMANDS OF SALON SESSIONS")
    for word in next((word.words for word in root.words if word.name == "sessions"), ()):
        lines += [".TP", f".B {_roff(word.name)}", _roff(word.help)]
    lines.append(".SH SETTINGS")
    lines.append(tr(r"In \fIconfig.toml\fR, or in the environment by the name behind each."))
    for setting in settings_help():
        lines += [".TP", rf".B {_roff(setting.name)} \fR({_roff(setting.environment)})", _roff(setting.help)]
    lines.append(".SH ENVIRONMENT")
    for names, what in _ENVIRONMENT:
        lines += [".TP", ", ".join(rf"\fB{name}\fR" for name in names), _roff(what)]
    lines += [".SH EXIT STATUS", tr("0 done, 1 failure, 2 wrong usage, 3 no usable credentials, 130 interrupted.")]
    return "\n".join(lines)


def _roff_flags(word: Word) -> Iterator[str]:
    for flag in word.flags:
        takes = rf" \fI{_roff(flag.takes)}\fR" if flag.takes else ""
        yield from (".TP", ", ".join(rf"\fB{_roff(name)}\fR" for name in flag.spellings) + takes, _roff(flag.help))


def _roff(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped


def _complete(desk: Desk) -> int:
    desk.out.write({"bash": bash, "zsh": zsh, "fish": fish}[desk.options.shell](grammar(*desk.parsers)) + "\n")
    return Exit.OK


def _man(desk: Desk) -> int:
    desk.out.write(man(grammar(*desk.parsers)) + "\n")
    return Exit.OK


def _shell_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help=tr("whose completion to print"))


COMMANDS = (
    Command("completion", tr("print a completion for your shell"), _shell_arguments, _complete),
    Command("man", tr("print the manual page, for man -l -"), lambda parser: None, _man),
)
