"""Text to the clipboard, and an honest word on whether it got there.

Two ways. A tool of this machine (pbcopy, wl-copy, xclip, xsel, clip.exe) answers, so its success is known; it is used
when the terminal is on this machine too. The terminal's own clipboard (OSC 52) works through SSH, but no terminal says
whether it obeyed, many have limits, and multiplexers need the sequence wrapped to let it through.
"""

import base64
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from salon.children import without_secrets
from salon.words import tr

logger = logging.getLogger(__name__)

TERMINAL_LIMIT = 74_000
"""Bytes of text: xterm's and screen's limits on the encoded sequence lie near 100,000."""
TOOL_SECONDS = 3.0
_SCREEN_PIECE = 700
"""GNU screen cuts strings that it passes on at 768 bytes."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a text: `how` in words, and whether that is certain."""

    how: str
    certain: bool


def copy(text: str, write: Callable[[str], None], environ: Mapping[str, str] | None = None) -> Copied | None:
    """Put `text` on the clipboard; None where there is no way for a text of its size.

    `write` sends a sequence to the terminal. Blocks for as long as a tool takes; call it from a thread.
    """
    environ = os.environ if environ is None else environ
    command = local_tool(environ)
    if command is not None and _run(command, text, environ):
        return Copied(tr("with {program}", program=os.path.basename(command[0])), certain=True)  # noqa: PTH119 - a command, not a place
    if len(text.encode("utf-8", "replace")) > TERMINAL_LIMIT:
        return None
    for sequence in terminal_sequences(text, environ):
        write(sequence)
    return Copied(tr("to the terminal's clipboard"), certain=False)


def local_tool(environ: Mapping[str, str]) -> list[str] | None:
    """The command that fills the clipboard of the machine one sits at; None over SSH or where there is none."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return None
    candidates: list[list[str]] = []
    if sys.platform == "darwin":
        candidates.append(["pbcopy"])
    if environ.get("WAYLAND_DISPLAY"):
        candidates.append(["wl-copy"])
    if environ.get("DISPLAY"):
        candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if environ.get("WSL_DISTRO_NAME"):
        candidates.append(["clip.exe"])
    return next((command for command in candidates if shutil.which(command[0], path=environ.get("PATH"))), None)


def terminal_sequences(text: str, environ: Mapping[str, str]) -> list[str]:
    """OSC 52 for `text`, wrapped for the multiplexer that stands between, if one does.

    Inside tmux both forms are sent: the bare one is taken by tmux itself (`set-clipboard on`), the wrapped one by the
    terminal around it (`allow-passthrough on`).
    """
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    bare = f"\x1b]52;c;{encoded}\x07"
    if environ.get("TMUX"):
        return [bare, "\x1bPtmux;" + bare.replace("\x1b", "\x1b\x1b") + "\x1b\\"]
    if environ.get("STY"):
        pieces = [bare[at : at + _SCREEN_PIECE] for at in range(0, len(bare), _SCREEN_PIECE)]
        return ["".join(f"\x1bP{piece}\x1b\\" for piece in pieces)]
    return [bare]


def _run(command: list[str], text: str, environ: Mapping[str, str]) -> bool:
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            env=without_secrets(environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TOOL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.info("%s did not take the text: %s", command[0], error)
        return False
    return done.returncode == 0
