"""Attaching as a person does: by path, by paste, from the clipboard; what is shown, sent, refused and kept."""

import base64
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from textual import events

from attached_files import pdf, png
from fakes import CONNECTED, FakeClient, whole
from salon.chat.draft import Draft
from salon.chat.model import ModelInfo, Price
from salon.store.attaching import FileAttacher
from salon.ui.services import Opening
from ui.driver import MODEL, FakeConnector, Person, salon

ANSWER = (*CONNECTED, *whole("I see."))
HIDDEN = "see\U000e0068\U000e0069 \u202ethis\u200b"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "shot.png").write_bytes(png(640, 480, padding=6_000))
    (folder / "report.pdf").write_bytes(pdf(12))
    (folder / "notes.md").write_text("# Notes\n")
    return folder


def bar(person: Person) -> str:
    shown = person.chat.attachment_bar
    return str(shown.render()) if shown.display else ""


def names(person: Person) -> list[str]:
    return [each.name for each in person.chat.prompt.attachments]


async def paste(person: Person, text: str) -> None:
    person.app.post_message(events.Paste(text))
    await person.pilot.pause()
    await person.sees(lambda: not person.chat._busy, "the paste to be looked at")


async def attach(person: Person, *paths: object) -> None:
    person.chat.attach_paths([str(path) for path in paths])
    await person.sees(lambda: not person.chat._busy, "everything to be attached")


def sent(person: Person, number: int = -1) -> Any:
    return person.client.requests[number].body["messages"][-1]["content"]


async def test_a_file_is_attached_by_its_path_with_completion(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path, attacher=FileAttacher(files)) as person:
        await person.press("alt+a", *"re", "tab", "enter")
        await person.sees(lambda: names(person) == ["report.pdf"], "the attachment")
        assert "report.pdf · PDF, 12 pages · 1" in bar(person)
        assert "about 27.6k tokens" in bar(person)
        await person.say("What does it say?", *ANSWER)
        await person.answer_arrives()
        assert [block["type"] for block in sent(person)] == ["document", "text"]
        assert sent(person)[0]["source"]["media_type"] == "application/pdf"
        assert "report.pdf · PDF, 12 pages" in person.text_of_transcript()
        assert (bar(person), names(person), person.prompt()) == ("", [], "")


async def test_a_command_attaches_too(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path, attacher=FileAttacher(files)) as person:
        await person.type("/attach no")
        await person.sees(lambda: person.chat.completions.is_open, "files to choose from")
        await person.press("enter")
        await person.sees(lambda: names(person) == ["notes.md"], "the attachment")
        assert person.prompt() == ""


async def test_what_cannot_be_attached_is_told_and_the_rest_is(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path, attacher=FileAttacher(files)) as person:
        await attach(person, "nothing.png", "notes.md")
        assert names(person) == ["notes.md"]
        assert "“nothing.png” cannot be attached: there is no such file" in person.notice()


async def test_an_image_is_sent_as_its_bytes_and_stands_before_the_words(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await attach(person, files / "shot.png", "https://example.org/plan.png")
        await person.say("Compare", *ANSWER)
        await person.answer_arrives()
        data = base64.b64encode((files / "shot.png").read_bytes()).decode()
        assert sent(person) == [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
            {"type": "image", "source": {"type": "url", "url": "https://example.org/plan.png"}},
            {"type": "text", "text": "Compare"},
        ]


async def test_an_attachment_alone_can_be_sent(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await attach(person, files / "shot.png")
        person.client.enqueue(*ANSWER)
        await person.press("enter")
        await person.answer_arrives()
        assert [block["type"] for block in sent(person)] == ["image"]
        assert "shot.png · image 640×480 · 7 KB" in person.text_of_transcript()


async def test_the_last_attachment_is_removed_with_a_key_and_brought_back(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await attach(person, files / "shot.png", files / "notes.md")
        await person.press("backspace")
        assert names(person) == ["shot.png", "notes.md"]
        await person.press("alt+x")
        assert names(person) == ["shot.png"]
        assert "“notes.md” is not attached any more" in person.notice()
        person.chat.action_restore_attachment()
        assert names(person) == ["shot.png", "notes.md"]


async def test_an_attached_text_can_be_put_into_the_prompt(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await attach(person, files / "notes.md")
        await person.press("alt+g")
        await person.sees(lambda: person.prompt() == "# Notes\n", "the text")
        assert names(person) == []


# kept


async def test_a_draft_keeps_its_attachments_over_a_change_of_chats_and_a_start(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        first = person.session.id
        await person.type("Look at this")
        await attach(person, files / "shot.png")
        await person.press("ctrl+n")
        await person.sees(lambda: person.session.id != first, "the new chat")
        assert names(person) == []
        assert await person.app.show_chat(first)
        await person.sees(lambda: names(person) == ["shot.png"], "the attachment")
    async with salon(tmp_path, opening=Opening(session_id=first)) as person:
        assert (person.prompt(), names(person)) == ("Look at this", ["shot.png"])
        assert "shot.png" in bar(person)


async def test_a_draft_is_on_disk_within_a_second_of_attaching(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await attach(person, files / "shot.png")
        library, session = person.app.library, person.session.id
        await person.sees(lambda: library.load_draft(session).attachments, "the draft on disk")


async def test_a_queued_prompt_takes_its_attachments_along(tmp_path: Path, files: Path) -> None:
    import asyncio

    gate = asyncio.Event()
    async with salon(tmp_path) as person:
        await person.say("First", *CONNECTED, gate, *whole("One"))
        await attach(person, files / "shot.png")
        await person.say("Second", *ANSWER)
        assert "Queued: Second (1 attachment)" in person.screen_text()
        assert names(person) == []
        gate.set()
        await person.sees(lambda: len(person.client.requests) == 2, "the second request")
        await person.answer_arrives()
        assert [block["type"] for block in sent(person)] == ["image", "text"]


async def test_editing_brings_the_attachments_back(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await attach(person, files / "shot.png")
        await person.say("What is this?", *ANSWER)
        await person.answer_arrives()
        await person.press("f2")
        assert (person.prompt(), names(person)) == ("What is this?", ["shot.png"])


async def test_a_lost_attachment_is_told_in_the_transcript(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        session = person.session.id
        await attach(person, files / "shot.png")
        await person.say("What is this?", *ANSWER)
        await person.answer_arrives()
    for blob in (tmp_path / "config" / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    async with salon(tmp_path, opening=Opening(session_id=session)) as person:
        assert "missing, not sent" in person.text_of_transcript()
        assert "1 attachment is missing" in person.notice()
        await person.say("And now?", *ANSWER)
        await person.answer_arrives()
        first = person.client.requests[-1].body["messages"][0]["content"][0]
        assert first == {"type": "text", "text": "[The attached image “shot.png” is not available any more.]"}


# refused


async def test_a_picture_that_is_too_large_stays_until_it_is_made_smaller(tmp_path: Path, files: Path) -> None:
    target = BytesIO()
    Image.new("RGB", (9_000, 90)).save(target, "PNG")
    (files / "wide.png").write_bytes(target.getvalue())
    async with salon(tmp_path) as person:
        await attach(person, files / "wide.png")
        await person.say("Look")
        assert "“wide.png” is 9000 × 90 pixels; a side may have 8000" in person.notice()
        assert "Nothing was sent" in person.notice()
        assert (person.prompt(), names(person), person.client.requests) == ("Look", ["wide.png"], [])
        await person.press("alt+m")
        await person.sees(lambda: person.chat.prompt.attachments[0].pixels == (8_000, 80), "a smaller picture")
        person.client.enqueue(*ANSWER)
        await person.press("enter")
        await person.answer_arrives()
        assert [block["type"] for block in sent(person)] == ["image", "text"]


# pastes


async def test_a_pasted_path_becomes_an_attachment_and_can_stay_text(tmp_path: Path, files: Path) -> None:
    (files / "two words.png").write_bytes(png())
    async with salon(tmp_path) as person:
        await person.type("See ")
        await paste(person, f"'{files}/two words.png' ")
        assert (person.prompt(), names(person)) == ("See ", ["two words.png"])
        assert "Attached two words.png, as the pasted path says" in person.notice()
        await person.press("alt+k")
        await person.sees(lambda: "two words" in person.prompt(), "the path as text")
        assert person.prompt() == f"See '{files}/two words.png' "
        assert names(person) == []
        await person.press("alt+k")
        await person.sees(lambda: names(person) == ["two words.png"], "the attachment again")
        assert person.prompt() == "See "


async def test_a_pasted_path_and_enter_at_once_send_the_file(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        person.client.enqueue(*ANSWER)
        person.app.post_message(events.Paste(str(files / "shot.png")))
        await person.pilot.pause()
        person.chat.prompt.submit()
        await person.sees(lambda: person.client.requests, "a request")
        await person.answer_arrives()
        assert [block["type"] for block in sent(person)] == ["image"]


async def test_a_pasted_folder_and_a_pasted_word_stay_text(tmp_path: Path, files: Path) -> None:
    async with salon(tmp_path) as person:
        await paste(person, str(files))
        assert (person.prompt(), names(person)) == (str(files), [])
        assert "path of a folder" in person.notice()
        person.chat.prompt.set_draft(Draft())
        await paste(person, "notes.md")
        assert (person.prompt(), names(person)) == ("notes.md", [])


async def test_hidden_characters_of_a_paste_are_counted_left_out_and_shown_with_a_key(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await paste(person, HIDDEN)
        assert person.prompt() == "see this"
        assert "4 hidden characters (2 tags, 1 that turn the reading direction, 1 without width)" in person.notice()
        await person.press("alt+i")
        assert person.prompt() == "see⟨U+E0068 h⟩⟨U+E0069 i⟩ ⟨U+202E⟩this⟨U+200B⟩"
        await person.press("alt+i")
        assert person.prompt() == "see this"


async def test_hidden_characters_are_counted_on_the_chip_of_a_large_paste(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await paste(person, f"{HIDDEN}\n" * 30)
        assert person.prompt() == "[pasted #1: 31 lines, 120 hidden left out]"
        assert person.chat.prompt.full_text() == "see this\n" * 30
        await person.press("alt+i")
        assert person.prompt() == "[pasted #2: 31 lines, 120 hidden shown]"
        assert "⟨U+202E⟩" in person.chat.prompt.full_text()


# the clipboard


async def test_the_clipboards_picture_is_attached_with_a_key(tmp_path: Path) -> None:
    async with salon(tmp_path, attacher=FileAttacher(tmp_path, lambda: png(8, 6))) as person:
        await person.press("alt+v")
        await person.sees(lambda: names(person) == ["pasted image"], "the picture")
        assert "pasted image · image 8×6" in bar(person)


async def test_where_there_is_no_way_to_the_clipboard_it_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("alt+v")
        await person.sees(lambda: "clipboard cannot be read here" in person.notice(), "the sentence")


# the command line


async def test_the_command_lines_files_go_with_its_prompt(tmp_path: Path, files: Path) -> None:
    connector = FakeConnector(FakeClient())
    connector.client.enqueue(*ANSWER)
    opening = Opening(prompt="What is this?", attach=(str(files / "shot.png"), str(files / "notes.md")))
    async with salon(tmp_path, connector=connector, opening=opening) as person:
        await person.sees(lambda: person.client.requests, "a request")
        await person.answer_arrives()
        assert [block["type"] for block in sent(person)] == ["image", "document", "text"]
        assert person.prompt() == ""


async def test_a_file_of_the_command_line_that_is_missing_keeps_the_prompt(tmp_path: Path) -> None:
    async with salon(tmp_path, opening=Opening(prompt="What is this?", attach=("/nothing.png",))) as person:
        await person.sees(lambda: "no such file" in person.notice(), "the sentence")
        assert (person.prompt(), person.client.requests) == ("What is this?", [])


# counting

PRICE = Price(
    input=Decimal(2), output=Decimal(10), cache_read=Decimal(1), cache_write_5m=Decimal(1), cache_write_1h=Decimal(1)
)
PRICED = ModelInfo(id=MODEL.id, name="Test Model", context=200_000, prices=(PRICE,))


async def test_a_long_draft_says_what_it_comes_to(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: PRICED) as person:
        await person.type("word " * 100)
        assert bar(person) == ""
        await person.type("word " * 900)
        await person.sees(lambda: bar(person), "the estimate")
        assert bar(person) == "about 1.5k tokens · about $0.003 with this chat · 5,000 characters"
        person.chat.prompt.set_draft(Draft())
        await person.sees(lambda: not bar(person), "the estimate to go")


@pytest.mark.parametrize(
    ("counted", "told"), [(4_321, "4,321 tokens would be sent with this chat, $0.0086"), (None, "About 1 tokens")]
)
async def test_an_exact_count_is_asked_for_with_a_key(tmp_path: Path, counted: int | None, told: str) -> None:
    connector = FakeConnector(FakeClient())
    connector.client.tokens = counted
    async with salon(tmp_path, connector=connector, models=lambda _: PRICED) as person:
        await person.type("Hi")
        await person.press("alt+n", "alt+n")
        await person.sees(lambda: "tokens would be sent" in person.notice(), "the count")
        assert told in person.notice()
        assert len(person.client.counted) == 1
        assert person.client.counted[0].body["messages"] == [
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
        ]
        assert person.session.conversation.messages == {}


async def test_in_an_empty_chat_there_is_nothing_to_count(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("alt+n")
        await person.sees(lambda: "nothing to count" in person.notice(), "the sentence")


# looks


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_many_attachments_leave_room_to_write(tmp_path: Path, files: Path, size: tuple[int, int]) -> None:
    async with salon(tmp_path, size=size) as person:
        await attach(person, *[files / "shot.png"] * 9)
        await person.type("Look")
        await person.sees(lambda: "tokens" in bar(person), "the estimate")
        assert ("9 attachments" if size[1] < 16 else "and 5 more") in person.screen_text()
        person.app.post_message(events.Paste(HIDDEN))
        await person.sees(lambda: person.notice(), "a notice")
        assert "> Looksee this" in person.screen_text()
        assert "Ready" in person.rows()[-1]
