"""What a conversation has used: tokens, context and cost, added up from what the API reported."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from salon.chat.conversation import Charge, Conversation, Message, Status
from salon.chat.model import ModelInfo, context_used, cost_of, tokens_in_and_out


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over answers."""

    tokens_in: int = 0
    tokens_out: int = 0
    context: int = 0
    """What the last answer and its request took of the context window."""
    cost: Decimal | None = None
    """US dollars; None where no answer has a known price."""
    at_least: bool = False
    """Whether an answer was cut, so that the tokens are a lower bound."""
    cost_at_least: bool = False
    """Whether an answer was cut or has no known price, so that the cost is a lower bound."""


def charged(conversation: Conversation) -> list[Message | Charge]:
    """All that a conversation was charged for, deleted answers and other variants too; prompts cost nothing."""
    return [*conversation.charges, *conversation.written.values()]


def totals(messages: Iterable[Message | Charge], model_info: Callable[[str], ModelInfo]) -> Totals:
    """Add up the answers among `messages`, which are given in order, and what was paid for beside them.

    Of a cut answer only the usage of its beginning is known: the prompt in full, next to none of the output.
    """
    info = cache(model_info)
    tokens_in = tokens_out = 0
    last: Mapping[str, Any] = {}
    cost: Decimal | None = None
    cut = unpriced = False
    for message in messages:
        answer = message if isinstance(message, Message) else None
        if not message.usage or (answer is not None and answer.role != "assistant"):
            continue
        read, written = tokens_in_and_out(message.usage)
        tokens_in, tokens_out = tokens_in + read, tokens_out + written
        last = last if answer is None else answer.usage
        price = cost_of(message.usage, info(message.model).prices)
        if price is None:
            unpriced = True
        else:
            cost = (cost or Decimal(0)) + price
        cut = cut or (answer is not None and answer.status in {Status.STOPPED, Status.INTERRUPTED})
    return Totals(tokens_in, tokens_out, context_used(last), cost, cut, cut or unpriced)
