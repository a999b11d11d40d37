"""What of a conversation is exported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from salon.chat import conversation as tree
from salon.chat.attachments import Blobs
from salon.chat.conversation import Conversation, Message
from salon.chat.ledger import totals
from salon.chat.model import ModelInfo, cost_of, prompt_tokens
from salon.chat.tools import TOOL_SEAM
from salon.errors import UsageError
from salon.words import tr

ModelInfoOf = Callable[[str], ModelInfo]


class Format(StrEnum):
    """How an export is written; the value is what `--format` takes, and the file's suffix."""

    MARKDOWN = "md"
    HTML = "html"
    TEXT = "txt"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants of an export."""

    format: Format = Format.MARKDOWN
    thinking: bool = False
    costs: bool = False
    """With tokens and prices."""
    branch: str = ""
    """The last message of the branch that is wanted; "" is the one that the chat shows."""
    whole: bool = False
    """All branches."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of an export."""

    message: Message
    variant: int = 1
    variants: int = 1
    """Which of its siblings it is, and how many are in the export."""
    above: int = 0
    """For the beginning of another branch: the number, counted from 1, of the message that it hangs on; else 0."""


@dataclass(frozen=True, slots=True)
class Export:
    """What a format writes down. Texts are raw."""

    conversation: Conversation
    said: Sequence[Said]
    wanted: Wanted
    model_info: ModelInfoOf
    blobs: Blobs | None = None
    """Where the contents of attachments lie."""

    @property
    def title(self) -> str:
        """The chat's title, or what stands for one."""
        first = next((each.message.text for each in self.said if each.message.role == "user"), "")
        return " ".join((self.conversation.title or first[:200]).split()) or "Untitled chat"

    def facts(self) -> list[str]:
        """Models, number of messages, dates, and with costs what it took; short phrases for the head."""
        messages = [each.message for each in self.said]
        names = dict.fromkeys(self.name_of(message) for message in messages if message.model)
        days = [day for message in messages if (day := day_of(message))]
        facts = [", ".join(names)] if names else []
        facts.append("1 message" if len(messages) == 1 else f"{len(messages):,} messages")
        if days:
            facts.append(days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}")
        if self.wanted.costs:
            sums = totals(messages, self.model_info)
            if sums.tokens_in or sums.tokens_out:
                facts.append(f"{sums.tokens_in:,} tokens in, {sums.tokens_out:,} out")
            if sums.cost is not None:
                facts.append(("at least " if sums.cost_at_least else "") + money(sums.cost))
        return facts

    def name_of(self, message: Message) -> str:
        """Who speaks: "You", a tool that answers, or the model's name."""
        if message.role == "user":
            return "Tool" if message.seam == TOOL_SEAM else "Salon" if message.seam else "You"
        return self.model_info(message.model).label if message.model else "Claude"

    def remarks(self, each: Said) -> list[str]:
        """What stands beside a speaker's name: when, which variant, how it ended, what it took."""
        message = each.message
        remarks = [moment_of(message)] if moment_of(message) else []
        if each.variants > 1:
            remarks.append(f"variant {each.variant} of {each.variants}")
        if each.above:
            remarks.append(f"follows message {each.above}")
        if message.status.value != "complete":
            remarks.append(message.status.value.replace("_", " "))
        if self.wanted.costs and message.usage:
            out = message.usage.get("output_tokens")
            remarks.append(f"{prompt_tokens(message.usage):,} tokens in, {out if isinstance(out, int) else 0:,} out")
            cost = cost_of(message.usage, self.model_info(message.model).prices)
            if cost is not None:
                remarks.append(money(cost))
        return remarks


def money(amount: Decimal) -> str:
    """US dollars, in as many digits as say something."""
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"


def day_of(message: Message) -> str:
    """The day of a message in local time, 2026-11-22; "" where it is not known."""
    return moment_of(message).partition(" ")[0]


def moment_of(message: Message) -> str:
    """When a message was written, in local time, 2026-11-22 14:02; "" where it is not known."""
    try:
        return f"{datetime.fromisoformat(message.created).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return ""


def selected(conversation: Conversation, wanted: Wanted) -> list[Said]:
    """The messages that are wanted, in the order in which they are read. Raises `UsageError` for an unknown branch."""
    if wanted.branch and wanted.branch not in conversation.messages:
        raise UsageError(
            tr("The chat has no message {branch!r}.", branch=wanted.branch),
            tr("`salon sessions show --all --json` shows all."),
        )
    if not wanted.whole:
        return [Said(message) for message in tree.path(conversation, wanted.branch or None)]
    said: list[Said] = []
    numbers: dict[str, int] = {}
    for message in _all(conversation):
        family = tree.siblings(conversation, message.id)
        above = numbers.get(message.parent or "", 0)
        apart = bool(said) and said[-1].message.id != message.parent
        said.append(Said(message, family.index(message.id) + 1, len(family), above if apart else 0))
        numbers[message.id] = len(said)
    return said


def _all(conversation: Conversation) -> list[Message]:
    """All messages, each branch to its end before the next one begins."""
    found: dict[str, Message] = {}
    waiting = list(reversed(conversation.children.get(None, ())))
    while waiting:
        own_id = waiting.pop()
        if own_id in found:
            continue
        found[own_id] = conversation.messages[own_id]
        waiting += reversed(conversation.children.get(own_id, ()))
    return list(found.values())
