"""The entries that are whole from the beginning: a person's words and notes, what tools answered, and seams."""

from datetime import datetime

from salon.chat.attachments import Attachment, attachments_of
from salon.chat.blocks import joined_text, text_block
from salon.chat.conversation import Message, Note
from salon.chat.room import COMPACTION, DIGEST, SUMMARY
from salon.markdown import Span, look
from salon.ui.described import described
from salon.ui.entry import Entry
from salon.ui.sections import BlockSection, RowSection, Section, WordsSection
from salon.untrusted import clean_line
from salon.words import tr

_BAR = Span("▎ ", look("accent"), True)
_THIN = Span("┊ ", look("text-faint"), True)


class PromptEntry(Entry):
    """The person's words, with an accent bar, the time, and which variant it is."""

    gap = 2

    def __init__(self, message: Message, variant: tuple[int, int] = (1, 1), lost: frozenset[str] = frozenset()) -> None:
        super().__init__(message, variant)
        self._lost = lost
        self._clock: str | None = None

    def build(self) -> list[Section]:
        """What was attached, a row each, and the words."""
        rows = [_attached(each, self._lost) for each in attachments_of(self.message.content)]
        words = joined_text(self.message.content)
        sections: list[Section] = [RowSection("\n".join(rows), "text-muted")] if rows else []
        return [*sections, *([WordsSection(words)] if words or not rows else [])]

    def margin(self) -> Span:
        """The accent bar."""
        return _BAR

    def label(self) -> str:
        """Variant and time."""
        if self._clock is None:
            self._clock = clock_of(self.message)
        number, of = self.variant
        return "  ".join(part for part in (f"{number}/{of}" if of > 1 else "", self._clock) if part)


def _attached(attachment: Attachment, lost: frozenset[str]) -> str:
    gone = tr(" · missing, not sent") if attachment.sha256 in lost and not attachment.content else ""
    return clean_line(described(attachment), 240) + gone


class NoteEntry(Entry):
    """Something the person wrote for themselves; it is never sent."""

    def __init__(self, note: Note) -> None:
        words = (text_block(note.text),)
        super().__init__(Message(id=note.id, parent=note.parent, role="user", content=words, created=note.created))
        self.note = note

    def build(self) -> list[Section]:
        """The words, quieter than what is part of the conversation."""
        return [RowSection(joined_text(self.message.content), "text-muted")]

    def margin(self) -> Span:
        """A thin line."""
        return _THIN

    def label(self) -> str:
        """What this is."""
        return "note"


_SEAMS = {
    SUMMARY: tr("— a summary follows; from here on it is sent in place of what stands above —"),
    COMPACTION: tr("— a summary follows; from here on it is sent in place of what stands above —"),
    DIGEST: tr("— a summary for another chat —"),
}


class SeamEntry(Entry):
    """Where Salon asked for something by itself: a cut answer to go on, or a summary."""

    def build(self) -> list[Section]:
        """One faint row."""
        return [RowSection(_SEAMS.get(self.message.seam, tr("— continued —")), "text-faint")]


class LeftOutEntry(Entry):
    """Above it nothing is sent any more."""

    def __init__(self, first: Message) -> None:
        super().__init__(Message(id=f"left out before {first.id}", parent=first.id, role="user"))

    def build(self) -> list[Section]:
        """One row."""
        return [RowSection(tr("— what stands above is left out of what is sent —"), "warning")]


class ResultEntry(Entry):
    """What a tool answered, folded, right below the call."""

    gap = 0

    def build(self) -> list[Section]:
        """A row a result."""
        return [BlockSection(block) for block in self.message.content]


def clock_of(message: Message) -> str:
    """When a message was written: the time for today's, the date before it for others."""
    try:
        written = datetime.fromisoformat(message.created).astimezone()
    except ValueError:
        return ""
    today = datetime.now().astimezone().date()
    if written.date() == today:
        return f"{written:%H:%M}"
    return f"{written:%d %b %H:%M}" if written.year == today.year else f"{written:%d %b %Y}"
