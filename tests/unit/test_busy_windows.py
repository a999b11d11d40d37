"""Two windows and a sync program in one directory: whatever order they come in, what was said to be saved is there.

`SALON_FUZZ_EXAMPLES` sets how many interleavings are tried in one process, `SALON_BUSY` how many times two processes
are let loose, of which every second one is killed.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import busy_windows
from busy_windows import SyncProgram, Window, begun, check, paths_in

EXAMPLES = int(os.environ.get("SALON_FUZZ_EXAMPLES", "15"))
ROUNDS = int(os.environ.get("SALON_BUSY", "2"))
STEPS = 60

turns = st.lists(st.tuples(st.sampled_from(["one", "two", "sync"]), st.integers(0, 50)), min_size=5, max_size=60)


@settings(max_examples=EXAMPLES, deadline=None)
@given(turns)
def test_two_windows_and_a_sync_program_in_any_order(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths, told = paths_in(Path(folder)), list[tuple[str, str]]()

        async def live() -> str:
            shared = await begun(paths)
            windows = {name: Window(paths, name, shared, lambda *each: told.append(each)) for name in ("one", "two")}
            sync = SyncProgram(paths, shared)
            for who, number in steps:
                if who == "sync":
                    sync.step(number)
                else:
                    await windows[who].step(number)
            for window in windows.values():
                await window.close()
            return shared

        check(paths, asyncio.run(live()), told)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_processes_at_the_same_time(tmp_path: Path, seed: int) -> None:
    chance, paths = random.Random(seed), paths_in(tmp_path)
    shared = asyncio.run(begun(paths))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(busy_windows.__file__).parent)])}
    started = [
        subprocess.Popen(
            [sys.executable, busy_windows.__file__, str(tmp_path), name, str(seed), str(STEPS), shared],
            stdout=subprocess.PIPE,
            env=environment,
        )
        for name in ("one", "two", "three")
    ]
    killed = started[0] if seed % 2 else None
    told: list[tuple[str, str]] = []
    for process in started:
        assert process.stdout is not None
        heard = b""
        if process is killed:
            heard = b"".join(process.stdout.readline() for _ in range(chance.randrange(20)))
            process.kill()
        heard += process.stdout.read()
        told += [tuple(json.loads(line)) for line in heard.splitlines(keepends=True) if line.endswith(b"\n")]
        process.stdout.close()
        assert process.wait() in ({0, -9} if process is killed else {0})  # the killed one may have been done
    if killed is not None:  # its last deeds may have been done and not told
        told = [each for each in told if not (each[0] == "set" and each[1].startswith("measure"))]
    check(paths, shared, told)
