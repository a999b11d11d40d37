"""The streams recorded from the real API, where they are at hand."""

from pathlib import Path

import pytest

from salon.chat.events import ApiEvent
from store_support import STREAMS, events_of_sse

FILES = sorted(STREAMS.rglob("*.sse"))

for_every_stream = pytest.mark.parametrize(
    "file", FILES or [pytest.param(Path(), marks=pytest.mark.skip("no streams"))], ids=lambda file: file.stem
)
"""Parametrises a test with each recorded stream; skips it where there are none."""


def events_of(file: Path) -> list[ApiEvent]:
    """The payloads of a recorded stream."""
    return events_of_sse(file)
