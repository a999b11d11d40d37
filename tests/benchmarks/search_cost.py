"""What the search costs over 10,000 sessions (200 MB): building, asking while typing, ranking, one new message.

``PYTHONPATH=tests python -m benchmarks.search_cost [SESSIONS]`` prints one JSON object. All times are CPU times of this
process, so that what else the computer does changes them little; `wall_s` beside the building is for comparison.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.generated_sessions import Sessions
from benchmarks.measuring import Figures, milliseconds
from salon.paths import Paths
from salon.store.index import SearchIndex
from salon.store.records import encode

QUESTIONS = 150
NEW_MESSAGES = 200
_FILTERS = ("", "", "", " role:user", " model:opus", " after:2026-03", " in:code", " tag:work")
PAGE = 30
"""Hits, as the screen fetches them."""


def measured(folder: Path, count: int) -> dict[str, Figures]:
    """All figures, for `count` sessions in an empty folder."""
    sessions = Sessions()
    paths = Paths(folder / "config", folder / "state", folder / "cache")
    megabytes = sessions.write(paths.config, count) / 1e6
    search = SearchIndex(paths)
    try:
        wall, cpu = time.perf_counter(), time.process_time()
        search.refresh()
        search.settle(3_600)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = sum(file.stat().st_size for file in paths.cache.iterdir()) / 1e6
        figures: dict[str, Figures] = {
            "build": {
                "sessions": count,
                "mb": round(megabytes, 1),
                "cpu_s_per_mb": round(cpu / megabytes, 3),
                "wall_s": round(wall, 1),
                "index_mb": round(size, 1),
            }
        }
        questions = list(_questions(sessions))
        figures["looking_for_changes"] = milliseconds([_cost(lambda: _refresh(search)) for _ in range(5)])
        typed = [typed for asked in questions for typed in _keystrokes(asked)]
        figures["typing"] = milliseconds([_cost(partial(search.find, each, limit=PAGE)) for each in typed])
        figures["ranked"] = milliseconds(
            [_cost(partial(search.find, asked, ranked=True, limit=PAGE)) for asked in questions]
        )
        figures["new_message"] = milliseconds(list(_new_messages(sessions, paths, search)))
    finally:
        search.close()
    return figures


def _cost(do: Callable[[], object]) -> float:
    before = time.process_time()
    do()
    return time.process_time() - before


def _refresh(search: SearchIndex) -> None:
    search.refresh()
    search.settle()


def _questions(sessions: Sessions) -> Iterator[str]:
    """One to three words as often as they are said, a tenth in scripts without blanks, some with a filter."""
    chance = random.Random(7)
    for number in range(QUESTIONS):
        if number % 10 == 0:
            yield sessions.foreign(chance.randint(1, 4)).strip("。")
            continue
        words = " ".join(sessions.sample() for _ in range(chance.randint(1, 3)))
        yield words + chance.choice(
            ("", "", "", " role:user", " model:opus", " after:2026-03", " in:code", " tag:work")
        )


def _keystrokes(asked: str) -> Iterator[str]:
    return (asked[:length] for length in range(1, len(asked) + 1))


def _new_messages(sessions: Sessions, paths: Paths, search: SearchIndex) -> Iterator[float]:
    chance = random.Random(8)
    files = sorted(paths.sessions.glob("*/*.jsonl"))
    for number in range(NEW_MESSAGES):
        file = chance.choice(files)
        content = [{"type": "text", "text": sessions.prose(250)}]
        record = {"k": "msg", "id": f"new-{number}", "parent": None, "role": "user", "content": content}
        with file.open("ab") as stream:
            stream.write(encode(record, time.time()))

        def take_in(path: Path = file) -> None:
            search.note_written(path)
            search.settle()

        yield _cost(take_in)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
        print(json.dumps(measured(Path(place), wanted), indent=2))
