"""The block cursor and the search go through a conversation as a reader would."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.blocks import text_block
from salon.chat.conversation import Message
from salon.markdown import Line, Span, look
from salon.ui.answerentry import AnswerEntry
from salon.ui.blockcursor import BlockCursor, BlockPlace
from salon.ui.entries import PromptEntry
from salon.ui.find import Finder, columns_of
from salon.ui.sections import Frame
from salon.ui.viewport import Viewport

ANSWER = """First paragraph, long enough that it has to go on in a second row of the narrow pane.

- an item
- another

```python
x = 1

y = 2
```

Last words about an item."""


def conversation(texts: Sequence[str]) -> Viewport:
    viewport = Viewport(Frame(40), 12)
    entries: list[PromptEntry | AnswerEntry] = []
    for number, text in enumerate(texts):
        role = "user" if number % 2 == 0 else "assistant"
        message = Message(id=str(number), parent=None, role=role, content=(text_block(text),))  # type: ignore[arg-type]
        entries.append(PromptEntry(message) if role == "user" else AnswerEntry(message))
    viewport.show(entries)
    viewport.settle(10)
    return viewport


def text_of(viewport: Viewport, block: BlockPlace | None) -> str:
    assert block is not None
    return viewport.entries[block.entry].block_text(block.first)


def walk(viewport: Viewport, start: BlockPlace, direction: int) -> list[BlockPlace]:
    cursor, here, places = BlockCursor(viewport), start, [start]
    while (following := cursor.step(here, direction)) is not None:
        here = following
        places.append(here)
    return places


def test_a_walk_down_visits_every_block_once_and_back_up_again() -> None:
    viewport = conversation(["a question", ANSWER, "another question", "an answer"])
    first = BlockCursor(viewport).at(0, 2)
    assert first is not None
    down = walk(viewport, first, 1)
    assert [text_of(viewport, block).split("\n")[0][:12] for block in down] == [
        "a question",
        "First paragr",
        "- an item",
        "- another",
        "x = 1",
        "Last words a",
        "another ques",
        "an answer",
    ]
    assert walk(viewport, down[-1], -1) == down[::-1]


def test_the_source_of_a_code_block_is_the_code() -> None:
    viewport = conversation(["a question", ANSWER])
    first = BlockCursor(viewport).at(0, 2)
    assert first is not None
    code = BlockCursor(viewport).step_code(first, 1)
    assert text_of(viewport, code) == "x = 1\n\ny = 2"


def test_a_step_by_message_goes_to_its_beginning_first() -> None:
    viewport = conversation(["a question", ANSWER, "another"])
    cursor = BlockCursor(viewport)
    beginning = cursor.step_message(BlockPlace(0, 2, 2), 1)
    assert text_of(viewport, beginning).startswith("First")
    assert beginning is not None
    inside = cursor.step(beginning, 1)
    assert inside is not None
    assert cursor.step_message(inside, -1) == beginning
    assert text_of(viewport, cursor.step_message(beginning, -1)) == "a question"
    assert cursor.step_message(BlockPlace(0, 2, 2), -1) is None


def test_the_search_counts_goes_on_and_goes_round() -> None:
    viewport = conversation(["an item?", ANSWER, "no more"])
    finder = Finder(viewport)
    assert finder.look_for("AN ITEM") == 3
    hits = []
    entry, row, column = 0, 0, -1
    for _ in range(4):
        hit = finder.next(entry, row, column)
        assert hit is not None
        hits.append(hit)
        entry, row, column = hit.entry, hit.row, hit.start
    assert [finder.number_of(hit) for hit in hits] == [1, 2, 3, 1]
    back = finder.next(hits[0].entry, hits[0].row, hits[0].start, -1)
    assert back == hits[2]


def test_words_that_are_not_there_are_not_found() -> None:
    finder = Finder(conversation(["a", "b"]))
    assert finder.look_for("xyz") == 0
    assert finder.next(0, 0, 0) is None


@pytest.mark.parametrize(
    ("text", "words", "columns"),
    [("abcabc", "bc", [(1, 3), (4, 6)]), ("日本語", "本", [(2, 4)]), ("Straße", "straße", [(0, 6)]), ("x", "", [])],
)
def test_columns_are_cells(text: str, words: str, columns: list[tuple[int, int]]) -> None:
    assert columns_of(Line((Span(text, look()),)), words) == columns


@given(st.lists(st.text("ab \n-`#>", max_size=60), min_size=1, max_size=5))
def test_any_conversation_is_walked_to_its_end(texts: list[str]) -> None:
    viewport = conversation(texts)
    start = BlockCursor(viewport).nearest(0)
    if start is not None:
        places = walk(viewport, start, 1)
        assert len(set(places)) == len(places)
