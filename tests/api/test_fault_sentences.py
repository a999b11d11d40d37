"""The error table: one golden per row. What the server did, what a person reads, what is offered, how often we asked.

Anthropic's host is stood in for by an in-process transport, so that the sentences are those most people see.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from api.fault_server import api_error
from api.harness import CANARY, KEY, REQUEST, ask, client_for
from salon.chat.turn import Request
from salon.claude.credentials import Credentials, Secret
from salon.errors import FaultKind

HTML = "<!DOCTYPE html><html><body><script>alert(1)</script><h1>Blocked</h1></body></html>"
ANTHROPIC = "https://api.anthropic.com"
LOCAL = "http://127.0.0.1:8080"
GATEWAY = "https://gateway.example/claude"


@dataclass
class Row:
    name: str
    status: int
    body: Any
    kind: FaultKind
    sentence: str
    actions: tuple[str, ...]
    attempts: int = 1
    transient: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ANTHROPIC
    credentials: Credentials | None = KEY


K = FaultKind
TABLE = [
    Row(
        "401",
        401,
        api_error("authentication_error", "invalid x-api-key"),
        K.REJECTED_KEY,
        "Anthropic rejected the API key ending …wXyZ (from env ANTHROPIC_API_KEY).",
        ("change_key",),
    ),
    Row(
        "401 token",
        401,
        api_error("authentication_error"),
        K.REJECTED_KEY,
        "Anthropic rejected the access token ending …6789 (from env ANTHROPIC_AUTH_TOKEN).",
        ("change_key",),
        credentials=Credentials("auth_token", Secret("tok-123456789"), "env ANTHROPIC_AUTH_TOKEN"),
    ),
    Row(
        "401 gateway",
        401,
        {"detail": "no"},
        K.REJECTED_KEY,
        "gateway.example rejected the API key ending …wXyZ (from env ANTHROPIC_API_KEY).",
        ("change_key",),
        url=GATEWAY,
    ),
    Row(
        "401 without a key",
        401,
        {"error": {"message": "key, please"}},
        K.NO_KEY,
        "127.0.0.1:8080 asks for an API key, and there is none for it.",
        ("change_key",),
        url=LOCAL,
        credentials=None,
    ),
    Row(
        "LiteLLM's bad key",
        400,
        {"error": {"message": "Authentication Error, ...", "type": "auth_error", "code": "400"}},
        K.REJECTED_KEY,
        "127.0.0.1:8080 rejected the API key ending …wXyZ (from env ANTHROPIC_API_KEY).",
        ("change_key",),
        url=LOCAL,
    ),
    Row(
        "402",
        402,
        api_error("billing_error"),
        K.OUT_OF_CREDIT,
        "Your account is out of credit. Nothing was charged.",
        ("open_billing", "retry"),
    ),
    Row(
        "400 credit",
        400,
        api_error("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        K.OUT_OF_CREDIT,
        "Your account is out of credit. Nothing was charged.",
        ("open_billing", "retry"),
    ),
    Row(
        "429 spend limit",
        429,
        api_error("rate_limit_error", "Monthly cap.", error_code="enforced_spend_limit_reached"),
        K.SPEND_LIMIT,
        "Your account has reached its spend limit. Monthly cap.",
        ("open_billing", "retry"),
    ),
    Row(
        "400 spend limit",
        400,
        api_error("invalid_request_error", "You have reached your specified API usage limits. Access on 2026-12-01."),
        K.SPEND_LIMIT,
        "Your account has reached its spend limit. You have reached your specified API usage limits. Access on "
        "2026-12-01.",
        ("open_billing", "retry"),
    ),
    Row(
        "403",
        403,
        api_error("permission_error", "not allowed to use this model"),
        K.FORBIDDEN,
        "This key may not use claude-sonnet-5-5.",
        ("pick_model", "change_key"),
    ),
    Row(
        "403 of something else",
        403,
        api_error("forbidden", "Request not allowed"),
        K.FORBIDDEN,
        "api.anthropic.com does not allow this request. Request not allowed",
        ("pick_model", "change_key"),
    ),
    Row(
        "403 HTML",
        403,
        HTML,
        K.FORBIDDEN,
        "api.anthropic.com does not allow this request.",
        ("pick_model", "change_key"),
    ),
    Row(
        "404 model",
        404,
        api_error("not_found_error", "model: claude-sonnet-5-5"),
        K.MODEL_NOT_FOUND,
        "claude-sonnet-5-5 is not available to this key.",
        ("pick_model",),
    ),
    Row(
        "LiteLLM's unknown model",
        400,
        {"error": {"message": "Invalid model name passed in model=claude-sonnet-5-5", "type": "None", "code": "400"}},
        K.MODEL_NOT_FOUND,
        "claude-sonnet-5-5 is not available to this key.",
        ("pick_model",),
        url=LOCAL,
    ),
    Row(
        "Ollama's unknown model",
        404,
        {"error": 'model "claude-sonnet-5-5" not found, try pulling it first'},
        K.MODEL_NOT_FOUND,
        "claude-sonnet-5-5 is not available at 127.0.0.1:8080.",
        ("pick_model",),
        url=LOCAL,
        credentials=None,
    ),
    Row(
        "404 HTML",
        404,
        HTML,
        K.NOT_THE_API,
        "gateway.example answered, but not like the Claude API. Check base_url (/claude).",
        ("edit_base_url", "show_details"),
        url=GATEWAY,
    ),
    Row(
        "llama-server's 404 of a wrong path",
        404,
        {"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}},
        K.NOT_THE_API,
        "127.0.0.1:8080 answered, but not like the Claude API. Check base_url (/wrong).",
        ("edit_base_url", "show_details"),
        url=LOCAL + "/wrong",
    ),
    Row(
        "404 FastAPI",
        404,
        {"detail": "Not Found"},
        K.NOT_THE_API,
        "127.0.0.1:8080 answered, but not like the Claude API. Check base_url (http://127.0.0.1:8080).",
        ("edit_base_url", "show_details"),
        url=LOCAL,
    ),
    Row(
        "context",
        400,
        api_error("invalid_request_error", "prompt is too long: 213456 tokens > 200000 maximum"),
        K.CONTEXT_OVERFLOW,
        "This conversation is 213,456 of 200,000 tokens long.",
        ("summarise", "trim", "fresh_chat", "pick_model", "retry"),
    ),
    Row(
        "context with the answer",
        400,
        api_error(
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length",
        ),
        K.CONTEXT_OVERFLOW,
        "This conversation is 222,000 of 200,000 tokens long.",
        ("summarise", "trim", "fresh_chat", "pick_model", "retry"),
    ),
    Row(
        "llama-server's context",
        400,
        {
            "error": {
                "code": 400,
                "type": "exceed_context_size_error",
                "message": "request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it",
                "n_prompt_tokens": 9001,
                "n_ctx": 8192,
            }
        },
        K.CONTEXT_OVERFLOW,
        "This conversation is 9,001 of 8,192 tokens long.",
        ("summarise", "trim", "fresh_chat", "pick_model", "retry"),
        url=LOCAL,
    ),
    Row(
        "prefill",
        400,
        api_error("invalid_request_error", "This model does not support assistant message prefill."),
        K.BAD_HISTORY,
        "The saved conversation has an unfinished part that the API refuses. This model does not support assistant "
        "message prefill.",
        ("new_chat", "show_details"),
    ),
    Row(
        "tool pairs",
        400,
        api_error("invalid_request_error", "messages.3: `tool_use` ids were found without `tool_result` blocks"),
        K.BAD_HISTORY,
        "The saved conversation has an unfinished part that the API refuses. messages.3: `tool_use` ids were found "
        "without `tool_result` blocks",
        ("new_chat", "show_details"),
    ),
    Row(
        "400",
        400,
        api_error("invalid_request_error", "max_tokens: \x1b[31mmust be\npositive."),
        K.BAD_REQUEST,
        "The API refused this request: max_tokens: ␛[31mmust be positive.",
        ("edit", "show_details"),
    ),
    Row(
        "413",
        413,
        HTML,
        K.TOO_LARGE,
        "The conversation is too big.",
        ("edit", "trim", "new_chat"),
    ),
    Row(
        "429",
        429,
        api_error("rate_limit_error"),
        K.RATE_LIMITED,
        "Rate limited.",
        ("retry", "pick_model"),
        attempts=5,
        transient=True,
    ),
    Row(
        "429 for ever",
        429,
        api_error("rate_limit_error"),
        K.RATE_LIMITED,
        "Rate limit reached for more than a day.",
        ("retry", "pick_model"),
        headers={"retry-after": "99999999999"},
    ),
    Row(
        "529",
        529,
        api_error("overloaded_error", "Overloaded"),
        K.OVERLOADED,
        "Claude is overloaded.",
        ("retry",),
        attempts=5,
        transient=True,
    ),
    Row(
        "503 HTML",
        503,
        HTML,
        K.OVERLOADED,
        "Claude is overloaded.",
        ("retry",),
        attempts=5,
        transient=True,
    ),
    Row(
        "500",
        500,
        api_error("api_error", "Internal server error"),
        K.SERVER_ERROR,
        "Claude's servers had a problem (HTTP 500).",
        ("retry", "show_details"),
        attempts=5,
        transient=True,
    ),
    Row(
        "504",
        504,
        "",
        K.SERVER_ERROR,
        "Claude's servers had a problem (HTTP 504).",
        ("retry", "show_details"),
        attempts=5,
        transient=True,
    ),
    Row(
        "llama-server's 500",
        500,
        {"error": {"code": 500, "message": "[json.exception] oops", "type": "server_error"}},
        K.SERVER_ERROR,
        "127.0.0.1:8080 had a problem (HTTP 500). [json.exception] oops",
        ("retry", "show_details"),
        attempts=5,
        transient=True,
        url=LOCAL,
    ),
    Row(
        "a 500 not to be repeated",
        500,
        api_error("api_error"),
        K.SERVER_ERROR,
        "Claude's servers had a problem (HTTP 500).",
        ("retry", "show_details"),
        headers={"x-should-retry": "false"},
    ),
    Row(
        "portal",
        200,
        HTML,
        K.SIGN_IN_PAGE,
        "A sign-in page answered instead of Claude. Log in to the Wi-Fi, then retry.",
        ("retry",),
        headers={"content-type": "text/html"},
    ),
    Row(
        "portal by redirect",
        302,
        "",
        K.SIGN_IN_PAGE,
        "A sign-in page answered instead of Claude. Log in to the Wi-Fi, then retry.",
        ("retry",),
        headers={"location": "https://login.hotel.example/?back=x"},
    ),
    Row(
        "a page where a server was meant to be",
        200,
        HTML,
        K.NOT_THE_API,
        "127.0.0.1:8080 answered, but not like the Claude API. Check base_url (http://127.0.0.1:8080).",
        ("edit_base_url", "show_details"),
        headers={"content-type": "text/html"},
        url=LOCAL,
    ),
    Row(
        "redirect",
        307,
        "",
        K.REDIRECTED,
        "gateway.example points to another address (https://other.example/v1/messages), which is not followed. Check "
        "base_url.",
        ("edit_base_url", "show_details"),
        headers={"location": "https://other.example/v1/messages"},
        url=GATEWAY,
    ),
    Row(
        "418",
        418,
        {"error": {"type": "teapot", "message": "short and stout"}},
        K.BAD_REQUEST,
        "The API refused this request: short and stout.",
        ("edit", "show_details"),
    ),
]


def answering(row: Row, asked: list[httpx2.Request]) -> Callable[[], httpx2.AsyncBaseTransport]:
    def handle(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        if isinstance(row.body, str):
            headers = {"content-type": "text/html" if row.body else "text/plain", **row.headers}
            return httpx2.Response(row.status, headers=headers, text=row.body)
        return httpx2.Response(row.status, headers={"request-id": "req_7", **row.headers}, json=row.body)

    return lambda: httpx2.MockTransport(handle)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
async def test_the_row(row: Row) -> None:
    asked: list[httpx2.Request] = []
    client = client_for(row.url, row.credentials, transport=answering(row, asked))
    outcome = await ask(client)
    fault = outcome.fault
    assert fault is not None
    assert fault.sentence() == row.sentence
    assert (fault.kind, fault.actions, fault.transient) == (row.kind, row.actions, row.transient)
    assert len(asked) == outcome.attempts == row.attempts
    assert all(retry.reason == fault.what for retry in outcome.retries)
    assert "<" not in fault.sentence()
    assert "script" not in repr(fault)
    assert CANARY not in repr(fault)
    assert fault.details["host"] == httpx2.URL(row.url).netloc.decode()
    assert isinstance(fault.to_record(), dict)


async def test_details_hold_status_type_and_request_id() -> None:
    row = Row("400", 400, api_error("invalid_request_error", "no"), K.BAD_REQUEST, "", ())
    outcome = await ask(client_for(ANTHROPIC, transport=answering(row, [])))
    assert outcome.fault is not None
    assert outcome.fault.details == {
        "host": "api.anthropic.com",
        "status": 400,
        "type": "invalid_request_error",
        "message": "no",
        "request_id": "req_7",
    }


async def test_details_of_a_rejected_key_hold_its_ending_and_source_only() -> None:
    row = Row("401", 401, api_error("authentication_error", f"bad key {CANARY}"), K.REJECTED_KEY, "", ())
    outcome = await ask(client_for(ANTHROPIC, transport=answering(row, [])))
    assert outcome.fault is not None
    assert outcome.fault.details["key_ending"] == "wXyZ"
    assert outcome.fault.details["key_source"] == "env ANTHROPIC_API_KEY"
    assert outcome.fault.details["message"] == "bad key ***"


async def test_no_key_at_all_is_said_before_anything_is_sent() -> None:
    asked: list[httpx2.Request] = []
    outcome = await ask(client_for(ANTHROPIC, None, transport=answering(TABLE[0], asked)))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == "No API key yet. Paste one here or set ANTHROPIC_API_KEY."
    assert outcome.fault.actions == ("change_key",)
    assert asked == []


@pytest.mark.parametrize(("with_image", "subject"), [(True, "Attachments are"), (False, "The conversation is")])
async def test_what_is_too_big_is_not_sent(with_image: bool, subject: str) -> None:
    asked: list[httpx2.Request] = []
    big = "x" * (34 * 1024 * 1024)
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": big}}
    block = image if with_image else {"type": "text", "text": big}
    request = Request({**REQUEST.body, "messages": [{"role": "user", "content": [block]}]})
    outcome = await ask(client_for(ANTHROPIC, transport=answering(TABLE[0], asked)), request)
    assert outcome.fault is not None
    assert outcome.fault.sentence() == f"{subject} too big (35 MB of 32 MB)."
    assert asked == []


async def test_claude_overloaded_part_way() -> None:
    from api.fault_server import START, TEXT_START, delta, sse

    body = sse(START, TEXT_START, delta("Hi"), api_error("overloaded_error", "Overloaded")).decode()
    row = Row("", 200, body, K.OVERLOADED, "", (), headers={"content-type": "text/event-stream"})
    outcome = await ask(client_for(ANTHROPIC, transport=answering(row, [])))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == "Claude became overloaded part-way."
    assert outcome.fault.actions == ("continue", "retry")
