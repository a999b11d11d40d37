"""What the app costs, as JSON: from the folder ``tests``, ``python -m benchmarks.app_cost [part ...]``.

Each part runs the real app in a pseudo-terminal and, where that means something, a bare Textual app in turn with it;
CPU seconds and ratios are to be read, not seconds on the clock. The parts:

* ``start``: to the first text on the screen and to the first echoed key
* ``idle``: CPU and output of ten seconds at rest
* ``stream``: an answer of each shape and size at each pace, and how its CPU grows with its size
* ``slow_line``: the output of 20 KB at 100 deltas a second
* ``keys``: from a key to its echo at rest, while deltas stream, and that below 1,000 messages
* ``open``: sessions of many messages against an empty one
* ``choose``: the longest steps while a session of 10,000 messages is chosen from the list of a running app
* ``steps``: the longest steps of the event loop while a session of 10,000 messages is read, resized and recoloured
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.measuring import (
    BARE,
    EVENING_CHAT,
    SALON,
    Figures,
    alternating,
    as_figures,
    ask,
    at_rest,
    exponent,
    home,
    milliseconds,
    ratio,
    told_by,
    warmed_up,
    watched,
)
from benchmarks.saved_sessions import mark_of, write_session
from benchmarks.shapes import NAMES
from benchmarks.stream_server import serving
from benchmarks.terminal import COLUMNS, ROWS, Program

Part = Callable[[argparse.Namespace], object]
Command = tuple[str, ...]
DELTA = 20
THEME_KEY = b"\x1b[21~"


# start


def start(options: argparse.Namespace) -> object:
    with home() as environ:
        salon, bare = (partial(_started, command, environ) for command in (SALON, BARE))
        salon(), bare()  # byte code and folders
        figures, baseline = alternating(options.runs, salon, bare)
    names = ("paint_wall_s", "paint_cpu_s", "echo_wall_s", "echo_cpu_s", "memory_mb")
    return {"salon": figures, "bare": baseline, "ratio": {name: ratio(figures, baseline, name) for name in names}}


def _started(command: Command, environ: dict[str, str]) -> Figures:
    with Program(command, environ) as program:
        painted_at = program.painted() - program.started
        painted = program.cost()
        echoed = program.first_echo()
        program.drain(1.0)
        return {
            "paint_wall_s": painted_at,
            "paint_cpu_s": painted.cpu,
            "echo_wall_s": echoed.wall,
            "echo_cpu_s": echoed.cpu,
            "settled_cpu_s": program.cpu(),
            "memory_mb": program.memory(),
        }


# idle


def idle(options: argparse.Namespace) -> object:
    with home() as environ:
        return {"salon": _idle(SALON, environ), "bare": _idle(BARE, environ)}


def _idle(command: Command, environ: dict[str, str]) -> Figures:
    with at_rest(command, environ) as program:
        program.drain(2)
        before = program.cost()
        program.drain(10)
        return as_figures(program.cost() - before) | {"memory_mb": program.memory()}


# stream


def stream(options: argparse.Namespace) -> object:
    found: dict[str, dict[str, Figures]] = {}
    for name in options.shapes:
        rows = found[name] = {}
        for size in options.sizes:
            for pace in options.paces:
                rows[f"{size} KB at {pace} KB/s"] = _streamed(SALON, name, size * 1000, pace * 1000)
        for size in options.baseline_sizes:
            rows[f"evening chat: {size} KB"] = _streamed(EVENING_CHAT, name, size * 1000, options.paces[0] * 1000)
        _add_growth(rows, options)
        print(name, json.dumps(rows), file=sys.stderr, flush=True)
    return found


def _streamed(command: Command, shape: str, size: int, pace: int) -> Figures:
    """Stream one answer; `late_s` is how long after the server's last byte its end was on the screen."""
    with home() as environ, serving() as address, warmed_up(command, environ | {"ANTHROPIC_BASE_URL": address}) as app:
        memory = app.memory()
        mark, before = ask(app, shape, size, DELTA, pace / DELTA)
        app.wait_for(mark, size / pace * 4 + 60)
        late = (app.cost() - before).wall - size / pace
        app.settle()
        spent = app.cost() - before
        return as_figures(spent) | {
            "cpu_share": round(spent.cpu / spent.wall, 2),
            "late_s": round(late, 2),
            "memory_before_mb": round(memory, 1),
            "memory_after_mb": round(app.memory(), 1),
        }


def _add_growth(rows: dict[str, Figures], options: argparse.Namespace) -> None:
    """With which power the CPU grows from each size to the next."""
    for small, large in zip(options.sizes, options.sizes[1:], strict=False):
        growth = rows[f"exponent {small} to {large} KB"] = {}
        for pace in options.paces:
            less, more = (rows[f"{size} KB at {pace} KB/s"]["cpu_s"] or 0.0 for size in (small, large))
            growth[f"at {pace} KB/s"] = exponent(less, more, large / small)


# slow line


def slow_line(options: argparse.Namespace) -> object:
    return {
        "salon": _streamed(SALON, "mixed", 20_000, 100 * DELTA),
        "evening chat": _streamed(EVENING_CHAT, "mixed", 20_000, 100 * DELTA),
    }


# keys


def keys(options: argparse.Namespace) -> object:
    figures: dict[str, Figures] = {}
    with serving() as address:
        with home() as environ, at_rest(BARE, environ) as bare:
            figures["bare, idle"] = milliseconds(_echoes(bare, options.keys))
        for messages in (0, 1_000):
            with home() as environ:
                command: Command = SALON
                if messages:
                    command = (*SALON, "-r", write_session(Path(environ["SALON_CONFIG_DIR"]), messages))
                with warmed_up(command, environ | {"ANTHROPIC_BASE_URL": address}) as app:
                    figures[f"{messages} messages, idle"] = milliseconds(_echoes(app, options.keys))
                    for rate in (200, 1_000):
                        figures[f"{messages} messages, {rate} deltas/s"] = _echoes_while_streaming(app, rate, options)
    return figures


def _echoes(app: Program, count: int) -> list[float]:
    latencies = []
    for number in range(count):
        latencies.append(app.echo())
        app.drain(0.05 + 0.013 * (number % 7))  # at no fixed distance from frames
        if number % 20 == 19 or number == count - 1:
            app.take_back(number % 20 + 1)
            app.drain(0.3)
    return latencies


def _echoes_while_streaming(app: Program, rate: int, options: argparse.Namespace) -> Figures:
    seconds = options.keys * 0.17 + 2
    mark, _ = ask(app, "mixed", int(seconds * rate * 8), 8, rate)
    app.drain(1.0)
    before = app.cost()
    latencies = _echoes(app, options.keys)
    spent = app.cost() - before
    app.wait_for(mark, 120)
    app.settle(1.0)
    return milliseconds(latencies) | {"cpu_share": round(spent.cpu / spent.wall, 2)}


# open


def opening(options: argparse.Namespace) -> object:
    figures: dict[str, Figures] = {}
    for count in (2, 10, 1_000, 10_000):
        with home() as environ:
            session = write_session(Path(environ["SALON_CONFIG_DIR"]), count)
            empty, full = alternating(
                options.runs,
                partial(_opened, SALON, environ, None),
                partial(_opened, (*SALON, "-r", session), environ, count),
            )
        names = ("paint_wall_s", "echo_wall_s", "echo_cpu_s", "settled_cpu_s", "memory_mb")
        against = {f"ratio of {name}": ratio(full, empty, name) for name in names}
        figures[f"{count} messages"] = full | against
    return figures


def _opened(command: Command, environ: dict[str, str], count: int | None) -> Figures:
    """Open a session; `shown` is when its last line is on the screen (for an empty one, its prompt)."""
    with Program(command, environ) as app:
        painted_at = app.painted() - app.started
        if count is not None:
            app.wait_for(mark_of(count).encode())
        shown = app.cost()
        echoed = app.first_echo()
        app.drain(2.0)
        return {
            "paint_wall_s": painted_at,
            "shown_wall_s": shown.wall,
            "shown_cpu_s": shown.cpu,
            "echo_wall_s": echoed.wall,
            "echo_cpu_s": echoed.cpu,
            "settled_cpu_s": app.cpu(),
            "memory_mb": app.memory(),
        }


# choose


def choose(options: argparse.Namespace) -> object:
    """CPU milliseconds of the longest step while the list opens, and from choosing a session there to its end."""
    with watched() as (command, environ, seen):
        write_session(Path(environ["SALON_CONFIG_DIR"]), 10_000)
        with at_rest(command, environ) as app:
            told_by(app, seen)
            app.send(b"\x0f")
            app.drain(2.0)
            listed = told_by(app, seen)
            before = app.cost()
            app.send(b"\r")
            app.wait_for(mark_of(10_000).encode())
            shown = app.cost() - before
            app.drain(3.0)
            return {"list": listed, "open": told_by(app, seen) | as_figures(shown)}


# steps


def steps(options: argparse.Namespace) -> object:
    """CPU milliseconds of the longest step of each thing a reader does, from the end to the top and back."""
    pages = options.pages
    with watched() as (command, environ, seen):
        session = write_session(Path(environ["SALON_CONFIG_DIR"]), 10_000)
        with Program([*command, "-r", session], environ) as app:
            app.wait_for(mark_of(10_000).encode())
            app.drain(4.0)
            figures = {"open": told_by(app, seen) | {"memory_mb": app.memory()}}
            acts: dict[str, Callable[[Program], None]] = {
                "page up": partial(_pressed, b"\x1b[5~", pages),
                "to the top": partial(_pressed, b"\x1b[1;5H", 1),
                "page down": partial(_pressed, b"\x1b[6~", pages),
                "narrower": lambda app: app.resize(90, 30),
                "page up, narrower": partial(_pressed, b"\x1b[5~", pages // 4),
                "wider": lambda app: app.resize(COLUMNS, ROWS),
                "to the end": partial(_pressed, b"\x1b[1;5F", 1),
                "next theme": partial(_pressed, THEME_KEY, 1),
            }
            for name, act in acts.items():
                act(app)
                app.drain(1.5)
                figures[name] = told_by(app, seen) | {"memory_mb": app.memory()}
    return figures


def _pressed(key: bytes, times: int, app: Program) -> None:
    for _ in range(times):
        app.send(key)
        app.drain(0.03)


PARTS: dict[str, Part] = {
    "start": start,
    "idle": idle,
    "stream": stream,
    "slow_line": slow_line,
    "keys": keys,
    "open": opening,
    "choose": choose,
    "steps": steps,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--runs", type=int, default=5, help="launches of each app, in turn")
    parser.add_argument("--keys", type=int, default=60, help="keys pressed for each figure")
    parser.add_argument("--pages", type=int, default=200, help="pages turned in a long session")
    parser.add_argument("--shapes", nargs="+", default=list(NAMES), choices=NAMES)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 100], metavar="KB")
    parser.add_argument("--paces", nargs="+", type=int, default=[20, 100], metavar="KB/s")
    parser.add_argument("--baseline-sizes", nargs="*", type=int, default=[10], metavar="KB")
    options = parser.parse_args()
    print(json.dumps({name: PARTS[name](options) for name in options.parts}, indent=1))


if __name__ == "__main__":
    main()
