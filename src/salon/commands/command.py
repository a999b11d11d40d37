"""What a command is, and what it is given to work with."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TextIO

from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary
from salon.errors import SessionNotFound, UsageError
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.untrusted import clean, clean_line, json_line
from salon.words import tr

if TYPE_CHECKING:
    from salon.claude.prices import Prices


@dataclass(frozen=True, slots=True)
class Desk:
    """The sessions, the arguments, and where a command puts what it has found."""

    library: FileLibrary
    paths: Paths
    options: argparse.Namespace
    out: TextIO
    parsers: tuple[argparse.ArgumentParser, argparse.ArgumentParser]
    """Of the commands of `salon sessions`, and of those beside it: what tells of the whole command line needs them."""
    _prices: list["Prices"] = field(default_factory=list)
    """A person's own, once they have been read."""

    @property
    def as_json(self) -> bool:
        """Whether a program reads the output: then it is one JSON object a line."""
        return bool(self.options.json)

    def say(self, text: str) -> None:
        """A line for a person; control characters reach a file or a pipe, never a terminal."""
        self.out.write((clean(text) if self.out.isatty() else _encodable(text)) + "\n")

    def give(self, record: Mapping[str, Any]) -> None:
        """A line for a program."""
        self.out.write(json_line(json.dumps(record, ensure_ascii=False)) + "\n")

    def warn(self, sentence: str) -> None:
        """A sentence beside the output."""
        sys.stderr.write(f"salon: {clean_line(sentence, 1_000)}\n")

    def model_info(self, model_id: str) -> ModelInfo:
        """What is known of a model, a person's own prices included."""
        if not self._prices:
            from salon.claude.prices import load_prices  # only what tells of costs asks

            prices, problems = load_prices(self.paths.prices_file)
            self._prices.append(prices)
            for problem in problems:
                self.warn(problem)
        from salon.claude.models import known

        own = self._prices[0].get(model_id)
        return replace(known(model_id), prices=own) if own else known(model_id)

    def session(self, words: str) -> SessionSummary:
        """The one session that `words` mean: an id, its beginning, or words of the title.

        Raises `SessionNotFound`, and `UsageError` where several are meant.
        """
        found = self.library.find(words)
        exact = [session for session in found if session.id == words.strip().lower()]
        if not found:
            raise SessionNotFound(
                tr("No chat has “{words}” in its title, or as its id.", words=words),
                tr("`salon sessions list` shows all."),
            )
        if len(exact or found) > 1:
            raise UsageError(
                tr("{count} chats have “{words}” in their titles.", count=len(found), words=words),
                tr("Give more words, or the beginning of its id."),
            )
        return (exact or found)[0]


@dataclass(frozen=True, slots=True)
class Command:
    """One sub-command: its name, its line of help, its arguments, and what it does; the result is the exit code."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], object]
    run: Callable[[Desk], int]


def positive(text: str) -> int:
    """An argument that says how many lines are wanted."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < number <= 10_000:
        raise argparse.ArgumentTypeError(tr("a number from 1 to 10,000 is needed"))
    return number


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
