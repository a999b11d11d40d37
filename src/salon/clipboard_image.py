"""The picture on the clipboard of the machine one sits at, through that machine's own tools.

No terminal hands pictures over, so over SSH there is no way; then the sentence says so.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from salon.children import without_secrets
from salon.errors import SalonError
from salon.words import tr

logger = logging.getLogger(__name__)

SECONDS = 5.0
_KINDS = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff")
_APPLESCRIPT = (
    "on run argv",
    "set picture to the clipboard as «class PNGf»",
    "set target to open for access POSIX file (item 1 of argv) with write permission",
    "write picture to target",
    "close access target",
    "end run",
)
_POWERSHELL = (
    "Add-Type -AssemblyName System.Windows.Forms; Add-Type -AssemblyName System.Drawing; "
    "$i = [System.Windows.Forms.Clipboard]::GetImage(); if ($i -eq $null) { exit 3 }; "
    "$m = New-Object System.IO.MemoryStream; $i.Save($m, [System.Drawing.Imaging.ImageFormat]::Png); "
    "$o = [Console]::OpenStandardOutput(); $b = $m.ToArray(); $o.Write($b, 0, $b.Length)"
)


def take_image(environ: Mapping[str, str] | None = None) -> bytes:
    """The picture's bytes. Raises `SalonError` where there is none, or no way to it. Blocks while a tool works."""
    environ = os.environ if environ is None else environ
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        raise SalonError(
            tr("Over SSH a terminal does not hand pictures over."), tr("Copy the file here and attach it by its path.")
        )
    data = _from_tool(environ)
    if not data:
        raise SalonError(tr("There is no picture on the clipboard."))
    return data


def _from_tool(environ: Mapping[str, str]) -> bytes:
    if sys.platform == "darwin":
        return _from_mac(environ)
    if environ.get("WSL_DISTRO_NAME") and (shell := _tool("powershell.exe", environ)):
        return _run([shell, "-NoProfile", "-STA", "-Command", _POWERSHELL], environ)
    if environ.get("WAYLAND_DISPLAY") and (paste := _tool("wl-paste", environ)):
        offered = _run([paste, "--list-types"], environ).decode("utf-8", "replace").split()
        kind = next((kind for kind in _KINDS if kind in offered), "")
        return _run([paste, "--no-newline", "--type", kind], environ) if kind else b""
    if environ.get("DISPLAY") and (clip := _tool("xclip", environ)):
        selection = [clip, "-selection", "clipboard", "-out", "-target"]
        offered = _run([*selection, "TARGETS"], environ).decode("utf-8", "replace").split()
        kind = next((kind for kind in _KINDS if kind in offered), "")
        return _run([*selection, kind], environ) if kind else b""
    needed = "wl-paste (wl-clipboard)" if environ.get("WAYLAND_DISPLAY") else "xclip"
    raise SalonError(
        tr("The clipboard's pictures cannot be reached from here."),
        tr("With {needed} installed they can, in a desktop.", needed=needed),
    )


def _from_mac(environ: Mapping[str, str]) -> bytes:
    script = [part for line in _APPLESCRIPT for part in ("-e", line)]
    with tempfile.TemporaryDirectory(prefix="salon-") as folder:  # 0700, and gone afterwards
        target = Path(folder) / "clipboard.png"
        _run(["osascript", *script, str(target)], environ)
        return target.read_bytes() if target.exists() else b""


def _tool(name: str, environ: Mapping[str, str]) -> str | None:
    return shutil.which(name, path=environ.get("PATH"))


def _run(command: list[str], environ: Mapping[str, str]) -> bytes:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_secrets(environ),
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.info("%s gave no picture: %s", command[0], error)
        return b""
    return done.stdout if done.returncode == 0 else b""
