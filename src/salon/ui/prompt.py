"""The prompt box: a text area that sends on Enter, folds large pastes, and brings earlier prompts back."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from textual import events
from textual.binding import Binding
from textual.document._document import Document
from textual.message import Message as WidgetMessage
from textual.widgets import TextArea

from salon.actions import BY_ID
from salon.chat.session import Draft
from salon.untrusted import clean

PASTE_GUARD_SECONDS = 0.05
"""An Enter this soon after a paste belongs to it: Textual re-issues what follows an escape byte in one as keys."""

_CHIP = re.compile(r"\[pasted #(\d+): [^\]\n]*\]")


def _is_text(character: str) -> bool:
    """Whether a key is text although Python does not call it printable: the blanks of Japanese and French, joiners."""
    return character not in "\t\n\r" and clean(character) == character


class Prompt(TextArea):
    """What the person is writing. Its text may hold chips that stand for large pastes."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding(",".join(BY_ID["newline"].keys), "newline", BY_ID["newline"].label, show=False, id="newline"),
        Binding("ctrl+g", "expand_paste", BY_ID["expand_paste"].label, show=False, id="expand_paste"),
    ]

    @dataclass
    class Submitted(WidgetMessage):
        """The person wants this sent; `text` has its pastes put back in, `box` is how it stood in the box."""

        text: str
        box: str = ""
        """"" for what never was in the box."""

    @dataclass
    class Confirmed(WidgetMessage):
        """Enter was pressed in an empty prompt."""

    @dataclass
    class Edited(WidgetMessage):
        """The draft is another one now."""

    def __init__(self, *, chip_lines: int = 20, chip_characters: int = 4_000, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            compact=True,
            max_checkpoints=1_000,
            id=id or None,
        )
        self.cursor_blink = False
        self._chip_lines = chip_lines
        self._chip_characters = chip_characters
        self._pastes: list[str] = []
        self._pasted_at = float("-inf")
        self._sent: tuple[str, ...] = ()
        self._recalled: Sequence[str] = ()
        self._recall_at = -1
        self._draft_before_recall = Draft()
        self.take_queued: Callable[[], bool] = lambda: False
        """Brings a prompt that waits to be sent back into the empty box; whether there was one."""
        self.lend_key: Callable[[str], bool] = lambda key: False
        """Offers a key to what completes the prompt; whether that used it."""

    # the draft

    @property
    def draft(self) -> Draft:
        """What is in the box, as it is kept on disk."""
        # Pastes outlive their chips in here, because undo brings chips back; on disk they would be left over for ever.
        return Draft(self.text, tuple(self._pastes) if _CHIP.search(self.text) else ())

    def set_draft(self, draft: Draft) -> None:
        """Put a draft into the box, the caret at its end."""
        self._pastes = list(draft.pastes)
        self.load_text(clean(draft.text))
        self.move_cursor(self.document.end)

    def clear_sent(self, box: str) -> None:
        """Take out what was sent; what was typed since then stays. Undo brings it back."""
        if box and self.text.startswith(box):
            document = cast(Document, self.document)  # the only kind of document without a syntax to highlight
            self.replace("", (0, 0), document.get_location_from_index(len(box)))
        self._recall_at = -1

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

    # keys

    async def _on_key(self, event: events.Key) -> None:
        if self.lend_key(event.key):
            event.prevent_default()
            event.stop()
            return
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            self._enter()
            return
        if event.key == "up" and self._row == 0 and (self._take_back() or self._recall(+1)):
            event.prevent_default()
            event.stop()
            return
        at_end = self._row == self.wrapped_document.height - 1
        if event.key == "down" and at_end and self._recall_at >= 0 and self._recall(-1):
            event.prevent_default()
            event.stop()
            return
        if bindings := self._bindings.key_to_bindings.get(event.key):
            # Textual sends a key that is bound round by the app, where the keys after it overtake it: on a slow line,
            # where keys come in bursts, a backspace would delete what was typed after it.
            event.prevent_default()
            event.stop()
            await self.run_action(bindings[0].action)
            return
        if event.character and not event.is_printable and _is_text(event.character):
            event.prevent_default()
            event.stop()
            self._replace_via_keyboard(event.character, *self.selection)
            return
        await super()._on_key(event)

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
            self.insert("\n")
            return
        row, column = self.cursor_location
        line = self.document.get_line(row)
        if line.endswith("\\") and column == len(line) and not line.endswith("\\\\"):
            self.replace("\n", (row, column - 1), (row, column))
            return
        text = self.full_text()
        if text.strip():
            self.post_message(self.Submitted(text, self.text))
        else:
            self.post_message(self.Confirmed())

    def action_newline(self) -> None:
        """Start a new line."""
        self.insert("\n")

    def action_expand_paste(self) -> None:
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
        text = clean(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        lines = text.count("\n") + 1
        if lines > self._chip_lines or len(text) > self._chip_characters:
            self._pastes.append(text)
            size = f"{lines} lines" if lines > 1 else f"{len(text):,} characters"
            text = f"[pasted #{len(self._pastes)}: {size}]"
        self._replace_via_keyboard(text, *self.selection)

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
        self.move_cursor(self.document.end if step < 0 else (0, 0))
        return True

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Say that the draft changed."""
        event.stop()
        self.post_message(self.Edited())
