"""A day in an hour: ten thousand turns in two hundred chats of one process, and what it holds on to.

    python -m benchmarks.day_cost [CHATS] [TURNS]      (in tests/)

Prints a line for every tenth of the way: resident memory, what Python itself counts, files, threads, tasks; at the end
by how much it grew since the first tenth, which is the warm-up.
"""

import asyncio
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

from endurance import Held, chat_once, library_in
from fakes import FakeClient


def resident() -> int:
    """Resident memory in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


async def live(chats: int, turns: int, folder: Path) -> None:
    """Have the chats and tell what is held meanwhile."""
    library, client = library_in(folder), FakeClient()
    first: tuple[int, Held] | None = None
    start = time.process_time()
    for number in range(1, chats + 1):
        await chat_once(library, client, turns)
        if number % max(1, chats // 10):
            continue
        held, memory = Held.now(), resident()
        first = first or (memory, held)
        print(
            f"{number * turns:7,} turns  {memory / 1e6:7.1f} MB resident  {held.memory / 1e6:6.2f} MB of objects  "
            f"{held.files} files  {held.threads} threads  {held.tasks} tasks  {time.process_time() - start:6.1f} s CPU"
        )
    if first is not None:
        print(
            f"grown by {resident() / first[0] - 1:.1%} resident, {Held.now().memory / first[1].memory - 1:.1%} objects"
        )


def main() -> None:
    """Run it with the numbers of the command line."""
    chats, turns = (int(word) for word in (*sys.argv[1:3], *("200", "50")[len(sys.argv[1:3]) :]))
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(chats, turns, Path(folder)))


if __name__ == "__main__":
    main()
