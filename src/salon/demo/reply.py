"""Playing a script: steps into the payloads of a streamed answer, or into one whole message."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from salon.demo.faults import SCRIPTED_MESSAGES, ApiError
from salon.demo.messages import MessagesRequest
from salon.demo.models import CAREFUL_MODEL
from salon.demo.pace import Pace
from salon.demo.signatures import sign
from salon.demo.steps import Cut, End, Fail, Say, Script, Stall, Think, Wait

PING_SECONDS = 2.0
"""How far apart pings are while nothing else comes."""

Payload = dict[str, Any]


class AnswerCut(Exception):
    """The script wants the connection closed here."""


class AnswerStalled(Exception):
    """The script wants nothing to come from here on."""


class Reply:
    """One answer being played. `script` must not begin with a `Fail`: that is a status and no answer."""

    def __init__(self, request: MessagesRequest, script: Script, factor: float) -> None:
        self._request = request
        self._script = _with_care(request, script)
        self._pace = Pace(request.prompt().text, factor * (2 if request.model == CAREFUL_MODEL else 1))
        self._index = -1
        self._text_is_open = False
        self._characters = {"text": 0, "thinking": 0}

    async def events(self) -> AsyncGenerator[Payload, None]:
        """The payloads of the stream. Raises `AnswerCut`, `AnswerStalled` or `ApiError` where the script does."""
        yield {"type": "message_start", "message": self._message()}
        yield {"type": "ping"}
        await self._pace.sleep(self._pace.before_first_delta())
        end = End("end_turn")
        for step in self._script:
            if isinstance(step, End):
                end = step
                break
            if isinstance(step, Cut):
                raise AnswerCut
            if isinstance(step, Stall):
                raise AnswerStalled
            if isinstance(step, Fail):
                raise ApiError(step.status, SCRIPTED_MESSAGES[step.status])
            async for payload in self._play(step):
                yield payload
            if self._reached_limit():
                end = End("max_tokens")
                break
        if self._text_is_open:
            yield self._stop()
        yield self._message_delta(end)
        yield {"type": "message_stop"}

    async def message(self) -> Payload:
        """The whole answer as one message, as a request without `stream` gets it. Raises as `events` does."""
        message: Payload = {}
        async for payload in self.events():
            match payload["type"]:
                case "message_start":
                    message = payload["message"]
                case "content_block_start":
                    message["content"].append(payload["content_block"])
                case "content_block_delta":
                    _grow(message["content"][-1], payload["delta"])
                case "message_delta":
                    message |= payload["delta"]
                    message["usage"] |= payload["usage"]
        return message

    async def _play(self, step: Say | Think | Wait) -> AsyncGenerator[Payload, None]:
        match step:
            case Wait(seconds):
                async for payload in self._wait(seconds):
                    yield payload
            case Think(text):
                async for payload in self._think(text):
                    yield payload
            case Say():
                async for payload in self._say(step):
                    yield payload

    async def _wait(self, seconds: float) -> AsyncGenerator[Payload, None]:
        while seconds > 0:
            await self._pace.sleep(min(seconds, PING_SECONDS))
            seconds -= PING_SECONDS
            yield {"type": "ping"}

    async def _think(self, text: str) -> AsyncGenerator[Payload, None]:
        if self._request.thinking == "disabled":
            return
        yield self._start({"type": "thinking", "thinking": "", "signature": ""})
        if self._request.thinking == "omitted":
            async for payload in self._wait(len(text) / 320):
                yield payload
        else:
            for seconds, piece in self._pace.deltas(Say(text)):
                await self._pace.sleep(seconds)
                yield self._delta({"type": "thinking_delta", "thinking": piece})
        self._characters["thinking"] += len(text)
        yield self._delta({"type": "signature_delta", "signature": sign(text)})
        yield self._stop()

    async def _say(self, step: Say) -> AsyncGenerator[Payload, None]:
        if not self._text_is_open:
            yield self._start({"type": "text", "text": ""})
            self._text_is_open = True
        for seconds, piece in self._pace.deltas(step):
            await self._pace.sleep(seconds)
            self._characters["text"] += len(piece)
            yield self._delta({"type": "text_delta", "text": piece})
            if self._reached_limit():
                return

    def _start(self, block: Payload) -> Payload:
        self._index += 1
        return {"type": "content_block_start", "index": self._index, "content_block": block}

    def _delta(self, delta: Payload) -> Payload:
        return {"type": "content_block_delta", "index": self._index, "delta": delta}

    def _stop(self) -> Payload:
        self._text_is_open = False
        return {"type": "content_block_stop", "index": self._index}

    def _message(self) -> Payload:
        return {
            "model": self._request.model,
            "id": f"msg_demo_{secrets.token_hex(10)}",
            "type": "message",
            "role": "assistant",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "usage": self._request.usage(),
        }

    def _message_delta(self, end: End) -> Payload:
        counts = self._request.usage()
        usage = {key: counts[key] for key in counts if key.endswith("_input_tokens") or key == "input_tokens"}
        usage["output_tokens"] = self._output_tokens()
        usage["output_tokens_details"] = {"thinking_tokens": self._characters["thinking"] // 4}
        delta = {"stop_reason": end.reason, "stop_sequence": None, "stop_details": end.details}
        return {"type": "message_delta", "delta": delta, "usage": usage}

    def _output_tokens(self) -> int:
        return max(1, sum(self._characters.values()) // 4)

    def _reached_limit(self) -> bool:
        return self._output_tokens() >= self._request.max_tokens


def _with_care(request: MessagesRequest, script: Script) -> Script:
    """The careful model thinks before every answer, except at low effort and where it only continues one."""
    if request.model != CAREFUL_MODEL or request.effort == "low" or request.is_continuation():
        return script
    if any(isinstance(step, Think) for step in script):
        return script
    words = len(request.prompt().text.split())
    return (
        Think(
            f"The prompt has {words} words. I am a script, so there is nothing to weigh: the first word that I know "
            "decides which text I send. The careful model differs from the other one in two things: it shows some "
            "thinking first, as it does here, and it takes twice as long for everything."
        ),
        *script,
    )


def _grow(block: Payload, delta: Mapping[str, Any]) -> None:
    for key, value in delta.items():
        if key != "type":
            block[key] += value
