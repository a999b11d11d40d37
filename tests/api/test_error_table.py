"""The error table: what the server does, what a person reads, which keys help, how often it was asked, what is saved.

Each row is one turn of a session on disk, asked by the real client over a real socket of the loopback. Where the table
speaks of Anthropic, a transport leads there what is meant for api.anthropic.com, so that the sentences are those most
people see. The rows of the disk are in `test_unsaved.py`, `test_two_windows.py` and `test_store_damage.py`.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.fault_server import (
    BLOCK_STOP,
    ENDING,
    START,
    STOP,
    TEXT_START,
    Asked,
    FaultServer,
    Handler,
    Reply,
    api_error,
    delta,
    refuses,
    sse,
    streams,
)
from api.harness import CANARY, KEY, REQUEST, ask, client_for, session_in, turn_of
from salon.chat.conversation import Message, Status, path
from salon.chat.turn import Request
from salon.claude.credentials import Credentials, Secret
from salon.claude.sdk import Timeouts
from salon.errors import Fault, FaultKind
from salon.ui.endings import ending_of
from salon.ui.notice import keys_line
from salon.ui.presenting import notice_after

HTML = "<!DOCTYPE html><html><body><script>alert(1)</script><h1>Blocked</h1></body></html>"
ANTHROPIC = "https://api.anthropic.com"
LOCAL = "http://127.0.0.1:8080"
GATEWAY = "https://gateway.example/claude"
TOKEN = Credentials("auth_token", Secret("tok-123456789"), "env ANTHROPIC_AUTH_TOKEN")
HALF = (START, TEXT_START, delta("Half an answer "))


@dataclass(frozen=True)
class Row:
    """A line of the table. `sentence` is without "Your message is saved."; `requests` counts what the server got."""

    name: str
    server: Handler | Sequence[Handler] | Exception
    """What the server does to one request after the other; or how the connection to it fails."""
    kind: FaultKind | None
    sentence: str
    keys: str
    requests: int = 1
    status: Status = Status.ERROR
    text: str = ""
    url: str = ANTHROPIC
    key: Credentials | None = KEY

    def __str__(self) -> str:
        return self.name


def page(status: int, body: str = HTML, **headers: str) -> Handler:
    """A web page, or nothing, in place of an answer."""
    return refuses(status, body, "text/html" if body else "text/plain", **headers)


def portal(place: str) -> Handler:
    return page(302, "", location=place)


def then(*events: dict[str, Any], ending: str) -> Handler:
    """The beginning of an answer, and then a reset, a close, a well-formed end, or silence."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.head()
        await reply.chunk(sse(*events))
        if ending == "silence":
            await reply.gone()
        elif ending == "end":
            await reply.end()
        else:
            raise ConnectionError

    return handle


async def silence(asked: Asked, reply: Reply) -> None:
    """Not even a status line."""
    await reply.gone()


def no_connection(cause: BaseException | None = None, message: str = "") -> httpx2.ConnectError:
    """What httpx2 makes of a failure of the operating system or of TLS."""
    problem = httpx2.ConnectError(message)
    problem.__cause__ = cause
    return problem


def unknown_name() -> socket.gaierror:
    return socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def distrusted(code: int, message: str) -> httpx2.ConnectError:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_code, error.verify_message = code, message
    return no_connection(error, message)


def refused(kind: str, message: str = "Nope", status: int = 400, **details: str) -> Handler:
    return refuses(status, api_error(kind, message, **details))


def ended(reason: str) -> Handler:
    return streams(*HALF, BLOCK_STOP, {**ENDING, "delta": {"stop_reason": reason}}, STOP)


SAFE = " Your message is saved."
LEAVE = " · Esc closes this"
MORE_ROOM = "Enter or Ctrl+X s summarise · Ctrl+X d drop the oldest · Ctrl+X n fresh chat · Ctrl+L model"
INVALID = "invalid_request_error"
LIMITED = "rate_limit_error"
K = FaultKind
TABLE = [
    Row(
        "401",
        refused("authentication_error", status=401),
        K.REJECTED_KEY,
        "Anthropic rejected the API key ending …wXyZ (from env ANTHROPIC_API_KEY).",
        "Enter or F9 key or server · F8 details",
    ),
    Row(
        "401 token",
        refused("authentication_error", status=401),
        K.REJECTED_KEY,
        "Anthropic rejected the access token ending …6789 (from env ANTHROPIC_AUTH_TOKEN).",
        "Enter or F9 key or server · F8 details",
        key=TOKEN,
    ),
    Row(
        "401 gateway",
        refuses(401, {"detail": "no"}),
        K.REJECTED_KEY,
        "gateway.example rejected the API key ending …wXyZ (from env ANTHROPIC_API_KEY).",
        "Enter or F9 key or server · F8 details",
        url=GATEWAY,
    ),
    Row(
        "401 without a key",
        refuses(401, {"error": {"message": "key, please"}}),
        K.NO_KEY,
        "127.0.0.1:8080 asks for an API key, and there is none for it.",
        "Enter or F9 key or server · F8 details",
        url=LOCAL,
        key=None,
    ),
    Row(
        "LiteLLM's bad key",
        refused("auth_error", "Authentication Error, ..."),
        K.REJECTED_KEY,
        "127.0.0.1:8080 rejected the API key ending …wXyZ (from env ANTHROPIC_API_KEY).",
        "Enter or F9 key or server · F8 details",
        url=LOCAL,
    ),
    Row(
        "402",
        refused("billing_error", status=402),
        K.OUT_OF_CREDIT,
        "Your account is out of credit. Nothing was charged.",
        "Enter billing page · F5 retry · F8 details",
    ),
    Row(
        "400 credit",
        refused(INVALID, "Your credit balance is too low to access the Anthropic API."),
        K.OUT_OF_CREDIT,
        "Your account is out of credit. Nothing was charged.",
        "Enter billing page · F5 retry · F8 details",
    ),
    Row(
        "429 spend limit",
        refused(LIMITED, "Monthly cap.", 429, error_code="enforced_spend_limit_reached"),
        K.SPEND_LIMIT,
        "Your account has reached its spend limit: Monthly cap.",
        "Enter billing page · F5 retry · F8 details",
    ),
    Row(
        "400 spend limit",
        refused(INVALID, "You have reached your specified API usage limits. Access on 2026-12-01."),
        K.SPEND_LIMIT,
        "Your account has reached its spend limit: You have reached your specified API usage limits. Access "
        "on 2026-12-01.",
        "Enter billing page · F5 retry · F8 details",
    ),
    Row(
        "403",
        refused("permission_error", "not allowed to use this model", 403),
        K.FORBIDDEN,
        "This key may not use claude-sonnet-5-5.",
        "Enter or Ctrl+L model · F9 key or server · F8 details",
    ),
    Row(
        "403 of something else",
        refused("forbidden", "Request not allowed", 403),
        K.FORBIDDEN,
        "api.anthropic.com does not allow this request: Request not allowed.",
        "Enter or Ctrl+L model · F9 key or server · F8 details",
    ),
    Row(
        "403 HTML",
        page(403),
        K.FORBIDDEN,
        "api.anthropic.com does not allow this request.",
        "Enter or Ctrl+L model · F9 key or server · F8 details",
    ),
    Row(
        "404 model",
        refused("not_found_error", "model: claude-sonnet-5-5", 404),
        K.MODEL_NOT_FOUND,
        "claude-sonnet-5-5 is not available to this key.",
        "Enter or Ctrl+L model · F8 details",
    ),
    Row(
        "LiteLLM's unknown model",
        refused("None", "Invalid model name passed in model=claude-sonnet-5-5"),
        K.MODEL_NOT_FOUND,
        "claude-sonnet-5-5 is not available to this key.",
        "Enter or Ctrl+L model · F8 details",
        url=LOCAL,
    ),
    Row(
        "Ollama's unknown model",
        refuses(404, {"error": 'model "claude-sonnet-5-5" not found, try pulling it first'}),
        K.MODEL_NOT_FOUND,
        "claude-sonnet-5-5 is not available at 127.0.0.1:8080.",
        "Enter or Ctrl+L model · F8 details",
        url=LOCAL,
        key=None,
    ),
    Row(
        "404 HTML",
        page(404),
        K.NOT_THE_API,
        "gateway.example answered, but not like the Claude API. Check base_url (/claude).",
        "Enter or F9 key or server · F8 details",
        url=GATEWAY,
    ),
    Row(
        "llama-server's 404 of a wrong path",
        refused("not_found_error", "File Not Found", 404),
        K.NOT_THE_API,
        "127.0.0.1:8080 answered, but not like the Claude API. Check base_url (/wrong).",
        "Enter or F9 key or server · F8 details",
        url=LOCAL + "/wrong",
    ),
    Row(
        "404 FastAPI",
        refuses(404, {"detail": "Not Found"}),
        K.NOT_THE_API,
        "127.0.0.1:8080 answered, but not like the Claude API. Check base_url (http://127.0.0.1:8080).",
        "Enter or F9 key or server · F8 details",
        url=LOCAL,
    ),
    Row(
        "context",
        refused(INVALID, "prompt is too long: 213456 tokens > 200000 maximum"),
        K.CONTEXT_OVERFLOW,
        "This conversation is 213,456 of 200,000 tokens long.",
        MORE_ROOM + " · F5 retry · F8 details",
    ),
    Row(
        "context with the answer",
        refused(INVALID, "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000"),
        K.CONTEXT_OVERFLOW,
        "This conversation is 222,000 of 200,000 tokens long.",
        MORE_ROOM + " · F5 retry · F8 details",
    ),
    Row(
        "llama-server's context",
        refuses(400, {"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 9001, "n_ctx": 8192}}),
        K.CONTEXT_OVERFLOW,
        "This conversation is 9,001 of 8,192 tokens long.",
        MORE_ROOM + " · F5 retry · F8 details",
        url=LOCAL,
    ),
    Row(
        "prefill",
        refused(INVALID, "This model does not support assistant message prefill."),
        K.BAD_HISTORY,
        "The saved conversation has an unfinished part that the API refuses: This model does not support "
        "assistant message prefill.",
        "Enter or Ctrl+N new chat · F8 details",
    ),
    Row(
        "tool pairs",
        refused(INVALID, "messages.3: `tool_use` ids were found without `tool_result` blocks"),
        K.BAD_HISTORY,
        "The saved conversation has an unfinished part that the API refuses: messages.3: `tool_use` ids were "
        "found without `tool_result` blocks.",
        "Enter or Ctrl+N new chat · F8 details",
    ),
    Row(
        "400",
        refused(INVALID, "max_tokens: \x1b[31mmust be\npositive."),
        K.BAD_REQUEST,
        "The API refused this request: max_tokens: ␛[31mmust be positive.",
        "Enter or F2 edit · F8 details",
    ),
    Row(
        "418",
        refused("teapot", "short and stout", 418),
        K.BAD_REQUEST,
        "The API refused this request: short and stout.",
        "Enter or F2 edit · F8 details",
    ),
    Row(
        "413",
        page(413),
        K.TOO_LARGE,
        "The conversation is too big.",
        "Enter or F2 edit · Ctrl+X d drop the oldest · Ctrl+N new chat · F8 details",
    ),
    Row(
        "no key",
        page(401),
        K.NO_KEY,
        "No API key yet. Paste one here or set ANTHROPIC_API_KEY.",
        "Enter or F9 key or server · F8 details",
        requests=0,
        key=None,
    ),
    Row(
        "a key that no header carries",
        page(401),
        K.REJECTED_KEY,
        "The API key (from env ANTHROPIC_API_KEY) contains characters that cannot be sent. Copy it again.",
        "Enter or F9 key or server · F8 details",
        requests=0,
        key=Credentials("api_key", Secret(CANARY + "\nX"), "env ANTHROPIC_API_KEY"),
    ),
    Row(
        "429",
        refused(LIMITED, status=429),
        K.RATE_LIMITED,
        "Rate limited.",
        "Enter or F5 retry · Ctrl+L model · F8 details",
        requests=5,
    ),
    Row(
        "429 for ever",
        refuses(429, api_error(LIMITED), retry_after="99999999999"),
        K.RATE_LIMITED,
        "Rate limit reached for more than a day.",
        "Enter or F5 retry · Ctrl+L model · F8 details",
    ),
    Row(
        "529",
        refused("overloaded_error", "Overloaded", 529),
        K.OVERLOADED,
        "Claude is overloaded.",
        "Enter or F5 retry · F8 details",
        requests=5,
    ),
    Row("503 HTML", page(503), K.OVERLOADED, "Claude is overloaded.", "Enter or F5 retry · F8 details", requests=5),
    Row(
        "500",
        refused("api_error", "Internal server error", 500),
        K.SERVER_ERROR,
        "Claude's servers had a problem (HTTP 500).",
        "Enter or F5 retry · F8 details",
        requests=5,
    ),
    Row(
        "504",
        page(504, ""),
        K.SERVER_ERROR,
        "Claude's servers had a problem (HTTP 504).",
        "Enter or F5 retry · F8 details",
        requests=5,
    ),
    Row(
        "llama-server's 500",
        refused("server_error", "[json.exception] oops", 500),
        K.SERVER_ERROR,
        "127.0.0.1:8080 had a problem (HTTP 500): [json.exception] oops.",
        "Enter or F5 retry · F8 details",
        requests=5,
        url=LOCAL,
    ),
    Row(
        "a 500 not to be repeated",
        refuses(500, api_error("api_error"), x_should_retry="false"),
        K.SERVER_ERROR,
        "Claude's servers had a problem (HTTP 500).",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "overloaded part-way",
        streams(*HALF, api_error("overloaded_error", "Overloaded")),
        K.OVERLOADED,
        "Claude became overloaded part-way. The 3 words above are kept.",
        "Enter or F6 continue · F5 retry · F8 details",
        status=Status.INTERRUPTED,
        text="Half an answer ",
    ),
    Row(
        "dropped part-way",
        then(*HALF, ending="close"),
        K.DROPPED,
        "Connection lost. The 3 words above are kept.",
        "Enter or F6 continue · F5 retry · F8 details",
        status=Status.INTERRUPTED,
        text="Half an answer ",
    ),
    Row(
        "a silent end",
        then(*HALF, ending="end"),
        K.DROPPED,
        "Connection lost. The 3 words above are kept.",
        "Enter or F6 continue · F5 retry · F8 details",
        status=Status.INTERRUPTED,
        text="Half an answer ",
    ),
    Row(
        "dropped before anything",
        then(START, TEXT_START, ending="close"),
        K.DROPPED,
        "Claude closed the connection without an answer.",
        "Enter or F5 retry · F8 details",
        requests=3,
    ),
    Row(
        "stalled part-way",
        then(*HALF, ending="silence"),
        K.STALLED,
        "No data for 0.05 s; stopped waiting. The 3 words above are kept.",
        "Enter or F6 continue · F5 retry · F8 details",
        status=Status.INTERRUPTED,
        text="Half an answer ",
    ),
    Row(
        "stalled before anything",
        then(START, ending="silence"),
        K.STALLED,
        "No data for 0.05 s; stopped waiting.",
        "Enter or F5 retry · F8 details",
        requests=3,
    ),
    Row(
        "no answer at all",
        silence,
        K.STALLED,
        "No data for 0.05 s; stopped waiting.",
        "Enter or F5 retry · F8 details",
        requests=3,
    ),
    Row(
        "portal",
        page(200),
        K.SIGN_IN_PAGE,
        "A sign-in page answered instead of Claude. Log in to the Wi-Fi, then retry.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "portal by redirect",
        portal("https://login.hotel.example/?back=x"),
        K.SIGN_IN_PAGE,
        "A sign-in page answered instead of Claude. Log in to the Wi-Fi, then retry.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "portal by status",
        page(511),
        K.SIGN_IN_PAGE,
        "A sign-in page answered instead of Claude. Log in to the Wi-Fi, then retry.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "a page where a server was meant to be",
        page(200),
        K.NOT_THE_API,
        "127.0.0.1:8080 answered, but not like the Claude API. Check base_url (http://127.0.0.1:8080).",
        "Enter or F9 key or server · F8 details",
        url=LOCAL,
    ),
    Row(
        "a changed host",
        page(307, "", location="https://other.example/v1/messages"),
        K.REDIRECTED,
        "gateway.example points to another address (https://other.example/v1/messages), which is not "
        "followed. Check base_url.",
        "Enter or F9 key or server · F8 details",
        url=GATEWAY,
    ),
    Row(
        "no network",
        no_connection(),
        K.UNREACHABLE,
        "Can't reach api.anthropic.com (no network?).",
        "Enter or F5 retry · F8 details",
        requests=3,
    ),
    Row(
        "no name server",
        no_connection(unknown_name()),
        K.UNREACHABLE,
        "Can't reach api.anthropic.com (no network?).",
        "Enter or F5 retry · F8 details",
        requests=3,
    ),
    Row(
        "a name that nobody knows",
        no_connection(unknown_name()),
        K.UNREACHABLE,
        "Can't reach gatway.example: nobody knows this name. Check base_url.",
        "Enter or F5 retry · F9 key or server · F8 details",
        requests=3,
        url="https://gatway.example",
    ),
    Row(
        "refused over both protocols",
        no_connection(ExceptionGroup("", [OSError(101, "x"), ConnectionRefusedError()])),
        K.UNREACHABLE,
        "Can't reach gateway.example: the connection was refused.",
        "Enter or F5 retry · F9 key or server · F8 details",
        requests=3,
        url=GATEWAY,
    ),
    Row(
        "nobody picks up",
        httpx2.ConnectTimeout(""),
        K.UNREACHABLE,
        "Can't reach api.anthropic.com: it did not answer within 10 s.",
        "Enter or F5 retry · F8 details",
        requests=3,
    ),
    Row(
        "a server of one's own that is not running",
        no_connection(ConnectionRefusedError()),
        K.UNREACHABLE,
        "Nothing answers at 127.0.0.1:8080. Is the server running?",
        "Enter or F5 retry · F9 key or server · F8 details",
        requests=3,
        url=LOCAL,
    ),
    Row(
        "closed inside TLS",
        no_connection(ssl.SSLEOFError(8, "eof")),
        K.UNREACHABLE,
        "Can't reach gateway.example: it closed the connection.",
        "Enter or F5 retry · F9 key or server · F8 details",
        requests=3,
        url=GATEWAY,
    ),
    Row(
        "not valid yet",
        distrusted(9, "certificate is not yet valid"),
        K.UNTRUSTED_TLS,
        "The connection is not trusted: the certificate of api.anthropic.com is not valid yet. Check your "
        "computer's clock.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "expired",
        distrusted(10, "certificate has expired"),
        K.UNTRUSTED_TLS,
        "The connection is not trusted: the certificate of api.anthropic.com is out of date. Check your "
        "computer's clock.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "signed by a company",
        distrusted(19, "self-signed certificate in certificate chain"),
        K.UNTRUSTED_TLS,
        "The connection is not trusted: self-signed certificate in certificate chain. On a company network "
        "set SSL_CERT_FILE.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "another's certificate",
        distrusted(62, "Hostname mismatch"),
        K.UNTRUSTED_TLS,
        "The connection is not trusted: the certificate is not api.anthropic.com's. Log in to the Wi-Fi if "
        "it wants that, then retry.",
        "Enter or F5 retry · F8 details",
    ),
    Row(
        "refusal",
        ended("refusal"),
        None,
        "Claude declined to answer this.",
        "Enter or F2 edit · Ctrl+L model · F5 retry",
        status=Status.REFUSED,
        text="Half an answer ",
    ),
    Row(
        "the length limit",
        ended("max_tokens"),
        None,
        "The answer reached its length limit. The 3 words above are kept.",
        "Enter or F6 continue · F5 retry",
        status=Status.MAX_TOKENS,
        text="Half an answer ",
    ),
    Row(
        "the window is full",
        ended("model_context_window_exceeded"),
        None,
        "The context window is full, so the answer was cut. The 3 words above are kept.",
        MORE_ROOM,
        status=Status.MAX_TOKENS,
        text="Half an answer ",
    ),
]


def detour(server: FaultServer, row: Row) -> Callable[[], httpx2.AsyncBaseTransport]:
    """Leads every request to the fault server, wherever it was to go."""

    class Detour(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if isinstance(row.server, Exception):
                server.asked.append(Asked("", {}, await request.aread()))
                raise row.server
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=server.port)
            return await super().handle_async_request(request)

    return lambda: Detour(verify=False)


def told_of(answer: Message, *, can_continue: bool) -> tuple[str, str, str]:
    """The sentence a person reads, the keys below it, and the details; what is cut says so where it was cut."""
    notice = notice_after(answer, can_continue=can_continue)
    assert notice is not None
    ending = ending_of(answer)[0]
    sentence = notice.sentence if notice.sentence.startswith(ending) else f"{ending} {notice.sentence}"
    assert SAFE in sentence or "above are kept." in sentence
    return sentence.replace(SAFE, ""), keys_line(notice).strip().removesuffix(LEAVE), notice.details


@pytest.mark.parametrize("row", TABLE, ids=str)
async def test_the_row(server: FaultServer, tmp_path: Path, row: Row) -> None:
    if not isinstance(row.server, Exception):
        server.script(*([row.server] if callable(row.server) else row.server))
    library, session = session_in(tmp_path)
    timeouts = Timeouts(read=0.05 if row.kind is K.STALLED else 5.0)
    answer = await turn_of(session, client_for(row.url, row.key, transport=detour(server, row), timeouts=timeouts))
    told = told_of(answer, can_continue=session.can_continue)
    assert told[:2] == (row.sentence, row.keys)
    assert [len(asked.json()["messages"]) for asked in server.asked] == [1] * row.requests

    assert await session.log.close()
    saved = library.read(session.id)
    prompt, kept = path(saved)
    assert (prompt.text, kept.text, kept.status) == ("a prompt", row.text, row.status)
    assert (kept.fault or {}).get("kind") == row.kind
    assert told_of(kept, can_continue=session.can_continue) == told  # who opens it tomorrow reads the same
    for shown in (*told, repr(kept.fault)):
        assert "<" not in shown
        assert CANARY not in shown


async def fault_of(row: Row, server: FaultServer, request: Request = REQUEST) -> Fault:
    """What the client alone makes of a row."""
    if not isinstance(row.server, Exception):
        server.script(*([row.server] if callable(row.server) else row.server))
    outcome = await ask(client_for(row.url, row.key, transport=detour(server, row)), request)
    assert outcome.fault is not None
    return outcome.fault


async def test_details_hold_status_type_and_request_id(server: FaultServer) -> None:
    row = Row("", refuses(400, api_error(INVALID, "no"), request_id="req_7"), K.BAD_REQUEST, "", "")
    assert (await fault_of(row, server)).details == {
        "host": "api.anthropic.com",
        "status": 400,
        "type": "invalid_request_error",
        "message": "no",
        "request_id": "req_7",
    }


async def test_details_of_a_rejected_key_hold_its_ending_and_source_only(server: FaultServer) -> None:
    row = Row("", refused("authentication_error", f"bad key {CANARY}"), K.REJECTED_KEY, "", "")
    details = (await fault_of(row, server)).details
    assert (details["key_ending"], details["key_source"]) == ("wXyZ", "env ANTHROPIC_API_KEY")
    assert details["message"] == "bad key ***"


@pytest.mark.parametrize(("with_image", "subject"), [(True, "Attachments are"), (False, "The conversation is")])
async def test_what_is_too_big_is_not_sent(server: FaultServer, with_image: bool, subject: str) -> None:
    big = "x" * (34 * 1024 * 1024)
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": big}}
    block = image if with_image else {"type": "text", "text": big}
    request = Request({**REQUEST.body, "messages": [{"role": "user", "content": [block]}]})
    fault = await fault_of(Row("", page(413), K.TOO_LARGE, "", ""), server, request)
    assert fault.sentence() == f"{subject} too big (35 MB of 32 MB)."
    assert server.asked == []
