"""One attempt: one request, and the payloads of its stream exactly as they came.

The SDK sends the request; the stream is read here. The SDK's own streaming helpers are not used: they hide pings, drop
what they do not know, report a stream that was cut as a whole answer, and cost ten times as much per delta.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from salon.chat.events import ApiEvent, Connected
from salon.claude.circumstances import Circumstances, dropped, garbled, not_the_api, web_page
from salon.claude.faults import fault_of
from salon.claude.pacing import PREFIX, Place
from salon.claude.refusal import Refusal
from salon.claude.retry import shows_content
from salon.claude.sse import ServerSentEvent, server_sent_events
from salon.claude.status_faults import fault_of_refusal
from salon.claude.whole_message import events_of_message, is_message
from salon.errors import Fault
from salon.words import tr

if TYPE_CHECKING:
    import anthropic
    import httpx2

LINGER = 0.2
"""Seconds that a connection may take to end after `message_stop` and still be used again."""

_END_MARKS = {"[DONE]"}
"""What servers with an OpenAI side put at the end of a stream."""

_KNOWN = {
    *("message_start", "message_delta", "message_stop"),
    *("content_block_start", "content_block_delta", "content_block_stop"),
}

SDK_FAILURES = (OSError, ValueError, TypeError, AttributeError, LookupError, AssertionError, RuntimeError, ImportError)
"""Builtin exceptions that anthropic 2.12.0 and httpx2 2.16 were seen to let out, or a bug of theirs would raise."""


class Progress:
    """How far an attempt has come, to judge its end by."""

    def __init__(self) -> None:
        self.begun = False
        self.known = False
        """Whether any event was one of the Messages API's."""
        self.finished = False
        """Whether the answer is whole: it has its stop reason or its `message_stop`."""

    def note(self, event: ApiEvent) -> None:
        """Take one event into account."""
        kind = event.get("type")
        if not isinstance(kind, str) or kind not in _KNOWN:
            return
        self.known = True
        self.begun = self.begun or shows_content(event)
        if kind == "message_delta":
            delta = event.get("delta")
            self.finished = isinstance(delta, dict) and delta.get("stop_reason") is not None
        elif kind != "content_block_stop":
            # A gateway may splice a second reply behind a first one; then the first one's end was none.
            self.finished = kind == "message_stop"


async def attempt(
    client: "anthropic.AsyncAnthropic",
    body: Mapping[str, Any],
    known_parameters: frozenset[str],
    at: Circumstances,
    place: Place,
    betas: Sequence[str] = (),
) -> AsyncGenerator[Connected | ApiEvent, None]:
    """Ask once; `Connected`, then every payload of the stream as a dictionary. `place` hears of the rate limits.

    Ends normally only after a `message_stop`, which is supplied where a server closes after the stop reason without
    one. Raises Fault for everything else. Closing the generator or cancelling its task closes the socket.
    """
    import anthropic
    import httpx2

    progress = Progress()
    fault: Fault | None = None
    try:
        async with client.messages.with_streaming_response.create(
            **arguments(body, known_parameters, betas), stream=True
        ) as response:
            place.answered(response.http_response.headers)
            yield _connected(response.http_response, at)
            async for event in _payloads(response.http_response, progress, at):
                if event.get("type") == "message_start":
                    place.used(_usage_of(event))
                yield event
    except Fault as problem:
        fault = problem
    except (
        anthropic.AnthropicError,
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.StreamError,
        *SDK_FAILURES,
    ) as problem:
        if isinstance(problem, anthropic.APIStatusError):
            place.answered(problem.response.headers, problem.status_code)
        fault = fault_of(problem, at, begun=progress.begun)
    if fault is not None:
        # Raised out here, without the exception it was made of: that one's text may hold the key.
        raise fault


def arguments(body: Mapping[str, Any], known_parameters: frozenset[str], betas: Sequence[str] = ()) -> dict[str, Any]:
    """The body as arguments of `messages.create`; what the method does not know goes through `extra_body`."""
    known = {key: value for key, value in body.items() if key in known_parameters and key != "stream"}
    extra = {key: value for key, value in body.items() if key not in known and key != "stream"}
    known |= {"extra_body": extra} if extra else {}
    return known | ({"extra_headers": {"anthropic-beta": ",".join(betas)}} if betas else {})


def _connected(response: "httpx2.Response", at: Circumstances) -> Connected:
    headers = response.headers
    limits = {name[len(PREFIX) :]: value for name, value in headers.items() if name.startswith(PREFIX)}
    return Connected(at.clean(headers.get("request-id") or headers.get("x-request-id") or "", 80), limits)


def _usage_of(event: ApiEvent) -> Mapping[str, Any]:
    message = event.get("message")
    usage = message.get("usage") if isinstance(message, dict) else None
    return usage if isinstance(usage, dict) else {}


async def _payloads(
    response: "httpx2.Response", progress: Progress, at: Circumstances
) -> AsyncGenerator[ApiEvent, None]:
    content_type = response.headers.get("content-type", "").lower()
    if "html" in content_type:
        raise web_page(at, status=response.status_code, content_type=at.clean(content_type, 60))
    if "json" in content_type and "event-stream" not in content_type:
        for event in _whole(await response.aread(), response, at):
            progress.note(event)
            yield event
        return
    async for event in _streamed(response, progress, at):
        yield event


def _whole(content: bytes, response: "httpx2.Response", at: Circumstances) -> list[ApiEvent]:
    """The events of an answer that came in one piece although a stream was asked for (LiteLLM's mock answers do)."""
    message = json.loads(content)
    if is_message(message):
        return events_of_message(message)
    if isinstance(message, dict) and "error" in message:
        raise fault_of_refusal(Refusal(response.status_code, response.headers, message), at)
    raise not_the_api(at, status=response.status_code)


async def _streamed(
    response: "httpx2.Response", progress: Progress, at: Circumstances
) -> AsyncGenerator[ApiEvent, None]:
    import httpx2

    last = ""
    try:
        async with aclosing(server_sent_events(response.aiter_bytes())) as events:
            async for sent in events:
                event = _parse(sent, at, progress.begun)
                if event is None:
                    continue
                if event.get("type") == "error":
                    reply = Refusal(response.status_code, response.headers, event)
                    raise fault_of_refusal(reply, at, begun=progress.begun)
                progress.note(event)
                last = str(event.get("type"))
                yield event
                if last == "message_stop":
                    await _release(events)
                    return
    except (httpx2.HTTPError, UnicodeDecodeError):
        # The answer is whole once it has its stop reason; how the connection ends after that is no loss.
        if not progress.finished:
            raise
    if progress.finished:
        yield {"type": "message_stop"}
    elif last and not progress.known and last != "ping":
        raise not_the_api(at, status=response.status_code)
    else:
        raise dropped(at, progress.begun, tr("the stream ended before message_stop"))


def _parse(sent: ServerSentEvent, at: Circumstances, begun: bool) -> ApiEvent | None:
    """The payload of one server-sent event; None for one without."""
    if not sent.data.strip() or sent.data.strip() in _END_MARKS:
        return {"type": sent.event} if sent.event == "ping" else None
    try:
        payload = json.loads(sent.data)
    except (ValueError, RecursionError):
        if sent.event == "error":
            return {"type": "error", "error": {"message": sent.data}}
        raise garbled(at, begun, tr("an event of the stream is not JSON")) from None
    if not isinstance(payload, dict):
        raise garbled(at, begun, tr("an event of the stream is not an object"))
    if "type" not in payload and sent.event:
        return {"type": sent.event, **payload}
    if sent.event == "error" and payload["type"] != "error":
        return {"type": "error", "error": payload}
    return payload


async def _release(events: AsyncIterator[object]) -> None:
    """Read to the end, so that the connection can be used again, but wait no longer than a moment for it."""
    import httpx2

    try:
        async with asyncio.timeout(LINGER):
            async for _ in events:
                pass
    except (TimeoutError, httpx2.HTTPError, UnicodeDecodeError):
        pass  # the answer is complete; only the connection is not to be used again
