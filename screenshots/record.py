"""Records a short session of the demo as an asciicast: a real terminal, a person who types, and what the app writes.

    python screenshots/record.py [FILE]

The format is asciicast version 2: a line of JSON about the terminal, then one for each piece of output, with the
seconds since the beginning. Everything happens in a throw-away home.
"""

import argparse
import codecs
import fcntl
import json
import os
import pty
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS, ROWS = 90, 26
AT_THE_KEYBOARD = 0.055
"""Seconds between two keys of somebody who types well."""
PATIENCE = 60.0
"""Seconds until what must come counts as never coming."""
FRAME = 0.05
"""Seconds that nobody sees pass."""
F10, DOWN, ENTER, ESC, QUIT = "\x1b[21~", "\x1b[B", "\r", "\x1b", "\x11"
SCRIPT: tuple[tuple[str, str, float], ...] = (
    ("", "Ready", 2.0),
    *((key, "", AT_THE_KEYBOARD) for key in "code"),
    (ENTER, "treaming", 1.5),
    *((key, "", AT_THE_KEYBOARD) for key in "And how would you test it?"),
    ("", "", 1.5),
    (ESC, "topped", 1.5),
    (F10, "Themes", 1.0),
    *((DOWN, "", 0.8) for _ in range(5)),
    (ENTER, "", 2.0),
    (QUIT, "?1049l", 0.0),
)
"""Keys, what the app must have written after them (its rows differ from what was there, so a first letter may be
missing), and how many seconds pass then."""


def main() -> int:
    """Record, and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=HERE / "session.cast")
    file: Path = parser.parse_args().file
    about = {
        "version": 2,
        "width": COLUMNS,
        "height": ROWS,
        "idle_time_limit": 2,
        "title": "Salon",
        "env": {"TERM": "xterm-256color"},
    }
    with tempfile.TemporaryDirectory() as home:
        rows = [json.dumps(about)]
        rows += [json.dumps([round(at, 2), "o", text], ensure_ascii=False) for at, text in _frames(_output(home))]
    file.write_text("\n".join(rows) + "\n", "utf-8")
    print(file)
    return 0


def _frames(pieces: Iterable[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """The same with all that comes within a frame in one piece."""
    begun, frame = 0.0, ""
    for at, text in pieces:
        if frame and at - begun > FRAME:
            yield begun, frame
            frame = ""
        begun, frame = (begun if frame else at), frame + text
    yield begun, frame


def _output(home: str) -> Iterator[tuple[float, str]]:
    """What the app writes while the script is played, in pieces, each with its time in seconds."""
    places = {"HOME": home, "SALON_CONFIG_DIR": f"{home}/.config/salon"}
    places |= {f"SALON_{place}_DIR": f"{home}/{place.lower()}" for place in ("STATE", "CACHE")}
    environment = {**os.environ, **places, "TERM": "xterm-256color", "COLORTERM": "truecolor", "SALON_DEMO_PACE": "1.2"}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "salon", "--demo"], environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    begun = time.monotonic()
    try:
        for keys, awaited, pause in SCRIPT:
            os.write(terminal, keys.encode())
            written = ""
            until = time.monotonic() + (PATIENCE if awaited else pause)
            while (left := until - time.monotonic()) > 0:
                if not select.select([terminal], [], [], left)[0]:
                    continue
                text = decode(os.read(terminal, 65536))
                written += text
                if awaited and awaited in written:
                    awaited, until = "", time.monotonic() + pause
                yield time.monotonic() - begun, text
    except OSError:  # Linux' way to say that the app has ended
        return
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


if __name__ == "__main__":
    sys.exit(main())
