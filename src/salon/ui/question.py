"""A question that an answer waits for, and the keys that answer it: whether a tool is run, or money is spent.

It never has the focus, and no key that writes answers it: what a person is typing when it appears stays typing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from salon.actions import BY_ID
from salon.chat.budgets import Overrun
from salon.chat.numbers import dollars
from salon.chat.permission import Decision, Permission
from salon.chat.tools import ToolCall
from salon.ui.keyline import button_content, line_content
from salon.ui.targets import are_large
from salon.ui.toollines import call_line, call_text
from salon.untrusted import clean, clean_line
from salon.words import plural, tr

FOLDED_ROWS = 3
"""Rows of what is asked about that are shown at once."""
OPEN_ROWS = 12
"""Rows when they are unfolded; more would leave nothing of the conversation."""
ACTIONS = {
    Permission.ONCE: "allow_once",
    Permission.CHAT: "allow_chat",
    Permission.ALWAYS: "allow_always",
    Permission.NO: "refuse_call",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked; the texts are clean."""

    sentence: str
    rows: Sequence[str]
    """What it is about; more of them than a few are folded."""
    answers: Mapping[Permission, str]
    """What can be answered, in the words that stand beside its key."""


def call_asked(call: ToolCall) -> Asked:
    """Whether a tool is run: which one, with what."""
    rows = [f"  {clean_line(row, 1_000)}" for row in clean(call_text(call)).split("\n")]
    answers = {permission: BY_ID[action].label.lower() for permission, action in ACTIONS.items()}
    return Asked(tr("Run {name}?", name=clean_line(call_line(call.name), 120)), rows, answers)


def overrun_asked(passed: Overrun) -> Asked:
    """Whether an answer is asked for although that passes a budget."""
    answers = {
        Permission.ONCE: tr("once"),
        Permission.CHAT: tr("up to {raised}", raised=dollars(passed.raised)),
        Permission.NO: tr("no"),
    }
    return Asked(tr("This passes your budget. Ask anyway?"), [passed.sentence()], answers)


class Question(Static):
    """Shows one question at a time and waits for what the person says; it takes no room while nothing is asked."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self.auto_links = False  # calm: what can be clicked looks like what stands beside it
        self.asked: Asked | None = None
        self._said: asyncio.Future[Decision] | None = None
        self._unfolded = False
        self._first = 0
        self.display = False

    async def ask(self, asked: Asked) -> Decision:
        """What the person says; cancelling takes the question away."""
        self.asked, self._unfolded, self._first = asked, False, 0
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
        """Show more of what it is about, page by page, then little again."""
        if self.asked is None:
            return
        if not self._unfolded:
            self._unfolded, self._first = True, 0
        elif self._first + OPEN_ROWS < len(self.asked.rows):
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


def question_text(asked: Asked, *, unfolded: bool = False, first: int = 0) -> str:
    """The question's rows."""
    rows = asked.rows
    shown = rows[first : first + OPEN_ROWS] if unfolded else rows[:FOLDED_ROWS]
    left = len(rows) - first - len(shown)
    more = [plural("  … {n} more row", "  … {n} more rows", left)] if left else []
    return "\n".join([asked.sentence, *shown, *more])


def answers_to(asked: Asked, *, unfolded: bool) -> list[tuple[str, str]]:
    """What can be answered: its key and what it means, and the id of its action."""
    keys = [(f"{BY_ID[ACTIONS[each]].key} {words}", ACTIONS[each]) for each, words in asked.answers.items()]
    if len(asked.rows) > FOLDED_ROWS:
        keys.append((f"{BY_ID['show_call'].key} {(tr('further, or fold') if unfolded else tr('all'))}", "show_call"))
    return keys
