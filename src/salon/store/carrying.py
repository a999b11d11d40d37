"""Export and import as the app asks for them: places in words, texts, sentences.

What does the work is imported when it is first asked for: a chat begins without it.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from salon.chat.conversation import Conversation
from salon.chat.madefiles import name_here
from salon.chat.model import ModelInfo
from salon.errors import StoreError
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.words import tr

if TYPE_CHECKING:
    from salon.store.exporting.selecting import Wanted
    from salon.store.importing.importer import Progress

_SUFFIXES = (".zip", ".json", ".jsonl")
_MOST_PLACES = 200


class FileCarrier:
    """What `salon.ui.services.Carrier` asks for, on the disk. `here` is where Salon was started. All methods block."""

    def __init__(self, paths: Paths, model_info: Callable[[str], ModelInfo], home: Path, here: Path) -> None:
        self._paths = paths
        self._model_info = model_info
        self._blobs = FileLibrary(paths).blobs
        self._home = home
        self._here = here

    def text_of(self, conversation: Conversation, wanted: "Wanted") -> str:
        """See `Carrier`."""
        from salon.store.exporting.exporter import export

        return export(conversation, wanted, self._model_info, self._blobs)

    def place_for(self, title: str, suffix: str) -> str:
        """See `Carrier`."""
        from salon.store.exporting.writing import suggested_name

        folder = self._here if os.access(self._here, os.W_OK) else self._home
        return self._shown(folder / suggested_name(title, suffix))

    def write(self, place: str, text: str) -> str:
        """See `Carrier`."""
        from salon.store.exporting.writing import write_new

        if not place.strip():
            raise StoreError(tr("There is no place to write to."), tr("Type the path of a file."))
        return self._shown(write_new(self._meant(place), text))

    def save(self, folder: str, name: str, content: bytes) -> str:
        """See `Carrier`."""
        from salon.store.exporting.writing import write_new

        downloads = self._home / "Downloads"
        place = self._meant(folder) if folder.strip() else downloads if downloads.is_dir() else self._home
        return self._shown(write_new(place / name_here(name), content, tr("The file")))

    def places(self, typed: str) -> Sequence[str]:
        """See `Carrier`."""
        if not typed.strip():
            return self._usual_places()
        meant = self._meant(typed)
        ends = typed.endswith("/")
        folder, beginning = (meant, "") if ends else (meant.parent, meant.name.casefold())
        found = [self._shown(folder) + "/"] if ends and folder.is_dir() else []
        try:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name.casefold())[:10_000]:
                    hidden = entry.name.startswith(".") and not beginning.startswith(".")
                    if hidden or not entry.name.casefold().startswith(beginning):
                        continue
                    if entry.is_dir():
                        found.append(self._shown(Path(entry.path)) + "/")
                    elif entry.name.endswith(_SUFFIXES) and entry.is_file():
                        found.append(self._shown(Path(entry.path)))
        except OSError:
            return found  # a folder that is not there yet, or closed: nothing to offer
        return found[:_MOST_PLACES]

    def bring_in(self, place: str, *, demo: bool, on_progress: Callable[["Progress"], bool]) -> Sequence[str]:
        """See `Carrier`."""
        from salon.store.importing.importer import Importer
        from salon.store.importing.shelf import Shelf

        paths = self._paths.for_demo() if demo else self._paths
        importer = Importer(Shelf(FileLibrary(paths), paths), on_progress)
        return importer.run([self._meant(place)]).sentences()

    def _usual_places(self) -> list[str]:
        """Where exports lie: archives that were downloaded, the newest first, and Claude Code's folder."""
        archives: dict[Path, float] = {}
        for folder in (self._here, self._home / "Downloads"):
            try:
                found = [each for each in folder.iterdir() if each.suffix == ".zip" or _is_conversations(each)]
                archives |= {each: each.stat().st_mtime for each in found if each.is_file()}
            except OSError:
                continue  # not there, or closed
        newest = sorted(archives, key=lambda each: -archives[each])[:20]
        projects = self._home / ".claude" / "projects"
        return [self._shown(each) for each in newest] + ([self._shown(projects) + "/"] if projects.is_dir() else [])

    def _meant(self, place: str) -> Path:
        typed = place.strip()
        return self._home / typed[2:] if typed.startswith("~/") else self._here / typed

    def _shown(self, path: Path) -> str:
        """A path as people write it."""
        try:
            return f"~/{path.relative_to(self._home)}".removesuffix("/.")
        except ValueError:
            return str(path)


def _is_conversations(path: Path) -> bool:
    return path.name.startswith("conversations") and path.suffix == ".json"
