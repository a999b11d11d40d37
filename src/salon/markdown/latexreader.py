"""Reading LaTeX source piece by piece, and what the handlers of commands may ask of the parser."""

import re
from abc import ABC, abstractmethod
from typing import Final

from salon.markdown.mathnodes import Node, UndrawableError

MAX_NESTING: Final = 50
"""Groups and arguments within each other; a fraction costs three. Python's stack bears several times as many."""
_BLANKS = re.compile(r"\s*")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)


class Reader(ABC):
    """A place in a source. Every method raises `UndrawableError` where the source does not go on as it must."""

    def __init__(self, source: str, depth: int = 0) -> None:
        self.source = source
        self.at = 0
        self.depth = depth
        self.font = ""
        """The alphabet that letters are read in, such as ``mathbb``."""

    @abstractmethod
    def row(self, closer: str = "}") -> Node:
        """Nodes side by side, up to what cannot be one of them, which stays unread."""

    @abstractmethod
    def rows(self) -> tuple[tuple[Node, ...], ...]:
        """Cells up to something that closes: divided by ``&``, their rows by ``\\\\``."""

    @abstractmethod
    def argument(self) -> Node:
        """A command's or script's argument: a group, a command or one character."""

    @abstractmethod
    def inner(self, source: str) -> Node:
        """A formula of its own within this one, as in ``\\text{if $x$}``."""

    def optional_argument(self) -> Node | None:
        """What stands in brackets next, if anything does."""
        self.skip_blanks()
        if not self.take("["):
            return None
        self.descend()
        node = self.row("]")
        self.depth -= 1
        self.expect("]")
        return node

    def raw_argument(self) -> str:
        """The source between the next two matching braces."""
        self.skip_blanks()
        self.expect("{")
        begin, open_braces = self.at, 1
        for match in _BRACES.finditer(self.source, begin):
            open_braces += {"{": 1, "}": -1}.get(match[0], 0)
            if open_braces == 0:
                self.at = match.end()
                return self.source[begin : match.start()]
        raise UndrawableError("an argument has no end")

    def is_at_end(self) -> bool:
        """Whether nothing but blanks is left; they are skipped."""
        self.skip_blanks()
        return self.at >= len(self.source)

    def skip_blanks(self) -> None:
        """Go to what is next."""
        if match := _BLANKS.match(self.source, self.at):
            self.at = match.end()

    def command_ahead(self) -> str:
        """The command that is next, with its backslash, or ""."""
        self.skip_blanks()
        match = _COMMAND.match(self.source, self.at)
        return match[0] if match else ""

    def command(self) -> str:
        """Read the name of the command that is next."""
        match = _COMMAND.match(self.source, self.at)
        if match is None:
            raise UndrawableError("a backslash at the end")
        self.at = match.end()
        return " " if match[1].isspace() else match[1]

    def take(self, char: str) -> bool:
        """Read `char` if it is next."""
        if self.source.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def take_command(self, command: str) -> bool:
        """Read `command`, given with its backslash, if it is next."""
        if self.command_ahead() == command:
            self.at += len(command)
            return True
        return False

    def expect(self, char: str) -> None:
        """Read `char`, which must be next."""
        if not self.take(char):
            raise UndrawableError(f"{char} is missing")

    def descend(self) -> None:
        """Note that one more group is open; `depth` is lowered again by whoever closes it."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise UndrawableError("nested too deeply")
