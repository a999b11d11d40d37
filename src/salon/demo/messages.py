"""Reading the body of `POST /v1/messages`, with the checks of the real API that a client should meet early."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salon.demo.continuing import asks_to_continue, remaining
from salon.demo.faults import ApiError
from salon.demo.models import MODELS, THINKING_TYPES
from salon.demo.script import script_for
from salon.demo.signatures import is_forged
from salon.demo.steps import Say, Script

ATTACHMENT_TOKENS = 1_500
"""About what an image of one megapixel counts."""
_REMOVED = ("temperature", "top_p", "top_k")


@dataclass(frozen=True, slots=True)
class WireMessage:
    """One message of a request, as far as a script reads it."""

    role: str
    text: str
    attachments: int

    def tokens(self) -> int:
        """A plausible count: four characters a token."""
        return len(self.text) // 4 + self.attachments * ATTACHMENT_TOKENS + 4


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """A request that passed the checks."""

    model: str
    max_tokens: int
    messages: tuple[WireMessage, ...]
    stream: bool
    thinking: str
    """`shown`, `omitted` or `disabled`."""
    effort: str
    caching: bool
    system_tokens: int
    digest: str
    """The same for the same body, so that a retry is known as one."""

    def prompt(self) -> WireMessage:
        """What the person asked: the last message of theirs that is not a request to continue."""
        return self.messages[self._prompt_index()]

    def is_continuation(self) -> bool:
        """Whether the last message asks for the rest of the answer to `prompt`."""
        return any(message.role == "user" for message in self.messages[self._prompt_index() + 1 :])

    def script(self) -> Script:
        """The script that answers, or what is left of it where the answer is to be continued."""
        prompt = self.prompt()
        if asks_to_continue(prompt.text):
            return (Say("There is no answer before this one that I could continue."),)
        script = script_for(prompt.text, prompt.attachments)
        if not self.is_continuation():
            return script
        since = self.messages[self._prompt_index() + 1 :]
        return remaining(script, [message.text for message in since if message.role == "assistant"])

    def _prompt_index(self) -> int:
        asked = [index for index, message in enumerate(self.messages) if message.role == "user"]
        return next((i for i in reversed(asked) if not asks_to_continue(self.messages[i].text)), asked[-1])

    def usage(self) -> dict[str, Any]:
        """Input counts as `message_start` has them; with caching, all but the last exchange is read from the cache."""
        counts = [message.tokens() for message in self.messages]
        total = self.system_tokens + sum(counts)
        read = self.system_tokens + sum(counts[:-2]) if self.caching and len(counts) > 2 else 0
        fresh = min(3, total - read) if self.caching else total
        written = total - read - fresh
        return {
            "input_tokens": fresh,
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
            "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
            "output_tokens": 1,
            "service_tier": "standard",
            "inference_geo": "not_available",
        }


def read_messages_request(raw: bytes, *, counting: bool = False) -> MessagesRequest:
    """The request in `raw`. Raises `ApiError` where the API would refuse it.

    `counting` is for `count_tokens`, which has no `max_tokens` and takes a conversation that ends with an answer.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(400, "The request body is not an object.")
    model = body.get("model")
    if not isinstance(model, str) or model not in MODELS:
        raise ApiError(404, f"model: {str(model)[:200]}")
    max_tokens = 1 if counting else body.get("max_tokens")
    if not isinstance(max_tokens, int) or isinstance(max_tokens, bool) or max_tokens < 1:
        raise ApiError(400, "max_tokens: a whole number of at least 1 is required")
    if max_tokens > MODELS[model]["max_tokens"]:
        limit = MODELS[model]["max_tokens"]
        raise ApiError(400, f"max_tokens: {max_tokens} > {limit}, which is the maximum for {model}")
    if removed := next((name for name in _REMOVED if name in body), None):
        raise ApiError(400, f"{removed}: this parameter is not supported")
    messages = _read_messages(body.get("messages"))
    spoken = [message for message in messages if message.role != "system"]
    if not counting and (not spoken or spoken[-1].role != "user"):
        raise ApiError(
            400,
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        )
    return MessagesRequest(
        model=model,
        max_tokens=max_tokens,
        messages=messages,
        stream=body.get("stream") is True,
        thinking=_read_thinking(body.get("thinking")),
        effort=_read_effort(body.get("output_config"), model),
        caching=b'"cache_control"' in raw,
        system_tokens=_text_length(body.get("system")) // 4,
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _read_messages(value: Any) -> tuple[WireMessage, ...]:
    if not isinstance(value, list) or not value:
        raise ApiError(400, "messages: at least one message is required")
    return tuple(_read_message(index, message) for index, message in enumerate(value))


def _read_message(index: int, message: Any) -> WireMessage:
    where = f"messages.{index}"
    if not isinstance(message, dict) or message.get("role") not in ("user", "assistant", "system"):
        raise ApiError(400, f"{where}.role: must be user, assistant or system")
    content = message.get("content")
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list) or not content:
        raise ApiError(400, f"{where}: all messages must have non-empty content")
    texts: list[str] = []
    attachments = 0
    for position, block in enumerate(content):
        place = f"{where}.content.{position}"
        if not isinstance(block, dict) or not isinstance(block.get("type"), str):
            raise ApiError(400, f"{place}.type: required")
        if block["type"] == "text":
            texts.append(_read_text(block, place))
        elif block["type"] == "thinking":
            _check_thinking(block, place)
        else:
            attachments += block["type"] in ("image", "document")
    # An answer's text blocks are one text; a prompt's are several things that were put in side by side.
    return WireMessage(message["role"], ("\n\n" if message["role"] == "user" else "").join(texts), attachments)


def _read_text(block: Mapping[str, Any], place: str) -> str:
    text = block.get("text")
    if not isinstance(text, str):
        raise ApiError(400, f"{place}.text: a string is required")
    if not text.strip():
        raise ApiError(400, f"{place}: text content blocks must contain non-whitespace text")
    return text


def _check_thinking(block: Mapping[str, Any], place: str) -> None:
    thinking, signature = block.get("thinking"), block.get("signature")
    if not isinstance(thinking, str) or not isinstance(signature, str):
        raise ApiError(400, f"{place}: thinking and signature are required")
    if is_forged(thinking, signature):
        raise ApiError(400, f"{place}: Invalid `signature` in `thinking` block")


def _read_thinking(value: Any) -> str:
    if value is None:
        return "shown"
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in THINKING_TYPES:
        raise ApiError(400, f"thinking.type: must be one of {_listed(THINKING_TYPES)}")
    if kind == "disabled":
        return "disabled"
    return "shown" if value.get("display") == "summarized" else "omitted"


def _read_effort(value: Any, model: str) -> str:
    effort = value.get("effort") if isinstance(value, dict) else None
    if effort is None:
        return "high"
    abilities = MODELS[model]["capabilities"]["effort"]
    if not isinstance(effort, str) or not isinstance(able := abilities.get(effort), dict) or not able["supported"]:
        raise ApiError(400, f"output_config.effort: {str(effort)[:40]} is not supported by {model}")
    return effort


def _text_length(system: Any) -> int:
    if isinstance(system, str):
        return len(system)
    blocks = system if isinstance(system, list) else []
    return sum(len(str(block.get("text", ""))) for block in blocks if isinstance(block, dict))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
