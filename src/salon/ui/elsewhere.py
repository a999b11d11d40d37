"""The terminal lent to another program, and taken back whole."""

import asyncio
import logging
import os
import signal
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App, SuspendNotSupported

from salon.editor import EditorError, edit_text
from salon.words import tr

logger = logging.getLogger(__name__)

WHOLE_AGAIN = (
    "\x1b[?1049l"  # the main screen
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l"  # mouse, focus, pastes
    "\x1b7\x1b[r\x1b8"  # all rows scroll; the caret stays where it is
    "\x1b[m\x1b(B\x0f\x1b[?7h\x1b[?1l\x1b>\x1b[?25h"  # colours, letters, wrapping, keys, a caret
)
"""What programs that were killed leave behind."""


@asynccontextmanager
async def terminal_lent(app: App[None]) -> AsyncIterator[None]:
    """Leave the terminal to another program for the time of the block; the event loop goes on.

    What comes from the keyboard is that program's, Ctrl+C and Ctrl+\\ among it. Raises `SuspendNotSupported`.
    """
    loop = asyncio.get_running_loop()
    descriptor = sys.__stdin__.fileno() if sys.__stdin__ is not None else 0
    failure: EditorError | asyncio.CancelledError | None = None
    with app.suspend():  # which Textual 8.2.8 does not undo if it is left by an exception
        modes = termios.tcgetattr(descriptor)
        ours = signal.getsignal(signal.SIGQUIT)
        signal.signal(signal.SIGQUIT, lambda *_: None)  # not ignored: that would be handed down to the program
        try:
            yield
        except (EditorError, asyncio.CancelledError) as error:
            failure = error
        finally:
            signal.signal(signal.SIGQUIT, ours)
            await loop.run_in_executor(None, _take_back, descriptor, modes)
    if failure is not None:
        raise failure


def _take_back(descriptor: int, modes: list[Any]) -> None:
    """Have the terminal as it was before, whatever was done to it."""
    try:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, modes)
        os.write(descriptor, WHOLE_AGAIN.encode())
    except (OSError, termios.error) as error:
        logger.info("The terminal has gone: %s", error)


async def edit_elsewhere(app: App[None], text: str, name: str = "prompt.md") -> str:
    """What the person made of `text` in the editor. Raises `EditorError`; then nothing is changed."""
    try:
        async with terminal_lent(app):
            return await edit_text(text, name)
    except SuspendNotSupported:
        raise EditorError(tr("This terminal cannot be lent to an editor."), tr("Your text is kept.")) from None
