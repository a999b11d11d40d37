"""Budgets in dollars, and whether what is asked next would pass one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from salon.chat import conversation as tree
from salon.chat import spending
from salon.chat.attachments import of_block, text_tokens
from salon.chat.blocks import Block, is_tool_result, text_of
from salon.chat.conversation import Conversation
from salon.chat.ledger import charged, totals
from salon.chat.library import Library
from salon.chat.model import ModelInfo, cost_of, prompt_tokens
from salon.chat.numbers import dollars
from salon.chat.parameters import Parameters
from salon.chat.permission import Permission
from salon.chat.spending import Ledger
from salon.chat.summary import SessionSummary
from salon.words import tr

USUAL_ANSWER = 500
"""Tokens that an answer is taken to have before there was one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """US dollars that may be spent before the person is asked; 0 where there is no budget."""

    chat: Decimal = Decimal(0)
    day: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Overrun:
    """A budget that the next answers would pass; amounts in US dollars."""

    key: str
    """What the budget is for: a session's id, or a day."""
    whose: str
    """The same in words."""
    spent: Decimal
    expected: Decimal
    """About what the next answers cost; 0 where their price is unknown."""
    limit: Decimal
    raised: Decimal
    """The limit that would hold if the person goes on."""

    def sentence(self) -> str:
        """What was spent, of how much."""
        told = tr(
            "{whose} cost {spent} so far, and the budget is {limit}.",
            whose=self.whose,
            spent=dollars(self.spent),
            limit=dollars(self.limit),
        )
        return (
            tr("{told} The next answer costs about {expected}.", told=told, expected=dollars(self.expected))
            if self.expected
            else told
        )


class Budgets:
    """The budgets of a chat and of a day, for all chats of a run."""

    def __init__(self, limits: Callable[[], Limits], model_info: Callable[[str], ModelInfo]) -> None:
        self._limits = limits
        self._model_info = model_info
        self._allowed: dict[str, Decimal] = {}
        """Up to what may be spent without asking again, by session, and by day."""
        self._unkept: dict[str, Decimal] = {}
        """What chats cost of which nothing is kept, by session, as far as this run has asked in them."""

    async def allow(
        self,
        conversation: Conversation,
        asked: Sequence[Parameters],
        library: Library,
        ask: Callable[[Overrun], Awaitable[Permission]],
    ) -> bool:
        """Whether answers with these parameters may be asked for.

        `ask` is what a person says to each budget that they would pass, the chat's first; the day's is of the library.
        `Permission.CHAT` goes on until the raised limit is reached.
        """
        limits = self._limits()
        expected = sum((self._expected(conversation, each) for each in asked), Decimal(0))
        if limits.chat:
            spent = totals(charged(conversation), self._model_info).cost or Decimal(0)
            passed = self._passed(conversation.id, tr("The answers of this chat"), spent, expected, limits.chat)
            if not await self._agreed(passed, ask):
                return False
        if limits.day:
            today = date.today().isoformat()
            sessions = await asyncio.to_thread(_sessions, library)
            entries = spending.within(spending.ledger(sessions, self._model_info), today)
            spent = spending.total(entries).cost or Decimal(0)
            self._note_unkept(conversation, sessions)
            spent += sum(self._unkept.values(), Decimal(0))
            passed = self._passed(today, tr("The answers of today"), spent, expected, limits.day)
            return await self._agreed(passed, ask)
        return True

    async def _agreed(self, passed: Overrun | None, ask: Callable[[Overrun], Awaitable[Permission]]) -> bool:
        if passed is None:
            return True
        said = await ask(passed)
        if said is Permission.CHAT:
            self._allowed[passed.key] = passed.raised
        return said is not Permission.NO

    def ledger(self, library: Library) -> Ledger:
        """What the sessions of a library were charged for, those in its trash included. Blocks."""
        return spending.ledger(_sessions(library), self._model_info)

    def _note_unkept(self, conversation: Conversation, sessions: Sequence[SessionSummary]) -> None:
        """A temporary chat is paid for like others, and no list has it."""
        self._unkept.pop(conversation.id, None)
        if all(session.id != conversation.id for session in sessions):
            self._unkept[conversation.id] = totals(charged(conversation), self._model_info).cost or Decimal(0)

    def _passed(self, key: str, whose: str, spent: Decimal, expected: Decimal, budget: Decimal) -> Overrun | None:
        limit = max(budget, self._allowed.get(key, Decimal(0)))
        if spent + expected <= limit:
            return None
        return Overrun(key, whose, spent, expected, limit, max(limit, spent + expected) + budget)

    def _expected(self, conversation: Conversation, asked: Parameters) -> Decimal:
        """About what an answer costs that is as long as the last one; what was read before comes from the cache."""
        path = tree.path(conversation, conversation.leaf) if conversation.leaf is not None else []
        last = next((each for each in reversed(path) if each.role == "assistant" and each.usage), None)
        before = 0 if last is None else prompt_tokens(last.usage)
        since = path if last is None else path[path.index(last) + 1 :]
        new = sum(_tokens_in(block) for message in since for block in message.content)
        out = USUAL_ANSWER if last is None else last.usage.get("output_tokens")
        cached = last is not None and last.model == asked.model.id and asked.model.caching
        usage = {
            "input_tokens": new if cached else new + before,
            "cache_read_input_tokens": before if cached else 0,
            "output_tokens": out if isinstance(out, int) else USUAL_ANSWER,
        }
        return cost_of(usage, asked.model.prices) or Decimal(0)


def _tokens_in(block: Block) -> int:
    """About how many tokens a block is that no request was measured with yet, what a tool gave included."""
    if (attached := of_block(block)) is not None:
        return attached.tokens or 0
    inside = block.get("content") if is_tool_result(block) else None
    if isinstance(inside, list):
        return sum(_tokens_in(each) for each in inside if isinstance(each, dict))
    return text_tokens(inside if isinstance(inside, str) else text_of(block))


def _sessions(library: Library) -> list[SessionSummary]:
    return [*library.list(), *library.trashed()]
