"""The command line as a tree of words and options, read from the parsers themselves: for completions and for `man`."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from salon import arguments
from salon.guide import TOPICS


@dataclass(frozen=True, slots=True)
class Flag:
    """One option: its spellings, what it takes (""), its help, and the values that it can have where those are few."""

    spellings: tuple[str, ...]
    takes: str
    help: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command line, with the words and options that may follow it."""

    name: str
    help: str
    flags: tuple[Flag, ...] = ()
    words: tuple["Word", ...] = ()

    def spellings(self) -> tuple[str, ...]:
        """Every way to write each of its options."""
        return tuple(name for flag in self.flags for name in flag.spellings)


def grammar(of_sessions: argparse.ArgumentParser, of_others: argparse.ArgumentParser) -> Word:
    """The whole command line of `salon`, by the parsers of `salon sessions` and of the words beside it."""
    sessions = _words_of(of_sessions)
    alone = {word.name: word for word in (*_words_of(of_others), *sessions)}
    words = [Word(name, what, *_what_follows(name, alone, sessions)) for name, what in arguments.COMMAND_WORDS.items()]
    own = arguments.parser()
    return Word("salon", own.description or "", tuple(_flags_of(own)), tuple(words))


def _what_follows(
    name: str, alone: dict[str, Word], sessions: tuple[Word, ...]
) -> tuple[tuple[Flag, ...], tuple[Word, ...]]:
    if name == "sessions":
        return (), sessions
    topics = tuple(Word(topic, about) for topic, about in TOPICS.items()) if name == "help" else ()
    return alone[name].flags, (*alone[name].words, *topics)


def valued(root: Word) -> dict[str, tuple[str, ...]]:
    """The options that have few values, by their spellings, wherever they stand."""
    found = {name: flag.values for flag in root.flags if flag.values for name in flag.spellings}
    for word in root.words:
        found |= valued(word)
    return found


def _flags_of(parser: argparse.ArgumentParser) -> Iterator[Flag]:
    for action in parser._actions:  # argparse shows them nowhere else
        if action.option_strings:
            takes = "" if action.nargs == 0 else str(action.metavar or action.dest).upper()
            told = (action.help or "").replace("%%", "%")
            yield Flag(tuple(action.option_strings), takes, told, tuple(map(str, action.choices or ())))


def _words_of(parser: argparse.ArgumentParser) -> tuple[Word, ...]:
    found: list[Word] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            found += [
                Word(name, helps.get(name, ""), tuple(_flags_of(own)), _words_of(own))
                for name, own in action.choices.items()
            ]
        elif not action.option_strings:
            found += [Word(str(choice), "") for choice in action.choices or ()]
    return tuple(found)
