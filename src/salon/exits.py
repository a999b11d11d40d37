"""The exit codes, as the README documents them."""

from enum import IntEnum


class Exit(IntEnum):
    """How a run of `salon` ended."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    CREDENTIALS = 3
    INTERRUPTED = 130
    """By Ctrl+C, which is signal 2; another signal that ends a run orderly counts from 128 as well, as in a shell."""

    @staticmethod
    def of_signal(number: int) -> int:
        """The exit code after an orderly end that this signal asked for."""
        return 128 + number
