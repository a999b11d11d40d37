"""What the tests in a real terminal share."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

import warm
from home import Home
from warm import WarmStarts


@pytest.fixture(scope="session")
def warm_starts() -> Iterator[Callable[[], WarmStarts]]:
    """The server of warm starts of this test process, started by the first test that wants it."""
    with ExitStack() as stack:

        @cache
        def get() -> WarmStarts:
            # Not pytest's own place: a socket's path may have 107 bytes only.
            address = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="salon-"))) / "socket"
            server = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, warm.__file__, str(address)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=Home(address.parent, get).environment(),
                )
            )
            assert server.stdin is not None
            assert server.stdout is not None
            stack.callback(server.stdin.close)
            assert server.stdout.readline() == b"ready\n"
            return WarmStarts(address)

        yield get


@pytest.fixture
def home(tmp_path: Path, warm_starts: Callable[[], WarmStarts]) -> Home:
    """An empty home directory."""
    return Home(tmp_path, warm_starts)
