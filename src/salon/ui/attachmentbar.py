"""What the prompt carries besides its words: a row for each attachment, and what all of it comes to."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from salon.actions import BY_ID
from salon.chat.attachments import Attachment
from salon.ui.described import described
from salon.untrusted import clean_line

SHOWN = 4
"""Attachments beyond these are counted."""
SHOWN_WHEN_LOW = 2
LOW = 16
"""A screen of fewer rows shows fewer."""


class AttachmentBar(Static):
    """The attachments above the prompt; it takes no room while there is nothing to tell."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self._attachments: Sequence[Attachment] = ()
        self._estimate = ""
        self.display = False

    def show(self, attachments: Sequence[Attachment]) -> None:
        """Show these attachments."""
        self._attachments = attachments
        self._write()

    def show_estimate(self, sentence: str) -> None:
        """Say what the prompt comes to; "" for nothing."""
        if sentence != self._estimate:
            self._estimate = sentence
            self._write()

    def on_resize(self) -> None:
        """Names are cut where the screen ends."""
        self._write()

    def _write(self) -> None:
        width = max(20, (self.size.width or self.app.size.width) - 4)
        most = SHOWN_WHEN_LOW if self.app.size.height < LOW else SHOWN
        rows = [clean_line(described(each, width), width) for each in self._attachments[:most]]
        if len(self._attachments) > most:
            rows.append(f"and {len(self._attachments) - most} more")
        told = [self._estimate] if self._estimate else []
        if self._attachments:
            told.append(f"{BY_ID['remove_attachment'].key} removes the last one")
        rows += [" · ".join(told)] if told else []
        self.display = bool(rows)
        self.update(Content("\n".join(rows)))
