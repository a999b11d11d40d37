"""The prompt box: a text area that sends on Enter, folds large pastes, and brings earlier prompts back."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from textual import events
from textual.document._document import Document
from textual.message import Message as WidgetMessage
from textual.widgets import TextArea

from salon.chat.attachments import Attachment
from salon.chat.draft import Draft
from salon.hidden import hidden_in, with_hidden_shown, without_hidden
from salon.ui.editingarea import EditingArea
from salon.ui.flights import Flights
from salon.untrusted import clean
from salon.words import tr

PASTE_GUARD_SECONDS = 0.05
"""An Enter this soon after a paste belongs to it: Textual re-issues what follows an escape byte in one as keys."""

_CHIP = re.compile(r"\[pasted #(\d+): [^\]\n]*\]")


class Prompt(EditingArea):
    """What the person is writing. Its text may hold chips that stand for large pastes."""

    @dataclass
    class Submitted(WidgetMessage):
        """The person wants this sent; `text` has its pastes put back in, `box` is how it stood in the box."""

        text: str
        box: str = ""
        """"" for what never was in the box."""
        attachments: tuple[Attachment, ...] = ()

    @dataclass
    class Confirmed(WidgetMessage):
        """Enter was pressed in an empty prompt."""

    @dataclass
    class Edited(WidgetMessage):
        """The draft is another one now."""

    @dataclass
    class AttachmentsChanged(WidgetMessage):
        """The prompt carries these attachments now."""

        attachments: tuple[Attachment, ...]

    @dataclass
    class Pasted(WidgetMessage):
        """`text` was pasted, as the terminal sent it; in the box it stands as `box`."""

        text: str
        box: str

    def __init__(
        self,
        *,
        chip_lines: int = 20,
        chip_characters: int = 4_000,
        vi: bool = False,
        vi_enter_sends: bool = True,
        id: str = "",  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(vi=vi, id=id)
        self.vi_enter_sends = vi_enter_sends
        """Whether Enter sends in vi's insert mode."""
        self.chip_lines = chip_lines
        """A paste of more lines becomes a chip."""
        self.chip_characters = chip_characters
        """So does one of more characters."""
        self._pastes: list[str] = []
        self._attachments: tuple[Attachment, ...] = ()
        self._hidden: tuple[str, str] | None = None
        """How the last paste with hidden characters stands in the box, and how it would stand otherwise."""
        self._hidden_shown = False
        self._pasted_at = float("-inf")
        self._sent: tuple[str, ...] = ()
        self._recalled: Sequence[str] = ()
        self._recall_at = -1
        self._draft_before_recall = Draft()
        self.flights = Flights()
        """What of the box was sent and is not safe yet."""
        self.submitted: Callable[[Prompt.Submitted], object] = self.post_message
        """Is told what is to be sent, before the next key is taken: a message would come after the keys behind it."""
        self.take_queued: Callable[[], bool] = lambda: False
        """Brings a prompt that waits to be sent back into the empty box; whether there was one."""
        self.lend_key: Callable[[str], bool] = lambda key: False
        """Offers a key to what completes the prompt; whether that used it."""

    # the draft

    @property
    def draft(self) -> Draft:
        """What is in the box, as it is kept on disk."""
        # Pastes outlive their chips in here, because undo brings chips back; on disk they would be left over for ever.
        pastes = tuple(self._pastes) if _CHIP.search(self.text) else ()
        return Draft(self.text, pastes, attachments=self._attachments)

    def set_draft(self, draft: Draft) -> None:
        """Put a draft into the box, the caret at its end."""
        self._pastes = list(draft.pastes)
        self._put_attachments(draft.attachments)
        self.flights = Flights()
        self.load_text(clean(draft.text))
        self.move_cursor(self.document.end)
        self.begin_text()

    def clear_sent(self, box: str, attachments: Sequence[Attachment] = ()) -> None:
        """Take out what was sent; what was typed or attached since then stays. Undo brings the text back."""
        self.detach(*attachments)
        span = self.flights.land(self.text, box)
        if span is not None:
            document = cast(Document, self.document)  # the only kind of document without a syntax to highlight
            start, end = map(document.get_location_from_index, span)
            self._past.part()
            self.replace("", start, end)
            self._past.part()
            if not self.text:
                self.begin_text()
        self._recall_at = -1

    def put_edited(self, text: str) -> None:
        """Put in what the person made of the full text elsewhere, as one step that undo takes back."""
        self._past.part()
        self.replace(clean(text), (0, 0), self.document.end, maintain_selection_offset=False)
        self._past.part()
        self.begin_text()

    def full_text(self) -> str:
        """The text with every paste in the place of its chip."""
        return _CHIP.sub(self._paste_of, self.text)

    def set_recall(self, prompts: Iterable[str]) -> None:
        """Earlier prompts, newest first, for the up key."""
        earlier = (prompt for prompt in prompts if prompt not in self._sent)
        self._recalled = (*self._sent, *earlier)  # what is shown at the moment keeps its place

    def remember(self, text: str) -> None:
        """Put a prompt that was just sent first among the earlier ones."""
        self._sent = (text, *(prompt for prompt in self._sent if prompt != text))
        self._recalled = (text, *(prompt for prompt in self._recalled if prompt != text))
        self._recall_at = -1

    def _paste_of(self, chip: re.Match[str]) -> str:
        number = int(chip[1])
        return self._pastes[number - 1] if 1 <= number <= len(self._pastes) else chip[0]

    # attachments

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What is sent along."""
        return self._attachments

    def attach(self, *attachments: Attachment) -> None:
        """Send these along, too."""
        self._put_attachments((*self._attachments, *attachments))

    def detach(self, *attachments: Attachment) -> None:
        """Do not send these along; each once, the last of those that are alike."""
        rest = list(reversed(self._attachments))
        for each in attachments:
            if each in rest:
                rest.remove(each)
        self._put_attachments(tuple(reversed(rest)))

    def exchange(self, before: Attachment, after: Attachment) -> None:
        """Send another one in the place of one."""
        self._put_attachments(tuple(after if each is before else each for each in self._attachments))

    def _put_attachments(self, attachments: tuple[Attachment, ...]) -> None:
        if attachments != self._attachments:
            self._attachments = attachments
            self.post_message(self.AttachmentsChanged(attachments))

    # keys

    async def take_key(self, key: str, character: str | None) -> bool:
        """Do what a key means; what completes the prompt is asked first."""
        return self.lend_key(key) or await super().take_key(key, character)

    def edit_send(self) -> None:
        """Send, or what Enter does otherwise."""
        writing = self.vi is not None and self.vi.inserting
        if writing and not self.vi_enter_sends:
            self.type("\n")
        else:
            self._enter()

    def edit_newline(self) -> None:
        """Start a new line."""
        self.type("\n")

    def edit_recall_older(self) -> None:
        """Go a row up; from the first one to an earlier prompt."""
        if not (self._row == 0 and (self._take_back() or self._recall(+1))):
            self.vertical(-1)

    def edit_recall_newer(self) -> None:
        """Go a row down; from the last one back towards the draft."""
        at_end = self._row == self.wrapped_document.height - 1
        if not (at_end and self._recall_at >= 0 and self._recall(-1)):
            self.vertical(+1)

    def _take_back(self) -> bool:
        return not self.text and self._recall_at == -1 and self.take_queued()

    @property
    def _row(self) -> int:
        """The row that the caret is on, as the text is wrapped."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y

    def _recompute_cursor_offset(self) -> None:
        # Textual 8.2.8 asks in the middle of an undo, where the caret may stand on a row that is not there any more.
        if self.cursor_location[0] < self.document.line_count:
            super()._recompute_cursor_offset()  # type: ignore[no-untyped-call]

    def _enter(self) -> None:
        if time.monotonic() - self._pasted_at < PASTE_GUARD_SECONDS:
            self.type("\n")
            return
        row, column = self.cursor_location
        line = self.document.get_line(row)
        if line.endswith("\\") and column == len(line) and not line.endswith("\\\\"):
            self.replace("\n", (row, column - 1), (row, column))
            return
        self.submit()

    def submit(self) -> None:
        """Have what is in the box sent, or the notice's offer taken where there is nothing in it."""
        box = self.flights.rest(self.text)
        text = _CHIP.sub(self._paste_of, box)
        attachments = () if self.flights else self._attachments  # those went along with the first
        if text.strip() or attachments:
            self.flights.start(box)
            self.submitted(self.Submitted(text, box, attachments))
        elif not self.text.strip():
            self.post_message(self.Confirmed())

    def edit_expand_paste(self) -> None:
        """Replace the chip at the caret, or the first one, by its text."""
        document = cast(Document, self.document)
        offset = document.get_index_from_location(self.cursor_location)
        chips = list(_CHIP.finditer(self.text))
        chosen = next((chip for chip in chips if chip.start() <= offset <= chip.end()), chips[0] if chips else None)
        if chosen is None:
            return
        start, end = map(document.get_location_from_index, chosen.span())
        self.replace(self._paste_of(chosen), start, end)

    # pastes

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._pasted_at = time.monotonic()
        raw = event.text.replace("\r\n", "\n").replace("\r", "\n")
        hidden = hidden_in(raw)
        box = self._folded(
            clean(without_hidden(raw)), tr(", {total:,} hidden left out", total=hidden.total) if hidden else ""
        )
        if hidden:
            shown = self._folded(clean(with_hidden_shown(raw)), tr(", {total:,} hidden shown", total=hidden.total))
            self._hidden, self._hidden_shown = (box, shown), False
        self.type(box)
        self.post_message(self.Pasted(raw, box))

    def insert_folded(self, text: str) -> None:
        """Put a text in as a paste would be: as a chip where it is large."""
        self.type(self._folded(clean(text.replace("\r\n", "\n").replace("\r", "\n"))))

    def _folded(self, text: str, note: str = "") -> str:
        """The text as it stands in the box: itself, or a chip for it."""
        lines = text.count("\n") + 1
        if lines <= self.chip_lines and len(text) <= self.chip_characters:
            return text
        self._pastes.append(text)
        size = tr("{lines} lines", lines=lines) if lines > 1 else tr("{count:,} characters", count=len(text))
        return f"[pasted #{len(self._pastes)}: {size}{note}]"

    def replace_text(self, before: str, after: str) -> bool:
        """Put `after` where `before` stands last; whether it stands anywhere."""
        at = self.text.rfind(before) if before else -1
        if at < 0:
            return False
        document = cast(Document, self.document)
        start, end = map(document.get_location_from_index, (at, at + len(before)))
        self.replace(after, start, end)
        return True

    def switch_hidden(self) -> bool | None:
        """Write out what was hidden in the last paste, or leave it out; whether it is shown, None without any."""
        if self._hidden is None or not self.replace_text(*self._hidden):
            return None
        self._hidden = (self._hidden[1], self._hidden[0])
        self._hidden_shown = not self._hidden_shown
        return self._hidden_shown

    # earlier prompts

    def _recall(self, step: int) -> bool:
        """Show the next older (+1) or newer (-1) prompt; whether there is one."""
        target = self._recall_at + step
        if target >= len(self._recalled) or target < -1:
            return False
        if self._recall_at == -1:
            self._draft_before_recall = self.draft
        self._recall_at = target
        text = self._draft_before_recall.text if target == -1 else self._recalled[target]
        self.replace(clean(text), (0, 0), self.document.end)
        self.move_cursor(self.document.end if step < 0 else self._end_of_first_row())
        return True

    def _end_of_first_row(self) -> tuple[int, int]:
        """Where one writes on and the next key up still goes further back."""
        sections = self.wrapped_document.get_sections(0)
        return (0, len(sections[0]) - (len(sections) > 1))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Say that the draft changed."""
        event.stop()
        self.post_message(self.Edited())
