"""The exit codes, as the README documents them."""

from enum import IntEnum


class Exit(IntEnum):
    """How a run of `salon` ended."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    CREDENTIALS = 3
    INTERRUPTED = 130
