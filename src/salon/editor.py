"""A text in the person's own editor: a private file, no shell, no secrets in its environment, and no blocked loop."""

import asyncio
import logging
import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from salon.children import without_secrets
from salon.errors import SalonError
from salon.words import tr

logger = logging.getLogger(__name__)

LONGEST = 10_000_000
"""Bytes that are taken back from an editor."""
_USUAL = ("nano", "vim", "vi")


class EditorError(SalonError):
    """There is no editor, or it failed; the text is as it was."""


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The words of $VISUAL or else $EDITOR, or else an editor that is usually there. Raises `EditorError`."""
    for variable in ("VISUAL", "EDITOR"):
        if written := environ.get(variable, "").strip():
            try:
                return shlex.split(written)
            except ValueError as error:
                raise EditorError(
                    tr("${variable} cannot be read ({error}).", variable=variable, error=error),
                    tr("Your text is kept. Set it to a command such as vim."),
                ) from None
    found = next((name for name in _USUAL if shutil.which(name, path=environ.get("PATH"))), None)
    if found is None:
        raise EditorError(
            tr("No editor is set or found."), tr("Your text is kept. Set $VISUAL or $EDITOR to a command.")
        )
    return [found]


async def edit_text(text: str, name: str = "prompt.md", environ: Mapping[str, str] | None = None) -> str:
    """What the person made of `text` in the editor; `name` is that of the file, which tells the editor what it is.

    The terminal must be the editor's for this time. Raises `EditorError`; then nothing is changed.
    """
    environ = os.environ if environ is None else environ
    command = editor_command(environ)
    folder = await asyncio.to_thread(_private_folder, environ)
    try:
        file = folder / name
        await asyncio.to_thread(_write, file, text)
        await _run(command, file, environ)
        edited = await asyncio.to_thread(_read, file)
    except OSError as error:
        raise EditorError(
            tr("{command} was of no use: {reason}.", command=command[0], reason=error.strerror or error),
            tr("Your text is kept."),
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return edited if text.endswith("\n") else edited.removesuffix("\n")


def _private_folder(environ: Mapping[str, str]) -> Path:
    """A new folder that nobody else can enter, in memory where the system has such a place."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    place = runtime if runtime and os.access(runtime, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="salon-", dir=place))


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as opened:
        opened.write(text)


def _read(file: Path) -> str:
    with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise EditorError(tr("The editor left something that is not a file."), tr("Your text is kept."))
        raw = opened.read(LONGEST + 1)
    if len(raw) > LONGEST:
        raise EditorError(
            tr("The editor left more than {longest} MB.", longest=LONGEST // 1000000),
            tr("Your text is kept as it was."),
        )
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise EditorError(tr("The editor left what is not UTF-8."), tr("Your text is kept as it was.")) from None


async def _run(command: list[str], file: Path, environ: Mapping[str, str]) -> None:
    try:
        process = await asyncio.create_subprocess_exec(*command, str(file), env=without_secrets(environ))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        raise EditorError(
            tr("{command} could not be started: {reason}.", command=command[0], reason=reason),
            tr("Your text is kept. Set $VISUAL or $EDITOR to a command."),
        ) from None
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        if process.returncode is None:
            process.terminate()
        raise
    if code:
        how = tr("was ended by signal {value}", value=-code) if code < 0 else tr("ended with code {code}", code=code)
        logger.info("The editor %s", how)
        raise EditorError(f"{command[0]} {how}.", tr("Your text is kept as it was."))
