"""Reading the command line: Python's parser, but for what it says of words that a shell took from names of files."""

import argparse
import sys
from typing import Any

from salon.untrusted import clean


class HarmlessParser(argparse.ArgumentParser):
    """A parser that repeats no control characters; a pattern such as * may have brought them along."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            (file or sys.stderr).write(clean(message))
