"""What the terminal is and can do: its size and colours, the keys it can send, the clipboard behind it."""

import os
import re
import select
import shutil
import sys
import time
from collections.abc import Iterator, Mapping

from salon.clipboard import local_tool
from salon.commands.findings import Finding, bad, note
from salon.words import tr, tr_later

ANSWER_SECONDS = 1.0
"""How long a terminal may take to answer; over a slow line it may be half of that."""

_ASK = b"\x1b[?u\x1b[c"
"""The kitty keyboard protocol's question, and one that every terminal answers, so that no answer is one too.

https://sw.kovidgoyal.net/kitty/keyboard-protocol/#detection-of-support-for-this-protocol
"""
_ANSWERED = re.compile(rb"\x1b\[\?[0-9;]*c")
_KITTY = re.compile(rb"\x1b\[\?[0-9]+u")


def terminal_findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """All about the terminal that this process has, or that it has none."""
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    yield _terminal(environ, on_terminal=on_terminal)
    if sys.stdout.encoding.lower().replace("-", "") != "utf8":
        yield bad(
            tr_later("terminal"),
            tr("Text is written as {encoding}.", encoding=sys.stdout.encoding),
            tr("Set LANG to a UTF-8 locale."),
        )
    yield _colours(environ)
    yield _keys(environ, _asked() if on_terminal else None)
    yield _clipboard(environ)


def _terminal(environ: Mapping[str, str], *, on_terminal: bool) -> Finding:
    term = environ.get("TERM", "")
    if term in {"", "dumb"}:
        return bad(
            tr_later("terminal"),
            tr("TERM is {term}: no full screen.", term=term or tr("not set")),
            tr("Use salon -p, or another terminal."),
        )
    within = [name for variable, name in (("TMUX", "tmux"), ("STY", "screen")) if environ.get(variable)]
    within += ["SSH"] if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY") else []
    program = environ.get("TERM_PROGRAM", "")
    told = ", ".join([term, *([program] if program else []), *(tr("in {name}", name=name) for name in within)])
    if not on_terminal:
        return note(
            tr_later("terminal"), tr("{told}; this run is not on a terminal, so it was not asked anything.", told=told)
        )
    columns, rows = shutil.get_terminal_size()
    if columns < 40 or rows < 10:
        return bad(
            tr_later("terminal"),
            tr("{told}, {columns}×{rows} characters.", told=told, columns=columns, rows=rows),
            tr("Salon needs at least 40×10."),
        )
    return Finding(
        tr_later("terminal"), tr("{told}, {columns}×{rows} characters.", told=told, columns=columns, rows=rows)
    )


def _colours(environ: Mapping[str, str]) -> Finding:
    if environ.get("NO_COLOR"):
        return note(tr_later("colours"), tr("NO_COLOR is set, so there are none."))
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return Finding(tr_later("colours"), tr("16 million (COLORTERM)."))
    if "256color" in environ.get("TERM", ""):
        return note(
            tr_later("colours"),
            tr("256, as TERM says."),
            tr("Where the terminal can do more, set COLORTERM=truecolor."),
        )
    return note(tr_later("colours"), tr("16 or fewer."), tr("Where the terminal can do more, set COLORTERM=truecolor."))


def _asked() -> bytes | None:
    """What the terminal answers when it is asked for its keyboard protocol; None where it cannot be asked."""
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return None
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    answer = b""
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        os.write(sys.stdout.fileno(), _ASK)
        deadline = time.monotonic() + ANSWER_SECONDS
        while not _ANSWERED.search(answer) and (left := deadline - time.monotonic()) > 0:
            if select.select([descriptor], [], [], left)[0]:
                answer += os.read(descriptor, 1024)
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
    return answer


def _keys(environ: Mapping[str, str], answer: bytes | None) -> Finding:
    other = tr("Ctrl+J starts a new line in every terminal, Alt+Enter in most.")
    if answer is None:
        return note(tr_later("keys"), tr("Which keys the terminal can send was not asked."), other)
    if _KITTY.search(answer):
        return Finding(tr_later("keys"), tr("The terminal can send every key (kitty keyboard protocol)."))
    if environ.get("TMUX"):
        return note(
            tr_later("keys"),
            tr("tmux does not pass Shift+Enter on."),
            tr("{other} Or: set -s extended-keys on", other=other),
        )
    if not answer:
        return note(tr_later("keys"), tr("The terminal did not answer the question which keys it can send."), other)
    return note(tr_later("keys"), tr("The terminal cannot tell Shift+Enter from Enter."), other)


def _clipboard(environ: Mapping[str, str]) -> Finding:
    tool = local_tool(environ)
    if tool is not None:
        return Finding(tr_later("clipboard"), tr("Copies with {tool}.", tool=tool[0]))
    says = tr("Copies through the terminal (OSC 52), which does not say whether it obeys.")
    if environ.get("TMUX"):
        return note(
            tr_later("clipboard"), says, tr("In tmux: set -g set-clipboard on, and set -g allow-passthrough on")
        )
    if environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return bad(
            tr_later("clipboard"),
            tr("This terminal takes no text from a program."),
            tr("Install a tool such as pbcopy."),
        )
    return note(tr_later("clipboard"), says, tr("On a desktop, xclip, xsel or wl-copy make it certain."))
