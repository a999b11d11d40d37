"""Citations: numbered marks after what was cited, and the list of sources under the answer."""

from typing import Any

import pytest

from recorded import events_of, for_every_stream
from salon.chat.answer import Answer
from salon.chat.conversation import Message, Status
from salon.markdown import Line
from salon.ui.answerentry import AnswerEntry
from salon.ui.sections import Frame

FRAME = Frame(80)


def web(url: str, title: str = "A title") -> dict[str, Any]:
    return {"type": "web_search_result_location", "url": url, "title": title, "cited_text": "x", "encrypted_index": "y"}


def page(first: int, end: int, title: str | None = "Report.pdf", document: int = 0) -> dict[str, Any]:
    return {
        "type": "page_location",
        "document_index": document,
        "document_title": title,
        "start_page_number": first,
        "end_page_number": end,
        "cited_text": "x",
    }


def text(words: str, *citations: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, "citations": list(citations) or None}


def entry_of(*blocks: dict[str, Any]) -> AnswerEntry:
    message = Message(
        id="1", parent=None, role="assistant", content=blocks, status=Status.COMPLETE, stop_reason="end_turn"
    )
    entry = AnswerEntry(message)
    entry.lay_out(FRAME)
    assert entry.update()
    return entry


def lines_of(entry: AnswerEntry) -> list[Line]:
    return [entry.line(row) for row in range(entry.height)]


def shown(entry: AnswerEntry) -> list[str]:
    return [row for line in lines_of(entry) if (row := line.plain().strip())]


def test_a_source_is_numbered_once_and_listed_below() -> None:
    entry = entry_of(
        text("First. ", web("https://www.a.example/x", "Page A")),
        text("Second.", web("https://b.example/", "Page B"), web("https://www.a.example/x", "Page A")),
        text("\n\nThird, uncited."),
    )
    assert shown(entry) == [
        "First.[1] Second.[2][1]",
        "Third, uncited.",
        "Sources",
        "[1] Page A · a.example",
        "[2] Page B · b.example",
    ]


def test_marks_and_list_lead_to_the_source() -> None:
    entry = entry_of(text("Cited.", web("https://a.example/x", "Page A")))
    assert [[span.text for span in line.spans if span.href] for line in lines_of(entry)] == [
        [],
        ["[1]"],
        [],
        [],
        ["Page A"],
    ]
    assert entry.links_at(0, entry.height - 1) == ["https://a.example/x"]


def test_a_copy_is_what_the_model_wrote() -> None:
    entry = entry_of(
        text("A **claim.**", web("https://a.example")), text("\n\n| a |\n|---|\n| b", web("https://b.example"))
    )
    assert entry.source() == "A **claim.**\n\n| a |\n|---|\n| b"
    assert entry.block_text(1) == "A **claim.**"
    table = entry.leaf_at(3)
    assert table is not None and table.table() is not None
    assert table.text() == "| a |\n|---|\n| b"
    assert table.table() == ("| a |\n|---|\n| b\n", "a\nb\n", "a\nb\n")
    assert entry.block_text(entry.height - 1) == "[1] A title <https://a.example>\n[2] A title <https://b.example>"


def test_pages_of_a_document_are_listed_together() -> None:
    entry = entry_of(
        text("A", page(3, 4)), text("B", page(5, 8)), text("C", page(3, 4)), text("D", page(1, 2, None, 1))
    )
    assert shown(entry) == ["A[1]B[1]C[1]D[2]", "Sources", "[1] Report.pdf · pages 3, 5–7", "[2] Document 2 · page 1"]


@pytest.mark.parametrize(
    ("citation", "row"),
    [
        ({"type": "char_location", "document_index": 0, "document_title": "Notes", "start_char_index": 0}, "[1] Notes"),
        ({"type": "content_block_location", "document_index": 2, "document_title": None}, "[1] Document 3"),
        ({"type": "search_result_location", "source": "https://c.example/", "title": "Found"}, "[1] Found · c.example"),
        ({"type": "search_result_location", "source": "shelf 4", "title": None}, "[1] shelf 4"),
        ({"type": "of_tomorrow"}, "[1] Untitled source"),
        ({"type": "web_search_result_location", "url": 5, "title": ["x"]}, "[1] Untitled source"),
        ({"type": "web_search_result_location", "url": "http://[x", "title": "Odd"}, "[1] Odd"),
        (
            {"type": "web_search_result_location", "url": "https://a.example", "title": "x\x1b]0;t\x07\ny"},
            "[1] x␛]0;t␇ y · a.example",
        ),
    ],
)
def test_every_kind_of_citation_has_a_row(citation: dict[str, Any], row: str) -> None:
    assert shown(entry_of(text("Said.", citation))) == ["Said.[1]", "Sources", row]


@pytest.mark.parametrize("citations", [None, "x", 3, [None], [5], {}])
def test_what_is_no_citation_marks_nothing(citations: Any) -> None:
    assert shown(entry_of({"type": "text", "text": "Said.", "citations": citations})) == ["Said."]


def test_a_mark_breaks_no_fence_and_no_emphasis() -> None:
    source = web("https://a.example")
    assert shown(entry_of(text("```\ncode\n```\n", source), text("after")))[1:3] == ["code", "[1]"]
    rows = shown(entry_of(text("*a.*", source), text(" and `b`", source), text("(so)")))
    assert rows[0] == "a.[1] and b[1](so)"


def test_a_model_cannot_write_a_mark_of_its_own() -> None:
    assert shown(entry_of(text("A [\ufdd07] b", web("https://a.example"))))[0] == "A [7] b[1]"


@for_every_stream
def test_a_stream_and_its_message_have_the_same_rows(file: Any) -> None:
    answer = Answer("1")
    entry = AnswerEntry(Message(id="1", parent=None, role="assistant", status=Status.OPEN))
    entry.lay_out(FRAME)
    for event in events_of(file):
        if (told := answer.apply(event)) is not None:
            entry.apply(told)
            entry.update(0.001)
    message = Message(
        id="1",
        parent=None,
        role="assistant",
        content=answer.blocks(),
        status=Status.COMPLETE,
        stop_reason=answer.stop_reason,
        usage=answer.usage,
    )
    entry.finish(message)
    assert entry.update()
    loaded = AnswerEntry(message)
    loaded.lay_out(FRAME)
    assert loaded.update()
    assert lines_of(entry) == lines_of(loaded)
    cited = sum(len(block.get("citations") or ()) for block in message.content)
    assert any(row == "Sources" for row in shown(loaded)) == bool(cited)
