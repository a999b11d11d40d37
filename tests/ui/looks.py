"""Entries and views of them, without a screen."""

from collections.abc import Iterable, Sequence

from salon.chat.answer import Answer
from salon.chat.blocks import Block, text_block
from salon.chat.conversation import Message, Status
from salon.chat.events import ApiEvent
from salon.markdown import Line
from salon.ui.answerentry import AnswerEntry
from salon.ui.entries import PromptEntry
from salon.ui.entry import Entry
from salon.ui.sections import Frame
from salon.ui.viewport import Viewport

NARROW = Frame(40, 100)
WIDE = Frame(80, 100)


def answer_message(
    *blocks: Block, status: Status = Status.COMPLETE, message_id: str = "a", **fields: object
) -> Message:
    """An answer that has ended."""
    return Message(id=message_id, parent="p", role="assistant", content=blocks, status=status, **fields)  # type: ignore[arg-type]


def prompt_message(text: str) -> Message:
    """Something the person said."""
    return Message(id="p", parent=None, role="user", content=(text_block(text),))


def answer_entry(text: str) -> AnswerEntry:
    """A whole answer that says `text`."""
    return AnswerEntry(answer_message(text_block(text)))


def prompt_entry(text: str) -> PromptEntry:
    """A prompt that says `text`."""
    return PromptEntry(prompt_message(text))


def rows(entry: Entry, frame: Frame = WIDE) -> list[Line]:
    """All rows of an entry."""
    entry.lay_out(frame)
    while not entry.update():
        pass
    return [entry.line(row) for row in range(entry.height)]


def words(entry: Entry, frame: Frame = WIDE) -> list[str]:
    """The rows of an entry as text, blanks at their ends taken off."""
    return [line.plain().rstrip() for line in rows(entry, frame)]


def streamed(
    events: Iterable[ApiEvent], message: Message, *, frame: Frame | None = None, every: int = 0
) -> AnswerEntry:
    """The entry of an answer that arrived event by event; laid out after each `every` events, as on a screen."""
    opening = Message(id="a", parent="p", role="assistant", status=Status.OPEN)
    entry = AnswerEntry(opening)
    answer = Answer("a")
    for number, event in enumerate(events, 1):
        told = answer.apply(event)
        if told is not None:
            entry.apply(told)
        if frame is not None and every and number % every == 0:
            entry.lay_out(frame)
            entry.update()
            entry.take_changed()
    entry.finish(message)
    return entry


def message_of(events: Iterable[ApiEvent], **fields: object) -> Message:
    """The message that a stream adds up to."""
    answer = Answer("a")
    for event in events:
        answer.apply(event)
    status = Status.COMPLETE if answer.complete else Status.INTERRUPTED
    return Message(
        id="a",
        parent="p",
        role="assistant",
        content=answer.blocks(),
        status=status,
        stop_reason=answer.stop_reason,
        stop_details=answer.stop_details,
        usage=dict(answer.usage),
        unfinished=answer.unfinished(),
        extra=answer.extra(),
        **fields,  # type: ignore[arg-type]
    )


def view_of(entries: Sequence[Entry], *, frame: Frame = WIDE, height: int = 10) -> Viewport:
    """A settled view at the end of these entries."""
    viewport = Viewport(frame, height)
    viewport.show(entries)
    settle(viewport)
    return viewport


def settle(viewport: Viewport) -> None:
    """Work until nothing is left to do."""
    while not viewport.settle(1.0):
        pass


def visible(viewport: Viewport) -> list[str]:
    """The rows in view as text."""
    shown = []
    for y in range(viewport.height):
        place = viewport.place(y)
        line = None if place is None else viewport.line(*place)
        shown.append("" if line is None else line.plain().rstrip())
    return shown
