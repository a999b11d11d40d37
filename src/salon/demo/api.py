"""The routes of the Messages API that the demo has, and who may use them."""

import hmac
import secrets
import time
from collections import OrderedDict
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

from salon.demo.faults import SCRIPTED_MESSAGES, ApiError, error_body
from salon.demo.http1 import Connection, RequestHead
from salon.demo.messages import MessagesRequest, read_messages_request
from salon.demo.models import MODELS, model_page
from salon.demo.reply import AnswerCut, AnswerStalled, Reply
from salon.demo.steps import Fail, Script

REQUESTS_PER_MINUTE = 50
TOKENS_PER_MINUTE = 400_000
REMEMBERED_FAILURES = 256


class Api:
    """Answers the requests of any number of connections. Not thread-safe: it belongs to the server's loop."""

    def __init__(self, *, api_key: str, pace: float, request_limit: int) -> None:
        self._api_key = api_key
        self._pace = pace
        self._request_limit = request_limit
        self._failed: OrderedDict[str, int] = OrderedDict()
        self._minute = 0
        self._requests = 0

    async def exchange(self, connection: Connection) -> bool:
        """Answer one request; whether the connection can take another. Raises what `Connection` raises."""
        headers = {"request-id": f"req_demo_{secrets.token_hex(10)}"}
        try:
            head = await connection.read_head()
            if head is None:
                return False
            headers |= self._limit_headers()
            return await self._route(connection, head, headers)
        except ApiError as error:
            body = error_body(error, headers["request-id"])
            # Some errors come before the request's end is known, so no second one can follow on this connection.
            await connection.respond(error.status, body, headers | error.headers, close=True)
            return False

    async def _route(self, connection: Connection, head: RequestHead, headers: dict[str, str]) -> bool:
        method, path = head.method, head.path.rstrip("/")
        allowed = _allowed_method(path)
        if not self._is_authorized(head) or method != allowed:
            await connection.discard_body(head)
            if not self._is_authorized(head):
                raise ApiError(401, "invalid x-api-key")
            if allowed is None:
                raise ApiError(404, "Not Found")
            raise ApiError(405, "Method Not Allowed", {"allow": allowed})
        body = await connection.read_body(head, self._request_limit)
        if path == "/v1/messages":
            return await self._answer(connection, read_messages_request(body), headers)
        if path == "/v1/messages/count_tokens":
            counts = read_messages_request(body, counting=True).usage()
            total = sum(counts[key] for key in counts if key.endswith("input_tokens"))
            await connection.respond(200, {"input_tokens": total}, headers)
        else:
            await connection.respond(200, _models(head, path), headers)
        return True

    def _is_authorized(self, head: RequestHead) -> bool:
        scheme, _, token = head.headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else head.headers.get("x-api-key", "")
        return hmac.compare_digest(given.encode("latin-1"), self._api_key.encode("latin-1"))

    async def _answer(self, connection: Connection, request: MessagesRequest, headers: dict[str, str]) -> bool:
        script = self._past_failures(request)
        reply = Reply(request, script, self._pace)
        try:
            if request.stream:
                await _stream(connection, reply, headers)
            else:
                await connection.respond(200, await reply.message(), headers)
        except AnswerCut:
            return False
        except AnswerStalled:
            await connection.until_gone()
            return False
        return True

    def _past_failures(self, request: MessagesRequest) -> Script:
        """The script without a failure at its beginning. Raises `ApiError` while the request is to fail."""
        script = request.script()
        failure = script[0]
        if not isinstance(failure, Fail):
            return script
        failures = self._failed.pop(request.digest, 0)
        if failure.times is not None and failures >= failure.times:
            return script[1:]
        self._failed[request.digest] = failures + 1
        if len(self._failed) > REMEMBERED_FAILURES:
            self._failed.popitem(last=False)
        wait = failure.retry_after
        headers = {} if wait is None else {"retry-after": str(round(wait * min(1.0, self._pace)))}
        raise ApiError(failure.status, SCRIPTED_MESSAGES[failure.status], headers)

    def _limit_headers(self) -> dict[str, str]:
        minute = int(time.monotonic() // 60)
        self._requests = self._requests + 1 if minute == self._minute else 1
        self._minute = minute
        reset = (datetime.now(UTC) + timedelta(seconds=60 - time.monotonic() % 60)).strftime("%Y-%m-%dT%H:%M:%SZ")
        prefix = "anthropic-ratelimit"
        return {
            f"{prefix}-requests-limit": str(REQUESTS_PER_MINUTE),
            f"{prefix}-requests-remaining": str(max(0, REQUESTS_PER_MINUTE - self._requests)),
            f"{prefix}-requests-reset": reset,
            f"{prefix}-tokens-limit": str(TOKENS_PER_MINUTE),
            f"{prefix}-tokens-remaining": str(TOKENS_PER_MINUTE),
            f"{prefix}-tokens-reset": reset,
            "anthropic-organization-id": "salon-demo",
        }


def _allowed_method(path: str) -> str | None:
    if path in ("/v1/messages", "/v1/messages/count_tokens"):
        return "POST"
    return "GET" if path == "/v1/models" or path.startswith("/v1/models/") else None


def _models(head: RequestHead, path: str) -> dict[str, Any]:
    model_id = path.removeprefix("/v1/models").lstrip("/")
    if model_id:
        if model_id not in MODELS:
            raise ApiError(404, f"model: {model_id[:200]}")
        return MODELS[model_id]
    limit = head.query.get("limit", "20")
    if not (limit.isascii() and limit.isdigit() and 1 <= len(limit) <= 4 and 1 <= int(limit) <= 1000):
        raise ApiError(400, "limit: must be between 1 and 1000")
    return model_page(int(limit), head.query.get("after_id"), head.query.get("before_id"))


async def _stream(connection: Connection, reply: Reply, headers: dict[str, str]) -> None:
    await connection.begin_events(headers)
    try:
        async with aclosing(reply.events()) as events:
            async for payload in events:
                await connection.send_event(payload)
    except ApiError as error:
        await connection.send_event(error_body(error, headers["request-id"]))
    await connection.end_events()
