"""Whether other people on this computer can read what was written here."""

import stat
from collections.abc import Sequence
from pathlib import Path

from salon.paths import Paths
from salon.words import tr

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def permission_warnings(paths: Paths) -> Sequence[str]:
    """A sentence for each place of the person's that others can get into, with the command that closes it.

    A file in a closed directory is closed, whatever its own mode. The file of keys is asked about where those are read.
    """
    kept_in = {
        paths.config: (
            paths.sessions,
            paths.drafts,
            paths.trash,
            paths.blobs,
            paths.prompts,
            paths.stash_file,
        ),
        paths.state: (paths.log_file, paths.copied_file),
        paths.cache: (paths.search_index, paths.listing_file),
    }
    return [
        tr("Other people on this computer can read {place}. To close it: chmod -R go-rwx '{place}'", place=place)
        for directory, places in kept_in.items()
        if _is_open(directory)
        for place in places
        if _is_open(place)
    ]


def warning_of_secrets_in(file: Path) -> list[str]:
    """A sentence where others can read a file that has secrets in it; none where it, or its directory, is closed."""
    if not (_is_open(file) and _is_open(file.parent)):
        return []
    return [
        tr(
            "Other people on this computer can read {file}, which has secrets in it. Run: chmod go-rwx '{file}'",
            file=file,
        )
    ]


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False  # not there, or closed even to us
