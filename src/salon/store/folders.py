"""A folder as a list of the files in it, for a model to know what there is."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_FILES = 2_000
"""Files that a list names; more would be no list any more."""
_GIT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder: the text for the model, how many it names, and whether there are more."""

    text: str
    files: int
    cut: bool


def list_folder(folder: Path) -> Listing:
    """The files below `folder` with their sizes, sorted; hidden ones and those that git ignores are left out.

    Raises `OSError` where the folder itself cannot be read.
    """
    os.scandir(folder).close()
    names = _from_git(folder)
    found = sorted(names[: MOST_FILES + 1] if names is not None else _walk(folder))
    lines = [f"{name}\t{size}" for name in found[:MOST_FILES] if (size := _size(folder / name)) is not None]
    cut = len(found) > MOST_FILES
    heading = f"Files in {folder.name or folder}, with their sizes in bytes"
    heading += f" (the first {MOST_FILES:,}; there are more):" if cut else ":"
    return Listing("\n".join([heading, *lines]) + "\n", len(lines), cut)


def _walk(folder: Path) -> Iterator[str]:
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(place, name), folder)  # noqa: PTH118 - strings, for thousands
                count += 1
                if count > MOST_FILES:
                    return


def _from_git(folder: Path) -> list[str] | None:
    """The files that git knows or would take, relative to the folder; None where it is not in a repository."""
    git = shutil.which("git")
    if git is None or not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return None
    harmless = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_AUTH_TOKEN"))}
    command = [git, "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=harmless,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
