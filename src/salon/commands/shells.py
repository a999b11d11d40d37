"""`salon completion` and `salon man`: what shells and `man` want to know, made from the arguments themselves."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from salon import arguments
from salon.commands.command import Command, Desk
from salon.exits import Exit
from salon.settings import settings_help

SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True)
class Flag:
    """One option: its spellings, what it takes (""), and its help."""

    spellings: tuple[str, ...]
    takes: str
    help: str


@dataclass(frozen=True, slots=True)
class Word:
    """A first or second word of a command line, with the words and options that may follow it."""

    name: str
    help: str
    flags: tuple[Flag, ...] = ()
    words: tuple["Word", ...] = ()


def grammar() -> Word:
    """The whole command line of `salon`."""
    from salon.commands import line  # its table has this module in it

    sessions = _words_of(line.parser())
    alone = {word.name: word for word in (*_words_of(line.alone()), *sessions)}
    words = [
        Word(name, what, words=sessions) if name == "sessions" else Word(name, what, alone[name].flags)
        for name, what in arguments.COMMAND_WORDS.items()
    ]
    own = arguments.parser()
    return Word("salon", own.description or "", tuple(_flags_of(own)), tuple(words))


def _flags_of(parser: argparse.ArgumentParser) -> Iterator[Flag]:
    for action in parser._actions:  # argparse shows them nowhere else
        if action.option_strings:
            takes = "" if action.nargs == 0 else str(action.metavar or action.dest).upper()
            yield Flag(tuple(action.option_strings), takes, (action.help or "").replace("%%", "%"))


def _words_of(parser: argparse.ArgumentParser) -> tuple[Word, ...]:
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            found += [Word(name, helps.get(name, ""), tuple(_flags_of(own))) for name, own in action.choices.items()]
    return tuple(found)


# completion


def bash(root: Word) -> str:
    """A completion for bash."""
    cases = [f"        {word.name}) words='{_listed(word)}' ;;" for word in root.words]
    return "\n".join(
        [
            "_salon() {",
            '    local word="${COMP_WORDS[COMP_CWORD]}" words',
            '    if [ "$COMP_CWORD" -eq 1 ]; then',
            f"        words='{_listed(root)}'",
            "    else",
            '        case "${COMP_WORDS[1]}" in',
            *(f"    {case}" for case in cases),
            f"            *) words='{' '.join(_spellings(root))}' ;;",
            "        esac",
            "    fi",
            '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
            "}",
            "complete -o default -F _salon salon",
        ]
    )


def zsh(root: Word) -> str:
    """A completion for zsh."""
    cases: list[str] = []
    for word in root.words:
        cases += [f"            {word.name})", *_zsh_lists(word, " " * 16), " " * 16 + ";;"]
    return "\n".join(
        [
            "#compdef salon",
            "_salon() {",
            "    local -a choices flags",
            "    if (( CURRENT == 2 )); then",
            *_zsh_lists(root, " " * 8),
            "    else",
            '        case "${words[2]}" in',
            *cases,
            "            *)",
            *_zsh_lists(Word("", "", root.flags), " " * 16),
            " " * 16 + ";;",
            "        esac",
            "    fi",
            "    _describe 'command' choices",
            "    _describe 'option' flags",
            "    _files",
            "}",
            'if [ "$funcstack[1]" = "_salon" ]; then _salon "$@"; else compdef _salon salon; fi',
        ]
    )


def fish(root: Word) -> str:
    """A completion for fish."""
    lines = [_fish_flag(flag, "__fish_use_subcommand") for flag in root.flags]
    for word in root.words:
        lines.append(f"complete -c salon -n __fish_use_subcommand -a {word.name} -d {_quoted(word.help)}")
        here = f"'__fish_seen_subcommand_from {word.name}'"
        lines += [f"complete -c salon -n {here} -a {inner.name} -d {_quoted(inner.help)}" for inner in word.words]
        lines += [_fish_flag(flag, here) for flag in word.flags]
    return "\n".join(lines)


def _zsh_lists(word: Word, indent: str) -> list[str]:
    choices = " ".join(_quoted(f"{inner.name}:{inner.help}") for inner in word.words)
    flags = " ".join(_quoted(f"{name}:{flag.help}") for flag in word.flags for name in flag.spellings)
    return [f"{indent}choices=({choices})", f"{indent}flags=({flags})"]


def _fish_flag(flag: Flag, condition: str) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.spellings)
    takes = " -r" if flag.takes else ""
    return f"complete -c salon -n {condition} {names}{takes} -d {_quoted(flag.help)}"


def _listed(word: Word) -> str:
    return " ".join([*(inner.name for inner in word.words), *_spellings(word)])


def _spellings(word: Word) -> list[str]:
    return [name for flag in word.flags for name in flag.spellings]


def _quoted(text: str) -> str:
    """The text in single quotes, as all three shells read it when it has no quote of its own."""
    return "'" + text.replace("'", "’").replace("\n", " ") + "'"


# the manual page


def man(root: Word) -> str:
    """The manual page, in the language of `man`."""
    lines = ['.TH SALON 1 "" "Salon" "User commands"', ".SH NAME", f"salon \\- {_roff(root.help)}"]
    lines += [".SH SYNOPSIS", ".B salon", r"[\fIoption\fR ...] [\fIPROMPT\fR]", ".br", ".B salon"]
    lines += [r"\fIcommand\fR [\fIoption\fR ...]", ".SH OPTIONS", *_roff_flags(root)]
    lines.append(".SH COMMANDS")
    for word in root.words:
        lines += [".TP", f".B {_roff(word.name)}", _roff(word.help)]
    lines.append(".SH COMMANDS OF SALON SESSIONS")
    for word in next((word.words for word in root.words if word.name == "sessions"), ()):
        lines += [".TP", f".B {_roff(word.name)}", _roff(word.help)]
    lines.append(".SH SETTINGS")
    lines.append(r"In \fIconfig.toml\fR, or in the environment by the name behind each.")
    for setting in settings_help():
        lines += [".TP", rf".B {_roff(setting.name)} \fR({_roff(setting.environment)})", _roff(setting.help)]
    lines += [".SH EXIT STATUS", "0 done, 1 failure, 2 wrong usage, 3 no usable credentials, 130 interrupted."]
    return "\n".join(lines)


def _roff_flags(word: Word) -> Iterator[str]:
    for flag in word.flags:
        takes = rf" \fI{_roff(flag.takes)}\fR" if flag.takes else ""
        yield from (".TP", ", ".join(rf"\fB{_roff(name)}\fR" for name in flag.spellings) + takes, _roff(flag.help))


def _roff(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped


def _complete(desk: Desk) -> int:
    desk.out.write({"bash": bash, "zsh": zsh, "fish": fish}[desk.options.shell](grammar()) + "\n")
    return Exit.OK


def _man(desk: Desk) -> int:
    desk.out.write(man(grammar()) + "\n")
    return Exit.OK


def _shell_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="whose completion to print")


COMMANDS = (
    Command("completion", "print a completion for your shell", _shell_arguments, _complete),
    Command("man", "print the manual page, for man -l -", lambda parser: None, _man),
)
