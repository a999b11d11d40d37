"""What holds for every test: no key, no place and no network of the machine's own. `conftest.py` brings it in."""

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ["SALON_LANGUAGE"] = "C"  # before a module of Salon is imported: the tests speak English
settings.register_profile("salon", database=None, deadline=None)
settings.load_profile("salon")

KEYS = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_PROFILE",
    "CLAUDE_API_KEY",
)
_LOOPBACK = ("127.", "::1", "localhost")


def _guarded(real: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        outside = self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(_LOOPBACK)
        if outside:
            raise AssertionError(f"a test reaches for the network: {address}")
        return real(self, address)

    return connect


@pytest.fixture(autouse=True)
def nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take the person's keys and directories away, and let sockets connect to this computer only."""
    for variable in KEYS:
        monkeypatch.delenv(variable, raising=False)
    nobody = Path(tmp_path_factory.getbasetemp()) / "nobody"
    for place in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"SALON_{place}_DIR", str(nobody / place.lower()))
    monkeypatch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
    before = logging.getLogger().handlers[:]
    yield
    # Of a command that was run within the test: its log would take the warnings of later tests.
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert not nobody.exists(), "a test wrote to the default places instead of its own"
