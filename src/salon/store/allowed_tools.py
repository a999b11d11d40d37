"""The tools that a person has allowed for good: a line each, in a file of the config directory."""

from pathlib import Path

from salon.errors import StoreError
from salon.store.alone import alone
from salon.store.files import FileLayer, OperatingSystem, reason_of, write_atomically
from salon.toml_text import read_small_file, shown_path
from salon.words import tr


class AllowedTools:
    """The file. Both methods block."""

    def __init__(self, file: Path, locks: Path, files: FileLayer | None = None) -> None:
        self._file = file
        self._locks = locks
        self._files = files or OperatingSystem()

    def load(self) -> list[str]:
        """The lines; none where the file cannot be read, for then every tool is asked about."""
        try:
            return read_small_file(self._file).splitlines()
        except (OSError, ValueError):
            return []

    def add(self, line: str) -> None:
        """Add a line to what the file has by now, which another Salon may have written. Raises `StoreError`.

        A file that is there and cannot be read is left as it is: what a person allowed is not for us to forget.
        """
        with alone(self._locks, self._file.stem, self._files):
            try:
                lines = read_small_file(self._file).splitlines()
            except FileNotFoundError:
                lines = []
            except (OSError, ValueError) as error:
                raise self._not_kept(reason_of(error) if isinstance(error, OSError) else str(error)) from error
            if line in lines:
                return
            try:
                write_atomically(self._files, self._file, "\n".join((*lines, line, "")).encode())
            except OSError as error:
                raise self._not_kept(reason_of(error)) from error

    def _not_kept(self, why: str) -> StoreError:
        return StoreError(tr("The permission is not kept in {file}: {why}.", file=shown_path(self._file), why=why))
