"""The walls of the house, seen from outside: what an import brings with it, and what it leaves on disk."""

import os
import pkgutil
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import salon

HEAVY = ("textual", "anthropic", "httpx2", "rich", "markdown_it", "pygments")

PACKAGES: dict[str, tuple[str, ...]] = {
    "salon.chat": HEAVY,
    "salon.store": HEAVY,
    "salon.claude": ("textual", "rich", "anthropic", "httpx2"),
    "salon.markdown": ("textual", "anthropic", "httpx2"),
    "salon.mcp": (*HEAVY, "mcp"),
    "salon.demo": ("textual", "anthropic", "httpx2"),
    "salon.commands": ("textual", "anthropic", "httpx2"),
    "salon.linear": ("textual", "anthropic", "httpx2"),
    "salon.ui": ("anthropic", "httpx2"),
    "salon.editing": HEAVY,
    "salon.serving": HEAVY,
}
LESS: dict[str, tuple[str, ...]] = {
    "salon.headless": ("textual", "anthropic", "httpx2"),
    "salon.wiring": ("textual", "anthropic", "httpx2"),
    "salon.catalogue": ("textual", "anthropic", "httpx2"),
}
"""Modules that put the parts together may bring what those bring."""


def run(code: str, home: Path) -> str:
    """What a fresh interpreter prints that lives in an empty home."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "PYTHONPATH"}}
    environment = kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    source = str(Path(salon.__path__[0]).parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [source, kept.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_of(package: str) -> list[str]:
    spec = find_spec(package)
    assert spec is not None
    places = spec.submodule_search_locations or ()
    return [package, *(found.name for found in pkgutil.walk_packages(list(places), f"{package}."))]


TOP = [name for name in modules_of("salon") if name.count(".") == 1 and not name.endswith("__main__")]


def assert_light(modules: list[str], unwanted: tuple[str, ...], home: Path) -> None:
    code = (
        "import importlib, sys\n"
        f"for module in {modules!r}:\n"
        "    importlib.import_module(module)\n"
        f"    heavy = [name for name in {unwanted!r} if name in sys.modules]\n"
        "    assert not heavy, f'{module} brings {heavy}'\n"
    )
    run(code, home)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(("package", "unwanted"), PACKAGES.items(), ids=PACKAGES)
def test_a_package_brings_only_what_is_its_own_and_leaves_nothing_on_disk(
    package: str, unwanted: tuple[str, ...], tmp_path: Path
) -> None:
    modules = modules_of(package)
    assert len(modules) > 1
    assert_light(modules, unwanted, tmp_path)


@pytest.mark.parametrize("module", sorted({*TOP} - {*PACKAGES}))
def test_a_module_brings_only_what_is_its_own_and_leaves_nothing_on_disk(module: str, tmp_path: Path) -> None:
    assert_light([module], LESS.get(module, HEAVY), tmp_path)


def test_every_package_is_looked_at() -> None:
    assert {module for module in TOP if len(modules_of(module)) > 1} == {*PACKAGES}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_need_neither_the_screen_nor_the_sdk(argument: str, tmp_path: Path) -> None:
    printed = run(
        "import sys, salon.cli\n"
        "try:\n"
        f"    salon.cli.main([{argument!r}])\n"
        "except SystemExit as done:\n"
        "    assert not done.code\n"
        f"assert not [name for name in {HEAVY!r} if name in sys.modules]\n",
        tmp_path,
    )
    assert "salon" in printed
    assert list(tmp_path.iterdir()) == []


def test_no_test_reaches_the_network() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="reaches for the network"):
        outside.connect(("192.0.2.1", 443))
    with socket.socket(socket.AF_INET6) as outside, pytest.raises(AssertionError, match="reaches for the network"):
        outside.connect_ex(("2001:db8::1", 443, 0, 0))


def test_no_test_has_a_key_or_a_place_of_the_machines_own() -> None:
    assert "ANTHROPIC_API_KEY" not in os.environ
    assert "nobody" in os.environ["SALON_CONFIG_DIR"]
