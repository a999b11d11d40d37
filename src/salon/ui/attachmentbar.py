"""What the prompt carries besides its words: a row for each attachment, and what all of it comes to."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from salon.actions import BY_ID
from salon.chat.attachments import Attachment
from salon.markdown.cells import cell_len
from salon.ui.described import described
from salon.untrusted import clean_line
from salon.words import tr

SHOWN = 4
"""Attachments beyond these are counted."""
LOW = 16
"""On a screen of fewer rows all of them have one row together."""


class AttachmentBar(Static):
    """The attachments above the prompt; it takes no room while there is nothing to tell."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self._attachments: Sequence[Attachment] = ()
        self._estimate: Sequence[str] = ()
        self.display = False

    def show(self, attachments: Sequence[Attachment]) -> None:
        """Show these attachments."""
        self._attachments = attachments
        self._write()

    def show_estimate(self, parts: Sequence[str]) -> None:
        """Say what the prompt comes to, the most important part first; nothing for none."""
        if parts != self._estimate:
            self._estimate = parts
            self._write()

    def on_resize(self) -> None:
        """What is said is cut where the screen ends."""
        self._write()

    def _write(self) -> None:
        width = max(20, self.app.size.width - 4)
        rows = rows_of(self._attachments, self._estimate, width, low=self.app.size.height < LOW)
        self.display = bool(rows)
        self.update(Content("\n".join(rows)))


def rows_of(attachments: Sequence[Attachment], estimate: Sequence[str], width: int, *, low: bool) -> list[str]:
    """The rows, none of them wider than `width` cells; on a `low` screen there is one at most."""
    keys = (
        [tr("{remove_attachment_key} removes the last one", remove_attachment_key=BY_ID["remove_attachment"].key)]
        if attachments
        else []
    )
    if low and attachments:
        alone = clean_line(attachments[0].name, max(8, width - 20)) or "unnamed"
        told = tr("{count} attachments", count=len(attachments)) if len(attachments) > 1 else alone
        return [_fitting([told, *estimate], width)]
    rows = [clean_line(described(each, width), width) for each in attachments[:SHOWN]]
    if len(attachments) > SHOWN:
        rows.append(tr("and {count} more", count=len(attachments) - SHOWN))
    return [*rows, _fitting([*estimate, *keys], width)] if estimate or keys else rows


def _fitting(parts: Sequence[str], width: int) -> str:
    """As many of the parts as have room beside each other, the first of them in any case."""
    row = parts[0]
    for part in parts[1:]:
        if cell_len(longer := f"{row} · {part}") <= width:
            row = longer
    return clean_line(row, width)
