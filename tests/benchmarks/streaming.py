"""What a streamed answer costs, as a Markdown table: from the folder ``tests``, ``python -m benchmarks.streaming``.

Every shape is streamed at every size and pace into the real app, in a pseudo-terminal. The figures are CPU time:

* exponent: with which power of the size the app's CPU grows, from the second-largest size to the largest
* flushes / at once: all work on the transcript (layout, and what follows from it for each frame) while the answer came,
  over the same work in another such app that was sent the same text in a single delta: what streaming costs more
* flushes / layout: the same work over laying out the same text at once without any app, no frame made and everything
  warm: for shapes that are cheap to lay out, mostly the cost of the frames
* flush, step: the longest single flush of the transcript and the longest single step of the event loop, milliseconds
* core: the app's CPU seconds a second while the answer came
* memory: how much the app grew, in MB; and that beyond the first 20 MB, over the size of the answer
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.markdown_cost import cpu, load
from benchmarks.measuring import ask, exponent, told_by, warmed_up, watched
from benchmarks.shapes import NAMES, shape
from benchmarks.stream_server import serving
from benchmarks.terminal import Program

DELTA = 20
SLOWEST = 20_000  # characters a second, below which waiting for an answer is given up
Row = dict[str, float | str]


@contextmanager
def listening() -> Iterator[tuple[Program, Path]]:
    """An app of its own, at rest below a short answer, and the file for `told_by`, which begins here."""
    with (
        watched() as (command, environ, seen),
        serving() as address,
        warmed_up(command, environ | {"ANTHROPIC_BASE_URL": address}) as app,
    ):
        told_by(app, seen)
        yield app, seen


def sent_at_once(name: str, size: int) -> float:
    """The CPU seconds of all flushes for an answer that comes in one delta."""
    with listening() as (app, seen):
        mark, _ = ask(app, name, size, delta=size, rate=0)
        app.wait_for(mark, size / SLOWEST + 60)
        app.settle()
        return float(told_by(app, seen)["flushes_cpu_s"])


def streamed(name: str, size: int, pace: int) -> Row:
    """Stream one answer of `size` characters, `pace` a second, into an app of its own."""
    text = shape(name, size)
    layout = min(cpu(load, text) for _ in range(3 if size <= 100_000 else 1))
    at_once = sent_at_once(name, size)
    with listening() as (app, seen):
        memory = app.memory()
        mark, before = ask(app, name, size, DELTA, pace / DELTA)
        app.wait_for(mark, size / pace * 4 + 60)
        shown = app.cost() - before
        app.settle()
        spent = app.cost() - before
        after = app.memory()
        told = told_by(app, seen)
    flushes = float(told["flushes_cpu_s"])
    return {
        "shape": name,
        "kb": size / 1000,
        "kb_s": pace / 1000,
        "cpu_s": round(spent.cpu, 2),
        "core": round(shown.cpu / shown.wall, 2),
        "late_s": round(shown.wall - size / pace, 2),
        "flushes_s": round(flushes, 3),
        "at_once_s": round(at_once, 3),
        "layout_s": round(layout, 3),
        "times_at_once": round(flushes / at_once, 2),
        "times_layout": round(flushes / layout, 2),
        "flush_ms": told["longest_flush_ms"],
        "step_ms": told["longest_step_ms"],
        "culprit": told["culprit"],
        "gc_ms": told["longest_collection_ms"],
        "grown_mb": round(after - memory, 1),
        "times_source": round(max(0.0, after - memory - 20) / (size / 1e6), 1),
        "written_kb": round(spent.written / 1000),
    }


def growth(rows: Sequence[Row], sizes: Sequence[int]) -> dict[tuple[str, float], float | None]:
    """The exponent of each shape at each pace, from the second-largest size to the largest."""
    if len(sizes) < 2:
        return {}
    small, large = sorted(sizes)[-2:]
    spent = {(str(row["shape"]), row["kb_s"], row["kb"]): float(row["cpu_s"]) for row in rows}
    return {
        (name, float(pace)): exponent(spent[name, pace, small], value, large / small)
        for (name, pace, size), value in spent.items()
        if size == large and (name, pace, small) in spent
    }


def table(rows: Sequence[Row], sizes: Sequence[int]) -> str:
    """The rows as Markdown."""
    exponents = growth(rows, sizes)
    titles = (
        "shape | KB | KB/s | CPU s | core | exponent | flushes / at once | flushes / layout | flush ms | step ms | "
        "grown MB | beyond 20 MB / source"
    )
    lines = [f"| {titles} |", "|---" + "|--:" * titles.count("|") + "|"]
    for row in sorted(rows, key=lambda row: (NAMES.index(str(row["shape"])), row["kb_s"], row["kb"])):
        power = exponents.get((str(row["shape"]), float(row["kb_s"]))) if row["kb"] == max(sizes) else None
        cells = [row["shape"], f"{row['kb']:g}", f"{row['kb_s']:g}", row["cpu_s"], row["core"], power or ""]
        figures = ("times_at_once", "times_layout", "flush_ms", "step_ms", "grown_mb", "times_source")
        cells += [row[figure] for figure in figures]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", nargs="+", default=list(NAMES), choices=NAMES)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 100, 1000], metavar="KB")
    parser.add_argument("--paces", nargs="+", type=int, default=[20, 100], metavar="KB/s")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.shapes:
        for pace in options.paces:
            for size in options.sizes:
                rows.append(streamed(name, size * 1000, pace * 1000))
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    print(table(rows, options.sizes))


if __name__ == "__main__":
    main()
