"""Reading the command line: Python's parser, but for what it says of words that a shell took from names of files."""

import argparse
import sys
from typing import Any

from salon.untrusted import clean
from salon.words import tr


class _Layout(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, tr("usage: ") if prefix is None else prefix)


class HarmlessParser(argparse.ArgumentParser):
    """A parser that repeats no control characters; a pattern such as * may have brought them along."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=_Layout, add_help=False, **settings)
        # argparse has words of its own, which no catalogue of Salon's would reach.
        self._positionals.title, self._optionals.title = tr("positional arguments"), tr("options")
        self.add_argument("-h", "--help", action="help", help=tr("show this help message and exit"))

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            (file or sys.stderr).write(clean(message))
