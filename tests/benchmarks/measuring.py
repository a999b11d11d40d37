"""What the measurements of `app_cost` share: how the apps are started, typed into, and summed up."""

import json
import math
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stream_server import SHORT, request_for
from benchmarks.terminal import Cost, Program

_HERE = Path(__file__).resolve().parent
SALON = (sys.executable, "-m", "salon")
BARE = (sys.executable, str(_HERE / "bare_app.py"))
EVENING_CHAT = (*BARE, "chat")

Figures = dict[str, float | int | None]


@contextmanager
def home() -> Iterator[dict[str, str]]:
    """The environment of an app with folders of its own and no network but a server that is named later."""
    with tempfile.TemporaryDirectory() as folder:
        yield {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "SALON_CONFIG_DIR": f"{folder}/config",
            "SALON_STATE_DIR": f"{folder}/state",
            "SALON_CACHE_DIR": f"{folder}/cache",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "ANTHROPIC_API_KEY": "no-key-is-needed",
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),  # another version of the app than the installed one
        }


@contextmanager
def at_rest(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[Program]:
    """A program that has started, echoes keys, and has come to rest."""
    with Program(command, environ) as program:
        program.first_echo()
        program.drain(1.5)
        program.settle()
        yield program


@contextmanager
def warmed_up(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[Program]:
    """A program that has had one short answer, so that no import or connection is measured with what follows."""
    with at_rest(command, environ) as program:
        program.send(b"hello")
        program.settle()
        program.send(b"\r")
        program.wait_for(SHORT.encode())
        program.settle(1.0)
        yield program


@contextmanager
def watched() -> Iterator[tuple[list[str], dict[str, str], Path]]:
    """The command of an app whose event loop is watched, its environment, and the file for `told_by`."""
    with home() as environ:
        seen = Path(environ["HOME"], "seen")
        path = f"{_HERE.parent}:{environ['PYTHONPATH']}"
        yield [sys.executable, "-m", "benchmarks.watched_salon", str(seen)], environ | {"PYTHONPATH": path}, seen


def told_by(app: Program, seen: Path) -> dict[str, float | str]:
    """What `watched_salon` saw since it was last asked."""
    seen.unlink(missing_ok=True)
    os.kill(app.pid, signal.SIGUSR1)
    deadline = time.monotonic() + 10
    while not seen.exists() and time.monotonic() < deadline:
        app.drain(0.02)
    told: dict[str, float | str] = json.loads(seen.read_text())
    return told


def ask(program: Program, shape: str, size: int, delta: int, rate: float) -> tuple[bytes, Cost]:
    """Have an answer streamed; what will be written when it is whole, and the cost before it was asked for."""
    mark = f"{time.monotonic_ns() % 10**9:09d}"
    program.send(request_for(shape, size, delta, rate, mark).encode())
    program.settle()
    before = program.cost()
    program.send(b"\r")
    return b"END" + mark.encode(), before


def as_figures(cost: Cost) -> Figures:
    """A cost as JSON has it."""
    return {"wall_s": round(cost.wall, 3), "cpu_s": round(cost.cpu, 3), "kb_written": round(cost.written / 1000, 1)}


def milliseconds(latencies: Sequence[float]) -> Figures:
    """Median, 95th percentile and maximum."""
    ordered = sorted(latencies)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] * 1000, 1),
        "max_ms": round(ordered[-1] * 1000, 1),
        "keys": len(ordered),
    }


def medians(rows: Sequence[Figures]) -> Figures:
    """The median of every figure."""
    return {
        name: round(statistics.median(value for row in rows if (value := row[name]) is not None), 3) for name in rows[0]
    }


def ratio(figures: Figures, baseline: Figures, name: str) -> float | None:
    """How many times the baseline a figure is."""
    above, below = figures.get(name), baseline.get(name)
    return round(above / below, 2) if above is not None and below else None


def exponent(small: float, large: float, times: float) -> float | None:
    """With which power of the size a cost grows (1.0: linearly)."""
    return round(math.log(large / small) / math.log(times), 2) if small > 0 and large > 0 else None


def alternating(times: int, *measures: Callable[[], Figures]) -> list[Figures]:
    """Each measurement `times` times in turn, so that what else the computer does meets all alike; their medians."""
    rows: list[list[Figures]] = [[] for _ in measures]
    for _ in range(times):
        for place, measure in zip(rows, measures, strict=True):
            place.append(measure())
    return [medians(row) for row in rows]
