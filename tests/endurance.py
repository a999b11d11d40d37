"""What a process holds: files, threads, tasks, screens, memory. For the question whether it holds more every time."""

import asyncio
import gc
import os
import threading
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fakes import FakeClient, whole
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.paths import Paths
from salon.store.library import FileLibrary


@dataclass(frozen=True, slots=True)
class Held:
    """Counts at one moment, after what can be collected has been; `memory` in bytes, 0 where it is not traced."""

    files: int
    threads: int
    tasks: int
    counted: tuple[int, ...]
    """Living objects of the classes that were asked for."""
    memory: int

    @classmethod
    def now(cls, classes: Sequence[type] = ()) -> "Held":
        """Look; call it on the event loop."""
        gc.collect()
        kinds = [type(each) for each in gc.get_objects()] if classes else []
        return cls(
            len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0,  # noqa: PTH208 - names suffice
            threading.active_count(),
            len(asyncio.all_tasks()),
            tuple(sum(issubclass(kind, wanted) for kind in kinds) for wanted in classes),
            tracemalloc.get_traced_memory()[0],
        )


async def chat_once(library: FileLibrary, client: FakeClient, turns: int) -> None:
    """A chat of some turns, from its making to its closing, opened once more and read."""
    conversation, log = library.create()
    session = Session(conversation, log, Parameters(model=ModelInfo(id="m")), library.blobs)
    for number in range(turns):
        client.enqueue(*whole(f"answer {number} ", "of some words " * 20))
        await session.submit(f"prompt {number}")
        async for _ in session.answer(client):
            pass
        client.requests.clear()
    await log.close()
    conversation, log = library.open(conversation.id)
    await log.close()


def library_in(folder: Path) -> FileLibrary:
    """A person's chats below a folder."""
    return FileLibrary(Paths(folder / "config", folder / "state", folder / "cache"))
