"""A mistake of Salon's own: a few lines that a person can use, and the rest in the log.

Python would print the exception's own words, in which a server, a file's name or a key may speak; Textual would print
local variables besides. Neither is shown: the log has the traceback, without locals and without secrets.
"""

import logging
import sys
from types import TracebackType

from salon.logs import is_logging, start_logging
from salon.paths import default_paths
from salon.untrusted import clean_line
from salon.words import tr

logger = logging.getLogger(__name__)


def told(error: type[BaseException], safe: str, log: str) -> str:
    """What happened, that the work is safe, what to do now; `log` says where the rest is."""
    return tr(
        "Salon ended because of a mistake of its own ({name}).\n{safe}\n{log}\n",
        name=clean_line(error.__name__, 80),
        safe=safe,
        log=clean_line(log, 400),
    )


def kept_in(log_file: str) -> str:
    """Where the rest is."""
    return tr("What happened is in {log_file}; please send its last part with a report.", log_file=log_file)


def watch() -> None:
    """Have every exception that nobody expects told like this, from now on."""
    sys.excepthook = _tell


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | BrokenPipeError):  # who pressed Ctrl+C, or closed the pipe, knows it
        return
    paths = default_paths()
    trouble = "" if is_logging() else start_logging(paths)
    logger.critical("Salon crashed", exc_info=(kind, error, trace))
    sys.stderr.write(told(kind, tr("What was saved is safe."), trouble or kept_in(str(paths.log_file))))
