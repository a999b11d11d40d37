"""The files of the directory that Salon was started in, for completing their names."""

import logging
import os
import shutil
import subprocess
from pathlib import Path

from salon.children import without_secrets

logger = logging.getLogger(__name__)

MOST = 200_000
"""A tree with more files than this is listed in part."""
GIT_SECONDS = 20
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
"""A folder that was unpacked from somewhere may have a `.git/config` that names programs for git to start."""
_ASK_NOBODY = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
"""Folders that hold what nobody wrote, where no `.gitignore` says so."""


def list_files(root: Path) -> list[str]:
    """The files below `root` and the folders they lie in, these with a slash at the end; relative, sorted.

    In a working tree of git, what git tracks and what it does not ignore; elsewhere everything that is neither hidden
    nor `SKIPPED`. Blocks: call it from a thread.
    """
    files = _listed_by_git(root)
    if files is None:
        files = _walked(root)
    folders = {f"{folder}/" for name in files for folder in _folders_of(name)}
    return sorted([*folders, *files], key=str.casefold)


def _listed_by_git(root: Path) -> list[str] | None:
    """What git says; None where there is no git, or where `root` does not belong to it."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, *_NO_PROGRAMS, "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    environ = without_secrets(os.environ) | _ASK_NOBODY
    try:
        answer = subprocess.run(
            command, capture_output=True, timeout=GIT_SECONDS, check=False, stdin=subprocess.DEVNULL, env=environ
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.warning("git did not list the files of %s: %s", root, error)
        return None
    if answer.returncode != 0:
        return None
    names = os.fsdecode(answer.stdout).split("\0")
    return [name for name in names if name][:MOST]


def _walked(root: Path) -> list[str]:
    found: list[str] = []
    for folder, subfolders, names in os.walk(root, onerror=_log):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(".") and name not in SKIPPED)
        base = os.path.relpath(folder, root)
        prefix = "" if base == "." else f"{base}/"
        found += [prefix + name for name in sorted(names) if not name.startswith(".")]
        if len(found) >= MOST:
            return found[:MOST]
    return found


def _log(error: OSError) -> None:
    logger.info("Not listed: %s", error)


def _folders_of(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
