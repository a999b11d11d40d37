"""The command line: arguments in, an exit code out. Nothing heavy is imported before it is known to be needed."""

import argparse
import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING

from salon.arguments import COMMAND_WORDS, check_chat_options, parser
from salon.errors import CredentialsError, SalonError, UsageError
from salon.exits import Exit
from salon.mistakes import watch
from salon.untrusted import clean_line
from salon.words import tr

if TYPE_CHECKING:
    from salon.chat.library import Library
    from salon.ui.services import Opening
    from salon.wiring import House


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Salon; the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.umask(0o077)
    watch()
    if arguments and arguments[0] in COMMAND_WORDS:
        from salon.commands.line import run

        return run(arguments[1:] if arguments[0] == "sessions" else arguments)
    options = parser().parse_args(arguments)
    try:
        _check(options)
        with nullcontext() if options.headless or _in_lines(options) else _keys_wait():
            return _run(options)
    except SalonError as error:
        sys.stderr.write(f"salon: {clean_line(error.sentence(), 1_000)}\n")
        return {UsageError: Exit.USAGE, CredentialsError: Exit.CREDENTIALS}.get(type(error), Exit.FAILURE)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _check(options: argparse.Namespace) -> None:
    if (options.json or options.no_save or options.schema) and not options.headless:
        raise UsageError(tr("--json, --schema and --no-save go with -p."))
    check_chat_options(options)
    if options.temporary and options.headless:
        raise UsageError(tr("--temporary is for the screen."), tr("With -p it is --no-save."))
    if options.headless or _in_lines(options):
        return
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise UsageError(tr("The full screen needs a terminal."), tr("Use -p to answer on standard output."))
    if os.environ.get("TERM", "") in {"", "dumb"}:
        raise UsageError(
            tr("This terminal cannot show a full screen (TERM says so)."), tr("Use -p to answer on standard output.")
        )


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Imports make tens of thousands of objects that stay: looking for garbage among them is a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # nor do later collections have to look at them
        gc.enable()


@contextmanager
def _keys_wait() -> Iterator[None]:
    """Have keys that are typed while the app still loads wait for it as they are.

    Otherwise the terminal echoes them, turns Enter into a new line and takes Ctrl+Q for itself.
    """
    try:
        import termios
    except ImportError:  # Windows
        yield
        return
    before, waiting = termios.tcgetattr(0), termios.tcgetattr(0)
    waiting[0] &= ~(termios.IXON | termios.ICRNL | termios.INLCR | termios.IGNCR)
    waiting[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(0, termios.TCSANOW, waiting)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal has gone
            termios.tcsetattr(0, termios.TCSANOW, before)


def _run(options: argparse.Namespace) -> int:
    with _nothing_to_collect():
        from salon.wiring import Options, build

    house = build(
        Options(
            config_dir=options.config_dir,
            base_url=options.base_url,
            model=options.model,
            system=options.system,
            effort=options.effort,
            demo=options.demo,
        )
    )
    try:
        if options.headless:
            return _print_answer(options, house)
        return _talk(options, house) if _in_lines(options) else _show(options, house)
    finally:
        house.close()


def _print_answer(options: argparse.Namespace, house: "House") -> int:
    import asyncio

    from salon.headless import Headless, piped_text, schema_in
    from salon.store.memory import MemoryLibrary

    prompt = "\n\n".join(part for part in (options.prompt or "", piped_text(sys.stdin)) if part.strip())
    if not prompt and not options.attach:
        raise UsageError(tr("There is nothing to answer."), tr("Give a PROMPT, or text on standard input."))
    kept = house.library(demo=options.demo)
    session_id = None if options.no_save else _session(options, kept, choose=False)
    library: Library = MemoryLibrary() if options.no_save else kept
    schema = None if options.schema is None else schema_in(options.schema)
    headless = Headless(house, library, as_json=options.json, kept=not options.no_save, schema=schema)
    return asyncio.run(headless.run(prompt, session_id, options.attach))


def _in_lines(options: argparse.Namespace) -> bool:
    return bool(options.accessible or os.environ.get("SALON_ACCESSIBLE", "") not in {"", "0"}) and not options.headless


def _talk(options: argparse.Namespace, house: "House") -> int:
    from salon.linear.commands import talk
    from salon.store.memory import MemoryLibrary

    kept = house.library(demo=options.demo)
    session_id = None if options.temporary else _session(options, kept, choose=False)
    library: Library = MemoryLibrary() if options.temporary else kept
    return talk(house, library, session_id, options.prompt or "", options.attach)


def _show(options: argparse.Namespace, house: "House") -> int:
    # Textual draws at the beats of a clock and may miss one, so at its 60 a second a key waits up to 33 ms while an
    # answer is drawn (measured). The transcript keeps to 30 a second of its own; this is for the keys between: a
    # beat of a few milliseconds would still be as long as all their work.
    os.environ.setdefault("TEXTUAL_FPS", "1000")
    with _nothing_to_collect():
        from salon.ui.app import SalonApp
    # Python's own numbers are for programs that make cycles. Here nearly all garbage goes without a collector, and each
    # of its full rounds stops the screen for 0.03 to 0.05 s (measured).
    gc.set_threshold(2_000, 5, 1_000)

    app = SalonApp(house.services(), _opening(options, house.library(demo=options.demo)))
    app.run(mouse=house.settings.mouse)
    _print(app.printout())
    return app.return_code or Exit.OK


def _print(parts: Iterable[str]) -> None:
    """Write to the terminal's own screen; it may be gone, and that is no failure of the chat."""
    encoding = sys.stdout.encoding or "utf-8"
    with suppress(OSError):
        for part in parts:
            sys.stdout.buffer.write(part.encode(encoding, "replace"))
        sys.stdout.buffer.flush()


def _opening(options: argparse.Namespace, library: "Library") -> "Opening":
    from salon.ui.services import Opening

    prompt, attach = options.prompt or "", tuple(options.attach)
    session_id = _session(options, library, choose=True)
    if options.resume is not None and session_id is None:
        return Opening(prompt=prompt, attach=attach, choose=True, words=options.resume)
    return Opening(prompt=prompt, attach=attach, session_id=session_id, temporary=options.temporary)


def _session(options: argparse.Namespace, library: "Library", *, choose: bool) -> str | None:
    """The id of the session that is meant; None for a new one, or where the person shall `choose`."""
    if options.latest:
        return library.latest()
    if options.session:
        wanted: str = options.session.strip().lower()
        if library.has(wanted):
            return wanted
        raise SalonError(
            tr("No chat has the id “{session}”.", session=options.session), tr("`salon sessions list` shows all.")
        )
    if options.resume is None:
        return None
    found = library.find(options.resume) if options.resume else ()
    if len(found) == 1:
        return found[0].id
    if options.resume and not found:
        raise SalonError(
            tr("No chat has “{resume}” in its title, or as its id.", resume=options.resume), tr("salon -r shows all.")
        )
    if choose:
        return None
    raise UsageError(tr("-r without the screen needs an id, or words that only one title has."))
