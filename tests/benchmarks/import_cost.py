"""What an import costs: CPU time a thousand messages, and peak memory beside the size of the file.

    python tests/benchmarks/import_cost.py [MESSAGES]

A generated ChatGPT export (40 messages a chat, half a kilobyte to six each) is imported by a process of its own, once
as it is, once more when everything is known, and as a zip.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MESSAGES_A_CHAT = 40
WORDS = "The shorter the wavelength, the more strongly air scatters it, which is why the sky is blue. \u5929\u7a7a "


def chats(messages: int) -> Iterator[str]:
    for number in range(messages // MESSAGES_A_CHAT):
        mapping: dict[str, Any] = {"root": {"id": "root", "parent": None, "children": [], "message": None}}
        parent = "root"
        for index in range(MESSAGES_A_CHAT):
            own_id, role = f"{number}-{index}", "user" if index % 2 == 0 else "assistant"
            content = {"content_type": "text", "parts": [WORDS * (5 if role == "user" else 20 + index)]}
            author: dict[str, Any] = {"role": role, "name": None, "metadata": {}}
            message: dict[str, Any] = {
                "id": own_id,
                "author": author,
                "create_time": 1.7e9 + number * 1000 + index,
                "content": content,
            }
            message |= {"recipient": "all", "metadata": {"model_slug": "gpt-5"}}
            mapping[own_id] = {"id": own_id, "parent": parent, "children": [], "message": message}
            parent = own_id
        chat = {"id": f"chat-{number}", "title": f"Chat {number}", "create_time": 1.7e9 + number * 1000}
        yield json.dumps(chat | {"mapping": mapping, "current_node": parent})


def write_export(path: Path, messages: int) -> int:
    with path.open("w") as file:
        file.write("[")
        for number, chat in enumerate(chats(messages)):
            file.write(("," if number else "") + chat)
        file.write("]")
    return path.stat().st_size


def measure(folder: str, place: str) -> None:
    """In a process of its own: import, and say what it took."""
    from salon.paths import Paths
    from salon.store.importing.importer import Importer
    from salon.store.importing.shelf import Shelf
    from salon.store.library import FileLibrary

    paths = Paths(Path(folder) / "config", Path(folder) / "state", Path(folder) / "cache")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    summary = Importer(Shelf(FileLibrary(paths), paths)).run([Path(place)])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = [summary.new, summary.known, summary.messages, cpu, wall, before / 1024, peak / 1024]
    print(json.dumps(figures))


def report(name: str, folder: Path, place: Path, messages: int, size: int) -> None:
    done = subprocess.run(
        [sys.executable, __file__, "--measure", str(folder), str(place)], capture_output=True, text=True, check=True
    )
    new, known, _, cpu, wall, before, peak = json.loads(done.stdout)
    megabytes = size / 1024**2
    print(
        f"{name:<12} {new:>6} new {known:>6} known  a 1,000 messages: {cpu / messages * 1e6:6.1f} ms CPU, "
        f"{wall / messages * 1e6:6.1f} ms in all  file {megabytes:6.1f} MB  memory {before:5.1f} -> {peak:6.1f} MB "
        f"({(peak - before) / megabytes:.2f} of the file)"
    )


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
        return
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        export = folder / "conversations.json"
        size = write_export(export, messages)
        report("first time", folder / "plain", export, messages, size)
        report("once more", folder / "plain", export, messages, size)
        with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
            # Words of one sentence pack more tightly than a person's ever do.
            made.writestr("user.json", b"{}")
            made.write(export, "conversations.json", zipfile.ZIP_STORED)
        report("from a zip", folder / "zipped", folder / "export.zip", messages, size)


if __name__ == "__main__":
    main()
