"""The question before a tool is run: which one, with what, and the keys that answer it.

It never has the focus, and no key that writes answers it: what a person is typing when it appears stays typing.
"""

import asyncio

from textual.content import Content
from textual.widgets import Static

from salon.actions import BY_ID
from salon.chat.permission import Decision, Permission
from salon.chat.tools import ToolCall
from salon.ui.keyline import button_content, line_content
from salon.ui.targets import are_large
from salon.ui.toollines import call_line, call_text
from salon.untrusted import clean, clean_line

FOLDED_ROWS = 3
"""Rows of the arguments that are shown at once."""
OPEN_ROWS = 12
"""Rows when they are unfolded; more would leave nothing of the conversation."""
ANSWERS = ("allow_once", "allow_chat", "allow_always", "refuse_call")


class Question(Static):
    """Shows one call at a time and waits for what the person says; it takes no room while nothing is asked."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self.auto_links = False  # calm: what can be clicked looks like what stands beside it
        self.asked: ToolCall | None = None
        self._said: asyncio.Future[Decision] | None = None
        self._unfolded = False
        self._first = 0
        self.display = False

    async def ask(self, call: ToolCall) -> Decision:
        """What the person says to a call; cancelling takes the question away."""
        self.asked, self._unfolded, self._first = call, False, 0
        self._said = asyncio.get_running_loop().create_future()
        self.write()
        self.display = True
        try:
            return await self._said
        finally:
            self.asked = self._said = None
            self.display = False

    def answer(self, permission: Permission, why: str = "") -> None:
        """The person has decided."""
        if self._said is not None and not self._said.done():
            self._said.set_result(Decision(permission, why))

    def unfold(self) -> None:
        """Show more of the arguments, page by page, then few again."""
        if self.asked is None:
            return
        rows = len(call_text(self.asked).split("\n"))
        if not self._unfolded:
            self._unfolded, self._first = True, 0
        elif self._first + OPEN_ROWS < rows:
            self._first += OPEN_ROWS
        else:
            self._unfolded, self._first = False, 0
        self.write()

    def write(self) -> None:
        """Write what is asked as the screen and the settings are now."""
        if self.asked is not None:
            asked = Content(question_text(self.asked, unfolded=self._unfolded, first=self._first))
            parts = [(words, f"screen.{action}") for words, action in answers_to(self.asked, unfolded=self._unfolded)]
            width = self.content_size.width or self.app.size.width - 4
            keys = button_content(parts, width) if are_large(self) else line_content(parts, width, len(parts))
            self.update(asked + Content("\n") + keys)

    def on_resize(self) -> None:
        """No key is parted from its words."""
        self.write()


def question_text(call: ToolCall, *, unfolded: bool = False, first: int = 0) -> str:
    """The question's rows: the tool, and what it is given."""
    rows = [clean_line(row, 1_000) for row in clean(call_text(call)).split("\n")]
    shown = rows[first : first + OPEN_ROWS] if unfolded else rows[:FOLDED_ROWS]
    left = len(rows) - first - len(shown)
    more = [f"  … {left} more {'row' if left == 1 else 'rows'}"] if left else []
    asked = f"Run {clean_line(call_line(call.name), 120)}?"
    return "\n".join([asked, *(f"  {row}" for row in shown), *more])


def answers_to(call: ToolCall, *, unfolded: bool) -> list[tuple[str, str]]:
    """What can be answered: its key and what it means, and the id of its action."""
    keys = [(f"{BY_ID[action].key} {BY_ID[action].label.lower()}", action) for action in ANSWERS]
    if len(call_text(call).split("\n")) > FOLDED_ROWS:
        keys.append((f"{BY_ID['show_call'].key} {'further, or fold' if unfolded else 'all'}", "show_call"))
    return keys
