"""What a chat costs: told when it is asked for, and asked about before a budget is passed."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from textual import work

from salon.chat.budgets import Overrun
from salon.chat.conversation import Charge, Message
from salon.chat.model import billed, cost_of, counted, searches, tokens_in_and_out
from salon.chat.numbers import short_number
from salon.chat.parameters import Parameters
from salon.chat.permission import Permission
from salon.chat.session import Session
from salon.chat.spending import Spent
from salon.ui.costscreen import ChatCosts, CostScreen
from salon.ui.question import overrun_asked
from salon.ui.questioning import QuestioningActions
from salon.words import tr


class SpendingActions(QuestioningActions):
    """A screen that knows what its chat costs."""

    @work(group="costs", exclusive=True, exit_on_error=False)
    async def action_costs(self) -> None:
        """Show what was spent."""
        session = self.session
        if session is None:
            return
        screen = CostScreen(self._chat_costs(session), _today(), lambda model: self._services.model_info(model).label)
        shown = self.app.push_screen(screen)
        entries = await asyncio.to_thread(self._services.budgets.ledger, self.drafting.library)
        await shown
        screen.show_ledger(entries)

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

    async def may_ask(self, asked: Parameters) -> bool:
        """See `salon.chat.person.Person`."""
        return await self.is_within_budgets([asked])

    async def is_within_budgets(self, asked: Sequence[Parameters]) -> bool:
        """Whether answers may be asked for with each of these; the person is asked before they pass a budget."""
        session, budgets = self.session, self._services.budgets
        assert session is not None
        library = self.drafting.library
        if library is self._services.temporary:
            library = self._services.library  # the day's budget is one for all chats
        return await budgets.allow(session.conversation, asked, library, self._ask_about)

    async def _ask_about(self, passed: Overrun) -> Permission:
        return (await self.put_question(overrun_asked(passed), tr("asks whether it may pass a budget"))).permission


def usage_in_words(usage: Mapping[str, Any]) -> str:
    """Of which tokens an answer's cost is made up."""
    parts = (
        ("input_tokens", tr("in")),
        ("cache_read_input_tokens", tr("from the cache")),
        ("cache_creation_input_tokens", tr("into the cache")),
        ("output_tokens", tr("out")),
    )
    counts = [(sum(counted(part, name) for part in billed(usage)), words) for name, words in parts]
    told = [f"{short_number(count)} {words}" for count, words in counts if count]
    looked = searches(usage)
    return ", ".join([*told, *([tr("{looked:,} searches", looked=looked)] if looked else [])])


def _today() -> str:
    return date.today().isoformat()
