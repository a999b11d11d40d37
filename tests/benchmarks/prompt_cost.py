"""What a key costs in drafts of several shapes, as CPU milliseconds and as a ratio to an empty one.

``python -m benchmarks.prompt_cost`` from the folder ``tests`` starts the real app in a pseudo-terminal on a chat whose
draft has the shape (as many rows in view for all, so the empty one is twelve lines of a few words), lets it come to
rest, presses letters at the end, in the middle and at the beginning, and moves about. The draft's saving is in it.
"""

import sys
from pathlib import Path

from benchmarks.measuring import SALON, home
from benchmarks.saved_sessions import write_session
from benchmarks.terminal import Ended, Program
from salon.chat.draft import Draft
from salon.paths import Paths
from salon.store.library import FileLibrary

KEYS = 60
SIZE = 100_000
SHAPES = {
    "empty": "word\n" * 12,
    "100 KB of lines": "\n".join("words of a line that is nearly as long as most lines are" for _ in range(SIZE // 57)),
    "100 KB of paragraphs": "\n\n".join("word " * 160 for _ in range(SIZE // 800)),
    "100 KB in one line": "word " * (SIZE // 5),
    "100 KB of Japanese": "\n".join("日本語の文章が続きます。" * 8 for _ in range(SIZE // 96)),
}
MOVES = {"a letter": b"x", "Left": b"\x1b[D", "Up": b"\x1b[A"}


def cost_of(draft: str) -> dict[str, float]:
    """CPU milliseconds a key, by the key and the place."""
    with home() as environ:
        config = Path(environ["SALON_CONFIG_DIR"])
        session = write_session(config, 2)
        paths = Paths(config, Path(environ["SALON_STATE_DIR"]), Path(environ["SALON_CACHE_DIR"]))
        FileLibrary(paths).save_draft(session, Draft(draft))
        with Program([*SALON, "-c"], environ) as program:
            program.wait_for(draft.split()[0].encode())
            program.settle(1)
            found: dict[str, float] = {}
            for place, way in {"end": b"", "start": b"\x1b[60;3u"}.items():
                program.send(way)
                program.settle(0.5)
                for name, key in MOVES.items():
                    if place == "start" and name != "a letter":
                        continue
                    before = program.cpu()
                    for _ in range(KEYS):
                        program.send(key)
                        program.drain(0.03)
                    program.settle(0.6)
                    if not program.running():
                        raise Ended(f"Salon ended at {name}, {place}")
                    found[f"{name}, {place}"] = (program.cpu() - before) * 1000 / KEYS
            return found


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(SHAPES)
    empty = cost_of(SHAPES["empty"])
    for shape in chosen:
        costs = empty if shape == "empty" else cost_of(SHAPES[shape])
        figures = "  ".join(f"{name} {cost:.2f} ms ×{cost / empty[name]:.2f}" for name, cost in costs.items())
        print(f"{shape:22} {figures}")
