"""What the API is really sent of attachments, and what becomes of a refusal."""

import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest_asyncio

from api.fault_server import FaultServer, api_error, refuses, streams
from api.harness import client_for
from attached_files import pdf, png
from salon.chat.conversation import Status
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.claude.client import ApiClient
from salon.paths import Paths
from salon.store.attaching import FileAttacher
from salon.store.library import FileLibrary

PICTURE, REPORT = png(640, 480, padding=9_000), pdf(3)


@pytest_asyncio.fixture
async def client(server: FaultServer) -> AsyncIterator[ApiClient]:
    client = client_for(server.url)
    yield client
    await client.aclose()


@pytest_asyncio.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    library = FileLibrary(Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache"))
    conversation, log = library.create()
    yield Session(conversation, log, Parameters(model=ModelInfo(id="m")), library.blobs)
    await log.close()


async def submit(session: Session, folder: Path) -> None:
    assert session.blobs is not None
    attacher = FileAttacher(folder)
    (folder / "shot.png").write_bytes(PICTURE)
    (folder / "report.pdf").write_bytes(REPORT)
    (folder / "notes.md").write_text("# Notes")
    what = ("shot.png", "report.pdf", "notes.md", "https://example.org/plan.png")
    await session.submit("Compare", [attacher.attach(session.blobs, each) for each in what])


async def ask(session: Session, client: ApiClient) -> None:
    async with aclosing(session.answer(client)) as turn:
        async for _ in turn:
            pass


def inline(media_type: str, data: bytes) -> dict[str, str]:
    return {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}


async def test_the_exact_json_of_a_message_with_attachments(
    server: FaultServer, client: ApiClient, session: Session, tmp_path: Path
) -> None:
    server.script(streams())
    await submit(session, tmp_path)
    await ask(session, client)
    assert server.asked[0].json()["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": inline("image/png", PICTURE)},
                {"type": "document", "title": "report.pdf", "source": inline("application/pdf", REPORT)},
                {
                    "type": "document",
                    "title": "notes.md",
                    "source": {"type": "text", "media_type": "text/plain", "data": "# Notes"},
                },
                {"type": "image", "source": {"type": "url", "url": "https://example.org/plan.png"}},
                {"type": "text", "text": "Compare"},
            ],
        }
    ]
    assert b"salon" not in server.asked[0].body


async def test_a_count_is_asked_for_with_the_attachments(
    server: FaultServer, client: ApiClient, session: Session, tmp_path: Path
) -> None:
    server.script(refuses(200, {"input_tokens": 4_321}))
    await submit(session, tmp_path)
    assert await client.count_tokens(await session.prepared("And now?")) == 4_321
    assert server.asked[0].path == "/v1/messages/count_tokens"
    assert [block["type"] for block in server.asked[0].json()["messages"][0]["content"]][:2] == ["image", "document"]


async def test_a_server_that_does_not_count_is_no_fault(
    server: FaultServer, client: ApiClient, session: Session
) -> None:
    server.script(refuses(404, {"error": "no such page"}))
    assert await client.count_tokens(await session.prepared("Hello")) is None


async def test_a_request_that_is_refused_as_too_large_can_be_taken_back_whole(
    server: FaultServer, client: ApiClient, session: Session, tmp_path: Path
) -> None:
    server.script(refuses(413, api_error("request_too_large")))
    await submit(session, tmp_path)
    await ask(session, client)
    last = session.last
    assert last is not None and last.status is Status.ERROR and last.fault is not None
    assert last.fault["actions"][0] == "edit"
    assert "Attachments are too big" in last.fault["what"]
    draft = session.edit_last_prompt()
    assert draft.text == "Compare"
    assert [each.name for each in draft.attachments] == ["shot.png", "report.pdf", "notes.md", "example.org/…/plan.png"]
