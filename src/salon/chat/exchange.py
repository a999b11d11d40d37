"""What was asked and what came back, for whoever wants to see it all: kept in memory, for the last turns only.

Headers of a request are never kept, so no key is in here; of the answer's headers only those of the rate limit are.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salon.chat.conversation import Message
from salon.chat.events import Connected, Connecting, Retrying, Waiting
from salon.words import tr

KEPT = 20
"""How many turns are remembered."""
_LONG = 400
_ENCODED = {"data", "signature", "encrypted_content", "encrypted_index"}
_SECRET = {"authorization", "authorization_token", "api_key", "x-api-key", "auth_token", "password", "secret"}

Step = Connecting | Connected | Retrying | Waiting


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn's request as it was sent, and what happened on the way."""

    body: Mapping[str, Any]
    """The JSON body; encoded files are replaced by their size."""
    steps: Sequence[tuple[float, Step]] = ()
    """What the client did, each with its seconds since the turn began."""
    rebuilt: bool = False
    """Whether the body was made again from the saved chat, because the one that was sent is forgotten."""

    @property
    def limits(self) -> Mapping[str, str]:
        """What the server said last of its rate limits."""
        found = [step.limits for _, step in self.steps if isinstance(step, Connected)]
        return found[-1] if found else {}


class Exchanges:
    """The last exchanges by the id of their answer."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Exchange] = OrderedDict()

    def keep(self, answer_id: str, exchange: Exchange) -> None:
        """Remember one, and forget the oldest."""
        self._kept[answer_id] = exchange
        self._kept.move_to_end(answer_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def get(self, answer_id: str) -> Exchange | None:
        """The exchange of an answer, if it is remembered."""
        return self._kept.get(answer_id)


def elided(value: Any) -> Any:
    """A JSON value with encoded data replaced by its size, and with what is named like a secret left out."""
    if isinstance(value, Mapping):
        return {key: _elided_field(key, inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [elided(inner) for inner in value]
    return value


def _elided_field(key: str, value: Any) -> Any:
    if isinstance(value, str) and key.lower() in _SECRET:
        return tr("(not shown)")
    if isinstance(value, str) and key in _ENCODED and len(value) > _LONG:
        return tr("({count:,} characters, not shown)", count=len(value))
    return elided(value)


def told(exchange: Exchange, answer: Message) -> dict[str, Any]:
    """Everything there is to say of a turn, as one JSON value with sections."""
    timing, usage = answer.timing, answer.usage
    first, total = timing.get("first"), timing.get("total")
    written = usage.get("output_tokens")
    facts: dict[str, Any] = {
        tr("model"): answer.model,
        tr("state"): answer.status.value,
        tr("stop reason"): answer.stop_reason or tr("none"),
        tr("request id"): answer.request_id or tr("none"),
        tr("begun"): answer.created,
    }
    if first is not None:
        facts[tr("first token")] = f"{first:.2f} s"
    if total is not None:
        facts[tr("total")] = f"{total:.2f} s"
        if first is not None and isinstance(written, int) and total - first >= 0.05:
            facts[tr("tokens per second")] = round(written / (total - first), 1)
    attempts = [f"{seconds:.2f} s  {_step_words(step)}" for seconds, step in exchange.steps]
    sections: dict[str, Any] = {
        tr("Answer"): facts,
        tr("Usage"): elided(usage) or tr("none was reported"),
        tr("Rate limits"): dict(exchange.limits) or tr("the server said nothing of them, or it is forgotten"),
        tr("Attempts"): attempts or tr("forgotten"),
    }
    if answer.fault:
        sections[tr("Failure")] = elided(answer.fault)
    sections[tr("Request rebuilt from the saved chat") if exchange.rebuilt else tr("Request as sent")] = elided(
        exchange.body
    )
    sections[tr("Response")] = elided(answer.content)
    if answer.stop_details:
        sections[tr("Stop details")] = elided(answer.stop_details)
    if answer.extra:
        sections[tr("Not understood")] = elided(answer.extra)
    return sections


def _step_words(step: Step) -> str:
    match step:
        case Connecting(attempt, attempts):
            return tr("attempt {attempt} of at most {attempts}", attempt=attempt, attempts=attempts)
        case Connected(request_id):
            return tr(
                "the server answers{more}",
                more=tr(", request {request_id}", request_id=request_id) if request_id else "",
            )
        case Retrying(attempt, _, wait, reason):
            return tr(
                "failed: {reason} Attempt {attempt} follows in {wait:.1f} s", reason=reason, attempt=attempt, wait=wait
            )
        case Waiting(wait):
            return tr("waits {wait:.1f} s for the rate limit", wait=wait) if wait else tr("goes on")
