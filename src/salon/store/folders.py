"""A folder as a list of the files in it, for a model to know what there is."""

import os
from dataclasses import dataclass
from pathlib import Path

from salon.workfiles import list_files

MOST_FILES = 2_000
"""Files that a list names; more would be no list any more."""


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
    found = [name for name in list_files(folder) if not name.endswith("/")]
    lines = [f"{name}\t{size}" for name in found[:MOST_FILES] if (size := _size(folder / name)) is not None]
    cut = len(found) > MOST_FILES
    heading = f"Files in {folder.name or folder}, with their sizes in bytes"
    heading += f" (the first {MOST_FILES:,}; there are more):" if cut else ":"
    return Listing("\n".join([heading, *lines]) + "\n", len(lines), cut)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
