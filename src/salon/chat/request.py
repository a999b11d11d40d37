"""A path through the tree becomes one request. The Messages API's rules about history live here and nowhere else.

Where the rules are Anthropic's they are those of the API version 2026-10-21: a conversation ends with a user message,
blank text is refused, every tool use needs its result, and a thinking block is bound to all that came before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from salon.chat.answer import sendable
from salon.chat.blocks import Block, is_tool_result, is_tool_use, kind_of, text_block, text_of
from salon.chat.conversation import Message, Status
from salon.chat.model import ModelInfo
from salon.chat.room import COMPACTION, compaction_of, lead_of, sent_of
from salon.chat.tools import TOOL_SEAM
from salon.chat.turn import Request
from salon.errors import SalonError

DEFAULT_MAX_TOKENS = 32_000
"""How long an answer may be, thinking included, where the model allows it and the person has not said."""
UNKNOWN_MAX_TOKENS = 8_192
"""The same for a model of which nothing is known."""
QUOTED_CHARACTERS = 200
"""How much of a cut answer's end is quoted to have it continued."""

NOT_RUN = "This call was not run."
"""What the model is told of a call that has no result."""

THINKING_DROPPED = (
    "The instructions, the tools or earlier messages were changed, so the thinking that followed them is no longer sent"
    " along."
)

COMPACTION_BETA = "compact-2026-09-04"
"""The beta that a request needs which asks for a compaction, and every later one that sends its block back."""

_CUT = {Status.STOPPED, Status.INTERRUPTED, Status.MAX_TOKENS, Status.OPEN}
_THINKING = {"thinking", "redacted_thinking"}


class NothingAsked(SalonError, ValueError):
    """The last message has nothing in it that can be asked; a damaged chat may end so."""


def build(
    messages: Sequence[Message],
    *,
    model: ModelInfo,
    system: str = "",
    max_tokens: int | None = None,
    effort: str | None = None,
    show_thinking: bool = True,
    anthropic_host: bool = True,
    tools: Sequence[Block] = (),
    schema: Mapping[str, Any] | None = None,
    beginnings: Sequence[str] = (),
    compact: bool = False,
    cache: str = "5m",
    container: str = "",
) -> Request:
    """The request that asks for an answer to the last of `messages`, a path from the root.

    Refused turns are left out together with the prompt that led to them, cut answers are reduced to what the API takes
    back, empty ones are left out. Thinking that was made after anything else than what stands before it now (a message
    was deleted, the instructions are others) is left out, and a notice says so. Extras (thinking, effort, caching) are
    asked for only where `model` is known to take them and the host is Anthropic's; caching and the rest of a compatible
    server's abilities are unknown. `tools` are definitions as the API has them; without any, what tools were asked and
    said before is left out too; code goes on in its `container`.

    `beginnings` are messages before which nothing is sent (`salon.chat.room`). With `compact` the API is asked to
    summarise the path instead of answering it. `cache` is how long the API keeps what it has read, "" for not at all.

    Raises NothingAsked when nothing is left to answer: the path must end with a user message that says something.
    """
    prefix = _Prefix()
    prefix.take(mended(system) if system.strip() else "")
    if tools:
        prefix.take(tools)
    sent = sent_of(messages, beginnings)
    compacts = anthropic_host and model.can(COMPACTION)
    first = None if sent.summary is None else _summary(sent.summary, takes_back=compacts)
    with_calls = any("input_schema" in each for each in tools)
    history, dropped_thinking = _history(sent.messages, prefix, first, with_calls=with_calls)
    if not history or (history[-1]["role"] != "user" and not compact):
        raise NothingAsked("There is nothing to answer: the last message must be a user message with content.")
    body: dict[str, Any] = {
        "model": model.id,
        "max_tokens": max_tokens or default_max_tokens(model),
        "messages": history,
    }
    if system.strip():
        body["system"] = mended(system)
    if tools:
        body["tools"] = mended_value(list(tools))
    if container:
        body["container"] = container
    if anthropic_host:
        body |= _extras(model, effort, show_thinking, cache)
    if schema is not None:  # asked for outright, so any host is told
        body["output_config"] = {**body.get("output_config", {}), "format": {"type": "json_schema", "schema": schema}}
    betas: tuple[str, ...] = ()
    if compact or (first is not None and first["role"] == "assistant"):
        betas = (COMPACTION_BETA,)
        body |= {"compaction": {"type": "summarize"}} if compact else {}
    # Whoever left turns out was told then.
    notices = (THINKING_DROPPED,) if dropped_thinking and not sent.shortened else ()
    return Request(body, notices, prefix=prefix.reading(), betas=betas)


class _Prefix:
    """A fingerprint of all that was sent so far, as the API compares it before it takes a thinking block back.

    Model, effort and length are no part of it: the API binds thinking to instructions, tools and messages.
    """

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)

    def reading(self) -> str:
        return self._hash.hexdigest()

    def take(self, value: Any) -> None:
        """Go on with a JSON value; the order of an object's keys means nothing."""
        if isinstance(value, str):
            text = value.encode("utf-8", "surrogatepass")
            self._hash.update(b"s%d:" % len(text))
            self._hash.update(text)
        elif isinstance(value, Mapping):
            self._hash.update(b"o%d:" % len(value))
            for key in sorted(value):
                self.take(key)
                self.take(value[key])
        elif isinstance(value, list | tuple):
            self._hash.update(b"l%d:" % len(value))
            for item in value:
                self.take(item)
        else:
            self._hash.update(b"v%a:" % value)


def default_max_tokens(model: ModelInfo) -> int:
    """How many tokens an answer of `model` may have, thinking included, unless the person says otherwise."""
    return UNKNOWN_MAX_TOKENS if model.max_output is None else min(model.max_output, DEFAULT_MAX_TOKENS)


def continuation_prompt(answer_text: str) -> str:
    """What to ask for the rest of a cut answer.

    The words are those of Anthropic's advice on recovery of interrupted streams; ending the request with the cut
    answer itself (a prefill) is refused since Claude 4.6.
    """
    tail = mended(answer_text).rstrip()[-QUOTED_CHARACTERS:]
    return (
        f"Your previous response was interrupted. It ended with:\n\n{tail}\n\n"
        "Continue exactly from there. Do not repeat what was already said, and do not comment on the interruption."
    )


def repaired(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The request with nothing but text, images and documents in its answers; None where that changes nothing.

    For the one case in which the API refuses a history although it was built by the rules: thinking bound to another
    conversation, tool uses it no longer pairs.
    """
    messages: list[dict[str, Any]] = []
    for message in body["messages"]:
        content = message["content"]
        if not isinstance(content, str):
            content = [
                block
                for block in content
                if kind_of(block) not in _THINKING and not is_tool_use(block) and not is_tool_result(block)
            ]
        if content:
            messages.append({**message, "content": content})
    if messages == body["messages"] or not messages or messages[-1]["role"] != "user":
        return None
    return {**body, "messages": messages}


def mended(text: str) -> str:
    """`text` as UTF-8 can carry it: surrogate pairs joined, lone halves replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _extras(model: ModelInfo, effort: str | None, show_thinking: bool, cache: str) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if "adaptive" in model.thinking:
        # The API's default leaves the text of thinking out, so showing it must be asked for.
        extras["thinking"] = {"type": "adaptive", "display": "summarized" if show_thinking else "omitted"}
    if effort and effort in model.efforts:
        extras["output_config"] = {"effort": effort}
    if model.caching and cache:
        # At the top level it marks the end of the prompt, whatever that is, which is what a conversation needs.
        extras["cache_control"] = {"type": "ephemeral"} | ({"ttl": cache} if cache != "5m" else {})
    return extras


def _summary(summary: Message, *, takes_back: bool | None) -> dict[str, Any]:
    """What stands for all before a summary: the API's own block where the model takes it back, else its words."""
    compaction = compaction_of(summary)
    if compaction is not None and takes_back:
        return {"role": "assistant", "content": [compaction]}
    return {"role": "user", "content": [lead_of(summary)]}


def _history(
    messages: Sequence[Message], prefix: _Prefix, first: dict[str, Any] | None, *, with_calls: bool
) -> tuple[list[dict[str, Any]], bool]:
    history: list[dict[str, Any]] = []
    lead: list[Block] = []
    if first is not None and first["role"] == "assistant":
        prefix.take(first)
        history.append(first)
    elif first is not None:
        lead = first["content"]
    dropped_thinking = False
    for message, blocks in _with_results(_spoken(_without_refused(messages), with_calls=with_calls)):
        if not history and message.role == "assistant":
            continue  # a greeting, or what is left after a prompt without words: a history begins with a user message
        if message.prefix and message.prefix != prefix.reading():
            kept = [block for block in blocks if kind_of(block) not in _THINKING]
            dropped_thinking = dropped_thinking or len(kept) < len(blocks)
            blocks = kept
        if lead and message.role == "user":
            blocks, lead = [*lead, *blocks], []
        if blocks:
            said = {"role": message.role, "content": mended_value(blocks)}
            prefix.take(said)
            history.append(said)
    return history, dropped_thinking


def _spoken(messages: Iterable[Message], *, with_calls: bool) -> list[tuple[Message, list[Block]]]:
    """Each message with what of it the API takes."""
    spoken: list[tuple[Message, list[Block]]] = []
    for message in messages:
        if message.source:
            blocks = _imported(message)
        elif message.role == "assistant":
            blocks = _answer_blocks(message, with_calls=with_calls)
        else:
            blocks = _said(message.content)
        spoken.append((message, blocks))
    return spoken


def _with_results(spoken: Iterable[tuple[Message, list[Block]]]) -> list[tuple[Message, list[Block]]]:
    """The same with the results of all of an answer's calls first in the one user message behind it.

    A session has each result as a message of its own, so that none is lost. A call without one, because Salon was
    closed or the person went on, gets one that says so; a result without its call is left out.
    """
    paired: list[tuple[Message, list[Block]]] = []
    calls: list[str] = []
    gathered: list[Block] = []
    for message, blocks in spoken:
        if message.role == "assistant":
            if blocks:
                calls, gathered = [str(block["id"]) for block in blocks if kind_of(block) == "tool_use"], []
                paired.append((message, blocks))
        elif calls and gathered:
            gathered += blocks
            paired[-1] = (paired[-1][0], _answering(calls, gathered))
        else:
            gathered = [*blocks]
            paired.append((message, _answering(calls, gathered)))
    return paired


def _answering(calls: Iterable[str], blocks: Iterable[Block]) -> list[Block]:
    results = {block.get("tool_use_id"): block for block in blocks if kind_of(block) == "tool_result"}
    others = [block for block in blocks if kind_of(block) != "tool_result"]
    return [*(results.get(call) or not_run(call) for call in calls), *others]


def not_run(call_id: str) -> Block:
    """The result of a call that was never run, or whose result was lost."""
    return {"type": "tool_result", "tool_use_id": call_id, "content": NOT_RUN, "is_error": True}


def _without_refused(messages: Sequence[Message]) -> list[Message]:
    """The path without refused answers and their prompts; keeping those makes further refusals likelier.

    Where tools were used in between, all that followed the prompt goes.
    """
    by_id = {message.id: message for message in messages}
    left_out: set[str] = set()
    for message in messages:
        if message.role != "assistant" or message.status is not Status.REFUSED:
            continue
        left_out.add(message.id)
        above = by_id.get(message.parent or "")
        while above is not None:
            left_out.add(above.id)
            if above.role == "user" and above.seam != TOOL_SEAM:
                break
            above = by_id.get(above.parent or "")
    return [message for message in messages if message.id not in left_out]


def _answer_blocks(message: Message, *, with_calls: bool) -> list[Block]:
    # The last call of an answer that reached its limit may lack some of its input, and looks whole.
    with_calls = with_calls and message.status is not Status.MAX_TOKENS
    # An answer with nothing received has no blocks; one that failed part-way is as good as one that was cut.
    blocks = sendable(message.content, message.unfinished, with_calls=with_calls)
    if message.status in _CUT or message.unfinished or message.status is Status.ERROR:
        blocks = _without_trailing_blanks(blocks)
    # Thinking that led to nothing is refused as an answer's last block, and says nothing without the rest.
    return blocks if any(kind_of(block) not in _THINKING for block in blocks) else []


def _without_trailing_blanks(blocks: list[Block]) -> list[Block]:
    if not blocks or kind_of(blocks[-1]) != "text":
        return blocks
    return [*blocks[:-1], {**blocks[-1], "text": str(blocks[-1]["text"]).rstrip()}]


def _imported(message: Message) -> list[Block]:
    """What of another program's message the API takes.

    Its thinking is signed for somebody else or not at all, its tool calls were made with tools this request does not
    have, its citations lack what only the API can give them.
    """
    kept: list[Block] = []
    for block in message.content:
        kind = kind_of(block)
        if kind == "text" and text_of(block).strip():
            kept.append(text_block(text_of(block)))
        elif kind in {"image", "document"} and message.role == "user":
            kept.append(block)
    return _without_trailing_blanks(kept) if message.role == "assistant" else kept


def _said(content: Iterable[Block]) -> list[Block]:
    return [block for block in content if kind_of(block) != "text" or str(block.get("text") or "").strip()]


def mended_value(value: Any) -> Any:
    """`value` with every string in it mended; the same object where nothing had to be."""
    if isinstance(value, str):
        whole = mended(value)
        return value if whole == value else whole
    if isinstance(value, dict):
        items = {mended(key): mended_value(item) for key, item in value.items()}
        return value if all(items.get(key) is item for key, item in value.items()) else items
    if isinstance(value, list):
        elements = [mended_value(item) for item in value]
        return value if all(new is old for new, old in zip(elements, value, strict=True)) else elements
    return value
