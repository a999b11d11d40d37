"""What a chat costs: told when it is asked for, and asked about before a budget is passed."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from textual import work

from salon.chat import spending
from salon.chat.attachments import text_tokens
from salon.chat.conversation import Charge, Message
from salon.chat.ledger import charged, totals
from salon.chat.model import billed, cost_of, counted, prompt_tokens, searches, tokens_in_and_out
from salon.chat.numbers import dollars, short_number
from salon.chat.session import Parameters, Session
from salon.chat.spending import Ledger, Spent
from salon.ui.costscreen import ChatCosts, CostScreen
from salon.ui.makingroom import MakingRoomActions
from salon.ui.picker import Row
from salon.ui.questionscreen import QuestionScreen
from salon.ui.services import Services
from salon.untrusted import clean_line

_USUAL_ANSWER = 500
"""Tokens that an answer is taken to have before there was one."""
_ONCE, _ON = "once", "on"


class SpendingActions(MakingRoomActions):
    """A screen that knows what its chat costs."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._allowed: dict[str, Decimal] = {}
        """Up to what may be spent without asking again, by session, and by day."""

    @work(group="costs", exclusive=True, exit_on_error=False)
    async def action_costs(self) -> None:
        """Show what was spent."""
        session = self.session
        if session is None:
            return
        screen = CostScreen(self._chat_costs(session), _today(), lambda model: self._services.model_info(model).label)
        shown = self.app.push_screen(screen)
        entries = await asyncio.to_thread(self._ledger)
        await shown
        screen.show_ledger(entries)

    def _ledger(self) -> Ledger:
        library = self.drafting.library
        return spending.ledger([*library.list(), *library.trashed()], self._services.model_info)

    def _chat_costs(self, session: Session) -> ChatCosts:
        settings = self._services.settings
        answers = [each for each in session.conversation.written.values() if each.role == "assistant" and each.usage]
        last = next((each for each in reversed(session.path) if each.role == "assistant" and each.usage), None)
        here = self._message_here() if self.transcript.has_focus else None
        if here is not None and here.usage:
            last = here
        return ChatCosts(
            None if last is None else self._spent_on(last),
            "" if last is None else usage_in_words(last.usage),
            sum(map(self._spent_on, answers), Spent()),
            settings.budget_chat,
            settings.budget_day,
            beside=sum(map(self._spent_on, session.conversation.charges), Spent()),
            is_last=last is not here,
        )

    def _spent_on(self, message: Message | Charge) -> Spent:
        cost = cost_of(message.usage, self._services.model_info(message.model).prices)
        read, written = tokens_in_and_out(message.usage)
        return Spent(read, written, searches(message.usage), cost, cost is None)

    # budgets

    async def may_ask(self, session: Session, asked: Sequence[Parameters]) -> bool:
        """Whether the answers may be asked for; the person is asked before they pass a budget."""
        settings = self._services.settings
        expected = sum((self._expected(session, each) for each in asked), Decimal(0))
        if settings.budget_chat:
            spent = totals(charged(session.conversation), self._services.model_info).cost or Decimal(0)
            if not await self._within("The answers of this chat", session.id, spent, expected, settings.budget_chat):
                return False
        if settings.budget_day:
            entries = await asyncio.to_thread(self._ledger)
            spent = spending.total(spending.within(entries, _today())).cost or Decimal(0)
            return await self._within("The answers of today", _today(), spent, expected, settings.budget_day)
        return True

    def _expected(self, session: Session, asked: Parameters) -> Decimal:
        """About what an answer costs that is as long as the last one; what was read before comes from the cache."""
        last = next((each for each in reversed(session.path) if each.role == "assistant" and each.usage), None)
        before = 0 if last is None else prompt_tokens(last.usage)
        new = text_tokens(session.last.text) if session.last is not None and session.last.role == "user" else 0
        out = _USUAL_ANSWER if last is None else last.usage.get("output_tokens")
        cached = last is not None and last.model == asked.model.id and asked.model.caching
        usage = {
            "input_tokens": new if cached else new + before,
            "cache_read_input_tokens": before if cached else 0,
            "output_tokens": out if isinstance(out, int) else _USUAL_ANSWER,
        }
        return cost_of(usage, asked.model.prices) or Decimal(0)

    async def _within(self, whose: str, key: str, spent: Decimal, expected: Decimal, budget: float) -> bool:
        limit = max(Decimal(str(budget)), self._allowed.get(key, Decimal(0)))
        if spent + expected <= limit:
            return True
        title = clean_line(self.session.conversation.title, 60) if self.session is not None else ""
        raised = max(limit, spent + expected) + Decimal(str(budget))
        told = f"{whose} cost {dollars(spent)} so far, and the budget is {dollars(limit)}."
        about = f" The next answer costs about {dollars(expected)}." if expected else ""
        rows = [
            Row(_ONCE, "Ask once more"),
            Row(_ON, "Ask, and go on", f"until {dollars(raised)} are reached"),
        ]
        heading = f"This passes your budget{f' · {title}' if title else ''}"
        chosen = await self.app.push_screen_wait(QuestionScreen(heading, told + about, rows))
        if chosen == _ON:
            self._allowed[key] = raised
        return chosen is not None


def usage_in_words(usage: Mapping[str, Any]) -> str:
    """Of which tokens an answer's cost is made up."""
    parts = (
        ("input_tokens", "in"),
        ("cache_read_input_tokens", "from the cache"),
        ("cache_creation_input_tokens", "into the cache"),
        ("output_tokens", "out"),
    )
    counts = [(sum(counted(part, name) for part in billed(usage)), words) for name, words in parts]
    told = [f"{short_number(count)} {words}" for count, words in counts if count]
    looked = searches(usage)
    return ", ".join([*told, *([f"{looked:,} searches"] if looked else [])])


def _today() -> str:
    return date.today().isoformat()
