"""What a conversation has used: tokens and cost, added up from what the API reported."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from salon.chat.conversation import Charge, Conversation, Message, Status
from salon.chat.model import ModelInfo, Price, cost_of, tokens_in_and_out


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over answers."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal | None = None
    """US dollars; None where no answer has a known price."""
    at_least: bool = False
    """Whether an answer was cut, so that the tokens are a lower bound."""
    cost_at_least: bool = False
    """Whether an answer was cut or has no known price, so that the cost is a lower bound."""


def charged(conversation: Conversation) -> list[Message | Charge]:
    """All that a conversation was charged for, deleted answers and other variants too; prompts cost nothing."""
    return [*conversation.charges, *conversation.written.values()]


class _Part(NamedTuple):
    """What one answer, or what was paid for beside the answers, adds to the sums; US dollars, None where unknown."""

    read: int
    written: int
    cost: Decimal | None


class Account:
    """Adds up what was used, and works each answer's part out once: of a long chat that is a step of the screen.

    May be asked in a thread, but by one at a time.
    """

    def __init__(self, model_info: Callable[[str], ModelInfo]) -> None:
        self._model_info = model_info
        self._parts: dict[int, tuple[Message | Charge, tuple[Price, ...], _Part]] = {}
        """By the identity of what is kept beside it."""

    def totals(self, messages: Iterable[Message | Charge]) -> Totals:
        """Add up the answers among `messages`, which are given in order, and what was paid for beside them.

        Of a cut answer only the usage of its beginning is known: the prompt in full, next to none of the output.
        """
        info = cache(self._model_info)
        before, self._parts = self._parts, {}
        tokens_in = tokens_out = 0
        cost: Decimal | None = None
        cut = unpriced = False
        for message in messages:
            answer = message if isinstance(message, Message) else None
            if not message.usage or (answer is not None and answer.role != "assistant"):
                continue
            prices = info(message.model).prices
            known = before.get(id(message))
            if known is None or known[1] is not prices:
                known = (message, prices, _Part(*tokens_in_and_out(message.usage), cost_of(message.usage, prices)))
            self._parts[id(message)] = known
            part = known[2]
            tokens_in, tokens_out = tokens_in + part.read, tokens_out + part.written
            if part.cost is None:
                unpriced = True
            else:
                cost = (cost or Decimal(0)) + part.cost
            cut = cut or (answer is not None and answer.status in {Status.STOPPED, Status.INTERRUPTED})
        return Totals(tokens_in, tokens_out, cost, cut, cut or unpriced)


def totals(messages: Iterable[Message | Charge], model_info: Callable[[str], ModelInfo]) -> Totals:
    """Add up messages of which no sum will be asked again. See `Account.totals`."""
    return Account(model_info).totals(messages)
