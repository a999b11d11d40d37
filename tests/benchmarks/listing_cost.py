"""What it costs to list thousands of chats: cold, warm, after one change, and from memory of the last list.

``python tests/benchmarks/listing_cost.py [COUNT]`` makes COUNT sessions (10,000) of 22 KB and prints CPU milliseconds,
the best of three. "After first paint" is what a picker spends: the remembered list is shown, then the directory is
looked at.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.saved_sessions import write_session
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.store.records import encode

FRESH = """
import sys, time
from pathlib import Path
from salon.paths import Paths
from salon.store.library import FileLibrary
root = Path(sys.argv[1])
library = FileLibrary(Paths(root / "config", root / "state", root / "cache"))
before = time.process_time()
found = getattr(library, sys.argv[2])()
print((time.process_time() - before) * 1000, len(found))
"""


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        paths = Paths(root / "config", root / "state", root / "cache")
        for _ in range(count):
            write_session(paths.config, 20)
        size = sum(file.stat().st_size for file in paths.sessions.rglob("*.jsonl"))
        print(f"{count:,} sessions, {size / 1e6:.0f} MB; CPU ms")
        library = FileLibrary(paths)
        print(f"  cold, every file read       {_cost(library.list):8.1f}")
        print(f"  warm, another process       {min(_fresh(root, 'list') for _ in range(3)):8.1f}")
        print(f"  remembered, another process {min(_fresh(root, 'remembered') for _ in range(3)):8.1f}")
        print(f"  warm, the same process      {min(_cost(library.list) for _ in range(3)):8.1f}")
        print(f"  remembered, the same process{min(_cost(library.remembered) for _ in range(3)):8.1f}")
        one = next(paths.sessions.rglob("*.jsonl"))
        costs = []
        for number in range(3):
            with one.open("ab") as file:
                file.write(encode({"k": "set", "key": "title", "value": f"Title {number}"}, 0.0))
            costs.append(_cost(library.list))
        print(f"  after one change            {min(costs):8.1f}")


def _cost(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def _fresh(root: Path, method: str) -> float:
    done = subprocess.run([sys.executable, "-c", FRESH, str(root), method], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
