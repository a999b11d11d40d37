"""Room in the context window: where what is sent begins, and what is sent in place of what is left out.

Nothing of this takes anything out of the conversation. A summary is an answer like any other, to a prompt of Salon's
own (a seam); where the oldest turns are left out, the session's setting `BEGINNINGS` names the message that requests
begin with. Both are read here again whenever a request is built, so a session that is opened again sends the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salon.chat.blocks import Block, kind_of, text_block
from salon.chat.conversation import Conversation, Message, Status
from salon.chat.model import context_used, counted

BEGINNINGS = "begins_with"
"""The setting: ids of messages, each of which is the first that is sent wherever it is on the path."""
SUMMARY = "summary"
"""The seam of a prompt that asks for a summary to go on from."""
DIGEST = "digest"
"""The seam of a prompt that asks for a summary for another chat; in this one everything stays as it is."""
COMPACTION = "compaction"
"""The seam before a compaction, which the API makes without being told how."""

NEARLY_FULL = 0.8
"""The share of the context window from which on it is said that it fills up."""
FULL = 0.95
_KEPT_SHARE = 0.5
"""Of the window: how much the turns that are still sent may take after the oldest were left out."""
_REQUEST_TOKENS = 1_000
"""What asking for a summary takes by itself."""

SUMMARY_PROMPT = (
    "Summarise our conversation so far, for yourself: from here on you will see this summary in its place. Keep what "
    "is needed to go on without loss: what I want and how, what was decided and why, facts, names, figures, and code "
    "or text that is still being worked on, verbatim where the wording matters, and what is still open. Write only the "
    "summary."
)
_LEAD = "This is a summary of our conversation so far, in place of its messages:\n\n"


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a path is sent."""

    messages: Sequence[Message]
    summary: Message | None = None
    """What goes before them in place of the rest."""
    shortened: bool = False
    """Whether the oldest messages were left out."""


def sent_of(path: Sequence[Message], beginnings: Sequence[str] = ()) -> Sent:
    """The part of a path that is sent: from the last summary on, without the turns that were left out."""
    last = max((index for index in range(len(path)) if _summarises(path, index)), default=-1)
    begin = max((index for index, message in enumerate(path) if message.id in beginnings), default=0)
    summary = path[last] if last >= 0 else None
    kept = [message for message in path[max(begin, last + 1) :] if message.seam != COMPACTION]
    return Sent(kept, summary, begin > last + 1)


def _summarises(path: Sequence[Message], index: int) -> bool:
    message = path[index]
    if index == 0 or message.role != "assistant" or message.status is not Status.COMPLETE:
        return False
    seam = path[index - 1].seam
    return (seam == SUMMARY and bool(message.text.strip())) or (seam == COMPACTION and summary_text(message) != "")


def lead_of(summary: Message) -> Block:
    """A summary as the beginning of what a person says."""
    return text_block(_LEAD + summary_text(summary))


def summary_text(message: Message) -> str:
    """What a summary or a compaction says; "" where it says nothing."""
    compaction = compaction_of(message)
    content = None if compaction is None else compaction.get("content")
    return content if isinstance(content, str) else message.text


def compaction_of(message: Message) -> Block | None:
    """The signed block of a compaction, which the API takes back in place of all before it."""
    return next((block for block in message.content if kind_of(block) == "compaction"), None)


def beginnings_of(conversation: Conversation) -> tuple[str, ...]:
    """The messages of a session that requests begin with."""
    ids = conversation.settings.get(BEGINNINGS)
    return tuple(an_id for an_id in ids if isinstance(an_id, str)) if isinstance(ids, list | tuple) else ()


def beginning_on(path: Sequence[Message], conversation: Conversation) -> str | None:
    """The message above which nothing is sent, because it was left out; None where everything is."""
    beginnings = beginnings_of(conversation)
    return next((message.id for message in reversed(path[1:]) if message.id in beginnings), None)


# making room


def anchor_of(path: Sequence[Message]) -> int:
    """How many messages of a path a summary is about: those up to the last answer that has something to say."""
    answers = (
        index + 1
        for index in range(len(path) - 1, -1, -1)
        if path[index].role == "assistant" and path[index].content and path[index].status is not Status.REFUSED
    )
    return next(answers, 0)


def unanswered(path: Sequence[Message]) -> Message | None:
    """The person's prompt at the end of a path that has no answer, or one that failed before anything came."""
    last = path[-1] if path else None
    if last is not None and last.role == "assistant" and not last.content and len(path) > 1:
        last = path[-2]
    return last if last is not None and last.role == "user" and not last.seam else None


def used_by(path: Sequence[Message], fault: Mapping[str, Any] | None = None) -> int:
    """How many tokens a path takes: what the API said when it refused it, or the last answer's usage.

    Of a summary only what it says is sent from there on, and not what it was made from.
    """
    details = (fault or {}).get("details")
    said = details.get("used") if isinstance(details, Mapping) else None
    if isinstance(said, int) and said > 0:
        return said
    last = next((index for index in range(len(path) - 1, -1, -1) if path[index].usage), None)
    if last is None:
        return 0
    summarises = _summarises(path, last) and path[last - 1].seam == SUMMARY
    return counted(path[last].usage, "output_tokens") if summarises else context_used(path[last].usage)


def shorter_beginning(sent: Sequence[Message], used: int, window: int, keep: float = _KEPT_SHARE) -> str | None:
    """The prompt to begin with so that what is sent takes at most the share `keep` of the window.

    What stands before each prompt is known from the usage of the answer before it; where the API gave none, from how
    many characters it has. At least the last prompt stays. None where there is nothing that could be left out.
    """
    prompts = [
        index
        for index, message in enumerate(sent)
        if index and message.role == "user" and not message.seam and not _is_results(message)
    ]
    if not prompts:
        return None
    too_much = used - int(window * keep)
    before = _tokens_before(sent, used)
    chosen = next((index for index in prompts if before[index] >= too_much), prompts[-1])
    return sent[chosen].id


def room_for_summary(used: int, window: int, answer: int) -> bool:
    """Whether a summary of a path of `used` tokens can be asked for in one piece."""
    return not window or used + _REQUEST_TOKENS + answer <= window


def _is_results(message: Message) -> bool:
    """Whether a message has nothing but what tools gave, which must not be parted from their calls."""
    return all(kind_of(block) == "tool_result" for block in message.content)


def _tokens_before(sent: Sequence[Message], used: int) -> list[int]:
    characters = [sum(len(str(block)) for block in message.content) for message in sent]
    whole = max(1, sum(characters))
    told: list[int] = []
    known = passed = 0
    for message, length in zip(sent, characters, strict=True):
        told.append(known or used * passed // whole)
        known = context_used(message.usage) if message.usage else known
        passed += length
    return told
