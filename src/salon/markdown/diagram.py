"""Mermaid diagrams as text, if termaid is installed (the extra ``diagrams``).

termaid has no bound on its work: seven nodes that all lead to seven others take it five seconds and a gigabyte (0.10.0,
measured). So it runs in a process of its own, `diagram_child`, whose time and memory are limited; whatever goes wrong
there, the caller shows the fence as it is.
"""

import importlib.util
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

from rich.cells import cell_len

from salon.children import without_secrets
from salon.untrusted import clean

MAX_SOURCE: Final = 8192
"""Characters; a longer source is not drawn."""
MAX_ROWS: Final = 200
TIMEOUT: Final = 20.0
"""Seconds until the process is ended whatever it does: how busy the computer is must not decide what is shown.

What ends a drawing that takes too much is the process's own limit, three seconds of CPU time.
"""
_CHILD = Path(__file__).with_name("diagram_child.py")
# termaid takes what it does not know for a flowchart and draws nonsense; only what it has a drawing for is given to it.
_KNOWN = re.compile(
    r"\s*(?:---\s*\n.*?\n---\s*\n\s*)?(?:%%[^\n]*\n\s*)*"
    r"(?:graph|flowchart|sequenceDiagram|classDiagram|stateDiagram(?:-v2)?|erDiagram|gantt|pie|mindmap|timeline"
    r"|gitGraph|kanban|quadrantChart|xychart(?:-beta)?|journey|packet(?:-beta)?|block(?:-beta)?|treemap(?:-beta)?"
    r"|architecture(?:-beta)?)(?![\w-])",
    re.DOTALL,
)


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Whether termaid is installed. It is not imported here."""
    return importlib.util.find_spec("termaid") is not None


def can_draw(source: str) -> bool:
    """Whether `draw` would try: quick, and False for what need not be taken to a thread."""
    return len(source) <= MAX_SOURCE and _KNOWN.match(source) is not None and is_available()


def draw(source: str, width: int) -> list[str] | None:
    """The diagram on lines of at most `width` cells, or None if there is none: the fence is shown as it is.

    Lines hold no newlines, escape sequences or colours and are not filled up. Waits for a process, usually for 0.2
    seconds, at most for `TIMEOUT`: not to be called on the thread that draws the screen. Results are remembered.
    """
    if not can_draw(source):
        return None
    # Cleaned before, because what is dropped from a drawing shifts the rest of its line, and after, because of termaid.
    lines = _drawn(clean(source))
    if lines is None or any(cell_len(line) > width for line in lines):
        return None
    return list(lines)


@lru_cache(maxsize=64)
def _drawn(source: str) -> tuple[str, ...] | None:
    # -P keeps the child's folder off its path, where code.py and math.py would stand before the library's modules.
    command = [sys.executable, "-P", str(_CHILD)]
    try:
        done = subprocess.run(
            command,
            input=source.encode(errors="replace"),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env=without_secrets(os.environ),
        )
    except (OSError, subprocess.TimeoutExpired):  # no process to be had, or not done in time
        return None
    if done.returncode != 0:
        return None
    text = clean(done.stdout.decode(errors="replace")).expandtabs(4)
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        del lines[0]
    return tuple(lines) if lines and len(lines) <= MAX_ROWS else None
