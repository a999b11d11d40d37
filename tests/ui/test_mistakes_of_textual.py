"""What Textual itself catches ends the app as any other mistake does: three lines, once, and no traceback."""

from pathlib import Path

import pytest
from rich.text import Text
from rich.traceback import Traceback

from ui.driver import salon

CANARY = "sk-ant-canary-0123456789abcdef"


async def test_a_mistake_in_the_thread_that_reads_keys_is_three_lines(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []
    with pytest.raises(RuntimeError, match="the reader's mistake"):
        async with salon(tmp_path) as person:
            secret_local = CANARY
            try:
                raise ValueError("the reader's mistake")
            except ValueError:
                person.app.panic(Traceback())
                person.app.panic("a second one")
            told += person.app._exit_renderables
            assert secret_local
    (only,) = told
    assert isinstance(only, Text)
    assert only.plain.startswith(
        "Salon ended because of a mistake of its own (RuntimeError).\nYour chats and your draft"
    )
    assert "Traceback" not in only.plain
    assert "the reader's mistake" in caplog.text
    assert CANARY not in caplog.text
