"""What waits to be sent: prompts that were finished while an answer was still arriving."""

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static

from salon.actions import BY_ID
from salon.chat.draft import Draft
from salon.ui.keyline import line_content, parts_of
from salon.untrusted import clean_line
from salon.words import plural, tr

SHOWN = 3
"""More prompts than this are counted."""


class QueueView(Static):
    """The queued prompts, a row each, above the prompt; it takes no room while there are none."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self.auto_links = False  # calm: what can be clicked looks like what stands beside it
        self._items: list[Draft] = []
        self.display = False

    @property
    def items(self) -> tuple[Draft, ...]:
        """The prompts in the order in which they will be sent."""
        return tuple(self._items)

    def set_items(self, items: Iterable[Draft]) -> None:
        """Show these prompts in place of those before."""
        self._items = list(items)
        self.display = bool(self._items)
        self._write()

    def on_resize(self) -> None:
        """No key is parted from its words."""
        self._write()

    def _write(self) -> None:
        if self._items:
            width = self.content_size.width or self.app.size.width - 4
            self.update(Content(rows_of(self._items) + "\n") + line_content(parts_of(_keys()), width, 2))

    def add(self, draft: Draft, *, first: bool = False) -> None:
        """Have one more prompt wait, behind the others or, with `first`, before them."""
        self.set_items([draft, *self._items] if first else [*self._items, draft])

    def take_first(self) -> Draft | None:
        """The prompt that is to be sent next, which waits no longer."""
        return self._take(0)

    def take_last(self) -> Draft | None:
        """The prompt that was queued last, which waits no longer."""
        return self._take(-1)

    def _take(self, index: int) -> Draft | None:
        if not self._items:
            return None
        taken = self._items[index]
        rest = list(self._items)
        del rest[index]
        self.set_items(rest)
        return taken


def rows_of(items: list[Draft]) -> str:
    """The rows that tell what is queued."""
    rows = [
        tr("Queued: {text}{carried}", text=clean_line(item.text, 200), carried=_carried(item)) for item in items[:SHOWN]
    ]
    if len(items) > SHOWN:
        rows.append(tr("and {count} more", count=len(items) - SHOWN))
    return "\n".join(rows)


def _keys() -> str:
    return tr(
        "{edit_queued_key} brings the last one back · {retry_now_key} sends now",
        edit_queued_key=BY_ID["edit_queued"].key,
        retry_now_key=BY_ID["retry_now"].key,
    )


def _carried(item: Draft) -> str:
    count = len(item.attachments)
    told = plural("{n} attachment", "{n} attachments", count)
    return f" ({told})" if count else ""
