"""From the wire to the disk and back: the real SDK, the turn, the log and the transcript, for every recorded stream."""

import json
from contextlib import aclosing
from pathlib import Path

import pytest

from api.fault_server import EVENT_STREAM, FaultServer, refuses
from api.harness import client_for
from api.test_recorded_streams import RECORDED, name_of, recording
from salon.chat.conversation import Message, Status, path
from salon.chat.events import Finished
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.claude.retry import RetryPolicy
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.ui.answerentry import AnswerEntry
from salon.ui.sections import Frame

pytestmark = pytest.mark.skipif(not RECORDED, reason="no recorded streams beside the repository")
FRAME = Frame(80, 76)


async def play(url: str, home: Path) -> tuple[Message, Message, AnswerEntry]:
    """Have a prompt answered by the server; the answer as it ended, as it is on disk, and as it was shown."""
    paths = Paths(home / "config", home / "state", home / "cache")
    conversation, log = FileLibrary(paths).create()
    session = Session(conversation, log, Parameters(model=ModelInfo(id="m")))
    client = client_for(url, retries=RetryPolicy(attempts=1))
    await session.submit("a prompt")
    shown: AnswerEntry | None = None
    async with aclosing(session.answer(client)) as turn:
        async for event in turn:
            if shown is None and session.turn is not None:
                shown = AnswerEntry(session.turn.opening())
            if shown is not None:
                shown.apply(event)
            if isinstance(event, Finished) and shown is not None:
                shown.finish(event.message)
    await client.aclose()
    assert await log.close()
    ended = session.last
    loaded = path(FileLibrary(paths).read(session.id))[-1]
    assert ended is not None and shown is not None
    return ended, loaded, shown


def rows_of(entry: AnswerEntry) -> list[str]:
    entry.lay_out(FRAME)
    entry.update()
    return [entry.line(row).plain() for row in range(entry.height)]


def as_bytes(message: Message) -> bytes:
    return json.dumps(message.content, ensure_ascii=False).encode()


@pytest.mark.parametrize("file", RECORDED, ids=name_of)
async def test_what_was_streamed_is_what_is_on_disk_and_what_is_shown(
    server: FaultServer, tmp_path: Path, file: Path
) -> None:
    server.script(refuses(200, recording(file), EVENT_STREAM))
    ended, loaded, shown = await play(server.url, tmp_path)
    assert ended.status in {Status.COMPLETE, Status.MAX_TOKENS, Status.REFUSED}
    assert as_bytes(loaded) == as_bytes(ended)
    assert (loaded.status, loaded.stop_reason, loaded.usage) == (ended.status, ended.stop_reason, ended.usage)
    assert rows_of(shown) == rows_of(AnswerEntry(loaded))


@pytest.mark.parametrize("file", RECORDED[::4], ids=name_of)
async def test_a_stream_that_is_cut_ends_in_a_named_state_with_all_that_came(
    server: FaultServer, tmp_path: Path, file: Path
) -> None:
    whole = recording(file)
    server.script(refuses(200, whole[: len(whole) // 2], EVENT_STREAM))
    ended, loaded, shown = await play(server.url, tmp_path)
    assert ended.status in {Status.INTERRUPTED, Status.ERROR, Status.COMPLETE, Status.REFUSED}
    assert ended.fault or ended.status in {Status.COMPLETE, Status.REFUSED}
    assert as_bytes(loaded) == as_bytes(ended)
    assert rows_of(shown) == rows_of(AnswerEntry(loaded))
