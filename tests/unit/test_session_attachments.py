"""Attachments in a conversation: on disk before they are referred to, back on resume, whole in every request."""

import base64
from pathlib import Path

import pytest

from attached_files import png
from fakes import CONNECTED, FakeClient, whole
from salon.chat.attachments import Attachment, Kind, attachment_of
from salon.chat.draft import Draft
from salon.chat.limits import TooMuch
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.paths import Paths
from salon.store.attaching import FileAttacher
from salon.store.library import FileLibrary

PICTURE = png(40, 30, padding=9_000)
PARAMETERS = Parameters(model=ModelInfo(id="m", context=200_000))
DOCUMENT = {"type": "text", "media_type": "text/plain", "data": "# Notes"}


def library_in(folder: Path) -> FileLibrary:
    return FileLibrary(Paths(folder / "config", folder / "state", folder / "cache"))


def opened(library: FileLibrary, session_id: str = "") -> Session:
    conversation, log = library.open(session_id) if session_id else library.create()
    return Session(conversation, log, PARAMETERS, library.blobs)


def picture(library: FileLibrary) -> Attachment:
    return FileAttacher(Path("/")).attach_content(library.blobs, PICTURE, "shot.png")


async def answered(session: Session) -> FakeClient:
    client = FakeClient()
    client.enqueue(*CONNECTED, *whole("I see."))
    async for _ in session.answer(client):
        pass
    return client


async def test_a_request_carries_the_attachments_of_the_whole_path(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    notes = attachment_of(Kind.TEXT, "notes.md", b"# Notes", "text/plain")
    await session.submit("What is this?", (picture(library), notes))
    await answered(session)
    await session.submit("And now?")
    messages = (await answered(session)).requests[0].body["messages"]
    data = base64.b64encode(PICTURE).decode()
    assert messages[0] == {
        "role": "user",
        "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
            {"type": "document", "title": "notes.md", "source": DOCUMENT},
            {"type": "text", "text": "What is this?"},
        ],
    }
    assert messages[2] == {"role": "user", "content": [{"type": "text", "text": "And now?"}]}
    await session.log.close()


async def test_a_session_keeps_large_content_beside_itself_and_finds_it_again(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    await session.submit("What is this?", (picture(library),))
    await answered(session)
    await session.log.close()
    record = library.path_of(session.id).read_bytes()
    assert base64.b64encode(PICTURE)[:100] not in record
    assert b"salon_blob" in record
    again = opened(library_in(tmp_path), session.id)
    assert again.conversation.notices == ()
    assert again.path[0].content == session.path[0].content
    again.back_to_prompt()
    assert (await answered(again)).requests[0].body["messages"][0]["content"][0]["source"]["type"] == "base64"
    await again.log.close()


@pytest.mark.parametrize("harm", ["missing", "damaged"])
async def test_a_lost_attachment_is_said_and_the_request_goes_without_it(tmp_path: Path, harm: str) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    attached = picture(library)
    await session.submit("What is this?", (attached,))
    await session.log.close()
    place = tmp_path / "config" / "blobs" / attached.sha256[:2] / attached.sha256
    place.unlink() if harm == "missing" else place.write_bytes(b"x")
    again = opened(library_in(tmp_path), session.id)
    if harm == "missing":
        assert "1 attachment is missing" in again.conversation.notices[0]
    request = await again.prepared()
    assert f"“shot.png” is left out of what is sent. The attachment's file is {harm}." in request.notices
    assert again.conversation.lost == {attached.sha256}
    assert request.body["messages"][0]["content"] == [
        {"type": "text", "text": "[The attached image “shot.png” is not available any more.]"},
        {"type": "text", "text": "What is this?"},
    ]
    await again.log.close()


async def test_a_message_may_be_nothing_but_an_attachment(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    await session.submit("", (picture(library),))
    assert session.conversation.title == "shot.png"
    request = await session.prepared()
    assert [block["type"] for block in request.body["messages"][0]["content"]] == ["image"]
    await session.log.close()


async def test_what_breaks_a_limit_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    wide = FileAttacher(Path("/")).attach_content(library.blobs, png(9_000, 1), "wide.png")
    with pytest.raises(TooMuch, match="9000 × 1 pixels"):
        session.check("Look", (wide,))
    session.parameters = Parameters(model=ModelInfo(id="m"), anthropic_host=False)
    session.check("Look", (wide,))  # another server's limits are not known
    await session.log.close()


async def test_the_images_of_earlier_messages_count(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    attached = picture(library)
    await session.submit("These", (attached,) * 60)
    session.check("More", (attached,) * 40)
    with pytest.raises(TooMuch, match="101 images"):
        session.check("More", (attached,) * 41)
    await session.log.close()


async def test_editing_a_prompt_brings_its_attachments_back(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    session = opened(library)
    attached = picture(library)
    await session.submit("What is this?", (attached,))
    await answered(session)
    draft = session.edit_last_prompt()
    assert (draft.text, draft.attachments) == ("What is this?", (attached,))
    await session.log.close()


def test_a_draft_keeps_its_attachments(tmp_path: Path) -> None:
    library = library_in(tmp_path)
    small = attachment_of(Kind.TEXT, "a.txt", b"x", "text/plain", note="A note.")
    draft = Draft("Look", queued=(Draft("Then", attachments=(small,)),), attachments=(picture(library), small))
    session_id = "01m827ksw711kva3g43txt7hcj"
    library.save_draft(session_id, draft)
    assert library_in(tmp_path).load_draft(session_id) == draft
