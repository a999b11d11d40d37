"""The app's own log: a small rotating file without secrets, and nothing on the terminal.

A screen that is drawn cell by cell is destroyed by one line of somebody's warning, and a log is sent along with bug
reports. So everything that Python or a library would print goes to this file, and secrets are taken out of it here,
whoever logs them.
"""

import logging
import os
import re
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from salon.paths import Paths

MAX_BYTES = 1_000_000
BACKUPS = 2
"""Older files beside the current one: three in all."""

_HIDDEN = "[hidden]"
_SHORTEST_SECRET = 6
"""Characters; hiding a shorter text would take ordinary words out of every line."""
_PATTERNS = (
    (re.compile(r"sk-ant-[A-Za-z0-9_\-]+"), _HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=\-]{6,}"), rf"\1 {_HIDDEN}"),
    (
        re.compile(r"""(?i)((?:x-api-key|api[_-]key|auth[_-]token)["']?\s*[:=,]\s*b?["']?)[^\s"',;)}\]]+"""),
        rf"\1{_HIDDEN}",
    ),
)

_secrets: set[str] = set()


def keep_secret(value: str) -> None:
    """Never write `value` to the log from now on."""
    if len(value) >= _SHORTEST_SECRET:
        _secrets.add(value)


def without_secrets(text: str) -> str:
    """`text` with keys, tokens and everything given to `keep_secret` taken out."""
    for secret in sorted(_secrets, key=len, reverse=True):  # a secret may be part of a longer one
        text = text.replace(secret, _HIDDEN)
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, exception and stack included, and takes the secrets out of the result.

    After formatting, because only then has every argument become text; a filter on messages and arguments would miss
    what an argument's `__str__` says.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without secrets; control characters are escaped, so a line stays a line."""
        text = without_secrets(super().format(record))
        return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)


class _PrivateFileHandler(RotatingFileHandler):
    """A rotating file that only its owner can read, from the moment it is made."""

    def _open(self) -> Any:
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the line: a full disk must not print on the screen, and there is nowhere else to say it."""


def start_logging(paths: Paths, level: int = logging.INFO, *, late: bool = False) -> str:
    """Send all logging, warnings and stray exceptions to `paths.log_file` and nothing to the terminal.

    Returns "" or, when the file cannot be made, a sentence about it; logging then goes nowhere. A `late` file is made
    with its first line, and nothing is said of it. Call this before anything heavy is imported: the SDK reads
    `ANTHROPIC_LOG` at import and would log whole prompts to the terminal.
    """
    os.environ.pop("ANTHROPIC_LOG", None)
    handler, trouble = _handler(paths.log_file, late)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    logging.lastResort = None
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_thread_exception
    return trouble


def is_logging() -> bool:
    """Whether there is a log."""
    return any(isinstance(handler, _PrivateFileHandler) for handler in logging.getLogger().handlers)


def _handler(file: Path, late: bool) -> tuple[logging.Handler, str]:
    try:
        handler = _PrivateFileHandler(file, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", delay=late)
    except OSError as error:
        return logging.NullHandler(), f"No log is kept: {file} cannot be written ({error.strerror})."
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler, ""


def _log_unraisable(unraisable: Any) -> None:
    what = unraisable.err_msg or "Exception ignored"
    _log_stray(what, unraisable.exc_type, unraisable.exc_value, unraisable.exc_traceback)


def _log_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit:
        name = args.thread.name if args.thread is not None else "?"
        _log_stray(f"Exception in thread {name}", args.exc_type, args.exc_value, args.exc_traceback)


def _log_stray(what: str, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    # `logging` shows no local variables, which is wanted: they hold keys and prompts.
    told = None if error is None else (kind, error, trace)
    logging.getLogger(__name__).error("%s: %s", what, kind.__name__, exc_info=told)
